//! Incidents through reconnects, restarts, blind times and outages: continued or ended, never doubled.

use crate::road::{AWAY, Ground, STOPPED, WRONG_WAY, road};
use crate::street::{Actor, Detector, Pinhole};
use crate::watch::{Frame, START_MS, Timing, film};
use kerege_contract::RoadUserClass::Car;
use kerege_contract::event::Phase;
use kerege_contract::{Scene, UtcTime};
use kerege_pipelines::{FrameMeta, IncidentChange, OpenIncident, Options, Pipeline, Reason, Sight};

fn breakdown(seconds: f64) -> Vec<Frame> {
    let way = [[0.0, AWAY, 9.0], [2.0, AWAY, 25.0], [seconds - 10.0, AWAY, 25.0], [seconds - 4.0, AWAY, 85.0]];
    let detector = Detector { false_boxes: 0.0, ..Detector::USUAL };
    film(&Pinhole::default(), &[Actor::new(Car, &way)], detector, Timing::rough(10.0), seconds, 2)
}

/// Runs frames from `from` to `to`; capture seconds begin anew at `from`.
fn run(pipeline: &mut Pipeline, frames: &[Frame], epoch: u32, from: f64, to: f64) -> Vec<IncidentChange> {
    let mut changes = Vec::new();
    for (frame, (t, detections)) in frames.iter().enumerate().filter(|(_, (t, _))| (from..to).contains(t)) {
        let utc = UtcTime::from_millis(START_MS).plus_seconds(*t);
        let size = Pinhole::default().size;
        let meta = FrameMeta { stream_epoch: epoch, frame: frame as u64, t: t - from, utc, size };
        changes.extend(pipeline.step(&meta, detections).incidents);
    }
    changes
}

fn pipeline(scene: &Scene) -> Pipeline {
    Pipeline::new(scene, &Options::default())
}

fn phases(changes: &[IncidentChange]) -> Vec<(Phase, Option<Reason>)> {
    changes.iter().map(|change| (change.phase, change.reason)).collect()
}

fn utc(t: f64) -> UtcTime {
    UtcTime::from_millis(START_MS).plus_seconds(t)
}

const CONTINUED: [(Phase, Option<Reason>); 3] =
    [(Phase::Start, None), (Phase::Update, Some(Reason::Continued)), (Phase::End, Some(Reason::Moved))];

#[test]
fn a_reconnect_continues_the_incident() {
    let scene = road(&Pinhole::default(), Ground::Unknown, STOPPED);
    let (frames, mut pipeline) = (breakdown(60.0), pipeline(&scene));
    let mut changes = run(&mut pipeline, &frames, 0, 0.0, 20.0);
    changes.extend(run(&mut pipeline, &frames, 1, 23.0, 70.0));
    changes.extend(pipeline.idle(utc(80.0)).incidents);
    assert_eq!(phases(&changes), CONTINUED);
    assert!(changes.iter().all(|change| change.key == changes[0].key));
    let end = changes.last().unwrap();
    assert!((end.t - (50.5 - 23.0)).abs() < 1.5, "capture seconds of the new epoch: {}", end.t);
    assert!((end.utc.seconds_since(utc(50.5))).abs() < 1.5);
}

#[test]
fn a_restart_continues_the_incident_from_what_was_persisted() {
    let scene = road(&Pinhole::default(), Ground::Calibrated, STOPPED);
    let (frames, mut before) = (breakdown(60.0), pipeline(&scene));
    let mut changes = run(&mut before, &frames, 0, 0.0, 20.0);
    let persisted = serde_json::to_string(&before.open_incidents()).unwrap();
    let mut after = pipeline(&scene);
    let open: Vec<OpenIncident> = serde_json::from_str(&persisted).unwrap();
    assert_eq!((open.len(), open[0].kind), (1, changes[0].kind));
    after.resume(open.clone());
    assert_eq!(after.open_incidents(), open);
    changes.extend(run(&mut after, &frames, 0, 30.0, 70.0));
    changes.extend(after.finish().incidents);
    assert_eq!(phases(&changes), CONTINUED);
    assert!(changes.iter().all(|change| change.key.to_string() == changes[0].key.to_string()));
    assert_eq!(after.open_incidents(), []);
}

