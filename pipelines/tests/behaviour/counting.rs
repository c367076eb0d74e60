//! Counts are exact, whatever the frame rate and however rough the frames.

use crate::rng::Rng;
use crate::street::{Actor, Detector, Pinhole};
use crate::watch::{Timing, film, scene, watch};
use kerege_contract::{RoadUserClass, Scene};

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
