//! A vehicle and a stop line: between which instants its front passed the line, and whether it went on.
//!
//! On a calibrated camera this is measured in metres on the road. Without a ground plane it is measured
//! in square pixels, where the front of what drives away is known to half a box length: the error is
//! larger then, and so is the time for which the signal must have been red.

use super::gauge::{Gauge, Looks, StopLineShape};
use super::passage::Passage;
use super::watch::RoadUser;
use crate::ground::{
    Contact, Footprint, GroundPlane, Size, contact_err, dot, front_in_picture, length_in_picture, unit,
};
use crate::layout::Layout;
use crate::track::Drift;
use kerege_contract::PixelPoint;

/// Its heading and speed are taken over this long, seconds.
const DRIVE_S: f64 = 1.0;
/// Slower than this nothing is known of a heading, m/s; or, in the picture, box widths per second.
const CREEP_MS: f64 = 1.5;
const CREEP_WIDTHS: f64 = 0.6;
/// A way tells a heading when it is longer than so many errors of a place.
const HEADED: f64 = 3.0;
/// Who goes against his heading and is not so many times faster is backing up.
const BACKS_UP: f64 = 2.0;
/// A lane leads out over a stop line when so much of its direction does (60 degrees).
const LEADS_OUT: f64 = 0.5;
/// Who was not seen for longer than this may be another, or who was seen but not where he touches the road, seconds.
const UNSEEN_S: f64 = 1.0;
const HIDDEN_S: f64 = 3.0;
/// Nobody gets faster, or slower, by more than this, m/s²; a front jumps by up to this share of a length.
const SPEEDS_UP: f64 = 10.0;
const SHAKES: f64 = 0.3;
/// How much a front shakes is learnt over so many seconds. What a detector gets wrong it gets wrong for a while: it is
/// off by so much more than it shakes from one frame to the next.
const LEARNT_S: f64 = 3.0;
const LASTS: f64 = 1.25;
/// What somebody who slows down or speeds up so much, m/s², is off by is no shaking.
const STEADY: f64 = 4.0;
/// It is over the line once it was seen surely beyond it for so long, seconds, and so often, one look after the other: a
/// box may jump, and who walks before it may lift its bottom.
const BEYOND_S: f64 = 0.3;
const MIN_LOOKS: u32 = 3;
/// A look within so many errors of the mean of those before shows a front that rests; then all of them together must tell on
/// which side of the line it is. In many looks one or two err by more than two errors.
const RESTS: f64 = 3.0;
/// It was before the line when it was seen there so often, one look after the other.
const UPSTREAM_LOOKS: u32 = 2;

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
    /// Whether it drove then.
    drove: bool,
    /// How often it was seen there, one look after the other, and when surely.
    before: (u32, Option<f64>),
    /// When its front seemed to pass the line last.
    passed: Option<f64>,
    last: Option<(f64, f64)>,
    /// When it was seen last although what it stands on was hidden.
    hidden: Option<f64>,
    /// How much its front shakes, the square of that, and for how long that was learnt, seconds.
    shakes: f64,
    learnt_s: f64,
    /// How fast it went over the line then, per second; none while that is not known.
    speed: Option<f64>,
    /// The same from the last two frames, which is known sooner and less well.
    pace: Option<f64>,
    over: Option<Over>,
    /// Its looks of late, to which a drive over the line is fitted.
    passage: Passage,
    /// Since when it has been seen beyond the line, and how often surely.
    beyond: Option<(f64, u32)>,
    /// All looks since its front came to where it is; none while it drives.
    rest: Option<Looks>,
}

