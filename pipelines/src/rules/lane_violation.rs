//! `lane_violation`: a vehicle that changes lanes over a marking that must not be crossed.
//!
//! A vehicle belongs to the side of the marking on which it was surely seen for a while, and is over it once
//! it has been as surely on the other side for as long. On a calibrated camera that is told by the middle of
//! its footprint on the road, in shares of its class's width and beyond the error of its place; else by its
//! contact point, in box widths. Who comes round an end of the marking belongs to no side until he is seen
//! beside it again; nor does one who was lost from sight, whose track may have been another's before, or who
//! got beside it faster than anybody drives sideways, or whose way before does not fit the way after: that is another,
//! under his number.

use super::judge::Judge;
use super::watch::{Post, RoadUser, Sight, Watch};
use super::{About, Claim, Course, Evidence, Spot};
use crate::ground::{Footprint, GroundPlane, Size, cross, unit};
use crate::layout::{Layout, MarkingShape};
use crate::{Reason, TrackId};
use kerege_contract::geometry::side_of_line;
use kerege_contract::scene::{Forbidden, LaneViolation};
use kerege_contract::{PixelPoint, RoadUserClass};
use std::collections::BTreeMap;

/// Where a vehicle heads is taken from what it drove in this time, seconds, when that was so many metres.
const DRIVE_S: f64 = 1.0;
const DRIVEN_M: f64 = 1.0;

/// It is surely beside a marking when it was for so long, seconds, in so many frames.
const SETTLED_S: f64 = 0.35;
const SETTLED_FRAMES: u32 = 3;
/// He must have been on the side from which he came in so many.
const CAME_FRAMES: u32 = 2;
/// And farther from it than so many errors of its place.
const ERRORS: f64 = 2.0;
/// A mean over more frames is no surer: they shake alike.
const AT_BEST: u32 = 4;
/// Nobody knows what he did who was hidden for longer, seconds.
const HIDDEN_S: f64 = 5.0;
/// Nobody drives sideways faster, m/s; a place may be off by so many errors besides.
const SIDEWAYS_M: f64 = 2.5;
const OFF_ERRORS: f64 = 2.0;
const OFF_ERRORS_HIDDEN: f64 = 4.0;
/// Of a class whose lengths vary by so many metres a place errs so many times more, and alike in all frames: seen
/// obliquely, who is shorter than thought seems to stand beside where he is.
const LONG_M: f64 = 1.5;
const LONG_ERRORS: f64 = 2.0;
/// The error of a contact point in the picture, box widths.
const PICTURE_ERROR: f64 = 0.05;
/// Who is seen more faintly than this on average is not believed.
const LEAST_SCORE: f64 = 0.35;

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
    /// Where it belongs; none until that is sure.
    sign: Option<f64>,
    /// When it was last nearest to that side of it.
    last: f64,
    /// How far beside the marking it was last seen, and when.
    offset: f64,
    seen: f64,
    run: Run,
}

/// Frames in a row in which a vehicle was on one side.
#[derive(Debug, Clone, Copy)]
struct Run {
    /// 0 for none.
    sign: f64,
    since: f64,
    frames: u32,
    /// How far beside the marking, and how far off that may be, added up.
    offsets: f64,
    errors: f64,
}

impl Run {
    const fn none(now: f64) -> Self {
        Self { sign: 0.0, since: now, frames: 0, offsets: 0.0, errors: 0.0 }
    }

    fn with(self, offset: f64, err: f64, now: f64) -> Self {
        let sign = offset.signum();
        let run = if self.sign * sign > 0.0 { self } else { Self { sign, ..Self::none(now) } };
        Self { frames: run.frames + 1, offsets: run.offsets + offset, errors: run.errors + err, ..run }
    }

    /// Whether it was surely there: the mean of several places is surer than one, as far as they err independently.
    fn is_sure(&self) -> bool {
        self.frames > 0 && self.offsets.abs() >= ERRORS * self.errors / f64::from(self.frames.min(AT_BEST)).sqrt()
    }
}

/// Where a vehicle is measured: the middle of its footprint on the road, or its contact point in the picture.
#[derive(Debug, Clone, Copy)]
struct Place {
    at: PixelPoint,
    width: f64,
    err: f64,
    /// The farthest it may get sideways in a second.
    sideways: f64,
    /// Whether its bottom is seen; else it only shows that it has not leapt.
    clear: bool,
}

impl LaneViolationJudge {
    pub(crate) fn new(thresholds: &LaneViolation) -> Self {
        Self { thresholds: thresholds.clone(), sides: BTreeMap::new(), paths: None }
    }

