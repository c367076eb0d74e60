//! The way of one road user over the road in the last seconds: where its middle was, when, and how far
//! that may be off.

use super::Scatter;
use crate::ground::{Size, unit};
use kerege_contract::PixelPoint;
use std::collections::VecDeque;

/// Places are averaged over this long, seconds: a shaking box does not make a way. What a detector gets
/// wrong it gets wrong for half of that, and more, so that the mean is as far off as one place.
const SMOOTH_S: f64 = 1.0;
/// A node each this share of its length, but no closer and no farther apart than so many metres.
const SPACING: f64 = 0.15;
const SPACING_M: [f64; 2] = [0.3, 0.8];
/// Nodes are at least so many errors of a place apart: who stands and shakes goes nowhere.
const NODE_ERRORS: f64 = 1.5;
/// It is where it was while it is nearer to that than this share of a step.
const STAYS: f64 = 0.4;
/// A speed is that over so long, half of it before and half after, seconds; at least this share of it must be known.
pub(super) const SPEED_OVER_S: f64 = 1.0;
const SPEED_SHARE: f64 = 0.5;
/// A way that was not seen for longer is not known; nor is one that jumps: farther from where it led than so many
/// lengths and errors, and than it can have sped up or slowed down by so many m/s² since.
const UNSEEN_S: f64 = 1.5;
const JUMP_LENGTHS: f64 = 0.15;
const JUMP_ERRORS: f64 = 4.0;
const SPEEDS_UP: f64 = 8.0;
/// Between two places it may have gone unevenly by so much, m/s².
const UNEVEN: f64 = 2.0;
/// Where it leads is known once it was seen for so long, seconds; until then it may go as fast as anybody does, m/s.
const LEADS_S: f64 = 0.5;
const FASTEST_MS: f64 = 25.0;
/// How long a way is remembered, seconds.
const KEPT_S: f64 = 6.0;
/// Over how many seconds it is learnt how much its places shake, and fewest places that tell.
const LEARNT_S: f64 = 2.0;
const MIN_PLACES: usize = 4;
/// The heading at a place is that from so much before to so much after it: half its length, but within these bounds,
/// metres; at least this share of it must be known on each side, and of all of it.
const CHORD_M: [f64; 2] = [1.0, 2.5];
const SIDE_SHARE: f64 = 0.25;
const CHORD_SHARE: f64 = 0.6;

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
    /// How far the place itself may be off.
    pub(crate) scatter: Scatter,
}

#[derive(Debug, Clone, Copy)]
struct Place {
    at: f64,
    place: PixelPoint,
    scatter: Scatter,
}

/// The way of one road user.
#[derive(Debug, Clone)]
pub(crate) struct Path {
    size: Size,
    recent: VecDeque<Place>,
    nodes: VecDeque<Node>,
    /// How much more its places shake than they should: a share of variances, at least 1.
    shakes: f64,
    since: Option<f64>,
}

impl Path {
    pub(crate) const fn new(size: Size) -> Self {
        Self { size, recent: VecDeque::new(), nodes: VecDeque::new(), shakes: 1.0, since: None }
    }

    /// Begins anew: another one goes on under the same number.
    pub(crate) fn begin(&mut self) {
        self.nodes.clear();
        self.recent.clear();
        self.since = None;
    }

    /// The class may be told better later.
    pub(crate) const fn resize(&mut self, size: Size) {
        self.size = size;
    }

    /// How large it surely is.
    pub(crate) const fn size(&self) -> Size {
        self.size.sure()
    }

