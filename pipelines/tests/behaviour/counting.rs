//! Counts are exact, whatever the frame rate and however rough the frames.

use crate::rng::Rng;
use crate::road::{Ground, road};
use crate::street::{Actor, Detector, Pinhole};
use crate::watch::{Timing, film, scene, watch};
use kerege_contract::{Detection, FrameBox, RoadUserClass, Scene};

const RATES: [f64; 5] = [5.0, 8.0, 10.0, 15.0, 30.0];

/// A line over the road at y metres from the camera; away from the camera is forward.
fn line(camera: &Pinhole, id: &str, y: f64) -> String {
    format!("[[line]]\nid = '{id}'\na = {}\nb = {}\n", camera.point(9.0, y), camera.point(-9.0, y))
}

fn one_line(camera: &Pinhole, y: f64) -> Scene {
    scene(&line(camera, "L", y))
}

/// Cars, buses and trucks on two lanes each way for a minute and a half.
fn traffic(seed: u64) -> (Vec<Actor>, usize, usize) {
    let rng = &mut Rng::new(seed);
    let mut actors = Vec::new();
    let (mut away, mut towards) = (0, 0);
    for (x, outward) in [(2.0, true), (5.5, true), (-2.0, false), (-5.5, false)] {
        let mut start = rng.between(0.0, 3.0);
        let kmh = rng.between(30.0, 55.0);
        while start < 75.0 {
            let class = match (rng.unit() * 10.0) as u32 {
                0 => RoadUserClass::Bus,
                1 => RoadUserClass::Truck,
                2 => RoadUserClass::Van,
                _ => RoadUserClass::Car,
            };
            let (from, to) = if outward { (8.0, 90.0) } else { (90.0, 8.0) };
            actors.push(Actor::drive(class, start, [x, from], [x, to], kmh));
            *(if outward { &mut away } else { &mut towards }) += 1;
            start += rng.between(3.4, 7.0);
        }
    }
    (actors, away, towards)
}

#[test]
fn flowing_traffic_is_counted_exactly_at_every_frame_rate() {
    let camera = Pinhole::default();
    let scene = one_line(&camera, 24.0);
    for seed in [1, 2, 3] {
        let (actors, away, towards) = traffic(seed);
        for fps in RATES {
            let frames = film(
                &camera,
                &actors,
                Detector { missed: 0.0, false_boxes: 0.0, hidden: 0.95, ..Detector::USUAL },
                Timing::steady(fps),
                90.0,
                seed,
            );
            let record = watch(&scene, &camera, &frames);
            assert_eq!(record.counted("L"), (away, towards), "seed {seed}, {fps} fps");
        }
    }
}

#[test]
fn rough_frames_and_a_poor_detector_lose_next_to_nothing() {
    let camera = Pinhole::default();
    let scene = one_line(&camera, 24.0);
    let (mut truth, mut counted) = (0, 0);
    for seed in [11, 12, 13] {
        let (actors, away, towards) = traffic(seed);
        for fps in RATES {
            let frames =
                film(&camera, &actors, Detector { hidden: 0.95, ..Detector::USUAL }, Timing::rough(fps), 90.0, seed);
            let (forward, backward) = watch(&scene, &camera, &frames).counted("L");
            eprintln!("seed {seed} {fps} fps: {forward}+{backward} of {away}+{towards}");
            truth += away + towards;
            counted += forward + backward;
        }
    }
    let error = (counted as f64 - truth as f64).abs() / truth as f64;
    assert!(error <= 0.02, "{counted} of {truth}");
}

