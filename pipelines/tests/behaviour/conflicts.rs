//! `near_miss` and `failure_to_yield`: close encounters are found and counted, the usual ones are not.

use crate::road::{AWAY, AWAY_RIGHT, Ground, TOWARDS, road};
use crate::street::{Actor, Detector, Pinhole};
use crate::watch::{Frame, Record, Timing, all_well, film, lives, watch};
use RoadUserClass::{Bicycle, Car, Person};
use kerege_contract::event::Phase;
use kerege_contract::fact::CellKind;
use kerege_contract::{RoadUserClass, Scene};
use proptest::prelude::*;

const RATES: [f64; 4] = [5.0, 8.0, 15.0, 30.0];
/// Where people cross, metres from the camera.
const CROSSING: f64 = 28.0;
/// From the person's middle at the car's middle line to where both have left each other's strip, and from
/// the car's front to its middle: what lies between a delay and the post-encroachment time, seconds.
const BODIES_S: f64 = 0.95;

fn scene() -> Scene {
    let camera = Pinhole::default();
    let zone = format!(
        "[[zone]]\nid = 'zebra'\nkind = 'crosswalk'\npolygon = {}\n",
        camera.rectangle(-6.0, CROSSING - 2.0, 9.0, CROSSING + 2.0)
    );
    let rules = "[[rule]]\nid = 'near'\ntype = 'near_miss'\n[[rule]]\nid = 'yield'\ntype = 'failure_to_yield'\n";
    road(&camera, Ground::Calibrated, &(zone + rules))
}

fn frames(actors: &[Actor], fps: f64, seed: u64) -> Vec<Frame> {
    let detector = Detector { false_boxes: 0.0, noise: 0.015, ..Detector::USUAL };
    film(&Pinhole::default(), actors, detector, Timing::rough(fps), 25.0, seed)
}

fn run(actors: &[Actor], fps: f64) -> Record {
    watch(&scene(), &Pinhole::default(), &frames(actors, fps, 6))
}

/// A car whose middle is at a distance from the camera at a time, at 36 km/h.
fn car(x: f64, y: f64, at: f64) -> Actor {
    Actor::drive(Car, at - (y - 9.0) / 10.0, [x, 9.0], [x, 80.0], 36.0)
}

/// Somebody who crosses from left to right and is at x at a time.
fn walks(class: RoadUserClass, kmh: f64, y: f64, x: f64, at: f64) -> Actor {
    Actor::drive(class, at - (x + 8.0) / (kmh / 3.6), [-8.0, y], [12.0, y], kmh)
}

fn starts(record: &Record) -> Vec<String> {
    let mut rules: Vec<String> =
        record.incidents.iter().filter(|c| c.phase == Phase::Start).map(|c| c.rule.to_string()).collect();
    rules.sort();
    rules
}

fn counted(record: &Record) -> u64 {
    let cells = record.minutes.iter().flat_map(|minute| &minute.cells).filter(|cell| cell.kind == CellKind::Conflict);
    cells.flat_map(|cell| cell.classes.values()).map(|count| count.n).sum()
}

#[test]
fn who_passes_a_person_on_the_crosswalk_too_closely_is_found_at_every_rate() {
    let mut wrong = Vec::new();
    for fps in RATES {
        for pet in [0.2, 0.4] {
            for sign in [-1.0, 1.0] {
                let person = walks(Person, 5.0, CROSSING, AWAY, 12.0);
                let record = run(&[person, car(AWAY, CROSSING, 12.0 + sign * (BODIES_S + pet))], fps);
                if starts(&record) != ["near", "yield"] || counted(&record) != 1 {
                    wrong.push(format!(
                        "{fps} fps, {pet} s, {sign}: {:?} {} {:?}",
                        starts(&record),
                        counted(&record),
                        lives(&record)
                    ));
                    continue;
                }
                let found = record.incidents.iter().find(|c| c.rule.as_str() == "yield").unwrap();
                assert!((found.t - 12.0).abs() < 2.0 && found.detected_t - found.t < 2.3, "{found:?}");
                let classes: Vec<_> = found.objects.iter().map(|object| object.class == Person).collect();
                assert_eq!(classes, [false, true], "the vehicle first: {found:?}");
            }
        }
    }
    all_well(&wrong);
}

