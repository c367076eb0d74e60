//! When a vehicle stands, and which standing vehicles are one row.

use super::trend::Trend;
use super::{LaneUser, RoadUser, Watch};
use crate::ground::{GroundPlane, contact_err, cross, unit};
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
/// And so many errors of its contact point more.
const CREPT_ERRORS: f64 = 2.0;
/// As far as a pixel is at most so many metres, the plane tells how it moves also beyond its valid polygon: a bus
/// before the camera crawls on, though nobody drew the road there.
const REACH_M_PER_PX: f64 = 0.25;
/// Who is seen in less than this share of the frames in which nothing hides him is not believed; nor who is that
/// faint on average.
const LEAST_SEEN: f64 = 0.5;
const LEAST_SCORE: f64 = 0.35;
/// The first of those for who never got so many own lengths from where he was first seen.
const LEAST_SEEN_STILL: f64 = 0.8;
const DROVE_LENGTHS: f64 = 1.0;
/// Whose contact point was not seen for so long, seconds, stands nobody knows where.
const LEAST_CLEAR_S: f64 = 1.0;
/// Half the width of a narrow lane, metres.
const HALF_LANE_M: f64 = 1.5;
/// A box that ended at an edge of the frame a moment ago is still cut off by it, seconds.
const CUT_S: f64 = 1.0;
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
    /// Whether another stands in the same place: within a share of the width of its box, and on the road.
    pub(crate) fn is_at(&self, other: &Self, reach: f64) -> bool {
        let apart = |(a, b): (PixelPoint, PixelPoint)| a.distance(b) > CREPT_M;
        self.place.distance(other.place) <= reach && !self.road.zip(other.road).is_some_and(apart)
    }

    /// Whether a vehicle stands, given what was known of it. While it is hidden it does what it did.
    pub(crate) fn look(
        known: Option<Self>,
        user: &RoadUser<'_>,
        limits: &Standstill,
        plane: Option<&GroundPlane>,
    ) -> Option<Self> {
        let drift = user.track.history.drift(limits.window_s).filter(|_| user.track.is_seen());
        let most = if drift.is_some() { CREPT } else { MOVED_HIDDEN };
        if known.is_some_and(|known| known.place.distance(user.anchor) > most * user.width) {
            return None;
        }
        // While the frame's edge hides where it ends, it would seem to stay there.
        let near = |plane: &&GroundPlane| {
            plane.road(user.anchor).is_some() || plane.reach(user.anchor, REACH_M_PER_PX).is_some()
        };
        let plane = plane.filter(|plane| !user.is_cut() && near(plane));
        let seen = user.track.last_seen;
        let road = drift.as_ref().and_then(|drift| plane.map(|plane| plane.extended(drift.place)));
        let crept = |known: &Self| known.road.zip(road).is_some_and(|(was, is)| crept(was, is, user, plane));
        if drift.is_some() && known.as_ref().is_some_and(crept) {
            return None;
        }
        let Some(drift) = drift else { return known.map(|known| Self { seen, ..known }) };
        let limit = if known.is_some() { RELEASE } else { 1.0 };
        let began = Self { since: drift.since, place: drift.place, road, seen };
        let slack = known.and(plane).map_or(0.0, |plane| CREPT_ERRORS * drift_err(&drift, user, plane));
        (pace(&drift, limits, plane, slack) < limit).then(|| Self { seen, ..known.unwrap_or(began) })
    }
}

/// Whether it is farther off on the road than it may shake.
fn crept(was: PixelPoint, is: PixelPoint, user: &RoadUser<'_>, plane: Option<&GroundPlane>) -> bool {
    let way = PixelPoint::new(is.x - was.x, is.y - was.y);
    let err = plane.zip(unit(way)).map_or(0.0, |(plane, toward)| contact_err(&user.contact(), toward, plane));
    was.distance(is) > CREPT_M + CREPT_ERRORS * err
}

/// Error of a drift along its way, metres.
fn drift_err(drift: &Drift, user: &RoadUser<'_>, plane: &GroundPlane) -> f64 {
    let way = plane.step(drift.place, drift.pixels.x, drift.pixels.y);
    unit(way).map_or(0.0, |toward| contact_err(&user.contact(), toward, plane))
}