impl Approach {
    /// Follows a vehicle to its newest fix, which came or comes in a lane and whose box errs by `blur` times as much as
    /// usual; none while nothing can be said of its front.
    pub(super) fn follow(
        &mut self,
        user: &RoadUser<'_>,
        lane: Option<usize>,
        line: &StopLineShape,
        layout: &Layout,
        blur: f64,
    ) -> Option<Gauge> {
        let fix = user.track.history.last()?;
        let mut gauge = self.gauge(user, lane, line, layout)?.blurred(blur);
        self.learn(fix.at, &gauge);
        gauge.err = gauge.err.max(LASTS * self.shakes.sqrt());
        self.step(fix.at, &gauge);
        gauge.drove = self.drove;
        Some(gauge)
    }

    /// It is seen, but not where it touches the road.
    pub(super) const fn wait(&mut self, at: f64) {
        self.hidden = Some(at);
    }

    /// Whether it was not seen, or not where it touches the road, for so long that it may be another.
    fn is_lost(&self, at: f64) -> bool {
        let Some((last, _)) = self.last else { return false };
        let seen = self.hidden.map_or(last, |hidden| hidden.max(last));
        at - seen > UNSEEN_S || at - last > HIDDEN_S
    }

    /// When its front passed the line, coming from upstream; none while it is before it, or not surely over it.
    pub(super) const fn over(&self) -> Option<Over> {
        self.over
    }

    /// Learns how far its front is, from frame to frame, from where it should have driven.
    fn learn(&mut self, at: f64, gauge: &Gauge) {
        let Some((before, was)) = self.last.filter(|last| self.velocity.is_some() && at > last.0) else { return };
        let seconds = at - before;
        let off = (gauge.beyond - was - gauge.speed * seconds).abs();
        let off = (off - STEADY * gauge.metre * seconds * seconds / 2.0).max(0.0);
        self.learnt_s = (self.learnt_s + seconds).min(LEARNT_S);
        self.shakes += (seconds / self.learnt_s).min(1.0) * (off * off / 2.0 - self.shakes);
    }

    fn step(&mut self, at: f64, gauge: &Gauge) {
        if self.jumped(at, gauge) {
            // Another vehicle goes on under the same number.
            (self.upstream, self.passed, self.over, self.last) = (None, None, None, None);
            (self.pace, self.beyond, self.before, self.rest) = (None, None, (0, None), None);
            self.passage.forget();
        }
        self.note_rest(at, gauge);
        self.passage.note(at, gauge);
        self.speed = self.velocity.map(|_| gauge.speed);
        self.note_before(at, gauge);
        if let Some((before, was)) = self.last.filter(|last| last.1 <= 0.0 && gauge.beyond > 0.0) {
            self.passed = Some(before + was / (was - gauge.beyond) * (at - before));
        }
        let to = self.seen_beyond(at, gauge);
        if let Some((from, to)) = self.upstream.filter(|_| self.over.is_none()).zip(to) {
            let middle = f64::midpoint(from, to);
            let over = Over { at: self.passed.unwrap_or(middle).clamp(from, to), from, to };
            self.over = Some(self.passage.narrowed(over));
        }
        self.pace = self.last.filter(|last| at > last.0).map(|(before, was)| (gauge.beyond - was) / (at - before));
        self.last = Some((at, gauge.beyond));
    }

    /// Notes whether its front is where it was in the looks before.
    fn note_rest(&mut self, at: f64, gauge: &Gauge) {
        let kept = self.rest.take().filter(|rest| rest.hold(gauge, RESTS));
        self.rest = (!gauge.drives()).then(|| {
            let mut rest = kept.unwrap_or(Looks::none(at));
            rest.note(at, gauge);
            rest
        });
    }

    /// Notes a look at one that is before the line, as it seems: a box may err in one look.
    fn note_before(&mut self, at: f64, gauge: &Gauge) {
        if gauge.beyond < 0.0 {
            let pace = self.pace.map(|speed| Gauge { speed, speed_err: 0.0, ..*gauge });
            self.drove = if self.velocity.is_some() { *gauge } else { pace.unwrap_or(*gauge) }.drives();
        }
        if !gauge.within && self.over.is_none() {
            // Who passes beside the line does not come over it.
            (self.upstream, self.before) = (None, (0, None));
            return;
        }
        if gauge.beyond >= -gauge.err {
            self.before = (0, None);
            return;
        }
        let rests = self.rest.is_none_or(|rest| rest.are_before(2.0));
        let sure = if gauge.beyond < -2.0 * gauge.err && rests { Some(at) } else { self.before.1 };
        self.before = (self.before.0 + 1, sure);
        if self.before.0 >= UPSTREAM_LOOKS && sure.is_some() {
            (self.upstream, self.passed, self.over) = (sure, None, None);
        }
    }

