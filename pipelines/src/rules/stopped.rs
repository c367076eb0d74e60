//! `stopped_vehicle`: the head of a standing row in a live lane.
//!
//! Vehicles that stand close behind one another are one row, and only its head can be the cause;
//! the others attach to it. A row whose head stands in a waiting area (a stop line, a bus stop, the
//! junction ahead) is a queue, and becomes an incident only when its head has not moved for a whole
//! signal cycle. A vehicle counts as head only from when it became one: when a queue starts to move
//! each car is head for a moment, after standing for minutes. And a lorry that hides those ahead of
//! it for longer than they are remembered stays what it was, one of their queue.

use super::groups::groups;
use super::judge::Judge;
use super::standing::{Still, one_row, sort_rows};
use super::{Claim, LaneUser, Post, Spot, Watch};
use crate::count::footprint;
use crate::{Reason, TrackId};
use kerege_contract::PixelPoint;
use kerege_contract::scene::StoppedVehicle;
use std::collections::BTreeMap;

/// The same place: within this many box sizes.
const SAME_PLACE: f64 = 1.0;
/// Heads of rows in different lanes that are nearer than this hit each other, metres; and box widths
/// of the wider on an uncalibrated camera.
const TOUCH_M: f64 = 3.0;
const TOUCH_WIDTHS: f64 = 1.2;

/// What is remembered of one vehicle that stands.
#[derive(Debug, Clone, Copy)]
struct Standing {
    still: Still,
    /// Since when it is the head of its row, and when it last was.
    head: Option<(f64, f64)>,
    /// The middle of its footprint when it came to stand.
    foot: PixelPoint,
    /// Number of its lane, and how far along it stands.
    lane: usize,
    along: f64,
    /// Whether it waits: in a waiting area, or behind one there that is hidden for good.
    waits: bool,
    behind_hidden: bool,
}

/// The judge of one rule.
#[derive(Debug)]
pub(crate) struct StoppedJudge {
    thresholds: StoppedVehicle,
    standing: BTreeMap<TrackId, Standing>,
}

impl StoppedJudge {
    pub(crate) fn new(thresholds: &StoppedVehicle) -> Self {
        Self { thresholds: thresholds.clone(), standing: BTreeMap::new() }
    }
}

impl Judge for StoppedJudge {
    fn judge(&mut self, watch: &Watch<'_>, post: &Post<'_>, claims: &mut Vec<Claim>) {
        let vehicles: Vec<LaneUser<'_>> =
            post.in_lanes(watch).filter(|one| one.user.track.class().is_motor_vehicle()).collect();
        let lost = self.forget_ended(watch, &vehicles);
        let mut stands: Vec<LaneUser<'_>> = vehicles.into_iter().filter(|one| self.stands(one)).collect();
        sort_rows(&mut stands);
        for lost in lost {
            let next = stands.iter().find(|one| one.lane == lost.lane && one.on.along < lost.along);
            if let Some(next) = next.and_then(|one| self.standing.get_mut(&one.user.id)) {
                next.behind_hidden = true;
            }
        }
        let rows = stands.chunk_by(one_row);
        let found: Vec<(LaneUser<'_>, Claim)> =
            rows.filter_map(|row| Some((row[0], self.claim(post.number, watch, row)?))).collect();
        claims.extend(self.joined(watch, &found));
    }

    fn window_s(&self) -> f64 {
        self.thresholds.standstill.window_s
    }

    #[cfg(test)]
    fn is_idle(&self) -> bool {
        self.standing.is_empty()
    }
}

impl StoppedJudge {
    /// Forgets vehicles whose tracks ended, and returns those that waited and were hidden for so long
    /// that nobody saw whether they left.
    fn forget_ended(&mut self, watch: &Watch<'_>, vehicles: &[LaneUser<'_>]) -> Vec<Standing> {
        let ended = self.standing.extract_if(.., |id, _| !vehicles.iter().any(|one| one.user.id == *id));
        let unsolved = |standing: &Standing| standing.waits && watch.now - standing.still.seen > watch.covered_s;
        ended.map(|(_, standing)| standing).filter(unsolved).collect()
    }

