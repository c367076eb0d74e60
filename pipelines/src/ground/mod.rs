//! The road as a plane: where a contact point is in metres, and how far that can be believed.

mod calibrate;
mod consensus;
mod eye;
mod footprint;
mod homography;
mod hull;
mod middle;
mod motion;
mod readings;
mod size;
mod speed;
mod units;

pub use calibrate::{CannotCalibrate, calibrate};
pub(crate) use footprint::{
    Footprint, contact_err, contact_errs, cross, dot, front_in_picture, length_in_picture, unit,
};
pub(crate) use middle::{Contact, Stand};
pub(crate) use motion::{Motion, hardest_braking, sure};
pub(crate) use readings::Readings;
pub(crate) use size::Size;
pub(crate) use speed::{Place, Speed, estimate, estimate_afterwards};

use consensus::{Consensus, consensus};
use eye::Eye;
use homography::Homography;
use kerege_contract::geometry::polygon_contains;
use kerege_contract::scene::Calibration;
use kerege_contract::{FrameSize, PixelPoint};

/// No length of a queue is told where one pixel is more than this, metres.
const QUEUE_METRES_PER_PIXEL: f64 = 1.0;
/// Distances may be off by this share at least: nobody measures a road better.
const LEAST_ERROR: f64 = 0.01;
/// The same where only four points were given: they always fit, and tell nothing of their error.
const UNKNOWN_ERROR: f64 = 0.02;

/// The map from a picture of one size to the road.
#[derive(Debug, Clone)]
pub(crate) struct GroundPlane {
    map: Homography,
    eye: Eye,
    valid: Vec<PixelPoint>,
    /// Whether somebody drew the valid polygon; else it is the hull of the points.
    drawn: bool,
    relative_error: f64,
    /// Error of the calibration's own points on the road, metres: root of the mean square.
    residual_m: f64,
    max_metres_per_pixel: f64,
    /// Where the lines of view come from on the road; none when they are parallel.
    origin: Option<PixelPoint>,
    /// The direction of view where they are.
    parallel: PixelPoint,
}

impl GroundPlane {
    /// The plane of a calibration; none when its points do not determine one.
    pub(crate) fn fit(calibration: &Calibration, frame: FrameSize, max_metres_per_pixel: f64) -> Option<Self> {
        let image: Vec<PixelPoint> = calibration.points.iter().map(|point| frame.pixel(point.image)).collect();
        let road = units::in_metres(calibration);
        let found = consensus(&image, &road, f64::from(frame.height))?;
        let used = kept(&image, &found.used);
        let valid = if calibration.valid.is_empty() { hull::convex(&used) } else { frame.pixels(&calibration.valid) };
        let relative_error = relative_error(&image, &road, &found);
        let map = found.to_road;
        let off = |(at, place): (&PixelPoint, &PixelPoint)| map.map(*at).distance(*place);
        let residuals: Vec<f64> = used.iter().zip(&kept(&road, &found.used)).map(off).collect();
        let mut plane = Self {
            map,
            eye: Eye::of(found.to_image, map.map(used[0]), frame),
            valid,
            drawn: !calibration.valid.is_empty(),
            relative_error,
            residual_m: root_mean_square(&residuals),
            max_metres_per_pixel,
            origin: map.vertical_vanishing(),
            parallel: PixelPoint::default(),
        };
        let up = plane.vector(used[0], PixelPoint::new(0.0, -1.0));
        plane.parallel = normalized(up);
        // The lines of view come from below the picture; where they come from above it, it hangs upside down.
        let from = plane.origin.filter(|origin| toward(*origin, map.map(used[0]), up) > 0.0);
        plane.origin = from;
        Some(plane)
    }

    /// Where on the road a contact point is, metres; none outside the valid polygon.
    pub(crate) fn road(&self, anchor: PixelPoint) -> Option<PixelPoint> {
        polygon_contains(&self.valid, anchor).then(|| self.map.map(anchor))
    }

    /// The same also beyond the points of the calibration, unless somebody drew a valid polygon, as far as a pixel is fine
    /// enough for speeds.
    pub(crate) fn near(&self, anchor: PixelPoint) -> Option<PixelPoint> {
        self.beyond(anchor, self.max_metres_per_pixel)
    }

    /// The same as far as a pixel is fine enough to tell how long a queue is.
    pub(crate) fn far(&self, anchor: PixelPoint) -> Option<PixelPoint> {
        self.beyond(anchor, QUEUE_METRES_PER_PIXEL)
    }

    fn beyond(&self, anchor: PixelPoint, max_metres_per_pixel: f64) -> Option<PixelPoint> {
        let beyond = || self.reach(anchor, max_metres_per_pixel).filter(|_| !self.drawn);
        self.road(anchor).or_else(beyond)
    }

