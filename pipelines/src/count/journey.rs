//! What one confirmed track has done so far: its lines, its speeds, its lane.

use super::crossing::{Birth, Body, Crossing, Cut};
use super::heirs::LastSeen;
use super::lane::LaneKeeper;
use super::way::Way;
use crate::GroundOptions;
use crate::ground::{GroundPlane, Place, Readings, Speed, estimate, estimate_afterwards};
use crate::layout::Layout;
use crate::track::{Fix, Track, Unseen};
use kerege_contract::PixelPoint;
use kerege_contract::fact::Direction;

/// Fewest estimates of which a median says more than one of them.
const MIN_ESTIMATES: usize = 3;

/// A speed speaks for a crossing that is at most so much later than what it was measured by, seconds.
const MAX_AHEAD_S: f64 = 0.5;

/// So many crossings of a track are remembered, the first and the last among them.
const MAX_STEPS: usize = 16;

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
    /// The lines crossed, in the order of their times.
    crossed: Vec<Step>,
    way: Way,
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
    /// When its track began, pipeline seconds.
    born: f64,
    followed_to: f64,
    /// As it was last seen; none before, and once another goes on with its way.
    pub(super) seen: Option<LastSeen>,
}

impl Journey {
    /// Of a track that was just confirmed.
    pub(crate) fn new(layout: &Layout, track: &Track) -> Self {
        Self {
            crossings: vec![Crossing::default(); layout.lines.len()],
            crossed: Vec::new(),
            way: Way::default(),
            readings: Readings::default(),
            window_s: 0.0,
            speed: None,
            lane: None,
            keeper: LaneKeeper::default(),
            start: track.history.iter().next().map(|fix| fix.anchor).unwrap_or_default(),
            farthest: 0.0,
            own_start: PixelPoint::default(),
            own_farthest: 0.0,
            born: track.first_seen,
            followed_to: f64::NEG_INFINITY,
            seen: None,
        }
    }

    /// Goes on with the sides on which another was, and with what it counted. What it came by is not handed on:
    /// within a junction who goes on with whom is not sure enough for where they came from.
    pub(super) fn inherit(&mut self, before: &mut Self) {
        std::mem::swap(&mut self.crossings, &mut before.crossings);
        before.seen = None;
    }

    /// Follows the track to its newest fix; lines crossed on the way are added to `steps`.
    pub(crate) fn follow(&mut self, track: &Track, layout: &Layout, options: &GroundOptions, steps: &mut Vec<Step>) {
        let body = body_of(track);
        let birth = if track.first_edges.any() { Birth::AtEdge } else { Birth::Within };
        let lane = self.lane_direction(track, layout);
        let followed_to = self.followed_to;
        // The oldest fix of a new track was made before it was confirmed.
        for fix in track.history.iter().skip_while(|fix| fix.at <= followed_to) {
            let middle = self.way.follow(fix, track.class(), layout.plane.as_ref(), lane);
            let first = self.followed_to == f64::NEG_INFINITY;
            self.followed_to = fix.at;
            let stand = Fix { anchor: middle, ..*fix };
            for (line, (shape, crossing)) in layout.lines.iter().zip(&mut self.crossings).enumerate() {
                // What comes into the picture came over its edge, which its middle may be beyond already.
                let entered = first && birth == Birth::AtEdge;
                let mut found = if entered { crossing.advance(shape, fix, body, birth) } else { None };
                found = found.or(crossing.advance(shape, &stand, body, birth));
                // What begins on the line may still show its rear before it.
                if !crossing.has_side() {
                    found = found.or(crossing.advance(shape, fix, body, birth));
                }
                steps.extend(found.map(|(dir, cut)| Step { line, dir, cut }));
            }
            let lengths = |from: PixelPoint| fix.anchor.distance(from) / body.length_along(from, fix.anchor);
            self.farthest = self.farthest.max(lengths(self.start));
            if fix.at <= track.unbroken_since {
                (self.own_start, self.own_farthest) = (fix.anchor, 0.0);
            } else {
                self.own_farthest = self.own_farthest.max(lengths(self.own_start));
            }
        }
        self.seen = Some(LastSeen::of(track));
        self.lane = self.keeper.follow(track, layout);
        self.window_s = options.speed_window_s[0];
        self.speed = layout.plane.as_ref().and_then(|plane| self.speed_now(track.last_seen, plane, options, lane));
        if let Some(speed) = self.speed {
            self.readings.push(track.last_seen, speed);
        }
        self.remember(steps);
    }