    /// Since when its front has surely been beyond the line; none until that lasted.
    fn seen_beyond(&mut self, at: f64, gauge: &Gauge) -> Option<f64> {
        let lost = self.is_lost(at);
        // What is seen once, and again only after a while, was not seen to last.
        let seldom = self.last.is_some_and(|(before, _)| at - before > UNSEEN_S)
            && self.beyond.is_some_and(|(_, looks)| looks < MIN_LOOKS);
        if gauge.beyond < gauge.err || lost || seldom {
            self.beyond = None;
        }
        if gauge.is_beyond() && self.rest.is_none_or(|rest| rest.are_beyond(2.0)) {
            let (since, looks) = self.beyond.unwrap_or((at, 0));
            self.beyond = Some((since, looks + 1));
        }
        let lasts = |(since, looks): &(f64, u32)| *looks >= MIN_LOOKS && at - since >= BEYOND_S;
        self.beyond.filter(lasts).map(|(since, _)| since)
    }

    /// Whether its front is farther from where it was than it can have driven since, or was not seen for long
    /// while it passed.
    fn jumped(&self, at: f64, gauge: &Gauge) -> bool {
        let Some((before, was)) = self.last else { return false };
        let seconds = at - before;
        let Some(speed) = self.speed.or(self.pace) else { return false };
        let most = (speed.abs() + SPEEDS_UP * seconds * gauge.metre / 2.0) * seconds;
        let lost = self.is_lost(at) && was <= 0.0 && gauge.beyond > 0.0;
        lost || (gauge.beyond - was).abs() > most + SHAKES * gauge.length + 2.0 * gauge.err
    }

    /// Whether this look is the first that surely shows it beyond the line.
    pub(super) fn comes_over(&self) -> bool {
        self.beyond.is_some_and(|(_, looks)| looks == 1)
    }

    fn gauge(
        &mut self,
        user: &RoadUser<'_>,
        lane: Option<usize>,
        line: &StopLineShape,
        layout: &Layout,
    ) -> Option<Gauge> {
        let contact = Contact { anchor: user.track.history.last()?.anchor, width: user.width, height: user.height };
        let drift = user.track.history.drift(DRIVE_S);
        let leads = lane.map(|lane| layout.lanes[lane].locate(contact.anchor).direction);
        let Some(plane) = &layout.plane else {
            let per_second = |d: &Drift| scaled(d.pixels, d.seconds);
            let creep = CREEP_WIDTHS * user.width;
            let leads = leads.and_then(unit).filter(|leads| !leads_out(line, *leads));
            let heading = self.head(drift.as_ref().map(per_second), creep, leads)?;
            let (front, err) = front_in_picture(&contact, heading)?;
            let length = length_in_picture(&contact, heading);
            let speed = self.velocity.map_or(0.0, |velocity| line.over(velocity));
            let metre = length / Size::of(user.track.class()).length;
            return Some(Gauge {
                beyond: line.beyond(front),
                err,
                stays: err,
                length,
                speed,
                speed_err: 0.0,
                metre,
                drove: false,
                within: line.holds(front) && line.is_crossed_by(heading),
            });
        };
        let seconds = drift.map_or(DRIVE_S, |d| d.seconds);
        let velocity = drift.and_then(|d| Some(scaled(driven(&d, plane)?, d.seconds)));
        // A place that errs by metres does not tell where somebody heads who hardly moves.
        let err = velocity.and_then(unit).map_or(0.0, |way| contact_err(&contact, way, plane));
        let creep = CREEP_MS.max(HEADED * err / seconds);
        let leads = leads.and_then(|leads| unit(plane.vector(contact.anchor, leads)));
        let leads = leads.filter(|leads| !leads_out(line, *leads));
        let heading = self.head(velocity, creep, leads)?;
        let body = Footprint::near(&contact, heading, user.track.class(), plane)?;
        let front = body.front();
        let speed = self.velocity.map_or(0.0, |velocity| line.over(velocity));
        Some(Gauge {
            beyond: line.beyond(front),
            err: body.front_err,
            stays: body.front_stays,
            length: body.size.length,
            speed,
            speed_err: err / seconds,
            metre: 1.0,
            drove: false,
            within: line.holds(front) && line.is_crossed_by(heading),
        })
    }

