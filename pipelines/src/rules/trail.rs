//! Since when what a track did was surely done by one and the same road user.
//!
//! A track may go over to another who passes before or behind its own, and no box need jump for that: on the road the
//! other is metres farther away, or drives where the first one stood. So the way just before each look is compared with
//! the way just after it: where both would meet in between, and how fast they go. What is farther off than anybody
//! speeds up, brakes or turns, beyond the error of contact points, was done by two, and nobody turns on the spot
//! ([`super::turn`]). Where the tracker itself was not sure (the box was not where it was foreseen), the ways must fit
//! well for it to be one.

use super::turn::{At, Turn};
use super::{RoadUser, Watch};
use crate::ground::{Size, contact_errs};
use kerege_contract::{PixelPoint, RoadUserClass};
use std::collections::VecDeque;

/// Over how long the way before and after a look is fitted, seconds.
pub(super) const WINDOW_S: f64 = 0.9;
/// Looks closer together than this say nothing more, seconds.
const SPACING_S: f64 = 0.09;
/// Nobody speeds up, brakes or turns harder, m/s².
const MOST_MS2: f64 = 5.0;
/// Two ways that differ by more than so many errors (of place and of speed) are two road users'; where the contact point
/// was hidden by more; and to be surely one's where the tracker was in doubt by no more.
const TWO: f64 = 8.0;
const TWO_HIDDEN: f64 = 12.0;
const ONE: f64 = 3.0;
/// A contact point that is hidden errs so many times as much.
const HIDDEN_ERRORS: f64 = 4.0;
/// A box that is lower than this share of what it was of late, seconds, and about as wide, is cut short by something.
const LOW: f64 = 0.85;
const AS_WIDE: f64 = 1.25;
const LATE_S: f64 = 2.0;
/// A fitted speed errs by so many errors of a place over the time of the fit, which is this at least.
const SPEED_ERRORS: f64 = 1.5;
const LEAST_FIT_S: f64 = 0.3;
/// Whom nobody saw for longer, in doubt or until he was found so far off, may be another, seconds and metres.
const UNSEEN_S: f64 = 1.0;
const ELSEWHERE_M: f64 = 10.0;
/// What the model takes one for is agreed on by this share of so many looks at least.
const AGREED: f64 = 0.8;
const AGREED_LOOKS: f64 = 3.0;
/// Who is seen again after more than so many seconds was hidden.
const LATER_S: f64 = 0.45;
/// Error of a contact point in the picture, shares of the box.
const CONTACT: f64 = 0.03;
/// Where a pixel is coarser than this the plane tells no place, metres.
const METRES_PER_PIXEL: f64 = 1.0;

/// Where a road user was seen, in metres, or in square pixels without a ground plane.
#[derive(Debug, Clone, Copy)]
struct Look {
    at: f64,
    place: PixelPoint,
    /// Error of the place, one standard deviation.
    err: f64,
    /// How much of this unit a metre is.
    metre: f64,
    /// How tall and how wide its box is, square pixels.
    tall: f64,
    wide: f64,
    /// Whether nothing hides its contact point.
    clear: bool,
    goes: Goes,
}

/// How one goes by what the model took him for in one look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Goes {
    OnFoot,
    ByCycle,
    ByCar,
    ByTruck,
}

impl Goes {
    const ALL: [Self; 4] = [Self::OnFoot, Self::ByCycle, Self::ByCar, Self::ByTruck];

    const fn of(class: RoadUserClass) -> Self {
        match class {
            RoadUserClass::Person => Self::OnFoot,
            RoadUserClass::Bicycle | RoadUserClass::Motorcycle => Self::ByCycle,
            RoadUserClass::Bus | RoadUserClass::Truck => Self::ByTruck,
            _ => Self::ByCar,
        }
    }

