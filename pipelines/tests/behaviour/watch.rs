//! Runs a street through the pipeline, frame by frame, and keeps what comes out.

use crate::rng::Rng;
use crate::street::{Actor, Detector, Pinhole};
use kerege_contract::fact::Direction;
use kerege_contract::{Detection, RoadUserClass, Scene, UtcTime};
use kerege_pipelines::{FrameMeta, IncidentChange, MinuteCells, Options, Outputs, Passage, Pipeline, TrackView};
use std::collections::BTreeMap;

/// 2026-03-05T08:00:00Z, a Thursday.
pub(crate) const START_MS: i64 = 1_772_697_600_000;

/// When frames come.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Timing {
    pub(crate) fps: f64,
    /// Share of a frame's spacing by which it comes early or late.
    pub(crate) jitter: f64,
    /// Share of frames that never come.
    pub(crate) dropped: f64,
    /// Share of frames that come a second time with the same time.
    pub(crate) doubled: f64,
}

impl Timing {
    pub(crate) const fn steady(fps: f64) -> Self {
        Self { fps, jitter: 0.0, dropped: 0.0, doubled: 0.0 }
    }

    pub(crate) const fn rough(fps: f64) -> Self {
        Self { fps, jitter: 0.3, dropped: 0.1, doubled: 0.05 }
    }

    /// The times of the frames of so many seconds.
    pub(crate) fn times(&self, seconds: f64, rng: &mut Rng) -> Vec<f64> {
        let mut times = Vec::new();
        let mut index = 0.0;
        while index / self.fps < seconds {
            let t = (index + self.jitter * rng.between(-0.5, 0.5)) / self.fps;
            if !rng.chance(self.dropped) {
                times.push(t);
                if rng.chance(self.doubled) {
                    times.push(t);
                }
            }
            index += 1.0;
        }
        times
    }
}

/// A frame's time and detections.
pub(crate) type Frame = (f64, Vec<Detection>);

/// What the camera and the detector make of a street.
pub(crate) fn film(
    camera: &Pinhole,
    actors: &[Actor],
    detector: Detector,
    timing: Timing,
    seconds: f64,
    seed: u64,
) -> Vec<Frame> {
    let rng = &mut Rng::new(seed);
    let times = timing.times(seconds, rng);
    times.into_iter().map(|t| (t, detector.see(camera, actors, t, rng))).collect()
}

/// Everything that came out.
#[derive(Debug, Default, Clone, PartialEq)]
pub(crate) struct Record {
    pub(crate) passages: Vec<Passage>,
    pub(crate) incidents: Vec<IncidentChange>,
    pub(crate) minutes: Vec<MinuteCells>,
    pub(crate) tracks: Vec<(f64, Vec<TrackView>)>,
    pub(crate) confirmed: u64,
}

impl Record {
    pub(crate) fn add(&mut self, t: f64, outputs: Outputs) {
        self.passages.extend(outputs.passages);
        self.incidents.extend(outputs.incidents);
        self.minutes.extend(outputs.minutes);
        self.tracks.push((t, outputs.tracks));
    }

    /// How many crossed a line each way.
    pub(crate) fn counted(&self, line: &str) -> (usize, usize) {
        let way = |dir| self.passages.iter().filter(|p| p.line.as_str() == line && p.dir == dir).count();
        (way(Direction::Forward), way(Direction::Backward))
    }

    /// How many of each class crossed a line.
    pub(crate) fn classes(&self, line: &str) -> BTreeMap<RoadUserClass, usize> {
        let mut classes = BTreeMap::new();
        for passage in self.passages.iter().filter(|p| p.line.as_str() == line) {
            *classes.entry(passage.class).or_default() += 1;
        }
        classes
    }
}

pub(crate) fn meta(camera: &Pinhole, frame: u64, t: f64) -> FrameMeta {
    let utc = UtcTime::from_millis(START_MS).plus_seconds(t);
    FrameMeta { stream_epoch: 0, frame, t, utc, size: camera.size }
}

/// Runs frames through a new pipeline to the end.
pub(crate) fn watch(scene: &Scene, camera: &Pinhole, frames: &[Frame]) -> Record {
    let mut pipeline = Pipeline::new(scene, &Options::default());
    let mut record = Record::default();
    for (frame, (t, detections)) in frames.iter().enumerate() {
        record.add(*t, pipeline.step(&meta(camera, frame as u64, *t), detections));
    }
    let outputs = pipeline.finish();
    record.passages.extend(outputs.passages);
    record.incidents.extend(outputs.incidents);
    record.minutes.extend(outputs.minutes);
    record.confirmed = pipeline.confirmed_tracks();
    record
}

/// From when to when each track was seen, and as what: for telling what went wrong.
pub(crate) fn lives(record: &Record) -> Vec<String> {
    let mut lives: BTreeMap<u64, (f64, f64, usize, RoadUserClass)> = BTreeMap::new();
    for (t, tracks) in &record.tracks {
        for track in tracks.iter().filter(|track| track.detected_now) {
            let life = lives.entry(track.track.0).or_insert((*t, *t, 0, track.class));
            (life.1, life.2, life.3) = (*t, life.2 + 1, track.class);
        }
    }
    lives.iter().map(|(id, (from, to, n, class))| format!("t-{id} {class} {from:.1}..{to:.1} ({n})")).collect()
}

/// Fails with all that is wrong, not with the first of it.
pub(crate) fn all_well(wrong: &[String]) {
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A scene from its text, with its faults shown.
pub(crate) fn scene(text: &str) -> Scene {
    let text = format!("v = 1\n{text}");
    Scene::from_toml(&text).unwrap_or_else(|bad| panic!("{}", bad.render("scene", &text)))
}
