//! The way of one road user: where the middle of what it covers of the road was, in the picture and,
//! where the ground plane reaches, on the road; and which way it heads.

use super::lane::raised;
use crate::ground::{Contact, GroundPlane, Place, Size, contact_err, unit};
use crate::track::Fix;
use kerege_contract::{PixelBox, PixelPoint, RoadUserClass};
use std::collections::VecDeque;

/// How far back places are kept, seconds: a long truck needs so long from the line until it is across.
const KEPT_S: f64 = 5.0;
/// Places closer together in time than this say nothing more, seconds.
const SPACING_S: f64 = 0.045;
/// Where a pixel is more than this, the ground plane tells no middle, metres.
const MAX_METRES_PER_PIXEL: f64 = 1.0;
/// The heading is that of the way over so many metres at least, and so many errors of a place.
const HEADING_M: f64 = 1.5;
const HEADING_ERRORS: f64 = 12.0;
/// How far back that way may reach, seconds.
const HEADING_S: f64 = 2.5;
/// A heading that turned less than this puts no middle elsewhere, as the sine of the angle.
const TURNED: f64 = 0.05;

/// One fix of the way.
#[derive(Debug, Clone, Copy)]
struct Stand {
    at: f64,
    contact: Contact,
    heading: Option<PixelPoint>,
    /// Middle of the footprint, metres.
    middle: PixelPoint,
    /// Whether it is sure enough to measure a speed by.
    measured: bool,
}

/// The way of one road user.
#[derive(Debug, Clone, Default)]
pub(crate) struct Way {
    stands: VecDeque<Stand>,
    heading: Option<PixelPoint>,
    class: Option<RoadUserClass>,
}

impl Way {
    /// Takes a fix in; gives where in the picture the middle of the footprint is, square pixels. `lane` is the
    /// direction of its lane on the road.
    pub(crate) fn follow(
        &mut self,
        fix: &Fix,
        class: RoadUserClass,
        plane: Option<&GroundPlane>,
        lane: Option<PixelPoint>,
    ) -> PixelPoint {
        let near = plane.filter(|plane| plane.reach(fix.anchor, MAX_METRES_PER_PIXEL).is_some());
        let Some(plane) = near else {
            self.stands.clear();
            return raised(bbox(fix), class);
        };
        self.take_class(class, plane);
        let contact = Contact { anchor: fix.anchor, width: fix.width, height: fix.height };
        let mut stand = Stand {
            at: fix.at,
            contact,
            heading: self.heading.or(lane),
            middle: PixelPoint::default(),
            measured: fix.road.is_some(),
        };
        stand.middle = middle(&stand, class, plane);
        if let Some(heading) = self.headed(&stand, plane) {
            let turned = stand.heading.is_none_or(|old| (old.x * heading.y - old.y * heading.x).abs() > TURNED);
            let first = self.heading.replace(heading).is_none();
            if turned {
                stand.heading = Some(heading);
                stand.middle = middle(&stand, class, plane);
            }
            if first {
                self.stands.iter_mut().for_each(|old| old.heading = Some(heading));
                self.settle(class, plane);
            }
        }
        self.push(stand);
        plane.picture(stand.middle)
    }

    /// How large it is, by its class.
    pub(crate) fn size(&self) -> Option<Size> {
        self.class.map(Size::of)
    }

    /// Another class is another size.
    fn take_class(&mut self, class: RoadUserClass, plane: &GroundPlane) {
        if self.class.replace(class).is_some_and(|old| old != class) {
            self.settle(class, plane);
        }
    }

    fn settle(&mut self, class: RoadUserClass, plane: &GroundPlane) {
        for stand in &mut self.stands {
            stand.middle = middle(stand, class, plane);
        }
    }

    /// Which way it went lately; none when it went nowhere.
    fn headed(&self, now: &Stand, plane: &GroundPlane) -> Option<PixelPoint> {
        let down = unit(plane.step(now.contact.anchor, 0.0, 1.0))?;
        let enough = HEADING_M.max(HEADING_ERRORS * contact_err(&now.contact, down, plane));
        let recent = self.stands.iter().rev().take_while(|stand| now.at - stand.at <= HEADING_S);
        let from = recent.map(|stand| stand.middle).find(|place| place.distance(now.middle) >= enough)?;
        unit(PixelPoint::new(now.middle.x - from.x, now.middle.y - from.y))
    }

    fn push(&mut self, stand: Stand) {
        let count = self.stands.len();
        // The newest is always kept; the one before it makes room when it stands too close to its own.
        if count >= 2 && self.stands[count - 1].at - self.stands[count - 2].at < SPACING_S {
            self.stands.pop_back();
        }
        while self.stands.front().is_some_and(|old| old.at < stand.at - KEPT_S) {
            self.stands.pop_front();
        }
        self.stands.push_back(stand);
    }

    /// The places between two times that a speed can be measured by, oldest first; pipeline seconds.
    pub(crate) fn places(&self, from: f64, to: f64) -> impl DoubleEndedIterator<Item = Place> {
        let within = move |stand: &&Stand| stand.measured && (from - 1e-6..=to + 1e-6).contains(&stand.at);
        let place = |stand: &Stand| Place {
            at: stand.at,
            middle: stand.middle,
            contact: stand.contact,
            heading: stand.heading,
        };
        self.stands.iter().filter(within).map(place)
    }
}

fn middle(stand: &Stand, class: RoadUserClass, plane: &GroundPlane) -> PixelPoint {
    let size = Size::of(class);
    match stand.heading {
        Some(heading) => plane.middle(&stand.contact, heading, size),
        None => plane.middle(&stand.contact, PixelPoint::new(1.0, 0.0), size.unheaded()),
    }
}

fn bbox(fix: &Fix) -> PixelBox {
    let (half, foot) = (fix.width / 2.0, fix.anchor);
    PixelBox { x1: foot.x - half, y1: foot.y - fix.height, x2: foot.x + half, y2: foot.y }
}