#[test]
fn a_car_that_stands_on_the_line_for_ten_minutes_and_shakes_counts_once() {
    let camera = Pinhole::default();
    // Its rear, which is what touches the road nearest to the camera, stands on the line.
    let scene = one_line(&camera, 24.0);
    for fps in [5.0, 10.0, 30.0] {
        for seed in [1, 2] {
            let way = [[0.0, 2.0, 9.0], [3.0, 2.0, 26.25], [603.0, 2.0, 26.25], [608.0, 2.0, 80.0]];
            let mut car = Actor::new(RoadUserClass::Car, &way);
            car.shake = 0.1;
            let detector = Detector { false_boxes: 0.0, ..Detector::USUAL };
            let frames = film(&camera, &[car], detector, Timing::rough(fps), 612.0, seed);
            let record = watch(&scene, &camera, &frames);
            assert_eq!(record.counted("L"), (1, 0), "{fps} fps, seed {seed}");
            assert!(record.confirmed <= 2, "{fps} fps, seed {seed}: {} numbers", record.confirmed);
        }
    }
}

#[test]
fn lines_near_the_frames_edges_count_what_leaves_and_what_enters() {
    let camera = Pinhole::default();
    // The bottom of the picture is 10.3 m away; the far line lies where a car is 20 pixels high.
    for y in [11.2, 13.0, 60.0] {
        let scene = one_line(&camera, y);
        for fps in RATES {
            let mut actors = Vec::new();
            for n in 0..8 {
                let start = 6.0 * f64::from(n);
                actors.push(Actor::drive(RoadUserClass::Car, start, [2.0, 3.0], [2.0, 90.0], 35.0));
                actors.push(Actor::drive(RoadUserClass::Car, start, [-2.0, 90.0], [-2.0, 3.0], 35.0));
            }
            let detector = Detector { missed: 0.0, false_boxes: 0.0, ..Detector::USUAL };
            let frames = film(&camera, &actors, detector, Timing::steady(fps), 56.0, 4);
            assert_eq!(watch(&scene, &camera, &frames).counted("L"), (8, 8), "line at {y} m, {fps} fps");
        }
    }
}

#[test]
fn reversing_counts_once_each_way_and_classes_are_kept_apart() {
    let camera = Pinhole::default();
    let text = line(&camera, "all", 24.0) + &line(&camera, "buses", 30.0) + "classes = ['bus']\n";
    let way =
        [[0.0, 2.0, 10.0], [3.0, 2.0, 36.0], [6.0, 2.0, 36.0], [12.0, 2.0, 14.0], [14.0, 2.0, 14.0], [20.0, 2.0, 80.0]];
    let actors =
        [Actor::new(RoadUserClass::Car, &way), Actor::drive(RoadUserClass::Bus, 2.0, [-2.5, 90.0], [-2.5, 8.0], 40.0)];
    let detector = Detector { false_boxes: 0.0, flips: 0.0, ..Detector::USUAL };
    let record = watch(&scene(&text), &camera, &film(&camera, &actors, detector, Timing::rough(10.0), 24.0, 3));
    assert_eq!(record.counted("all"), (1, 2));
    assert_eq!(record.counted("buses"), (0, 1));
    assert_eq!(record.classes("all"), [(RoadUserClass::Car, 2), (RoadUserClass::Bus, 1)].into());
}

#[test]
fn crossing_times_lie_between_the_frames() {
    let camera = Pinhole::default();
    let scene = one_line(&camera, 24.0);
    for fps in RATES {
        let car = Actor::drive(RoadUserClass::Car, 0.0, [2.0, 9.0], [2.0, 80.0], 36.0);
        let frames = film(&camera, &[car], Detector::PERFECT, Timing::steady(fps), 8.0, 1);
        let record = watch(&scene, &camera, &frames);
        let [passage] = record.passages.as_slice() else { panic!("{fps}: {:?}", record.passages) };
        // Its middle is on the line after 15 m at 10 m/s; a picture without a scale puts it up to a metre nearer.
        assert!((1.48..1.68).contains(&passage.t), "{fps} fps: {}", passage.t);
        assert_eq!(passage.utc.millis() - crate::watch::START_MS, (passage.t * 1000.0).round() as i64);
    }
}

