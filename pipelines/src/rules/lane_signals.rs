//! By which signals the traffic of a lane goes: those of the stop line at its end, as `red_light` and `stop_line`
//! name them.

use super::Watch;
use crate::layout::{LaneShape, LineShape};
use crate::signals::{Cycle, Shown, Window};
use kerege_contract::PixelPoint;
use kerege_contract::fact::Direction;
use kerege_contract::geometry::{crossing_fraction, side_of_line};
use kerege_contract::scene::{Rule, RuleKind, Scene};

/// A lane is drawn to its stop line, or nearly, or beyond: so much of its length off at most.
const NEARLY: f64 = 0.15;

/// The signals of one lane; none where no stop line is told of.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct LaneSignals {
    groups: Vec<u16>,
    stale_s: f64,
}

impl LaneSignals {
    /// Of each lane of a scene, given where each leaves its last waiting area (pixels along it).
    pub(crate) fn of(scene: &Scene, lanes: &[LaneShape], lines: &[LineShape], stops: &[Option<f64>]) -> Vec<Self> {
        let lane = |(number, lane): (usize, &LaneShape)| {
            let mut signals = Self { groups: Vec::new(), stale_s: f64::INFINITY };
            let Some(way) = stops[number].map(|stop| end(lane, stop)) else { return Self::default() };
            for (rule, (dir, stale_s, groups)) in scene.rules.iter().filter_map(|rule| Some((rule, signal(rule)?))) {
                let named = rule.lanes.is_empty() || rule.lanes.contains(&scene.lanes[number].id);
                let mut own = scene.lines.iter().zip(lines).filter(|(line, _)| rule.lines.contains(&line.id));
                if named && own.any(|(_, line)| leads_over(way, line, dir)) {
                    signals.stale_s = signals.stale_s.min(stale_s);
                    signals.groups.extend(groups);
                }
            }
            signals.groups.sort_unstable();
            signals.groups.dedup();
            signals
        };
        lanes.iter().enumerate().map(lane).collect()
    }

    /// Whether all of them let traffic go and stopped it again since then (pipeline seconds).
    pub(crate) fn cycle(&self, watch: &Watch<'_>, since: f64) -> Cycle {
        let (from, to) = (watch.clock.utc_of(since + watch.signals.time_err_s), watch.clock.utc());
        let known = self.groups.iter().map(|group| watch.signals.log.cycle(*group, from, to, self.stale_s));
        known.fold(if self.groups.is_empty() { Cycle::Unknown } else { Cycle::Whole }, |all, one| match (all, one) {
            (Cycle::Unknown, _) | (_, Cycle::Unknown) => Cycle::Unknown,
            (Cycle::NotYet, _) | (_, Cycle::NotYet) => Cycle::NotYet,
            (Cycle::Whole, Cycle::Whole) => Cycle::Whole,
        })
    }

    /// Whether one of them let traffic go at some time from `from` to now (pipeline seconds), as far as that is known.
    pub(crate) fn let_go(&self, watch: &Watch<'_>, from: f64) -> bool {
        let before_s = watch.now - from + watch.signals.time_err_s;
        let window = Window { at: watch.clock.utc(), before_s, after_s: 0.0, stale_s: self.stale_s };
        self.groups.iter().any(|group| watch.signals.log.shown(*group, &window) == Shown::Other)
    }
}

/// The way over a lane's end.
fn end(lane: &LaneShape, stop: f64) -> (PixelPoint, PixelPoint) {
    let slack = NEARLY * lane.length();
    let (from, (end, direction)) = (lane.at((stop - slack).max(0.0)).0, lane.at(lane.length()));
    (from, PixelPoint::new(end.x + slack * direction.x, end.y + slack * direction.y))
}

fn leads_over((from, to): (PixelPoint, PixelPoint), line: &LineShape, dir: Direction) -> bool {
    let sign = if dir == Direction::Forward { 1.0 } else { -1.0 };
    crossing_fraction(from, to, line.a, line.b).is_some() && sign * side_of_line(line.a, line.b, to) > 0.0
}

/// Over which side of its lines a rule's signals let traffic, after how long without a message they are not known,
/// and their groups.
fn signal(rule: &Rule) -> Option<(Direction, f64, Vec<u16>)> {
    match &rule.kind {
        RuleKind::RedLight(red) => {
            Some((red.dir, red.stale_s, red.turn_group.into_iter().chain([red.group]).collect()))
        }
        RuleKind::StopLine(stop) => Some((stop.dir, stop.stale_s, vec![stop.group])),
        _ => None,
    }
}