/// How fast it goes at least, given how far it may only seem to have gone (metres), 1 being what counts as standing.
fn pace(drift: &Drift, limits: &Standstill, plane: Option<&GroundPlane>, slack_m: f64) -> f64 {
    let origin = PixelPoint::default();
    let beyond = || plane.map(|plane| plane.step(drift.place, drift.pixels.x, drift.pixels.y));
    if let Some(metres) = drift.metres.or_else(beyond) {
        3.6 * (metres.distance(origin) - slack_m).max(0.0) / drift.seconds / limits.max_speed_kmh
    } else {
        let over_window = drift.pixels.distance(origin) / drift.seconds * limits.window_s;
        over_window / (drift.width * limits.max_box_widths)
    }
}

/// How well one who stands was seen since.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Presence {
    /// In how many frames it could have been seen, and in how many it was.
    frames: u32,
    hits: u32,
    /// For how long its contact point was seen, and when it was last asked, seconds.
    clear_s: f64,
    asked: f64,
    /// Whether it was seen to drive here, or may have driven before anybody watched or under another number.
    pub(crate) drove: bool,
    /// Where its contact point was while it was seen: metres, or square pixels where no plane tells.
    trend: Trend,
    on_road: bool,
}

impl Presence {
    /// Of one who comes to stand; it may be known already that he drove here.
    pub(crate) fn new(drove: bool, now: f64) -> Self {
        Self { drove, asked: now, ..Self::default() }
    }

    /// Notes what this frame shows of one who stands.
    pub(crate) fn note(&mut self, watch: &Watch<'_>, user: &RoadUser<'_>) {
        self.drove |= came(user);
        let passed_s = (watch.now - std::mem::replace(&mut self.asked, watch.now)).min(watch.max_gap_s);
        if user.track.is_seen() {
            (self.frames, self.hits) = (self.frames + 1, self.hits + 1);
            let cut = watch.now - user.track.clear_since < CUT_S;
            let shown = !cut && (watch.shows_bottom(user) || keeps_lane(watch, user));
            self.clear_s += if shown { passed_s } else { 0.0 };
            if shown {
                self.follow(watch, user);
            }
        } else if watch.is_clear(user) {
            self.frames += 1;
        }
    }

    /// Notes where it is now.
    fn follow(&mut self, watch: &Watch<'_>, user: &RoadUser<'_>) {
        let road = watch.layout.plane.as_ref().map(|plane| plane.extended(user.anchor));
        if road.is_some() != self.on_road {
            (self.trend, self.on_road) = (Trend::default(), road.is_some());
        }
        self.trend.note(watch.now, road.unwrap_or(user.anchor));
    }

    /// Whether it surely stands: over all the time that it did, it got nowhere.
    pub(crate) fn rests(&self, limits: &Standstill, width: f64) -> bool {
        let limit =
            if self.on_road { limits.max_speed_kmh / 3.6 } else { limits.max_box_widths * width / limits.window_s };
        self.trend.is_below(limit)
    }

    /// The same vehicle's under another track, whose places tell anew whether it stands.
    pub(crate) fn resumed(self, now: f64) -> Self {
        Self { asked: now, trend: Trend::default(), ..self }
    }

    /// Whether it is seen in enough of the frames: what is taken for a vehicle now and then is none.
    pub(crate) fn is_sure(&self, user: &RoadUser<'_>) -> bool {
        let share = if self.drove { LEAST_SEEN } else { LEAST_SEEN_STILL };
        f64::from(self.hits) >= share * f64::from(self.frames) && user.track.mean_score() >= LEAST_SCORE
    }

    /// Whether its contact point was seen often enough to tell where it stands.
    pub(crate) const fn is_placed(&self) -> bool {
        self.clear_s >= LEAST_CLEAR_S
    }
}

/// Whether what hides its contact point cannot put it into another lane: it is seen along its lane.
fn keeps_lane(watch: &Watch<'_>, user: &RoadUser<'_>) -> bool {
    let off = || {
        let (plane, lane) = (watch.layout.plane.as_ref()?, user.journey.lane?);
        let lane = unit(plane.vector(user.anchor, watch.layout.lanes[lane].locate(user.anchor).direction))?;
        Some(cross(plane.step(user.anchor, 0.0, user.height), lane).abs())
    };
    off().is_none_or(|metres| metres <= HALF_LANE_M)
}

/// Whether one who stands was seen to drive there: he, and not another whose track he has.
pub(crate) fn came(user: &RoadUser<'_>) -> bool {
    user.journey.own_reach() >= DROVE_LENGTHS
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
