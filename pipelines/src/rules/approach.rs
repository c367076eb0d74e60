//! A vehicle and a stop line: between which instants its front passed the line, and whether it went on.
//!
//! On a calibrated camera this is measured in metres on the road. Without a ground plane it is measured
//! in square pixels, where the front of what drives away is known to half a box length: the error is
//! larger then, and so is the time for which the signal must have been red.

use super::watch::RoadUser;
use crate::ground::Size;
use crate::ground::{Contact, Footprint, dot, front_in_picture, length_in_picture, unit};
use crate::layout::Layout;
use kerege_contract::PixelPoint;
use kerege_contract::fact::Direction;
use kerege_contract::geometry::side_of_line;

/// Its heading and speed are taken over this long, seconds.
const DRIVE_S: f64 = 1.0;
/// Slower than this nothing is known of a heading, m/s; or, in the picture, box widths per second.
const CREEP_MS: f64 = 1.5;
const CREEP_WIDTHS: f64 = 0.6;
/// Who goes against his heading and is not so many times faster is backing up.
const BACKS_UP: f64 = 2.0;
/// Slower than this it stands, m/s.
const STANDS_MS: f64 = 0.8;
/// Slower than this nobody drives through, m/s.
const DRIVES_MS: f64 = 2.0;
/// Who was not seen for longer than this may be another, seconds.
const UNSEEN_S: f64 = 1.0;
/// Nobody gets faster, or slower, by more than this, m/s²; a front jumps by up to this share of a length.
const SPEEDS_UP: f64 = 10.0;
const SHAKES: f64 = 0.3;
/// How much a front shakes is learnt over so many seconds. What a detector gets wrong it gets wrong for a while: it is
/// off by so much more than it shakes from one frame to the next.
const LEARNT_S: f64 = 3.0;
const LASTS: f64 = 1.25;
/// It is over the line once it was seen surely beyond it for so long, seconds, and so often, one look after the other: a
/// box may jump, and who walks before it may lift its bottom.
const BEYOND_S: f64 = 0.3;
const MIN_LOOKS: u32 = 3;
/// Who drives along the line does not come over it: the least sine of the angle between them.
const CROSSES: f64 = 0.4;
/// The hardest that anybody brakes, m/s²: who cannot stop any more has gone on.
const BRAKES: f64 = 8.0;

/// A stop line, where it lies in the space in which it is measured.
#[derive(Debug, Clone, Copy)]
pub(super) struct StopLineShape {
    a: PixelPoint,
    b: PixelPoint,
    /// 1 when the side that `side_of_line` calls right is downstream, else −1.
    sign: f64,
}

impl StopLineShape {
    /// Of a line of the scene, over which one way leads into the intersection.
    pub(super) fn of(layout: &Layout, line: usize, dir: Direction) -> Self {
        let shape = &layout.lines[line];
        let sign = if dir == Direction::Forward { 1.0 } else { -1.0 };
        let Some(plane) = &layout.plane else { return Self { a: shape.a, b: shape.b, sign } };
        let (a, b) = (plane.extended(shape.a), plane.extended(shape.b));
        // The road's axes may be a mirror image of the picture's: a point to the right tells.
        let middle = shape.a.toward(shape.b, 0.5);
        let (along_x, along_y) = (shape.b.x - shape.a.x, shape.b.y - shape.a.y);
        let right = PixelPoint::new(middle.x - 0.01 * along_y, middle.y + 0.01 * along_x);
        Self { a, b, sign: sign * side_of_line(a, b, plane.extended(right)).signum() }
    }

    /// How far a point is beyond the line; negative upstream.
    fn beyond(&self, point: PixelPoint) -> f64 {
        self.sign * side_of_line(self.a, self.b, point)
    }

    /// Whether a point is beside the drawn line, not beside its extension.
    fn holds(&self, point: PixelPoint) -> bool {
        let line = PixelPoint::new(self.b.x - self.a.x, self.b.y - self.a.y);
        let from_a = PixelPoint::new(point.x - self.a.x, point.y - self.a.y);
        (0.0..=1.0).contains(&(dot(from_a, line) / dot(line, line)))
    }

    /// Whether a heading (a unit vector) leads over the line, not along it.
    fn is_crossed_by(&self, heading: PixelPoint) -> bool {
        self.over(heading).abs() >= CROSSES
    }

    /// The part of a velocity that leads over the line.
    fn over(&self, velocity: PixelPoint) -> f64 {
        self.beyond(PixelPoint::new(self.a.x + velocity.x, self.a.y + velocity.y))
    }
}