    /// Takes the next place of its middle, which should shake as told. Whether the way got longer. After a
    /// stretch that was not seen, or a jump (another one under the same number), a new way begins.
    pub(crate) fn push(&mut self, at: f64, place: PixelPoint, scatter: Scatter) -> bool {
        if self.recent.back().is_some_and(|last| at <= last.at) {
            return false;
        }
        if self.jumps(at, place, scatter) {
            self.begin();
        }
        self.since = self.since.or(Some(at));
        self.recent.push_back(Place { at, place, scatter });
        while self.recent.front().is_some_and(|oldest| oldest.at < at - SMOOTH_S - 1e-6) {
            self.recent.pop_front();
        }
        while self.nodes.front().is_some_and(|oldest| oldest.at < at - KEPT_S) {
            self.nodes.pop_front();
        }
        let Some(middle) = self.middle() else { return false };
        self.learn(&middle);
        let Place { at, place, scatter } = middle;
        let step = self.spacing().max(NODE_ERRORS * scatter.largest());
        let along = match self.nodes.back_mut() {
            None => 0.0,
            Some(last) if at <= last.until => return false,
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
        self.nodes.push_back(Node { at, until: at, place, scatter, along });
        true
    }

    /// Whether a place is farther from where the way leads than it can be.
    fn jumps(&self, at: f64, place: PixelPoint, scatter: Scatter) -> bool {
        let Some(last) = self.recent.back() else { return false };
        let seconds = at - last.at;
        let way = self.middle().and_then(|middle| Some((middle, self.velocity(&middle)?)));
        let (led, most) = match way {
            Some((middle, velocity)) => {
                let ahead = at - middle.at;
                let led = PixelPoint::new(middle.place.x + velocity.x * ahead, middle.place.y + velocity.y * ahead);
                (led, SPEEDS_UP * ahead * ahead / 2.0)
            }
            None => (last.place, FASTEST_MS * seconds),
        };
        let errors = JUMP_ERRORS * scatter.plus(last.scatter).scaled(self.shakes).largest();
        seconds > UNSEEN_S || led.distance(place) > most + JUMP_LENGTHS * self.size.length + errors
    }

    /// The mean of the latest places, and of their times: without a lag on a steady way.
    fn middle(&self) -> Option<Place> {
        if self.recent.is_empty() {
            return None;
        }
        #[expect(clippy::cast_precision_loss, reason = "a second's places")]
        let n = self.recent.len() as f64;
        let (mut at, mut x, mut y, mut scatter) = (0.0, 0.0, 0.0, Scatter::default());
        for one in &self.recent {
            (at, x, y) = (at + one.at / n, x + one.place.x / n, y + one.place.y / n);
            scatter = scatter.plus(one.scatter.scaled(1.0 / n));
        }
        Some(Place { at, place: PixelPoint::new(x, y), scatter: scatter.scaled(self.shakes) })
    }

    /// The velocity at which the latest places follow one another about their middle, least squares.
    fn velocity(&self, middle: &Place) -> Option<PixelPoint> {
        let (first, last) = (self.recent.front()?, self.recent.back()?);
        if last.at - first.at < LEADS_S {
            return None;
        }
        let (mut spread, mut x, mut y) = (0.0, 0.0, 0.0);
        for one in &self.recent {
            let after = one.at - middle.at;
            spread += after * after;
            x += after * (one.place.x - middle.place.x);
            y += after * (one.place.y - middle.place.y);
        }
        Some(PixelPoint::new(x / spread, y / spread))
    }

    /// Learns from the latest places how much they shake about the straight way through them.
    fn learn(&mut self, middle: &Place) {
        let n = self.recent.len();
        let Some(velocity) = self.velocity(middle).filter(|_| n >= MIN_PLACES) else { return };
        let off = |one: &Place| {
            let after = one.at - middle.at;
            let (x, y) = (middle.place.x + velocity.x * after, middle.place.y + velocity.y * after);
            one.scatter.surprise(PixelPoint::new(one.place.x - x, one.place.y - y))
        };
        #[expect(clippy::cast_precision_loss, reason = "a second's places")]
        let now = self.recent.iter().map(off).sum::<f64>() / (2.0 * (n as f64 - 2.0));
        let last = self.recent[n - 1].at - self.recent[n - 2].at;
        let seen = self.since.map_or(0.0, |since| self.recent[n - 1].at - since);
        // The first second tells alone, later ones are weighed against it.
        let weight = (last / (seen - LEADS_S).clamp(last, LEARNT_S)).min(1.0);
        self.shakes = (self.shakes + weight * (now.max(1.0) - self.shakes)).max(1.0);
    }

    fn spacing(&self) -> f64 {
        (SPACING * self.size.length).clamp(SPACING_M[0], SPACING_M[1])
    }

    /// The points of the way, oldest first.
    pub(crate) const fn nodes(&self) -> &VecDeque<Node> {
        &self.nodes
    }

    /// The least and the greatest coordinates of the way, metres.
    pub(crate) fn bounds(&self) -> [PixelPoint; 2] {
        let (most, least) =
            (PixelPoint::new(f64::NEG_INFINITY, f64::NEG_INFINITY), PixelPoint::new(f64::INFINITY, f64::INFINITY));
        self.nodes.iter().fold([least, most], |[low, high], node| {
            let place = node.place;
            [
                PixelPoint::new(low.x.min(place.x), low.y.min(place.y)),
                PixelPoint::new(high.x.max(place.x), high.y.max(place.y)),
            ]
        })
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

    /// Which way it leads at a place along it; none where too little is known before or after.
    pub(crate) fn heading(&self, along: f64) -> Option<Heading> {
        let reach = (self.size.length / 2.0).clamp(CHORD_M[0], CHORD_M[1]);
        let (begins, ends) = (self.nodes.front()?.along, self.nodes.back()?.along);
        let (from, to) = ((along - reach).max(begins), (along + reach).min(ends));
        if (along - from).min(to - along) < SIDE_SHARE * reach || to - from < 2.0 * CHORD_SHARE * reach {
            return None;
        }
        let place = |(from, to, share): (&Node, &Node, f64)| from.place.toward(to.place, share);
        let (start, middle, end) = (self.between(from)?, self.between(along)?, self.between(to)?);
        let (a, b) = (place(start), place(end));
        let way = unit(PixelPoint::new(b.x - a.x, b.y - a.y))?;
        let aside = PixelPoint::new(-way.y, way.x);
        let err = start.0.scatter.toward(aside).hypot(end.1.scatter.toward(aside)) / a.distance(b);
        Some(Heading { way, err, scatter: middle.1.scatter })
    }
}
