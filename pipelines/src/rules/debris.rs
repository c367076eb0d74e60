//! `debris_suspected`: something of no known class lies in a live lane.
//!
//! The picture tells what lies still; who was there tells what it is not. A vehicle that stands and is not
//! seen any more, the road that shows where one has driven off, and the shadow or the light of one that
//! waits beside are no debris. What falls from a vehicle that drives on is.

use super::judge::Judge;
use super::standing::Still;
use super::{About, Claim, Post, Spot, Watch};
use crate::{Reason, Thing, TrackId};
use kerege_contract::scene::{DebrisSuspected, Standstill};
use kerege_contract::{PixelBox, PixelPoint};
use std::collections::BTreeMap;

/// A thing is the same while its boxes overlap at least so much (IoU).
const SAME_IOU: f64 = 0.3;
/// What the model calls a road user for so long is one, if a doubtful one, seconds.
const NAMED_S: f64 = 2.0;
/// How long after somebody stood, came up or was lost in a place what lies there is theirs, seconds.
const THEIRS_S: f64 = 60.0;
/// Around one who stands, this share of its box is in its shadow or its light.
const BESIDE: f64 = 0.5;
const STANDS: Standstill = Standstill { window_s: 2.0, max_speed_kmh: 3.0, max_box_widths: 0.3 };

/// What lies still.
#[derive(Debug, Clone, Copy)]
struct Lying {
    bbox: PixelBox,
    /// Since when it counts, and when it was last seen, pipeline seconds.
    since: f64,
    seen: f64,
    /// Whether it is what somebody left.
    theirs: bool,
    /// For how long the model has called it a road user, seconds.
    named_s: f64,
}

/// Where somebody stood, came up or was lost, and when.
#[derive(Debug, Clone, Copy)]
struct Trace {
    bbox: PixelBox,
    at: f64,
}

/// What is remembered of somebody: the last box, and while it stands since when, and its box then.
#[derive(Debug, Clone, Copy)]
struct User {
    bbox: PixelBox,
    stands: Option<(Still, PixelBox)>,
}

/// The judge of one rule.
#[derive(Debug)]
pub(crate) struct DebrisJudge {
    thresholds: DebrisSuspected,
    lying: Vec<Lying>,
    traces: Vec<Trace>,
    users: BTreeMap<TrackId, User>,
    last: Option<f64>,
}

impl DebrisJudge {
    pub(crate) fn new(thresholds: &DebrisSuspected) -> Self {
        let thresholds = thresholds.clone();
        Self { thresholds, lying: Vec::new(), traces: Vec::new(), users: BTreeMap::new(), last: None }
    }

    /// Notes where somebody comes up, stands or is lost.
    fn trace(&mut self, watch: &Watch<'_>) {
        let now = watch.now;
        self.traces.retain(|trace| now - trace.at <= THEIRS_S);
        let lost = self.users.extract_if(.., |id, _| !watch.users.iter().any(|user| user.id == *id));
        self.traces.extend(lost.map(|(_, user)| Trace { bbox: user.bbox, at: now }));
        for user in watch.users {
            let bbox = user.track.seen_box;
            let known = self.users.get(&user.id).copied();
            let stood = known.and_then(|known| known.stands);
            let still = Still::look(stood.map(|stood| stood.0), user, &STANDS, watch);
            match (known, stood, still) {
                (None, ..) => self.traces.push(Trace { bbox: foot(bbox), at: now }),
                // It drives off.
                (_, Some((_, bbox)), None) => self.traces.push(Trace { bbox, at: now }),
                _ => {}
            }
            let stands = still.map(|still| (still, stood.map_or(bbox, |stood| stood.1)));
            self.users.insert(user.id, User { bbox, stands });
        }
    }

    /// Takes what lies still now.
    fn look(&mut self, watch: &Watch<'_>, things: &[Thing]) {
        let now = watch.now;
        for thing in things {
            let bbox = watch.layout.frame.pixel_box(thing.bbox);
            let since = now - thing.still_s;
            match self.lying.iter_mut().find(|lying| lying.bbox.iou(bbox) >= SAME_IOU) {
                Some(lying) => (lying.bbox, lying.seen) = (bbox, now),
                None => self.lying.push(Lying { bbox, since, seen: now, theirs: false, named_s: 0.0 }),
            }
        }
        let stands: Vec<PixelBox> =
            self.users.values().filter(|user| user.stands.is_some()).map(|user| user.bbox).collect();
        let dt = self.last.replace(now).map_or(0.0, |last| (now - last).clamp(0.0, watch.max_gap_s));
        for lying in &mut self.lying {
            if watch.sightings.iter().any(|sighting| sighting.bbox.iou(lying.bbox) >= SAME_IOU) {
                lying.named_s += dt;
            }
            lying.theirs |= lying.named_s >= NAMED_S;
            let middle = lying.bbox.centre();
            lying.theirs |= stands.iter().any(|bbox| contains(*bbox, middle, 0.0));
            lying.theirs |= self.traces.iter().any(|trace| contains(trace.bbox, middle, 0.0));
            if stands.iter().any(|bbox| contains(*bbox, middle, BESIDE)) {
                lying.since = now;
            }
        }
    }
}

/// The part of a box that is on the ground: behind its upper part the road goes on.
fn foot(b: PixelBox) -> PixelBox {
    PixelBox { y1: f64::midpoint(b.y1, b.y2), ..b }
}

/// Whether a point is in a box, or beside it by a share of its sides.
fn contains(b: PixelBox, point: PixelPoint, beside: f64) -> bool {
    let (dx, dy) = (beside * b.width(), beside * b.height());
    (b.x1 - dx..=b.x2 + dx).contains(&point.x) && (b.y1 - dy..=b.y2 + dy).contains(&point.y)
}

impl Judge for DebrisJudge {
    fn judge(&mut self, watch: &Watch<'_>, post: &Post<'_>, claims: &mut Vec<Claim>) {
        self.trace(watch);
        let (told, things) = watch.things;
        if watch.now - told <= watch.max_gap_s {
            self.look(watch, things);
        }
        // Gone, or hidden; who claims nothing for `clear_s` has ended.
        self.lying.retain(|lying| watch.now - lying.seen <= watch.max_gap_s);
        let least = post.rule.min_box_height * f64::from(watch.layout.frame.height);
        for lying in self.lying.iter().filter(|lying| !lying.theirs && lying.bbox.height() >= least) {
            let place = lying.bbox.anchor();
            let lane = watch.layout.lane_at(place).filter(|lane| post.scope.lanes[*lane]);
            let Some(lane) = lane.filter(|_| !watch.layout.is_ignored(place)) else { continue };
            claims.push(Claim {
                about: About::Thing,
                reach: lying.bbox.width().max(lying.bbox.height()),
                confirm_s: self.thresholds.confirm_s,
                clear_s: self.thresholds.clear_s,
                over: Reason::Left,
                ..Claim::of(post.number, Spot::lane(lane), place, lying.since)
            });
        }
    }

    fn window_s(&self) -> f64 {
        STANDS.window_s
    }

    #[cfg(test)]
    fn is_idle(&self) -> bool {
        self.users.is_empty() && self.lying.is_empty()
    }
}
