//! What is said of a calibration before it is used: residuals, leave-one-out errors, where it holds,
//! and how fine the picture is there. The one that frames are mapped with is made by the same fit.

use super::consensus::{Consensus, consensus};
use super::{GroundPlane, kept, left_out, root_mean_square, units};
use kerege_contract::calibration::{CalibrationReport, Finding, FindingCode, PointFit, Resolution, Verdict};
use kerege_contract::geometry::{polygon_area, polygon_contains};
use kerege_contract::scene::{Calibration, RoadUnit};
use kerege_contract::version::V1;
use kerege_contract::{FramePoint, FrameSize, PixelPoint};

/// Places of the resolution table: rows and columns.
const ROWS: u32 = 8;
const COLUMNS: u32 = 7;
/// Fewer used points than this tell too little of the error for a good verdict.
const GOOD_POINTS: usize = 6;
/// Distances may be off by this share in a good and in a usable calibration.
const GOOD_ERROR: f64 = 0.02;
const USABLE_ERROR: f64 = 0.1;
/// More points left out than this share, and nobody knows which are right.
const MOST_LEFT_OUT: f64 = 0.34;
/// Less of the picture than this is little.
const SMALL_SHARE: f64 = 0.04;
/// Places at which the area is sampled, each way.
const SAMPLES: u32 = 60;

/// Why points make no calibration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CannotCalibrate {
    /// Too few.
    #[error("{0} points are too few: give at least 4, better 6 or more, spread over the road that is seen")]
    TooFew(usize),
    /// They determine no map.
    #[error(
        "the points determine no plane: they lie in a row, or two that are far apart in the picture are the same on \
         the road; choose points that form a quadrangle both in the picture and on the road"
    )]
    NoPlane,
}

/// Fits a calibration to the picture of a size and tells how good it is. Pure: the same points give
/// the same report. `max_metres_per_pixel` is the coarsest pixel at which speeds are claimed.
///
/// # Errors
/// When the points determine no map.
pub fn calibrate(
    calibration: &Calibration,
    frame: FrameSize,
    max_metres_per_pixel: f64,
) -> Result<CalibrationReport, CannotCalibrate> {
    if calibration.points.len() < 4 {
        return Err(CannotCalibrate::TooFew(calibration.points.len()));
    }
    let image: Vec<PixelPoint> = calibration.points.iter().map(|point| frame.pixel(point.image)).collect();
    let road = units::in_metres(calibration);
    let found = consensus(&image, &road, f64::from(frame.height)).ok_or(CannotCalibrate::NoPlane)?;
    let plane = GroundPlane::fit(calibration, frame, max_metres_per_pixel).ok_or(CannotCalibrate::NoPlane)?;
    let points = points(calibration, &image, &road, &found);
    let used: Vec<&PointFit> = points.iter().filter(|point| point.used).collect();
    let rms = |of: &dyn Fn(&PointFit) -> Option<f64>| {
        let values: Vec<f64> = used.iter().filter_map(|point| of(point)).collect();
        (!values.is_empty()).then(|| root_mean_square(&values))
    };
    let picture = frame.square_width() * f64::from(frame.height);
    let mut report = CalibrationReport {
        v: V1,
        size: frame,
        unit: calibration.unit,
        verdict: Verdict::Good,
        findings: Vec::new(),
        rms_px: rms(&|point| Some(point.residual_px)).unwrap_or(0.0),
        rms_m: rms(&|point| Some(point.residual_m)).unwrap_or(0.0),
        left_out_rms_m: rms(&|point| point.left_out_m),
        relative_error: plane.relative_error(),
        valid: plane.valid.iter().map(|point| frame.frame_point(*point)).collect(),
        valid_share: (polygon_area(&plane.valid) / picture).clamp(0.0, 1.0),
        speed_share: speed_share(&plane, frame),
        max_metres_per_pixel,
        resolution: resolution(&plane, frame),
        points,
    };
    let middle = kept(&image, &found.used)[0];
    judge(&mut report, found.to_road.turns_over(middle));
    Ok(report)
}

fn points(calibration: &Calibration, image: &[PixelPoint], road: &[PixelPoint], found: &Consensus) -> Vec<PointFit> {
    let left_out = left_out(image, road, found);
    let fit = |index: usize| {
        let point = &calibration.points[index];
        PointFit {
            image: point.image,
            road: point.road,
            used: found.used[index],
            residual_px: finite(found.to_image.map(road[index]).distance(image[index])),
            residual_m: finite(found.to_road.map(image[index]).distance(road[index])),
            left_out_m: left_out[index],
        }
    };
    (0..image.len()).map(fit).collect()
}

