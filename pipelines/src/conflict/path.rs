//! The way of one road user over the road in the last seconds: where its middle was, when, and how far
//! that may be off.

use super::Scatter;
use super::fit::{Fit, Place};
use crate::ground::{Size, unit};
use kerege_contract::{PixelPoint, RoadUserClass};
use std::collections::VecDeque;

/// Where it was is told by where it was seen so long before and after, seconds.
const BEFORE_S: f64 = 1.2;
const AFTER_S: f64 = 0.6;
/// A heading is believed above this speed, m/s.
const CREEP_MS: f64 = 0.5;
/// Where the speed may be off by more (one standard deviation) too little was seen to tell where somebody was, m/s.
const UNKNOWN_MS: f64 = 2.5;
/// A node each this share of its length, but no closer and no farther apart than so many metres.
const SPACING: f64 = 0.15;
const SPACING_M: [f64; 2] = [0.3, 0.8];
/// Nodes are at least so many errors of a place apart: who stands and shakes goes nowhere.
const NODE_ERRORS: f64 = 1.5;
/// It is where it was while it is nearer to that than this share of a step.
const STAYS: f64 = 0.4;
/// A speed is that over so long, half of it before and half after, seconds; at least this share of it must be known.
const SPEED_OVER_S: f64 = 1.0;
const SPEED_SHARE: f64 = 0.5;
/// A way that was not seen for longer is not known, seconds; nor is one that jumps: farther from where the places of
/// the last so many seconds led than so many lengths and errors.
const UNSEEN_S: f64 = 1.5;
const LED_S: f64 = 1.0;
const JUMP_LENGTHS: f64 = 0.15;
const JUMP_ERRORS: f64 = 4.0;
/// Between two places it may have gone unevenly by so much, m/s².
const UNEVEN: f64 = 2.0;
/// How long a way is remembered, seconds.
const KEPT_S: f64 = 8.0;
/// Over how many seconds it is learnt how much its places shake, and fewest places that tell.
const LEARNT_S: f64 = 2.0;
const MIN_PLACES: usize = 5;
/// What a drive that is fitted to places takes of their freedom, in numbers of places.
const FITTED: f64 = 2.5;

/// Nobody speeds up, slows down or turns more than so many times as much as is usual, by so many errors of his speeds.
const DRIVABLE: f64 = 2.0;
const PACE_ERRORS: f64 = 1.5;
/// Places are off their drive by chance as far as this many standard deviations of their mean square.
const CHANCE: f64 = 2.0;

/// How much somebody of a class speeds up, slows down or turns (one standard deviation), m/s².
const fn swerves(class: RoadUserClass) -> f64 {
    match class {
        RoadUserClass::Person => 0.6,
        RoadUserClass::Bicycle => 1.2,
        _ => 2.5,
    }
}

/// A point of a way.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Node {
    /// When it came there, pipeline seconds.
    pub(crate) at: f64,
    /// Until when it was there: later than that, where it stood.
    pub(crate) until: f64,
    /// The middle of the road user, metres.
    pub(crate) place: PixelPoint,
    /// How far that may be off.
    pub(crate) scatter: Scatter,
    /// How fast it came there, metres per second, and how far that may be off.
    velocity: PixelPoint,
    pace: Scatter,
    /// Metres along the way, from where it was first seen.
    pub(crate) along: f64,
}

/// Which way it leads at a place.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Heading {
    /// A unit vector.
    pub(crate) way: PixelPoint,
    /// How far that may be off (one standard deviation), radians.
    pub(crate) err: f64,
    /// How far the place itself may be off, and how fast it went there.
    pub(crate) scatter: Scatter,
    pub(crate) pace: Scatter,
}

/// Where somebody was seen: the point of his outline that is told by his box.
#[derive(Debug, Clone, Copy)]
struct Look<S> {
    seen: S,
    place: Place,
}

/// The way of one road user, seen as `S`.
#[derive(Debug, Clone)]
pub(crate) struct Path<S> {
    class: RoadUserClass,
    recent: VecDeque<Look<S>>,
    nodes: VecDeque<Node>,
    /// Until when nodes were made.
    told: f64,
    /// Where it heads, a unit vector: known while it drives.
    heading: Option<PixelPoint>,
    /// How much more its places shake than they should: a share of variances, at least 1.
    shakes: f64,
    since: Option<f64>,
    bounds: Bounds,
    /// For use while a drive is fitted.
    bench: Vec<Place>,
}

/// The least and the greatest coordinates of something, metres.
pub(crate) type Bounds = [PixelPoint; 2];

