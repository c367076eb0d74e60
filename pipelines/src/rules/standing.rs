//! When a vehicle stands, and which standing vehicles are one row.

use super::trend::Trend;
use super::{LaneUser, RoadUser, Watch};
use crate::count::footprint;
use crate::ground::{GroundPlane, contact_err, dot, unit};
use crate::track::Drift;
use kerege_contract::scene::Standstill;
use kerege_contract::{PixelBox, PixelPoint};

/// It moves again when it is this many times faster than what counts as standing.
const RELEASE: f64 = 2.0;
/// It has crept away when it is farther off than this, metres and box widths; or moved while it was hidden. Seen
/// from behind, a row that crawls gets far in a few pixels.
const CREPT_M: f64 = 3.0;
const CREPT: f64 = 0.6;
const MOVED_HIDDEN: f64 = 0.5;
/// And so many errors of its contact point more.
const CREPT_ERRORS: f64 = 2.0;
/// Whose contact point errs by more than this many metres may stand already when it seems to move by no more than that:
/// over the time that tells it of others nobody can know.
const UNTOLD_M: f64 = 0.6;
/// Where it stands is averaged until it has stood for so long, seconds: who comes to stand rolls on a little.
const SETTLES_S: f64 = 3.0;
const SETTLING: f64 = 0.1;
/// A contact point that others hide is up to where they end off: so many box heights. And who is badly seen is badly
/// placed: at a score below the first his box errs by up to twice as much.
const HIDDEN_ERR: f64 = 0.1;
const WELL_SEEN: f64 = 0.7;
/// As far as a pixel is at most so many metres, the plane tells how it moves also beyond its valid polygon: a bus
/// before the camera crawls on, though nobody drew the road there.
const REACH_M_PER_PX: f64 = 0.25;
/// Who is seen in less than this share of the frames in which nothing hides him is not believed; nor who is that
/// faint on average.
const LEAST_SEEN: f64 = 0.5;
const LEAST_SCORE: f64 = 0.35;
/// The first of those for who never got so many own lengths from where he was first seen.
const LEAST_SEEN_STILL: f64 = 0.8;
/// And the second for who did, as nothing does that is none, and is seen that steadily: he is hidden in part. Nor is
/// anything that is none seen so steadily for so long, seconds.
const LEAST_SCORE_DROVE: f64 = 0.25;
const STEADY_S: f64 = 30.0;
const DROVE_LENGTHS: f64 = 1.0;
/// Or surely so many metres, by so many errors of its place, where a pixel is no more metres than that.
const DROVE_M: f64 = 5.0;
const DROVE_ERRORS: f64 = 3.0;
const DROVE_M_PER_PX: f64 = 2.0;
/// Whose contact point was not seen for so long, and for that share of the time or for the longer of the two, seconds,
/// stands nobody knows where.
const LEAST_CLEAR_S: [f64; 2] = [1.0, 3.0];
const LEAST_CLEAR: f64 = 0.3;
/// So much lower than it seems a hidden contact point may be, box heights.
const MAY_BE_LOWER: [f64; 3] = [0.15, 0.3, 0.45];
/// A box that ended at an edge of the frame a moment ago is still cut off by it, seconds.
const CUT_S: f64 = 1.0;
/// Of whom others hide the bottom is where he was while his top and a side are: shares of the box's sides.
const HELD: f64 = 0.15;
/// Who is no farther off than so many box widths is right where he stands.
const RIGHT_THERE: f64 = 0.2;
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
    /// When it was last seen right where it stands, pipeline seconds: who leaves is not known to until he is some way off.
    pub(crate) there: f64,
    /// Its box there, square pixels.
    pub(crate) bbox: PixelBox,
}

impl Still {
    /// Whether another stands in the same place: within a share of the width of its box, and on the road.
    pub(crate) fn is_at(&self, other: &Self, reach: f64) -> bool {
        let apart = |(a, b): (PixelPoint, PixelPoint)| a.distance(b) > CREPT_M;
        self.place.distance(other.place) <= reach && !self.road.zip(other.road).is_some_and(apart)
    }