    /// Whether another goes so, who was seen next after so many seconds: before one's eyes a van may turn into a truck, but
    /// not while it is hidden.
    fn is_another(self, next: Self, unseen_s: f64) -> bool {
        let drive = |goes| matches!(goes, Self::ByCar | Self::ByTruck);
        self != next && (unseen_s > LATER_S || !(drive(self) && drive(next)))
    }

    /// How one goes who was seen in some looks; none where they are too few or do not agree.
    fn agreed<'l>(looks: &(impl Iterator<Item = &'l Look> + Clone)) -> Option<Self> {
        let count = |of: &dyn Fn(&Look) -> bool| looks.clone().filter(|look| of(look)).map(|_| 1.0).sum::<f64>();
        let all = count(&|_| true);
        let most = |goes: &Self| count(&|look| look.goes == *goes) >= AGREED * all;
        Self::ALL.into_iter().find(most).filter(|_| all >= AGREED_LOOKS)
    }
}

impl Look {
    /// Error of its place, as its contact point is seen or hidden.
    fn believed_err(&self) -> f64 {
        if self.clear { self.err } else { HIDDEN_ERRORS * self.err }
    }

    fn of(user: &RoadUser<'_>, watch: &Watch<'_>) -> Option<Self> {
        let (at, clear, contact) = (watch.now, watch.shows_contact(user), user.contact());
        let fix = user.track.history.last()?;
        let (tall, wide, goes) = (fix.height, fix.width, Goes::of(user.track.seen_class));
        let length = |way: PixelPoint| way.x.hypot(way.y);
        if let Some(plane) = &watch.layout.plane {
            let place = plane.reach(user.anchor, METRES_PER_PIXEL)?;
            let [down, right] = contact_errs(&contact, plane);
            let err = length(down).hypot(length(right));
            return Some(Self { at, place, err, metre: 1.0, tall, wide, clear, goes });
        }
        let err = CONTACT * contact.width.hypot(contact.height);
        let metre = user.height / Size::of(user.track.class()).height;
        Some(Self { at, place: user.anchor, err, metre, tall, wide, clear, goes })
    }
}

/// The way of a track.
#[derive(Debug)]
pub(super) struct Trail {
    looks: VecDeque<Look>,
    /// Since when it is one road user's, pipeline seconds, as far as that is judged.
    since: f64,
    /// Up to which look that is.
    judged_to: f64,
    /// When the tracker was in doubt last, and when it was and that is not judged yet.
    doubted: f64,
    doubts: Vec<f64>,
    /// How it came to stand, and leaves.
    turn: Turn,
}

impl Trail {
    pub(super) fn new(user: &RoadUser<'_>) -> Self {
        let since = user.track.unbroken_since;
        Self {
            looks: VecDeque::new(),
            since,
            judged_to: f64::NEG_INFINITY,
            doubted: since,
            doubts: Vec::new(),
            turn: Turn::default(),
        }
    }

    /// Follows a track to its newest look.
    pub(super) fn follow(&mut self, user: &RoadUser<'_>, watch: &Watch<'_>) {
        let unbroken = user.track.unbroken_since;
        if unbroken > self.doubted {
            self.doubted = unbroken;
            self.doubts.push(unbroken);
        }
        let soon = self.looks.back().is_some_and(|last| watch.now - last.at < SPACING_S);
        if soon || !user.track.is_seen() {
            return;
        }
        let Some(mut look) = Look::of(user, watch) else { return };
        look.clear &= !self.is_cut_short(look);
        if watch.layout.plane.is_some() && user.track.class().is_motor_vehicle() {
            let other = self.turn.follow(At { at: look.at, place: look.place, err: look.believed_err() });
            self.since = other.map_or(self.since, |since| self.since.max(since));
        }
        self.looks.push_back(look);
        while let Some(index) = self.unjudged().filter(|index| watch.now - self.looks[*index].at >= WINDOW_S) {
            self.since = self.since.max(self.broken_at(index).unwrap_or(self.since));
            self.judged_to = self.looks[index].at;
            self.doubts.retain(|doubt| *doubt > self.judged_to);
        }
        self.forget();
    }

