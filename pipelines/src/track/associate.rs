//! How alike a track and a detection are, stage by stage; 0 means they cannot be the same.

use super::body::{Sighting, Track, Unseen};
use super::edge::{Edges, visible};
use super::filter::size;
use crate::TrackingOptions;
use crate::ground::GroundPlane;
use kerege_contract::{FrameSize, PixelBox};

/// Faster than this over the road nothing goes, metres per second.
const MAX_ROAD_SPEED: f64 = 70.0;

/// Overlap (IoU) with a weak detection that confirms a track which was seen once, and how much less of
/// it will do for each second between the two: the farther apart they are, the farther it has gone.
const WEAK_CONFIRMS: f64 = 0.6;
const WEAK_CONFIRMS_PER_S: f64 = 1.5;
const WEAK_CONFIRMS_LEAST: f64 = 0.1;
/// Overlap (IoU) with a weak detection of one that has stayed where it was seen last.
const WEAK_STILL: f64 = 0.5;
/// A box is compared as if at least so many times as wide as it is high, and larger by so many pixels on each side: of
/// a rider seen from behind an error of a few pixels is half the width.
const LEAST_WIDE: f64 = 0.75;
const BLUR: f64 = 1.0;

/// A weak detection is no road user that was so many times larger or smaller when seen last (the root of the area).
const WEAK_UNLIKE: f64 = 1.6;

/// What the stages look at beside the track and the detection.
#[derive(Debug, Clone, Copy)]
pub(crate) struct View<'a> {
    pub(crate) options: &'a TrackingOptions,
    pub(crate) frame: FrameSize,
    pub(crate) plane: Option<&'a GroundPlane>,
    /// Pipeline seconds of this frame and of the one before.
    pub(crate) now: f64,
    pub(crate) before: f64,
}

impl View<'_> {
    /// Overlap of what is believed with what is seen.
    pub(crate) fn overlap(&self, believed: PixelBox, sighting: &Sighting, least: f64) -> f64 {
        at_least(least, visible(believed, self.frame).iou(sighting.bbox))
    }

    /// The same for a weak detection. Half hidden ones are many and stand close: one must fit well.
    pub(crate) fn weak_overlap(&self, track: &Track, believed: PixelBox, sighting: &Sighting) -> f64 {
        let like = is_like(track.seen_box, sighting.bbox);
        let iou = stout(visible(believed, self.frame)).iou(stout(sighting.bbox));
        if like { at_least(self.options.min_iou_low, iou) } else { 0.0 }
    }

    /// The same where no other wants it: it may also be where it was, who braked or turned while unseen. A track that
    /// was seen once is not known to move yet: it is where it was seen, and it takes more overlap to confirm it than
    /// to keep one.
    pub(crate) fn left_overlap(&self, track: &Track, believed: PixelBox, sighting: &Sighting) -> f64 {
        if track.hits > 1 {
            let still = at_least(WEAK_STILL, stout(track.seen_box).iou(stout(sighting.bbox)));
            self.weak_overlap(track, believed, sighting).max(still)
        } else {
            let least = WEAK_CONFIRMS - WEAK_CONFIRMS_PER_S * (self.now - track.last_seen);
            self.overlap(track.seen_box, sighting, least.max(WEAK_CONFIRMS_LEAST))
        }
    }

    /// Overlap of the last observation with what is seen: finds again what stopped, turned or was
    /// hidden while the filter believed otherwise.
    pub(crate) fn recovery(&self, track: &Track, sighting: &Sighting) -> f64 {
        let iou = track.seen_box.iou(sighting.bbox);
        if iou < self.options.min_iou_recovery {
            return 0.0;
        }
        let hidden =
            matches!(track.unseen, Unseen::Standing { .. }) && self.now - track.last_seen > self.options.lost_s;
        if (hidden && !self.same_size(track.seen_box, sighting.bbox)) || !self.reachable(track, sighting) {
            return 0.0;
        }
        iou
    }

    /// Nearness, for tracks whose speed is not known yet or frames that are far apart: the boxes need
    /// not overlap, but must be of one size and no farther apart than a vehicle can go.
    pub(crate) fn nearness(&self, track: &Track, sighting: &Sighting) -> f64 {
        let unseen_s = self.now - track.last_seen;
        // Two boxes of nothing that do not even overlap are no track unless they follow each other.
        if track.id.is_none() && track.last_seen < self.before {
            return self.overlap(track.seen_box, sighting, self.options.min_iou);
        }
        let (seen, believed) = (track.seen_box, visible(track.believed_box(), self.frame));
        if !self.same_size(seen, sighting.bbox) && !self.same_size(believed, sighting.bbox) {
            return 0.0;
        }
        let speed = if track.hits < 3 { 6.0 } else { 2.0 };
        let reach = (speed * unseen_s + 0.3).min(1.5) * size(sighting.bbox.width(), sighting.bbox.height());
        let distance = believed.centre().distance(sighting.bbox.centre());
        if distance < reach && self.reachable(track, sighting) { 1.0 - distance / reach } else { 0.0 }
    }

    /// What comes out from behind a nearer road user, where the track is thought to be.
    pub(crate) fn emergence(&self, track: &Track, sighting: &Sighting, hidden: Edges) -> f64 {
        if self.reachable(track, sighting) { track.coast().emergence(sighting, hidden) } else { 0.0 }
    }

    fn same_size(&self, a: PixelBox, b: PixelBox) -> bool {
        let [least, most] = self.options.size_ratio;
        let fits = |a: f64, b: f64| a > 0.0 && (least..=most).contains(&(b / a));
        fits(a.width(), b.width()) && fits(a.height(), b.height())
    }

    /// On a calibrated camera: whether a vehicle could have gone that far over the road.
    fn reachable(&self, track: &Track, sighting: &Sighting) -> bool {
        let Some(plane) = self.plane else { return true };
        let (Some(from), Some(to)) = (plane.road(track.whole_box.anchor()), plane.road(sighting.bbox.anchor())) else {
            return true;
        };
        if track.edges.moves_anchor() || sighting.edges.moves_anchor() {
            return true;
        }
        from.distance(to) <= MAX_ROAD_SPEED * (self.now - track.last_seen) + 2.0
    }
}

fn at_least(least: f64, iou: f64) -> f64 {
    if iou >= least { iou } else { 0.0 }
}

/// Whether two boxes are of about one size.
pub(super) fn is_like(a: PixelBox, b: PixelBox) -> bool {
    let [a, b] = [a, b].map(|bbox| size(bbox.width(), bbox.height()));
    a <= WEAK_UNLIKE * b && b <= WEAK_UNLIKE * a
}

/// A box made no narrower than its error allows it to be compared.
fn stout(bbox: PixelBox) -> PixelBox {
    let more = BLUR + ((LEAST_WIDE * bbox.height() - bbox.width()) / 2.0).max(0.0);
    PixelBox { x1: bbox.x1 - more, y1: bbox.y1 - BLUR, x2: bbox.x2 + more, y2: bbox.y2 + BLUR }
}
