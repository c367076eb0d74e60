//! `congestion` and `queue_spillback`: full lanes and long queues are told once, ordinary ones not at all.

use crate::road::{AWAY, AWAY_RIGHT, Ground, TOWARDS, road, waiting};
use crate::ruled::{RATES, near, none, only, run, starts, visit};
use crate::street::{Actor, Pinhole};
use RoadUserClass::{Bus, Car, Truck};
use kerege_contract::RoadUserClass;
use kerege_contract::event::EventType;
use kerege_pipelines::Reason;

const BOTH: [Ground; 2] = [Ground::Calibrated, Ground::Unknown];
const JAM: &str = "[[rule]]\nid = 'jam'\ntype = 'congestion'\ncooldown_s = 5\nclear_s = 20\n";
const SPILL: &str = "[[rule]]\nid = 'spill'\ntype = 'queue_spillback'\nlanes = ['away']\ncooldown_s = 5\n";

/// Cars that come one after another from 5 s on, stand 7 m apart, the first at `head`, and drive off
/// one after another from `until` on.
fn jam(x: f64, head: f64, cars: u8, until: f64) -> Vec<Actor> {
    (0..cars)
        .map(|n| {
            let n = f64::from(n);
            let class = if n == 3.0 { Truck } else { Car };
            visit(class, x, head - 7.0 * n - if n > 3.0 { 4.0 } else { 0.0 }, 8.0 + 1.5 * n, until + 1.2 * n)
        })
        .collect()
}

#[test]
fn a_full_and_slow_lane_is_one_incident_told_by_the_lane_that_leads() {
    let camera = Pinhole::default();
    for ground in BOTH {
        let scene = road(&camera, ground, JAM);
        for fps in RATES {
            let what = format!("{ground:?} {fps}");
            let mut actors = jam(AWAY, 58.0, 6, 75.0);
            actors.extend(
                (0..10_u8).map(|n| Actor::drive(Car, 6.0 * f64::from(n), [TOWARDS, 80.0], [TOWARDS, 9.0], 45.0)),
            );
            let record = run(&scene, &actors, fps, 130.0);
            let (start, end) = only(&record, &what);
            assert_eq!(start.kind, EventType::Congestion);
            assert_eq!(start.lane.as_ref().unwrap().as_str(), "away");
            assert!(start.t > 8.0 && start.t < 20.0, "{what}: since {}", start.t);
            near(start.detected_t, start.t + 30.0, 1.0, &what);
            assert!(start.objects.len() >= 4, "{what}: {}", start.objects.len());
            assert!(end.t > 74.0 && end.t < 88.0, "{what}: until {}", end.t);
            assert_eq!(end.reason, Some(Reason::Cleared));
        }
    }
}

#[test]
fn flowing_traffic_a_short_stop_a_few_cars_and_a_red_light_are_no_congestion() {
    let camera = Pinhole::default();
    for ground in BOTH {
        for fps in RATES {
            let scene = road(&camera, ground, JAM);
            let flow: Vec<Actor> =
                (0..30_u8).map(|n| Actor::drive(Car, 2.0 * f64::from(n), [AWAY, 9.0], [AWAY, 80.0], 40.0)).collect();
            none(&run(&scene, &flow, fps, 65.0), "{ground:?} {fps}: flow");
            none(&run(&scene, &jam(AWAY, 58.0, 6, 32.0), fps, 60.0), "{ground:?} {fps}: short");
            none(&run(&scene, &jam(AWAY, 40.0, 1, 75.0), fps, 90.0), "{ground:?} {fps}: one");
            let red = road(&camera, ground, &(JAM.to_owned() + &waiting(&camera, 44.0, 66.0)));
            none(&run(&red, &jam(AWAY, 58.0, 6, 75.0), fps, 100.0), "{ground:?} {fps}: red");
        }
    }
}