/// A point on the horizon is infinitely far off; what is sent must be a number.
fn finite(value: f64) -> f64 {
    if value.is_finite() { value } else { f64::from(f32::MAX) }
}

fn judge(report: &mut CalibrationReport, turned_over: bool) {
    let mut add = |verdict: Verdict, code: FindingCode, point: Option<usize>| {
        report.verdict = report.verdict.max(verdict);
        report.findings.push(Finding { code, point });
    };
    let out: Vec<usize> =
        report.points.iter().enumerate().filter(|(_, point)| !point.used).map(|(index, _)| index + 1).collect();
    let used = report.points.len() - out.len();
    #[expect(clippy::cast_precision_loss, reason = "a handful of points")]
    let share_out = out.len() as f64 / report.points.len() as f64;
    if share_out > MOST_LEFT_OUT {
        add(Verdict::Unusable, FindingCode::PointsDisagree, None);
    }
    if turned_over {
        // Plane coordinates may have any handedness; degrees have one.
        let verdict = if report.unit == RoadUnit::Lonlat { Verdict::Unusable } else { Verdict::Usable };
        add(verdict, FindingCode::TurnedOver, None);
    }
    if report.relative_error > USABLE_ERROR {
        add(Verdict::Unusable, FindingCode::LargeError, None);
    } else if report.relative_error > GOOD_ERROR {
        add(Verdict::Usable, FindingCode::LargeError, None);
    }
    for point in out {
        add(Verdict::Usable, FindingCode::PointLeftOut, Some(point));
    }
    if report.left_out_rms_m.is_none() || used < GOOD_POINTS {
        add(Verdict::Usable, FindingCode::ErrorUnknown, None);
    }
    if report.speed_share == 0.0 {
        add(Verdict::Usable, FindingCode::TooCoarse, None);
    }
    if report.valid_share < SMALL_SHARE {
        add(Verdict::Usable, FindingCode::SmallArea, None);
    }
}

/// Share of the valid area in which a pixel is fine enough to claim a speed.
fn speed_share(plane: &GroundPlane, frame: FrameSize) -> f64 {
    let (mut all, mut fine) = (0.0, 0.0);
    for place in places(SAMPLES, SAMPLES).map(|place| frame.pixel(place)) {
        if polygon_contains(&plane.valid, place) {
            all += 1.0;
            fine += if plane.map.depth(place) > 0.0 && plane.resolves(place) { 1.0 } else { 0.0 };
        }
    }
    if all > 0.0 { fine / all } else { 0.0 }
}

fn resolution(plane: &GroundPlane, frame: FrameSize) -> Vec<Vec<Resolution>> {
    let one = |image: FramePoint| {
        let place = frame.pixel(image);
        let metres = (plane.map.depth(place) > 0.0).then(|| plane.metres_per_pixel(place));
        Resolution { image, metres_per_pixel: metres, valid: polygon_contains(&plane.valid, place) }
    };
    let all: Vec<Resolution> = places(COLUMNS, ROWS).map(one).collect();
    all.chunks(COLUMNS as usize).map(<[Resolution]>::to_vec).collect()
}

