//! Where a road user's body is, from the contact point of its box.
//!
//! The contact point is the middle of the box's bottom edge: of the body's outline on the road, the
//! point nearest to the camera. That is the rear of what drives away, the front of what comes, and the
//! near side of what passes across. With the heading and the class's size it tells the middle (see
//! `middle`) and the front, each with an error.

use super::{Contact, GroundPlane, Size};
use kerege_contract::{PixelPoint, RoadUserClass};

/// Error of a contact point, share of the box's side (one standard deviation), and the least of it in
/// square pixels: what detectors on fixed cameras do.
const CONTACT: f64 = 0.03;
const CONTACT_FLOOR: f64 = 0.7;

/// The outline of a road user on the road, metres.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Footprint {
    pub(crate) centre: PixelPoint,
    /// Where it heads, a unit vector.
    pub(crate) heading: PixelPoint,
    pub(crate) size: Size,
    /// Error of its front along the heading, one standard deviation.
    pub(crate) front_err: f64,
    /// The part of that which stays with the road user and the camera, however often it is seen.
    pub(crate) front_stays: f64,
    /// Error of its middle across the heading, one standard deviation.
    pub(crate) side_err: f64,
}

impl Footprint {
    /// Of a road user of a class that heads somewhere on the road; none outside the valid polygon.
    pub(crate) fn of(
        contact: &Contact,
        heading: PixelPoint,
        class: RoadUserClass,
        plane: &GroundPlane,
    ) -> Option<Self> {
        plane.road(contact.anchor)?;
        Self::stood(contact, heading, class, plane)
    }

    /// The same of one that is beyond the points of the calibration but not beyond what they tell of (see
    /// [`GroundPlane::near`]).
    pub(crate) fn near(
        contact: &Contact,
        heading: PixelPoint,
        class: RoadUserClass,
        plane: &GroundPlane,
    ) -> Option<Self> {
        plane.near(contact.anchor)?;
        Self::stood(contact, heading, class, plane)
    }

    fn stood(contact: &Contact, heading: PixelPoint, class: RoadUserClass, plane: &GroundPlane) -> Option<Self> {
        let heading = unit(heading)?;
        let size = Size::of(class);
        let near = unit(plane.step(contact.anchor, 0.0, 1.0))?;
        let along = dot(heading, near);
        let centre = plane.middle(contact, heading, size);
        let measured = contact_err(contact, heading, plane);
        let length = f64::midpoint(size.spread, -size.spread * along * along.abs());
        let front_stays = length.hypot(plane.residual_m());
        let front_err = measured.hypot(front_stays);
        let beside = side(heading);
        let reached = size.spread / 2.0 * along.abs() * dot(near, beside);
        let side_err = contact_err(contact, beside, plane).hypot(reached).hypot(plane.residual_m());
        Some(Self { centre, heading, size, front_err, front_stays, side_err })
    }

    /// The middle of its front.
    pub(crate) fn front(&self) -> PixelPoint {
        self.at(0.5, 0.0)
    }

    /// Whether two outlines overlap, or are nearer to each other than `slack_m`.
    pub(crate) fn overlaps(&self, other: &Self, slack_m: f64) -> bool {
        // Two convex outlines are apart when they are along a normal of an edge of one of them.
        let apart = |axis: PixelPoint| {
            let between = PixelPoint::new(other.centre.x - self.centre.x, other.centre.y - self.centre.y);
            dot(between, axis).abs() > self.half_along(axis) + other.half_along(axis) + slack_m
        };
        [self.heading, side(self.heading), other.heading, side(other.heading)].into_iter().all(|axis| !apart(axis))
    }

    fn half_along(&self, axis: PixelPoint) -> f64 {
        let (length, width) = (dot(self.heading, axis).abs(), cross(self.heading, axis).abs());
        f64::midpoint(self.size.length * length, self.size.width * width)
    }

    fn at(&self, lengths: f64, widths: f64) -> PixelPoint {
        let (l, w, beside) = (lengths * self.size.length, widths * self.size.width, side(self.heading));
        PixelPoint::new(
            self.centre.x + l * self.heading.x + w * beside.x,
            self.centre.y + l * self.heading.y + w * beside.y,
        )
    }
}

/// Error of a contact point on the road in a direction (a unit vector), one standard deviation, metres.
pub(crate) fn contact_err(contact: &Contact, toward: PixelPoint, plane: &GroundPlane) -> f64 {
    let [down, right] = contact_errs(contact, plane);
    dot(down, toward).hypot(dot(right, toward))
}