/// Where the front of a vehicle is with respect to a stop line, in metres, or in square pixels without a
/// ground plane.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Gauge {
    /// How far the front is beyond the line; negative upstream.
    pub(super) beyond: f64,
    /// Error of that, one standard deviation.
    pub(super) err: f64,
    /// How long the vehicle is.
    pub(super) length: f64,
    /// How fast it goes over the line, per second; negative when it backs away.
    pub(super) speed: f64,
    /// How much of this unit a metre is.
    pub(super) metre: f64,
    /// Whether it is beside the drawn line, not beside its extension, and does not drive along it.
    pub(super) within: bool,
}

impl Gauge {
    /// Whether its rear is past the line, or will be: it cannot stop before that any more.
    pub(super) fn goes_on(&self) -> bool {
        let speed = self.speed.max(0.0) / self.metre;
        let stops_after = speed * speed / (2.0 * BRAKES) * self.metre;
        self.beyond > 2.0 * self.err && self.beyond + stops_after >= self.length
    }

    /// Whether its rear is past the line.
    pub(super) fn is_clear(&self) -> bool {
        self.beyond >= self.length
    }

    /// Whether it goes over the line faster than a walk.
    pub(super) fn drives(&self) -> bool {
        self.speed > DRIVES_MS * self.metre
    }

    /// Whether it stands.
    pub(super) fn stands(&self) -> bool {
        self.speed.abs() < STANDS_MS * self.metre
    }

    /// Whether its front is surely beyond the line.
    pub(super) fn is_beyond(&self) -> bool {
        self.beyond > 2.0 * self.err
    }
}

/// When the front of a vehicle passed its stop line.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Over {
    /// Pipeline seconds.
    pub(super) at: f64,
    /// When it was last surely before the line, and when it was first surely beyond it: two errors.
    pub(super) from: f64,
    pub(super) to: f64,
}

/// One vehicle and one stop line.
#[derive(Debug, Clone, Default)]
pub(super) struct Approach {
    /// Its latest heading that is known, in the space in which it is measured.
    heading: Option<PixelPoint>,
    /// Its latest velocity that is known.
    velocity: Option<PixelPoint>,
    /// When it was last surely upstream of the line.
    upstream: Option<f64>,
    /// When its front seemed to pass the line last.
    passed: Option<f64>,
    last: Option<(f64, f64)>,
    /// How much its front shakes, the square of that, and for how long that was learnt, seconds.
    shakes: f64,
    learnt_s: f64,
    /// How fast it went over the line then, per second; none while that is not known.
    speed: Option<f64>,
    /// The same from the last two frames, which is known sooner and less well.
    pace: Option<f64>,
    over: Option<Over>,
    /// Since when it has been seen beyond the line, and how often surely.
    beyond: Option<(f64, u32)>,
}

impl Approach {
    /// Follows a vehicle to its newest fix; none while nothing can be said of its front.
    pub(super) fn follow(&mut self, user: &RoadUser<'_>, line: &StopLineShape, layout: &Layout) -> Option<Gauge> {
        let fix = user.track.history.last()?;
        let mut gauge = self.gauge(user, line, layout)?;
        self.learn(fix.at, &gauge);
        gauge.err = gauge.err.max(LASTS * self.shakes.sqrt());
        self.step(fix.at, &gauge);
        Some(gauge)
    }

    /// When its front passed the line, coming from upstream; none while it is before it, or not surely over it.
    pub(super) const fn over(&self) -> Option<Over> {
        self.over
    }

    /// Learns how far its front is, from frame to frame, from where it should have driven.
    fn learn(&mut self, at: f64, gauge: &Gauge) {
        let Some((before, was)) = self.last.filter(|last| self.velocity.is_some() && at > last.0) else { return };
        let seconds = at - before;
        let off = gauge.beyond - was - gauge.speed * seconds;
        self.learnt_s = (self.learnt_s + seconds).min(LEARNT_S);
        self.shakes += (seconds / self.learnt_s).min(1.0) * (off * off / 2.0 - self.shakes);
    }