    /// Where it heads: as it drives, else as it drove, else as its lane leads. Nobody turns round at a stop line: who
    /// seems to head against his lane goes on under the number of one who did, or his box jumped.
    fn head(&mut self, velocity: Option<PixelPoint>, creep: f64, leads: Option<PixelPoint>) -> Option<PixelPoint> {
        self.velocity = velocity.or(self.velocity);
        if let Some((way, velocity)) = velocity.and_then(|velocity| Some((unit(velocity)?, velocity))) {
            let speed = velocity.distance(PixelPoint::default());
            let backs_up = self.heading.is_some_and(|heading| dot(heading, way) < 0.0) && speed < BACKS_UP * creep;
            if speed > creep && !backs_up {
                self.heading = Some(way);
            }
        }
        let against = |heading: &PixelPoint| leads.is_some_and(|leads| dot(leads, *heading) < 0.0);
        self.heading = self.heading.filter(|heading| !against(heading));
        self.heading.or(leads)
    }
}

/// Whether a lane leads out over a stop line: who seems to be in it stands beside the median, or drives against it, and heads
/// as he drives.
fn leads_out(line: &StopLineShape, leads: PixelPoint) -> bool {
    line.over(leads) < -LEADS_OUT
}

/// How far somebody drove on the road, metres.
fn driven(drift: &Drift, plane: &GroundPlane) -> Option<PixelPoint> {
    let beyond_points = || {
        let from = PixelPoint::new(drift.place.x - drift.pixels.x, drift.place.y - drift.pixels.y);
        let (from, to) = (plane.near(from)?, plane.near(drift.place)?);
        Some(PixelPoint::new(to.x - from.x, to.y - from.y))
    };
    drift.metres.or_else(beyond_points)
}

fn scaled(way: PixelPoint, seconds: f64) -> PixelPoint {
    PixelPoint::new(way.x / seconds, way.y / seconds)
}

