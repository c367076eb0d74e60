//! `red_light` and `stop_line`: who drives on red, and who stands beyond the line; nobody else.

use crate::lamps::{Green, Programme, Red, Yellow, after, messages, utc, watch_lamps};
use crate::rng::Rng;
use crate::road::{AWAY, AWAY_RIGHT, Ground, TOWARDS, road};
use crate::street::{Actor, Body, Detector, Pinhole};
use crate::watch::{Frame, Record, Timing, film};
use RoadUserClass::{Bicycle, Bus, Car, Motorcycle, Person, Truck};
use kerege_contract::event::{EventType, Phase};
use kerege_contract::phase::{PhaseState, SignalMode};
use kerege_contract::{RoadUserClass, Scene};
use proptest::prelude::*;

const BOTH: [Ground; 2] = [Ground::Calibrated, Ground::Unknown];
const RATES: [f64; 4] = [5.0, 8.0, 15.0, 30.0];
/// Stop lines of those who drive away and of those who come, metres from the camera.
const FAR_LINE: f64 = 30.0;
const NEAR_LINE: f64 = 24.0;
/// The light is green until 10 s, yellow until 13 s, red until 40 s.
const RED_FROM: f64 = 13.0;
const RED_TO: f64 = 40.0;

fn programme() -> Programme {
    vec![(-30.0, 3, Green), (10.0, 3, Yellow), (RED_FROM, 3, Red), (RED_TO, 3, Green), (-30.0, 5, Red)]
        .into_iter()
        .chain([(20.0, 5, Green), (26.0, 5, Red)])
        .collect()
}

fn scene(camera: &Pinhole, ground: Ground, more: &str) -> Scene {
    let line = |id: &str, from: (f64, f64), to: (f64, f64)| {
        let (a, b) = (camera.point(from.0, from.1), camera.point(to.0, to.1));
        format!("[[line]]\nid = '{id}'\na = {a}\nb = {b}\n")
    };
    let text = line("far", (7.3, FAR_LINE), (0.2, FAR_LINE))
        + &line("near", (-3.8, NEAR_LINE), (-0.2, NEAR_LINE))
        + &line("right", (10.0, 44.0), (10.0, 33.0))
        + &line("ahead", (8.0, 55.0), (0.0, 55.0))
        + more;
    road(camera, ground, &text)
}

const RULES: &str = "[[rule]]\nid = 'red'\ntype = 'red_light'\nlines = ['far', 'near']\ngroup = 3\n\
    [[rule]]\nid = 'stop'\ntype = 'stop_line'\nlines = ['far', 'near']\ngroup = 3\n";
const ARROW: &str =
    "[[rule]]\nid = 'red'\ntype = 'red_light'\nlines = ['far']\ngroup = 3\nturn_group = 5\nturn_lines = ['right']\n";

fn run(ground: Ground, actors: &[Actor], timing: Timing, rules: &str) -> Record {
    let camera = Pinhole::default();
    let detector = Detector { false_boxes: 0.0, ..Detector::USUAL };
    let frames = film(&camera, actors, detector, timing, 50.0, 5);
    watch_lamps(&scene(&camera, ground, rules), &camera, &frames, &after(messages(&programme(), 50.0), 0.2))
}

/// Drives over the far line so that its front is at the line at a time.
fn away(class: RoadUserClass, x: f64, kmh: f64, at: f64) -> Actor {
    let start = at - (FAR_LINE - Body::of(class).length / 2.0 - 9.0) / (kmh / 3.6);
    Actor::drive(class, start, [x, 9.0], [x, 80.0], kmh)
}

/// The same over the near line, towards the camera.
fn towards(class: RoadUserClass, kmh: f64, at: f64) -> Actor {
    let start = at - (75.0 - NEAR_LINE - Body::of(class).length / 2.0) / (kmh / 3.6);
    Actor::drive(class, start, [TOWARDS, 75.0], [TOWARDS, 5.0], kmh)
}