#[test]
fn larger_times_are_counted_and_still_larger_ones_are_not() {
    let mut wrong = Vec::new();
    for fps in RATES {
        for (pet, n) in [(1.15, 1), (2.2, 0)] {
            let person = walks(Person, 5.0, CROSSING, AWAY, 12.0);
            let record = run(&[person, car(AWAY, CROSSING, 12.0 + BODIES_S + pet)], fps);
            if !starts(&record).is_empty() || counted(&record) != n {
                wrong.push(format!(
                    "{fps} fps, {pet} s: {:?} {} {:?}",
                    starts(&record),
                    counted(&record),
                    lives(&record)
                ));
            }
        }
    }
    all_well(&wrong);
}

#[test]
fn who_passes_a_person_that_crosses_his_way_aslant_is_found() {
    let mut wrong = Vec::new();
    for fps in RATES {
        for degrees in [45_f64, 50.0] {
            // Both ways at so many degrees, on foot from behind on the left.
            let (sin, cos) = degrees.to_radians().sin_cos();
            let at = |gone: f64| [AWAY + gone * sin, CROSSING + gone * cos];
            let person = Actor::drive(Person, 12.0 - 10.0 / (6.0 / 3.6), at(-10.0), at(10.0), 6.0);
            let record = run(&[person, car(AWAY, CROSSING, 12.0 + BODIES_S + 0.1)], fps);
            if starts(&record) != ["near", "yield"] {
                wrong.push(format!("{fps} fps, {degrees}°: {:?} {:?}", starts(&record), lives(&record)));
            }
        }
    }
    all_well(&wrong);
}

#[test]
fn beside_the_crosswalk_it_is_a_near_miss_only() {
    for fps in RATES {
        let person = walks(Person, 5.0, 23.0, AWAY, 12.0);
        let record = run(&[person, car(AWAY, 23.0, 12.0 + BODIES_S + 0.15)], fps);
        assert_eq!(starts(&record), ["near"], "{fps}: {:#?}", record.incidents);
    }
}

#[test]
fn a_cyclist_before_a_car_is_a_near_miss_and_two_on_foot_are_none() {
    for fps in RATES {
        let rides = walks(Bicycle, 15.0, 33.0, AWAY, 12.0);
        let record = run(&[rides, car(AWAY, 33.0, 12.0 + 0.85)], fps);
        assert_eq!(starts(&record), ["near"], "{fps}: {:#?}", record.incidents);
        let across = Actor::drive(Person, 2.0, [AWAY, 15.0], [AWAY, 45.0], 5.0);
        let meets = walks(Person, 5.0, CROSSING, AWAY, 2.0 + 13.0 / (5.0 / 3.6));
        assert_eq!(starts(&run(&[across, meets], fps)), Vec::<String>::new(), "{fps}");
    }
}

#[test]
fn who_gives_way_and_ordinary_traffic_meet_nobody() {
    for fps in RATES {
        let stop = CROSSING - 5.5;
        let yields = [
            [4.0, AWAY, 9.0],
            [6.5, AWAY, stop - 3.0],
            [8.0, AWAY, stop],
            [16.0, AWAY, stop],
            [18.0, AWAY, 30.0],
            [22.0, AWAY, 75.0],
        ];
        let mut actors = vec![Actor::new(Car, &yields), walks(Person, 5.0, CROSSING, AWAY, 12.0)];
        actors.push(Actor::drive(Person, 1.0, [9.5, 15.0], [9.5, 50.0], 5.0));
        for n in 0..5 {
            let start = 4.5 * f64::from(n);
            actors.push(Actor::drive(Car, start + 16.5, [TOWARDS, 75.0], [TOWARDS, 8.0], 45.0));
            actors.push(Actor::drive(Car, start + 18.0, [AWAY_RIGHT, 9.0], [AWAY_RIGHT, 75.0], 45.0));
        }
        let record = run(&actors, fps);
        assert_eq!((starts(&record), counted(&record)), (Vec::new(), 0), "{fps}: {:#?}", record.incidents);
    }
}