impl<S: Copy> Path<S> {
    pub(crate) fn new(class: RoadUserClass) -> Self {
        Self {
            class,
            recent: VecDeque::new(),
            nodes: VecDeque::new(),
            told: f64::NEG_INFINITY,
            heading: None,
            shakes: 1.0,
            since: None,
            bounds: bounds(&VecDeque::new()),
            bench: Vec::new(),
        }
    }

    /// Begins anew: another one goes on under the same number.
    pub(crate) fn begin(&mut self) {
        self.nodes.clear();
        self.recent.clear();
        (self.since, self.heading) = (None, None);
        self.bounds = bounds(&self.nodes);
    }

    /// The class may be told better later.
    pub(crate) const fn reclass(&mut self, class: RoadUserClass) {
        self.class = class;
    }

    pub(crate) const fn class(&self) -> RoadUserClass {
        self.class
    }

    /// How large it is.
    pub(crate) const fn size(&self) -> Size {
        Size::of(self.class)
    }

    /// Takes where it is seen next, which should shake as told. After a stretch that was not seen, or a jump (another
    /// one under the same number), a new way begins.
    pub(crate) fn push(&mut self, at: f64, seen: S, place: PixelPoint, scatter: Scatter) {
        if self.recent.back().is_some_and(|last| at <= last.place.at) {
            return;
        }
        let place = Place { at, place, scatter };
        let mut late = std::mem::take(&mut self.bench);
        if self.jumps(&mut late, &place) {
            self.begin();
        }
        self.bench = late;
        self.since = self.since.or(Some(at));
        self.recent.push_back(Look { seen, place });
    }

    /// Makes the way as long as it is known by now; whether it got longer. `middle` tells where the middle is of what
    /// heads along a unit vector and is seen somehow.
    pub(crate) fn advance(&mut self, now: f64, middle: impl Fn(&S, PixelPoint) -> Option<PixelPoint>) -> bool {
        let ripe = now - AFTER_S + 1e-6;
        let mut grew = false;
        while let Some(at) = self.recent.iter().map(|look| look.place.at).find(|at| *at > self.told) {
            if at > ripe {
                break;
            }
            self.told = at;
            if let Some(fit) = self.fit(at, &middle) {
                grew |= self.add(at, &fit);
            }
        }
        while self.recent.front().is_some_and(|oldest| oldest.place.at < ripe - BEFORE_S) {
            self.recent.pop_front();
        }
        let known = self.nodes.len();
        while self.nodes.front().is_some_and(|oldest| oldest.at < now - KEPT_S) {
            self.nodes.pop_front();
        }
        if grew || self.nodes.len() < known {
            self.bounds = bounds(&self.nodes);
        }
        grew
    }

    /// How its middle moved about a time: which way it heads is told by how it is seen to move.
    fn fit(&mut self, at: f64, middle: impl Fn(&S, PixelPoint) -> Option<PixelPoint>) -> Option<Fit> {
        let mut places = std::mem::take(&mut self.bench);
        let fit = self.fit_with(&mut places, at, middle);
        self.bench = places;
        fit
    }

    fn fit_with(
        &mut self,
        places: &mut Vec<Place>,
        at: f64,
        middle: impl Fn(&S, PixelPoint) -> Option<PixelPoint>,
    ) -> Option<Fit> {
        let near = at - BEFORE_S - 1e-6..=at + AFTER_S + 1e-6;
        let shakes = self.shakes;
        let shaking = move |place: &Place| Place { scatter: place.scatter.scaled(shakes), ..*place };
        let looks = self.recent.iter().filter(|look| near.contains(&look.place.at));
        places.clear();
        places.extend(looks.clone().map(|look| shaking(&look.place)));
        let drive = Fit::of(places, at, swerves(self.class))?;
        let heading = |velocity: PixelPoint| unit(velocity).filter(|_| length(velocity) > CREEP_MS);
        let now = heading(drive.velocity).or(self.heading);
        let body = |look: &Look<S>| {
            let heading = heading(drive.after(look.place.at - at).1).or(now)?;
            Some(Place { place: middle(&look.seen, heading)?, ..shaking(&look.place) })
        };
        places.clear();
        places.extend(looks.filter_map(body));
        self.heading = now;
        let fit = Fit::of(places, at, swerves(self.class))?;
        let worse = self.learn(places, at, &fit);
        Some(Fit { scatter: fit.scatter.scaled(worse), pace: fit.pace.scaled(worse), ..fit })
    }