#[test]
fn a_lane_that_one_bus_fills_is_not_full() {
    let camera = Pinhole::default();
    let lane = format!(
        "[[lane]]\nid = 'short'\npolygon = {}\ncentre = [{}, {}]\n",
        camera.rectangle(7.5, 30.0, 11.0, 37.0),
        camera.point(9.25, 30.0),
        camera.point(9.25, 37.0)
    );
    let jam = "[[rule]]\nid = 'jam'\ntype = 'congestion'\nlanes = ['short']\n";
    let mut scene = road(&camera, Ground::Calibrated, &(lane + jam));
    scene.calibration.as_mut().unwrap().valid.clear();
    for fps in RATES {
        none(&run(&scene, &[visit(Bus, 9.25, 38.0, 8.0, 75.0)], fps, 90.0), &format!("{fps}"));
    }
}

#[test]
fn the_lanes_of_a_side_are_one_jam_whichever_leads() {
    let scene = road(&Pinhole::default(), Ground::Calibrated, JAM);
    for fps in RATES {
        // The lane that leads clears before it is told; the other goes on.
        let mut actors = jam(AWAY, 58.0, 6, 32.0);
        let later = jam(AWAY_RIGHT, 58.0, 6, 75.0).into_iter().map(|mut car| {
            car.way.iter_mut().take(2).for_each(|fix| fix[0] += 7.0);
            car
        });
        actors.extend(later);
        let record = run(&scene, &actors, fps, 130.0);
        let (start, _) = only(&record, &format!("{fps}"));
        assert!(start.detected_t < 56.0, "{fps}: {}", start.detected_t);
    }
}

#[test]
fn a_queue_is_as_long_beyond_the_points_of_the_calibration() {
    let camera = Pinhole::default();
    let points = [(-6.0, 12.0), (6.0, 12.0), (8.0, 24.0), (-8.0, 24.0), (-8.0, 34.0), (8.0, 34.0)]
        .map(|(x, y)| format!("{{ image = {}, road = [{x:.1}, {y:.1}] }}", camera.point(x, y)));
    let plane = format!("[calibration]\nunit = 'metres'\npoints = [{}]\n", points.join(", "));
    let drawn = format!("valid = {}\n", camera.rectangle(-6.0, 11.0, 9.0, 36.0));
    let spill = SPILL.to_owned() + "mark_m = 25.0\n";
    for fps in [5.0, 10.0] {
        let cars = jam(AWAY, 64.0, 6, 60.0);
        let starts_with = |plane: &str| starts(&run(&road(&camera, Ground::Unknown, plane), &cars, fps, 80.0));
        assert_eq!(starts_with(&format!("{spill}{plane}")), 1, "{fps}");
        assert_eq!(starts_with(&format!("{spill}{plane}{drawn}")), 0, "{fps}: somebody drew where it holds");
    }
}

#[test]
fn two_lanes_of_one_jam_are_one_incident() {
    let scene = road(&Pinhole::default(), Ground::Calibrated, JAM);
    for fps in RATES {
        let mut actors = jam(AWAY, 58.0, 6, 75.0);
        actors.extend(jam(AWAY_RIGHT, 56.0, 6, 78.0));
        let record = run(&scene, &actors, fps, 130.0);
        only(&record, &format!("{fps}"));
        let most = record.incidents.iter().map(|change| change.objects.len()).max();
        assert!(most >= Some(8), "{fps}: {most:?}");
    }
}

#[test]
fn lanes_of_one_side_that_are_full_in_turn_are_one_jam() {
    let scene = road(&Pinhole::default(), Ground::Calibrated, JAM);
    let mut actors = jam(AWAY, 58.0, 6, 75.0);
    actors.extend(jam(AWAY_RIGHT, 58.0, 6, 140.0).into_iter().map(|mut actor| {
        actor.way[0][0] += 68.0;
        actor.way[1][0] += 68.0;
        actor
    }));
    for fps in RATES {
        let record = run(&scene, &actors, fps, 200.0);
        let (start, end) = only(&record, &format!("{fps}"));
        assert_eq!(start.lane.as_ref().unwrap().as_str(), "away", "{fps}");
        assert!(end.t > 135.0, "{fps}: until {}", end.t);
    }
}