#[test]
fn who_follows_another_round_a_corner_and_stops_behind_him_meets_nobody() {
    // From the lane to the left across the road; the second stops where the first stopped before.
    let turn = |start: f64, stop: f64| {
        let rest = [[start + 2.0, AWAY, 24.0], [start + 3.0, AWAY - 1.0, 27.0], [start + 4.0, AWAY - 4.0, 29.0]];
        let way = [&[[start, AWAY, 12.0]], rest.as_slice(), &[[stop, AWAY - 4.5, 29.2], [stop + 5.0, -20.0, 31.0]]];
        Actor::new(Car, &way.concat())
    };
    for fps in RATES {
        for seed in 0..4 {
            let shaky = Detector { false_boxes: 0.0, noise: 0.035, ..Detector::USUAL };
            let actors = [turn(1.0, 8.0), turn(9.5, 16.0)];
            let frames = film(&Pinhole::default(), &actors, shaky, Timing::rough(fps), 25.0, seed);
            let record = watch(&scene(), &Pinhole::default(), &frames);
            assert_eq!((starts(&record), counted(&record)), (Vec::new(), 0), "{fps} {seed}: {:#?}", lives(&record));
        }
    }
}

#[test]
fn a_vehicle_and_a_second_box_on_it_meet_nobody() {
    for fps in RATES {
        let across = |class, ahead: f64| {
            Actor::drive(class, 3.0, [-14.0 + ahead, CROSSING], [14.0 + ahead, CROSSING + 4.0], 25.0)
        };
        let both = Detector { hidden: 1.1, false_boxes: 0.0, ..Detector::USUAL };
        let actors = [across(RoadUserClass::Bus, 0.0), across(Car, 2.5)];
        let frames = film(&Pinhole::default(), &actors, both, Timing::rough(fps), 20.0, 3);
        let record = watch(&scene(), &Pinhole::default(), &frames);
        assert_eq!((starts(&record), counted(&record)), (Vec::new(), 0), "{fps}: {:#?}", lives(&record));
    }
}

#[test]
fn what_shakes_too_much_to_tell_is_not_told() {
    for fps in RATES {
        for seed in 0..4 {
            // Time enough, by a detector that may be wrong about it.
            let wild = Detector { false_boxes: 0.0, noise: 0.07, ..Detector::USUAL };
            let actors = [walks(Person, 5.0, 45.0, AWAY, 12.0), car(AWAY, 45.0, 12.0 + BODIES_S + 1.3)];
            let frames = film(&Pinhole::default(), &actors, wild, Timing::rough(fps), 25.0, seed);
            let record = watch(&scene(), &Pinhole::default(), &frames);
            assert_eq!(starts(&record), Vec::<String>::new(), "{fps} {seed}: {:#?}", lives(&record));
        }
    }
}

#[test]
fn a_person_who_is_hardly_seen_on_the_way_is_not_told_to_have_come_so() {
    for fps in RATES {
        let actors = [walks(Person, 5.0, CROSSING, AWAY, 12.0), car(AWAY, CROSSING, 12.0 - BODIES_S - 0.3)];
        let mut frames = frames(&actors, fps, 6);
        let near = watch(&scene(), &Pinhole::default(), &frames);
        for (_, detections) in frames.iter_mut().filter(|(t, _)| *t < 13.5) {
            detections.iter_mut().filter(|seen| seen.class == Person).for_each(|seen| seen.score = 0.25);
        }
        let hardly = watch(&scene(), &Pinhole::default(), &frames);
        assert_eq!((starts(&near).len(), starts(&hardly).len()), (2, 0), "{fps}");
    }
}