    fn step(&mut self, at: f64, gauge: &Gauge) {
        if self.jumped(at, gauge) {
            // Another vehicle goes on under the same number.
            (self.upstream, self.passed, self.over, self.last) = (None, None, None, None);
            (self.pace, self.beyond) = (None, None);
        }
        self.speed = self.velocity.map(|_| gauge.speed);
        if !gauge.within && self.over.is_none() {
            // Who passes beside the line does not come over it.
            self.upstream = None;
        } else if gauge.beyond < -2.0 * gauge.err {
            (self.upstream, self.passed, self.over) = (Some(at), None, None);
        }
        if let Some((before, was)) = self.last.filter(|last| last.1 <= 0.0 && gauge.beyond > 0.0) {
            self.passed = Some(before + was / (was - gauge.beyond) * (at - before));
        }
        let to = self.seen_beyond(at, gauge);
        if let Some((from, to)) = self.upstream.filter(|_| self.over.is_none()).zip(to) {
            let middle = f64::midpoint(from, to);
            self.over = Some(Over { at: self.passed.unwrap_or(middle).clamp(from, to), from, to });
        }
        self.pace = self.last.filter(|last| at > last.0).map(|(before, was)| (gauge.beyond - was) / (at - before));
        self.last = Some((at, gauge.beyond));
    }

    /// Since when its front has surely been beyond the line; none until that lasted.
    fn seen_beyond(&mut self, at: f64, gauge: &Gauge) -> Option<f64> {
        let unseen = self.last.is_some_and(|(before, _)| at - before > UNSEEN_S);
        if gauge.beyond < gauge.err || unseen {
            self.beyond = None;
        }
        if gauge.is_beyond() {
            let (since, looks) = self.beyond.unwrap_or((at, 0));
            self.beyond = Some((since, looks + 1));
        }
        self.beyond.filter(|(since, looks)| *looks >= MIN_LOOKS && at - since >= BEYOND_S).map(|(since, _)| since)
    }

    /// Whether its front is farther from where it was than it can have driven since, or was not seen for long
    /// while it passed.
    fn jumped(&self, at: f64, gauge: &Gauge) -> bool {
        let Some((before, was)) = self.last else { return false };
        let seconds = at - before;
        let Some(speed) = self.speed.or(self.pace) else { return false };
        let most = (speed.abs() + SPEEDS_UP * seconds * gauge.metre / 2.0) * seconds;
        let unseen = seconds > UNSEEN_S && was <= 0.0 && gauge.beyond > 0.0;
        unseen || (gauge.beyond - was).abs() > most + SHAKES * gauge.length + 2.0 * gauge.err
    }

    /// Whether this look is the first that surely shows it beyond the line.
    pub(super) fn comes_over(&self) -> bool {
        self.beyond.is_some_and(|(_, looks)| looks == 1)
    }

    fn gauge(&mut self, user: &RoadUser<'_>, line: &StopLineShape, layout: &Layout) -> Option<Gauge> {
        let contact = Contact { anchor: user.track.history.last()?.anchor, width: user.width, height: user.height };
        let drift = user.track.history.drift(DRIVE_S);
        let Some(plane) = &layout.plane else {
            let per_second = |d: &crate::track::Drift| scaled(d.pixels, d.seconds);
            let heading =
                self.head(drift.as_ref().map(per_second), CREEP_WIDTHS * user.width, user, layout, |way| way)?;
            let (front, err) = front_in_picture(&contact, heading)?;
            let length = length_in_picture(&contact, heading);
            let speed = self.velocity.map_or(0.0, |velocity| line.over(velocity));
            let metre = length / Size::of(user.track.class()).length;
            return Some(Gauge {
                beyond: line.beyond(front),
                err,
                length,
                speed,
                metre,
                within: line.holds(front) && line.is_crossed_by(heading),
            });
        };
        let velocity = drift.and_then(|d| Some(scaled(d.metres?, d.seconds)));
        let heading = self.head(velocity, CREEP_MS, user, layout, |way| plane.vector(contact.anchor, way))?;
        let body = Footprint::of(&contact, heading, user.track.class(), plane)?;
        let front = body.front();
        let speed = self.velocity.map_or(0.0, |velocity| line.over(velocity));
        Some(Gauge {
            beyond: line.beyond(front),
            err: body.front_err,
            length: body.size.length,
            speed,
            metre: 1.0,
            within: line.holds(front) && line.is_crossed_by(heading),
        })
    }

    /// Where it heads: as it drives, else as it drove, else as its lane leads.
    fn head(
        &mut self,
        velocity: Option<PixelPoint>,
        creep: f64,
        user: &RoadUser<'_>,
        layout: &Layout,
        space: impl Fn(PixelPoint) -> PixelPoint,
    ) -> Option<PixelPoint> {
        self.velocity = velocity.or(self.velocity);
        if let Some((way, velocity)) = velocity.and_then(|velocity| Some((unit(velocity)?, velocity))) {
            let speed = velocity.distance(PixelPoint::default());
            let backs_up = self.heading.is_some_and(|heading| dot(heading, way) < 0.0) && speed < BACKS_UP * creep;
            if speed > creep && !backs_up {
                self.heading = Some(way);
            }
        }
        let lane = || {
            let lane = &layout.lanes[user.journey.lane?];
            unit(space(lane.locate(user.anchor).direction))
        };
        self.heading.or_else(lane)
    }
}

