//! Runs a street under rules and tells what became of them.

use crate::street::{Actor, Detector, Pinhole};
use crate::watch::{Frame, Record, Timing, film, watch};
use kerege_contract::event::Phase;
use kerege_contract::{RoadUserClass, Scene};
use kerege_pipelines::IncidentChange;

pub(crate) const RATES: [f64; 3] = [5.0, 10.0, 30.0];

/// What a usual detector and a rough network make of a street.
pub(crate) fn filmed(actors: &[Actor], fps: f64, seconds: f64) -> Vec<Frame> {
    film(&Pinhole::default(), actors, Detector::USUAL, Timing::rough(fps), seconds, 5)
}

/// What the pipeline makes of it.
pub(crate) fn run(scene: &Scene, actors: &[Actor], fps: f64, seconds: f64) -> Record {
    watch(scene, &Pinhole::default(), &filmed(actors, fps, seconds))
}

/// Frames without what is seen around a place from one time to another: the detector loses it.
pub(crate) fn lose(frames: &mut [Frame], at: [f64; 2], from: f64, to: f64) {
    let [u, v] = Pinhole::default().project(at[0], at[1], 0.5).unwrap();
    for (_, detections) in frames.iter_mut().filter(|(t, _)| (from..to).contains(t)) {
        detections.retain(|found| {
            let b = found.bbox;
            !(f64::from(b.x1) < u && u < f64::from(b.x2) && f64::from(b.y1) < v && v < f64::from(b.y2))
        });
    }
}

/// Someone who stands at a place for a time.
pub(crate) fn stand(class: RoadUserClass, at: [f64; 2], from: f64, until: f64) -> Actor {
    Actor::new(class, &[[from, at[0], at[1]], [until, at[0], at[1]]])
}

/// Someone who walks straight.
pub(crate) fn walk(from: [f64; 2], to: [f64; 2], start: f64) -> Actor {
    Actor::drive(RoadUserClass::Person, start, from, to, 5.0)
}

/// A vehicle that drives in along its lane, stands at `y` from one time to another, and drives on.
pub(crate) fn visit(class: RoadUserClass, x: f64, y: f64, from: f64, until: f64) -> Actor {
    let (came, went) = (from - (y - 9.0) / 10.0, until + (80.0 - y) / 10.0);
    Actor::new(class, &[[came, x, 9.0], [from, x, y], [until, x, y], [went, x, 80.0]])
}

/// The only incident: its start and its end, after any number of updates.
#[track_caller]
pub(crate) fn only<'r>(record: &'r Record, what: &str) -> (&'r IncidentChange, &'r IncidentChange) {
    let changes = &record.incidents;
    let count = |phase| changes.iter().filter(|change| change.phase == phase).count();
    assert_eq!((count(Phase::Start), count(Phase::End)), (1, 1), "{what}: {:#?}", brief(record));
    assert!(changes.iter().all(|change| change.key == changes[0].key), "{what}: {changes:#?}");
    (&changes[0], changes.last().unwrap())
}

/// What became of the rules, a line for each change.
pub(crate) fn brief(record: &Record) -> Vec<String> {
    let tell = |c: &IncidentChange| {
        let who: Vec<&str> = c.objects.iter().map(|object| object.track.as_str()).collect();
        format!("{} {:?} {:.1} found {:.1} {:?} {who:?}", c.key, c.phase, c.t, c.detected_t, c.reason)
    };
    record.incidents.iter().map(tell).collect()
}

/// Nothing was raised.
#[track_caller]
pub(crate) fn none(record: &Record, what: &str) {
    assert!(record.incidents.is_empty(), "{what}: {:#?}", brief(record));
}

/// How many incidents began.
pub(crate) fn starts(record: &Record) -> usize {
    record.incidents.iter().filter(|change| change.phase == Phase::Start).count()
}

#[track_caller]
pub(crate) fn near(is: f64, wanted: f64, by: f64, what: &str) {
    assert!((is - wanted).abs() <= by, "{what}: {is:.2} instead of {wanted:.2}");
}
