//! Where a track was lately: the fixes that rules, speeds and displacements are computed from.

use kerege_contract::{PixelBox, PixelPoint};
use std::collections::VecDeque;

/// Most fixes that are kept; older ones are thinned out by spacing, not forgotten early.
const CAPACITY: usize = 128;

/// One observation of a track.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Fix {
    /// Pipeline seconds.
    pub(crate) at: f64,
    /// Contact point, square pixels.
    pub(crate) anchor: PixelPoint,
    /// Contact point on the road, metres, where the ground plane is valid.
    pub(crate) road: Option<PixelPoint>,
    /// Box width, square pixels.
    pub(crate) width: f64,
    /// Box height, square pixels.
    pub(crate) height: f64,
    /// How sure the model was, 0..1.
    pub(crate) score: f32,
}

/// Movement between the ends of a window, each end averaged over a quarter of it so that a shaking
/// box does not count as movement.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Drift {
    /// When the window's first fix was.
    pub(crate) since: f64,
    /// Seconds between the averaged ends.
    pub(crate) seconds: f64,
    /// Displacement, square pixels.
    pub(crate) pixels: PixelPoint,
    /// Displacement on the road, metres, when every fix of both ends has a place there.
    pub(crate) metres: Option<PixelPoint>,
    /// Mean contact point over the window's end, square pixels.
    pub(crate) place: PixelPoint,
    /// Mean box width over the window's end, square pixels.
    pub(crate) width: f64,
    /// Mean box height over the window's end, square pixels.
    pub(crate) height: f64,
}

/// A ring of fixes, oldest first.
#[derive(Debug, Clone)]
pub(crate) struct History {
    fixes: VecDeque<Fix>,
    horizon_s: f64,
}

impl History {
    /// A history that reaches back `horizon_s` seconds.
    pub(crate) fn new(horizon_s: f64) -> Self {
        Self { fixes: VecDeque::with_capacity(CAPACITY), horizon_s }
    }

    /// Forgets everything but its memory.
    pub(crate) fn clear(&mut self) {
        self.fixes.clear();
    }

    /// Adds the newest fix.
    pub(crate) fn push(&mut self, fix: Fix) {
        #[expect(clippy::cast_precision_loss, reason = "a small constant")]
        let spacing = self.horizon_s / (CAPACITY as f64 - 8.0);
        let count = self.fixes.len();
        // The newest is always kept; the one before it makes room when it stands too close to its own.
        if count >= 2 && self.fixes[count - 1].at - self.fixes[count - 2].at < spacing {
            self.fixes.pop_back();
        }
        while self.fixes.len() == CAPACITY || self.fixes.front().is_some_and(|old| old.at < fix.at - self.horizon_s) {
            self.fixes.pop_front();
        }
        self.fixes.push_back(fix);
    }

    /// All fixes, oldest first.
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &Fix> + ExactSizeIterator {
        self.fixes.iter()
    }

    /// The newest fix.
    pub(crate) fn last(&self) -> Option<&Fix> {
        self.fixes.back()
    }

    /// The movement over the last `window_s` seconds before the newest fix; none until the track has
    /// been seen for nearly that long, or when it was seen too seldom (for half as long again).
    pub(crate) fn drift(&self, window_s: f64) -> Option<Drift> {
        let newest = self.last()?.at;
        let from = newest - window_s - 1e-6;
        let within = self.fixes.partition_point(|fix| fix.at < from);
        // Where frames are few, one a little before the window is better than none.
        let seldom = self.fixes.get(within).is_none_or(|fix| newest - fix.at < 0.8 * window_s);
        let first = if seldom { within.checked_sub(1)? } else { within };
        let oldest = self.fixes.get(first)?.at;
        let span = newest - oldest;
        if !(0.8 * window_s..=1.5 * window_s).contains(&span) {
            return None;
        }
        let head = Mean::of(self.fixes.range(first..).take_while(|fix| fix.at <= oldest + span / 4.0 + 1e-6));
        let tail = Mean::of(self.fixes.range(first..).rev().take_while(|fix| fix.at >= newest - span / 4.0 - 1e-6));
        let metres = match (head.road, tail.road) {
            (Some(a), Some(b)) => Some(PixelPoint::new(b.x - a.x, b.y - a.y)),
            _ => None,
        };
        Some(Drift {
            since: oldest,
            seconds: tail.at - head.at,
            pixels: PixelPoint::new(tail.anchor.x - head.anchor.x, tail.anchor.y - head.anchor.y),
            metres,
            place: tail.anchor,
            width: tail.width,
            height: tail.height,
        })
    }
}

/// The mean of some fixes; there is at least one.
struct Mean {
    at: f64,
    anchor: PixelPoint,
    road: Option<PixelPoint>,
    width: f64,
    height: f64,
}

impl Mean {
    fn of<'f>(fixes: impl Iterator<Item = &'f Fix>) -> Self {
        let (mut n, mut at, mut width, mut height) = (0.0, 0.0, 0.0, 0.0);
        let (mut anchor, mut road) = (PixelPoint::default(), Some(PixelPoint::default()));
        for fix in fixes {
            n += 1.0;
            at += fix.at;
            width += fix.width;
            height += fix.height;
            anchor = PixelPoint::new(anchor.x + fix.anchor.x, anchor.y + fix.anchor.y);
            road = road.zip(fix.road).map(|(sum, place)| PixelPoint::new(sum.x + place.x, sum.y + place.y));
        }
        Self {
            at: at / n,
            anchor: PixelPoint::new(anchor.x / n, anchor.y / n),
            road: road.map(|sum| PixelPoint::new(sum.x / n, sum.y / n)),
            width: width / n,
            height: height / n,
        }
    }
}

/// A fix from a box and its score, for a track that was seen at `at`.
pub(crate) fn fix(at: f64, bbox: PixelBox, road: Option<PixelPoint>, score: f32) -> Fix {
    Fix { at, anchor: bbox.anchor(), road, width: bbox.width(), height: bbox.height(), score }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn along(history: &mut History, fps: f64, seconds: f64, speed: f64) {
        let mut t = 0.0;
        while t <= seconds {
            let bbox = PixelBox { x1: speed * t, y1: 0.0, x2: speed * t + 40.0, y2: 30.0 };
            history.push(fix(t, bbox, None, 0.9));
            t += 1.0 / fps;
        }
    }

    #[test]
    fn drift_is_the_speed_at_any_frame_rate() {
        for fps in [5.0, 8.0, 10.0, 15.0, 30.0, 60.0] {
            let mut history = History::new(4.0);
            along(&mut history, fps, 3.0, 25.0);
            let drift = history.drift(2.0).unwrap();
            assert!((drift.pixels.x / drift.seconds - 25.0).abs() < 1e-6, "{fps}");
            assert!(drift.seconds > 1.3 && drift.seconds < 2.0, "{fps}: {}", drift.seconds);
        }
    }

    #[test]
    fn is_bounded_and_still_reaches_back() {
        let mut history = History::new(10.0);
        along(&mut history, 60.0, 60.0, 1.0);
        assert!(history.iter().len() <= CAPACITY);
        let (oldest, newest) = (history.iter().next().unwrap().at, history.last().unwrap().at);
        assert!(newest - oldest > 9.5, "{}", newest - oldest);
    }

    #[test]
    fn a_young_track_has_no_drift() {
        let mut history = History::new(4.0);
        along(&mut history, 10.0, 1.0, 25.0);
        assert_eq!(history.drift(2.0), None);
        assert!(history.drift(1.0).is_some());
    }
}