    /// Since when it is one road user's, as far as it is looked at up to some time; pipeline seconds.
    pub(super) fn own_since(&self, until: f64) -> f64 {
        let first = self.unjudged().unwrap_or(self.looks.len());
        // What lies between two looks was done by both.
        let open = (first..self.looks.len()).filter(|index| *index == 0 || self.looks[*index - 1].at <= until);
        let broken = open.filter_map(|index| self.broken_at(index));
        let newest = self.looks.back().map_or(f64::NEG_INFINITY, |look| look.at);
        let unseen = self.doubts.iter().copied().filter(|doubt| *doubt > newest && *doubt <= until);
        broken.chain(unseen).fold(self.since, f64::max)
    }

    /// Whether something hides the bottom of a look.
    fn is_cut_short(&self, newest: Look) -> bool {
        let late = || self.looks.iter().filter(|look| newest.at - look.at <= LATE_S).chain([&newest]);
        let wide = newest.wide / median(late().map(|look| look.wide));
        newest.tall < LOW * median(late().map(|look| look.tall)) && (1.0 / AS_WIDE..=AS_WIDE).contains(&wide)
    }

    fn unjudged(&self) -> Option<usize> {
        self.looks.iter().position(|look| look.at > self.judged_to)
    }

    /// When another took over between a look and the one before it, if one did.
    fn broken_at(&self, index: usize) -> Option<f64> {
        let look = self.looks[index];
        let before = index.checked_sub(1).map_or(f64::NEG_INFINITY, |before| self.looks[before].at);
        let doubt = self.doubts.iter().copied().filter(|doubt| *doubt > before && *doubt <= look.at).reduce(f64::max);
        let split = self.split(index);
        match (doubt, split) {
            (Some(doubt), split) => {
                let one = split.is_some_and(|split| {
                    split.clear && !split.unlike && split.off <= ONE && split.unseen_s <= UNSEEN_S
                });
                (!one).then_some(doubt)
            }
            (None, Some(split)) => {
                let two = split.elsewhere || split.unlike || split.off > if split.clear { TWO } else { TWO_HIDDEN };
                two.then_some(look.at)
            }
            (None, None) => None,
        }
    }

    /// The way before a look against the way from it on; none where one of them is not known.
    fn split(&self, index: usize) -> Option<Split> {
        let (last, first) = (self.looks.get(index.checked_sub(1)?)?.at, self.looks[index].at);
        let before = self.looks.range(..index).filter(|look| look.at >= last - WINDOW_S);
        let after = self.looks.range(index..).filter(|look| look.at <= first + WINDOW_S);
        let unlike =
            Goes::agreed(&before).zip(Goes::agreed(&after)).is_some_and(|(a, b)| a.is_another(b, first - last));
        Some(Split { unlike, ..Split::of(&Fit::of(&before, End::Last)?, &Fit::of(&after, End::First)?) })
    }

    /// Forgets what no way that is still to be judged begins with.
    fn forget(&mut self) {
        let open = self.unjudged().unwrap_or(self.looks.len()).saturating_sub(1);
        let Some(from) = self.looks.get(open).map(|look| look.at - WINDOW_S) else { return };
        while self.looks.front().is_some_and(|look| look.at < from) {
            self.looks.pop_front();
        }
    }
}

/// The median of some numbers, one at least.
fn median(of: impl Iterator<Item = f64>) -> f64 {
    let mut sorted: Vec<f64> = of.collect();
    sorted.sort_by(f64::total_cmp);
    sorted[sorted.len() / 2]
}

/// Two ways, one after the other.
#[derive(Debug, Clone, Copy)]
struct Split {
    /// By how many errors they differ more than one road user's would.
    off: f64,
    /// The time between them.
    unseen_s: f64,
    /// Whether it got farther in that time than one can say that it is the same.
    elsewhere: bool,
    /// Whether both were seen well.
    clear: bool,
    /// Whether the model takes one for a walker, say, and the other for a rider.
    unlike: bool,
}