#[cfg(test)]
mod tests {
    use super::super::gauge::tests::gauge;
    use super::*;

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
        assert!((0.1..0.3).contains(&over.at), "{over:?}");
        assert!(over.from >= 0.0 && over.to <= 0.3 && over.from < over.at && over.at < over.to, "{over:?}");
        assert_eq!(run(&samples[..5]), None, "for too short a time");
        // Seldom seen: less sure.
        let seldom =
            [(-0.9, -4.0), (0.0, -2.0), (0.9, 1.0), (1.8, 1.4), (2.7, 2.0)].map(|(at, beyond)| (at, gauge(beyond)));
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
        let shakes = [(-1.0, -4.0), (0.0, -3.0), (1.0, -0.1), (1.1, 0.1), (1.2, -0.1), (1.3, 0.1), (1.4, -0.2)];
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
        assert_eq!(run(&samples), Some(over), "one look may err");
        samples.push((10.1, gauge(-1.0)));
        assert_eq!(run(&samples), None);
    }

    #[test]
    fn who_rests_at_the_line_is_on_that_side_of_it_on_which_all_looks_have_him() {
        let shakes = [0.1, 0.0, -0.1, 0.1, 0.0, 0.1, -0.5, -0.5, 0.2, -0.1, 0.5, 0.45, 0.5, 0.2, -0.1];
        let rests = (0_u8..).map(f64::from).zip(shakes).map(|(n, beyond)| (0.3 * n, beyond));
        let rests = rests.map(|(at, beyond)| (at, Gauge { speed: 0.0, ..gauge(beyond) }));
        assert_eq!(run(&rests.clone().collect::<Vec<_>>()), None);
        // He drives on later.
        let on = [(5.0, 0.5), (5.2, 1.5), (5.4, 2.5), (5.6, 3.5)].map(|(at, beyond)| (at, gauge(beyond)));
        let came = [(-0.6, gauge(-3.0)), (-0.3, gauge(-2.0))];
        let over = run(&came.into_iter().chain(rests).chain(on).collect::<Vec<_>>()).unwrap();
        assert!(over.from < 0.0 && over.to >= 5.0, "{over:?}");
    }

    #[test]
    fn what_was_seen_once_and_again_only_after_a_while_did_not_last() {
        let mut approach = Approach::default();
        let look = |approach: &mut Approach, at: f64, beyond: f64| {
            approach.step(at, &Gauge { speed: 0.0, speed_err: 0.0, ..gauge(beyond) });
        };
        [(0.0, -1.0), (0.2, -1.0), (0.4, 0.5)].iter().for_each(|(at, beyond)| look(&mut approach, *at, *beyond));
        [0.8, 1.2, 1.6, 2.0, 2.4].iter().for_each(|at| approach.wait(*at));
        [(2.8, 1.0), (3.0, 1.1), (3.2, 1.0)].iter().for_each(|(at, beyond)| look(&mut approach, *at, *beyond));
        assert_eq!(approach.over().map(|over| (over.from, over.to)), Some((0.2, 2.8)));
    }

    #[test]
    fn who_seems_to_head_against_his_lane_heads_as_it_leads() {
        let (up, down) = (Some(PixelPoint::new(0.0, 1.0)), Some(PixelPoint::new(0.0, -1.0)));
        let mut approach = Approach { heading: down, ..Approach::default() };
        assert_eq!(approach.head(None, 1.5, up), up, "another drove before under his number");
        let jump = Some(PixelPoint::new(0.0, -5.0));
        assert_eq!(approach.head(jump, 1.5, up), up, "his box jumped");
        assert_eq!(approach.head(jump, 1.5, None), down, "where no lane tells");
    }

    #[test]
    fn who_is_seen_while_his_wheels_are_hidden_is_no_other() {
        let away = |approach: &mut Approach| {
            [0.0, 0.2].iter().for_each(|at| approach.step(*at, &gauge(-4.0 + at)));
        };
        let on = |approach: &mut Approach| {
            [1.7, 1.9, 2.1].iter().for_each(|at| approach.step(*at, &gauge(1.0 + at)));
        };
        let (mut hidden, mut gone) = (Approach::default(), Approach::default());
        away(&mut hidden);
        [0.5, 0.9, 1.4].iter().for_each(|at| hidden.wait(*at));
        on(&mut hidden);
        assert_eq!(hidden.over().map(|over| (over.from, over.to)), Some((0.2, 1.7)));
        away(&mut gone);
        on(&mut gone);
        assert_eq!(gone.over(), None);
    }

    #[test]
    fn who_brakes_while_he_is_hidden_does_not_shake() {
        let velocity = Some(PixelPoint::new(0.0, 8.0));
        let mut approach = Approach { velocity, last: Some((0.0, -8.0)), ..Approach::default() };
        approach.learn(1.6, &Gauge { speed: 2.0, ..gauge(-1.0) });
        assert!(approach.shakes < 1e-9);
        approach.last = Some((1.6, -1.0));
        approach.learn(1.8, &Gauge { speed: 0.0, ..gauge(1.0) });
        assert!(approach.shakes > 0.1);
    }
}
