//! The plane of a calibration, in both units.

use super::*;
use kerege_contract::scene::CalibrationPoint;

const FRAME: FrameSize = FrameSize::new(1000, 500);

fn calibration(unit: RoadUnit, road: impl Fn([f64; 2]) -> [f64; 2]) -> Calibration {
    let corners =
        [([0.3, 0.2], [0.0, 60.0]), ([0.7, 0.2], [12.0, 60.0]), ([0.9, 0.9], [12.0, 0.0]), ([0.1, 0.9], [0.0, 0.0])];
    let points = corners.map(|(image, place)| CalibrationPoint { image: image.into(), road: road(place) });
    Calibration { unit, points: points.to_vec(), valid: Vec::new() }
}

#[test]
fn points_lie_where_they_were_measured_and_nothing_outside_their_hull() {
    let plane = GroundPlane::fit(&calibration(RoadUnit::Metres, |place| place), FRAME, 0.25).unwrap();
    let middle = plane.road(PixelPoint::new(500.0, 300.0)).unwrap();
    assert!((middle.x - 6.0).abs() < 1e-6 && (0.0..60.0).contains(&middle.y));
    assert_eq!(plane.road(PixelPoint::new(500.0, 50.0)), None);
    assert!(!plane.resolves(PixelPoint::new(500.0, 101.0)), "far away a pixel is too much");
    assert!(plane.resolves(PixelPoint::new(500.0, 440.0)));
    assert!((plane.relative_error() - 0.01).abs() < 1e-9);
}

#[test]
fn degrees_give_the_same_distances_as_metres() {
    let metres = GroundPlane::fit(&calibration(RoadUnit::Metres, |place| place), FRAME, 0.25).unwrap();
    let east = METRES_PER_DEGREE * 42.8746_f64.to_radians().cos();
    let to_degrees = |[x, y]: [f64; 2]| [74.5698 + x / east, 42.8746 + y / METRES_PER_DEGREE];
    let degrees = GroundPlane::fit(&calibration(RoadUnit::Lonlat, to_degrees), FRAME, 0.25).unwrap();
    let (a, b) = (PixelPoint::new(400.0, 200.0), PixelPoint::new(600.0, 400.0));
    let distance = |plane: &GroundPlane| plane.road(a).unwrap().distance(plane.road(b).unwrap());
    assert!((distance(&metres) - distance(&degrees)).abs() < 0.05, "{} {}", distance(&metres), distance(&degrees));
}

#[test]
fn a_measuring_error_shows() {
    let mut calibration = calibration(RoadUnit::Metres, |place| place);
    calibration.points.push(CalibrationPoint { image: [0.5, 0.55].into(), road: [9.0, 30.0] });
    let plane = GroundPlane::fit(&calibration, FRAME, 0.25).unwrap();
    assert!(plane.relative_error() > 0.01, "{}", plane.relative_error());
}
