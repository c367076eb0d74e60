//! `stopped_vehicle`: the head of a standing row in a live lane.
//!
//! Vehicles that stand close behind one another are one row, and only its head can be the cause;
//! the others attach to it. A row whose head stands in a waiting area (a stop line, a bus stop, the
//! junction ahead) is a queue, and becomes an incident only when its head has not moved for a whole
//! signal cycle. A vehicle counts as head only from when it became one: when a queue starts to move
//! each car is head for a moment, after standing for minutes. And a lorry that hides those ahead of
//! it for longer than they are remembered stays what it was, one of their queue.

use super::claim::{Claim, Subject, Watch};
use crate::TrackId;
use crate::count::footprint;
use crate::track::Drift;
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
    /// The middle of its footprint when it came to stand.
    foot: PixelPoint,
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

    #[cfg(test)]
    pub(crate) fn is_idle(&self) -> bool {
        self.standing.is_empty()
    }

    /// Adds this frame's claims.
    pub(crate) fn judge<'t>(
        &mut self,
        rule: usize,
        watch: &Watch<'t>,
        subjects: impl Iterator<Item = &'t Subject<'t>>,
        claims: &mut Vec<Claim>,
    ) {
        let vehicles: Vec<&Subject<'_>> = subjects.filter(|subject| subject.track.class().is_motor_vehicle()).collect();
        let lost = self.forget_ended(watch, &vehicles);
        let mut stands: Vec<&Subject<'_>> = vehicles.into_iter().filter(|subject| self.stands(subject)).collect();
        stands.sort_by(|a, b| a.lane.cmp(&b.lane).then(b.on.along.total_cmp(&a.on.along)).then(a.id.cmp(&b.id)));
        for lost in lost {
            let next = stands.iter().find(|subject| subject.lane == lost.lane && subject.on.along < lost.along);
            if let Some(next) = next.and_then(|subject| self.standing.get_mut(&subject.id)) {
                next.behind_hidden = true;
            }
        }
        for row in stands.chunk_by(|ahead, behind| one_row(ahead, behind)) {
            claims.extend(self.claim(rule, watch, row));
        }
    }

    /// Forgets vehicles whose tracks ended, and returns those that waited and were hidden for so long
    /// that nobody saw whether they left.
    fn forget_ended(&mut self, watch: &Watch<'_>, vehicles: &[&Subject<'_>]) -> Vec<Standing> {
        let ended = self.standing.extract_if(.., |id, _| !vehicles.iter().any(|subject| subject.id == *id));
        let unsolved = |standing: &Standing| standing.waits && watch.now - standing.seen > watch.covered_s;
        ended.map(|(_, standing)| standing).filter(unsolved).collect()
    }

    /// Whether a vehicle stands, remembering since when. While it is hidden it does what it did.
    fn stands(&mut self, subject: &Subject<'_>) -> bool {
        let drift = subject.track.history.drift(self.thresholds.window_s).filter(|_| subject.track.is_seen());
        let known = self.standing.get_mut(&subject.id);
        if let Some(known) = &known {
            let most = if drift.is_some() { CREPT } else { MOVED_HIDDEN };
            if known.place.distance(subject.anchor) > most * subject.width {
                self.standing.remove(&subject.id);
                return false;
            }
        }
        let (Some(drift), limit) = (drift, if known.is_some() { RELEASE } else { 1.0 }) else {
            return known.map(|known| known.seen = subject.track.last_seen).is_some();
        };
        if self.pace(&drift) >= limit {
            self.standing.remove(&subject.id);
            return false;
        }
        let standing = self.standing.entry(subject.id).or_insert(Standing {
            since: drift.since,
            head: None,
            place: subject.anchor,
            foot: footprint(subject.track),
            lane: subject.lane,
            along: subject.on.along,
            seen: subject.track.last_seen,
            waits: false,
            behind_hidden: false,
        });
        (standing.seen, standing.lane, standing.along) = (subject.track.last_seen, subject.lane, subject.on.along);
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
    fn claim(&mut self, rule: usize, watch: &Watch<'_>, row: &[&Subject<'_>]) -> Option<Claim> {
        let (head, behind) = row.split_first()?;
        let standing = self.standing.get_mut(&head.id)?;
        let head_since = match standing.head {
            Some((since, last)) if watch.now - last <= watch.max_gap_s => since,
            Some(_) => watch.now,
            // It was never behind another: it stands here by itself.
            None => standing.since,
        };
        standing.head = Some((head_since, watch.now));
        let since = if standing.behind_hidden { standing.since } else { head_since };
        // Where it came to stand decides: at green it leaves the waiting area before it counts as moving.
        let waits = standing.behind_hidden || watch.layout.is_waiting(standing.foot);
        standing.waits = waits;
        for other in behind {
            if let Some(standing) = self.standing.get_mut(&other.id) {
                // It has been behind another: should it ever be head, that begins then.
                standing.head.get_or_insert((f64::NEG_INFINITY, f64::NEG_INFINITY));
                standing.waits = watch.layout.is_waiting(standing.foot);
            }
        }
        Some(Claim {
            rule,
            subject: head.id,
            members: behind.iter().map(|other| other.id).collect(),
            lane: head.lane,
            place: head.anchor,
            reach: SAME_PLACE * head.width.max(head.height),
            since,
            confirm_s: if waits { self.thresholds.max_cycle_s } else { self.thresholds.confirm_s },
        })
    }
}

/// Whether two neighbours of a lane, the one ahead first, belong to one row.
fn one_row(ahead: &Subject<'_>, behind: &Subject<'_>) -> bool {
    let length = ahead.length_along(ahead.on.direction).max(behind.length_along(behind.on.direction));
    ahead.lane == behind.lane && ahead.on.along - behind.on.along <= ROW_GAP * length
}
