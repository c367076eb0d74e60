//! The camera behind a ground plane: where in the picture a point on or over the road is seen.
//!
//! A homography tells where points of the road are seen. Of what stands on it, the camera is needed:
//! with square pixels and the principal point in the middle of the picture, the homography has but
//! one focal length (R. Hartley and A. Zisserman, Multiple View Geometry, 8.6). Where it does not
//! tell it, from straight above, things are taken for flat.

use super::Size;
use super::homography::Homography;
use kerege_contract::{FrameSize, PixelPoint};

/// Focal lengths that cameras have, frame widths.
const FOCAL_WIDTHS: std::ops::RangeInclusive<f64> = 0.2..=20.0;
/// The two directions of the road may seem this far from square, as a cosine.
const SKEWED: f64 = 0.1;

type Column = [f64; 3];

/// From the road to the picture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Eye {
    /// Pictures of the road's two directions and of its origin, homogeneous, square pixels.
    columns: [Column; 3],
    /// The picture of one metre up; zero where it is not known.
    up: Column,
}

impl Eye {
    /// Of a map from the road to a picture of a size, and a place on the road that is seen.
    pub(crate) fn of(to_image: Homography, seen: PixelPoint, frame: FrameSize) -> Self {
        let rows = to_image.facing(seen).rows();
        let columns = [0, 1, 2].map(|at| rows.map(|row| row[at]));
        Self { columns, up: up(&columns, frame).unwrap_or_default() }
    }

    /// Where a point so many metres over a place on the road is seen; square pixels.
    pub(crate) fn see(&self, road: PixelPoint, height_m: f64) -> PixelPoint {
        let [x, y, one] = &self.columns;
        let at = |row: usize| road.x * x[row] + road.y * y[row] + one[row] + height_m * self.up[row];
        let depth = at(2);
        PixelPoint::new(at(0) / depth, at(1) / depth)
    }

    /// The pictures of bodies of a size that head along a unit vector on the road.
    pub(crate) fn body(&self, heading: PixelPoint, size: Size) -> Body<'_> {
        let [x, y, _] = self.columns;
        let toward = |east: f64, north: f64| sum(scaled(x, east), scaled(y, north));
        let (l, w) = (size.length / 2.0, size.width / 2.0);
        let (long, wide) = (toward(l * heading.x, l * heading.y), toward(-w * heading.y, w * heading.x));
        Body { eye: self, long, wide, up: scaled(self.up, size.height) }
    }
}

/// A body of a size and heading, as it is seen from an eye.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Body<'e> {
    eye: &'e Eye,
    /// From its middle to its front, to its side, and from the road to its top, homogeneous.
    long: Column,
    wide: Column,
    up: Column,
}

impl Body<'_> {
    /// The middle across and the lower end of its picture where its middle is at a place on the road; square pixels.
    pub(crate) fn outline(&self, middle: PixelPoint) -> (f64, f64) {
        let [x, y, one] = self.eye.columns;
        let centre = [0, 1, 2].map(|row| middle.x * x[row] + middle.y * y[row] + one[row]);
        let (mut left, mut right, mut bottom) = (f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY);
        for (a, b) in [(1.0, 1.0), (1.0, -1.0), (-1.0, -1.0), (-1.0, 1.0)] {
            let foot = [0, 1, 2].map(|row| centre[row] + a * self.long[row] + b * self.wide[row]);
            for [x, y, depth] in [foot, sum(foot, self.up)] {
                let nearness = 1.0 / depth;
                left = left.min(x * nearness);
                right = right.max(x * nearness);
                bottom = bottom.max(y * nearness);
            }
        }
        (f64::midpoint(left, right), bottom)
    }
}

