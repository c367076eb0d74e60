//! `pedestrian_on_road`: people on the carriageway are found; those beside it, on crossings and on cycles are not.

use crate::road::{AWAY, AWAY_RIGHT, Ground, TOWARDS, road};
use crate::ruled::{RATES, filmed, lose, near, none, only, run, stand, starts, walk};
use crate::street::{Actor, Detector, Pinhole};
use crate::watch::{Timing, film, meta, watch};
use RoadUserClass::{Bicycle, Car, Motorcycle, Person};
use kerege_contract::event::EventType;
use kerege_contract::{Detection, RoadUserClass, Scene};
use kerege_pipelines::{Options, Pipeline, Reason, TrackId, Tracked};

const RULE: &str = "[[rule]]\nid = 'people'\ntype = 'pedestrian_on_road'\ncooldown_s = 5\n";

fn scene(more: &str) -> Scene {
    let camera = Pinhole::default();
    let crossing = camera.rectangle(-9.0, 19.0, 12.0, 23.0);
    let zone = format!("[[zone]]\nid = 'zebra'\nkind = 'crosswalk'\npolygon = {crossing}\n");
    road(&camera, Ground::Unknown, &format!("{zone}{RULE}{more}"))
}

fn carriageway() -> String {
    let polygon = Pinhole::default().rectangle(-3.75, 11.0, 7.25, 70.0);
    format!("[[zone]]\nid = 'road'\nkind = 'carriageway'\npolygon = {polygon}\n")
}

#[test]
fn a_person_who_crosses_away_from_the_crossing_is_found_within_a_second() {
    // On the carriageway from x = -3.75 to 7.25 m, at 1.39 m/s.
    let (on, off) = (2.0 + 4.25 / (5.0 / 3.6), 2.0 + 15.25 / (5.0 / 3.6));
    for more in [String::new(), carriageway()] {
        for fps in RATES {
            let record = run(&scene(&more), &[walk([-8.0, 32.0], [11.0, 32.0], 2.0)], fps, 25.0);
            let what = format!("{fps} {more}");
            let (start, end) = only(&record, &what);
            assert_eq!(start.kind, EventType::PedestrianOnRoad);
            assert_eq!(start.key.zone.is_some(), !more.is_empty(), "{what}");
            near(start.t, on, 0.6, &what);
            near(start.detected_t, on + 1.0, 1.0, &what);
            near(end.t, off, 1.0, &what);
            assert_eq!(end.reason, Some(Reason::Left));
        }
    }
}

#[test]
fn sidewalks_crossings_short_steps_and_riders_raise_nothing() {
    for fps in RATES {
        let actors = [
            walk([-8.0, 21.0], [11.0, 21.0], 1.0),
            walk([-4.9, 13.0], [-4.9, 40.0], 1.0),
            walk([8.4, 40.0], [8.4, 14.0], 1.0),
            // Steps onto the road for half a second and back.
            Actor::new(
                Person,
                &[[1.0, 8.2, 27.0], [4.0, 8.2, 27.0], [4.6, 7.0, 27.0], [5.2, 8.2, 27.0], [20.0, 8.2, 27.0]],
            ),
            Actor::drive(Car, 3.0, [AWAY, 9.0], [AWAY, 75.0], 40.0),
        ];
        none(&run(&scene(&carriageway()), &actors, fps, 25.0), "{fps}");
        for cycle in [Bicycle, Motorcycle] {
            let rides = |class| Actor::drive(class, 1.0, [AWAY_RIGHT, 12.0], [AWAY_RIGHT, 65.0], 18.0);
            let both = Detector { hidden: 1.1, ..Detector::USUAL };
            let camera = Pinhole::default();
            let frames = film(&camera, &[rides(Person), rides(cycle)], both, Timing::rough(fps), 15.0, 5);
            none(&watch(&scene(""), &camera, &frames), "{fps} {cycle}");
        }
    }
}

#[test]
fn a_group_is_one_incident_and_strangers_are_two() {
    for fps in RATES {
        let group: Vec<Actor> = (0..4_u8)
            .map(|n| walk([-8.0 - 0.9 * f64::from(n), 30.0 + 0.5 * f64::from(n)], [12.0, 31.0], 2.0))
            .collect();
        let record = run(&scene(""), &group, fps, 35.0);
        only(&record, &format!("{fps}"));
        let most = record.incidents.iter().map(|change| change.objects.len()).max();
        assert!(most >= Some(3), "{fps}: {most:?}");
        let strangers = [walk([-8.0, 16.0], [11.0, 16.0], 2.0), walk([11.0, 48.0], [-8.0, 48.0], 2.0)];
        assert_eq!(starts(&run(&scene(""), &strangers, fps, 35.0)), 2, "{fps}");
    }
}

