//! `congestion`: lanes that are full and slow, told once, at the head.
//!
//! A lane is congested while its space-mean speed is low and vehicles cover much of it, as far as it is seen. Congested lanes
//! side by side or behind one another are one cause, told by the lane that leads; the others attach, and
//! one of them becomes a cause of its own only when it goes on for as long again after the head has
//! cleared. While the foremost vehicle stands in a waiting area it must last a whole signal cycle.

use super::groups::groups;
use super::judge::Judge;
use super::neighbours::Neighbours;
use super::row::{Measure, Member, Row};
use super::{Claim, Post, Spot, Watch};
use kerege_contract::scene::Congestion;
use std::collections::{BTreeMap, VecDeque};

/// Over how long speed and occupancy are averaged, seconds.
const MEAN_S: f64 = 3.0;
/// It is clear again when it is so many times faster, or covered by so much less.
const RELEASE_SPEED: f64 = 1.33;
const RELEASE_OCCUPANCY: f64 = 0.8;
/// With less than this share of what is full seen in it no lane is called full, whatever hides the rest.
const LEAST_COVERED: f64 = 0.5;

/// Of a lane of which less is seen, metres, nothing is told: one bus fills it.
const LEAST_M: f64 = 12.0;

/// What is remembered of one lane.
#[derive(Debug, Clone, Default)]
struct State {
    /// Time, speed as a share of what is slow, occupancy.
    looks: VecDeque<(f64, f64, f64)>,
    /// Since when it is congested, and when it last was.
    congested: Option<(f64, f64)>,
    /// Until when it was attached to another's.
    attached: f64,
    /// Whether it was the head in the frame before.
    head: bool,
    /// Whether its foremost waited in a waiting area since it is congested; who hides it does not change that.
    waited: bool,
}

/// The judge of one rule.
#[derive(Debug)]
pub(crate) struct CongestionJudge {
    thresholds: Congestion,
    lanes: BTreeMap<usize, State>,
    /// By side of a road: the lane that told of its jam, and when it last did.
    told: BTreeMap<usize, (usize, f64)>,
    neighbours: Option<Neighbours>,
}

impl CongestionJudge {
    pub(crate) fn new(thresholds: &Congestion) -> Self {
        Self { thresholds: thresholds.clone(), lanes: BTreeMap::new(), told: BTreeMap::new(), neighbours: None }
    }

    /// Looks at a lane; since when it is congested, if it is.
    fn look(&mut self, watch: &Watch<'_>, lane: usize, row: &Row<'_>) -> Option<f64> {
        let slow = match row.measure {
            Measure::Road => self.thresholds.max_speed_kmh,
            Measure::Picture => self.thresholds.max_lengths_per_s,
        };
        let state = self.lanes.entry(lane).or_default();
        if let Some(speed) = row.mean_speed() {
            // What is hidden is asked for only where it can decide.
            let (all, least) = (row.occupancy(), self.thresholds.min_occupancy);
            let decides = speed < RELEASE_SPEED * slow && all < least && all > LEAST_COVERED * least;
            let seen = decides.then(|| row.seen_occupancy(&watch.layout.lanes[lane], watch)).flatten();
            state.looks.push_back((watch.now, speed / slow, seen.unwrap_or(all)));
        }
        while state.looks.front().is_some_and(|look| look.0 < watch.now - MEAN_S) {
            state.looks.pop_front();
        }
        #[expect(clippy::cast_precision_loss, reason = "seconds of frames")]
        let count = state.looks.len() as f64;
        let (speed, occupancy) = state.looks.iter().fold((0.0, 0.0), |sum, look| (sum.0 + look.1, sum.1 + look.2));
        let (more, less) = if state.congested.is_some() { (RELEASE_SPEED, RELEASE_OCCUPANCY) } else { (1.0, 1.0) };
        let is_long = row.measure == Measure::Picture || row.length >= LEAST_M;
        let holds =
            is_long && count > 0.0 && speed / count < more && occupancy / count > less * self.thresholds.min_occupancy;
        state.congested = match state.congested {
            Some((since, _)) if holds => Some((since, watch.now)),
            Some((_, last)) if watch.now - last > watch.max_gap_s => None,
            known => known.or_else(|| holds.then_some((watch.now, watch.now))),
        };
        state.waited &= state.congested.is_some();
        state.congested.filter(|_| holds).map(|(since, _)| since)
    }

