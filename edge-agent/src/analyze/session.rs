//! What becomes of a frame's detections, wherever they come from: the pipeline, and the files.
//!
//! `analyze` feeds it from a model and `replay` from a recording. It is the one place where a
//! pipeline is made for either.

use super::AnalyzeError;
use super::count::Tally;
use super::events::Chronicle;
use super::output::Output;
use super::phases::Phases;
use crate::frame::Pixels;
use crate::models_cli::thread_seconds;
use crate::still;
use crate::vision::{Beginning, Glance, Lookout};
use kerege_contract::event::{ModelRef, Phase};
use kerege_contract::files::{PassageRecord, Summary, Timings, TrackRecord};
use kerege_contract::recording::DetectionFrame;
use kerege_contract::version::V1;
use kerege_contract::{Detection, FrameSize, Scene, Sha256Hash, UtcTime};
use kerege_pipelines::{
    FrameMeta, IncidentChange, Options, Outputs, Passage, Pipeline, Sight, Thing, TrackView, Tracked,
};
use std::collections::BTreeMap;
use std::time::Instant;

/// What was seen in a frame.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Seen<'s> {
    /// As a model gives it.
    Detections(&'s [Detection]),
    /// With the road users known.
    Tracked(&'s [Tracked]),
}

/// Where the frames came from.
pub(crate) struct About {
    /// Name of the clip or recording.
    pub(crate) video: String,
    pub(crate) video_sha256: Sha256Hash,
    pub(crate) model: Option<ModelRef>,
    /// Capture time of the first frame.
    pub(crate) start: UtcTime,
    pub(crate) frames_decoded: u64,
}

/// Processor seconds of this thread by stage.
#[derive(Debug, Default)]
pub(crate) struct Stages {
    pub(crate) vision: f64,
    pub(crate) analytics: f64,
    pub(crate) write: f64,
}

/// One run over a clip or recording.
pub(crate) struct Session {
    pipeline: Pipeline,
    /// Of a clip; a recording has no pictures.
    lookout: Option<Lookout>,
    phases: Phases,
    chronicle: Chronicle,
    tally: Tally,
    output: Output,
    stages: Stages,
    frames: u64,
    /// Capture times of the first and the last frame.
    span: Option<(UtcTime, UtcTime)>,
    size: Option<FrameSize>,
}

impl Session {
    /// A pipeline for the scene, what the signals showed meanwhile, and where its results go.
    pub(crate) fn new(scene: &Scene, chronicle: Chronicle, phases: Phases, output: Output) -> Self {
        Self {
            pipeline: Pipeline::new(scene, &Options::default()),
            lookout: None,
            phases,
            chronicle,
            tally: Tally::new(scene),
            output,
            stages: Stages::default(),
            frames: 0,
            span: None,
            size: None,
        }
    }

    /// Has a lookout tell whether the camera can be believed.
    ///
    /// # Errors
    /// When OpenCV does not work.
    pub(crate) fn with_lookout(self) -> Result<Self, AnalyzeError> {
        let lookout = Lookout::new(self.pipeline.scene(), Beginning::default())?;
        Ok(Self { lookout: Some(lookout), ..self })
    }

    /// Frames taken so far.
    pub(crate) const fn frames(&self) -> u64 {
        self.frames
    }

    /// Takes one frame; where there are pixels, incidents get a still.
    pub(crate) fn take(
        &mut self,
        meta: &FrameMeta,
        seen: Seen<'_>,
        pixels: Option<&dyn Pixels>,
    ) -> Result<(), AnalyzeError> {
        let things = self.look(meta, seen, pixels)?;
        let before = thread_seconds();
        for message in self.phases.until(meta.utc) {
            self.pipeline.take_signal(message);
        }
        let outputs = match seen {
            Seen::Detections(detections) => self.pipeline.step(meta, detections),
            Seen::Tracked(tracked) => self.pipeline.step_tracked(meta, tracked),
        };
        if let Some(things) = things {
            self.pipeline.take_things(things);
        }
        let after = thread_seconds();
        self.stages.analytics += after - before;
        self.span = Some((self.span.map_or(meta.utc, |(first, _)| first), meta.utc));
        self.size.get_or_insert(meta.size);
        self.write_seen(meta, seen, &outputs)?;
        self.write(outputs, pixels)?;
        self.frames += 1;
        self.stages.write += thread_seconds() - after;
        Ok(())
    }

    /// Lets the lookout look; what lies on the road, when it was asked.
    fn look(
        &mut self,
        meta: &FrameMeta,
        seen: Seen<'_>,
        pixels: Option<&dyn Pixels>,
    ) -> Result<Option<Vec<Thing>>, AnalyzeError> {
        let (Some(lookout), Some(pixels)) = (&mut self.lookout, pixels) else { return Ok(None) };
        let before = thread_seconds();
        let seen = if let Seen::Detections(detections) = seen { detections } else { &[] };
        let (stream_epoch, t, utc, picture) = (meta.stream_epoch, meta.t, meta.utc, pixels.picture());
        let noticed = lookout.look(&Glance { stream_epoch, t, utc, picture: &picture, seen })?;
        self.pipeline.set_sight(lookout.sight());
        if let Some(change) = &noticed.change {
            let still = if change.sight == Sight::Clear { None } else { Some(self.still(pixels)?) };
            let from_t = meta.t - meta.utc.seconds_since(change.since);
            for (id, kind, phase) in self.chronicle.sight(change, meta.utc, still, &mut self.output)? {
                self.tally.condition(id, kind, phase, rounded(from_t));
            }
        }
        self.stages.vision += thread_seconds() - before;
        Ok(noticed.things)
    }

    fn still(&self, pixels: &dyn Pixels) -> Result<Vec<u8>, AnalyzeError> {
        still::jpeg_of(&pixels.picture()).map_err(|source| AnalyzeError::Still { frame: self.frames, source })
    }

    fn write_seen(&mut self, meta: &FrameMeta, seen: Seen<'_>, outputs: &Outputs) -> Result<(), AnalyzeError> {
        if let (Some(lines), Seen::Detections(detections)) = (&mut self.output.detections, seen) {
            if self.frames == 0 {
                lines.write(&self.chronicle.recording_header(meta.size))?;
            }
            let (frame, t, utc) = (meta.frame, meta.t, Some(meta.utc));
            lines.write(&DetectionFrame {
                epoch: meta.stream_epoch,
                frame,
                t,
                utc,
                detections: detections.to_vec(),
            })?;
        }
        if let Some(lines) = &mut self.output.tracks {
            for track in outputs.tracks.iter().filter(|track| track.detected_now) {
                lines.write(&track_record(meta.frame, meta.t, track))?;
            }
        }
        Ok(())
    }

    fn write(&mut self, outputs: Outputs, pixels: Option<&dyn Pixels>) -> Result<(), AnalyzeError> {
        for passage in &outputs.passages {
            let name = self.tally.passage(passage);
            self.output.passages.write(&passage_record(passage, name))?;
        }
        for change in &outputs.incidents {
            self.incident(change, pixels)?;
        }
        for minute in outputs.minutes {
            self.tally.observed_s += minute.observed_s;
            self.chronicle.minute(minute, &mut self.output.facts)?;
        }
        Ok(())
    }

    fn incident(&mut self, change: &IncidentChange, pixels: Option<&dyn Pixels>) -> Result<(), AnalyzeError> {
        let shown = pixels.filter(|_| change.phase == Phase::Start);
        let still = shown.map(|pixels| self.still(pixels)).transpose()?;
        if let Some(id) = self.chronicle.incident(change, still, &mut self.output)? {
            self.tally.incident(id, change);
        }
        Ok(())
    }

    /// Ends the pipeline, writes the rest and puts the files in place. `timings` is told the
    /// seconds by stage and the number of frames.
    pub(crate) fn finish(
        mut self,
        about: About,
        timings: impl FnOnce(&Stages, u64) -> Timings,
    ) -> Result<Summary, AnalyzeError> {
        let rest = self.pipeline.finish();
        self.write(rest, None)?;
        let (tracks, observed_s) = (self.pipeline.confirmed_tracks(), self.tally.observed_s);
        let (counts, incidents) = self.tally.finish();
        let summary = Summary {
            v: V1,
            video: about.video,
            video_sha256: about.video_sha256,
            scene_sha256: self.pipeline.scene().hash(),
            model: about.model,
            size: self.size.unwrap_or(FrameSize::new(0, 0)),
            start: about.start,
            duration_s: rounded(self.span.map_or(0.0, |(first, last)| last.seconds_since(first))),
            frames_decoded: about.frames_decoded,
            frames_analysed: self.frames,
            observed_s: rounded(observed_s),
            tracks,
            counts,
            incidents,
        };
        self.output.finish(&summary, &timings(&self.stages, self.frames))?;
        Ok(summary)
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

/// Where the processor's time went, of so many frames.
pub(crate) fn timings(began: Instant, cpu_s: f64, stages_s: &[(&str, f64)], frames: u64) -> Timings {
    #[expect(clippy::cast_precision_loss, reason = "frames of a clip")]
    let frames = frames.max(1) as f64;
    Timings {
        v: V1,
        wall_s: began.elapsed().as_secs_f64(),
        cpu_s,
        cpu_ms_per_analysed: cpu_s * 1000.0 / frames,
        stages_s: stages_s.iter().map(|(name, seconds)| ((*name).to_owned(), *seconds)).collect::<BTreeMap<_, _>>(),
        peak_memory_bytes: peak_memory(),
    }
}

/// The most resident memory of this process so far, bytes; 0 where the system does not tell.
fn peak_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let kilobytes = status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix("kB"));
    kilobytes.and_then(|text| text.trim().parse::<u64>().ok()).unwrap_or(0) * 1024
}
