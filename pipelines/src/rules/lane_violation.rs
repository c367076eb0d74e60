//! `lane_violation`: a vehicle that changes lanes over a marking that must not be crossed.
//!
//! A vehicle belongs to the side of the marking on which it was last surely seen, and is over it once it is
//! as surely on the other side. On a calibrated camera that is told by the middle of its footprint on the
//! road, in shares of its class's width; else by its contact point, in box widths. Who comes round an end of the marking belongs to no
//! side until he is seen beside it again.

use super::judge::Judge;
use super::watch::{Post, RoadUser, Watch};
use super::{About, Claim, Course, Evidence, Spot};
use crate::ground::{Contact, Footprint, GroundPlane, cross, unit};
use crate::layout::{Layout, MarkingShape};
use crate::{Reason, TrackId};
use kerege_contract::geometry::side_of_line;
use kerege_contract::scene::{Forbidden, LaneViolation};
use kerege_contract::{PixelPoint, RoadUserClass};
use std::collections::BTreeMap;

/// Where a vehicle heads is taken from what it drove in this time, seconds, when that was so many metres.
const DRIVE_S: f64 = 1.0;
const DRIVEN_M: f64 = 1.0;

/// The judge of one rule.
#[derive(Debug)]
pub(crate) struct LaneViolationJudge {
    thresholds: LaneViolation,
    sides: BTreeMap<(usize, TrackId), Side>,
    /// The markings where they are measured.
    paths: Option<Vec<Vec<PixelPoint>>>,
}

/// On which side of a marking a vehicle is: +1 right of it, −1 left of it.
#[derive(Debug, Clone, Copy)]
struct Side {
    sign: f64,
    /// When it was last nearest to that side of it.
    last: f64,
}

impl LaneViolationJudge {
    pub(crate) fn new(thresholds: &LaneViolation) -> Self {
        Self { thresholds: thresholds.clone(), sides: BTreeMap::new(), paths: None }
    }

    /// Follows a vehicle of a width to a place; tells since when it is over the marking when that has just become
    /// sure.
    fn cross(
        &mut self,
        key: (usize, TrackId),
        (place, width): (PixelPoint, f64),
        (path, forbidden): (&[PixelPoint], Forbidden),
        now: f64,
    ) -> Option<f64> {
        let Some(offset) = offset(path, place) else {
            self.sides.remove(&key);
            return None;
        };
        let sure = offset.abs() >= self.thresholds.min_box_widths * width;
        let Some(side) = self.sides.get_mut(&key) else {
            if sure {
                self.sides.insert(key, Side { sign: offset.signum(), last: now });
            }
            return None;
        };
        if offset * side.sign >= 0.0 {
            side.last = now;
            return None;
        }
        if !sure {
            return None;
        }
        let before = std::mem::replace(side, Side { sign: offset.signum(), last: now });
        let is_forbidden = match forbidden {
            Forbidden::Both => true,
            Forbidden::Forward => offset > 0.0,
            Forbidden::Backward => offset < 0.0,
        };
        is_forbidden.then_some(before.last)
    }
}

/// The markings of a scene where they are measured: on the road, or in the picture.
fn paths(layout: &Layout) -> Vec<Vec<PixelPoint>> {
    let Some(plane) = &layout.plane else { return layout.markings.iter().map(|m| m.path.clone()).collect() };
    let on_road = |marking: &MarkingShape| marking.path.iter().map(|p| handed(plane, *p, plane.extended(*p))).collect();
    layout.markings.iter().map(on_road).collect()
}

/// A place on the road, seen at a point, with the picture's handedness, so that right is right.
fn handed(plane: &GroundPlane, at: PixelPoint, place: PixelPoint) -> PixelPoint {
    let mirrored = cross(plane.step(at, 1.0, 0.0), plane.step(at, 0.0, 1.0)) < 0.0;
    if mirrored { PixelPoint::new(place.x, -place.y) } else { place }
}

