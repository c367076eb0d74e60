//! `stopped_vehicle`: the head of a standing row in a live lane.
//!
//! Vehicles that stand close behind one another are one row, and only its head can be the cause;
//! the others attach to it. A row whose head stands in a waiting area (a stop line, a bus stop, the
//! junction ahead) is a queue, and becomes an incident only when its head has not moved for a whole
//! signal cycle. A vehicle counts as head only from when it became one: when a queue starts to move
//! each car is head for a moment, after standing for minutes. And a lorry that hides those ahead of
//! it for longer than they are remembered stays what it was, one of their queue.

use super::judge::Judge;
use super::{Claim, LaneUser, Post, Spot, Watch};
use crate::track::Drift;
use crate::{Reason, TrackId};
use kerege_contract::PixelPoint;
use kerege_contract::scene::StoppedVehicle;
use std::collections::BTreeMap;

/// It moves again when it is this many times faster than what counts as standing.
const RELEASE: f64 = 2.0;
/// Standing vehicles are one row while the way from one to the next is at most this many lengths of
/// the longer.
const ROW_GAP: f64 = 2.5;
/// The same place: within this many box sizes.
const SAME_PLACE: f64 = 1.0;

/// It has crept away when it is farther off than this, box widths; or moved while it was hidden.
const CREPT: f64 = 1.0;
const MOVED_HIDDEN: f64 = 0.5;

/// What is remembered of one vehicle.
#[derive(Debug, Clone, Copy)]
struct Standing {
    /// Since when it stands.
    since: f64,
    /// Since when it is the head of its row, and when it last was.
    head: Option<(f64, f64)>,
    /// Where it stood when that was last sure.
    place: PixelPoint,
    /// Number of its lane, and how far along it stands.
    lane: usize,
    along: f64,
    /// When it was last seen.
    seen: f64,
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
        stands.sort_by(|a, b| {
            a.lane.cmp(&b.lane).then(b.on.along.total_cmp(&a.on.along)).then(a.user.id.cmp(&b.user.id))
        });
        for lost in lost {
            let next = stands.iter().find(|one| one.lane == lost.lane && one.on.along < lost.along);
            if let Some(next) = next.and_then(|one| self.standing.get_mut(&one.user.id)) {
                next.behind_hidden = true;
            }
        }
        for row in stands.chunk_by(|ahead, behind| one_row(ahead, behind)) {
            claims.extend(self.claim(post.number, watch, row));
        }
    }

    fn window_s(&self) -> f64 {
        self.thresholds.window_s
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
        let unsolved = |standing: &Standing| standing.waits && watch.now - standing.seen > watch.covered_s;
        ended.map(|(_, standing)| standing).filter(unsolved).collect()
    }

    /// Whether a vehicle stands, remembering since when. While it is hidden it does what it did.
    fn stands(&mut self, one: &LaneUser<'_>) -> bool {
        let drift = one.user.track.history.drift(self.thresholds.window_s).filter(|_| one.user.track.is_seen());
        let known = self.standing.get_mut(&one.user.id);
        if let Some(known) = &known {
            let most = if drift.is_some() { CREPT } else { MOVED_HIDDEN };
            if known.place.distance(one.user.anchor) > most * one.user.width {
                self.standing.remove(&one.user.id);
                return false;
            }
        }
        let (Some(drift), limit) = (drift, if known.is_some() { RELEASE } else { 1.0 }) else {
            return known.map(|known| known.seen = one.user.track.last_seen).is_some();
        };
        if self.pace(&drift) >= limit {
            self.standing.remove(&one.user.id);
            return false;
        }
        let standing = self.standing.entry(one.user.id).or_insert(Standing {
            since: drift.since,
            head: None,
            place: one.user.anchor,
            lane: one.lane,
            along: one.on.along,
            seen: one.user.track.last_seen,
            waits: false,
            behind_hidden: false,
        });
        (standing.seen, standing.lane, standing.along) = (one.user.track.last_seen, one.lane, one.on.along);
        true
    }

    /// How fast it goes, 1 being what counts as standing.
    fn pace(&self, drift: &Drift) -> f64 {
        let origin = PixelPoint::default();
        if let Some(metres) = drift.metres {
            3.6 * metres.distance(origin) / drift.seconds / self.thresholds.max_speed_kmh
        } else {
            let over_window = drift.pixels.distance(origin) / drift.seconds * self.thresholds.window_s;
            over_window / (drift.width * self.thresholds.max_box_widths)
        }
    }

    /// What is claimed of a row, its head first.
    fn claim(&mut self, rule: usize, watch: &Watch<'_>, row: &[LaneUser<'_>]) -> Option<Claim> {
        let (head, behind) = row.split_first()?;
        let standing = self.standing.get_mut(&head.user.id)?;
        let head_since = match standing.head {
            Some((since, last)) if watch.now - last <= watch.max_gap_s => since,
            Some(_) => watch.now,
            // It was never behind another: it stands here by itself.
            None => standing.since,
        };
        standing.head = Some((head_since, watch.now));
        let since = if standing.behind_hidden { standing.since } else { head_since };
        let waits = standing.behind_hidden || watch.layout.is_waiting(head.user.anchor);
        standing.waits = waits;
        for other in behind {
            if let Some(standing) = self.standing.get_mut(&other.user.id) {
                // It has been behind another: should it ever be head, that begins then.
                standing.head.get_or_insert((f64::NEG_INFINITY, f64::NEG_INFINITY));
                standing.waits = watch.layout.is_waiting(other.user.anchor);
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
}

/// Whether two neighbours of a lane, the one ahead first, belong to one row.
fn one_row(ahead: &LaneUser<'_>, behind: &LaneUser<'_>) -> bool {
    let length = ahead.user.length_along(ahead.on.direction).max(behind.user.length_along(behind.on.direction));
    ahead.lane == behind.lane && ahead.on.along - behind.on.along <= ROW_GAP * length
}
