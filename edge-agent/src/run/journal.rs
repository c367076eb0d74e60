//! What the box keeps for people: passages for seven days, and what was detected in each frame for
//! three. Files of a day or an hour each, bounded in age and size; nothing here holds up the events.

use kerege_contract::event::ModelRef;
use kerege_contract::files::PassageRecord;
use kerege_contract::recording::{DetectionFrame, RecordingHeader};
use kerege_contract::version::V1;
use kerege_contract::{CameraId, FrameSize, UtcTime};
use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

const PASSAGES_KEPT_S: f64 = 7.0 * 86_400.0;
const LOG_KEPT_S: f64 = 72.0 * 3600.0;
/// How often what was detected goes to disk, seconds: so much of it a power cut may cost.
const FLUSH_S: f64 = 10.0;
const LEVEL: i32 = 3;

/// The files of all cameras.
#[derive(Debug)]
pub(super) struct Journal {
    folder: PathBuf,
    log_max_bytes: u64,
    model: Option<ModelRef>,
    logs: BTreeMap<CameraId, Log>,
    told: bool,
}

struct Log {
    hour: i64,
    size: FrameSize,
    flushed: UtcTime,
    encoder: zstd::stream::AutoFinishEncoder<'static, File>,
}

impl std::fmt::Debug for Log {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Log").field("hour", &self.hour).finish_non_exhaustive()
    }
}

impl Journal {
    /// In a folder of the box's data.
    pub(super) fn new(data_dir: &Path, log_max_bytes: u64, model: Option<ModelRef>) -> Self {
        Self { folder: data_dir.join("cameras"), log_max_bytes, model, logs: BTreeMap::new(), told: false }
    }

    /// Adds passages.
    pub(super) fn passages(&mut self, camera: &CameraId, passages: &[PassageRecord]) {
        let result = self.write_passages(camera, passages);
        self.tell(result);
    }

    fn write_passages(&self, camera: &CameraId, passages: &[PassageRecord]) -> io::Result<()> {
        let Some(first) = passages.first() else { return Ok(()) };
        let folder = self.folder.join(camera.as_str());
        fs::create_dir_all(&folder)?;
        let day: String = first.at.to_string().chars().take(10).collect();
        let mut file =
            OpenOptions::new().append(true).create(true).open(folder.join(format!("passages-{day}.jsonl")))?;
        let mut lines = Vec::new();
        for passage in passages {
            serde_json::to_writer(&mut lines, passage)?;
            lines.push(b'\n');
        }
        // One write, so that a line is whole or absent.
        file.write_all(&lines)
    }

    /// Adds what was detected in a frame of a size, which was captured at `utc`.
    pub(super) fn frame(&mut self, camera: &CameraId, size: FrameSize, utc: UtcTime, frame: &DetectionFrame) {
        let result = self.write_frame(camera, size, utc, frame);
        if result.is_err() {
            self.logs.remove(camera);
        }
        self.tell(result);
    }

    fn write_frame(
        &mut self,
        camera: &CameraId,
        size: FrameSize,
        utc: UtcTime,
        frame: &DetectionFrame,
    ) -> io::Result<()> {
        let hour = utc.millis().div_euclid(3_600_000);
        if self.logs.get(camera).is_none_or(|log| log.hour != hour || log.size != size) {
            // What is replaced ends with its last frame.
            self.logs.remove(camera);
            let log = self.open_log(camera, size, utc, hour)?;
            self.logs.insert(camera.clone(), log);
        }
        let Some(log) = self.logs.get_mut(camera) else { return Ok(()) };
        serde_json::to_writer(&mut log.encoder, frame)?;
        log.encoder.write_all(b"\n")?;
        if utc.seconds_since(log.flushed) >= FLUSH_S {
            log.encoder.flush()?;
            log.flushed = utc;
        }
        Ok(())
    }

    /// A file of its own for each hour, each start of the box and each size of the picture: one that was
    /// cut off spoils no other.
    fn open_log(&self, camera: &CameraId, size: FrameSize, at: UtcTime, hour: i64) -> io::Result<Log> {
        let folder = self.folder.join(camera.as_str());
        fs::create_dir_all(&folder)?;
        let name: String = at.to_string().chars().take(19).filter(|c| *c != ':').collect();
        let file =
            OpenOptions::new().append(true).create(true).open(folder.join(format!("detections-{name}.jsonl.zst")))?;
        let mut encoder = zstd::stream::Encoder::new(file, LEVEL)?.auto_finish();
        let header = RecordingHeader { v: V1, size, start: None, cam: Some(camera.clone()), model: self.model.clone() };
        serde_json::to_writer(&mut encoder, &header)?;
        encoder.write_all(b"\n")?;
        Ok(Log { hour, size, flushed: at, encoder })
    }

