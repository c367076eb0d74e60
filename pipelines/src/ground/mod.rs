//! The road as a plane: where a contact point is in metres, and how far that can be believed.

mod footprint;
mod homography;
mod hull;
mod motion;
mod speed;

pub(crate) use footprint::{Contact, Footprint, Size, cross, dot, front_in_picture, length_in_picture, unit};
pub(crate) use motion::{Motion, hardest_braking, sure};
pub(crate) use speed::{Speed, SpeedLog, estimate};

use homography::Homography;
use kerege_contract::geometry::polygon_contains;
use kerege_contract::scene::{Calibration, RoadUnit};
use kerege_contract::{FrameSize, PixelPoint};

/// Metres per degree of latitude, and of longitude at the equator (WGS 84, mean radius).
const METRES_PER_DEGREE: f64 = 111_194.93;

/// The map from a picture of one size to the road.
#[derive(Debug, Clone)]
pub(crate) struct GroundPlane {
    map: Homography,
    valid: Vec<PixelPoint>,
    error_m: f64,
    extent_m: f64,
    max_metres_per_pixel: f64,
}

impl GroundPlane {
    /// The plane of a calibration; none when its points do not determine one.
    pub(crate) fn fit(calibration: &Calibration, frame: FrameSize, max_metres_per_pixel: f64) -> Option<Self> {
        let image: Vec<PixelPoint> = calibration.points.iter().map(|point| frame.pixel(point.image)).collect();
        let road = in_metres(calibration);
        let map = Homography::fit(&image, &road)?;
        let valid = if calibration.valid.is_empty() { hull::convex(&image) } else { frame.pixels(&calibration.valid) };
        let residuals = image.iter().zip(&road).map(|(a, b)| map.map(*a).distance(*b).powi(2)).sum::<f64>();
        // Four pairs always fit: only what is beyond the eight unknowns tells an error.
        #[expect(clippy::cast_precision_loss, reason = "a handful of points")]
        let free = (2 * image.len()).saturating_sub(8).max(1) as f64;
        let extent_m = road.iter().map(|point| point.distance(road[0])).fold(0.0, f64::max);
        Some(Self { map, valid, error_m: (residuals / free).sqrt(), extent_m, max_metres_per_pixel })
    }

    /// Where on the road a contact point is, metres; none outside the valid polygon.
    pub(crate) fn road(&self, anchor: PixelPoint) -> Option<PixelPoint> {
        polygon_contains(&self.valid, anchor).then(|| self.map.map(anchor))
    }

    /// Which way on the road a direction in the picture goes at a contact point; its length means nothing.
    pub(crate) fn vector(&self, at: PixelPoint, direction: PixelPoint) -> PixelPoint {
        let length = direction.distance(PixelPoint::default()).max(f64::MIN_POSITIVE);
        let (from, to) =
            (self.map.map(at), self.map.map(PixelPoint::new(at.x + direction.x / length, at.y + direction.y / length)));
        PixelPoint::new(to.x - from.x, to.y - from.y)
    }

    /// How far on the road a small step in the picture goes at a contact point, metres for a step of
    /// `right` and `down` square pixels.
    pub(crate) fn step(&self, at: PixelPoint, right: f64, down: f64) -> PixelPoint {
        const SMALL: f64 = 0.01;
        let (from, to) = (self.map.map(at), self.map.map(PixelPoint::new(at.x + SMALL * right, at.y + SMALL * down)));
        PixelPoint::new((to.x - from.x) / SMALL, (to.y - from.y) / SMALL)
    }

    /// Where on the road a point of the picture would be if the plane went on beyond the valid polygon:
    /// for what is drawn, not for what is measured.
    pub(crate) fn extended(&self, point: PixelPoint) -> PixelPoint {
        self.map.map(point)
    }

    /// Error of the calibration's own points, metres.
    pub(crate) const fn residual_m(&self) -> f64 {
        self.error_m
    }

    /// Metres that one pixel covers at a contact point, in the worst direction.
    pub(crate) fn metres_per_pixel(&self, anchor: PixelPoint) -> f64 {
        self.map.stretch(anchor)
    }

    /// Whether a pixel is fine enough at a contact point to claim a speed.
    pub(crate) fn resolves(&self, anchor: PixelPoint) -> bool {
        self.metres_per_pixel(anchor) <= self.max_metres_per_pixel
    }

    /// Share by which distances may be off because of the calibration's own residuals, at least 1 %.
    pub(crate) fn relative_error(&self) -> f64 {
        if self.extent_m > 0.0 { (self.error_m / self.extent_m).max(0.01) } else { 1.0 }
    }
}

/// The road points in metres, around the first one when they are degrees.
fn in_metres(calibration: &Calibration) -> Vec<PixelPoint> {
    let points = calibration.points.iter().map(|point| point.road);
    match calibration.unit {
        RoadUnit::Metres => points.map(|[x, y]| PixelPoint::new(x, y)).collect(),
        RoadUnit::Lonlat => {
            let [lon0, lat0] = calibration.points.first().map_or([0.0; 2], |first| first.road);
            let east = METRES_PER_DEGREE * lat0.to_radians().cos();
            points.map(|[lon, lat]| PixelPoint::new((lon - lon0) * east, (lat - lat0) * METRES_PER_DEGREE)).collect()
        }
    }
}

#[cfg(test)]
mod tests;
