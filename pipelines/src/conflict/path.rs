//! The way of one road user over the road in the last seconds: where its middle was, and when.

use crate::ground::Size;
use kerege_contract::PixelPoint;
use std::collections::VecDeque;

/// Places are averaged over this long, seconds: a shaking box does not make a way.
const SMOOTH_S: f64 = 0.5;
/// A node each this share of its length, but no closer and no farther apart than so many metres.
const SPACING: f64 = 0.15;
const SPACING_M: [f64; 2] = [0.3, 0.8];
/// Nodes are at least so many errors of a place apart: who stands and shakes goes nowhere.
const NODE_ERRORS: f64 = 1.0;
/// A way that was not seen for longer is not known; nor is one that jumps farther than so many lengths and errors
/// beside what the fastest drive.
const UNSEEN_S: f64 = 1.0;
const FASTEST_MS: f64 = 25.0;
const JUMP_LENGTHS: f64 = 0.3;
const JUMP_ERRORS: f64 = 4.0;
/// How long a way is remembered, seconds.
const KEPT_S: f64 = 6.0;

/// A point of a way.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Node {
    /// Pipeline seconds.
    pub(crate) at: f64,
    /// The middle of the road user, metres.
    pub(crate) place: PixelPoint,
    /// Metres along the way, from where it was first seen.
    pub(crate) along: f64,
}

/// The way of one road user.
#[derive(Debug, Clone)]
pub(crate) struct Path {
    size: Size,
    recent: VecDeque<(f64, PixelPoint)>,
    nodes: VecDeque<Node>,
}

impl Path {
    pub(crate) const fn new(size: Size) -> Self {
        Self { size, recent: VecDeque::new(), nodes: VecDeque::new() }
    }

    /// The class may be told better later.
    pub(crate) const fn resize(&mut self, size: Size) {
        self.size = size;
    }

    /// How large it surely is.
    pub(crate) const fn size(&self) -> Size {
        self.size.sure()
    }

    /// Takes the next place of its middle, which shakes by `err` metres. Whether the way got longer. After a
    /// stretch that was not seen, or a jump (another one under the same number), a new way begins.
    pub(crate) fn push(&mut self, at: f64, place: PixelPoint, err: f64) -> bool {
        if let Some((before, was)) = self.recent.back() {
            let seconds = at - before;
            let most = FASTEST_MS * seconds + JUMP_LENGTHS * self.size.length + JUMP_ERRORS * err;
            if seconds > UNSEEN_S || was.distance(place) > most {
                self.nodes.clear();
                self.recent.clear();
            }
        }
        if self.recent.back().is_some_and(|last| at <= last.0 || at - last.0 > SMOOTH_S * 2.0) {
            self.recent.clear();
        }
        self.recent.push_back((at, place));
        while self.recent.front().is_some_and(|oldest| oldest.0 < at - SMOOTH_S - 1e-6) {
            self.recent.pop_front();
        }
        while self.nodes.front().is_some_and(|oldest| oldest.at < at - KEPT_S) {
            self.nodes.pop_front();
        }
        let Some((at, place)) = self.middle() else { return false };
        let along = match self.nodes.back() {
            None => 0.0,
            Some(last) if at <= last.at || last.place.distance(place) < self.spacing().max(NODE_ERRORS * err) => {
                return false;
            }
            Some(last) => last.along + last.place.distance(place),
        };
        self.nodes.push_back(Node { at, place, along });
        true
    }

    /// The mean of the latest places, and of their times: without a lag on a steady way.
    fn middle(&self) -> Option<(f64, PixelPoint)> {
        #[expect(clippy::cast_precision_loss, reason = "half a second's places")]
        let n = self.recent.len() as f64;
        let sum =
            self.recent.iter().fold((0.0, 0.0, 0.0), |sum, (at, place)| (sum.0 + at, sum.1 + place.x, sum.2 + place.y));
        (n > 0.0).then(|| (sum.0 / n, PixelPoint::new(sum.1 / n, sum.2 / n)))
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

    /// When it had come so far along its way, pipeline seconds; none beyond what was seen of it.
    pub(crate) fn time_at(&self, along: f64) -> Option<f64> {
        let after = self.nodes.partition_point(|node| node.along < along);
        let to = self.nodes.get(after)?;
        if to.along == along {
            return Some(to.at);
        }
        let from = self.nodes.get(after.checked_sub(1)?)?;
        Some(from.at + (to.at - from.at) * (along - from.along) / (to.along - from.along))
    }

    /// Its mean speed over a stretch of its way, metres per second.
    pub(crate) fn speed(&self, from: f64, to: f64) -> Option<f64> {
        let (begins, ends) = (self.nodes.front()?.along, self.nodes.back()?.along);
        let (from, to) = (from.max(begins), to.min(ends));
        let seconds = self.time_at(to)? - self.time_at(from)?;
        (seconds > 0.0).then(|| (to - from) / seconds)
    }
}
