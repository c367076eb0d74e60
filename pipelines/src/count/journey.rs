//! What one confirmed track has done so far: its lines, its speeds, its lane.

use super::crossing::{Birth, Body, Crossing, Cut};
use super::lane::LaneKeeper;
use crate::GroundOptions;
use crate::ground::{Course, Estimate, Readings, Speed, SpeedLog, estimate};
use crate::layout::Layout;
use crate::track::{Track, Unseen};
use kerege_contract::PixelPoint;
use kerege_contract::fact::Direction;

/// Fewest estimates of which a median says more than one of them.
const MIN_ESTIMATES: usize = 3;

/// A line that a track crossed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Step {
    /// Number of the line in the scene.
    pub(crate) line: usize,
    /// Which way.
    pub(crate) dir: Direction,
    /// When and where.
    pub(crate) cut: Cut,
}

/// What one confirmed track has done so far.
#[derive(Debug, Clone)]
pub(crate) struct Journey {
    crossings: Vec<Crossing>,
    /// The first and the last line crossed.
    ends: Option<(Step, Step)>,
    speeds: SpeedLog,
    readings: Readings,
    /// Over how long each of them is measured at least, seconds.
    window_s: f64,
    /// Its speed at its latest fix.
    pub(crate) speed: Option<Speed>,
    /// The lane it is in, by number.
    pub(crate) lane: Option<usize>,
    keeper: LaneKeeper,
    start: PixelPoint,
    farthest: f64,
    /// The same since it is surely one and the same road user.
    own_start: PixelPoint,
    own_farthest: f64,
    followed_to: f64,
}

impl Journey {
    /// Of a track that was just confirmed.
    pub(crate) fn new(layout: &Layout, track: &Track) -> Self {
        Self {
            crossings: vec![Crossing::default(); layout.lines.len()],
            ends: None,
            speeds: SpeedLog::default(),
            readings: Readings::default(),
            window_s: 0.0,
            speed: None,
            lane: None,
            keeper: LaneKeeper::default(),
            start: track.history.iter().next().map(|fix| fix.anchor).unwrap_or_default(),
            farthest: 0.0,
            own_start: PixelPoint::default(),
            own_farthest: 0.0,
            followed_to: f64::NEG_INFINITY,
        }
    }

    /// Follows the track to its newest fix; lines crossed on the way are added to `steps`.
    pub(crate) fn follow(&mut self, track: &Track, layout: &Layout, options: &GroundOptions, steps: &mut Vec<Step>) {
        let body = body_of(track);
        let birth = if track.first_edges.any() { Birth::AtEdge } else { Birth::Within };
        // The oldest fix of a new track was made before it was confirmed.
        for fix in track.history.iter().skip_while(|fix| fix.at <= self.followed_to) {
            for (line, (shape, crossing)) in layout.lines.iter().zip(&mut self.crossings).enumerate() {
                if let Some((dir, cut)) = crossing.advance(shape, fix, body, birth) {
                    steps.push(Step { line, dir, cut });
                }
            }
            let lengths = |from: PixelPoint| fix.anchor.distance(from) / body.length_along(from, fix.anchor);
            self.farthest = self.farthest.max(lengths(self.start));
            if fix.at <= track.unbroken_since {
                (self.own_start, self.own_farthest) = (fix.anchor, 0.0);
            } else {
                self.own_farthest = self.own_farthest.max(lengths(self.own_start));
            }
        }
        if let Some(fix) = track.history.last() {
            self.followed_to = fix.at;
            self.lane = self.keeper.follow(track, layout);
        }
        self.window_s = options.speed_window_s[0];
        let estimate = self.estimate(track, layout, options);
        self.speed = estimate.map(|estimate| estimate.speed_at(track.last_seen));
        if let Some(estimate) = estimate {
            self.speeds.push(estimate);
            self.readings.push(track.last_seen, estimate.speed_at(track.last_seen));
        }
        self.remember(steps);
    }

    fn estimate(&self, track: &Track, layout: &Layout, options: &GroundOptions) -> Option<Estimate> {
        let (plane, anchor) = (layout.plane.as_ref()?, track.history.last()?.anchor);
        let lane = self.lane.map(|lane| plane.direction(anchor, layout.lanes[lane].locate(anchor).direction));
        estimate(&track.history, plane, options, Course { class: track.class(), lane })
    }

    /// The track has ended; what it crossed while leaving the picture, or while it drove on unseen, is
    /// added to `steps`.
    pub(crate) fn end(&mut self, track: &Track, steps: &mut Vec<Step>) {
        if track.edges.any() || track.unseen == Unseen::Moving {
            let body = body_of(track);
            for (line, crossing) in self.crossings.iter_mut().enumerate() {
                if let Some((dir, cut)) = crossing.leave(body) {
                    steps.push(Step { line, dir, cut });
                }
            }
        }
        self.remember(steps);
    }

    fn remember(&mut self, steps: &mut [Step]) {
        steps.sort_by(|a, b| a.cut.at.total_cmp(&b.cut.at).then(a.line.cmp(&b.line)));
        for step in steps {
            self.ends = Some((self.ends.map_or(*step, |(first, _)| first), *step));
        }
    }

    /// The lines by which it came and went: none when it crossed fewer than two (or one both ways).
    pub(crate) fn movement(&self) -> Option<(usize, usize)> {
        let (first, last) = self.ends?;
        ((first.line, first.dir) != (last.line, last.dir)).then_some((first.line, last.line))
    }

    /// The only line it crossed.
    pub(crate) fn only_line(&self) -> Option<usize> {
        self.ends.map(|(first, _)| first.line)
    }

    /// How far it got from where it began, in its own lengths.
    pub(crate) const fn reach(&self) -> f64 {
        self.farthest
    }

    /// The same since it is surely one and the same road user.
    pub(crate) const fn own_reach(&self) -> f64 {
        self.own_farthest
    }

    /// The median of its latest speeds, when they were measured over at least `least_s` seconds of its
    /// way, the first estimate's own window included.
    pub(crate) fn steady_speed(&self, now: f64, least_s: f64) -> Option<Speed> {
        let (estimates, span) = self.readings.extent(now);
        let long_enough = estimates >= MIN_ESTIMATES && span + self.window_s >= least_s - 1e-6;
        self.readings.median(now).filter(|_| long_enough)
    }

    /// The median of its latest speeds.
    pub(crate) fn median_speed(&self, now: f64) -> Option<Speed> {
        self.readings.median(now)
    }

    /// Its speed when it crossed something, pipeline seconds: the median of what is known of it then.
    pub(crate) fn speed_at(&self, at: f64) -> Option<Speed> {
        self.speeds.speed_at(at)
    }
}

fn body_of(track: &Track) -> Body {
    let steady = track.steady_box();
    Body { width: steady.width(), height: steady.height() }
}