/// The two vectors on the road along which a contact point errs independently, each as long as one standard deviation,
/// metres.
pub(crate) fn contact_errs(contact: &Contact, plane: &GroundPlane) -> [PixelPoint; 2] {
    let error = |side: f64| (CONTACT * side).max(CONTACT_FLOOR);
    let scaled = |step: PixelPoint, by: f64| PixelPoint::new(by * step.x, by * step.y);
    let (down, right) = (plane.step(contact.anchor, 0.0, 1.0), plane.step(contact.anchor, 1.0, 0.0));
    [scaled(down, error(contact.height)), scaled(right, error(contact.width))]
}

/// The front of a road user in a picture without a ground plane, with its error (one standard
/// deviation), square pixels. Somewhere between the contact point, for what comes, and a box length
/// further, for what drives away: the middle of that with all of it within two errors.
pub(crate) fn front_in_picture(contact: &Contact, heading: PixelPoint) -> Option<(PixelPoint, f64)> {
    let heading = unit(heading)?;
    let farthest = length_in_picture(contact, heading) * f64::midpoint(1.0, -heading.y);
    let place =
        PixelPoint::new(contact.anchor.x + heading.x * farthest / 2.0, contact.anchor.y + heading.y * farthest / 2.0);
    let measured = (heading.y * (CONTACT * contact.height).max(CONTACT_FLOOR))
        .hypot(heading.x * (CONTACT * contact.width).max(CONTACT_FLOOR));
    Some((place, measured.hypot(farthest / 4.0)))
}

/// How long a box is along a unit vector, square pixels: at least as long as the road user seen there.
pub(crate) fn length_in_picture(contact: &Contact, heading: PixelPoint) -> f64 {
    (contact.width * heading.x).hypot(contact.height * heading.y)
}

/// The unit vector of a vector; none of one without length.
pub(crate) fn unit(vector: PixelPoint) -> Option<PixelPoint> {
    let length = vector.x.hypot(vector.y);
    (length > 1e-12 && length.is_finite()).then(|| PixelPoint::new(vector.x / length, vector.y / length))
}

pub(crate) fn dot(a: PixelPoint, b: PixelPoint) -> f64 {
    a.x * b.x + a.y * b.y
}

pub(crate) fn cross(a: PixelPoint, b: PixelPoint) -> f64 {
    a.x * b.y - a.y * b.x
}

const fn side(heading: PixelPoint) -> PixelPoint {
    PixelPoint::new(-heading.y, heading.x)
}

#[cfg(test)]
mod tests {
    use super::*;
    use kerege_contract::FrameSize;
    use kerege_contract::scene::{Calibration, CalibrationPoint, RoadUnit};

    const FRAME: FrameSize = FrameSize::new(1280, 720);

    /// A camera 8 m over the road that looks along y, 18° down (as in the behaviour tests).
    fn project(x: f64, y: f64) -> PixelPoint {
        let (sin, cos) = 18_f64.to_radians().sin_cos();
        let (depth, lower) = (y * cos + 8.0 * sin, 8.0 * cos - y * sin);
        PixelPoint::new(640.0 + 1000.0 * x / depth, 360.0 + 1000.0 * lower / depth)
    }

    fn plane() -> GroundPlane {
        let points = [(-6.0, 12.0), (6.0, 12.0), (9.0, 60.0), (-9.0, 60.0)]
            .map(|(x, y)| CalibrationPoint { image: FRAME.frame_point(project(x, y)), road: [x, y] });
        let calibration = Calibration { unit: RoadUnit::Metres, points: points.to_vec(), valid: Vec::new() };
        GroundPlane::fit(&calibration, FRAME, 0.25).unwrap()
    }

    /// What is seen of a flat car with its middle at a place.
    fn seen(x: f64, y: f64, heading: PixelPoint) -> Contact {
        let truth = Footprint {
            centre: PixelPoint::new(x, y),
            heading,
            size: Size::of(RoadUserClass::Car),
            front_stays: 0.0,
            front_err: 0.0,
            side_err: 0.0,
        };
        let corners = [(0.5, 0.5), (0.5, -0.5), (-0.5, -0.5), (-0.5, 0.5)].map(|(l, w)| truth.at(l, w));
        let corners = corners.map(|corner| project(corner.x, corner.y));
        let (xs, ys) = (corners.map(|corner| corner.x), corners.map(|corner| corner.y));
        let (left, right) = (xs.into_iter().fold(f64::INFINITY, f64::min), xs.into_iter().fold(0.0, f64::max));
        let bottom = ys.into_iter().fold(0.0, f64::max);
        Contact { anchor: PixelPoint::new(f64::midpoint(left, right), bottom), width: right - left, height: 60.0 }
    }

