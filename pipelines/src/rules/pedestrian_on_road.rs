//! `pedestrian_on_road`: a person on the carriageway, away from crossings.
//!
//! A person is on the road when the foot point was there in nearly every analysed frame of the last
//! second, farther from the kerb than a foot point errs, and stays so until it was off for longer. People
//! who are close to one another are one cause. Riders are no pedestrians, whatever the detector calls them, nor is who goes faster than anybody
//! walks; who is found where nobody can have run to is another; and who was never seen to move, a post perhaps, must
//! be there for longer and be seen clearly.

use super::groups::groups;
use super::judge::Judge;
use super::trail;
use super::{Claim, Course, Post, RoadUser, Spot, Watch};
use crate::ground::GroundPlane;
use crate::layout::ZoneShape;
use crate::track::Drift;
use crate::{Reason, TrackId};
use kerege_contract::scene::{PedestrianOnRoad, ZoneKind};
use kerege_contract::{PixelPoint, RoadUserClass};
use std::collections::{BTreeMap, VecDeque};

/// Fewest looks at a person, so that one false box is no pedestrian.
const MIN_LOOKS: usize = 3;
/// People within this many heights of the one who seems smaller are together.
const TOGETHER: f64 = 3.0;
/// The same person under another number: within this many heights.
const SAME_PLACE: f64 = 1.0;
/// A foot point errs by up to this share of the body's height: who seems so near the kerb may walk beside it.
const FOOT_ERROR: f64 = 0.12;
/// How tall a person is, metres: what a body height is on the road.
const BODY_M: f64 = 1.7;
/// Nobody walks faster, m/s; in the picture, box heights a second (a box seen from above is low). Measured over
/// so many seconds.
const RUNS_MS: f64 = 4.5;
const RUNS_HEIGHTS: f64 = 8.0;
const RUN_S: f64 = 1.0;
/// Who is wider than this share of his height and goes faster than this rides, whatever the detector calls him.
const WIDE: f64 = 0.65;
const TROTS_MS: f64 = 2.5;
/// A foot point errs by up to so many body heights from one frame to the next.
const SHAKES: f64 = 0.3;
/// Who never got this far from where he was first seen, body heights, must be there for so many seconds, and the model
/// at least so sure of him on average.
const MOVED: f64 = 0.35;
const NEVER_MOVED_S: f64 = 5.0;
const NEVER_MOVED_SCORE: f64 = 0.45;
/// Who got that far, body heights, walks; however faint, he is no thing.
const WALKED: f64 = 1.0;
const LEAST_SCORE_WALKED: f64 = 0.25;
/// Who is fainter than this on average, or that often taken for another class, is no person.
const LEAST_SCORE: f64 = 0.35;
const LEAST_SHARE: f64 = 0.85;
/// Nobody is wider than this, be it lying, metres.
const WIDEST_M: f64 = 2.2;
/// A person of whose box a cycle covers more than this share rides it.
const RIDES: f64 = 0.3;

/// What is remembered of one person.
#[derive(Debug, Clone)]
struct Walk {
    /// When and where it was first looked at, and how far it got since.
    begun: f64,
    place: PixelPoint,
    gait: Gait,
    /// Where it was last, and when.
    last: PixelPoint,
    seen: f64,
    /// Whether another went on under its number, whose class nobody knows yet.
    other: bool,
    /// Whether it ever went faster than anybody walks.
    rode: bool,
    /// When it was looked at lately, and whether it was on the carriageway.
    looks: VecDeque<(f64, bool)>,
    /// Since when it is on the road, and when it last was.
    on: Option<(f64, f64)>,
}

impl Walk {
    /// How sure the model must be of it on average.
    const fn least_score(&self) -> f64 {
        match self.gait {
            Gait::Walked => LEAST_SCORE_WALKED,
            Gait::Moved => LEAST_SCORE,
            Gait::NeverMoved => NEVER_MOVED_SCORE,
        }
    }
}

