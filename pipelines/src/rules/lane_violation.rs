//! `lane_violation`: a vehicle that changes lanes over a marking that must not be crossed.
//!
//! A vehicle belongs to the side of the marking on which its contact point was last surely seen, and is
//! over it once it is as surely on the other side. Who comes round an end of the marking belongs to no
//! side until he is seen beside it again.

use super::judge::Judge;
use super::watch::{Post, RoadUser, Watch};
use super::{About, Claim, Course, Evidence, Spot};
use crate::layout::MarkingShape;
use crate::{Reason, TrackId};
use kerege_contract::geometry::side_of_line;
use kerege_contract::scene::{Forbidden, LaneViolation};
use kerege_contract::{PixelPoint, RoadUserClass};
use std::collections::BTreeMap;

/// The judge of one rule.
#[derive(Debug)]
pub(crate) struct LaneViolationJudge {
    thresholds: LaneViolation,
    sides: BTreeMap<(usize, TrackId), Side>,
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
        Self { thresholds: thresholds.clone(), sides: BTreeMap::new() }
    }

    /// Follows a vehicle; tells since when it is over the marking when that has just become sure.
    fn cross(&mut self, user: &RoadUser<'_>, number: usize, marking: &MarkingShape, now: f64) -> Option<f64> {
        let key = (number, user.id);
        let Some(offset) = offset(marking, user.anchor) else {
            self.sides.remove(&key);
            return None;
        };
        let sure = offset.abs() >= self.thresholds.min_box_widths * user.width;
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
        let forbidden = match marking.forbidden {
            Forbidden::Both => true,
            Forbidden::Forward => offset > 0.0,
            Forbidden::Backward => offset < 0.0,
        };
        forbidden.then_some(before.last)
    }
}

impl Judge for LaneViolationJudge {
    fn judge(&mut self, watch: &Watch<'_>, post: &Post<'_>, claims: &mut Vec<Claim>) {
        let drives = |user: &&RoadUser<'_>| user.track.class() != RoadUserClass::Person && user.track.is_seen();
        for user in post.users(watch).filter(drives) {
            for (number, marking) in watch.layout.markings.iter().enumerate() {
                if !self.thresholds.watches(&marking.id) {
                    continue;
                }
                if let Some(since) = self.cross(user, number, marking, watch.now) {
                    let evidence =
                        Evidence { objects: vec![user.object(watch.layout.frame, watch.now)], signals: None };
                    let spot = user.journey.lane.map_or_else(Spot::default, Spot::lane);
                    claims.push(Claim {
                        about: About::One(user.id),
                        course: Course::Passes,
                        over: Reason::Moved,
                        evidence: Some(Box::new(evidence)),
                        ..Claim::of(post.number, spot, user.anchor, since)
                    });
                }
            }
        }
        self.sides.retain(|(_, id), _| watch.users.iter().any(|user| user.id == *id));
    }

    #[cfg(test)]
    fn is_idle(&self) -> bool {
        self.sides.is_empty()
    }
}

/// How far a point lies beside a marking, square pixels: positive to its right as seen along it; none
/// before its first and beyond its last point.
fn offset(marking: &MarkingShape, point: PixelPoint) -> Option<f64> {
    let count = marking.path.len();
    let mut nearest = (f64::INFINITY, None);
    for (index, pair) in marking.path.windows(2).enumerate() {
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
        let marking = MarkingShape { id: "m".parse().unwrap(), path, forbidden: Forbidden::Both };
        for (point, wanted) in [
            (p(50.0, 110.0), Some(10.0)),
            (p(50.0, 80.0), Some(-20.0)),
            (p(120.0, 50.0), Some(20.0)),
            (p(90.0, 50.0), Some(-10.0)),
            (p(103.0, 104.0), Some(5.0)),
            (p(-10.0, 90.0), None),
            (p(110.0, -20.0), None),
        ] {
            assert_eq!(offset(&marking, point), wanted, "{point:?}");
        }
    }
}
