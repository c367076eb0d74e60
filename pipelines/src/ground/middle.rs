//! From a box to the middle of what its road user covers of the road.
//!
//! The lower edge of a box is where its road user comes nearest to the camera, not its middle: of a
//! car that drives away, the rear; of one that comes, the front; of one that passes across, the near
//! side; and seen obliquely, the middle of that edge is a corner's depth beside the car. So the body
//! of the class's size is stood on the road, heading as it drives, and moved until its picture ends
//! at the bottom where the box does and has its middle where the box has. Left out, a car that passes
//! close by would seem to change its speed while it turns its side, and one by the near kerb would
//! pass beside the end of a line that is drawn from kerb to kerb.

use super::{GroundPlane, Size, dot, unit};
use kerege_contract::PixelPoint;

/// Each step leaves at most a fifth of what was off.
const STEPS: usize = 3;
/// No middle is farther from the contact point, lengths.
const MOST_LENGTHS: f64 = 1.2;

/// What is measured of a road user in a picture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Contact {
    /// Its contact point, square pixels.
    pub(crate) anchor: PixelPoint,
    /// Width and height of its box, square pixels.
    pub(crate) width: f64,
    pub(crate) height: f64,
}

/// Where on the road a contact point is, and how the road lies there in the picture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Stand {
    anchor: PixelPoint,
    /// Metres.
    place: PixelPoint,
    /// How far a pixel to the right and one down go on the road, metres.
    right: PixelPoint,
    down: PixelPoint,
}

impl GroundPlane {
    /// Where a contact point is, also where the plane does not hold.
    pub(crate) fn stand(&self, anchor: PixelPoint) -> Stand {
        let (right, down) = (self.step(anchor, 1.0, 0.0), self.step(anchor, 0.0, 1.0));
        Stand { anchor, place: self.extended(anchor), right, down }
    }

    /// The middle of the footprint of what is seen, metres: of a body of a size that heads (either way) along a unit vector
    /// on the road. Far from where the plane holds it means nothing.
    pub(crate) fn middle(&self, contact: &Contact, heading: PixelPoint, size: Size) -> PixelPoint {
        self.middle_at(&self.stand(contact.anchor), heading, size)
    }

    /// The same of what is known to stand somewhere.
    pub(crate) fn middle_at(&self, stand: &Stand, heading: PixelPoint, size: Size) -> PixelPoint {
        let Stand { anchor, place, right, down } = *stand;
        let start = behind(place, [right, down], heading, size);
        let (mut middle, body) = (start, self.eye.body(heading, size));
        for _ in 0..STEPS {
            let (across, bottom) = body.outline(middle);
            let (x, y) = (anchor.x - across, anchor.y - bottom);
            middle = PixelPoint::new(middle.x + right.x * x + down.x * y, middle.y + right.y * x + down.y * y);
        }
        // Right below the camera a picture of a body has no shape that its footprint could be told from.
        if middle.distance(place) <= MOST_LENGTHS * size.length.max(size.width) { middle } else { start }
    }
}

/// About where the middle is: so far behind the contact point that the nearest corner lies at its depth.
fn behind(place: PixelPoint, [right, down]: [PixelPoint; 2], heading: PixelPoint, size: Size) -> PixelPoint {
    let (Some(near), Some(level)) = (unit(down), unit(right)) else { return place };
    // Places as deep as the contact point lie along `level`.
    let nearness = (near.x * level.y - near.y * level.x).abs().max(0.1);
    let (along, across) = ((heading.x * level.y - heading.y * level.x).abs(), dot(heading, level).abs());
    let depth = f64::midpoint(size.length * along, size.width * across) / nearness;
    PixelPoint::new(place.x - near.x * depth, place.y - near.y * depth)
}

#[cfg(test)]
mod tests {
    use super::*;
    use kerege_contract::scene::{Calibration, CalibrationPoint, RoadUnit};
    use kerege_contract::{FrameSize, RoadUserClass};

    const FRAME: FrameSize = FrameSize::new(1280, 720);

    /// A camera 8 m over the road that looks along y, 18° down (as in the behaviour tests).
    fn project(x: f64, y: f64, z: f64) -> PixelPoint {
        let (sin, cos) = 18_f64.to_radians().sin_cos();
        let (depth, lower) = (y * cos + (8.0 - z) * sin, (8.0 - z) * cos - y * sin);
        PixelPoint::new(640.0 + 1000.0 * x / depth, 360.0 + 1000.0 * lower / depth)
    }

    fn plane() -> GroundPlane {
        let points = [(-6.0, 12.0), (6.0, 12.0), (9.0, 60.0), (-9.0, 60.0)]
            .map(|(x, y)| CalibrationPoint { image: FRAME.frame_point(project(x, y, 0.0)), road: [x, y] });
        let calibration = Calibration { unit: RoadUnit::Metres, points: points.to_vec(), valid: Vec::new() };
        GroundPlane::fit(&calibration, FRAME, 0.25).unwrap()
    }

    #[test]
    fn the_middle_of_a_body_is_found_wherever_it_stands_and_heads() {
        let plane = plane();
        for class in [RoadUserClass::Car, RoadUserClass::Van, RoadUserClass::Truck, RoadUserClass::Bus] {
            let size = Size::of(class);
            for (x, y) in [(0.0, 22.0), (5.0, 26.0), (-6.0, 40.0)] {
                for degrees in [0.0, 30.0, 60.0, 90.0, 120.0, 150.0_f64] {
                    let (sin, cos) = degrees.to_radians().sin_cos();
                    let (mut xs, mut ys) = (Vec::new(), Vec::new());
                    for (l, w, z) in [-0.5, 0.5].into_iter().flat_map(|l| {
                        [-0.5, 0.5].into_iter().flat_map(move |w| [0.0, size.height].map(move |z| (l, w, z)))
                    }) {
                        let (l, w) = (l * size.length, w * size.width);
                        let seen = project(x + l * cos - w * sin, y + l * sin + w * cos, z);
                        xs.push(seen.x);
                        ys.push(seen.y);
                    }
                    let least = |values: &[f64]| values.iter().copied().fold(f64::INFINITY, f64::min);
                    let most = |values: &[f64]| values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                    let contact = Contact {
                        anchor: PixelPoint::new(f64::midpoint(least(&xs), most(&xs)), most(&ys)),
                        width: most(&xs) - least(&xs),
                        height: most(&ys) - least(&ys),
                    };
                    let middle = plane.middle(&contact, PixelPoint::new(cos, sin), size);
                    let off = middle.distance(PixelPoint::new(x, y));
                    assert!(off < 0.06, "{class} ({x}, {y}) {degrees}°: {off}");
                }
            }
        }
    }
}