    /// The direction of its lane on the road.
    fn lane_direction(&self, track: &Track, layout: &Layout) -> Option<PixelPoint> {
        let (plane, anchor) = (layout.plane.as_ref()?, track.history.last()?.anchor);
        let lane = &layout.lanes[self.lane?];
        Some(plane.direction(anchor, lane.locate(anchor).direction))
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
        // What was crossed between two tracks counts, but tells not for sure who came that way.
        for step in steps.iter().filter(|step| step.cut.at >= self.born) {
            if self.crossed.len() == MAX_STEPS {
                self.crossed.remove(MAX_STEPS / 2);
            }
            let after = self.crossed.partition_point(|other| other.cut.at <= step.cut.at);
            self.crossed.insert(after, *step);
        }
    }

    /// The lines by which it came and went, none when it crossed fewer than two (or one both ways). Who comes back over a
    /// line by which one left is another, who took its number along, unless he goes all the way back.
    pub(crate) fn movements(&self) -> Vec<(usize, usize)> {
        let mut found = Vec::new();
        let (mut from, round) = (0, self.goes_back());
        for (at, step) in self.crossed.iter().enumerate() {
            let back = |before: &Step| before.line == step.line && before.dir != step.dir;
            if !round && self.crossed[from..at].iter().skip(1).any(back) {
                found.extend(movement(&self.crossed[from..at]));
                from = at;
            }
        }
        found.extend(movement(&self.crossed[from..]));
        found
    }

    /// Whether it went back over every line by which it came.
    fn goes_back(&self) -> bool {
        let ways = self.crossed.iter().zip(self.crossed.iter().rev());
        !self.crossed.is_empty() && ways.clone().all(|(one, other)| one.line == other.line && one.dir != other.dir)
    }

    /// The first line it crossed.
    pub(crate) fn first_line(&self) -> Option<usize> {
        self.crossed.first().map(|step| step.line)
    }

    /// How far it got from where it began, in its own lengths.
    pub(crate) const fn reach(&self) -> f64 {
        self.farthest
    }

    /// Where it was first seen since it is surely one and the same road user, square pixels.
    pub(crate) const fn own_start(&self) -> PixelPoint {
        self.own_start
    }

    /// How far it got since then.
    pub(crate) const fn own_reach(&self) -> f64 {
        self.own_farthest
    }

    /// The median of its latest speeds, when they were measured over at least `least_s` seconds of its
    /// way, the first estimate's own window included. Its error is at least how far they differ.
    pub(crate) fn steady_speed(&self, now: f64, least_s: f64) -> Option<Speed> {
        let (estimates, span) = self.readings.extent(now);
        let long_enough = estimates >= MIN_ESTIMATES && span + self.window_s >= least_s - 1e-6;
        self.readings.steady(now).filter(|_| long_enough)
    }

    /// The median of its latest speeds.
    pub(crate) fn median_speed(&self, now: f64) -> Option<Speed> {
        self.readings.median(now)
    }

    fn speed_now(
        &self,
        now: f64,
        plane: &GroundPlane,
        options: &GroundOptions,
        lane: Option<PixelPoint>,
    ) -> Option<Speed> {
        let places: Vec<Place> = self.way.places(now - options.speed_window_s[1], now).collect();
        if !plane.resolves(places.last()?.contact.anchor) {
            return None;
        }
        Some(estimate(&places, self.way.size()?, plane, options, lane)?.speed_at(now))
    }

    /// Its speed when it crossed something, pipeline seconds: over the time around it, where a pixel is fine enough.
    pub(crate) fn speed_at(&self, at: f64, layout: &Layout, options: &GroundOptions) -> Option<Speed> {
        let (plane, window) = (layout.plane.as_ref()?, options.speed_window_s[1]);
        let until = self.way.places(at - window, at + window / 2.0).next_back()?.at;
        let mut places: Vec<Place> = self.way.places(until - window, until).collect();
        let fine = places.iter().filter(|place| plane.resolves(place.contact.anchor)).count();
        if until < at - MAX_AHEAD_S || 2 * fine < places.len() {
            return None;
        }
        Some(estimate_afterwards(&mut places, self.way.size()?, plane, options)?.speed_at(at))
    }
}

/// By which lines one came and went who crossed these.
fn movement(crossed: &[Step]) -> Option<(usize, usize)> {
    let (first, last) = (crossed.first()?, crossed.last()?);
    ((first.line, first.dir) != (last.line, last.dir)).then_some((first.line, last.line))
}

fn body_of(track: &Track) -> Body {
    let steady = track.steady_box();
    Body { width: steady.width(), height: steady.height() }
}
