//! Who keeps a number, and who must not inherit one.

use crate::street::{Actor, Detector, Pinhole};
use crate::watch::{Record, Timing, film, scene, watch};
use RoadUserClass::{Bus, Car};
use kerege_contract::{Detection, FrameBox, RoadUserClass};
use kerege_pipelines::{TrackId, TrackView};

const RATES: [f64; 4] = [5.0, 8.0, 15.0, 30.0];

fn run(actors: &[Actor], detector: Detector, fps: f64, seconds: f64) -> Record {
    let camera = Pinhole::default();
    watch(&scene(""), &camera, &film(&camera, actors, detector, Timing::rough(fps), seconds, 21))
}

/// The track that is seen at a place on the road, within half a second of a time.
fn at(record: &Record, t: f64, x: f64, y: f64) -> Option<TrackId> {
    let [u, v] = Pinhole::default().project(x, y, 0.7).unwrap();
    let off = |track: &TrackView| {
        let bbox = track.bbox;
        (f64::from(bbox.x1 + bbox.x2) / 2.0 - u).hypot(f64::from(bbox.y1 + bbox.y2) / 2.0 - v)
    };
    let frames = record.tracks.iter().filter(|(at, _)| (at - t).abs() <= 0.5);
    let seen = frames.flat_map(|(_, tracks)| tracks).filter(|track| track.detected_now && off(track) < 0.04);
    seen.min_by(|a, b| off(a).total_cmp(&off(b))).map(|track| track.track)
}

/// A bus that comes to stand before a place at `from`, hides it, and leaves at `until`.
fn hiding_bus(from: f64, until: f64) -> Actor {
    Actor::new(Bus, &[[from - 3.0, -25.0, 20.0], [from, 0.5, 20.0], [until, 0.5, 20.0], [until + 3.0, 25.0, 20.0]])
}

#[test]
fn a_queued_car_keeps_its_number_while_a_bus_hides_it() {
    for fps in RATES {
        for hidden_s in [5.0, 20.0, 45.0] {
            let car = Actor::new(Car, &[[0.0, 0.0, 60.0], [4.0, 0.0, 28.0], [30.0 + hidden_s, 0.0, 28.0]]);
            let record = run(&[car, hiding_bus(12.0, 12.0 + hidden_s)], Detector::USUAL, fps, 25.0 + hidden_s);
            let (before, after) = (at(&record, 8.0, 0.0, 28.0), at(&record, 20.0 + hidden_s, 0.0, 28.0));
            assert!(before.is_some() && before == after, "{fps} fps, {hidden_s} s: {before:?} {after:?}");
            assert_eq!(at(&record, 12.0 + hidden_s / 2.0, 0.0, 28.0), None, "it is hidden");
        }
    }
}

#[test]
fn the_next_car_at_the_stop_line_does_not_inherit_the_number() {
    for fps in RATES {
        // The first leaves while it can be seen; the next stands on the same spot three seconds later.
        let first = Actor::new(Car, &[[0.0, 0.0, 60.0], [4.0, 0.0, 28.0], [12.0, 0.0, 28.0], [15.0, 0.0, 9.0]]);
        let next = Actor::new(Car, &[[11.0, 0.0, 70.0], [16.0, 0.0, 28.0], [30.0, 0.0, 28.0]]);
        let record = run(&[first, next], Detector::USUAL, fps, 30.0);
        let (a, b) = (at(&record, 8.0, 0.0, 28.0), at(&record, 22.0, 0.0, 28.0));
        assert!(a.is_some() && b.is_some() && a != b, "{fps}: {a:?} {b:?}");
    }
}

#[test]
fn what_left_behind_a_bus_is_forgotten_once_its_spot_is_seen_empty() {
    for fps in RATES {
        let first = Actor::new(Car, &[[0.0, 0.0, 60.0], [4.0, 0.0, 28.0], [14.0, 0.0, 28.0], [17.0, 60.0, 28.0]]);
        // Three seconds after the bus has gone another stands where the first stood.
        let next = Actor::new(Car, &[[23.0, 0.0, 70.0], [28.0, 0.0, 28.0], [40.0, 0.0, 28.0]]);
        let record = run(&[first, next, hiding_bus(12.0, 22.0)], Detector::USUAL, fps, 40.0);
        let (a, b) = (at(&record, 8.0, 0.0, 28.0), at(&record, 34.0, 0.0, 28.0));
        assert!(a.is_some() && b.is_some() && a != b, "{fps}: {a:?} {b:?}");
    }
}

#[test]
fn a_bus_called_a_truck_now_and_then_is_one_bus() {
    for fps in RATES {
        let bus = Actor::drive(Bus, 1.0, [-2.0, 70.0], [-2.0, 12.0], 30.0);
        let record = run(&[bus], Detector { flips: 0.35, false_boxes: 0.0, ..Detector::USUAL }, fps, 9.0);
        assert_eq!(record.confirmed, 1, "{fps}");
        let last = record.tracks.iter().rev().find_map(|(_, tracks)| tracks.first().cloned()).unwrap();
        assert_eq!(last.class, Bus, "{fps}");
    }
}