    #[test]
    fn front_and_middle_are_found_whichever_way_it_heads() {
        let plane = plane();
        for (x, y) in [(0.0, 20.0), (3.0, 30.0), (-4.0, 40.0)] {
            for degrees in [0.0, 45.0, 90.0, 135.0, 180.0, 225.0, 270.0, 315.0_f64] {
                let (sin, cos) = degrees.to_radians().sin_cos();
                let heading = PixelPoint::new(cos, sin);
                let found = Footprint::of(&seen(x, y, heading), heading, RoadUserClass::Car, &plane).unwrap();
                let truth = PixelPoint::new(x + 2.2 * cos, y + 2.2 * sin);
                let off = found.front().distance(truth);
                assert!(off < 0.75, "({x}, {y}) {degrees}°: {off}");
                assert!(off < 3.0 * found.front_err, "({x}, {y}) {degrees}°: {off} of {}", found.front_err);
            }
        }
    }

    #[test]
    fn the_front_of_what_comes_is_surer_than_that_of_what_drives_away() {
        let plane = plane();
        let err = |heading: PixelPoint| {
            let seen = seen(0.0, 20.0, heading);
            Footprint::of(&seen, heading, RoadUserClass::Truck, &plane).unwrap().front_err
        };
        let (comes, goes) = (err(PixelPoint::new(0.0, -1.0)), err(PixelPoint::new(0.0, 1.0)));
        assert!(comes < 0.4 && goes > 2.4, "{comes} {goes}");
    }

    #[test]
    fn outside_the_valid_polygon_and_without_a_heading_there_is_none() {
        let (plane, ahead) = (plane(), PixelPoint::new(0.0, 1.0));
        let far = Contact { anchor: project(0.0, 90.0), width: 20.0, height: 15.0 };
        assert_eq!(Footprint::of(&far, ahead, RoadUserClass::Car, &plane), None);
        let near = Contact { anchor: project(0.0, 20.0), ..far };
        assert_eq!(Footprint::of(&near, PixelPoint::default(), RoadUserClass::Car, &plane), None);
    }

    #[test]
    fn outlines_overlap_only_where_both_bodies_are() {
        let car = |x: f64, y: f64, degrees: f64| {
            let (sin, cos) = degrees.to_radians().sin_cos();
            let (centre, heading) = (PixelPoint::new(x, y), PixelPoint::new(cos, sin));
            Footprint {
                centre,
                heading,
                size: Size::of(RoadUserClass::Car),
                front_err: 0.1,
                front_stays: 0.0,
                side_err: 0.1,
            }
        };
        let one = car(0.0, 0.0, 90.0);
        for (other, wanted) in [
            (car(0.0, 3.9, 90.0), true),
            (car(0.0, 4.6, 90.0), false),
            (car(1.5, 0.0, 90.0), true),
            (car(1.9, 0.0, 90.0), false),
            (car(2.4, 0.0, 0.0), true),
            (car(3.2, 0.0, 0.0), false),
            (car(2.0, 3.0, 45.0), true),
            (car(2.8, 3.8, 45.0), false),
        ] {
            assert_eq!(one.overlaps(&other, 0.0), wanted, "{other:?}");
            assert_eq!(other.overlaps(&one, 0.0), wanted, "{other:?}");
        }
    }

    #[test]
    fn without_a_ground_plane_the_front_lies_between_contact_point_and_box_length() {
        let contact = Contact { anchor: PixelPoint::new(100.0, 200.0), width: 60.0, height: 40.0 };
        for (heading, wanted) in [((0.0, 1.0), (0.0, 0.0)), ((0.0, -1.0), (0.0, -40.0)), ((1.0, 0.0), (30.0, 0.0))] {
            let (place, err) = front_in_picture(&contact, PixelPoint::new(heading.0, heading.1)).unwrap();
            let end = PixelPoint::new(100.0 + wanted.0, 200.0 + wanted.1);
            assert!(place.distance(end) <= 2.0 * err && place.distance(contact.anchor) <= 2.0 * err, "{heading:?}");
        }
        assert_eq!(front_in_picture(&contact, PixelPoint::default()), None);
    }
}