    /// The lane of a group that leads: the one that already did, or else has none ahead.
    fn head(&self, group: &[usize], neighbours: &Neighbours) -> usize {
        let rank = |lane: &usize| {
            let state = &self.lanes[lane];
            let led = group.iter().any(|other| other != lane && neighbours.is_ahead(*other, *lane));
            (!state.head, led, state.congested.map_or(f64::INFINITY, |(since, _)| since))
        };
        let order = |a: &&usize, b: &&usize| {
            let ((a1, a2, a3), (b1, b2, b3)) = (rank(a), rank(b));
            (a1, a2).cmp(&(b1, b2)).then(a3.total_cmp(&b3)).then(a.cmp(b))
        };
        group.iter().min_by(order).copied().unwrap_or_default()
    }

    /// What is claimed of adjoining congested lanes.
    fn claim(
        &mut self,
        watch: &Watch<'_>,
        post: &Post<'_>,
        head: usize,
        neighbours: &Neighbours,
        rows: &[&(usize, Row<'_>)],
    ) -> Option<Claim> {
        let side = neighbours.side(head);
        for (lane, _) in rows {
            let state = self.lanes.get_mut(lane)?;
            state.head = *lane == head;
            // The lanes of one side are one jam, whichever leads it.
            if *lane != head && neighbours.side(*lane) != side {
                state.attached = watch.now;
            }
        }
        let mut rows = rows.to_vec();
        rows.sort_by_key(|row| row.0 != head);
        let members: Vec<&Member<'_>> = rows.iter().flat_map(|row| &row.1.members).collect();
        let foremost = members.first()?;
        let state = self.lanes.get_mut(&head)?;
        state.waited |= watch.layout.waits(head, foremost.user.anchor);
        let (since, waited) = (state.congested?.0.max(state.attached), state.waited);
        // The lanes of a side that are full in turn are one jam, told by the lane in which it began.
        let keep_s = self.thresholds.clear_s + post.rule.cooldown_s;
        let told = self.told.entry(side).or_insert((head, watch.now));
        *told = (if watch.now - told.1 <= keep_s { told.0 } else { head }, watch.now);
        Some(Claim {
            members: members.iter().map(|member| member.user.id).collect(),
            confirm_s: if waited { self.thresholds.max_cycle_s } else { self.thresholds.confirm_s },
            clear_s: self.thresholds.clear_s,
            ..Claim::of(post.number, Spot::lane(told.0), foremost.user.anchor, since)
        })
    }
}

impl Judge for CongestionJudge {
    fn judge(&mut self, watch: &Watch<'_>, post: &Post<'_>, claims: &mut Vec<Claim>) {
        let neighbours = self.neighbours.take().unwrap_or_else(|| Neighbours::new(watch.layout));
        let mut congested: Vec<(usize, Row<'_>)> = Vec::new();
        for lane in post.lanes() {
            let vehicles =
                post.in_lanes(watch).filter(|one| one.lane == lane && one.user.track.class().is_motor_vehicle());
            let row = Row::new(&watch.layout.lanes[lane], vehicles);
            if self.look(watch, lane, &row).is_some() {
                congested.push((lane, row));
            } else if let Some(state) = self.lanes.get_mut(&lane) {
                state.head &= state.congested.is_some();
            }
        }
        let adjoin = |a: usize, b: usize| {
            let (a, b) = (congested[a].0, congested[b].0);
            neighbours.adjoin(a, b) || neighbours.side(a) == neighbours.side(b)
        };
        for group in groups(congested.len(), adjoin) {
            let rows: Vec<&(usize, Row<'_>)> = group.iter().map(|index| &congested[*index]).collect();
            let lanes: Vec<usize> = rows.iter().map(|(lane, _)| *lane).collect();
            let head = self.head(&lanes, &neighbours);
            claims.extend(self.claim(watch, post, head, &neighbours, &rows));
        }
        self.neighbours = Some(neighbours);
    }

    #[cfg(test)]
    fn is_idle(&self) -> bool {
        self.lanes.values().all(|state| state.looks.is_empty() && state.congested.is_none())
    }
}