/// How far somebody got, as the constants above have it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Gait {
    NeverMoved,
    Moved,
    Walked,
}

impl Gait {
    /// Of one who got so many body heights.
    fn of(heights: f64) -> Self {
        if heights > WALKED {
            Self::Walked
        } else if heights > MOVED {
            Self::Moved
        } else {
            Self::NeverMoved
        }
    }
}

/// How a foot point lies with respect to the carriageway's edge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kerb {
    /// So near that it may be off the road.
    Near,
    Away,
}

/// The judge of one rule.
#[derive(Debug)]
pub(crate) struct PedestrianJudge {
    thresholds: PedestrianOnRoad,
    walks: BTreeMap<TrackId, Walk>,
    /// Where and when those on the road were lost.
    lost: Vec<(PixelPoint, f64)>,
}

impl PedestrianJudge {
    pub(crate) fn new(thresholds: &PedestrianOnRoad) -> Self {
        Self { thresholds: thresholds.clone(), walks: BTreeMap::new(), lost: Vec::new() }
    }

    /// Looks at a person who is at a spot of the carriageway, or off it; since when it is on the road, if it
    /// is there in this frame.
    fn look(&mut self, watch: &Watch<'_>, user: &RoadUser<'_>, spot: Option<Spot>, kerb: Kerb) -> Option<f64> {
        let (inside, now) = (spot.is_some(), watch.now);
        let PedestrianOnRoad { min_s, min_share, clear_s, .. } = self.thresholds;
        let place = user.anchor;
        // Who is found where another was lost is the same.
        let lost = self.lost.iter().any(|(lost, _)| lost.distance(place) <= SAME_PLACE * user.height);
        let new = Walk {
            begun: now,
            place,
            gait: if lost { Gait::Moved } else { Gait::NeverMoved },
            last: place,
            seen: now,
            other: false,
            rode: false,
            looks: VecDeque::new(),
            on: None,
        };
        let walk = self.walks.entry(user.id).or_insert_with(|| new.clone());
        if user.track.is_seen() {
            let own_since = watch.trails.own_since(user.id, now - trail::WINDOW_S);
            let elsewhere = is_elsewhere(watch, user, walk.last, now - walk.seen).then_some(now);
            if let Some(begun) = elsewhere.or_else(|| (own_since > walk.begun).then_some(own_since)) {
                // Another goes on under the same number.
                *walk = Walk { begun, gait: Gait::NeverMoved, other: true, ..new };
            }
            (walk.last, walk.seen) = (place, now);
        }
        walk.rode |= runs(watch, user);
        walk.gait = walk.gait.max(Gait::of(walk.place.distance(place) / user.height));
        // How fast he goes is known once he was seen for nearly that long.
        let paced = user.track.history.drift(RUN_S).is_some();
        let clear =
            paced && user.track.mean_score() >= walk.least_score() && user.track.class_confidence() >= LEAST_SHARE;
        let min_s = if walk.gait > Gait::NeverMoved && !walk.other { min_s } else { min_s.max(NEVER_MOVED_S) };
        // A rider who took his number is seen as one before most votes of late are for a cycle.
        let rides = walk.rode || user.track.seen_class.is_cycle();
        walk.looks.push_back((now, inside && !rides && (kerb == Kerb::Away || walk.on.is_some())));
        while walk.looks.front().is_some_and(|look| look.0 < now - min_s - 1e-6) {
            walk.looks.pop_front();
        }
        if walk.on.is_some_and(|(_, last)| now - last > clear_s) {
            walk.on = None;
        }
        if !inside || walk.rode {
            return None;
        }
        #[expect(clippy::cast_precision_loss, reason = "a second of frames")]
        let share = walk.looks.iter().filter(|look| look.1).count() as f64 / walk.looks.len() as f64;
        let seen = now - walk.begun >= min_s - 1e-6 && walk.looks.len() >= MIN_LOOKS;
        let sure = clear && seen && share >= min_share;
        let first = walk.looks.iter().find(|look| look.1).map_or(now, |look| look.0);
        walk.on = match walk.on {
            Some((since, _)) => Some((since, now)),
            None => sure.then_some((first, now)),
        };
        walk.on.map(|(since, _)| since)
    }

