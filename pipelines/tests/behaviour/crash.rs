//! `crash_suspected`: crashes are found, hard braking and queues are not crashes.

use crate::road::{AWAY, AWAY_RIGHT, Ground, TOWARDS, road};
use crate::street::{Actor, Detector, Pinhole};
use crate::watch::{Record, Timing, all_well, film, lives, watch};
use RoadUserClass::{Bus, Car, Truck};
use kerege_contract::RoadUserClass;
use kerege_contract::event::Phase;

const RATES: [f64; 4] = [5.0, 8.0, 15.0, 30.0];
const CRASH: &str = "[[rule]]\nid = 'crash'\ntype = 'crash_suspected'\ncooldown_s = 5\n";

fn run(actors: &[Actor], fps: f64) -> Record {
    let camera = Pinhole::default();
    let scene = road(&camera, Ground::Calibrated, CRASH);
    let detector = Detector { false_boxes: 0.0, ..Detector::USUAL };
    watch(&scene, &camera, &film(&camera, actors, detector, Timing::rough(fps), 40.0, 12))
}

/// Drives along a lane at a speed and stands at `y` from `at` on until `leaves`, having braked so hard.
fn stops(class: RoadUserClass, x: f64, kmh: f64, y: f64, at: f64, decel: f64, leaves: f64) -> Actor {
    let speed = kmh / 3.6;
    let (braking_s, braking_m) = (speed / decel, speed * speed / decel / 2.0);
    let begins = y - braking_m;
    let mut way = vec![[at - braking_s - (begins - 9.0) / speed, x, 9.0]];
    for step in 0..=20_u32 {
        let t = braking_s * f64::from(step) / 20.0;
        way.push([at - braking_s + t, x, begins + speed * t - decel * t * t / 2.0]);
    }
    way.extend([[leaves, x, y], [leaves + 6.0, x, y + 45.0]]);
    Actor::new(class, &way)
}

fn phases(record: &Record) -> Vec<Phase> {
    record.incidents.iter().map(|change| change.phase).collect()
}

#[test]
fn a_car_that_drives_into_one_that_stands_is_found() {
    let mut wrong = Vec::new();
    for fps in RATES {
        for (class, length) in [(Car, 4.5), (Truck, 9.0)] {
            let hit = stops(class, AWAY, 40.0, 38.0, 5.0, 3.0, 80.0);
            let hits = stops(Car, AWAY, 50.0, 38.0 - length / 2.0 - 2.25, 12.0, 60.0, 80.0);
            let passing = Actor::drive(Car, 14.0, [AWAY_RIGHT, 9.0], [AWAY_RIGHT, 80.0], 45.0);
            let record = run(&[hit, hits, passing], fps);
            let right = |found: &kerege_pipelines::IncidentChange| {
                let took = found.detected_t - 12.0;
                (found.t - 12.0).abs() < 0.7 && (2.5..5.5).contains(&took) && found.objects.len() == 2
            };
            if phases(&record) != [Phase::Start] || !right(&record.incidents[0]) {
                let told: Vec<_> =
                    record.incidents.iter().map(|c| (c.phase, c.t, c.detected_t, c.objects.len())).collect();
                wrong.push(format!("{fps} {class}: {told:?} {:?}", lives(&record)));
            }
        }
    }
    all_well(&wrong);
}

#[test]
fn it_ends_when_they_have_left() {
    let hit = stops(Car, AWAY, 40.0, 38.0, 5.0, 3.0, 25.0);
    let hits = stops(Car, AWAY, 50.0, 33.4, 12.0, 60.0, 28.0);
    let record = run(&[hit, hits], 10.0);
    assert_eq!(phases(&record), [Phase::Start, Phase::End], "{:#?}", record.incidents);
    assert!((record.incidents[1].t - 28.0).abs() < 2.0, "{}", record.incidents[1].t);
}

#[test]
fn one_that_is_stopped_at_once_and_turned_is_found() {
    for fps in RATES {
        let way = [[8.0, AWAY, 9.0], [10.0, AWAY, 34.0], [10.35, AWAY + 2.4, 35.4], [60.0, AWAY + 2.4, 35.4]];
        let record = run(&[Actor::new(Car, &way)], fps);
        assert_eq!(phases(&record), [Phase::Start], "{fps}: {:#?}", record.incidents);
        assert!((record.incidents[0].t - 10.1).abs() < 0.8, "{fps}: {}", record.incidents[0].t);
    }
}

#[test]
fn queues_hard_braking_and_a_stop_without_a_touch_are_no_crash() {
    for fps in RATES {
        // A queue that comes to stand close behind one another, some of it braking hard.
        let mut actors = Vec::new();
        for (n, decel) in [(0, 2.5), (1, 3.5), (2, 4.5)] {
            let y = 50.0 - 6.3 * f64::from(n);
            actors.push(stops(Car, AWAY, 40.0, y, 6.0 + 3.0 * f64::from(n), decel, 30.0 + 1.5 * f64::from(n)));
        }
        // The hardest that anybody brakes, to a stand two car lengths behind another.
        actors.push(stops(Bus, AWAY_RIGHT, 40.0, 50.0, 6.0, 2.0, 30.0));
        actors.push(stops(Car, AWAY_RIGHT, 50.0, 34.0, 14.0, 7.5, 33.0));
        actors.push(Actor::drive(Car, 3.0, [TOWARDS, 75.0], [TOWARDS, 8.0], 45.0));
        let record = run(&actors, fps);
        assert_eq!(record.incidents, [], "{fps}");
        // One that is stopped at once but neither turned nor near another: a fault of the measurement.
        let record = run(&[stops(Car, AWAY, 40.0, 34.0, 10.0, 30.0, 30.0)], fps);
        assert_eq!(record.incidents, [], "{fps}");
    }
}
