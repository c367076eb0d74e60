//! The plane of a calibration, in both units.

use super::*;
use kerege_contract::scene::{CalibrationPoint, RoadUnit};
use proptest::prelude::*;

const FRAME: FrameSize = FrameSize::new(1000, 500);

fn calibration(unit: RoadUnit, road: impl Fn([f64; 2]) -> [f64; 2]) -> Calibration {
    let corners =
        [([0.3, 0.2], [0.0, 60.0]), ([0.7, 0.2], [12.0, 60.0]), ([0.9, 0.9], [12.0, 0.0]), ([0.1, 0.9], [0.0, 0.0])];
    let points = corners.map(|(image, place)| CalibrationPoint { image: image.into(), road: road(place) });
    Calibration { unit, points: points.to_vec(), valid: Vec::new() }
}

fn plane(calibration: &Calibration) -> GroundPlane {
    GroundPlane::fit(calibration, FRAME, 0.25).unwrap()
}

#[test]
fn points_lie_where_they_were_measured_and_nothing_outside_their_hull() {
    let plane = plane(&calibration(RoadUnit::Metres, |place| place));
    let middle = plane.road(PixelPoint::new(500.0, 300.0)).unwrap();
    assert!((middle.x - 6.0).abs() < 1e-6 && (0.0..60.0).contains(&middle.y));
    assert_eq!(plane.road(PixelPoint::new(500.0, 50.0)), None);
    assert!(!plane.resolves(PixelPoint::new(500.0, 101.0)), "far away a pixel is too much");
    assert!(plane.resolves(PixelPoint::new(500.0, 440.0)));
    assert!((plane.relative_error() - UNKNOWN_ERROR).abs() < 1e-9);
}

#[test]
fn degrees_give_the_same_distances_as_metres() {
    let metres = plane(&calibration(RoadUnit::Metres, |place| place));
    let [east, north] = units::metres_per_degree(42.8746);
    let to_degrees = |[x, y]: [f64; 2]| [74.5698 + x / east, 42.8746 + y / north];
    let degrees = plane(&calibration(RoadUnit::Lonlat, to_degrees));
    let (a, b) = (PixelPoint::new(400.0, 200.0), PixelPoint::new(600.0, 400.0));
    let distance = |plane: &GroundPlane| plane.road(a).unwrap().distance(plane.road(b).unwrap());
    assert!((distance(&metres) - distance(&degrees)).abs() < 0.01, "{} {}", distance(&metres), distance(&degrees));
}

#[test]
fn a_measuring_error_shows() {
    let exact = plane(&calibration(RoadUnit::Metres, |place| place));
    let mut more = calibration(RoadUnit::Metres, |place| place);
    for image in [[0.5, 0.55], [0.4, 0.35], [0.65, 0.75]] {
        let road = exact.road(FRAME.pixel(image.into())).unwrap();
        more.points.push(CalibrationPoint { image: image.into(), road: [road.x, road.y] });
    }
    assert!((plane(&more).relative_error() - LEAST_ERROR).abs() < 1e-9);
    // Clicked a little beside the corners.
    for (n, point) in more.points.iter_mut().enumerate() {
        point.image.x += if n % 2 == 0 { 0.008 } else { -0.008 };
        point.image.y += if n % 3 == 0 { 0.016 } else { -0.012 };
    }
    assert!(plane(&more).relative_error() > LEAST_ERROR);
}

#[test]
fn the_view_leads_away_from_the_camera() {
    let plane = plane(&calibration(RoadUnit::Metres, |place| place));
    for (x, y) in [(500.0, 440.0), (300.0, 300.0), (700.0, 120.0)] {
        let at = PixelPoint::new(x, y);
        let (here, above) = (plane.map.map(at), plane.map.map(PixelPoint::new(x, y - 1.0)));
        let (view, way) = (plane.view(here), normalized(PixelPoint::new(above.x - here.x, above.y - here.y)));
        assert!((view.x - way.x).hypot(view.y - way.y) < 1e-2, "{view:?} {way:?}");
    }
}

proptest! {
    #[test]
    fn where_the_road_is_measured_from_does_not_matter(angle in 0.0..std::f64::consts::TAU, x in -1e4..1e4f64, y in -1e4..1e4f64) {
        let (sin, cos) = angle.sin_cos();
        let turned = |[a, b]: [f64; 2]| [x + a * cos - b * sin, y + a * sin + b * cos];
        let (plain, moved) = (plane(&calibration(RoadUnit::Metres, |place| place)), plane(&calibration(RoadUnit::Metres, turned)));
        let (a, b) = (PixelPoint::new(400.0, 200.0), PixelPoint::new(600.0, 400.0));
        let distance = |plane: &GroundPlane| plane.road(a).unwrap().distance(plane.road(b).unwrap());
        prop_assert!((distance(&plain) - distance(&moved)).abs() < 1e-5);
        let along = |plane: &GroundPlane| {
            let (view, way) = (plane.view(plane.road(a).unwrap()), plane.direction(a, PixelPoint::new(1.0, 0.0)));
            view.x * way.x + view.y * way.y
        };
        prop_assert!((along(&plain) - along(&moved)).abs() < 1e-5);
    }
}
