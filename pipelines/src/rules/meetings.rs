//! Who meets whom: the ways of all road users over the road, and each encounter of two of them once.

use super::watch::{RoadUser, Watch};
use crate::TrackId;
use crate::conflict::{Encounter, Path, Scatter, encounter};
use crate::ground::{Contact, Footprint, GroundPlane, Motion, Size, unit};
use crate::track::Fix;
use kerege_contract::{PixelPoint, RoadUserClass};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

/// A heading is taken over this long, seconds, and believed above this speed, m/s.
const DRIVE_S: f64 = 1.0;
const CREEP_MS: f64 = 0.5;
/// Who has left is remembered for so long, seconds: the other may come yet.
const REMEMBERED_S: f64 = 3.0;
/// Another box that covers more than this share of the bottom edge, and ends lower by more than so many box heights,
/// hides where a road user stands.
const HIDES_WIDTH: f64 = 0.5;
const HIDES_HEIGHT: f64 = 0.05;
/// A person slower than this stands about, m/s.
const WALKS_MS: f64 = 0.4;
const RUNS_MS: f64 = 4.5;
/// Whose height on the road changes by more than these ratios, to its mean over the last so many seconds, is another,
/// or but a part. (A width changes as fast where somebody turns.)
const HEIGHT_RATIO: RangeInclusive<f64> = 0.62..=1.6;
const HEIGHT_S: f64 = 1.0;
const KMH: f64 = 3.6;
/// What is told to somebody must hold by so many errors.
const ERRORS: f64 = 1.5;
/// How much a contact point shakes at least (one standard deviation), shares of its box's sides, and square pixels.
const SHAKES: f64 = 0.03;
const SHAKES_PX: f64 = 0.7;

/// Two road users that met.
#[derive(Debug, Clone, Copy)]
pub(super) struct Meeting {
    /// The one that came to the place first, and the one that came second.
    pub(super) first: TrackId,
    pub(super) second: TrackId,
    /// Of the first and the second.
    pub(super) classes: [RoadUserClass; 2],
    pub(super) pet_s: f64,
    encounter: Encounter,
    /// Whether both were surely on their way.
    surely_moving: bool,
    /// When the second came, pipeline seconds.
    pub(super) at: f64,
    /// When each was there.
    pub(super) reached: [f64; 2],
}

impl Meeting {
    /// Whether it was surely less than so many seconds.
    pub(super) fn is_surely_within(&self, most_s: f64) -> bool {
        self.surely_moving && self.encounter.is_surely_within(most_s, ERRORS)
    }
}

/// The ways of all road users.
#[derive(Debug, Default)]
pub(super) struct Meetings {
    ways: BTreeMap<TrackId, Way>,
    met: BTreeSet<(TrackId, TrackId)>,
}

#[derive(Debug)]
struct Way {
    path: Path,
    heading: Option<PixelPoint>,
    class: RoadUserClass,
    grew: bool,
    followed_to: f64,
    /// When its box was measured last, and its mean height, metres.
    tall: Option<(f64, f64)>,
}

impl Meetings {
    /// Follows the road users to where they are now; gives those that met in this frame.
    pub(super) fn follow<'u, 't: 'u>(
        &mut self,
        watch: &Watch<'_>,
        users: impl Iterator<Item = &'u RoadUser<'t>>,
        min_speed_kmh: f64,
    ) -> Vec<Meeting> {
        self.ways.retain(|id, way| {
            watch.users.iter().any(|user| user.id == *id) || watch.now - way.followed_to < REMEMBERED_S
        });
        self.met.retain(|(a, b)| self.ways.contains_key(a) && self.ways.contains_key(b));
        let Some(plane) = &watch.layout.plane else { return Vec::new() };
        self.ways.values_mut().for_each(|way| way.grew = false);
        for user in users.filter(|user| user.track.is_seen()) {
            let way = self.ways.entry(user.id).or_insert_with(|| Way::new(user.track.class()));
            if watch.fits_class(user) && !is_hidden(user, watch) && !user.track.is_double() {
                way.follow(user, plane);
            } else {
                // Where it goes meanwhile is not known.
                way.followed_to = user.track.last_seen;
            }
        }
        let mut found = Vec::new();
        for (id, way) in self.ways.iter().filter(|(_, way)| way.grew) {
            for (other_id, other) in self.ways.iter().filter(|(other_id, _)| *other_id != id) {
                let pair = (*id.min(other_id), *id.max(other_id));
                if self.met.contains(&pair) || !way.can_meet(other) {
                    continue;
                }
                let met = encounter(&way.path, &other.path).filter(|met| moving(met, [way, other], min_speed_kmh, 0.0));
                if let Some(met) = met {
                    self.met.insert(pair);
                    let surely_moving = moving(&met, [way, other], min_speed_kmh, ERRORS);
                    let meeting = meeting(&met, (*id, way.class), (*other_id, other.class));
                    found.push(Meeting { surely_moving, ..meeting });
                }
            }
        }
        found
    }

    /// Whether nobody's way is remembered.
    #[cfg(test)]
    pub(super) fn is_empty(&self) -> bool {
        self.ways.is_empty() && self.met.is_empty()
    }
}

