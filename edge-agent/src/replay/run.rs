//! Frame by frame: from the recording into the pipeline.

use super::ReplayError;
use super::frames::{Content, Frames, Recorded};
use crate::analyze::{About, Chronicle, Output, Seen, Session, timings};
use crate::models_cli::{process_seconds, thread_seconds};
use kerege_contract::files::Summary;
use kerege_contract::{Scene, UtcTime};
use kerege_pipelines::FrameMeta;
use std::time::Instant;

/// Capture seconds and UTC that go apart by more than this tell that the clock began anew, seconds.
const SAME_CLOCK_S: f64 = 1.0;

/// Numbers stream epochs through all files: a box that starts again counts from 0 again.
#[derive(Debug, Default)]
struct Epochs {
    last: Option<(u32, f64, UtcTime)>,
    current: u32,
}

impl Epochs {
    fn of(&mut self, frame: &Recorded) -> u32 {
        if let Some((epoch, t, utc)) = self.last {
            let apart = (frame.utc.seconds_since(utc) - (frame.t - t)).abs();
            if epoch != frame.epoch || apart > SAME_CLOCK_S {
                self.current += 1;
            }
        }
        self.last = Some((frame.epoch, frame.t, frame.utc));
        self.current
    }
}

/// Replays all frames.
pub(super) fn run(mut frames: Frames, scene: &Scene, output: Output) -> Result<Summary, ReplayError> {
    let (began, name) = (Instant::now(), frames.path().to_owned());
    let Some(first) = frames.next()? else { return Err(ReplayError::Empty { path: name }) };
    let (start, model) = (first.utc, frames.model().cloned());
    let chronicle = Chronicle::new(&frames.beginning(), scene, model.as_ref(), start);
    let mut session = Session::new(scene, chronicle, output);
    let mut epochs = Epochs::default();
    let mut next = Some(first);
    while let Some(frame) = next {
        let Recorded { frame: number, t, utc, size, .. } = frame;
        let meta = FrameMeta { stream_epoch: epochs.of(&frame), frame: number, t, utc, size };
        let seen = match &frame.content {
            Content::Detections(detections) => Seen::Detections(detections),
            Content::Tracked(tracked) => Seen::Tracked(tracked),
        };
        session.take(&meta, seen, None)?;
        next = frames.next()?;
    }
    let about = About {
        video: name.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default(),
        video_sha256: frames.hash(),
        model,
        start,
        frames_decoded: session.frames(),
    };
    let summary = session.finish(about, |stages, frames| {
        let read = (thread_seconds() - stages.analytics - stages.write).max(0.0);
        let stages_s = [("read", read), ("analytics", stages.analytics), ("write", stages.write)];
        timings(began, process_seconds(), &stages_s, frames)
    })?;
    Ok(summary)
}
