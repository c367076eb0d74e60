//! `wrong_way`: a vehicle that drives against its lane.
//!
//! Every quarter of its own length a vehicle casts a vote: with the lane or against it. Standing
//! and shaking cast none, crossing or changing lanes is not against, and what a neighbouring lane
//! explains (a lorry's contact point over the dividing line) does not count. Enough way, time and
//! votes against the lane make the claim; turning round ends it.

use super::claim::{Claim, Subject, Watch};
use crate::TrackId;
use crate::layout::Layout;
use kerege_contract::PixelPoint;
use kerege_contract::scene::WrongWay;
use std::collections::BTreeMap;

/// Way between votes, own lengths.
const VOTE_EVERY: f64 = 0.25;
/// Fewest votes, so that one jump of a box is not a drive.
const MIN_VOTES: u32 = 3;
/// A neighbouring lane within this many box widths of the contact point may explain the heading.
const NEIGHBOUR: f64 = 0.35;
/// The same vehicle under another number: within this many box sizes of where it was.
const SAME_PLACE: f64 = 4.0;

/// What is remembered of one vehicle.
#[derive(Debug, Clone)]
struct Drive {
    /// Where and when it last voted.
    place: PixelPoint,
    at: f64,
    against: Option<Against>,
}

/// A stretch against the lane.
#[derive(Debug, Clone)]
struct Against {
    since: f64,
    votes: u32,
    wrong: u32,
    lengths: f64,
    /// None once a part of it lay where the ground plane does not hold.
    metres: Option<f64>,
}

/// The judge of one rule.
#[derive(Debug)]
pub(crate) struct WrongWayJudge {
    thresholds: WrongWay,
    drives: BTreeMap<TrackId, Drive>,
}

impl WrongWayJudge {
    pub(crate) fn new(thresholds: &WrongWay) -> Self {
        Self { thresholds: thresholds.clone(), drives: BTreeMap::new() }
    }

    #[cfg(test)]
    pub(crate) fn is_idle(&self) -> bool {
        self.drives.is_empty()
    }

    /// Adds this frame's claims.
    pub(crate) fn judge<'t>(
        &mut self,
        rule: usize,
        watch: &Watch<'t>,
        subjects: impl Iterator<Item = &'t Subject<'t>>,
        claims: &mut Vec<Claim>,
    ) {
        let driven = |subject: &&Subject<'_>| {
            let class = subject.track.class();
            class.is_motor_vehicle() && !class.is_cycle()
        };
        let subjects: Vec<&Subject<'_>> = subjects.filter(driven).collect();
        self.drives.retain(|id, _| subjects.iter().any(|subject| subject.id == *id));
        for subject in subjects {
            if subject.track.is_seen() {
                self.follow(subject, watch);
            }
            claims.extend(self.claim(rule, subject));
        }
    }

    /// Follows a vehicle to where it is now; it votes when it has gone far enough.
    fn follow(&mut self, subject: &Subject<'_>, watch: &Watch<'_>) {
        let start = || Drive { place: subject.anchor, at: watch.now, against: None };
        let drive = self.drives.entry(subject.id).or_insert_with(start);
        let step = PixelPoint::new(subject.anchor.x - drive.place.x, subject.anchor.y - drive.place.y);
        let way = step.distance(PixelPoint::default());
        if way == 0.0 {
            return;
        }
        let heading = PixelPoint::new(step.x / way, step.y / way);
        let lengths = way / subject.length_along(heading);
        if lengths < VOTE_EVERY {
            return;
        }
        let (from, began) = (drive.place, drive.at);
        (drive.place, drive.at) = (subject.anchor, watch.now);
        let least = self.thresholds.min_angle_deg;
        if angle_deg(watch.layout, from, step, subject.on.direction) <= least {
            drive.against = drive.against.take().filter(|against| against.forgives(self.thresholds.min_votes));
        } else if !explained(watch.layout, subject, heading) {
            let metres = metres(watch.layout, from, subject.anchor);
            drive.against.get_or_insert(Against::new(began)).add(lengths, metres);
        }
    }

    fn claim(&self, rule: usize, subject: &Subject<'_>) -> Option<Claim> {
        let against = self.drives.get(&subject.id)?.against.as_ref()?;
        let far = match against.metres {
            Some(metres) => metres >= self.thresholds.min_distance_m,
            None => against.lengths >= self.thresholds.min_box_lengths,
        };
        (far && against.wrong >= MIN_VOTES).then(|| Claim {
            rule,
            subject: subject.id,
            members: Vec::new(),
            lane: subject.lane,
            place: subject.anchor,
            reach: SAME_PLACE * subject.width.max(subject.height),
            since: against.since,
            confirm_s: self.thresholds.min_s,
        })
    }
}

impl Against {
    const fn new(since: f64) -> Self {
        Self { since, votes: 0, wrong: 0, lengths: 0.0, metres: Some(0.0) }
    }

    fn add(&mut self, lengths: f64, metres: Option<f64>) {
        self.votes += 1;
        self.wrong += 1;
        self.lengths += lengths;
        self.metres = self.metres.zip(metres).map(|(sum, more)| sum + more);
    }

    /// Takes a vote for the lane; tells whether the share of those against it is still enough.
    fn forgives(&self, min_votes: f64) -> bool {
        f64::from(self.wrong) >= min_votes * f64::from(self.votes + 1)
    }
}

/// The angle between a step and the lane: on the road where it is known, else in the picture.
fn angle_deg(layout: &Layout, at: PixelPoint, step: PixelPoint, lane: PixelPoint) -> f64 {
    let (step, lane) = match &layout.plane {
        Some(plane) if plane.road(at).is_some() => (plane.vector(at, step), plane.vector(at, lane)),
        _ => (step, lane),
    };
    let cross = step.x * lane.y - step.y * lane.x;
    let dot = step.x * lane.x + step.y * lane.y;
    cross.abs().atan2(dot).to_degrees()
}

/// Whether a lane close beside goes the way the vehicle does.
fn explained(layout: &Layout, subject: &Subject<'_>, heading: PixelPoint) -> bool {
    let aside = NEIGHBOUR * subject.width;
    let beside = [-aside, aside].map(|shift| PixelPoint::new(subject.anchor.x + shift, subject.anchor.y));
    layout.lanes.iter().enumerate().filter(|(index, _)| *index != subject.lane).any(|(_, lane)| {
        let reached = lane.contains(subject.anchor) || beside.iter().any(|point| lane.contains(*point));
        let direction = lane.locate(subject.anchor).direction;
        reached && direction.x * heading.x + direction.y * heading.y > 0.5
    })
}

fn metres(layout: &Layout, from: PixelPoint, to: PixelPoint) -> Option<f64> {
    let plane = layout.plane.as_ref()?;
    Some(plane.road(from)?.distance(plane.road(to)?))
}