/// The middles of so many columns and rows of the picture, row by row from the top.
fn places(columns: u32, rows: u32) -> impl Iterator<Item = FramePoint> {
    let middle = |n: u32, of: u32| (f64::from(n) + 0.5) / f64::from(of);
    (0..rows).flat_map(move |row| {
        (0..columns).map(move |column| FramePoint { x: middle(column, columns), y: middle(row, rows) })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use kerege_contract::scene::CalibrationPoint;

    const FRAME: FrameSize = FrameSize::new(1280, 720);

    /// A camera 8 m above the road that looks down by 18 degrees.
    fn seen(x: f64, y: f64) -> FramePoint {
        let (sin, cos) = 18.0_f64.to_radians().sin_cos();
        let depth = y * cos + 8.0 * sin;
        FramePoint { x: 0.5 + 1000.0 * x / depth / 1280.0, y: 0.5 + 1000.0 * (8.0 * cos - y * sin) / depth / 720.0 }
    }

    fn measured(count: usize) -> Calibration {
        let places = [(-5.0, 14.0), (6.0, 14.0), (6.0, 45.0), (-5.0, 45.0), (0.5, 22.0), (5.0, 30.0), (-4.0, 36.0)];
        let point = |(x, y): &(f64, f64)| CalibrationPoint { image: seen(*x, *y), road: [*x, *y] };
        Calibration {
            unit: RoadUnit::Metres,
            points: places.iter().take(count).map(point).collect(),
            valid: Vec::new(),
        }
    }

    fn codes(report: &CalibrationReport) -> Vec<(FindingCode, Option<usize>)> {
        report.findings.iter().map(|finding| (finding.code, finding.point)).collect()
    }

    #[test]
    fn exact_points_are_good_and_say_where_speeds_are_claimed() {
        let report = calibrate(&measured(7), FRAME, 0.25).unwrap();
        assert_eq!((report.verdict, codes(&report)), (Verdict::Good, vec![]));
        assert!(report.rms_px < 1e-6 && report.rms_m < 1e-6 && report.left_out_rms_m.unwrap() < 1e-6);
        assert!((report.relative_error - 0.01).abs() < 1e-12);
        // A pixel is 0.25 m at about 42 m: nearly all of the area but its farthest rows.
        assert!(report.speed_share > 0.9 && report.speed_share < 1.0, "{}", report.speed_share);
        let column: Vec<Option<f64>> = report.resolution.iter().map(|row| row[3].metres_per_pixel).collect();
        assert!(column[0].is_none_or(|metres| metres > 10.0), "at the horizon or over it: {column:?}");
        let known: Vec<f64> = column.iter().flatten().copied().collect();
        assert!(known.windows(2).all(|pair| pair[0] > pair[1]), "nearer is finer: {known:?}");
    }

    #[test]
    fn four_points_leave_the_error_unknown() {
        let report = calibrate(&measured(4), FRAME, 0.25).unwrap();
        assert_eq!((report.verdict, codes(&report)), (Verdict::Usable, vec![(FindingCode::ErrorUnknown, None)]));
        assert_eq!(report.left_out_rms_m, None);
        assert!((report.relative_error - 0.02).abs() < 1e-12);
    }

    #[test]
    fn a_wrong_point_is_named_and_left_out() {
        let mut calibration = measured(7);
        calibration.points[4].road[0] += 3.0;
        let report = calibrate(&calibration, FRAME, 0.25).unwrap();
        assert_eq!(codes(&report), [(FindingCode::PointLeftOut, Some(5))]);
        assert!(!report.points[4].used && (report.points[4].residual_m - 3.0).abs() < 1e-6);
        assert!(report.points.iter().enumerate().all(|(n, point)| n == 4 || point.residual_m < 1e-6));
    }

    #[test]
    fn points_that_do_not_belong_together_are_no_calibration() {
        let mut calibration = measured(7);
        for (n, point) in calibration.points.iter_mut().enumerate() {
            #[expect(clippy::cast_precision_loss, reason = "a test")]
            let n = n as f64;
            point.road = [(n * 7.0) % 5.0 * 3.0, (n * 11.0) % 7.0 * 6.0];
        }
        let report = calibrate(&calibration, FRAME, 0.25);
        assert!(report.is_err() || report.unwrap().verdict == Verdict::Unusable);
        assert_eq!(calibrate(&measured(3), FRAME, 0.25), Err(CannotCalibrate::TooFew(3)));
        let mut row = measured(6);
        row.points.iter_mut().for_each(|point| point.road[1] = 2.0 * point.road[0]);
        assert_eq!(calibrate(&row, FRAME, 0.25), Err(CannotCalibrate::NoPlane));
    }

    #[test]
    fn exchanged_longitude_and_latitude_show() {
        let mut calibration = measured(7);
        calibration.unit = RoadUnit::Lonlat;
        for point in &mut calibration.points {
            let [x, y] = point.road;
            point.road = [74.6 + x / 81_700.0, 42.87 + y / 111_100.0];
        }
        assert_eq!(calibrate(&calibration, FRAME, 0.25).unwrap().verdict, Verdict::Good);
        calibration.points.iter_mut().for_each(|point| point.road.swap(0, 1));
        let report = calibrate(&calibration, FRAME, 0.25).unwrap();
        assert_eq!(report.verdict, Verdict::Unusable);
        assert!(codes(&report).contains(&(FindingCode::TurnedOver, None)));
    }
}