/// The picture of one metre up.
fn up(columns: &[Column; 3], frame: FrameSize) -> Option<Column> {
    let middle = [f64::from(frame.width) / 2.0, f64::from(frame.height) / 2.0];
    let [east, north, origin] = columns.map(|[x, y, w]| [x - middle[0] * w, y - middle[1] * w, w]);
    // Along the horizon, and straight away from it.
    let away = east[2].hypot(north[2]);
    let (cos, sin) = (east[2] / away, north[2] / away);
    let level = sum(scaled(east, -sin), scaled(north, cos));
    let ahead = sum(scaled(east, cos), scaled(north, sin));
    // Both are as long on the road.
    let focal = ((square(level) - square([ahead[0], ahead[1], 0.0])) / away.powi(2)).sqrt();
    if !FOCAL_WIDTHS.contains(&(focal / f64::from(frame.width))) {
        return None;
    }
    let scale = square(level).sqrt() / focal;
    let turned = |[x, y, w]: Column| [x / focal / scale, y / focal / scale, w / scale];
    let (level, ahead, origin) = (turned(level), turned(ahead), turned(origin));
    if inner(level, ahead).abs() > SKEWED {
        return None;
    }
    let normal = [
        level[1] * ahead[2] - level[2] * ahead[1],
        level[2] * ahead[0] - level[0] * ahead[2],
        level[0] * ahead[1] - level[1] * ahead[0],
    ];
    // The camera is above the road.
    let [x, y, w] = scaled(normal, if inner(normal, origin) < 0.0 { scale } else { -scale });
    Some([focal * x + middle[0] * w, focal * y + middle[1] * w, w])
}

fn scaled(vector: Column, by: f64) -> Column {
    vector.map(|value| value * by)
}

fn sum(a: Column, b: Column) -> Column {
    [a[0] + b[0], a[1] + b[1], a[2] + b[2]]
}

fn inner(a: Column, b: Column) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

fn square(vector: Column) -> f64 {
    inner(vector, vector)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRAME: FrameSize = FrameSize::new(1280, 720);

    /// A camera 8 m over the road that looks along y, 18° down, its picture mirrored or not.
    fn project(x: f64, y: f64, z: f64, mirror: f64) -> PixelPoint {
        let (sin, cos) = 18_f64.to_radians().sin_cos();
        let depth = y * cos + (8.0 - z) * sin;
        let lower = (8.0 - z) * cos - y * sin;
        PixelPoint::new(640.0 + mirror * 1000.0 * x / depth, 360.0 + 1000.0 * lower / depth)
    }

    #[test]
    fn what_stands_on_the_road_is_seen_as_high_as_it_is() {
        let road = [(-6.0, 12.0), (6.0, 12.0), (9.0, 60.0), (-9.0, 60.0)].map(|(x, y)| PixelPoint::new(x, y));
        for mirror in [1.0, -1.0] {
            let image = road.map(|place| project(place.x, place.y, 0.0, mirror));
            let eye = Eye::of(Homography::fit(&road, &image).unwrap(), road[0], FRAME);
            for (x, y, z) in [(0.0, 20.0, 0.0), (4.0, 15.0, 1.5), (-5.0, 40.0, 3.0)] {
                let (seen, wanted) = (eye.see(PixelPoint::new(x, y), z), project(x, y, z, mirror));
                assert!(seen.distance(wanted) < 1e-6, "({x}, {y}, {z}): {seen:?} {wanted:?}");
            }
        }
    }

    #[test]
    fn from_straight_above_things_are_flat() {
        let road = [(0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (0.0, 10.0)].map(|(x, y)| PixelPoint::new(x, y));
        let image = road.map(|place| PixelPoint::new(100.0 + 20.0 * place.x, 600.0 - 20.0 * place.y));
        let eye = Eye::of(Homography::fit(&road, &image).unwrap(), road[0], FRAME);
        let place = PixelPoint::new(3.0, 4.0);
        assert!(eye.see(place, 0.0).distance(PixelPoint::new(160.0, 520.0)) < 1e-6);
        assert_eq!(eye.see(place, 0.0), eye.see(place, 2.0));
    }
}