    fn add(&mut self, at: f64, fit: &Fit) -> bool {
        let Fit { place, velocity, scatter, pace, .. } = *fit;
        if pace.largest() > UNKNOWN_MS {
            return false;
        }
        if self.nodes.back().is_some_and(|last| !self.can_drive(last, at, fit)) {
            self.nodes.clear();
        }
        let step = self.spacing().max(NODE_ERRORS * scatter.largest());
        let along = match self.nodes.back_mut() {
            None => 0.0,
            Some(last) => {
                let far = last.place.distance(place);
                if far < STAYS * step {
                    last.until = at;
                }
                if far < step {
                    return false;
                }
                last.along + far
            }
        };
        self.nodes.push_back(Node { at, until: at, place, scatter, velocity, pace, along });
        true
    }

    /// Whether somebody of its kind can change so from one point of the way to where he is next, and come there so: where
    /// places jump to those of another, bit by bit or unseen, a drive that nobody drives is fitted to them.
    fn can_drive(&self, last: &Node, at: f64, next: &Fit) -> bool {
        let (swerve, seconds) = (DRIVABLE * swerves(self.class), at - last.until);
        let paces = last.pace.plus(next.pace);
        let changes = last.velocity.distance(next.velocity) <= swerve * seconds + PACE_ERRORS * paces.largest();
        // Half the time faster or slower than the mean of both speeds, half the time back to it.
        let mean = last.velocity.toward(next.velocity, 0.5);
        let led = PixelPoint::new(last.place.x + mean.x * seconds, last.place.y + mean.y * seconds);
        let errors = last.scatter.plus(next.scatter).plus(paces.scaled((seconds / 2.0).powi(2)));
        // It is where it was until it has gone a share of a step.
        let most = swerve * seconds.powi(2) / 4.0 + STAYS * self.spacing() + PACE_ERRORS * errors.largest();
        seconds <= UNSEEN_S && changes && led.distance(next.place) <= most
    }

    /// Whether a place is farther from where the latest ones lead than it can be.
    fn jumps(&self, late: &mut Vec<Place>, next: &Place) -> bool {
        let Some(last) = self.recent.back() else { return false };
        let places = self.recent.iter().map(|look| look.place).filter(|place| place.at >= last.place.at - LED_S - 1e-6);
        late.clear();
        late.extend(places.map(|place| Place { scatter: place.scatter.scaled(self.shakes), ..place }));
        let Some(led) = Fit::of(late, next.at, swerves(self.class)) else { return false };
        let errors = JUMP_ERRORS * led.scatter.plus(next.scatter.scaled(self.shakes)).largest();
        let far = led.place.distance(next.place) > JUMP_LENGTHS * self.size().length + errors;
        next.at - last.place.at > UNSEEN_S || far
    }

    /// Learns from places how much they shake about the drive that was fitted to them. How many times more (a share of
    /// variances, at least 1) than by chance they are off that drive: nobody drives so, or it was not one alone.
    fn learn(&mut self, places: &[Place], at: f64, fit: &Fit) -> f64 {
        let n = places.len();
        if n < MIN_PLACES {
            return 1.0;
        }
        let off = |one: &Place| {
            let led = fit.after(one.at - at).0;
            one.scatter.surprise(PixelPoint::new(one.place.x - led.x, one.place.y - led.y))
        };
        #[expect(clippy::cast_precision_loss, reason = "some seconds' places")]
        let free = n as f64 - FITTED;
        let ratio = places.iter().map(off).sum::<f64>() / (2.0 * free);
        let now = self.shakes * ratio;
        let last = places[n - 1].at - places[n - 2].at;
        let seen = self.since.map_or(0.0, |since| at - since);
        // The first places tell alone, later ones are weighed against them.
        let weight = (last / seen.clamp(last, LEARNT_S)).min(1.0);
        self.shakes = (self.shakes + weight * (now.max(1.0) - self.shakes)).max(1.0);
        // The mean of the squares of as many numbers, each of variance 1 along two axes, varies by the inverse of their number.
        (ratio / (1.0 + CHANCE / free.sqrt())).max(1.0)
    }

    fn spacing(&self) -> f64 {
        (SPACING * self.size().length).clamp(SPACING_M[0], SPACING_M[1])
    }

    /// The points of the way, oldest first.
    pub(crate) const fn nodes(&self) -> &VecDeque<Node> {
        &self.nodes
    }

    /// The bounds of the way.
    pub(crate) const fn bounds(&self) -> &Bounds {
        &self.bounds
    }

