//! Speeds on exact geometry: right within a kilometre per hour, or unknown.
//!
//! Perspective cameras over a straight road, calibrated with exact points. Truth is the speed of the
//! road user on the line. Boxes are exact, or jitter as a detector's do.

use crate::road::{Ground, road};
use crate::street::{Actor, Detector, Pinhole};
use crate::watch::{Timing, film, scene, watch};
use kerege_contract::RoadUserClass::{self, Bus, Car, Truck, Van};
use kerege_contract::{FrameSize, Scene};

/// Where the line is, metres from the camera.
const LINE_M: f64 = 32.0;

fn cameras() -> [Pinhole; 3] {
    let size = FrameSize::new(1280, 720);
    [
        Pinhole::default(),
        Pinhole { size, focal: 1400.0, height_m: 6.5, pitch_deg: 12.0 },
        Pinhole { size: FrameSize::new(1920, 1080), focal: 1300.0, height_m: 12.0, pitch_deg: 28.0 },
    ]
}

/// A line over two lanes, one each way, with a calibration of exact points.
fn measured(camera: &Pinhole) -> Scene {
    let points = [(-4.0, 15.0), (4.0, 15.0), (4.5, 24.0), (-4.5, 24.0), (-7.0, 44.0), (7.0, 44.0), (1.0, 33.0)];
    let mut text = String::from("[calibration]\nunit = 'metres'\npoints = [\n");
    for (x, y) in points {
        text += &format!("{{ image = {}, road = [{x:.1}, {y:.1}] }},\n", exact(camera, x, y));
    }
    text += &format!("]\nvalid = {}\n", camera.rectangle(-4.0, 14.0, 4.0, 46.0));
    text += &format!("[[line]]\nid = 'L'\na = {}\nb = {}\n", camera.point(4.0, LINE_M), camera.point(-4.0, LINE_M));
    for (id, x, from, to) in [("away", 2.0, 14.0, 46.0), ("towards", -2.0, 46.0, 14.0)] {
        let polygon = camera.rectangle(x - 1.75, 14.0, x + 1.75, 46.0);
        let centre = format!("[{}, {}]", camera.point(x, from), camera.point(x, to));
        text += &format!("[[lane]]\nid = '{id}'\npolygon = {polygon}\ncentre = {centre}\n");
    }
    scene(&text)
}

/// A point with all its digits: five would be an error of their own.
fn exact(camera: &Pinhole, x: f64, y: f64) -> String {
    let [u, v] = camera.project(x, y, 0.0).unwrap();
    assert!((0.0..=1.0).contains(&u) && (0.0..=1.0).contains(&v), "{x} {y} is outside of the picture");
    format!("[{u}, {v}]")
}

/// A drive over the line, and its speed there, km/h.
fn drive(class: RoadUserClass, away: bool, kmh: f64, acceleration: f64) -> (Actor, f64) {
    let (v, mut way) = (kmh / 3.6, Vec::new());
    let (x, sign) = if away { (2.0, 1.0) } else { (-2.0, -1.0) };
    // Its middle crosses the line with `kmh` at t = 6.
    let middle = LINE_M;
    for step in 0..=120 {
        let t = 0.1 * f64::from(step);
        let dt = t - 6.0;
        let s = v * dt + acceleration * dt * dt / 2.0;
        if v + acceleration * dt > 0.5 && (6.0..95.0).contains(&(middle + sign * s)) {
            way.push([t, x, middle + sign * s]);
        }
    }
    (Actor::new(class, &way), kmh)
}

