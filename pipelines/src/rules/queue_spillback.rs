//! `queue_spillback`: a queue that reaches back beyond a mark.
//!
//! The mark is a distance back from the lane's end, or where a drawn line crosses the lane. Queues that are
//! too long in lanes side by side, or behind one another, are one cause, told by the lane in which it began,
//! also when they are long in turn.

use super::groups::groups;
use super::judge::Judge;
use super::neighbours::Neighbours;
use super::row::{Measure, Row};
use super::{Claim, Post, Spot, Watch};
use crate::layout::{LaneShape, LineShape};
use kerege_contract::PixelPoint;
use kerege_contract::geometry::crossing_fraction;
use kerege_contract::scene::QueueSpillback;
use std::collections::BTreeMap;

/// The judge of one rule.
#[derive(Debug)]
pub(crate) struct SpillbackJudge {
    thresholds: QueueSpillback,
    /// By lane: since when its queue is too long, and when it last was.
    beyond: BTreeMap<usize, (f64, f64)>,
    /// By side of a road: the lane that told of its queue, and when it last did.
    told: BTreeMap<usize, (usize, f64)>,
    neighbours: Option<Neighbours>,
}

impl SpillbackJudge {
    pub(crate) fn new(thresholds: &QueueSpillback) -> Self {
        Self { thresholds: thresholds.clone(), beyond: BTreeMap::new(), told: BTreeMap::new(), neighbours: None }
    }

    /// Whether the queue of a lane reaches beyond the mark; none queues there, or the mark is elsewhere.
    fn reaches(&self, watch: &Watch<'_>, post: &Post<'_>, lane: &LaneShape, row: &Row<'_>) -> bool {
        let Some(queue) = row.queue() else { return false };
        match (self.thresholds.mark_m, row.measure) {
            (Some(mark_m), Measure::Road) => queue.length > mark_m,
            (Some(_), Measure::Picture) => false,
            (None, measure) => {
                let mark = post.lines().find_map(|line| mark(lane, &watch.layout.lines[line], measure));
                mark.is_some_and(|mark| queue.tail < mark)
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
        for lane in post.lanes() {
            let vehicles =
                post.in_lanes(watch).filter(|one| one.lane == lane && one.user.track.class().is_motor_vehicle());
            let shape = &watch.layout.lanes[lane];
            let row = Row::new(shape, vehicles);
            if self.reaches(watch, post, shape, &row) {
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
            let keep_s = self.thresholds.clear_s + post.rule.cooldown_s;
            let told = self.told.entry(neighbours.side(*lane)).or_insert((*lane, watch.now));
            *told = (if watch.now - told.1 <= keep_s { told.0 } else { *lane }, watch.now);
            let spot = line.map_or(Spot::lane(told.0), |line| Spot::line(line, Some(told.0)));
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