#[test]
fn two_cars_on_a_crosswalk_are_no_failure_to_yield() {
    for fps in RATES {
        let across = Actor::drive(Car, 12.0 - 14.0 / 6.0, [AWAY - 14.0, CROSSING], [AWAY + 14.0, CROSSING], 21.6);
        let record = run(&[across, car(AWAY, CROSSING, 13.1)], fps);
        assert_eq!(starts(&record), ["near"], "{fps}: {:#?}", lives(&record));
    }
}

#[test]
fn two_drivers_who_pass_the_same_person_fail_to_yield_one_by_one() {
    for fps in RATES {
        let later = 12.0 + (AWAY_RIGHT - AWAY) / (5.0 / 3.6);
        let cars = [car(AWAY, CROSSING, 12.0 + BODIES_S + 0.2), car(AWAY_RIGHT, CROSSING, later + BODIES_S + 0.2)];
        let record = run(&[walks(Person, 5.0, CROSSING, AWAY, 12.0), cars[0].clone(), cars[1].clone()], fps);
        assert_eq!(starts(&record), ["near", "near", "yield", "yield"], "{fps}: {:#?}", lives(&record));
    }
}

#[test]
fn a_person_who_is_seen_first_on_the_way_of_a_car_was_there_before_it() {
    for fps in RATES {
        let actors = [walks(Person, 5.0, CROSSING, AWAY, 12.0), car(AWAY, CROSSING, 12.0 + BODIES_S + 0.2)];
        let mut frames = frames(&actors, fps, 6);
        for (_, detections) in frames.iter_mut().filter(|(t, _)| *t < 11.2) {
            detections.retain(|seen| seen.class != Person);
        }
        let record = watch(&scene(), &Pinhole::default(), &frames);
        assert_eq!(starts(&record), ["near", "yield"], "{fps}: {:#?}", lives(&record));
    }
}

#[test]
fn who_creeps_off_once_the_other_has_passed_gave_way() {
    for fps in RATES {
        // Its front 0.8 m before the person's way, it sets off as he leaves it.
        let front = CROSSING - 0.25 - 0.8 - 2.2;
        let waits = [[4.0, AWAY, 9.0], [6.5, AWAY, front - 2.0], [7.5, AWAY, front], [12.6, AWAY, front]];
        let goes = [[13.6, AWAY, front + 1.0], [14.6, AWAY, front + 4.0], [18.0, AWAY, 60.0]];
        let actors = [Actor::new(Car, &[waits.as_slice(), &goes].concat()), walks(Person, 5.0, CROSSING, AWAY, 12.0)];
        let record = run(&actors, fps);
        assert_eq!(starts(&record), Vec::<String>::new(), "{fps}: {:#?}", lives(&record));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10))]

    #[test]
    fn later_mirrored_and_in_degrees_it_is_the_same(seed in 0u64..1000, shift in 1.0..9000.0f64, delay in -2.5..2.5f64) {
        let camera = Pinhole::default();
        let actors = [walks(Person, 5.0, CROSSING, AWAY, 12.0), car(AWAY, CROSSING, 12.0 + delay)];
        let (scene, frames) = (scene(), frames(&actors, 10.0, seed));
        let gist = |record: &Record| (starts(record), counted(record));
        let plain = gist(&watch(&scene, &camera, &frames));
        let later: Vec<Frame> = frames.iter().map(|(t, seen)| (t + shift, seen.clone())).collect();
        prop_assert_eq!(&plain, &gist(&watch(&scene, &camera, &later)));
        let mirror = crate::properties::mirrored(&scene);
        prop_assert_eq!(&plain, &gist(&watch(&mirror, &camera, &crate::properties::mirrored_frames(&frames))));
        prop_assert_eq!(&plain.0, &starts(&watch(&crate::properties::in_degrees(&scene), &camera, &frames)));
    }
}