impl Split {
    fn of(before: &Fit, after: &Fit) -> Self {
        let unseen_s = after.at - before.at;
        let way = |from: f64, to: f64, by: f64, and: f64| to - from - f64::midpoint(by, and) * unseen_s;
        let (p, v, q, w) = (before.place, before.velocity, after.place, after.velocity);
        let apart = way(p.x, q.x, v.x, w.x).hypot(way(p.y, q.y, v.y, w.y));
        let change = (w.x - v.x).hypot(w.y - v.y);
        let err = before.err.hypot(after.err);
        let err_speed = SPEED_ERRORS * err / before.span_s.min(after.span_s).max(LEAST_FIT_S);
        let most = MOST_MS2 * before.metre.max(after.metre);
        let passed_s = f64::midpoint(before.span_s, after.span_s) + unseen_s;
        let place = (apart - most * unseen_s * unseen_s / 2.0) / err;
        let speed = (change - most * passed_s) / err_speed;
        let elsewhere = unseen_s > UNSEEN_S && p.distance(q) > ELSEWHERE_M * before.metre.max(after.metre);
        Self {
            off: place.max(0.0) + speed.max(0.0),
            unseen_s,
            elsewhere,
            clear: before.clear && after.clear,
            unlike: false,
        }
    }
}

/// Where a way is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    First,
    Last,
}

/// A straight way at a steady speed, fitted to looks.
#[derive(Debug, Clone, Copy)]
struct Fit {
    at: f64,
    place: PixelPoint,
    /// Per second.
    velocity: PixelPoint,
    span_s: f64,
    err: f64,
    metre: f64,
    clear: bool,
}

