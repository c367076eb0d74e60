//! Minute facts: what was counted, and how much of the time was seen.

use crate::road::{AWAY, Ground, TOWARDS, road};
use crate::street::{Actor, Detector, Pinhole};
use crate::watch::{START_MS, Timing, film, meta, watch};
use kerege_contract::RoadUserClass::Car;
use kerege_contract::UtcTime;
use kerege_contract::fact::{Cell, CellKind, Direction};
use kerege_pipelines::{MinuteCells, Options, Pipeline, Sight};

fn scene(camera: &Pinhole) -> kerege_contract::Scene {
    let line = |id: &str, y: f64| {
        format!("[[line]]\nid = '{id}'\na = {}\nb = {}\n", camera.point(9.0, y), camera.point(-9.0, y))
    };
    road(camera, Ground::Calibrated, &(line("near", 16.0) + &line("far", 34.0)))
}

fn find<'c>(cells: &'c MinuteCells, kind: CellKind, key: &str, dir: Option<Direction>) -> &'c Cell {
    cells.cells.iter().find(|cell| cell.kind == kind && cell.key == key && cell.dir == dir).unwrap()
}

#[test]
fn passages_movements_speeds_headways_and_occupancy_are_summed_by_minute() {
    let camera = Pinhole::default();
    let mut actors: Vec<Actor> =
        (0..12).map(|n| Actor::drive(Car, 10.0 * f64::from(n), [AWAY, 9.0], [AWAY, 80.0], 50.0)).collect();
    actors.push(Actor::drive(Car, 64.0, [TOWARDS, 80.0], [TOWARDS, 9.0], 50.0));
    // Comes over the near line and turns off.
    actors.push(Actor::new(Car, &[[85.0, AWAY, 9.0], [87.0, AWAY, 24.0], [90.0, 25.0, 26.0]]));
    let detector = Detector { false_boxes: 0.0, flips: 0.0, ..Detector::USUAL };
    let record = watch(&scene(&camera), &camera, &film(&camera, &actors, detector, Timing::steady(10.0), 125.0, 8));
    let [first, second, third] = record.minutes.as_slice() else { panic!("{:?}", record.minutes) };
    assert_eq!([first, second, third].map(|minute| minute.start.millis() - START_MS), [0, 60_000, 120_000]);
    assert!((first.observed_s - 60.0).abs() < 1e-6 && (second.observed_s - 60.0).abs() < 1e-6);
    assert!((third.observed_s - 4.9).abs() < 0.11);

    let near = find(first, CellKind::Line, "near", Some(Direction::Forward));
    let cars = &near.classes[&Car];
    assert_eq!((cars.n, find(first, CellKind::Line, "near", Some(Direction::Backward)).classes.len()), (6, 0));
    let headway = cars.headway.as_ref().unwrap();
    assert_eq!(headway.n, 5);
    assert!((headway.sum / 5.0 - 10.0).abs() < 0.1);
    let far = &find(first, CellKind::Line, "far", Some(Direction::Forward)).classes[&Car];
    let speed = far.speed.as_ref().unwrap();
    assert_eq!(speed.n, 6);
    assert!((speed.sum / 6.0 - 50.0).abs() < 1.5, "{}", speed.sum / 6.0);
    assert!(speed.hist.keys().all(|bin| (46..=53).contains(bin)), "{:?}", speed.hist);

    assert_eq!(find(second, CellKind::Movement, "near>far", None).classes[&Car].n, 6);
    assert_eq!(find(second, CellKind::Movement, "far>near", None).classes[&Car].n, 1);
    assert_eq!(find(second, CellKind::Unassigned, "near", None).classes[&Car].n, 1);
    // Each covers 4.5 of the lane's 59 m for 4.2 s of every 10.
    let lane = find(first, CellKind::Lane, "away", None);
    let (occupancy, density) = (lane.occupancy.unwrap(), lane.density.unwrap());
    assert!((0.02..0.05).contains(&occupancy), "{occupancy}");
    assert!((4.0..10.0).contains(&density), "{density}");
    assert_eq!(lane.queue_max_m, Some(0.0), "nobody stood");
    let right = find(first, CellKind::Lane, "right", None);
    assert_eq!((right.occupancy, right.density, right.queue_max_m), (Some(0.0), Some(0.0), Some(0.0)));
}

#[test]
fn gaps_and_blind_times_are_not_observed() {
    let camera = Pinhole::default();
    let mut pipeline = Pipeline::new(&scene(&camera), &Options::default());
    let mut minutes = Vec::new();
    for frame in 0..900_u32 {
        let t = 0.1 * f64::from(frame);
        match frame {
            100 => pipeline.set_sight(Sight::Blind),
            150 => pipeline.set_sight(Sight::Clear),
            _ => {}
        }
        // From 30 s to 45 s frames come every 1.5 s: seldom, but alive.
        if (300..450).contains(&frame) && frame % 15 != 0 {
            continue;
        }
        minutes.extend(pipeline.step(&meta(&camera, u64::from(frame), t), &[]).minutes);
    }
    let [first] = minutes.as_slice() else { panic!("{minutes:?}") };
    assert!((first.observed_s - 40.0).abs() < 0.2, "{}", first.observed_s);
    let running = pipeline.running_minute().unwrap();
    assert!((running.observed_s - 29.9).abs() < 0.2 && running.start.millis() == START_MS + 60_000);
    assert!((pipeline.observed_s() - first.observed_s - running.observed_s).abs() < 1e-6);
    // The camera goes away: the minute is complete when its time is over, and none follows.
    assert_eq!(pipeline.idle(UtcTime::from_millis(START_MS + 119_000)).minutes, []);
    assert_eq!(pipeline.idle(UtcTime::from_millis(START_MS + 120_000)).minutes, [running]);
    assert_eq!(pipeline.idle(UtcTime::from_millis(START_MS + 600_000)).minutes, []);
}

#[test]
fn the_running_minute_has_what_was_counted_so_far() {
    let camera = Pinhole::default();
    let cars: Vec<Actor> =
        (0..8).map(|n| Actor::drive(Car, 4.0 * f64::from(n), [AWAY, 9.0], [AWAY, 80.0], 50.0)).collect();
    let mut pipeline = Pipeline::new(&scene(&camera), &Options::default());
    assert_eq!(pipeline.running_minute(), None);
    let mut passages = 0;
    for (frame, (t, detections)) in
        film(&camera, &cars, Detector::PERFECT, Timing::steady(10.0), 50.0, 1).iter().enumerate()
    {
        passages += pipeline.step(&meta(&camera, frame as u64, *t), detections).passages.len() as u64;
        let counted = pipeline.running_minute().map_or(0, |minute| {
            let lines = minute.cells.iter().filter(|cell| cell.kind == CellKind::Line);
            lines.flat_map(|cell| cell.classes.values()).map(|count| count.n).sum()
        });
        assert_eq!(counted, passages);
    }
    assert_eq!(passages, 16);
    let last = pipeline.finish().minutes;
    assert_eq!((last.len(), pipeline.running_minute()), (1, None));
}
