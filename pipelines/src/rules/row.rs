//! The vehicles of a lane in a row: where each is along it, how long it is, how fast it goes.
//!
//! In metres and km/h where the ground plane holds along the lane, else in pixels and own lengths per
//! second.

use super::queue::{Queue, Queuer, queue};
use super::{LaneUser, RoadUser, Watch};
use crate::ground::Size;
use crate::layout::LaneShape;
use crate::track::Drift;
use kerege_contract::PixelPoint;

/// Over how long a speed is measured, seconds.
const SPEED_S: f64 = 1.0;
/// Slower than this is creeping, km/h; and box lengths per second: seen from behind or before, a box is
/// two or three times as long as the way that its vehicle covers on the road.
const CREEPS_KMH: f64 = 10.0;
const CREEPS_LENGTHS: f64 = 0.25;
/// No gap in a queue is longer than this, metres; and lengths of the box of the one behind it.
const QUEUE_GAP_M: f64 = 15.0;
const QUEUE_GAP_LENGTHS: f64 = 1.5;

/// What of a lane is hidden is looked for at so many places along it; and with less of it seen nothing is told.
const STEPS: f64 = 24.0;
const LEAST_SEEN: f64 = 0.4;
/// Nothing lower than a car's bonnet is seen behind a box that ends so many of its heights lower.
const NEARER: f64 = 0.1;

/// In what a row is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Measure {
    /// Metres and km/h.
    Road,
    /// Pixels, and own lengths per second.
    Picture,
}

/// A vehicle of the row.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Member<'t> {
    pub(crate) user: RoadUser<'t>,
    /// Where its rear is, from the lane's beginning.
    pub(crate) rear: f64,
    pub(crate) length: f64,
    /// How fast it goes; none while that is not known.
    pub(crate) speed: Option<f64>,
}

/// The vehicles of one lane.
#[derive(Debug)]
pub(crate) struct Row<'t> {
    pub(crate) measure: Measure,
    /// The one farthest along comes first.
    pub(crate) members: Vec<Member<'t>>,
    /// How long the lane is.
    pub(crate) length: f64,
}

impl<'t> Row<'t> {
    /// The row of the vehicles that are in a lane.
    pub(crate) fn new(lane: &LaneShape, users: impl Iterator<Item = LaneUser<'t>>) -> Self {
        let (measure, length) = match &lane.ruler {
            Some(ruler) => (Measure::Road, ruler.length()),
            None => (Measure::Picture, lane.length()),
        };
        let mut members: Vec<Member<'t>> = users.filter_map(|one| member(lane, &one)).collect();
        members.sort_by(|a, b| b.rear.total_cmp(&a.rear).then(a.user.id.cmp(&b.user.id)));
        Self { measure, members, length }
    }

    /// Share of the lane's length that vehicles cover, 0..1.
    pub(crate) fn occupancy(&self) -> f64 {
        if self.length > 0.0 { self.covered() / self.length } else { 0.0 }
    }

    /// The same of as much of the lane as is seen: those who crawl before and beside it hide others in it. None where
    /// too little is seen to tell.
    pub(crate) fn seen_occupancy(&self, lane: &LaneShape, watch: &Watch<'_>) -> Option<f64> {
        let covers = |at: f64| self.members.iter().any(|member| (0.0..=member.length).contains(&(at - member.rear)));
        let hidden = |step: &f64| {
            let along = lane.length() * (step + 0.5) / STEPS;
            let at = lane.ruler.as_ref().map_or(Some(along), |ruler| ruler.metres(along));
            at.is_some_and(|at| !covers(at)) && hides(watch, lane.at(along).0)
        };
        #[expect(clippy::cast_precision_loss, reason = "steps of a lane")]
        let hidden = std::iter::successors(Some(0.0), |step| Some(step + 1.0).filter(|next| *next < STEPS))
            .filter(hidden)
            .count() as f64;
        let seen = self.length * (1.0 - hidden / STEPS);
        (seen >= LEAST_SEEN * self.length && seen > 0.0).then(|| (self.covered() / seen).min(1.0))
    }

    fn covered(&self) -> f64 {
        let (mut covered, mut free_below) = (0.0, self.length);
        for member in &self.members {
            let (from, to) = (member.rear.max(0.0), (member.rear + member.length).min(free_below));
            covered += (to - from).max(0.0);
            free_below = free_below.min(from);
        }
        covered
    }

    /// Mean of the speeds of those present, which is the lane's space-mean speed; none while nobody's
    /// is known.
    pub(crate) fn mean_speed(&self) -> Option<f64> {
        let known = || self.members.iter().filter_map(|member| member.speed);
        #[expect(clippy::cast_precision_loss, reason = "vehicles of one lane")]
        let count = known().count() as f64;
        (count > 0.0).then(|| known().sum::<f64>() / count)
    }

    /// The queue back from the lane's end.
    pub(crate) fn queue(&self) -> Option<Queue> {
        let queuer = |member: &Member<'_>| {
            let (creeps, max_gap) = match self.measure {
                Measure::Road => (CREEPS_KMH, QUEUE_GAP_M),
                Measure::Picture => (CREEPS_LENGTHS, QUEUE_GAP_LENGTHS * member.length),
            };
            Queuer { rear: member.rear, length: member.length, max_gap, pace: member.speed.map(|speed| speed / creeps) }
        };
        let queuers: Vec<Queuer> = self.members.iter().map(queuer).collect();
        queue(&queuers, self.length)
    }
}

/// A vehicle along its lane; none where the ground plane does not hold.
fn member<'t>(lane: &LaneShape, one: &LaneUser<'t>) -> Option<Member<'t>> {
    let (user, along_px) = (one.user, user_length(one));
    let drift = user.track.history.drift(SPEED_S);
    let way = |vector: PixelPoint| vector.distance(PixelPoint::default());
    let (at, length, speed) = match &lane.ruler {
        Some(ruler) => {
            let along = |point| ruler.metres(lane.locate(point).along);
            let gone = |drift: &Drift| {
                let before = PixelPoint::new(drift.place.x - drift.pixels.x, drift.place.y - drift.pixels.y);
                drift.metres.map(way).or_else(|| Some((along(drift.place)? - along(before)?).abs()))
            };
            let speed = drift.and_then(|drift| Some(3.6 * gone(&drift)? / drift.seconds));
            (ruler.metres(one.on.along)?, Size::of(user.track.class()).length, speed)
        }
        None => (one.on.along, along_px, drift.map(|drift| way(drift.pixels) / drift.seconds / along_px)),
    };
    // The contact point is the rear of what drives away from the camera, and the front of what comes.
    let rear = at - length * f64::midpoint(1.0, one.on.direction.y);
    Some(Member { user, rear, length, speed })
}

/// Whether somebody who is nearer hides a place on the road.
fn hides(watch: &Watch<'_>, place: PixelPoint) -> bool {
    let seen = watch.users.iter().filter(|user| user.track.is_seen()).map(|user| user.track.seen_box);
    seen.into_iter().any(|b| (b.x1..=b.x2).contains(&place.x) && (b.y1..=b.y2 - NEARER * b.height()).contains(&place.y))
}

/// How long its box is along the lane, square pixels.
fn user_length(one: &LaneUser<'_>) -> f64 {
    one.user.length_along(one.on.direction).max(1.0)
}