    /// Follows a vehicle to a place beside a marking; tells since when it is over the marking when that has just
    /// become sure.
    fn cross(
        &mut self,
        key: (usize, TrackId),
        place: &Place,
        (path, forbidden): (&[PixelPoint], Forbidden),
        (now, unbroken): (f64, f64),
    ) -> Option<f64> {
        let Some(offset) = offset(path, place.at, place.width) else {
            self.sides.remove(&key);
            return None;
        };
        let fresh = Side { sign: None, last: now, offset, seen: now, run: Run::none(now) };
        let side = self.sides.entry(key).or_insert(fresh);
        let away = now - side.seen;
        let errors = if place.clear { OFF_ERRORS } else { OFF_ERRORS_HIDDEN };
        let leapt = (offset - side.offset).abs() > place.sideways * away + errors * place.err;
        if away > HIDDEN_S || side.seen < unbroken || leapt {
            *side = fresh;
        }
        (side.offset, side.seen) = (offset, now);
        if !place.clear {
            return None;
        }
        side.last = if side.sign.is_some_and(|sign| offset * sign >= 0.0) { now } else { side.last };
        if offset.abs() < self.thresholds.min_box_widths * place.width {
            side.run = Run::none(now);
            return None;
        }
        side.run = side.run.with(offset, place.err, now);
        let (sign, frames, sure) = (side.run.sign, side.run.frames, side.run.is_sure());
        if side.sign.is_none() && frames >= CAME_FRAMES && sure {
            (side.sign, side.last) = (Some(sign), now);
        }
        if side.sign == Some(sign) || frames < SETTLED_FRAMES || now - side.run.since < SETTLED_S || !sure {
            return None;
        }
        let crossed = side.sign.replace(sign).map(|_| side.last);
        side.last = now;
        let is_forbidden = match forbidden {
            Forbidden::Both => true,
            Forbidden::Forward => offset > 0.0,
            Forbidden::Backward => offset < 0.0,
        };
        crossed.filter(|_| is_forbidden)
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

/// Where a vehicle is measured; none while its heading on the road is not known.
fn body(user: &RoadUser<'_>, layout: &Layout) -> Option<Place> {
    let Some(plane) = &layout.plane else {
        let (width, err) = (user.width, PICTURE_ERROR * user.width);
        let sideways = SIDEWAYS_M * width / Size::of(user.track.class()).width;
        return Some(Place { at: user.anchor, width, err, sideways, clear: true });
    };
    let drift = user.track.history.drift(DRIVE_S).and_then(|drift| drift.metres);
    let driven = drift.filter(|way| way.distance(PixelPoint::default()) > DRIVEN_M).and_then(unit);
    let lane = || {
        let lane = &layout.lanes[user.journey.lane?];
        unit(plane.vector(user.anchor, lane.locate(user.anchor).direction))
    };
    let body = Footprint::of(&user.contact(), driven.or_else(lane)?, user.track.class(), plane)?;
    let at = handed(plane, user.anchor, body.centre);
    let err = if body.size.spread >= LONG_M { LONG_ERRORS * body.side_err } else { body.side_err };
    Some(Place { at, width: body.size.width, err, sideways: SIDEWAYS_M, clear: true })
}

impl Judge for LaneViolationJudge {
    fn judge(&mut self, watch: &Watch<'_>, post: &Post<'_>, claims: &mut Vec<Claim>) {
        let paths = self.paths.take().unwrap_or_else(|| paths(watch.layout));
        let drives = |user: &&RoadUser<'_>| user.track.class() != RoadUserClass::Person && user.track.is_seen();
        let sure = |user: &&RoadUser<'_>| !user.track.is_double() && user.track.mean_score() >= LEAST_SCORE;
        for user in post.users(watch).filter(drives).filter(sure) {
            let Some(place) = body(user, watch.layout) else { continue };
            let place = Place { clear: watch.sight(user) == Sight::Clear, ..place };
            let times = (watch.now, user.track.unbroken_since);
            for (number, (marking, path)) in watch.layout.markings.iter().zip(&paths).enumerate() {
                if !self.thresholds.watches(&marking.id) {
                    continue;
                }
                let crossed = self.cross((number, user.id), &place, (path, marking.forbidden), times);
                // Who was on the side from which it came may have been another.
                let own = |since: &f64| watch.trails.own_since(user.id, watch.now) <= *since;
                let crossed = crossed.filter(own);
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

/// How far a point lies beside a path: positive to its right as seen along it; none so far before its first or
/// beyond its last point.
fn offset(path: &[PixelPoint], point: PixelPoint, slack: f64) -> Option<f64> {
    let count = path.len();
    let mut nearest = (f64::INFINITY, None);
    for (index, pair) in path.windows(2).enumerate() {
        let (a, b) = (pair[0], pair[1]);
        let length = a.distance(b);
        let along = ((point.x - a.x) * (b.x - a.x) + (point.y - a.y) * (b.y - a.y)) / length;
        let distance = point.distance(a.toward(b, (along / length).clamp(0.0, 1.0)));
        if distance < nearest.0 {
            let past = |is_end: bool, way: f64| if is_end { way.max(0.0) } else { 0.0 };
            let beyond = past(index == 0, -along).max(past(index + 2 == count, along - length));
            let side = side_of_line(a, b, point);
            let beside = if beyond > 0.0 { side } else { distance.copysign(side) };
            nearest = (distance, (beyond <= slack).then_some(beside));
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
            (p(-3.0, 90.0), Some(-10.0)),
            (p(-10.0, 90.0), None),
            (p(110.0, -20.0), None),
        ] {
            assert_eq!(offset(&path, point, 4.0), wanted, "{point:?}");
        }
    }
}