/// Errors of all drives past all cameras, km/h with their sign, and how many passages had a speed.
fn errors(detector: Detector, accelerations: &[f64]) -> (Vec<f64>, usize, usize) {
    let (mut errors, mut passages, mut honest) = (Vec::new(), 0, 0);
    let mut seed = 0;
    for camera in cameras() {
        let scene = measured(&camera);
        for fps in [5.0, 10.0, 15.0, 30.0] {
            for class in [Car, Van, Bus, Truck] {
                for kmh in [15.0, 32.0, 50.0, 71.0] {
                    for (away, acceleration) in accelerations.iter().flat_map(|a| [(true, *a), (false, *a)]) {
                        seed += 1;
                        let (actor, truth) = drive(class, away, kmh, acceleration);
                        let frames = film(&camera, &[actor], detector, Timing::rough(fps), 12.0, seed);
                        for passage in watch(&scene, &camera, &frames).passages {
                            passages += 1;
                            if let (Some(speed), Some(error)) = (passage.speed_kmh, passage.speed_err_kmh) {
                                errors.push(speed - truth);
                                honest += usize::from((speed - truth).abs() <= 3.0 * error + 0.1);
                            }
                        }
                    }
                }
            }
        }
    }
    (errors, passages, honest)
}

/// Mean and median of the absolute errors, and the mean error.
fn figures(errors: &[f64]) -> (f64, f64, f64) {
    let mut absolute: Vec<f64> = errors.iter().map(|error| error.abs()).collect();
    absolute.sort_by(f64::total_cmp);
    let n = errors.len() as f64;
    (absolute.iter().sum::<f64>() / n, absolute[absolute.len() / 2], errors.iter().sum::<f64>() / n)
}

fn report(what: &str, (errors, passages, honest): &(Vec<f64>, usize, usize)) -> (f64, f64) {
    let (mean, median, bias) = figures(errors);
    let (known, n) = (errors.len() as f64 / *passages as f64, errors.len());
    let honest = *honest as f64 / n as f64;
    eprintln!(
        "{what}: mean error {mean:.2} km/h, median {median:.2}, bias {bias:+.2}; {n} speeds, {:.0} % of passages; \
         {:.1} % within three of their own errors",
        100.0 * known,
        100.0 * honest
    );
    assert!(known > 0.8, "{what}: too many speeds are unknown");
    assert!(honest > 0.97, "{what}: the errors that are told are too small");
    (mean, median)
}

#[test]
fn exact_boxes_give_exact_speeds() {
    let (mean, median) = report("exact boxes, steady speed", &errors(Detector::PERFECT, &[0.0]));
    assert!(mean <= 1.0 && median <= 0.6, "{mean} {median}");
    let (mean, median) = report("exact boxes, braking and speeding up", &errors(Detector::PERFECT, &[-1.5, 1.2]));
    assert!(mean <= 1.0 && median <= 0.6, "{mean} {median}");
}

#[test]
fn jittering_boxes_give_speeds_with_honest_errors() {
    let usual = Detector { false_boxes: 0.0, ..Detector::USUAL };
    let (mean, median) = report("boxes with 2 % jitter, steady speed", &errors(usual, &[0.0]));
    assert!(mean <= 2.0 && median <= 1.5, "{mean} {median}");
    let (mean, median) = report("boxes with 2 % jitter, braking and speeding up", &errors(usual, &[-1.5, 1.2]));
    assert!(mean <= 3.0 && median <= 2.5, "{mean} {median}");
}

#[test]
fn where_a_pixel_is_too_much_and_without_a_ground_plane_speed_is_unknown() {
    let camera = Pinhole::default();
    let line = |y: f64| format!("[[line]]\nid = 'L'\na = {}\nb = {}\n", camera.point(5.5, y), camera.point(-4.0, y));
    let far = road(&camera, Ground::Calibrated, &line(58.0));
    let none = road(&camera, Ground::Unknown, &line(28.0));
    for scene in [far, none] {
        let car = Actor::drive(Car, 0.0, [2.0, 75.0], [2.0, 48.0], 40.0);
        let near = Actor::drive(Car, 0.0, [2.0, 24.0], [2.0, 40.0], 40.0);
        let frames = film(&camera, &[car, near], Detector::PERFECT, Timing::steady(10.0), 8.0, 1);
        let record = watch(&scene, &camera, &frames);
        assert_eq!(record.passages.len(), 1);
        assert_eq!(record.passages[0].speed_kmh, None);
    }
}