/// Comes and stands with its front so far beyond the far line from 18 s on, and goes on at a time.
fn stands(class: RoadUserClass, beyond: f64, goes: f64) -> Actor {
    let y = FAR_LINE + beyond - Body::of(class).length / 2.0;
    Actor::new(
        class,
        &[[14.0, AWAY, 9.0], [17.0, AWAY, y - 1.5], [18.0, AWAY, y], [goes, AWAY, y], [goes + 6.0, AWAY, 80.0]],
    )
}

/// The same in the other lane, where nobody drives through it.
fn in_the_right_lane(mut actor: Actor) -> Actor {
    actor.way.iter_mut().for_each(|fix| fix[1] = AWAY_RIGHT);
    actor
}

fn starts(record: &Record, kind: EventType) -> Vec<f64> {
    record.incidents.iter().filter(|c| c.phase == Phase::Start && c.kind == kind).map(|c| c.t).collect()
}

fn none(record: &Record, what: &str) {
    assert_eq!(record.incidents, [], "{what}");
}

#[test]
fn who_drives_on_red_is_found_once_at_the_right_time() {
    for ground in BOTH {
        for fps in RATES {
            for (kmh, at) in [(30.0, 18.0), (50.0, 25.0), (60.0, 33.0)] {
                for (what, actor) in [("away", away(Car, AWAY, kmh, at)), ("towards", towards(Car, kmh, at))] {
                    let record = run(ground, &[actor], Timing::rough(fps), RULES);
                    let found = starts(&record, EventType::RedLight);
                    let name = format!("{ground:?} {fps} fps {what} {kmh} km/h");
                    let [t] = found.as_slice() else { panic!("{name}: {:#?}", record.incidents) };
                    let most = if ground == Ground::Calibrated { 0.25 } else { 0.5 };
                    assert!((t - at).abs() < most, "{name}: {t} of {at}");
                    assert_eq!(record.incidents.len(), 2, "a start and an end: {name}");
                    let start = &record.incidents[0];
                    assert!(start.detected_t - at < 2.5, "{name}: {}", start.detected_t - at);
                    assert_eq!(
                        (start.objects.len(), start.key.line.as_ref().unwrap().as_str()),
                        (1, if what == "away" { "far" } else { "near" })
                    );
                }
            }
        }
    }
}

#[test]
fn the_violation_carries_the_signals_it_was_judged_by() {
    let record = run(Ground::Calibrated, &[away(Car, AWAY, 45.0, 20.0)], Timing::rough(10.0), RULES);
    let signals = record.incidents[0].signals.as_ref().unwrap();
    let spans: Vec<_> = signals.spans.iter().map(|span| (span.g, span.s, span.from)).collect();
    assert_eq!(spans, [(3, Green, utc(0.0)), (3, Yellow, utc(10.0)), (3, Red, utc(RED_FROM))]);
    assert!(signals.to > utc(20.0) && signals.err_ms == 20.0);
    assert_eq!(record.incidents[1].signals, None, "once is enough");
}

#[test]
fn green_yellow_and_the_first_instants_of_red_are_lawful() {
    for ground in BOTH {
        for fps in RATES {
            for at in [5.0, 9.9, 11.5, 12.9, 13.0, 13.2, 13.4, 39.98, 40.1, 44.0] {
                let actors = [away(Car, AWAY, 45.0, at), towards(Car, 45.0, at), away(Truck, AWAY_RIGHT, 40.0, at)];
                none(&run(ground, &actors, Timing::rough(fps), RULES), &format!("{ground:?} {fps} fps at {at}"));
            }
        }
    }
}

#[test]
fn who_stops_at_the_line_and_goes_on_green_is_lawful() {
    for ground in BOTH {
        for fps in RATES {
            for class in [Car, Bus] {
                let mut next = stands(Car, -2.6 - Body::of(class).length, 42.0);
                next.way[0][0] = 15.5;
                let record = run(ground, &[stands(class, -0.6, 40.8), next], Timing::rough(fps), RULES);
                none(&record, &format!("{ground:?} {fps} fps {class}"));
            }
        }
    }
}