#[test]
fn who_is_lost_for_two_seconds_is_the_same_and_who_comes_back_later_is_not() {
    for fps in RATES {
        let comes = Actor::new(Person, &[[2.0, TOWARDS - 1.5, 28.0], [3.2, TOWARDS, 28.0], [20.0, TOWARDS, 28.0]]);
        let mut frames = filmed(&[comes], fps, 30.0);
        lose(&mut frames, [TOWARDS, 28.0], 9.0, 11.0);
        let record = watch(&scene(""), &Pinhole::default(), &frames);
        let (start, end) = only(&record, &format!("{fps}"));
        near(start.t, 2.0, 0.6, "start");
        near(end.t, 20.0, 1.0, "end");
        let twice = [stand(Person, [TOWARDS, 28.0], 2.0, 8.0), stand(Person, [TOWARDS, 28.0], 20.0, 26.0)];
        assert_eq!(starts(&run(&scene(""), &twice, fps, 40.0)), 2, "{fps}");
    }
}

#[test]
fn those_too_small_in_the_picture_are_not_judged() {
    let small = scene("min_box_heights = { person = 0.15 }\n");
    none(&run(&small, &[walk([-8.0, 32.0], [11.0, 32.0], 2.0)], 10.0, 25.0), "none");
    let cars_only = scene("min_box_heights = { car = 0.4 }\n");
    assert_eq!(starts(&run(&cars_only, &[walk([-8.0, 32.0], [11.0, 32.0], 2.0)], 10.0, 25.0)), 1);
}

#[test]
fn who_walks_beside_the_kerb_is_not_on_the_road() {
    for fps in RATES {
        // The carriageway ends at 7.25 m; a foot point errs by some centimetres, and in depth by more.
        let record = run(&scene(""), &[walk([7.45, 14.0], [7.45, 50.0], 2.0)], fps, 30.0);
        none(&record, &format!("{fps}"));
    }
}

#[test]
fn who_goes_as_fast_as_nobody_walks_is_no_pedestrian() {
    for fps in RATES {
        let scene = road(&Pinhole::default(), Ground::Calibrated, RULE);
        let rider = Actor::drive(Person, 2.0, [AWAY, 14.0], [AWAY, 55.0], 25.0);
        none(&run(&scene, &[rider], fps, 20.0), &format!("{fps}"));
        let runner = Actor::drive(Person, 2.0, [-6.0, 30.0], [9.0, 30.0], 12.0);
        assert_eq!(starts(&run(&scene, &[runner], fps, 20.0)), 1, "{fps}");
    }
}

#[test]
fn what_never_moves_and_is_seen_now_and_then_is_nobody() {
    for fps in RATES {
        // A post that is taken for a person in every third second.
        let mut frames = filmed(&[stand(Person, [AWAY, 28.0], 2.0, 40.0)], fps, 45.0);
        for second in 0..40 {
            if second % 3 != 0 {
                lose(&mut frames, [AWAY, 28.0], f64::from(second), f64::from(second + 1));
            }
        }
        none(&watch(&scene(""), &Pinhole::default(), &frames), &format!("{fps}"));
    }
}

#[test]
fn a_rider_who_goes_on_under_the_number_of_somebody_beside_the_road_is_no_pedestrian() {
    let camera = Pinhole::default();
    let scene = road(&camera, Ground::Calibrated, RULE);
    let seen = |class, way: Actor, t: f64| {
        let found = Detector::PERFECT.see(&camera, &[way], t, &mut crate::rng::Rng::new(1));
        found.into_iter().map(move |found| Detection { class, ..found }).next()
    };
    for fps in RATES {
        let mut pipeline = Pipeline::new(&scene, &Options::default());
        let (beside, rider) = (
            walk([8.6, 40.0], [8.6, 20.0], 0.0),
            Actor::drive(Motorcycle, 5.0, [AWAY_RIGHT, 30.0], [AWAY_RIGHT, 21.0], 15.0),
        );
        let mut told = 0;
        for frame in 0_u32.. {
            let t = f64::from(frame) / fps;
            if t > 7.0 {
                break;
            }
            let found = if t < 5.2 { seen(Person, beside.clone(), t) } else { seen(Person, rider.clone(), t) };
            let tracked: Vec<Tracked> =
                found.into_iter().map(|detection| Tracked { track: TrackId(1), detection }).collect();
            let outputs = pipeline.step_tracked(&meta(&camera, u64::from(frame), t), &tracked);
            told += outputs.incidents.len();
        }
        assert_eq!(told, 0, "{fps}");
    }
}