    /// The carriageway that a person is on, if it is on one and not at a crossing.
    fn spot(&self, watch: &Watch<'_>, post: &Post<'_>, user: &RoadUser<'_>) -> Option<Spot> {
        let lane = || user.journey.lane.filter(|lane| post.scope.lanes[*lane]).map(Spot::lane);
        let spot = post.zone_at(watch, user.anchor).map(Spot::zone).or_else(lane)?;
        let buffer = self.thresholds.crosswalk_buffer;
        let mut crosswalks = watch.layout.zones.iter().filter(|zone| zone.kind == ZoneKind::Crosswalk);
        let crosses = crosswalks.any(|zone| is_at(watch, user, zone, buffer));
        let fits = watch.width_m(user).is_none_or(|metres| metres <= WIDEST_M);
        (!crosses && !rides(watch, user) && fits).then_some(spot)
    }

    /// Whether the carriageway (or a crosswalk) is all around a person's foot point.
    fn kerb(watch: &Watch<'_>, post: &Post<'_>, user: &RoadUser<'_>) -> Kerb {
        let err = FOOT_ERROR * user.height;
        let on_road = |(x, y): (f64, f64)| {
            let point = PixelPoint::new(user.anchor.x + x, user.anchor.y + y);
            let mut crosswalks = watch.layout.zones.iter().filter(|zone| zone.kind == ZoneKind::Crosswalk);
            post.zone_at(watch, point).is_some()
                || post.lanes().any(|lane| watch.layout.lanes[lane].contains(point))
                || crosswalks.any(|zone| zone.contains(point))
        };
        let all = [(err, 0.0), (-err, 0.0), (0.0, err), (0.0, -err)].into_iter().all(on_road);
        if all { Kerb::Away } else { Kerb::Near }
    }
}