#[test]
fn who_was_over_the_line_when_it_turned_red_is_lawful() {
    for ground in BOTH {
        for fps in RATES {
            // The junction was full; it leaves while it is red for those behind it.
            let y = FAR_LINE - 2.25 + 2.5;
            let way = [[5.0, AWAY, 9.0], [8.0, AWAY, y], [22.0, AWAY, y], [28.0, AWAY, 80.0]];
            none(&run(ground, &[Actor::new(Car, &way)], Timing::rough(fps), RULES), &format!("{ground:?} {fps} fps"));
        }
    }
}

#[test]
fn cyclists_and_persons_are_not_meant_and_motorcycles_are() {
    for fps in RATES {
        let actors = [away(Bicycle, AWAY, 18.0, 20.0), away(Person, AWAY_RIGHT + 2.0, 5.0, 25.0)];
        none(&run(Ground::Calibrated, &actors, Timing::rough(fps), RULES), "not a motor vehicle");
        let record = run(Ground::Calibrated, &[away(Motorcycle, AWAY, 40.0, 20.0)], Timing::rough(fps), RULES);
        assert_eq!(starts(&record, EventType::RedLight).len(), 1, "{fps}");
    }
}

#[test]
fn two_who_follow_each_other_over_red_are_two() {
    for fps in RATES {
        let actors = [away(Car, AWAY, 45.0, 20.0), away(Car, AWAY, 45.0, 21.6), away(Car, AWAY_RIGHT, 50.0, 21.0)];
        let record = run(Ground::Calibrated, &actors, Timing::rough(fps), RULES);
        assert_eq!(starts(&record, EventType::RedLight).len(), 3, "{fps} fps: {:#?}", record.incidents);
    }
}

#[test]
fn who_stands_beyond_the_line_is_found_and_has_not_driven_on_red() {
    for fps in RATES {
        for beyond in [1.6, 2.6] {
            let record = run(Ground::Calibrated, &[stands(Car, beyond, 41.0)], Timing::rough(fps), RULES);
            let name = format!("{fps} fps {beyond} m: {:#?}", record.incidents);
            assert!(starts(&record, EventType::RedLight).is_empty(), "{name}");
            assert_eq!(starts(&record, EventType::StopLine).len(), 1, "{name}");
            let end = record.incidents.iter().find(|c| c.phase == Phase::End).unwrap();
            assert!((end.t - 41.0).abs() < 1.5, "{name}");
        }
    }
}

#[test]
fn who_stands_beyond_the_line_is_found_although_the_next_covers_half_of_his_bottom() {
    for fps in RATES {
        for aside in [-1.1, 1.1] {
            let mut next = stands(Car, 2.0 - 4.5 - 1.5, 42.0);
            next.way[0][0] = 15.5;
            next.way.iter_mut().for_each(|fix| fix[1] += aside);
            let record = run(Ground::Calibrated, &[stands(Car, 2.0, 41.0), next], Timing::rough(fps), RULES);
            let name = format!("{fps} fps {aside} m: {:#?}", record.incidents);
            assert_eq!(starts(&record, EventType::StopLine).len(), 1, "{name}");
            assert!(starts(&record, EventType::RedLight).is_empty(), "{name}");
        }
    }
}

#[test]
fn who_stands_beyond_the_line_and_then_goes_on_red_is_both() {
    let record = run(Ground::Calibrated, &[stands(Car, 2.0, 28.0)], Timing::rough(10.0), RULES);
    assert_eq!(starts(&record, EventType::StopLine).len(), 1, "{:#?}", record.incidents);
    assert_eq!(starts(&record, EventType::RedLight).len(), 1, "{:#?}", record.incidents);
}

/// Turns right over the far line so that its front is at the line at a time.
fn turns(at: f64) -> Actor {
    let start = at - (FAR_LINE - 2.25 - 9.0) / 8.0;
    Actor::new(
        Car,
        &[
            [start, AWAY_RIGHT, 9.0],
            [at + 0.6, AWAY_RIGHT, FAR_LINE + 2.5],
            [at + 1.4, AWAY_RIGHT + 2.0, FAR_LINE + 6.0],
            [at + 4.0, 22.0, FAR_LINE + 8.0],
        ],
    )
}