    /// The same beyond the valid polygon, as far as one pixel is at most so many metres.
    pub(crate) fn reach(&self, anchor: PixelPoint, max_metres_per_pixel: f64) -> Option<PixelPoint> {
        let near = self.map.depth(anchor) > 0.0 && self.map.stretch(anchor) <= max_metres_per_pixel;
        near.then(|| self.map.map(anchor))
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

    /// How far in the picture a small way on the road goes at a contact point, square pixels.
    pub(crate) fn pixels(&self, at: PixelPoint, way: PixelPoint) -> Option<PixelPoint> {
        let (right, down) = (self.step(at, 1.0, 0.0), self.step(at, 0.0, 1.0));
        let area = cross(right, down);
        let found = PixelPoint::new(cross(way, down) / area, cross(right, way) / area);
        (found.x.is_finite() && found.y.is_finite()).then_some(found)
    }

    /// Where on the road a point of the picture would be if the plane went on beyond the valid polygon:
    /// for what is drawn, not for what is measured.
    pub(crate) fn extended(&self, point: PixelPoint) -> PixelPoint {
        self.map.map(point)
    }

    /// Error of the calibration's own points, metres.
    pub(crate) const fn residual_m(&self) -> f64 {
        self.residual_m
    }

    /// Where in the picture a place on the road is.
    pub(crate) fn picture(&self, road: PixelPoint) -> PixelPoint {
        self.eye.see(road, 0.0)
    }

    /// The same as [`Self::vector`] as a unit vector.
    pub(crate) fn direction(&self, at: PixelPoint, direction: PixelPoint) -> PixelPoint {
        normalized(self.vector(at, direction))
    }

    /// The direction of view at a place on the road, away from the camera; a unit vector.
    pub(crate) fn view(&self, road: PixelPoint) -> PixelPoint {
        self.origin.map_or(self.parallel, |origin| normalized(PixelPoint::new(road.x - origin.x, road.y - origin.y)))
    }

    /// Metres that one pixel covers at a contact point, in the worst direction.
    pub(crate) fn metres_per_pixel(&self, anchor: PixelPoint) -> f64 {
        self.map.stretch(anchor)
    }

    /// Whether a pixel is fine enough at a contact point to claim a speed.
    pub(crate) fn resolves(&self, anchor: PixelPoint) -> bool {
        self.metres_per_pixel(anchor) <= self.max_metres_per_pixel
    }

    /// How near a contact point is: what is twice as far away has half of it.
    pub(crate) fn nearness(&self, anchor: PixelPoint) -> f64 {
        self.map.depth(anchor)
    }

    /// Share by which distances may be off because of the calibration.
    pub(crate) const fn relative_error(&self) -> f64 {
        self.relative_error
    }
}

/// What is left out by itself and found again by the others tells how far the map is off: the mean
/// of that over the extent of the points. Four points tell nothing.
fn relative_error(image: &[PixelPoint], road: &[PixelPoint], found: &Consensus) -> f64 {
    let errors: Vec<f64> = left_out(image, road, found).into_iter().flatten().collect();
    if errors.is_empty() {
        return UNKNOWN_ERROR;
    }
    let extent = extent(&kept(road, &found.used));
    if extent > 0.0 { (root_mean_square(&errors) / extent).max(LEAST_ERROR) } else { 1.0 }
}

/// For each point that is used, how far off the map of the others puts it, metres; none where the
/// others determine no map.
fn left_out(image: &[PixelPoint], road: &[PixelPoint], found: &Consensus) -> Vec<Option<f64>> {
    let one = |index: usize| {
        let mut others = found.used.clone();
        if !std::mem::replace(&mut others[index], false) {
            return None;
        }
        let map = consensus::fit(image, road, &others)?.to_road;
        Some(map.map(image[index]).distance(road[index])).filter(|error| error.is_finite())
    };
    (0..image.len()).map(one).collect()
}

fn kept(points: &[PixelPoint], used: &[bool]) -> Vec<PixelPoint> {
    points.iter().zip(used).filter(|(_, used)| **used).map(|(point, _)| *point).collect()
}

/// The longest way from the first point to another.
fn extent(points: &[PixelPoint]) -> f64 {
    points.iter().map(|point| point.distance(points[0])).fold(0.0, f64::max)
}

fn root_mean_square(errors: &[f64]) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "a handful of points")]
    let n = errors.len().max(1) as f64;
    (errors.iter().map(|error| error * error).sum::<f64>() / n).sqrt()
}

/// A vector of length 1; zero stays zero.
fn normalized(vector: PixelPoint) -> PixelPoint {
    let length = vector.distance(PixelPoint::default()).max(f64::MIN_POSITIVE);
    PixelPoint::new(vector.x / length, vector.y / length)
}

/// How far the way from one place to another goes in a direction.
fn toward(from: PixelPoint, to: PixelPoint, direction: PixelPoint) -> f64 {
    (to.x - from.x) * direction.x + (to.y - from.y) * direction.y
}

#[cfg(test)]
mod tests;