/// Where a vehicle is measured, and its width there; none while its heading on the road is not known.
fn body(user: &RoadUser<'_>, layout: &Layout) -> Option<(PixelPoint, f64)> {
    let Some(plane) = &layout.plane else { return Some((user.anchor, user.width)) };
    let drift = user.track.history.drift(DRIVE_S).and_then(|drift| drift.metres);
    let driven = drift.filter(|way| way.distance(PixelPoint::default()) > DRIVEN_M).and_then(unit);
    let lane = || {
        let lane = &layout.lanes[user.journey.lane?];
        unit(plane.vector(user.anchor, lane.locate(user.anchor).direction))
    };
    let contact = Contact { anchor: user.anchor, width: user.width, height: user.height };
    let body = Footprint::of(&contact, driven.or_else(lane)?, user.track.class(), plane)?;
    Some((handed(plane, user.anchor, body.centre), body.size.width))
}

impl Judge for LaneViolationJudge {
    fn judge(&mut self, watch: &Watch<'_>, post: &Post<'_>, claims: &mut Vec<Claim>) {
        let paths = self.paths.take().unwrap_or_else(|| paths(watch.layout));
        let drives = |user: &&RoadUser<'_>| user.track.class() != RoadUserClass::Person && user.track.is_seen();
        for user in post.users(watch).filter(drives).filter(|user| watch.is_clear(user)) {
            let Some(body) = body(user, watch.layout) else { continue };
            for (number, (marking, path)) in watch.layout.markings.iter().zip(&paths).enumerate() {
                if !self.thresholds.watches(&marking.id) {
                    continue;
                }
                let crossed = self.cross((number, user.id), body, (path, marking.forbidden), watch.now);
                claims.extend(crossed.map(|since| claim(post.number, user, watch, since)));
            }
        }
        self.paths = Some(paths);
        self.sides.retain(|(_, id), _| watch.users.iter().any(|user| user.id == *id));
    }

    #[cfg(test)]
    fn is_idle(&self) -> bool {
        self.sides.is_empty()
    }
}

fn claim(rule: usize, user: &RoadUser<'_>, watch: &Watch<'_>, since: f64) -> Claim {
    let evidence = Evidence { objects: vec![user.object(watch.layout.frame, watch.now)], signals: None };
    Claim {
        about: About::One(user.id),
        course: Course::Passes,
        over: Reason::Moved,
        evidence: Some(Box::new(evidence)),
        ..Claim::of(rule, user.journey.lane.map_or_else(Spot::default, Spot::lane), user.anchor, since)
    }
}

/// How far a point lies beside a path: positive to its right as seen along it; none
/// before its first and beyond its last point.
fn offset(path: &[PixelPoint], point: PixelPoint) -> Option<f64> {
    let count = path.len();
    let mut nearest = (f64::INFINITY, None);
    for (index, pair) in path.windows(2).enumerate() {
        let (a, b) = (pair[0], pair[1]);
        let length = a.distance(b);
        let along = ((point.x - a.x) * (b.x - a.x) + (point.y - a.y) * (b.y - a.y)) / length;
        let distance = point.distance(a.toward(b, (along / length).clamp(0.0, 1.0)));
        if distance < nearest.0 {
            let past_an_end = (index == 0 && along < 0.0) || (index + 2 == count && along > length);
            nearest = (distance, (!past_an_end).then(|| distance.copysign(side_of_line(a, b, point))));
        }
    }
    nearest.1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beside_a_bent_marking_and_not_beyond_its_ends() {
        let p = PixelPoint::new;
        let path = vec![p(0.0, 100.0), p(100.0, 100.0), p(100.0, 0.0)];
        for (point, wanted) in [
            (p(50.0, 110.0), Some(10.0)),
            (p(50.0, 80.0), Some(-20.0)),
            (p(120.0, 50.0), Some(20.0)),
            (p(90.0, 50.0), Some(-10.0)),
            (p(103.0, 104.0), Some(5.0)),
            (p(-10.0, 90.0), None),
            (p(110.0, -20.0), None),
        ] {
            assert_eq!(offset(&path, point), wanted, "{point:?}");
        }
    }
}
