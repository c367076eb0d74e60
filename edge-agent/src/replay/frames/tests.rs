//! Recordings as tables: lines in, frames out.

use super::*;
use std::io::Write as _;

const HEADER: &str = r#"{"v":1,"size":{"width":640,"height":360},"start":"2026-03-05T08:13:44Z"}"#;

fn track(frame: u64, t: f64, name: &str) -> String {
    format!(r#"{{"frame":{frame},"t":{t},"track":"{name}","class":"car","score":0.9,"box":[0.1,0.1,0.2,0.2]}}"#)
}

fn detections(frame: u64, t: f64) -> String {
    format!(
        r#"{{"frame":{frame},"t":{t},"detections":[{{"class":"car","score":0.5,"box":[0.1,0.2,0.30000001,0.4]}}]}}"#
    )
}

struct Files(tempfile::TempDir);

impl Files {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn write(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }
}

fn read(paths: Vec<PathBuf>) -> Result<Vec<Recorded>, ReplayError> {
    let mut frames = Frames::open(paths, Known::default())?;
    let mut all = Vec::new();
    while let Some(frame) = frames.next()? {
        all.push(frame);
    }
    Ok(all)
}

fn marks(frames: &[Recorded]) -> Vec<(u64, f64, usize)> {
    let count = |frame: &Recorded| match &frame.content {
        Content::Detections(detections) => detections.len(),
        Content::Tracked(tracked) => tracked.len(),
    };
    frames.iter().map(|frame| (frame.frame, (frame.t * 1000.0).round() / 1000.0, count(frame))).collect()
}

#[test]
fn detections_are_read_plain_and_compressed_and_over_several_files() {
    let files = Files::new();
    let text = [HEADER.to_owned(), detections(0, 0.0), String::new(), detections(1, 0.1)].join("\n") + "\n";
    let plain = files.write("a.jsonl", text.as_bytes());
    let packed = files.write("b.jsonl.zst", &zstd::encode_all(text.as_bytes(), 3).unwrap());
    let wanted = [(0, 0.0, 1), (1, 0.1, 1)];
    for path in [&plain, &packed] {
        let frames = read(vec![path.clone()]).unwrap();
        assert_eq!(marks(&frames), wanted);
        assert_eq!(frames[1].utc.to_string(), "2026-03-05T08:13:44.100Z");
        assert_eq!(frames[0].size, FrameSize::new(640, 360));
    }
    assert_eq!(marks(&read(vec![plain, packed]).unwrap()), [wanted, wanted].concat());
}

#[test]
fn a_log_that_was_cut_off_is_read_as_far_as_it_goes() {
    let files = Files::new();
    let mut encoder = zstd::stream::Encoder::new(Vec::new(), 3).unwrap();
    writeln!(encoder, "{HEADER}").unwrap();
    for frame in 0..200_u32 {
        writeln!(encoder, "{}", detections(u64::from(frame), f64::from(frame) / 10.0)).unwrap();
        encoder.flush().unwrap();
    }
    let whole = encoder.finish().unwrap();
    let cut = files.write("cut.zst", &whole[..whole.len() / 2]);
    let frames = read(vec![cut.clone()]).unwrap();
    assert!((50..150).contains(&frames.len()), "{}", frames.len());
    // What follows in the next file is read, too.
    let after = files.write("after.jsonl", format!("{HEADER}\n{}\n", detections(0, 0.0)).as_bytes());
    assert_eq!(read(vec![cut, after]).unwrap().len(), frames.len() + 1);
    let half_line = files.write("half.jsonl", format!("{HEADER}\n{}\n{{\"frame\":1,", detections(0, 0.0)).as_bytes());
    assert_eq!(read(vec![half_line]).unwrap().len(), 1);
}

#[test]
fn frames_in_which_nobody_was_seen_are_put_back_among_tracks() {
    let files = Files::new();
    let text = [HEADER.to_owned(), track(2, 0.2, "t-1"), track(2, 0.2, "t-2"), track(5, 0.5, "t-1")].join("\n");
    let frames = read(vec![files.write("tracks.jsonl", text.as_bytes())]).unwrap();
    let wanted = [(0, 0.0, 0), (1, 0.1, 0), (2, 0.2, 2), (3, 0.3, 0), (4, 0.4, 0), (5, 0.5, 1)];
    assert_eq!(marks(&frames), wanted);
    // Another clip counts from 0 again, and has its own time.
    let later = text.replace("08:13:44Z", "09:00:00Z");
    let both =
        [("tracks.jsonl", &text), ("later.jsonl", &later)].map(|(name, text)| files.write(name, text.as_bytes()));
    let frames = read(both.to_vec()).unwrap();
    assert_eq!(marks(&frames), [wanted, wanted].concat());
    assert_eq!(
        [frames[5].utc, frames[6].utc].map(|utc| utc.to_string()),
        ["2026-03-05T08:13:44.500Z", "2026-03-05T09:00:00.000Z"]
    );
}

#[test]
fn bad_lines_are_told_with_their_place() {
    let files = Files::new();
    let fault = |text: &str| read(vec![files.write("bad.jsonl", text.as_bytes())]).unwrap_err().to_string();
    let told = fault(&format!("{HEADER}\n{}\n{{\"frame\":1}}\n", detections(0, 0.0)));
    assert!(told.contains("bad.jsonl:3: ") && told.contains("detections"), "{told}");
    assert!(fault(&(detections(0, 0.0) + "\n")).contains("--size"));
    assert!(fault("not json\n").contains("bad.jsonl:1"));
    assert!(fault(&format!("{HEADER}\n{}\n{}\n", track(0, 0.0, "a"), detections(1, 0.1))).contains("one form"));
    // A frame number that would mean a billion empty frames is refused, not filled in.
    let told = fault(&format!("{HEADER}\n{}\n{}\n", track(0, 0.0, "a"), track(1_000_000_000, 0.1, "a")));
    assert!(told.contains("cannot follow"), "{told}");
    assert!(fault(&format!("{HEADER}\n{}\n{}\n", track(7, 0.7, "a"), track(6, 0.6, "a"))).contains("cannot follow"));
    let error = read(vec![PathBuf::from("/nowhere/x.jsonl")]).unwrap_err().to_string();
    assert!(error.contains("/nowhere/x.jsonl"));
    let broken = files.write("broken.zst", b"\x28\xb5\x2f\xfdnot a frame at all");
    assert!(read(vec![broken]).is_err());
}