    /// Whether a box ends above and at one side where its own did, and no lower: however much of the rest is hidden, it
    /// is there.
    pub(crate) fn is_held(&self, is: PixelBox) -> bool {
        let near = |a: f64, b: f64, most: f64| (a - b).abs() <= HELD * most;
        let (was, width) = (self.bbox, self.bbox.width());
        is.y2 - was.y2 <= HELD * was.height()
            && near(was.y1, is.y1, was.height())
            && (near(was.x1, is.x1, width) || near(was.x2, is.x2, width))
    }

    /// Whether a vehicle stands, given what was known of it. While it is hidden it does what it did.
    pub(crate) fn look(
        known: Option<Self>,
        user: &RoadUser<'_>,
        limits: &Standstill,
        watch: &Watch<'_>,
    ) -> Option<Self> {
        let drift = user.track.history.drift(limits.window_s).filter(|_| user.track.is_seen());
        let most = if drift.is_some() { CREPT } else { MOVED_HIDDEN };
        let bbox = user.track.steady_box();
        // What hides its bottom moves its contact point but not it.
        let held = known.is_some_and(|known| known.is_held(bbox)) && !watch.shows_bottom(user);
        if !held && known.is_some_and(|known| known.place.distance(user.anchor) > most * user.width) {
            return None;
        }
        // While the frame's edge hides where it ends, it would seem to stay there.
        let near = |plane: &&GroundPlane| {
            plane.road(user.anchor).is_some() || plane.reach(user.anchor, REACH_M_PER_PX).is_some()
        };
        let plane = watch.layout.plane.as_ref().filter(|plane| !user.is_cut() && near(plane));
        let seen = user.track.last_seen;
        let road = drift.as_ref().and_then(|drift| plane.map(|plane| plane.extended(drift.place)));
        let err = |way: PixelPoint| plane.map_or(0.0, |plane| place_err(watch, user, way, plane));
        let crept = |known: &Self| known.road.zip(road).is_some_and(|(was, is)| crept(was, is, err));
        if !held && drift.is_some() && known.as_ref().is_some_and(crept) {
            return None;
        }
        let there = |known: &Self| {
            let right = user.track.is_seen() && known.place.distance(user.anchor) <= RIGHT_THERE * user.width;
            if held || right { seen } else { known.there }
        };
        let Some(drift) = drift else { return known.map(|known| Self { seen, there: there(&known), ..known }) };
        let way = plane.map(|plane| plane.step(drift.place, drift.pixels.x, drift.pixels.y));
        let err = way.map_or(0.0, err);
        let slower = |limit: f64, errors: f64| pace(&drift, limits, plane, errors * err) < limit;
        match known {
            Some(known) => {
                let still =
                    Self { seen, there: there(&known), ..known.settled(drift.since, (drift.place, road, bbox)) };
                (held || slower(RELEASE, CREPT_ERRORS)).then_some(still)
            }
            None => slower(1.0, if err > UNTOLD_M { 1.0 } else { 0.0 }).then(|| {
                // Who only may stand already may have come to stand just now.
                let since = if slower(1.0, 0.0) { drift.since } else { seen };
                Self { since, place: drift.place, road, seen, there: seen, bbox }
            }),
        }
    }

    /// With a look at where it stood since then, while it comes to stand.
    fn settled(self, since: f64, (place, road, bbox): (PixelPoint, Option<PixelPoint>, PixelBox)) -> Self {
        if since - self.since > SETTLES_S {
            return self;
        }
        let road = self.road.zip(road).map(|(was, is)| was.toward(is, SETTLING));
        let bbox = toward(self.bbox, bbox, SETTLING);
        Self { place: self.place.toward(place, SETTLING), road: road.or(self.road), bbox, ..self }
    }
}