#[test]
fn what_is_not_found_again_ends_as_restarted() {
    let scene = road(&Pinhole::default(), Ground::Unknown, STOPPED);
    let (frames, mut before) = (breakdown(60.0), pipeline(&scene));
    run(&mut before, &frames, 0, 0.0, 20.0);
    let open = before.open_incidents();
    // The car has gone meanwhile.
    let mut after = pipeline(&scene);
    after.resume(open.clone());
    let empty: Vec<Frame> = (0..300).map(|n| (25.0 + 0.1 * f64::from(n), Vec::new())).collect();
    let changes = run(&mut after, &empty, 0, 25.0, 60.0);
    assert_eq!(phases(&changes), [(Phase::End, Some(Reason::Restarted))]);
    assert!((changes[0].utc.seconds_since(utc(20.0))).abs() < 0.5, "it tells when it was last seen");
    assert!(changes[0].detected_utc.seconds_since(utc(49.0)) > 0.0);
    // No frame comes at all: time alone ends it.
    let mut away = pipeline(&scene);
    away.resume(open.clone());
    assert_eq!(away.idle(utc(45.0)).incidents, []);
    assert_eq!(phases(&away.idle(utc(51.0)).incidents), [(Phase::End, Some(Reason::Restarted))]);
    // Its rule is no longer in the scene.
    let mut other = pipeline(&road(&Pinhole::default(), Ground::Unknown, WRONG_WAY));
    other.resume(open);
    assert_eq!(phases(&other.idle(utc(21.0)).incidents), [(Phase::End, Some(Reason::Restarted))]);
}

#[test]
fn a_camera_that_goes_away_keeps_the_incident_open_for_half_a_minute() {
    let scene = road(&Pinhole::default(), Ground::Unknown, STOPPED);
    let (frames, mut pipeline) = (breakdown(60.0), pipeline(&scene));
    assert_eq!(run(&mut pipeline, &frames, 0, 0.0, 20.0).len(), 1);
    for second in 21..50 {
        assert_eq!(pipeline.idle(utc(f64::from(second))).incidents, []);
    }
    assert_eq!(phases(&pipeline.idle(utc(51.0)).incidents), [(Phase::End, Some(Reason::Restarted))]);
    assert_eq!(pipeline.idle(utc(52.0)).incidents, []);
}

#[test]
fn a_frozen_picture_raises_nothing_and_ends_nothing() {
    let scene = road(&Pinhole::default(), Ground::Unknown, STOPPED);
    let (frames, mut pipeline) = (breakdown(80.0), pipeline(&scene));
    let mut changes = run(&mut pipeline, &frames, 0, 0.0, 20.0);
    pipeline.set_sight(Sight::Frozen);
    let frozen: Vec<Frame> = (0..100).map(|n| (20.0 + 0.1 * f64::from(n), frames[150].1.clone())).collect();
    changes.extend(run(&mut pipeline, &frozen, 0, 0.0, 30.0));
    assert_eq!(changes.len(), 1);
    pipeline.set_sight(Sight::Clear);
    changes.extend(run(&mut pipeline, &frames, 1, 30.0, 80.0));
    changes.extend(pipeline.finish().incidents);
    assert_eq!(phases(&changes), CONTINUED);
}

#[test]
fn while_the_view_is_in_doubt_nothing_begins() {
    let scene = road(&Pinhole::default(), Ground::Unknown, STOPPED);
    let (frames, size) = (breakdown(80.0), Pinhole::default().size);
    let told = |doubtful: std::ops::Range<f64>| {
        let mut pipeline = pipeline(&scene);
        let mut changes = Vec::new();
        for (frame, (t, detections)) in frames.iter().enumerate().take_while(|(_, (t, _))| *t < 30.0) {
            pipeline.set_sight(if doubtful.contains(t) { Sight::Doubtful } else { Sight::Clear });
            let meta = FrameMeta { stream_epoch: 0, frame: frame as u64, t: *t, utc: utc(*t), size };
            changes.extend(pipeline.step(&meta, detections).incidents);
        }
        changes
    };
    let (sure, doubted) = (told(0.0..0.0), told(5.0..25.0));
    assert_eq!((sure.len(), doubted.len()), (1, 1));
    // It was a passing lorry after all: what was seen meanwhile counts.
    assert!((doubted[0].detected_t - 25.0).abs() < 0.2 && (doubted[0].t - sure[0].t).abs() < 0.01, "{doubted:?}");
}

#[test]
fn a_picture_frozen_for_longer_ends_what_was_open() {
    let scene = road(&Pinhole::default(), Ground::Unknown, STOPPED);
    let (frames, mut pipeline) = (breakdown(80.0), pipeline(&scene));
    run(&mut pipeline, &frames, 0, 0.0, 20.0);
    pipeline.set_sight(Sight::Frozen);
    let frozen: Vec<Frame> = (0..400).map(|n| (20.0 + 0.1 * f64::from(n), frames[150].1.clone())).collect();
    let changes = run(&mut pipeline, &frozen, 0, 0.0, 60.0);
    assert_eq!(phases(&changes), [(Phase::End, Some(Reason::Restarted))]);
    assert!((changes[0].detected_t - 50.0).abs() < 0.5);
}