fn scaled(way: PixelPoint, seconds: f64) -> PixelPoint {
    PixelPoint::new(way.x / seconds, way.y / seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gauge(beyond: f64) -> Gauge {
        Gauge { beyond, err: 0.2, length: 4.5, speed: 5.0, metre: 1.0, within: true }
    }

    fn run(samples: &[(f64, Gauge)]) -> Option<Over> {
        let mut approach = Approach::default();
        samples.iter().for_each(|(at, gauge)| approach.step(*at, gauge));
        approach.over()
    }

    #[test]
    fn the_front_passes_between_the_last_sure_place_before_and_the_first_beyond() {
        let looks = [(0.0, -2.0), (0.1, -0.3), (0.2, 0.1), (0.3, 1.0), (0.4, 1.4), (0.6, 2.0), (0.7, 2.4)];
        let samples = looks.map(|(at, beyond)| (at, gauge(beyond)));
        let over = run(&samples).unwrap();
        assert!((over.at - 0.175).abs() < 1e-9);
        assert_eq!((over.from, over.to), (0.0, 0.3));
        assert_eq!(run(&samples[..5]), None, "for too short a time");
        // Seldom seen: less sure.
        let seldom = [(0.0, -2.0), (0.9, 1.0), (1.8, 1.4), (2.7, 2.0)].map(|(at, beyond)| (at, gauge(beyond)));
        let over = run(&seldom).unwrap();
        assert!((over.at - 0.6).abs() < 1e-9);
        assert_eq!((over.from, over.to), (0.0, 0.9));
    }

    #[test]
    fn without_a_sure_place_upstream_or_beside_the_line_nothing_is_passed() {
        assert_eq!(run(&[(0.0, gauge(-0.3)), (0.1, gauge(0.6))]), None);
        assert_eq!(run(&[(0.0, gauge(0.6)), (0.1, gauge(1.4))]), None);
        assert_eq!(run(&[(0.0, gauge(-3.0)), (0.1, gauge(0.3))]), None, "not surely beyond it yet");
        let beside = Gauge { within: false, ..gauge(0.1) };
        assert_eq!(run(&[(0.0, gauge(-3.0)), (0.1, beside), (0.2, gauge(1.0))]), None);
    }

    #[test]
    fn shaking_on_the_line_is_one_passing_and_backing_off_begins_anew() {
        let shakes = [(0.0, -3.0), (1.0, -0.1), (1.1, 0.1), (1.2, -0.1), (1.3, 0.1), (1.4, -0.2)];
        let mut samples: Vec<(f64, Gauge)> = shakes.iter().map(|(at, beyond)| (*at, gauge(*beyond))).collect();
        assert_eq!(run(&samples), None);
        samples.extend(
            [(9.0, -0.2), (9.1, 1.0), (9.2, -0.2), (9.3, 0.8), (9.4, 0.1)].map(|(at, beyond)| (at, gauge(beyond))),
        );
        assert_eq!(run(&samples), None, "a box that jumps is over nothing");
        samples.extend([(9.5, 0.5), (9.6, 0.3), (9.7, 0.5), (9.9, 0.6)].map(|(at, beyond)| (at, gauge(beyond))));
        let over = run(&samples).unwrap();
        assert!((over.at - 9.22).abs() < 1e-9, "it stood in doubt from 1 s on: {over:?}");
        assert_eq!((over.from, over.to), (0.0, 9.5));
        samples.push((10.0, gauge(-1.0)));
        assert_eq!(run(&samples), None);
    }

    #[test]
    fn who_can_still_stop_has_not_gone_on() {
        for (beyond, speed, wanted) in [
            (1.0, 0.0, false),
            (3.0, 1.0, false),
            (4.6, 0.0, true),
            (1.0, 8.0, true),
            (1.0, 5.0, false),
            (3.5, 5.0, true),
            (0.3, 20.0, false),
            (2.0, -9.0, false),
        ] {
            assert_eq!(Gauge { speed, ..gauge(beyond) }.goes_on(), wanted, "{beyond} {speed}");
        }
        // The same in pixels.
        let pixels = Gauge { beyond: 10.0, err: 2.0, length: 45.0, speed: 80.0, metre: 10.0, within: true };
        assert!(pixels.goes_on() && !Gauge { speed: 50.0, ..pixels }.goes_on());
    }
}
