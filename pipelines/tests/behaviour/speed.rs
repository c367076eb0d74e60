//! Speeds on exact geometry: right within a kilometre per hour, or unknown.

use crate::road::{AWAY, Ground, road};
use crate::street::{Actor, Detector, Pinhole};
use crate::watch::{Timing, film, watch};
use kerege_contract::RoadUserClass::Car;

fn line(camera: &Pinhole, y: f64) -> String {
    format!("[[line]]\nid = 'L'\na = {}\nb = {}\n", camera.point(5.5, y), camera.point(-4.0, y))
}

#[test]
fn passages_know_their_speed_and_its_error() {
    let camera = Pinhole::default();
    let scene = road(&camera, Ground::Calibrated, &line(&camera, 34.0));
    let (mut errors, mut claimed) = (Vec::new(), Vec::new());
    for fps in [5.0, 10.0, 15.0, 30.0] {
        for (seed, kmh) in [(1, 20.0), (2, 40.0), (3, 60.0), (4, 90.0)] {
            let car = Actor::drive(Car, 0.0, [AWAY, 9.0], [AWAY, 80.0], kmh);
            let detector = Detector { false_boxes: 0.0, ..Detector::USUAL };
            let record = watch(&scene, &camera, &film(&camera, &[car], detector, Timing::rough(fps), 14.0, seed));
            let [passage] = record.passages.as_slice() else { panic!("{fps} {kmh}: {:?}", record.passages) };
            if let (Some(speed), Some(error)) = (passage.speed_kmh, passage.speed_err_kmh) {
                eprintln!("{fps} fps {kmh} km/h: {speed:.1} ± {error:.1}");
                errors.push((speed - kmh).abs());
                claimed.push(error);
                assert!((speed - kmh).abs() < 4.0 * error + 0.5, "{fps} fps: {speed} ± {error} of {kmh}");
            }
        }
    }
    errors.sort_by(f64::total_cmp);
    let mean = errors.iter().sum::<f64>() / errors.len() as f64;
    eprintln!("mean error {mean:.2}, median {:.2}, {} of 16 known", errors[errors.len() / 2], errors.len());
    assert!(errors.len() >= 13 && mean < 1.5);
}

#[test]
fn where_a_pixel_is_too_much_and_without_a_ground_plane_speed_is_unknown() {
    let camera = Pinhole::default();
    let far = road(&camera, Ground::Calibrated, &line(&camera, 58.0));
    let none = road(&camera, Ground::Unknown, &line(&camera, 28.0));
    for scene in [far, none] {
        let car = Actor::drive(Car, 0.0, [AWAY, 75.0], [AWAY, 48.0], 40.0);
        let near = Actor::drive(Car, 0.0, [AWAY, 24.0], [AWAY, 40.0], 40.0);
        let frames = film(&camera, &[car, near], Detector::PERFECT, Timing::steady(10.0), 8.0, 1);
        let record = watch(&scene, &camera, &frames);
        assert_eq!(record.passages.len(), 1);
        assert_eq!(record.passages[0].speed_kmh, None);
    }
}
