//! Road points in metres, whatever unit they were measured in.

use kerege_contract::PixelPoint;
use kerege_contract::scene::{Calibration, RoadUnit};

/// Metres per degree of longitude and of latitude at a latitude (WGS 84 ellipsoid, series of the
/// National Geospatial-Intelligence Agency; good to a centimetre).
pub(crate) fn metres_per_degree(latitude_deg: f64) -> [f64; 2] {
    let latitude = latitude_deg.to_radians();
    let cos = |times: f64| (times * latitude).cos();
    [
        111_412.84 * cos(1.0) - 93.5 * cos(3.0) + 0.118 * cos(5.0),
        111_132.92 - 559.82 * cos(2.0) + 1.175 * cos(4.0) - 0.0023 * cos(6.0),
    ]
}

/// The road points in metres: x to the east and y to the north of the first one when they are degrees.
pub(crate) fn in_metres(calibration: &Calibration) -> Vec<PixelPoint> {
    let points = calibration.points.iter().map(|point| point.road);
    match calibration.unit {
        RoadUnit::Metres => points.map(|[x, y]| PixelPoint::new(x, y)).collect(),
        RoadUnit::Lonlat => {
            let [lon0, lat0] = calibration.points.first().map_or([0.0; 2], |first| first.road);
            let [east, north] = metres_per_degree(lat0);
            points.map(|[lon, lat]| PixelPoint::new((lon - lon0) * east, (lat - lat0) * north)).collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn degrees_are_as_long_as_the_ellipsoid_says() {
        // Published lengths of a degree at 0, 45 and 60 degrees.
        for (latitude, east, north) in
            [(0.0, 111_319.5, 110_574.3), (45.0, 78_846.8, 111_131.8), (60.0, 55_800.0, 111_412.3)]
        {
            let [e, n] = metres_per_degree(latitude);
            assert!((e - east).abs() < 1.5 && (n - north).abs() < 1.5, "{latitude}: {e} {n}");
        }
    }
}