#[test]
fn what_ends_with_a_stream_epoch_is_told_in_its_seconds() {
    let camera = Pinhole::default();
    let line = format!("[[line]]\nid = 'L'\na = {}\nb = {}\n", camera.point(9.0, 11.2), camera.point(-9.0, 11.2));
    let mut pipeline = pipeline(&crate::watch::scene(&line));
    // It passes the line just before the camera reconnects.
    let car = Actor::drive(Car, 100.0, [-2.0, 60.0], [-2.0, 3.0], 36.0);
    let frames = film(&camera, &[car], Detector::PERFECT, Timing::steady(10.0), 106.0, 1);
    let mut passages = Vec::new();
    for (frame, (t, detections)) in frames.iter().enumerate().filter(|(_, (t, _))| *t >= 99.0) {
        let epoch = u32::from(*t > 105.05);
        let utc = utc(*t);
        let meta = FrameMeta {
            stream_epoch: epoch,
            frame: frame as u64,
            t: t - f64::from(epoch) * 104.0,
            utc,
            size: camera.size,
        };
        passages.extend(pipeline.step(&meta, detections).passages);
    }
    assert_eq!(passages.len(), 1, "{passages:?}");
    assert!((104.0..105.0).contains(&passages[0].t), "{}", passages[0].t);
}

#[test]
fn the_end_of_a_clip_leaves_open_what_still_stands() {
    let scene = road(&Pinhole::default(), Ground::Unknown, STOPPED);
    let (frames, mut pipeline) = (breakdown(60.0), pipeline(&scene));
    let changes = run(&mut pipeline, &frames, 0, 0.0, 30.0);
    assert_eq!(phases(&changes), [(Phase::Start, None)]);
    assert_eq!(pipeline.finish().incidents, []);
    assert_eq!(pipeline.open_incidents().len(), 1);
}

#[test]
fn within_the_cooldown_the_same_cause_is_the_same_incident() {
    let camera = Pinhole::default();
    let way = [
        [0.0, AWAY, 9.0],
        [2.0, AWAY, 25.0],
        [15.0, AWAY, 25.0],
        [17.0, AWAY, 33.0],
        [40.0, AWAY, 33.0],
        [45.0, AWAY, 80.0],
    ];
    let frames = film(&camera, &[Actor::new(Car, &way)], Detector::PERFECT, Timing::steady(10.0), 70.0, 2);
    for (cooldown, incidents) in [(20, 1), (0, 2)] {
        let rule = STOPPED.replace("cooldown_s = 10", &format!("cooldown_s = {cooldown}"));
        let mut pipeline = pipeline(&road(&camera, Ground::Unknown, &rule));
        let changes = run(&mut pipeline, &frames, 0, 0.0, 70.0);
        let count = |phase| changes.iter().filter(|change| change.phase == phase).count();
        assert_eq!((count(Phase::Start), count(Phase::End)), (incidents, incidents), "{cooldown}: {changes:#?}");
    }
}

#[test]
fn every_incident_starts_once_and_ends_once() {
    let scene = road(&Pinhole::default(), Ground::Unknown, &(STOPPED.to_owned() + WRONG_WAY));
    let mut pipeline = pipeline(&scene);
    let mut changes = Vec::new();
    // The same clip again and again, as a looped camera gives it.
    for round in 0..4_u32 {
        let frames = breakdown(40.0);
        let shift = 43.0 * f64::from(round);
        let moved: Vec<Frame> = frames.into_iter().map(|(t, detections)| (t + shift, detections)).collect();
        changes.extend(run(&mut pipeline, &moved, round, shift, shift + 40.0));
    }
    changes.extend(pipeline.finish().incidents);
    let count = |phase| changes.iter().filter(|change| change.phase == phase).count();
    assert_eq!((count(Phase::Start), count(Phase::End)), (4, 4), "{:?}", phases(&changes));
}

#[test]
fn what_the_box_persists_and_sends_has_this_shape() {
    let scene = road(&Pinhole::default(), Ground::Unknown, STOPPED);
    let mut pipeline = pipeline(&scene);
    let way = [[0.0, AWAY, 9.0], [2.0, AWAY, 25.0], [60.0, AWAY, 25.0]];
    let frames = film(&Pinhole::default(), &[Actor::new(Car, &way)], Detector::PERFECT, Timing::steady(10.0), 20.0, 2);
    let changes = run(&mut pipeline, &frames, 0, 0.0, 20.0);
    insta::assert_json_snapshot!("incident_change", changes);
    insta::assert_json_snapshot!("open_incident", pipeline.open_incidents());
}
