//! When a vehicle stands, and which standing vehicles are one row.

use super::{LaneUser, RoadUser};
use crate::track::Drift;
use kerege_contract::PixelPoint;
use kerege_contract::scene::Standstill;

/// It moves again when it is this many times faster than what counts as standing.
const RELEASE: f64 = 2.0;
/// It has crept away when it is farther off than this, metres and box widths; or moved while it was hidden. Seen
/// from behind, a row that crawls gets far in a few pixels.
const CREPT_M: f64 = 3.0;
const CREPT: f64 = 0.6;
const MOVED_HIDDEN: f64 = 0.5;
/// Standing vehicles are one row while the way from one to the next is at most this many lengths of
/// the longer.
const ROW_GAP: f64 = 2.5;

/// What is known of a vehicle that stands.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Still {
    /// Since when, pipeline seconds.
    pub(crate) since: f64,
    /// Where, square pixels.
    pub(crate) place: PixelPoint,
    /// The same on the road, metres, where the ground plane holds.
    pub(crate) road: Option<PixelPoint>,
    /// When it was last seen, pipeline seconds.
    pub(crate) seen: f64,
}

impl Still {
    /// Whether a vehicle stands, given what was known of it. While it is hidden it does what it did.
    pub(crate) fn look(known: Option<Self>, user: &RoadUser<'_>, limits: &Standstill) -> Option<Self> {
        let drift = user.track.history.drift(limits.window_s).filter(|_| user.track.is_seen());
        let most = if drift.is_some() { CREPT } else { MOVED_HIDDEN };
        if known.is_some_and(|known| known.place.distance(user.anchor) > most * user.width) {
            return None;
        }
        let (seen, road) = (user.track.last_seen, user.track.history.last().and_then(|fix| fix.road));
        let crept = |known: &Self| known.road.zip(road).is_some_and(|(was, is)| was.distance(is) > CREPT_M);
        if drift.is_some() && known.as_ref().is_some_and(crept) {
            return None;
        }
        let Some(drift) = drift else { return known.map(|known| Self { seen, ..known }) };
        let limit = if known.is_some() { RELEASE } else { 1.0 };
        let began = Self { since: drift.since, place: drift.place, road, seen };
        (pace(&drift, limits) < limit).then(|| Self { seen, ..known.unwrap_or(began) })
    }
}

/// How fast it goes, 1 being what counts as standing.
fn pace(drift: &Drift, limits: &Standstill) -> f64 {
    let origin = PixelPoint::default();
    if let Some(metres) = drift.metres {
        3.6 * metres.distance(origin) / drift.seconds / limits.max_speed_kmh
    } else {
        let over_window = drift.pixels.distance(origin) / drift.seconds * limits.window_s;
        over_window / (drift.width * limits.max_box_widths)
    }
}

/// Sorts standing vehicles by lane, the one farthest along first.
pub(crate) fn sort_rows(stands: &mut [LaneUser<'_>]) {
    stands.sort_by(|a, b| a.lane.cmp(&b.lane).then(b.on.along.total_cmp(&a.on.along)).then(a.user.id.cmp(&b.user.id)));
}

/// Whether two neighbours of a lane, the one ahead first, belong to one row.
pub(crate) fn one_row(ahead: &LaneUser<'_>, behind: &LaneUser<'_>) -> bool {
    let length = ahead.user.length_along(ahead.on.direction).max(behind.user.length_along(behind.on.direction));
    ahead.lane == behind.lane && ahead.on.along - behind.on.along <= ROW_GAP * length
}