impl Judge for PedestrianJudge {
    fn judge(&mut self, watch: &Watch<'_>, post: &Post<'_>, claims: &mut Vec<Claim>) {
        let gone = self.walks.extract_if(.., |id, _| !watch.users.iter().any(|user| user.id == *id));
        let on_road = gone.filter(|(_, walk)| walk.on.is_some() && walk.gait > Gait::NeverMoved);
        self.lost.extend(on_road.map(|(_, walk)| (walk.last, watch.now)));
        self.lost.retain(|(_, at)| watch.now - at <= self.thresholds.clear_s);
        let mut on: Vec<(&RoadUser<'_>, Spot, f64)> = Vec::new();
        for user in post.users(watch).filter(|user| user.track.class() == RoadUserClass::Person) {
            let spot = self.spot(watch, post, user).filter(|_| user.track.is_seen());
            let since = self.look(watch, user, spot, Self::kerb(watch, post, user));
            on.extend(spot.zip(since).map(|(spot, since)| (user, spot, since)));
        }
        on.sort_by(|a, b| a.2.total_cmp(&b.2).then(a.0.id.cmp(&b.0.id)));
        let near = |a: usize, b: usize| {
            let (a, b) = (on[a].0, on[b].0);
            a.anchor.distance(b.anchor) <= TOGETHER * a.height.min(b.height)
        };
        for group in groups(on.len(), near) {
            let (user, spot, since) = on[group[0]];
            claims.push(Claim {
                members: group[1..].iter().map(|other| on[*other].0.id).collect(),
                reach: SAME_PLACE * user.height,
                clear_s: self.thresholds.clear_s,
                course: Course::Moves,
                over: Reason::Left,
                ..Claim::by(post.number, user, spot, since)
            });
        }
    }

    #[cfg(test)]
    fn is_idle(&self) -> bool {
        self.walks.is_empty() && self.lost.is_empty()
    }
}

/// Whether somebody is farther from where he was so many seconds ago than anybody runs.
fn is_elsewhere(watch: &Watch<'_>, user: &RoadUser<'_>, was: PixelPoint, seconds: f64) -> bool {
    let err = SHAKES * user.height;
    let Some(plane) = &watch.layout.plane else {
        return was.distance(user.anchor) > RUNS_HEIGHTS * seconds * user.height + err;
    };
    let metres = plane.extended(was).distance(plane.extended(user.anchor));
    metres > RUNS_MS * seconds + err * plane.metres_per_pixel(user.anchor)
}

/// Whether somebody is in a zone, or within so many body heights of it. In the picture of a camera that looks far, a body
/// height is many metres of road: where the road is known, it is one on the road, and as much as a foot point errs.
fn is_at(watch: &Watch<'_>, user: &RoadUser<'_>, zone: &ZoneShape, heights: f64) -> bool {
    let within = |point: PixelPoint, heights: f64| zone.distance(point) <= heights * user.height;
    let Some(plane) = &watch.layout.plane else { return within(user.anchor, heights) };
    let near = || around(plane, user.anchor, heights * BODY_M).any(|point| within(point, FOOT_ERROR));
    within(user.anchor, heights.min(FOOT_ERROR)) || within(user.anchor, heights) && near()
}

/// Points of the picture that lie so many metres around another on the road.
fn around(plane: &GroundPlane, at: PixelPoint, metres: f64) -> impl Iterator<Item = PixelPoint> {
    (0..8).filter_map(move |eighth| {
        let (y, x) = (f64::from(eighth) * std::f64::consts::FRAC_PI_4).sin_cos();
        let step = plane.pixels(at, PixelPoint::new(metres * x, metres * y))?;
        Some(PixelPoint::new(at.x + step.x, at.y + step.y))
    })
}

/// Whether somebody goes faster than anybody walks, or than who is as wide as a rider does.
fn runs(watch: &Watch<'_>, user: &RoadUser<'_>) -> bool {
    let Some(drift) = user.track.history.drift(RUN_S) else { return false };
    // Without a ground plane the camera may look straight down, where everybody is as wide as tall. He is as wide as he
    // was of late: a rider may have taken a walker's number.
    let most_ms = if drift.width > WIDE * drift.height { TROTS_MS } else { RUNS_MS };
    match (drift.metres, &watch.layout.plane) {
        (Some(metres), Some(plane)) => surely_gone(plane, &drift, metres) / drift.seconds > most_ms,
        _ => drift.pixels.distance(PixelPoint::default()) / drift.seconds > RUNS_HEIGHTS * user.height,
    }
}

/// How many metres somebody surely got, less what a foot point errs in that direction: far from the camera, that is metres.
fn surely_gone(plane: &GroundPlane, drift: &Drift, way: PixelPoint) -> f64 {
    let far = way.distance(PixelPoint::default());
    let along = |step: PixelPoint| (step.x * way.x + step.y * way.y) / far.max(f64::MIN_POSITIVE);
    let (right, down) = (plane.step(drift.place, 1.0, 0.0), plane.step(drift.place, 0.0, 1.0));
    far - FOOT_ERROR * drift.height * along(right).hypot(along(down))
}

/// Whether a person sits on a cycle.
fn rides(watch: &Watch<'_>, person: &RoadUser<'_>) -> bool {
    let body = person.track.seen_box;
    watch.users.iter().filter(|user| user.track.class().is_cycle()).any(|cycle| {
        let under = cycle.track.seen_box;
        let astride = (body.centre().x - under.centre().x).abs() <= 0.5 * under.width().max(body.width());
        astride && body.intersection(under) >= RIDES * body.area()
    })
}