/// A box so much of the way to another.
fn toward(a: PixelBox, b: PixelBox, t: f64) -> PixelBox {
    let mix = |a: f64, b: f64| a + t * (b - a);
    PixelBox { x1: mix(a.x1, b.x1), y1: mix(a.y1, b.y1), x2: mix(a.x2, b.x2), y2: mix(a.y2, b.y2) }
}

/// Whether it is farther off on the road than it may shake, given how far it errs along a way.
fn crept(was: PixelPoint, is: PixelPoint, err: impl Fn(PixelPoint) -> f64) -> bool {
    was.distance(is) > CREPT_M + CREPT_ERRORS * err(PixelPoint::new(is.x - was.x, is.y - was.y))
}

/// Error of where a vehicle stands along a way on the road, one standard deviation, metres.
pub(crate) fn place_err(watch: &Watch<'_>, user: &RoadUser<'_>, way: PixelPoint, plane: &GroundPlane) -> f64 {
    let Some(toward) = unit(way) else { return 0.0 };
    let badly = 1.0 + (WELL_SEEN - user.track.mean_score()).max(0.0) / WELL_SEEN;
    let hidden_px = if watch.shows_bottom(user) { 0.0 } else { HIDDEN_ERR * user.height };
    let hidden = dot(plane.step(user.anchor, 0.0, hidden_px), toward);
    (badly * contact_err(&user.contact(), toward, plane)).hypot(hidden)
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
    /// For how long its contact point was seen, when it was last asked, and for how long it stands, seconds.
    clear_s: f64,
    asked: f64,
    watched_s: f64,
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
        self.drove |= came(watch, user);
        let passed_s = (watch.now - std::mem::replace(&mut self.asked, watch.now)).min(watch.max_gap_s);
        self.watched_s += passed_s;
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
        let score = if self.drove || self.watched_s >= STEADY_S { LEAST_SCORE_DROVE } else { LEAST_SCORE };
        f64::from(self.hits) >= share * f64::from(self.frames) && user.track.mean_score() >= score
    }

    /// Whether its contact point was seen often enough to tell where it stands.
    pub(crate) fn is_placed(&self) -> bool {
        self.clear_s >= (LEAST_CLEAR * self.watched_s).clamp(LEAST_CLEAR_S[0], LEAST_CLEAR_S[1])
    }
}

/// Whether what hides its contact point hides nothing that matters: lower down, where it may be, whoever stands waits
/// as here, before the same signals.
fn keeps_lane(watch: &Watch<'_>, user: &RoadUser<'_>) -> bool {
    let (Some(own), layout, foot) = (user.journey.lane, watch.layout, footprint(user.track)) else { return false };
    let waits = layout.waits(own, foot);
    MAY_BE_LOWER.iter().all(|share| {
        let place = PixelPoint::new(foot.x, foot.y + share * user.height);
        let lane = layout.lane_at(place).unwrap_or(own);
        lane == own || (layout.signals[lane] == layout.signals[own] && layout.waits(lane, place) == waits)
    })
}

/// Whether one who stands was seen to drive there: he, and not another whose track he has. Seen from behind, one who
/// drives far away gets on by metres before it is a length of his box.
pub(crate) fn came(watch: &Watch<'_>, user: &RoadUser<'_>) -> bool {
    let on_road = || {
        let plane = watch.layout.plane.as_ref().filter(|plane| plane.reach(user.anchor, DROVE_M_PER_PX).is_some())?;
        let (from, to) = (plane.extended(user.journey.own_start()), plane.extended(user.anchor));
        let way = PixelPoint::new(to.x - from.x, to.y - from.y);
        Some(from.distance(to) - DROVE_ERRORS * place_err(watch, user, way, plane) >= DROVE_M)
    };
    user.journey.own_reach() >= DROVE_LENGTHS || on_road().unwrap_or(false)
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