#[test]
fn who_turns_by_the_arrow_is_lawful_and_who_goes_ahead_by_it_is_not() {
    for fps in RATES {
        none(&run(Ground::Calibrated, &[turns(22.0)], Timing::rough(fps), ARROW), &format!("{fps} fps"));
        let ahead = run(Ground::Calibrated, &[away(Car, AWAY, 45.0, 22.0)], Timing::rough(fps), ARROW);
        assert_eq!(starts(&ahead, EventType::RedLight).len(), 1, "{fps} fps: ahead while the arrow is green");
        let red = run(Ground::Calibrated, &[turns(31.0)], Timing::rough(fps), ARROW);
        assert_eq!(starts(&red, EventType::RedLight).len(), 1, "{fps} fps: the arrow is red, too");
    }
}

#[test]
fn without_phases_that_can_be_trusted_nobody_is_accused() {
    let camera = Pinhole::default();
    let scene = scene(&camera, Ground::Calibrated, RULES);
    let detector = Detector { false_boxes: 0.0, ..Detector::USUAL };
    let stood = in_the_right_lane(stands(Car, 2.5, 38.0));
    let frames = film(&camera, &[away(Car, AWAY, 45.0, 20.0), stood], detector, Timing::rough(10.0), 50.0, 5);
    let judged = |change: &dyn Fn(&mut kerege_contract::phase::SignalMessage) -> bool, delay: f64| {
        let mut all = messages(&programme(), 50.0);
        all.retain_mut(|message| change(message));
        watch_lamps(&scene, &camera, &frames, &after(all, delay))
    };
    let t = |message: &kerege_contract::phase::SignalMessage| message.ts.seconds_since(utc(0.0));
    // Who stands beyond the line and goes on red is both.
    assert_eq!(judged(&|_| true, 0.2).incidents.iter().filter(|c| c.phase == Phase::Start).count(), 3);
    none(&judged(&|_| false, 0.2), "no source");
    none(&judged(&|message| !(16.0..40.0).contains(&t(message)), 0.2), "silent");
    none(&judged(&|message| (t(message) as u64).is_multiple_of(2), 0.2), "every other is missing");
    none(&judged(&|_| true, 9.0), "too late");
    let with_mode = |mode: SignalMode| {
        judged(
            &|message| {
                message.mode = mode;
                true
            },
            0.2,
        )
    };
    for mode in [SignalMode::Flash, SignalMode::Manual, SignalMode::Dark, SignalMode::Fault] {
        none(&with_mode(mode), &format!("{mode:?}"));
    }
    let flashing = judged(
        &|message| {
            message.groups.iter_mut().for_each(|group| group.s = PhaseState::StopThenProceed);
            true
        },
        0.2,
    );
    none(&flashing, "flashing red");
}

fn filmed(seed: u64, fps: f64) -> Vec<Frame> {
    let rng = &mut Rng::new(seed);
    let actors = [
        away(Car, AWAY, rng.between(35.0, 60.0), rng.between(15.0, 24.0)),
        towards(Car, rng.between(30.0, 55.0), rng.between(26.0, 36.0)),
        away(Car, AWAY_RIGHT, 45.0, rng.between(5.0, 9.0)),
        stands(Car, rng.between(1.8, 2.6), 42.0),
    ];
    // The one that stands comes behind the one that drives through, in the other lane.
    let actors = actors.map(|actor| if actor.way.len() == 5 { in_the_right_lane(actor) } else { actor });
    let detector = Detector { false_boxes: 0.0, missed: 0.02, ..Detector::USUAL };
    film(&Pinhole::default(), &actors, detector, Timing::rough(fps), 48.0, seed)
}