    /// The points between which it had come so far along its way, and the share of the way from one to the other; none
    /// beyond what was seen of it.
    fn between(&self, along: f64) -> Option<(&Node, &Node, f64)> {
        let after = self.nodes.partition_point(|node| node.along < along);
        let to = self.nodes.get(after)?;
        if to.along == along {
            return Some((to, to, 0.0));
        }
        let from = self.nodes.get(after.checked_sub(1)?)?;
        Some((from, to, (along - from.along) / (to.along - from.along)))
    }

    /// When it had come so far along its way, pipeline seconds; none beyond what was seen of it.
    pub(crate) fn time_at(&self, along: f64) -> Option<f64> {
        self.between(along).map(|(from, to, share)| from.until + (to.at - from.until) * share)
    }

    /// How far it may have been at a time from where it seems, since it was not seen just then, metres.
    pub(crate) fn unseen_m(&self, at: f64) -> f64 {
        let after = self.nodes.partition_point(|node| node.until < at);
        let gap = self.nodes.get(after).zip(after.checked_sub(1).and_then(|before| self.nodes.get(before)));
        gap.map_or(0.0, |(to, from)| UNEVEN * (to.at - from.until).powi(2) / 8.0)
    }

    /// How far along its way it was at a time; none when it was not seen then.
    fn along_at(&self, at: f64) -> Option<f64> {
        let after = self.nodes.partition_point(|node| node.until < at);
        let to = self.nodes.get(after)?;
        if to.at <= at {
            return Some(to.along);
        }
        let from = self.nodes.get(after.checked_sub(1)?)?;
        Some(from.along + (to.along - from.along) * (at - from.until) / (to.at - from.until))
    }

    /// Its speed at a time, metres per second; none when too little was seen before and after.
    pub(crate) fn speed_at(&self, at: f64) -> Option<f64> {
        let half = SPEED_OVER_S / 2.0;
        let (from, to) = ((at - half).max(self.nodes.front()?.at), (at + half).min(self.nodes.back()?.until));
        let known = to - from >= SPEED_SHARE * SPEED_OVER_S;
        known.then(|| Some((self.along_at(to)? - self.along_at(from)?) / (to - from)))?
    }

    /// Which way it leads at a place along it, told by where it was so many metres before and after or by how it went
    /// there, whichever is known better; none beyond what was seen of it.
    pub(crate) fn heading(&self, along: f64, about_m: f64) -> Option<Heading> {
        let (from, to, share) = self.between(along)?;
        let nearer = if share < 0.5 { from } else { to };
        let drive = from.velocity.toward(to.velocity, share);
        let chord = self.chord(along, about_m);
        let ways = [Some((drive, nearer.pace)), chord].into_iter().flatten().filter_map(|(vector, scatter)| {
            let way = unit(vector)?;
            Some((way, scatter.toward(PixelPoint::new(-way.y, way.x)) / length(vector)))
        });
        let (way, err) = ways.min_by(|a, b| a.1.total_cmp(&b.1))?;
        Some(Heading { way, err, scatter: nearer.scatter, pace: nearer.pace })
    }

    /// From where it was before a place to where it was as far after it: at most so many metres each, as far as it was
    /// seen. With the error of that.
    fn chord(&self, along: f64, about_m: f64) -> Option<(PixelPoint, Scatter)> {
        let half = about_m.min(along - self.nodes.front()?.along).min(self.nodes.back()?.along - along);
        let [(a, a_err), (b, b_err)] = [self.place_at(along - half)?, self.place_at(along + half)?];
        Some((PixelPoint::new(b.x - a.x, b.y - a.y), a_err.plus(b_err)))
    }

    /// Where it was when it had come so far, and how far that may be off.
    fn place_at(&self, along: f64) -> Option<(PixelPoint, Scatter)> {
        let (from, to, share) = self.between(along)?;
        Some((from.place.toward(to.place, share), if share < 0.5 { from.scatter } else { to.scatter }))
    }
}

fn bounds(nodes: &VecDeque<Node>) -> Bounds {
    let (most, least) =
        (PixelPoint::new(f64::NEG_INFINITY, f64::NEG_INFINITY), PixelPoint::new(f64::INFINITY, f64::INFINITY));
    nodes.iter().fold([least, most], |[low, high], node| {
        let place = node.place;
        [
            PixelPoint::new(low.x.min(place.x), low.y.min(place.y)),
            PixelPoint::new(high.x.max(place.x), high.y.max(place.y)),
        ]
    })
}

fn length(vector: PixelPoint) -> f64 {
    vector.distance(PixelPoint::default())
}