impl Fit {
    /// Of those looks that are clear, where there are two, else of all; none of fewer.
    fn of<'l>(looks: &(impl Iterator<Item = &'l Look> + Clone), end: End) -> Option<Self> {
        let clear = looks.clone().filter(|look| look.clear);
        if clear.clone().nth(1).is_some() {
            Self::through(&clear, end).map(|fit| Self { clear: true, ..fit })
        } else {
            Self::through(looks, end)
        }
    }

    fn through<'l>(looks: &(impl Iterator<Item = &'l Look> + Clone), end: End) -> Option<Self> {
        let (first, last) = (looks.clone().next()?, looks.clone().last()?);
        let n = looks.clone().map(|_| 1.0).sum::<f64>();
        let mean = |of: fn(&Look) -> f64| looks.clone().map(of).sum::<f64>() / n;
        let (at, x, y) = (mean(|look| look.at), mean(|look| look.place.x), mean(|look| look.place.y));
        let spread: f64 = looks.clone().map(|look| (look.at - at).powi(2)).sum();
        if spread <= 0.0 {
            return None;
        }
        let slope = |of: fn(&Look) -> f64| looks.clone().map(|look| (look.at - at) * of(look)).sum::<f64>() / spread;
        let velocity = PixelPoint::new(slope(|look| look.place.x), slope(|look| look.place.y));
        let told = if end == End::First { first.at } else { last.at };
        Some(Self {
            at: told,
            place: PixelPoint::new(x + velocity.x * (told - at), y + velocity.y * (told - at)),
            velocity,
            span_s: last.at - first.at,
            err: looks.clone().map(Look::believed_err).sum::<f64>() / n,
            metre: mean(|look| look.metre),
            clear: false,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A look every 0.2 s at what `place` tells, metres.
    fn trail(place: impl Fn(f64) -> (f64, f64), doubts: &[f64], clear: bool) -> Trail {
        let look = |n: u32| {
            let at = 0.2 * f64::from(n);
            let (x, y) = place(at);
            Look {
                at,
                place: PixelPoint::new(x, y),
                err: 0.3,
                metre: 1.0,
                tall: 40.0,
                wide: 40.0,
                clear,
                goes: Goes::ByCar,
            }
        };
        let (looks, doubts) = ((0..20).map(look).collect(), doubts.to_vec());
        Trail { looks, since: 0.0, judged_to: f64::NEG_INFINITY, doubted: 0.0, doubts, turn: Turn::default() }
    }

    #[test]
    fn who_drives_off_from_where_another_stood_is_another() {
        let brakes = |t: f64| (0.0, if t < 2.0 { 10.0 * t - 2.0 * t * t } else { 12.0 + 2.0 * (t - 2.0) });
        assert!(trail(brakes, &[], true).own_since(9.0) < 0.1);
        let turns = |t: f64| (6.0 * (1.0 - (0.6 * t).cos()), 6.0 * (0.6 * t).sin());
        assert!(trail(turns, &[], true).own_since(9.0) < 0.1);
        let taken = |t: f64| if t < 2.0 { (0.0, 0.0) } else { (-10.0 * (t - 2.0), 2.0) };
        assert!((1.7..2.9).contains(&trail(taken, &[], true).own_since(9.0)));
        assert!(trail(taken, &[], true).own_since(1.5) < 0.1, "later");
        let jumps = |t: f64| if t < 2.0 { (0.0, 5.0 * t) } else { (9.0, 5.0 * t) };
        assert!((1.7..2.9).contains(&trail(jumps, &[], true).own_since(9.0)));
        assert!(trail(jumps, &[], false).own_since(9.0) < 0.1, "hidden it may be that far off");
    }

    #[test]
    fn who_is_found_elsewhere_after_a_while_may_be_another() {
        let unseen = |place: fn(f64) -> (f64, f64)| {
            let mut trail = trail(place, &[], true);
            trail.looks.retain(|look| look.at < 1.1 || look.at > 2.9);
            trail.own_since(9.0)
        };
        assert!((unseen(|t| (0.0, 8.0 * t)) - 3.0).abs() < 0.1, "16 m on");
        assert!(unseen(|t| (0.0, 3.0 * t)) < 0.1, "a car's length on");
    }

    #[test]
    fn who_is_taken_for_a_rider_from_some_look_on_is_another() {
        let seen = |before: Goes, after: Goes, hidden: bool| {
            let mut trail = trail(|t| (0.0, t), &[], true);
            trail.looks.iter_mut().for_each(|look| look.goes = if look.at < 1.9 { before } else { after });
            trail.looks.retain(|look| !hidden || !(1.3..1.9).contains(&look.at));
            trail.own_since(9.0)
        };
        use Goes::{ByCar, ByCycle, ByTruck, OnFoot};
        for (before, after, hidden, another) in [
            (OnFoot, OnFoot, false, false),
            (OnFoot, ByCycle, false, true),
            (ByCycle, ByCar, false, true),
            (ByCar, ByTruck, false, false),
            (ByCar, ByTruck, true, true),
        ] {
            assert_eq!(seen(before, after, hidden) > 1.8, another, "{before:?} {after:?} {hidden}");
        }
        let mut now_and_then = trail(|t| (0.0, t), &[], true);
        now_and_then.looks.iter_mut().step_by(3).for_each(|look| look.goes = OnFoot);
        assert!(now_and_then.own_since(9.0) < 0.1);
    }

    #[test]
    fn a_doubt_of_the_tracker_is_lifted_by_a_way_that_fits() {
        let steady = |t: f64| (0.0, 8.0 * t);
        assert!(trail(steady, &[2.0], true).own_since(9.0) < 0.1);
        assert!((trail(steady, &[2.0], false).own_since(9.0) - 2.0).abs() < 0.1, "nobody saw it well");
        let off = |t: f64| (if t < 2.0 { 0.0 } else { 2.0 }, 8.0 * t);
        assert!(trail(off, &[], true).own_since(9.0) < 0.1);
        assert!((trail(off, &[2.0], true).own_since(9.0) - 2.0).abs() < 0.1);
    }
}