fn gist(record: &Record) -> Vec<(String, f64)> {
    record.incidents.iter().filter(|c| c.phase == Phase::Start).map(|c| (c.rule.to_string(), c.t)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10))]

    #[test]
    fn when_messages_arrive_and_in_which_order_does_not_matter(seed in 0u64..1000, order in 0u64..1000) {
        let (camera, frames) = (Pinhole::default(), filmed(seed, 10.0));
        let scene = scene(&camera, Ground::Calibrated, RULES);
        let at_once = watch_lamps(&scene, &camera, &frames, &after(messages(&programme(), 50.0), 0.0));
        let rng = &mut Rng::new(order);
        let late: Vec<_> = messages(&programme(), 50.0).into_iter().map(|m| (m, rng.between(0.0, 3.0))).collect();
        let (at_once, late) = (gist(&at_once), gist(&watch_lamps(&scene, &camera, &frames, &late)));
        prop_assert_eq!((at_once.len(), late.len()), (3, 3), "{:?} {:?}", &at_once, &late);
        for told in &at_once {
            prop_assert!(late.iter().any(|other| told.0 == other.0 && (told.1 - other.1).abs() < 1e-6), "{:?}", &late);
        }
    }

    #[test]
    fn later_is_the_same_but_later(seed in 0u64..1000, shift in 1u32..9000) {
        let (camera, frames) = (Pinhole::default(), filmed(seed, 10.0));
        let scene = scene(&camera, Ground::Calibrated, RULES);
        let shift = f64::from(shift);
        let later: Vec<Frame> = frames.iter().map(|(t, seen)| (t + shift, seen.clone())).collect();
        let moved = messages(&programme(), 50.0).into_iter().map(|mut message| {
            message.ts = message.ts.plus_seconds(shift);
            message.groups.iter_mut().for_each(|group| group.since = group.since.plus_seconds(shift));
            message
        });
        let plain = gist(&watch_lamps(&scene, &camera, &frames, &after(messages(&programme(), 50.0), 0.1)));
        let other = gist(&watch_lamps(&scene, &camera, &later, &after(moved.collect(), 0.1)));
        prop_assert_eq!(plain.len(), other.len());
        for (a, b) in plain.iter().zip(&other) {
            prop_assert!(a.0 == b.0 && (a.1 + shift - b.1).abs() < 1e-3, "{:?} {:?}", a, b);
        }
    }

    #[test]
    fn in_a_mirror_it_is_the_same(seed in 0u64..1000) {
        let (camera, frames) = (Pinhole::default(), filmed(seed, 10.0));
        let scene = scene(&camera, Ground::Calibrated, RULES);
        // A line's ways swap in a mirror.
        let mut turned = crate::properties::mirrored(&scene);
        for line in &mut turned.lines {
            std::mem::swap(&mut line.a, &mut line.b);
        }
        let all = after(messages(&programme(), 50.0), 0.1);
        let plain = gist(&watch_lamps(&scene, &camera, &frames, &all));
        let other = gist(&watch_lamps(&turned, &camera, &crate::properties::mirrored_frames(&frames), &all));
        prop_assert_eq!(plain.len(), other.len());
        for (a, b) in plain.iter().zip(&other) {
            prop_assert!(a.0 == b.0 && (a.1 - b.1).abs() < 1e-3, "{:?} {:?}", a, b);
        }
    }

    #[test]
    fn frames_dropped_at_random_and_other_units_change_nobodys_guilt(seed in 0u64..1000, share in 0.0..0.3f64) {
        let (camera, frames) = (Pinhole::default(), filmed(seed, 15.0));
        let scene = scene(&camera, Ground::Calibrated, RULES);
        let rng = &mut Rng::new(seed + 1);
        let fewer: Vec<Frame> = frames.iter().filter(|_| !rng.chance(share)).cloned().collect();
        let all = after(messages(&programme(), 50.0), 0.1);
        let names = |record: &Record| {
            let mut names: Vec<String> = gist(record).into_iter().map(|(rule, _)| rule).collect();
            names.sort();
            names
        };
        let plain = names(&watch_lamps(&scene, &camera, &frames, &all));
        prop_assert_eq!(plain.len(), 3);
        prop_assert_eq!(&plain, &names(&watch_lamps(&scene, &camera, &fewer, &all)));
        prop_assert_eq!(&plain, &names(&watch_lamps(&crate::properties::in_degrees(&scene), &camera, &frames, &all)));
    }
}

