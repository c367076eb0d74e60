//! From the contact point to the road user: what the bottom of a box is the picture of.
//!
//! The lower edge of a box is where its road user comes nearest to the camera, not its middle: of a
//! car that drives away, the rear; of one that comes, the front; of one that passes across, the near
//! side. On the road the middle of the footprint lies behind the contact point, seen from the
//! camera, by
//!
//! ```text
//! s = l/2 · |h·d| + w/2 · |h×d|
//! ```
//!
//! with the footprint's length l and width w, its heading h and the direction of view d on the
//! road. Left out, a car that passes close to the camera would seem to change its speed while it
//! turns its side: s falls from half its length to half its width. Length and width are usual ones
//! of the class; that they are off by a tenth moves fronts and rears by some decimetres, and speeds
//! not at all where d does not change.

use kerege_contract::{PixelPoint, RoadUserClass};

/// Usual length and width of a class, metres (registration figures, rounded; minibuses for vans).
pub(crate) const fn size_m(class: RoadUserClass) -> (f64, f64) {
    match class {
        RoadUserClass::Car | RoadUserClass::Vehicle => (4.5, 1.8),
        RoadUserClass::Van => (5.6, 2.0),
        RoadUserClass::Bus => (12.0, 2.5),
        RoadUserClass::Truck => (9.0, 2.5),
        RoadUserClass::Motorcycle => (2.1, 0.8),
        RoadUserClass::Bicycle => (1.8, 0.6),
        RoadUserClass::Person => (0.5, 0.5),
    }
}

/// How far behind the contact point, seen from the camera, the middle of the footprint lies, metres.
/// `heading` and `view` are unit vectors on the road.
pub(crate) fn depth_m(class: RoadUserClass, heading: PixelPoint, view: PixelPoint) -> f64 {
    let (length, width) = size_m(class);
    let along = heading.x * view.x + heading.y * view.y;
    let across = heading.x * view.y - heading.y * view.x;
    length / 2.0 * along.abs() + width / 2.0 * across.abs()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_lies_half_a_length_behind_the_rear_and_half_a_width_behind_the_side() {
        let (away, across) = (PixelPoint::new(0.0, 1.0), PixelPoint::new(1.0, 0.0));
        for (heading, depth) in [(away, 2.25), (PixelPoint::new(0.0, -1.0), 2.25), (across, 0.9)] {
            assert!((depth_m(RoadUserClass::Car, heading, away) - depth).abs() < 1e-12);
        }
    }
}
