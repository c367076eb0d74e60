//! Files: complete, damaged, and none at all.

use super::bench::{H264, clip, launch};
use crate::capture::{FileError, FileSource};
use std::path::Path;

/// Times and sizes of all frames.
fn read(path: &Path, fps: f64) -> Result<(Vec<f64>, Vec<u32>, u64), FileError> {
    let source = FileSource::open(path, fps)?;
    let (mut times, mut widths) = (Vec::new(), Vec::new());
    while let Some(frame) = source.next()? {
        frame.pixels.picture().check().unwrap();
        times.push(frame.t);
        widths.push(frame.size.width);
    }
    Ok((times, widths, source.decoded()))
}

fn fault(path: &Path) -> String {
    read(path, 10.0).unwrap_err().to_string()
}

#[test]
fn every_frame_is_decoded_and_every_due_one_is_handed_over() {
    let folder = tempfile::tempdir().unwrap();
    let path = clip(folder.path(), "a.mp4", 4, H264);
    let (times, _, decoded) = read(&path, 10.0).unwrap();
    assert_eq!((times.len(), decoded), (40, 100));
    assert!(times.windows(2).all(|pair| pair[1] > pair[0]));
    assert_eq!(read(&path, 120.0).unwrap().0.len(), 100);
}

#[test]
fn a_reader_that_stops_early_does_not_hang() {
    let folder = tempfile::tempdir().unwrap();
    let source = FileSource::open(&clip(folder.path(), "a.mp4", 4, H264), 25.0).unwrap();
    assert!(source.next().unwrap().is_some());
    drop(source);
}

#[test]
fn a_change_of_size_is_followed() {
    let folder = tempfile::tempdir().unwrap();
    let mut both = Vec::new();
    for width in [320, 480] {
        let part = folder.path().join(format!("{width}.h264"));
        launch(&format!(
            "videotestsrc num-buffers=25 ! video/x-raw,width={width},height=240,framerate=25/1 \
             ! x264enc speed-preset=ultrafast tune=zerolatency ! video/x-h264,stream-format=byte-stream \
             ! filesink location={}",
            part.display()
        ));
        both.extend(std::fs::read(&part).unwrap());
    }
    let path = folder.path().join("both.h264");
    std::fs::write(&path, both).unwrap();
    let (_, widths, decoded) = read(&path, 25.0).unwrap();
    assert_eq!(decoded, 50);
    assert!(widths.contains(&320) && widths.contains(&480), "{widths:?}");
}

#[test]
fn what_is_no_video_is_told_so() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    assert!(fault(&path("none.mp4")).contains("none.mp4"));
    std::fs::write(path("empty.mp4"), b"").unwrap();
    assert!(fault(&path("empty.mp4")).contains("empty"));
    std::fs::write(path("text.mp4"), "this is text, and only text ".repeat(100)).unwrap();
    let told = fault(&path("text.mp4"));
    assert!(told.contains("not a video file"), "{told}");
    launch(&format!("audiotestsrc num-buffers=20 ! wavenc ! filesink location={}", path("sound.wav").display()));
    let told = fault(&path("sound.wav"));
    assert!(told.contains("no video"), "{told}");
    assert!(matches!(read(folder.path(), 10.0), Err(FileError::Unreadable { .. } | FileError::Unusable { .. })));
}

#[test]
fn a_file_that_was_cut_off_is_told_so() {
    let folder = tempfile::tempdir().unwrap();
    let whole = std::fs::read(clip(folder.path(), "a.mp4", 8, H264)).unwrap();
    let index_last = folder.path().join("index-last.mp4");
    std::fs::write(&index_last, &whole[..whole.len() / 2]).unwrap();
    let told = fault(&index_last);
    assert!(told.contains("cut off"), "{told}");
    let encode = "x264enc speed-preset=ultrafast key-int-max=25 ! h264parse ! mp4mux faststart=true";
    let whole = std::fs::read(clip(folder.path(), "b.mp4", 8, encode)).unwrap();
    let index_first = folder.path().join("index-first.mp4");
    std::fs::write(&index_first, &whole[..whole.len() * 6 / 10]).unwrap();
    let told = fault(&index_first);
    assert!(told.contains("cut off"), "{told}");
}

#[test]
fn sound_beside_the_picture_is_left_out_every_time() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.mp4");
    launch(&format!(
        "videotestsrc num-buffers=50 ! video/x-raw,width=160,height=120,framerate=25/1 ! {} \
         audiotestsrc num-buffers=90 ! avenc_aac ! aacparse ! mux. mp4mux name=mux ! filesink location={}",
        "x264enc speed-preset=ultrafast ! h264parse ! mux.",
        path.display()
    ));
    for _ in 0..30 {
        assert_eq!(read(&path, 25.0).unwrap().0.len(), 50);
    }
}
