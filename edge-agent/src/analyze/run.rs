//! Frame by frame: model, pipeline, files.

use super::AnalyzeError;
use super::count::Tally;
use super::events::Chronicle;
use super::output::Output;
use crate::capture::{FileFrame, FileSource};
use crate::models_cli::{process_seconds, thread_seconds};
use crate::still;
use kerege_contract::event::Phase;
use kerege_contract::files::{PassageRecord, Summary, Timings, TrackRecord};
use kerege_contract::version::V1;
use kerege_contract::{FrameSize, Scene, Sha256Hash, UtcTime};
use kerege_models::Detector;
use kerege_pipelines::{FrameMeta, IncidentChange, Options, Outputs, Passage, Pipeline, TrackView};
use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::Path;
use std::time::Instant;

/// What is to be analysed.
pub(super) struct Job<'a> {
    pub(super) video: &'a Path,
    pub(super) scene: &'a Scene,
    pub(super) detector: Box<dyn Detector>,
    pub(super) start: UtcTime,
    pub(super) fps: f64,
}

/// Processor seconds of this thread by stage, beside the detector's own.
#[derive(Debug, Default)]
struct Stages {
    analytics: f64,
    write: f64,
}

struct Run {
    pipeline: Pipeline,
    chronicle: Chronicle,
    tally: Tally,
    output: Output,
    stages: Stages,
    frame: u64,
    last_t: f64,
    size: Option<FrameSize>,
}

/// Analyses the whole file.
pub(super) fn run(job: Job<'_>, output: Output) -> Result<Summary, AnalyzeError> {
    let began = Instant::now();
    let Job { video, scene, mut detector, start, fps } = job;
    let source = FileSource::open(video, fps)?;
    let hash = hash_of(video)?;
    let mut run = Run {
        pipeline: Pipeline::new(scene, &Options::default()),
        chronicle: Chronicle::new(&hash, scene, detector.model(), start),
        tally: Tally::new(scene),
        output,
        stages: Stages::default(),
        frame: 0,
        last_t: 0.0,
        size: None,
    };
    while let Some(frame) = source.next()? {
        run.take(&frame, detector.as_mut(), start)?;
    }
    let rest = run.pipeline.finish();
    run.write(rest, None)?;
    let model = detector.model().clone();
    let (tracks, observed_s) = (run.pipeline.confirmed_tracks(), run.tally.observed_s);
    let (counts, incidents) = run.tally.finish();
    let summary = Summary {
        v: V1,
        video: video.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default(),
        video_sha256: hash,
        scene_sha256: scene.hash(),
        model,
        size: run.size.unwrap_or(FrameSize::new(0, 0)),
        start,
        duration_s: rounded(run.last_t),
        frames_decoded: source.decoded(),
        frames_analysed: run.frame,
        observed_s: rounded(observed_s),
        tracks,
        counts,
        incidents,
    };
    let timings = timings(began, &run.stages, detector.as_ref(), run.frame);
    run.output.finish(&summary, &timings)?;
    Ok(summary)
}

impl Run {
    fn take(&mut self, frame: &FileFrame, detector: &mut dyn Detector, start: UtcTime) -> Result<(), AnalyzeError> {
        let detections = detector
            .detect(&frame.pixels.picture())
            .map_err(|source| AnalyzeError::Detect { frame: self.frame, source })?;
        let before = thread_seconds();
        let utc = start.plus_seconds(frame.t);
        let meta = FrameMeta { stream_epoch: 0, frame: self.frame, t: frame.t, utc, size: frame.size };
        let outputs = self.pipeline.step(&meta, &detections);
        let after = thread_seconds();
        self.stages.analytics += after - before;
        (self.last_t, self.size) = (frame.t, Some(self.size.unwrap_or(frame.size)));
        self.write(outputs, Some(frame))?;
        self.frame += 1;
        self.stages.write += thread_seconds() - after;
        Ok(())
    }