    /// Ends every file, so that it can be read to its end.
    pub(super) fn finish(&mut self) {
        self.logs.clear();
    }

    /// Removes what is too old, and the oldest detections where they take too much room.
    pub(super) fn tidy(&mut self, now: SystemTime) {
        let result = self.try_tidy(now);
        self.tell(result);
    }

    fn try_tidy(&self, now: SystemTime) -> io::Result<()> {
        if !self.folder.exists() {
            return Ok(());
        }
        let mut logs = Vec::new();
        for camera in fs::read_dir(&self.folder)? {
            for entry in fs::read_dir(camera?.path())? {
                let entry = entry?;
                let (name, data) = (entry.file_name().to_string_lossy().into_owned(), entry.metadata()?);
                let age_s = now.duration_since(data.modified()?).map_or(0.0, |age| age.as_secs_f64());
                let kept_s = if name.starts_with("passages-") { PASSAGES_KEPT_S } else { LOG_KEPT_S };
                if age_s > kept_s {
                    fs::remove_file(entry.path())?;
                } else if name.starts_with("detections-") {
                    logs.push((data.modified()?, data.len(), entry.path()));
                }
            }
        }
        logs.sort();
        let mut total: u64 = logs.iter().map(|(_, bytes, _)| bytes).sum();
        for (_, bytes, path) in logs {
            if total <= self.log_max_bytes {
                break;
            }
            fs::remove_file(path)?;
            total -= bytes;
        }
        Ok(())
    }

    /// Tells of a fault once, until it works again.
    fn tell(&mut self, result: io::Result<()>) {
        match result {
            Ok(()) => self.told = false,
            Err(error) => {
                if !std::mem::replace(&mut self.told, true) {
                    tracing::warn!(folder = %self.folder.display(), "passages or detections cannot be kept: {error}");
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    const SIZE: FrameSize = FrameSize::new(640, 360);

    fn frame(number: u64, at: UtcTime) -> DetectionFrame {
        DetectionFrame { epoch: 0, frame: number, t: 0.1, utc: Some(at), detections: Vec::new() }
    }

    fn logs(folder: &Path) -> Vec<PathBuf> {
        let mut files: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        files
    }

    #[test]
    fn detections_are_kept_by_the_hour_and_read_back() {
        let folder = tempfile::tempdir().unwrap();
        let camera: CameraId = "c1".parse().unwrap();
        let mut journal = Journal::new(folder.path(), 1 << 20, None);
        let start = UtcTime::from_millis(1_800_000_000_000);
        for number in 0..80u32 {
            let at = start.plus_seconds(f64::from(number) * 60.0);
            journal.frame(&camera, SIZE, at, &frame(u64::from(number), at));
        }
        journal.finish();
        let files = logs(&folder.path().join("cameras/c1"));
        assert_eq!(files.len(), 2);
        let text: String = files
            .iter()
            .map(|file| String::from_utf8(zstd::decode_all(File::open(file).unwrap()).unwrap()).unwrap())
            .collect();
        let (headers, frames): (Vec<&str>, Vec<&str>) = text.lines().partition(|line| line.contains("\"v\""));
        let headers: Vec<RecordingHeader> = headers.iter().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert!(headers.len() == 2 && headers.iter().all(|header| header.size == SIZE), "{headers:?}");
        let frames: Vec<DetectionFrame> = frames.iter().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(frames.iter().map(|frame| frame.frame).collect::<Vec<_>>(), (0..80).collect::<Vec<_>>());
    }

    #[test]
    fn age_and_size_are_bounded() {
        let folder = tempfile::tempdir().unwrap();
        let camera = folder.path().join("cameras/c1");
        fs::create_dir_all(&camera).unwrap();
        for name in ["detections-1", "detections-2", "detections-3", "passages-2026-01-01.jsonl"] {
            fs::write(camera.join(name), vec![0; 1000]).unwrap();
            std::thread::sleep(Duration::from_millis(20));
        }
        let mut journal = Journal::new(folder.path(), 2500, None);
        journal.tidy(SystemTime::now());
        assert_eq!(logs(&camera).len(), 3);
        assert!(!camera.join("detections-1").exists(), "the oldest went");
        journal.tidy(SystemTime::now() + Duration::from_secs(4 * 86_400));
        assert_eq!(logs(&camera), [camera.join("passages-2026-01-01.jsonl")]);
        journal.tidy(SystemTime::now() + Duration::from_secs(8 * 86_400));
        assert!(logs(&camera).is_empty());
    }
}
