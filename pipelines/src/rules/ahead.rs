//! Whether the road right before one who stands is seen to be free: else he may be one of a row that others hide.

use super::{LaneUser, RoadUser, Watch};
use crate::ground::unit;
use kerege_contract::{PixelBox, PixelPoint};

/// Where the next of a row would stand: so many metres ahead; and box lengths on an uncalibrated camera.
const NEXT_M: [f64; 2] = [7.0, 10.0];
const NEXT_LENGTHS: [f64; 2] = [1.2, 1.8];
/// Somebody is there when his box overlaps that place by this much (IoU); what overlaps one's own box by more is he.
const THERE_IOU: f64 = 0.35;
const OWN_IOU: f64 = 0.5;
/// Who was seen so lately is there, seconds.
const MISSED_S: f64 = 2.0;
/// Who ends lower by so many box heights is nearer; and what he hides more than this share of is not seen.
const NEARER: f64 = 0.05;
const HIDDEN: f64 = 0.5;
/// That share is counted on so many points along each side.
const POINTS: u32 = 5;
/// Who gets so many box widths in so many seconds drives.
const DRIVE_S: f64 = 1.0;
const DRIVES_WIDTHS: f64 = 0.3;

/// What was seen fades with this time constant, seconds.
const FADES_S: f64 = 10.0;
/// Nobody heads a row but before whom the road was seen to be free for so long, seconds; and to be taken in no more
/// than this share of the time in which it was seen: a place that others hide in part shows somebody now and then.
const FREE_S: f64 = 1.0;
const TAKEN: f64 = 0.15;
/// The next one is at least as large as a car: so many metres high as seen, the road under it included.
const HIGH_M: f64 = 2.0;

/// What is seen where the next of his row would be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ahead {
    Free,
    Taken,
    Hidden,
}

/// What was seen there of late.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Before {
    free_s: f64,
    taken_s: f64,
}

impl Before {
    /// Notes what a frame shows, `passed_s` after the one before.
    pub(crate) fn note(&mut self, watch: &Watch<'_>, one: &LaneUser<'_>, passed_s: f64) {
        if !one.user.track.is_seen() {
            return;
        }
        let keeps = (-passed_s / FADES_S).exp();
        *self = Self { free_s: keeps * self.free_s, taken_s: keeps * self.taken_s };
        match ahead(watch, one) {
            Ahead::Free => self.free_s += passed_s,
            Ahead::Taken => self.taken_s += passed_s,
            Ahead::Hidden => {}
        }
    }

    /// Whether nobody is before him, and that was seen.
    pub(crate) fn is_free(self) -> bool {
        self.free_s >= FREE_S && self.taken_s <= TAKEN * (self.free_s + self.taken_s)
    }
}

/// What is seen where the next would stand; what lies beyond the lane is free.
fn ahead(watch: &Watch<'_>, one: &LaneUser<'_>) -> Ahead {
    let (own, left) = (one.user.track.seen_box, watch.layout.lanes[one.lane].length() - one.on.along);
    let size = watch.layout.plane.as_ref().map_or(1.0, |plane| {
        let metres_per_px = plane.step(one.user.anchor, 1.0, 0.0).distance(PixelPoint::default());
        (HIGH_M / metres_per_px / own.height()).min(1.0)
    });
    let ways = places(watch, one).into_iter().flatten().filter(|way| way.distance(PixelPoint::default()) < left);
    let looks = ways.map(|way| {
        let (foot, width, height) = (own.anchor(), size * own.width(), size * own.height());
        let (x, y) = (foot.x + way.x, foot.y + way.y);
        look(watch, own, PixelBox { x1: x - width / 2.0, y1: y - height, x2: x + width / 2.0, y2: y })
    });
    looks.fold(Ahead::Free, |all, one| match (all, one) {
        (Ahead::Taken, _) | (_, Ahead::Taken) => Ahead::Taken,
        (Ahead::Hidden, _) | (_, Ahead::Hidden) => Ahead::Hidden,
        _ => Ahead::Free,
    })
}

/// What is seen in one place.
fn look(watch: &Watch<'_>, own: PixelBox, spot: PixelBox) -> Ahead {
    let mine = |b: &PixelBox| b.iou(own) > OWN_IOU.max(b.iou(spot));
    let others = || watch.sightings.iter().map(|sighting| sighting.bbox).filter(|b| !mine(b));
    let there = |b: &PixelBox| b.iou(spot) > THERE_IOU;
    if others().any(|b| there(&b)) {
        // Who drives by is none of a row that stands, but hides what is there.
        let drives = |user: &&RoadUser<'_>| there(&user.track.seen_box) && user.track.is_seen() && drives(user);
        return if watch.users.iter().any(|user| drives(&user)) { Ahead::Hidden } else { Ahead::Taken };
    }
    // Who is missed for a moment hides it on.
    let recent = |user: &&RoadUser<'_>| watch.now - user.track.last_seen <= MISSED_S;
    let missed = watch.users.iter().filter(recent).map(|user| user.track.seen_box).filter(|b| !mine(b));
    let nearer: Vec<PixelBox> = others().chain(missed).filter(|b| b.y2 > spot.y2 + NEARER * spot.height()).collect();
    if covered(spot, &nearer) > HIDDEN { Ahead::Hidden } else { Ahead::Free }
}

/// Whether somebody gets on.
fn drives(user: &RoadUser<'_>) -> bool {
    let drift = user.track.history.drift(DRIVE_S);
    drift.is_some_and(|drift| drift.pixels.distance(PixelPoint::default()) > DRIVES_WIDTHS * drift.width)
}

/// How far off in the picture the next of his row would be.
fn places(watch: &Watch<'_>, one: &LaneUser<'_>) -> [Option<PixelPoint>; 2] {
    let (user, direction) = (&one.user, one.on.direction);
    let Some(plane) = watch.layout.plane.as_ref() else {
        let length = user.length_along(direction);
        return NEXT_LENGTHS.map(|n| Some(PixelPoint::new(n * length * direction.x, n * length * direction.y)));
    };
    let heading = unit(plane.vector(user.anchor, direction));
    NEXT_M.map(|metres| {
        let heading = heading?;
        plane.pixels(user.anchor, PixelPoint::new(metres * heading.x, metres * heading.y))
    })
}

/// Share of a box that others cover, 0..1.
fn covered(spot: PixelBox, others: &[PixelBox]) -> f64 {
    let at = |n: u32| (f64::from(n) + 0.5) / f64::from(POINTS);
    let points = (0..POINTS).flat_map(|x| (0..POINTS).map(move |y| (at(x), at(y))));
    let inside = |(x, y): &(f64, f64)| {
        let (x, y) = (spot.x1 + x * spot.width(), spot.y1 + y * spot.height());
        others.iter().any(|b| (b.x1..=b.x2).contains(&x) && (b.y1..=b.y2).contains(&y))
    };
    #[expect(clippy::cast_precision_loss, reason = "a few points")]
    let hidden = points.filter(inside).count() as f64;
    hidden / f64::from(POINTS * POINTS)
}