#[test]
fn oncoming_cars_that_pass_each_other_keep_their_numbers() {
    for fps in RATES {
        let actors = [
            Actor::drive(Car, 1.0, [1.9, 11.0], [1.9, 70.0], 40.0),
            Actor::drive(Car, 1.0, [-1.9, 70.0], [-1.9, 11.0], 40.0),
        ];
        let record = run(&actors, Detector { missed: 0.1, false_boxes: 0.0, ..Detector::USUAL }, fps, 7.0);
        assert_eq!(record.confirmed, 2, "{fps}");
    }
}

/// A car that drives to the right behind a standing bus: of its box is seen what the bus leaves of it.
fn behind_a_bus(fps: f64, from: f32, to: f32) -> Vec<(f64, Vec<Detection>)> {
    let bus = FrameBox { x1: from, y1: 0.2, x2: to, y2: 0.7 };
    let seen = |t: f64| {
        let x = (0.1 * t) as f32;
        let whole = FrameBox { x1: x, y1: 0.4, x2: x + 0.08, y2: 0.5 };
        let parts = [FrameBox { x2: whole.x2.min(bus.x1), ..whole }, FrameBox { x1: whole.x1.max(bus.x2), ..whole }];
        let visible = parts.into_iter().filter(|part| part.x2 - part.x1 > 0.02);
        let car = visible.map(|bbox| Detection { class: Car, score: 0.8, bbox });
        std::iter::once(Detection { class: Bus, score: 0.9, bbox: bus }).chain(car).collect()
    };
    (0..(9.0 * fps) as u32).map(|n| f64::from(n) / fps).map(|t| (t, seen(t))).collect()
}

#[test]
fn who_comes_out_from_behind_a_bus_is_who_went_there() {
    let camera = Pinhole::default();
    for fps in RATES {
        for to in [0.55, 0.6, 0.65] {
            let record = watch(&scene(""), &camera, &behind_a_bus(fps, 0.4, to));
            assert_eq!(record.confirmed, 2, "{fps} fps, a bus of {} car lengths", (to - 0.4) / 0.08);
        }
    }
}

#[test]
fn who_comes_out_much_later_is_somebody_else() {
    for fps in RATES {
        let record = watch(&scene(""), &Pinhole::default(), &behind_a_bus(fps, 0.2, 0.7));
        assert_eq!(record.confirmed, 3, "{fps} fps: four seconds are too long to tell");
    }
}

#[test]
fn a_false_box_confirms_nothing() {
    let record = run(&[], Detector { false_boxes: 0.2, ..Detector::USUAL }, 10.0, 60.0);
    assert!(record.confirmed <= 1, "{}", record.confirmed);
}

/// Frames of boxes that stand: of each, from the number of the frame and the time, whether and how the model sees it.
fn drawn(fps: f64, seconds: f64, see: impl Fn(u32, f64) -> Vec<(FrameBox, f32)>) -> Record {
    let frame = |n: u32| {
        let t = f64::from(n) / fps;
        let seen = see(n, t).into_iter().map(|(bbox, score)| Detection { class: Car, score, bbox });
        (t, seen.collect())
    };
    let frames: Vec<_> = (0..(seconds * fps) as u32).map(frame).collect();
    watch(&scene(""), &Pinhole::default(), &frames)
}

const WAITS: FrameBox = FrameBox { x1: 0.40, y1: 0.40, x2: 0.48, y2: 0.50 };

#[test]
fn who_is_missed_does_not_take_the_box_of_a_half_hidden_neighbour() {
    // The one beside it is never seen well enough to be anybody.
    let beside = FrameBox { x1: 0.43, y1: 0.39, x2: 0.51, y2: 0.485 };
    for fps in RATES {
        let record = drawn(fps, 20.0, |_, t| {
            let missed = t > 2.0 && t % 2.0 < 0.5;
            let mut seen = vec![(beside, 0.3)];
            seen.extend((!missed).then_some((WAITS, 0.8)));
            seen
        });
        let moved = |track: &&TrackView| track.detected_now && (track.bbox.x1 - WAITS.x1).abs() > 0.01;
        let taken = record.tracks.iter().flat_map(|(_, tracks)| tracks).filter(moved).count();
        assert_eq!((record.confirmed, taken), (1, 0), "{fps}");
    }
}

#[test]
fn who_waits_and_is_seen_seldom_keeps_its_number() {
    for fps in RATES {
        let record = drawn(fps, 40.0, |n, t| {
            let seen = !(2.0..36.0).contains(&t) || n % (1.7 * fps) as u32 == 0;
            seen.then_some((WAITS, 0.8)).into_iter().collect()
        });
        assert_eq!(record.confirmed, 1, "{fps}");
    }
}

#[test]
fn a_neighbour_whose_box_shakes_over_its_place_does_not_end_it() {
    for fps in RATES {
        let record = drawn(fps, 30.0, |n, t| {
            let missed = t > 3.0 && n % 7 == 0;
            let by = if missed { -0.007 } else { 0.004 };
            let beside = FrameBox { x1: 0.442 + by, y1: 0.42, x2: 0.522 + by, y2: 0.512 + by };
            let mut seen = vec![(beside, 0.8)];
            seen.extend((!missed).then_some((WAITS, 0.8)));
            seen
        });
        assert_eq!(record.confirmed, 2, "{fps}");
    }
}
