//! `queue_spillback`: a queue that reaches back beyond a mark.
//!
//! The mark is a distance back from the lane's end, or where a drawn line crosses the lane. Queues that are
//! too long in lanes side by side, or behind one another, are one cause, told by the lane in which it began,
//! also when they are long in turn.

use super::groups::groups;
use super::in_lane::may_be_in;
use super::judge::Judge;
use super::neighbours::Neighbours;
use super::row::{Measure, Row};
use super::{Claim, Post, Spot, Watch};
use crate::layout::{LaneShape, LineShape};
use kerege_contract::PixelPoint;
use kerege_contract::geometry::crossing_fraction;
use kerege_contract::scene::QueueSpillback;
use std::collections::BTreeMap;

/// Once told, a queue reaches beyond the mark until it ends so many metres before it, or the length of a box: about a car
/// and the gap to the next, since it moves by whole cars.
const HELD_M: f64 = 7.0;

/// A bus that waits beside the median is no part of a queue on its other side: nobody is whose place is farther from the
/// lane than so many errors.
const IN_LANE_ERRORS: f64 = 2.0;

/// Who tells of the queues on one side of a road.
#[derive(Debug, Clone, Copy)]
struct Told {
    lane: usize,
    /// When it last did, pipeline seconds, and whether it had lasted for the confirm time.
    at: f64,
    sure: bool,
}

/// Whether a queue was told of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Held {
    Yes,
    No,
}

/// The judge of one rule.
#[derive(Debug)]
pub(crate) struct SpillbackJudge {
    thresholds: QueueSpillback,
    /// By lane: since when its queue is too long, and when it last was.
    beyond: BTreeMap<usize, (f64, f64)>,
    /// By side of a road: the lane that told of its queue.
    told: BTreeMap<usize, Told>,
    neighbours: Option<Neighbours>,
}

impl SpillbackJudge {
    pub(crate) fn new(thresholds: &QueueSpillback) -> Self {
        Self { thresholds: thresholds.clone(), beyond: BTreeMap::new(), told: BTreeMap::new(), neighbours: None }
    }

    /// Whether the queue of a lane reaches beyond the mark; none queues there, or the mark is elsewhere. One that was
    /// told of does until it is surely shorter.
    fn reaches(&self, watch: &Watch<'_>, post: &Post<'_>, lane: &LaneShape, row: &Row<'_>, held: Held) -> bool {
        let Some(queue) = row.queue() else { return false };
        let slack = match (held, row.measure) {
            (Held::No, _) => 0.0,
            (Held::Yes, Measure::Road) => HELD_M,
            (Held::Yes, Measure::Picture) => row.members.last().map_or(0.0, |last| last.length),
        };
        match (self.thresholds.mark_m, row.measure) {
            (Some(mark_m), Measure::Road) => queue.length + slack > mark_m,
            (Some(_), Measure::Picture) => false,
            (None, measure) => {
                let mark = post.lines().find_map(|line| mark(lane, &watch.layout.lines[line], measure));
                mark.is_some_and(|mark| queue.tail < mark + slack)
            }
        }
    }

    /// Since when a lane's queue is too long.
    fn since(&mut self, watch: &Watch<'_>, lane: usize) -> f64 {
        let fresh = (watch.now, watch.now);
        let known = self.beyond.entry(lane).or_insert(fresh);
        if watch.now - known.1 > watch.max_gap_s {
            *known = fresh;
        }
        known.1 = watch.now;
        known.0
    }
}

impl Judge for SpillbackJudge {
    fn judge(&mut self, watch: &Watch<'_>, post: &Post<'_>, claims: &mut Vec<Claim>) {
        let neighbours = self.neighbours.take().unwrap_or_else(|| Neighbours::new(watch.layout));
        let mut long: Vec<(usize, f64, Row<'_>)> = Vec::new();
        let keep_s = self.thresholds.clear_s + post.rule.cooldown_s;
        for lane in post.lanes() {
            let vehicles =
                post.in_lanes(watch).filter(|one| one.lane == lane && one.user.track.class().is_motor_vehicle());
            let vehicles = vehicles.filter(|one| may_be_in(watch, one, IN_LANE_ERRORS));
            let shape = &watch.layout.lanes[lane];
            let row = Row::new(shape, vehicles);
            let told = self.told.get(&neighbours.side(lane));
            let held = told.is_some_and(|told| told.sure && watch.now - told.at <= keep_s);
            if self.reaches(watch, post, shape, &row, if held { Held::Yes } else { Held::No }) {
                long.push((lane, self.since(watch, lane), row));
            }
        }
        long.sort_by(|a, b| a.1.total_cmp(&b.1).then(a.0.cmp(&b.0)));
        for group in groups(long.len(), |a, b| {
            let (a, b) = (long[a].0, long[b].0);
            neighbours.adjoin(a, b) || neighbours.side(a) == neighbours.side(b)
        }) {
            let (lane, since, row) = &long[group[0]];
            let Some(last) = row.members.last() else { continue };
            let members = group.iter().flat_map(|index| &long[*index].2.members);
            let line = post.lines().next();
            let now = Told { lane: *lane, at: watch.now, sure: watch.now - since >= self.thresholds.confirm_s };
            let told = self.told.entry(neighbours.side(*lane)).or_insert(now);
            let goes_on = watch.now - told.at <= keep_s;
            *told = if goes_on { Told { lane: told.lane, sure: told.sure || now.sure, ..now } } else { now };
            let spot = line.map_or(Spot::lane(told.lane), |line| Spot::line(line, Some(told.lane)));
            claims.push(Claim {
                members: members.map(|member| member.user.id).collect(),
                confirm_s: self.thresholds.confirm_s,
                clear_s: self.thresholds.clear_s,
                ..Claim::of(post.number, spot, last.user.anchor, *since)
            });
        }
        self.neighbours = Some(neighbours);
    }

    #[cfg(test)]
    fn is_idle(&self) -> bool {
        true
    }
}

/// Where a line crosses a lane's centre line, from the lane's beginning; none when it does not.
fn mark(lane: &LaneShape, line: &LineShape, measure: Measure) -> Option<f64> {
    let mut before = 0.0;
    for pair in lane.centre.windows(2) {
        let (a, b): (PixelPoint, PixelPoint) = (pair[0], pair[1]);
        if let Some(fraction) = crossing_fraction(a, b, line.a, line.b) {
            let along = before + fraction * a.distance(b);
            return match (measure, &lane.ruler) {
                (Measure::Road, Some(ruler)) => ruler.metres(along),
                _ => Some(along),
            };
        }
        before += a.distance(b);
    }
    None
}