#[test]
fn who_creeps_over_the_line_or_walks_along_it_ran_no_red_light() {
    let mut wrong = Vec::new();
    for fps in RATES {
        // Over the far line at a walk while it is red; and across the road, along the line.
        let creeps = away(Car, AWAY, 4.0, 25.0);
        let along = Actor::drive(RoadUserClass::Motorcycle, 20.0, [-3.0, FAR_LINE + 0.6], [8.0, FAR_LINE + 0.6], 6.0);
        for (what, actor) in [("creeps", creeps), ("along", along)] {
            let found = starts(&run(Ground::Calibrated, &[actor], Timing::rough(fps), RULES), EventType::RedLight);
            if !found.is_empty() {
                wrong.push(format!("{fps} {what}: {found:?}"));
            }
        }
    }
    crate::watch::all_well(&wrong);
}

#[test]
fn a_front_is_known_a_little_beyond_the_points_but_not_beyond_what_somebody_drew() {
    let camera = Pinhole::default();
    let frames = |fps| {
        let detector = Detector { false_boxes: 0.0, ..Detector::USUAL };
        film(&camera, &[away(Car, AWAY, 40.0, 20.0)], detector, Timing::rough(fps), 50.0, 5)
    };
    for fps in RATES {
        let mut scene = scene(&camera, Ground::Calibrated, RULES);
        // No point lies before the line.
        let calibration = scene.calibration.as_mut().unwrap();
        calibration.points.retain(|point| point.road[1] > 20.0);
        calibration.valid.clear();
        let all = after(messages(&programme(), 50.0), 0.2);
        let record = watch_lamps(&scene, &camera, &frames(fps), &all);
        assert_eq!(starts(&record, EventType::RedLight).len(), 1, "{fps} fps: {:#?}", record.incidents);
        let calibration = scene.calibration.as_mut().unwrap();
        calibration.valid = calibration.points.iter().map(|point| point.image).collect();
        none(&watch_lamps(&scene, &camera, &frames(fps), &all), &format!("{fps} fps"));
    }
}

#[test]
fn whose_box_shakes_while_he_creeps_on_from_beyond_the_line_ran_no_red_light() {
    let mut wrong = Vec::new();
    for fps in RATES {
        for seed in 0..6 {
            // He came on green and stands beyond the line; while it is red he creeps on, as those before him do.
            let y = FAR_LINE - 2.25 + 1.6;
            let way = [[5.0, AWAY, 9.0], [8.0, AWAY, y], [15.0, AWAY, y], [19.0, AWAY, y + 6.0], [30.0, AWAY, y + 7.0]];
            let mut actor = Actor::new(Car, &way);
            actor.shake = 0.05;
            let (camera, detector) = (Pinhole::default(), Detector { false_boxes: 0.0, ..Detector::USUAL });
            let frames = film(&camera, &[actor], detector, Timing::rough(fps), 32.0, seed);
            let scene = scene(&camera, Ground::Calibrated, RULES);
            let record = watch_lamps(&scene, &camera, &frames, &after(messages(&programme(), 50.0), 0.2));
            if !record.incidents.is_empty() {
                wrong.push(format!("{fps} fps, {seed}: {:?}", gist(&record)));
            }
        }
    }
    crate::watch::all_well(&wrong);
}

#[test]
fn who_stands_beyond_his_line_on_the_side_of_those_who_come_heads_as_he_drove() {
    // He came over the line on green, waits with his middle in the lane that leads out, and goes on while it is red.
    let y = FAR_LINE + 3.0 - Body::of(Bus).length / 2.0;
    let way = [[3.0, -0.9, 9.0], [7.0, -0.9, y], [20.0, -0.9, y], [26.0, -0.9, 75.0]];
    let camera = Pinhole::default();
    let (a, b) = (camera.point(7.3, FAR_LINE), camera.point(-1.8, FAR_LINE));
    let wide = format!("[[line]]\nid = 'wide'\na = {a}\nb = {b}\n{}", RULES.replace("'far', 'near'", "'wide'"));
    for ground in BOTH {
        for fps in RATES {
            none(&run(ground, &[Actor::new(Bus, &way)], Timing::rough(fps), &wide), &format!("{ground:?} {fps} fps"));
        }
    }
}