#[test]
fn a_queue_beyond_the_mark_is_one_incident_and_a_shorter_one_none() {
    let camera = Pinhole::default();
    let line = format!("[[line]]\nid = 'mark'\na = {}\nb = {}\n", camera.point(-0.5, 30.0), camera.point(4.5, 30.0));
    let scenes = [
        road(&camera, Ground::Calibrated, &(SPILL.to_owned() + "mark_m = 32\n")),
        road(&camera, Ground::Unknown, &(line + SPILL + "lines = ['mark']\n")),
    ];
    for scene in &scenes {
        for fps in RATES {
            let long = run(scene, &jam(AWAY, 56.0, 6, 60.0), fps, 100.0);
            let what = format!("{fps} {:?}", scene.rules[0].kind);
            let (start, end) = only(&long, &what);
            assert_eq!(start.kind, EventType::QueueSpillback);
            assert!(start.t > 11.0 && start.t < 20.0, "{what}: since {}", start.t);
            near(start.detected_t, start.t + 2.0, 1.0, &what);
            assert!(end.t > 60.0 && end.t < 76.0, "{what}: until {}", end.t);
            none(&run(scene, &jam(AWAY, 56.0, 3, 60.0), fps, 90.0), "{what}: short");
            let flow: Vec<Actor> =
                (0..20_u8).map(|n| Actor::drive(Car, 2.5 * f64::from(n), [AWAY, 9.0], [AWAY, 80.0], 40.0)).collect();
            assert_eq!(starts(&run(scene, &flow, fps, 60.0)), 0, "{what}: flow");
        }
    }
}

#[test]
fn queues_that_are_long_in_turn_in_the_lanes_of_one_side_are_one_spillback() {
    let camera = Pinhole::default();
    let rule = SPILL.replace("lanes = ['away']", "lanes = ['away', 'right']\nmark_m = 25.0\nclear_s = 10");
    let scene = road(&camera, Ground::Calibrated, &rule);
    // The right lane fills when the other one has just been left.
    let mut actors = jam(AWAY, 62.0, 6, 45.0);
    actors.extend(jam(AWAY_RIGHT, 62.0, 6, 100.0).into_iter().map(|mut actor| {
        actor.way[0][0] += 42.0;
        actor.way[1][0] += 42.0;
        actor
    }));
    for fps in RATES {
        let record = run(&scene, &actors, fps, 150.0);
        let (start, end) = only(&record, &format!("{fps}"));
        assert_eq!(start.lane.as_ref().unwrap().as_str(), "away", "{fps}");
        assert!(end.t > 95.0, "{fps}: until {}", end.t);
    }
}

#[test]
fn a_queue_whose_last_car_goes_and_comes_is_one_spillback() {
    let scene = road(&Pinhole::default(), Ground::Calibrated, &(SPILL.to_owned() + "mark_m = 20.0\nclear_s = 10\n"));
    let last = |at: f64| {
        let waits = [[at, AWAY, 9.0], [at + 5.0, AWAY, 41.0], [at + 14.0, AWAY, 41.0]];
        Actor::new(Car, &[&waits[..], &[[at + 16.0, AWAY_RIGHT, 46.0], [at + 20.0, AWAY_RIGHT, 80.0]]].concat())
    };
    for fps in RATES {
        let mut actors = jam(AWAY, 62.0, 3, 120.0);
        none(&run(&scene, &actors, fps, 110.0), &format!("{fps}: without him"));
        actors.extend([last(20.0), last(65.0)]);
        only(&run(&scene, &actors, fps, 150.0), &format!("{fps}"));
    }
}