    fn write(&mut self, outputs: Outputs, frame: Option<&FileFrame>) -> Result<(), AnalyzeError> {
        if let Some(frame) = frame {
            for track in outputs.tracks.iter().filter(|track| track.detected_now) {
                self.output.tracks.write(&track_record(self.frame, frame.t, track))?;
            }
        }
        for passage in &outputs.passages {
            let name = self.tally.passage(passage);
            self.output.passages.write(&passage_record(passage, name))?;
        }
        for change in &outputs.incidents {
            self.incident(change, frame)?;
        }
        for minute in outputs.minutes {
            self.tally.observed_s += minute.observed_s;
            self.chronicle.minute(minute, &mut self.output.facts)?;
        }
        Ok(())
    }

    fn incident(&mut self, change: &IncidentChange, frame: Option<&FileFrame>) -> Result<(), AnalyzeError> {
        let shown = frame.filter(|_| change.phase == Phase::Start);
        let still = shown.map(|frame| still::jpeg_of(&frame.pixels.picture())).transpose();
        let still = still.map_err(|source| AnalyzeError::Still { frame: self.frame, source })?;
        if let Some(id) = self.chronicle.incident(change, still, &mut self.output)? {
            self.tally.incident(id, change);
        }
        Ok(())
    }
}

fn track_record(frame: u64, t: f64, track: &TrackView) -> TrackRecord {
    TrackRecord {
        frame,
        t: rounded(t),
        track: track.track.to_string(),
        class: track.class,
        score: (track.score * 1000.0).round() / 1000.0,
        bbox: track.bbox.rounded(),
        road: track.road.map(|road| road.map(rounded)),
        speed_kmh: track.speed_kmh.map(tenths),
    }
}

fn passage_record(passage: &Passage, name: String) -> PassageRecord {
    PassageRecord {
        at: passage.utc,
        t: rounded(passage.t),
        cam: None,
        line: passage.line.clone(),
        dir: passage.dir,
        name,
        class: passage.class,
        speed_kmh: passage.speed_kmh.map(tenths),
        speed_err_kmh: passage.speed_err_kmh.map(tenths),
        track: passage.track.to_string(),
    }
}

/// Milliseconds and millimetres are enough.
fn rounded(value: f64) -> f64 {
    (value * 1000.0).round() / 1000.0
}

fn tenths(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

fn hash_of(video: &Path) -> Result<Sha256Hash, AnalyzeError> {
    use sha2::{Digest as _, Sha256};
    let unreadable = |source| AnalyzeError::Read { path: video.to_owned(), source };
    let mut file = std::fs::File::open(video).map_err(unreadable)?;
    let (mut hasher, mut buffer) = (Sha256::new(), vec![0; 256 * 1024]);
    loop {
        let read = file.read(&mut buffer).map_err(unreadable)?;
        let Some(part) = buffer.get(..read).filter(|part| !part.is_empty()) else { break };
        hasher.update(part);
    }
    Ok(Sha256Hash::from_bytes(hasher.finalize().into()))
}

/// Where the processor's time went. What is neither the model's nor this thread's is the decoder's.
fn timings(began: Instant, stages: &Stages, detector: &dyn Detector, frames: u64) -> Timings {
    let model = detector.timings();
    let cpu_s = process_seconds();
    #[expect(clippy::cast_precision_loss, reason = "frames of a clip")]
    let frames = frames.max(1) as f64;
    let stages_s = BTreeMap::from([
        ("decode".to_owned(), (cpu_s - thread_seconds()).max(0.0)),
        ("preprocess".to_owned(), model.preprocess_s),
        ("inference".to_owned(), model.inference_s),
        ("postprocess".to_owned(), model.postprocess_s),
        ("analytics".to_owned(), stages.analytics),
        ("write".to_owned(), stages.write),
    ]);
    Timings {
        v: V1,
        wall_s: began.elapsed().as_secs_f64(),
        cpu_s,
        cpu_ms_per_analysed: cpu_s * 1000.0 / frames,
        stages_s,
        peak_memory_bytes: peak_memory(),
    }
}

/// The most resident memory of this process so far, bytes; 0 where the system does not tell.
fn peak_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let kilobytes = status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix("kB"));
    kilobytes.and_then(|text| text.trim().parse::<u64>().ok()).unwrap_or(0) * 1024
}
