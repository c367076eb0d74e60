//! Frame by frame: model, then what follows.

use super::AnalyzeError;
use super::events::Chronicle;
use super::output::Output;
use super::phases::Phases;
use super::session::{About, Seen, Session, timings};
use crate::capture::{FileFrame, FileSource};
use crate::models_cli::{process_seconds, thread_seconds};
use kerege_contract::files::Summary;
use kerege_contract::{Scene, Sha256Hash, UtcTime};
use kerege_models::Detector;
use kerege_pipelines::FrameMeta;
use std::io::Read as _;
use std::path::Path;
use std::time::Instant;

/// What is to be analysed.
pub(super) struct Job<'a> {
    pub(super) video: &'a Path,
    pub(super) scene: &'a Scene,
    pub(super) detector: Box<dyn Detector>,
    pub(super) phases: Phases,
    pub(super) start: UtcTime,
    pub(super) fps: f64,
}

/// Analyses the whole file.
pub(super) fn run(job: Job<'_>, output: Output) -> Result<Summary, AnalyzeError> {
    let began = Instant::now();
    let Job { video, scene, mut detector, phases, start, fps } = job;
    let source = FileSource::open(video, fps)?;
    let hash = hash_of(video)?;
    let mut session = Session::new(scene, Chronicle::new(&hash, scene, Some(detector.model()), start), phases, output)
        .with_lookout()?;
    while let Some(frame) = source.next()? {
        take(&mut session, &frame, detector.as_mut(), start)?;
    }
    let about = About {
        video: video.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default(),
        video_sha256: hash,
        model: Some(detector.model().clone()),
        start,
        frames_decoded: source.decoded(),
    };
    let model = detector.timings();
    session.finish(about, |stages, frames| {
        let cpu_s = process_seconds();
        // What is neither the model's nor this thread's is the decoder's.
        let stages_s = [
            ("decode", (cpu_s - thread_seconds()).max(0.0)),
            ("preprocess", model.preprocess_s),
            ("inference", model.inference_s),
            ("postprocess", model.postprocess_s),
            ("vision", stages.vision),
            ("analytics", stages.analytics),
            ("write", stages.write),
        ];
        timings(began, cpu_s, &stages_s, frames)
    })
}

fn take(
    session: &mut Session,
    frame: &FileFrame,
    detector: &mut dyn Detector,
    start: UtcTime,
) -> Result<(), AnalyzeError> {
    let number = session.frames();
    let detections =
        detector.detect(&frame.pixels.picture()).map_err(|source| AnalyzeError::Detect { frame: number, source })?;
    let utc = start.plus_seconds(frame.t);
    let meta = FrameMeta { stream_epoch: 0, frame: number, t: frame.t, utc, size: frame.size };
    session.take(&meta, Seen::Detections(&detections), Some(frame.pixels.as_ref()))
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
