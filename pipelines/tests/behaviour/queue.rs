//! Queues before a stop line: their length in metres against truth, while they grow and dissolve.

use crate::road::{AWAY, Ground, TOWARDS, road};
use crate::street::{Actor, Detector, Pinhole};
use crate::watch::{Timing, film, watch};
use kerege_contract::RoadUserClass::{self, Car};
use kerege_contract::fact::{Cell, CellKind};
use kerege_pipelines::MinuteCells;

fn lane<'c>(minute: &'c MinuteCells, key: &str) -> &'c Cell {
    minute.cells.iter().find(|cell| cell.kind == CellKind::Lane && cell.key == key).unwrap()
}

/// A waiting area that ends at a stop line in the lane that leads away, and one before the near end
/// of the lane that comes.
fn stop_lines(camera: &Pinhole) -> String {
    let zone = |id: &str, x: f64, from: f64, to: f64| {
        let polygon = camera.rectangle(x - 1.7, from, x + 1.7, to);
        format!("[[zone]]\nid = '{id}'\nkind = 'waiting'\npolygon = {polygon}\n")
    };
    zone("away", AWAY, 12.0, 44.0) + &zone("towards", TOWARDS, 14.0, 50.0)
}

/// Cars that come one after the other, stand in a row behind 44 m, and leave from 50 s on.
fn departing(count: u32) -> Vec<Actor> {
    let car = |n: u32| {
        let (n, middle) = (f64::from(n), 44.0 - 1.0 - 2.25 - 7.0 * f64::from(n));
        let (arrives, leaves) = (4.0 + 5.0 * n, 50.0 + 2.0 * n);
        Actor::new(
            Car,
            &[[arrives - 3.0, AWAY, 4.0], [arrives, AWAY, middle], [leaves, AWAY, middle], [leaves + 6.0, AWAY, 90.0]],
        )
    };
    (0..count).map(car).collect()
}

#[test]
fn the_longest_queue_of_a_minute_is_as_long_as_the_row_was() {
    let camera = Pinhole::default();
    let scene = road(&camera, Ground::Calibrated, &stop_lines(&camera));
    for fps in [5.0, 10.0, 15.0] {
        let detector = Detector { false_boxes: 0.0, ..Detector::USUAL };
        let frames = film(&camera, &departing(4), detector, Timing::rough(fps), 130.0, 3);
        let record = watch(&scene, &camera, &frames);
        // From the stop line to the rear of the fourth: 1 m before the line, 7 m each.
        let truth = 1.0 + 3.0 * 7.0 + 4.5;
        let found = lane(&record.minutes[0], "away").queue_max_m.unwrap();
        eprintln!("{fps} fps: {found:.1} m of {truth:.1}");
        assert!((found - truth).abs() < 2.0, "{fps} fps: {found} of {truth}");
        assert_eq!(lane(&record.minutes[0], "towards").queue_max_m, Some(0.0));
        assert_eq!(lane(&record.minutes[1], "away").queue_max_m, Some(0.0), "all have left");
    }
}

#[test]
fn a_row_that_comes_towards_the_camera_is_measured_from_its_fronts() {
    let camera = Pinhole::default();
    let scene = road(&camera, Ground::Calibrated, &stop_lines(&camera));
    let standing = |(n, class): (u32, RoadUserClass)| {
        let middle = 14.5 + 6.0 * f64::from(n) + 9.0 * f64::from(n.min(1));
        let way = [[0.0, TOWARDS, 80.0], [8.0, TOWARDS, middle], [58.0, TOWARDS, middle]];
        Actor::new(class, &way)
    };
    let actors: Vec<Actor> = [(0, Car), (1, RoadUserClass::Bus)].map(standing).to_vec();
    // The front of the car is at 12.25 m, the rear of the bus at 35.5 m; the stop line is at 14 m.
    let frames = film(&camera, &actors, Detector::PERFECT, Timing::steady(10.0), 50.0, 1);
    let record = watch(&scene, &camera, &frames);
    let found = lane(&record.minutes[0], "towards").queue_max_m.unwrap();
    eprintln!("{found:.1} m");
    assert!((found - (35.5 - 14.0)).abs() < 2.5, "{found}");
}

#[test]
fn a_broken_down_car_is_no_queue_and_without_a_ground_plane_there_are_no_metres() {
    let camera = Pinhole::default();
    let broken = Actor::new(Car, &[[0.0, AWAY, 6.0], [2.0, AWAY, 24.0], [58.0, AWAY, 24.0]]);
    let frames = film(&camera, &[broken], Detector::PERFECT, Timing::steady(10.0), 58.0, 1);
    let calibrated = watch(&road(&camera, Ground::Calibrated, &stop_lines(&camera)), &camera, &frames);
    assert_eq!(lane(&calibrated.minutes[0], "away").queue_max_m, Some(0.0));
    let blind = watch(&road(&camera, Ground::Unknown, &stop_lines(&camera)), &camera, &frames);
    let cell = lane(&blind.minutes[0], "away");
    assert_eq!((cell.queue_max_m, cell.density), (None, None));
    assert!(cell.occupancy.unwrap() > 0.02, "{:?}", cell.occupancy);
}