impl Way {
    const fn new(class: RoadUserClass) -> Self {
        Self {
            path: Path::new(Size::of(class)),
            heading: None,
            class,
            grew: false,
            followed_to: f64::NEG_INFINITY,
            tall: None,
        }
    }

    /// Whether a box is so much taller or lower than those before that it shows another, or but a part.
    fn is_another(&mut self, fix: &Fix, plane: &GroundPlane) -> bool {
        let tall = fix.height * plane.step(fix.anchor, 1.0, 0.0).distance(PixelPoint::default());
        let (at, mean) = self.tall.unwrap_or((fix.at, tall));
        let weight = ((fix.at - at) / HEIGHT_S).clamp(0.0, 1.0);
        self.tall = Some((fix.at, mean + weight * (tall - mean)));
        !HEIGHT_RATIO.contains(&(tall / mean))
    }

    fn follow(&mut self, user: &RoadUser<'_>, plane: &GroundPlane) {
        self.class = user.track.class();
        self.path.resize(Size::of(self.class));
        let (history, now) = (&user.track.history, user.track.last_seen);
        let motion = Motion::over(history, now - DRIVE_S, now).filter(|motion| motion.speed() > CREEP_MS);
        self.heading = motion.and_then(|motion| unit(motion.velocity)).or(self.heading);
        let Some(heading) = self.heading else { return };
        // Once its heading is known, where it was before is, too.
        let followed_to = self.followed_to;
        for fix in history.iter().skip_while(|fix| fix.at <= followed_to) {
            if self.is_another(fix, plane) {
                self.path.begin();
                continue;
            }
            let contact = Contact { anchor: fix.anchor, width: fix.width, height: fix.height };
            if let Some(body) = Footprint::of(&contact, heading, self.class, plane) {
                self.grew |= self.path.push(fix.at, body.centre, scatter(fix, plane));
            }
        }
        self.followed_to = now;
    }

    /// Whether an encounter of these two would be a conflict: one of them drives a motor vehicle.
    fn can_meet(&self, other: &Self) -> bool {
        self.class.is_motor_vehicle() || other.class.is_motor_vehicle()
    }
}

/// Whether a road user's contact point is cut off by an edge of the frame, or hidden by somebody nearer.
fn is_hidden(user: &RoadUser<'_>, watch: &Watch<'_>) -> bool {
    let own = user.track.seen_box;
    let hides = |other: &RoadUser<'_>| {
        let b = other.track.seen_box;
        other.id != user.id
            && other.track.is_seen()
            && own.x2.min(b.x2) - own.x1.max(b.x1) > HIDES_WIDTH * own.width()
            && b.y2 > own.y2 + HIDES_HEIGHT * own.height()
            && b.y1 < own.y2
    };
    user.is_cut() || watch.users.iter().any(hides)
}

/// How far the middle of a body may be off that is told by a contact point.
fn scatter(fix: &Fix, plane: &GroundPlane) -> Scatter {
    let shakes = |side: f64| (SHAKES * side).max(SHAKES_PX);
    let (down, right) = (shakes(fix.height), shakes(fix.width));
    Scatter::of([plane.step(fix.anchor, 0.0, down), plane.step(fix.anchor, right, 0.0)])
}

/// Whether both were on their way when one left and the other came, by so many errors of their speeds: nobody is
/// endangered by who stands or creeps. Who seems to be on foot and is faster than anybody runs is not known well enough.
fn moving(met: &Encounter, [newer, older]: [&Way; 2], min_speed_kmh: f64, errors: f64) -> bool {
    let ways = if met.newer_second { [older, newer] } else { [newer, older] };
    ways.iter().zip(met.speeds.iter().zip(met.speed_errs)).all(|(way, (speed, err))| {
        let person = way.class == RoadUserClass::Person;
        let least = if person { WALKS_MS } else { min_speed_kmh / KMH };
        speed - errors * err >= least && (speed + errors * err <= RUNS_MS || !person)
    })
}

fn meeting(met: &Encounter, newer: (TrackId, RoadUserClass), older: (TrackId, RoadUserClass)) -> Meeting {
    let [newer_reached, older_reached] = met.reached;
    let (first, second, reached) = if met.newer_second {
        (older, newer, [older_reached, newer_reached])
    } else {
        (newer, older, [newer_reached, older_reached])
    };
    let classes = [first.1, second.1];
    Meeting {
        first: first.0,
        second: second.0,
        classes,
        pet_s: met.pet_s,
        encounter: *met,
        surely_moving: false,
        at: met.at,
        reached,
    }
}