#[test]
fn who_walks_is_found_however_faint_and_what_never_moves_is_not() {
    let camera = Pinhole::default();
    let scene = scene("");
    let faint = |actor: Actor, fps: f64| {
        let detector = Detector { noise: 0.01, missed: 0.0, false_boxes: 0.0, ..Detector::PERFECT };
        let mut frames = film(&camera, &[actor], detector, Timing::rough(fps), 25.0, 5);
        for (t, found) in &mut frames {
            found.iter_mut().for_each(|found| found.score = if *t < 3.0 { 0.6 } else { 0.26 });
        }
        watch(&scene, &camera, &frames)
    };
    for fps in RATES {
        assert_eq!(starts(&faint(walk([-8.0, 32.0], [11.0, 32.0], 2.0), fps)), 1, "{fps}");
        none(&faint(Actor::new(Person, &[[2.0, AWAY, 32.0], [24.0, AWAY, 32.0]]), fps), &format!("{fps}: a post"));
    }
}

#[test]
fn what_is_wider_than_anybody_is_nobody() {
    for fps in RATES {
        let scene = road(&Pinhole::default(), Ground::Calibrated, RULE);
        let mut thing = walk([-6.0, 30.0], [9.0, 30.0], 2.0);
        (thing.body.width, thing.body.length) = (3.2, 3.2);
        none(&run(&scene, &[thing.clone()], fps, 20.0), &format!("{fps}"));
        // Who lies is as wide as he is tall.
        thing.body = crate::street::Body { length: 1.8, width: 0.6, height: 0.5 };
        assert_eq!(starts(&run(&scene, &[thing], fps, 20.0)), 1, "{fps}");
    }
}

#[test]
fn a_rider_who_takes_a_walkers_number_rides_although_the_walker_was_narrow() {
    let camera = Pinhole::default();
    let seen = |class, way: Actor, t: f64| {
        let found = Detector::PERFECT.see(&camera, &[way], t, &mut crate::rng::Rng::new(1));
        found.into_iter().map(move |found| Detection { class, ..found }).next()
    };
    for fps in RATES {
        let scene = road(&camera, Ground::Calibrated, RULE);
        let mut pipeline = Pipeline::new(&scene, &Options::default());
        // He walks along beside the road; a rider across the road goes on under his number, seen as a person.
        let walker = walk([10.0, 34.0], [9.0, 30.0], 0.0);
        let rider = Actor::drive(Bicycle, 3.2, [8.9, 30.0], [-6.0, 30.0], 13.0);
        let mut told = 0;
        for frame in 0_u32.. {
            let t = f64::from(frame) / fps;
            if t > 7.0 {
                break;
            }
            let found = if t < 3.0 { seen(Person, walker.clone(), t) } else { seen(Person, rider.clone(), t) };
            let tracked: Vec<Tracked> =
                found.into_iter().map(|detection| Tracked { track: TrackId(1), detection }).collect();
            told += pipeline.step_tracked(&meta(&camera, u64::from(frame), t), &tracked).incidents.len();
        }
        assert_eq!(told, 0, "{fps}");
    }
}

#[test]
fn who_crosses_three_metres_beside_a_crossing_far_away_is_not_on_it() {
    let camera = Pinhole::default();
    let crossing = camera.rectangle(-9.0, 30.0, 12.0, 34.0);
    let zone = format!("[[zone]]\nid = 'zebra'\nkind = 'crosswalk'\npolygon = {crossing}\n{RULE}");
    let scene = road(&camera, Ground::Calibrated, &zone);
    for fps in RATES {
        // Three metres are less than half his height in the picture, and a step beside the crossing is nothing.
        for (beside, told) in [(3.0, 1), (0.6, 0)] {
            let y = 34.0 + beside;
            let record = run(&scene, &[walk([-8.0, y], [11.0, y], 2.0)], fps, 25.0);
            assert_eq!(starts(&record), told, "{fps} fps, {beside} m: {:#?}", crate::ruled::brief(&record));
        }
    }
}