    /// Whether a vehicle stands, remembering since when.
    fn stands(&mut self, one: &LaneUser<'_>) -> bool {
        let id = one.user.id;
        let known = self.standing.get(&id).map(|standing| standing.still);
        let Some(still) = Still::look(known, &one.user, &self.thresholds.standstill) else {
            self.standing.remove(&id);
            return false;
        };
        let begun = Standing {
            still,
            head: None,
            foot: footprint(one.user.track),
            lane: one.lane,
            along: one.on.along,
            waits: false,
            behind_hidden: false,
        };
        let standing = self.standing.entry(id).or_insert(begun);
        (standing.still, standing.lane, standing.along) = (still, one.lane, one.on.along);
        true
    }

    /// What is claimed of a row, its head first.
    fn claim(&mut self, rule: usize, watch: &Watch<'_>, row: &[LaneUser<'_>]) -> Option<Claim> {
        let (head, behind) = row.split_first()?;
        let standing = self.standing.get_mut(&head.user.id)?;
        let head_since = match standing.head {
            Some((since, last)) if watch.now - last <= watch.max_gap_s => since,
            Some(_) => watch.now,
            // It was never behind another: it stands here by itself.
            None => standing.still.since,
        };
        standing.head = Some((head_since, watch.now));
        let since = if standing.behind_hidden { standing.still.since } else { head_since };
        // Where it came to stand decides: at green it leaves the waiting area before it counts as moving.
        let waits = standing.behind_hidden || watch.layout.is_waiting(standing.foot);
        standing.waits = waits;
        for other in behind {
            if let Some(standing) = self.standing.get_mut(&other.user.id) {
                // It has been behind another: should it ever be head, that begins then.
                standing.head.get_or_insert((f64::NEG_INFINITY, f64::NEG_INFINITY));
                standing.waits = watch.layout.is_waiting(standing.foot);
            }
        }
        Some(Claim {
            members: behind.iter().map(|other| other.user.id).collect(),
            reach: SAME_PLACE * head.user.size(),
            confirm_s: if waits { self.thresholds.max_cycle_s } else { self.thresholds.confirm_s },
            over: Reason::Moved,
            ..Claim::by(rule, &head.user, Spot::lane(head.lane), since)
        })
    }

    /// Vehicles that hit each other across lanes are one cause: the first to stand, with the others
    /// attached. Rows that wait side by side are not.
    fn joined(&self, watch: &Watch<'_>, found: &[(LaneUser<'_>, Claim)]) -> Vec<Claim> {
        let waits = |one: &LaneUser<'_>| self.standing.get(&one.user.id).is_some_and(|standing| standing.waits);
        let hit = |a: usize, b: usize| {
            let (a, b) = (&found[a].0, &found[b].0);
            !waits(a) && !waits(b) && touch(watch, a, b)
        };
        let join = |group: Vec<usize>| {
            let mut parts: Vec<&Claim> = group.into_iter().map(|index| &found[index].1).collect();
            parts.sort_by(|a, b| a.since.total_cmp(&b.since));
            let (first, others) = parts.split_first()?;
            let mut joined = (*first).clone();
            for other in others {
                joined.members.extend(other.about.users().chain(other.members.iter().copied()));
            }
            Some(joined)
        };
        groups(found.len(), hit).into_iter().filter_map(join).collect()
    }
}

/// Whether two vehicles are so near to each other that they must have collided.
fn touch(watch: &Watch<'_>, a: &LaneUser<'_>, b: &LaneUser<'_>) -> bool {
    let road = |one: &LaneUser<'_>| watch.layout.plane.as_ref().and_then(|plane| plane.road(one.user.anchor));
    match (road(a), road(b)) {
        (Some(a), Some(b)) => a.distance(b) <= TOUCH_M,
        _ => a.user.anchor.distance(b.user.anchor) <= TOUCH_WIDTHS * a.user.width.max(b.user.width),
    }
}
