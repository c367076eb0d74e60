//! `speeding`: beyond doubt, once per vehicle, and only where speeds are known.

use crate::road::{AWAY, AWAY_RIGHT, Ground, TOWARDS, road, road_to};
use crate::ruled::{RATES, brief, none, only, run, starts};
use crate::street::{Actor, Pinhole};
use RoadUserClass::{Bicycle, Bus, Car, Van};
use kerege_contract::event::{EventType, Phase};
use kerege_contract::{RoadUserClass, Scene};

const RULE: &str = "[[rule]]\nid = 'limit'\ntype = 'speeding'\nlimit_kmh = 60\ncooldown_s = 5\n";

fn scene(more: &str) -> Scene {
    road(&Pinhole::default(), Ground::Calibrated, &format!("{RULE}{more}"))
}

fn away(class: RoadUserClass, start: f64, kmh: f64) -> Actor {
    Actor::drive(class, start, [AWAY, 8.0], [AWAY, 80.0], kmh)
}

#[test]
fn who_is_too_fast_is_one_violation_with_its_speed_and_error() {
    for fps in RATES {
        // At five frames a second who is faster is not seen for a second where a pixel is fine.
        for kmh in if fps < 10.0 { [72.0, 75.0] } else { [75.0, 90.0] } {
            let what = format!("{fps} fps, {kmh} km/h");
            let record = run(&scene(""), &[away(Car, 2.0, kmh)], fps, 20.0);
            let (start, _) = only(&record, &what);
            assert_eq!((start.kind, start.objects.len()), (EventType::Speeding, 1), "{what}");
            let (speed, error) = (start.objects[0].speed_kmh.unwrap(), start.objects[0].speed_err_kmh.unwrap());
            assert!((speed - kmh).abs() < 4.0 * error + 1.0 && speed - error > 65.0, "{what}: {speed} ± {error}");
            assert!(start.detected_t - 2.0 < 4.0, "{what}: {}", start.detected_t);
        }
    }
}

#[test]
fn who_keeps_to_the_limit_and_its_tolerance_is_let_pass() {
    for fps in RATES {
        let actors = [
            away(Car, 1.0, 50.0),
            away(Car, 6.0, 58.0),
            away(Bus, 11.0, 61.0),
            Actor::drive(Car, 3.0, [TOWARDS, 80.0], [TOWARDS, 9.0], 59.0),
            Actor::drive(Bicycle, 2.0, [AWAY_RIGHT, 9.0], [AWAY_RIGHT, 60.0], 25.0),
        ];
        none(&run(&scene(""), &actors, fps, 25.0), "{fps}");
    }
}

#[test]
fn each_of_several_is_a_violation_of_its_own() {
    for fps in [10.0, 30.0] {
        let actors = [away(Car, 1.0, 76.0), away(Car, 3.0, 78.0), away(Van, 5.0, 76.0), away(Car, 20.0, 80.0)];
        let record = run(&scene(""), &actors, fps, 30.0);
        assert_eq!(starts(&record), 4, "{fps}: {:#?}", brief(&record));
    }
}

#[test]
fn who_has_just_left_a_lane_is_judged_by_it() {
    for fps in [10.0, 30.0] {
        // He has been seen for a second only 35 m away: 9 m behind the longer lane, and over a second behind the other.
        for (far, told) in [(26.0, 1), (12.0, 0)] {
            let scene = road_to(&Pinhole::default(), Ground::Calibrated, far, RULE);
            let record = run(&scene, &[away(Car, 2.0, 72.0)], fps, 12.0);
            assert_eq!(starts(&record), told, "{fps} fps, lane to {far} m: {:#?}", brief(&record));
        }
    }
}

#[test]
fn where_no_speed_is_known_there_is_no_violation() {
    // Seen only where a pixel is more than a quarter of a metre.
    let far = Actor::drive(Car, 1.0, [AWAY, 48.0], [AWAY, 80.0], 110.0);
    none(&run(&scene(""), &[far], 10.0, 10.0), "none");
    let other_lane = scene("lanes = ['towards']\n");
    none(&run(&other_lane, &[away(Car, 1.0, 100.0)], 10.0, 10.0), "none");
    let buses = scene("classes = ['bus']\n");
    let record = run(&buses, &[away(Car, 1.0, 90.0), away(Bus, 7.0, 90.0)], 10.0, 16.0);
    let begun: Vec<_> = record.incidents.iter().filter(|change| change.phase == Phase::Start).collect();
    assert_eq!(begun.len(), 1, "{:#?}", brief(&record));
    assert_eq!(begun[0].objects[0].class, Bus);
}