/// A truck that drives down the picture, with a second box around its cab.
fn truck_and_cab(fps: f64) -> Vec<(f64, Vec<Detection>)> {
    let seen = |t: f64| {
        let y = 0.1 + 0.1 * t as f32;
        let truck = FrameBox { x1: 0.4, y1: y, x2: 0.55, y2: y + 0.2 };
        let cab = FrameBox { x1: 0.5, y1: y + 0.03, x2: 0.56, y2: y + 0.19 };
        let of = |class, score, bbox| Detection { class, score, bbox };
        vec![of(RoadUserClass::Truck, 0.8, truck), of(RoadUserClass::Van, 0.6, cab)]
    };
    (0..(6.0 * fps) as u32).map(|n| f64::from(n) / fps).map(|t| (t, seen(t))).collect()
}

#[test]
fn a_truck_whose_cab_is_seen_as_a_van_counts_once() {
    let scene = scene("[[line]]\nid = 'L'\na = [0.9, 0.5]\nb = [0.1, 0.5]\n");
    for fps in RATES {
        let record = watch(&scene, &Pinhole::default(), &truck_and_cab(fps));
        let (forward, backward) = record.counted("L");
        assert_eq!(forward + backward, 1, "{fps} fps");
    }
}

#[test]
fn on_a_calibrated_camera_the_middle_of_every_vehicle_passes_the_line() {
    let camera = Pinhole::default();
    let scene = road(&camera, Ground::Calibrated, &line(&camera, "L", 24.0));
    for class in [RoadUserClass::Car, RoadUserClass::Van, RoadUserClass::Bus, RoadUserClass::Truck] {
        for fps in RATES {
            let vehicle = Actor::drive(class, 0.0, [2.0, 9.0], [2.0, 80.0], 36.0);
            let frames = film(&camera, &[vehicle], Detector::PERFECT, Timing::steady(fps), 8.0, 1);
            let record = watch(&scene, &camera, &frames);
            let [passage] = record.passages.as_slice() else { panic!("{class} {fps}: {:?}", record.passages) };
            // A bus of the test is a metre longer than the usual one.
            assert!((passage.t - 1.5).abs() < 0.06, "{class} {fps} fps: {}", passage.t);
        }
    }
}

/// Two cars that drive across the picture side by side, one nearly before the other; the farther one comes `late_s`
/// seconds after the nearer one, which waits for it.
fn abreast(fps: f64, late_s: f64) -> Vec<(f64, Vec<Detection>)> {
    let car = |x: f32, y: f32| Detection {
        class: RoadUserClass::Car,
        score: 0.8,
        bbox: FrameBox { x1: x, y1: y, x2: x + 0.08, y2: y + 0.12 },
    };
    let seen = |t: f64| {
        let together = 0.2 + 0.1 * (t - late_s).max(0.0) as f32;
        let nearer = car(0.2_f32.max(together), 0.3);
        let farther = car(together + 0.1 * (t - late_s).min(0.0) as f32, 0.264);
        if farther.bbox.x1 > 0.0 { vec![nearer, farther] } else { vec![nearer] }
    };
    (0..((6.0 + late_s) * fps) as u32).map(|n| f64::from(n) / fps).map(|t| (t, seen(t))).collect()
}

#[test]
fn two_that_drive_side_by_side_and_cover_each_other_count_two() {
    let line = "[[line]]\nid = 'L'\na = [0.5, 0.9]\nb = [0.5, 0.1]\n";
    for fps in RATES {
        // They came one after the other.
        let record = watch(&scene(line), &Pinhole::default(), &abreast(fps, 2.0));
        let (forward, backward) = record.counted("L");
        assert_eq!(forward + backward, 2, "{fps} fps, one after the other");
        // They were never seen apart, but stand in two lanes.
        let camera = Pinhole::default();
        let record = watch(&road(&camera, Ground::Calibrated, line), &camera, &abreast(fps, 0.0));
        let (forward, backward) = record.counted("L");
        assert_eq!(forward + backward, 2, "{fps} fps, by the road");
    }
}
