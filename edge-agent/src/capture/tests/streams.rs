//! Streams that are sound: every codec, capture times, sampling.

use super::bench::{H264, Watch, clip, order, simulate, wait};
use crate::capture::CameraChange;
use kerege_contract::event::TimeSource;
use std::time::{Duration, Instant};

#[test]
fn every_codec_is_decoded() {
    let folder = tempfile::tempdir().unwrap();
    let began = Instant::now();
    let clips = [
        clip(folder.path(), "a.mp4", 5, H264),
        clip(folder.path(), "b.mkv", 5, "x265enc speed-preset=ultrafast key-int-max=25 ! h265parse ! matroskamux"),
        clip(folder.path(), "c.avi", 5, "videoconvert ! video/x-raw,format=I420 ! jpegenc ! avimux"),
        clip(folder.path(), "d.avi", 5, "avenc_mpeg4 ! avimux"),
        clip(folder.path(), "e.avi", 5, "videoconvert ! video/x-raw,format=Y444 ! jpegenc ! avimux"),
    ];
    let simulator = simulate(&clips);
    let ready = simulator.ready();
    let codecs: Vec<_> = ready.cameras.iter().map(|camera| camera.codec).collect();
    assert_eq!(codecs, ["h264", "h265", "mjpeg", "h264", "h264"], "what cameras cannot send is encoded anew");
    let watch = Watch::of_simulator(&simulator);
    for camera in ["c1", "c2", "c3", "c4", "c5"] {
        let seen = watch.wait_frame(camera, began);
        let picture = seen.frame.pixels.picture();
        picture.check().unwrap();
        assert_eq!((picture.width, picture.height), (320, 240), "{camera}");
        assert!(crate::still::jpeg(&seen.frame).unwrap().len() > 1000);
    }
}

#[test]
fn frames_come_at_the_wanted_rate_with_the_right_time() {
    let folder = tempfile::tempdir().unwrap();
    let simulator = simulate(&[clip(folder.path(), "a.mp4", 12, H264)]);
    let watch = Watch::of_simulator(&simulator);
    let began = Instant::now();
    let (_, live) = watch.wait_change("c1", began, |change| matches!(change, CameraChange::Live { .. }));
    assert!(matches!(live, CameraChange::Live { stream_epoch: 0, size } if size.width == 320));
    let frames = wait("40 frames", || Some(watch.frames_after("c1", began)).filter(|frames| frames.len() >= 40));
    for pair in frames.windows(2) {
        let step = pair[1].frame.t - pair[0].frame.t;
        assert!(step > 0.07, "frames are not analysed more often than wanted: {step}");
        assert!(pair[1].frame.utc >= pair[0].frame.utc);
    }
    let last = &frames[39].frame;
    assert!(last.utc.seconds_since(crate::clock::now()).abs() < 2.0 + last.arrival.elapsed().as_secs_f64());
    let stats = watch.cameras[0].stats();
    assert!(stats.live && stats.decoded >= 2 * stats.offered && stats.bad_times == 0, "{stats:?}");
}

#[test]
fn the_cameras_clock_is_used_when_it_is_right_and_not_when_it_is_wrong() {
    let folder = tempfile::tempdir().unwrap();
    let clip = clip(folder.path(), "a.mp4", 60, H264);
    let simulator = simulate(&[clip.clone(), clip]);
    order(&simulator, "clock cam2 +5.0");
    let watch = Watch::of_simulator(&simulator);
    let stats = wait("the camera's own time", || {
        let stats = watch.cameras[0].stats();
        stats.last.is_some_and(|(_, source, _)| source == TimeSource::CameraNtp).then_some(stats)
    });
    assert!(stats.camera_offset_ms.unwrap().abs() < 100.0, "{stats:?}");
    let wrong = wait("the other camera's offset", || watch.cameras[1].stats().camera_offset_ms);
    assert!((wrong - 5000.0).abs() < 150.0, "{wrong}");
    std::thread::sleep(Duration::from_secs(1));
    let (utc, source, err_ms) = watch.cameras[1].stats().last.unwrap();
    assert_eq!(source, TimeSource::Estimated);
    assert!(utc.seconds_since(crate::clock::now()).abs() < 2.0 && err_ms < 1500.0);
}
