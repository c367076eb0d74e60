//! Who meets whom: the ways of all road users over the road, and each encounter of two of them once.

use super::watch::{RoadUser, Watch};
use crate::TrackId;
use crate::conflict::{Encounter, Path, Scatter, encounter};
use crate::ground::{Contact, Footprint, GroundPlane};
use crate::track::Fix;
use kerege_contract::{PixelPoint, RoadUserClass};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

/// Who has left is remembered for so long, seconds: the other may come yet.
const REMEMBERED_S: f64 = 3.0;
/// Whose bottom edge nearer boxes hide to more than this share is not seen where he is.
const HIDDEN: f64 = 0.5;
/// A person slower than this stands about, m/s.
const WALKS_MS: f64 = 0.4;
const RUNS_MS: f64 = 4.5;
/// Whose height on the road changes by more than these ratios, to its mean over the last so many seconds, is another,
/// or but a part. (A width changes as fast where somebody turns.)
const HEIGHT_RATIO: RangeInclusive<f64> = 0.62..=1.6;
const HEIGHT_S: f64 = 1.0;
const KMH: f64 = 3.6;
/// What is told to somebody must hold by so many errors: the time and the angle between two ways, which is what most
/// encounters that only seem to be ones lack; and that both drove.
const ERRORS: f64 = 1.5;
const SPEED_ERRORS: f64 = 0.5;
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
    /// Of two whose ways are known, the one whose way is newer first; none when one of them did not drive.
    fn of(
        met: Encounter,
        (newer_id, newer): (TrackId, &Way),
        (older_id, older): (TrackId, &Way),
        min_speed_kmh: f64,
    ) -> Option<Self> {
        let moves = |errors| moving(&met, [newer, older], min_speed_kmh, errors);
        let both = [(newer_id, newer.class, met.reached[0]), (older_id, older.class, met.reached[1])];
        let [first, second] = if met.newer_second { [both[1], both[0]] } else { both };
        moves(0.0).then(|| Self {
            first: first.0,
            second: second.0,
            classes: [first.1, second.1],
            pet_s: met.pet_s,
            surely_moving: moves(SPEED_ERRORS),
            at: met.at,
            reached: [first.2, second.2],
            encounter: met,
        })
    }

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
    path: Path<Contact>,
    class: RoadUserClass,
    grew: bool,
    followed_to: f64,
    /// When its box was measured last, and its mean height, metres.
    tall: Option<(f64, f64)>,
}

impl Meetings {
    /// Follows the road users to where they are now; gives those whose meeting is known by now.
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
        for user in users.filter(|user| user.track.is_seen()) {
            let way = self.ways.entry(user.id).or_insert_with(|| Way::new(user.track.class()));
            if watch.fits_class(user) && watch.hidden_share(user) <= HIDDEN && !user.track.is_double() {
                way.follow(user, plane);
            } else {
                // Where it goes meanwhile is not known.
                way.followed_to = user.track.last_seen;
            }
        }
        self.ways.values_mut().for_each(|way| way.advance(watch.now, plane));
        let mut found = Vec::new();
        for (id, way) in self.ways.iter().filter(|(_, way)| way.grew) {
            for (other_id, other) in self.ways.iter().filter(|(other_id, _)| *other_id != id) {
                let pair = (*id.min(other_id), *id.max(other_id));
                if self.met.contains(&pair) || !way.can_meet(other) {
                    continue;
                }
                let met = encounter(&way.path, &other.path);
                if let Some(meeting) =
                    met.and_then(|met| Meeting::of(met, (*id, way), (*other_id, other), min_speed_kmh))
                {
                    self.met.insert(pair);
                    found.push(meeting);
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
        Self { path: Path::new(class), class, grew: false, followed_to: f64::NEG_INFINITY, tall: None }
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
        self.path.reclass(self.class);
        let followed_to = self.followed_to;
        for fix in user.track.history.iter().skip_while(|fix| fix.at <= followed_to) {
            if self.is_another(fix, plane) {
                self.path.begin();
            } else if let Some(place) = plane.road(fix.anchor) {
                let contact = Contact { anchor: fix.anchor, width: fix.width, height: fix.height };
                self.path.push(fix.at, contact, place, scatter(fix, plane));
            }
        }
        self.followed_to = user.track.last_seen;
    }

    /// Lets its way grow to what is known by now.
    fn advance(&mut self, now: f64, plane: &GroundPlane) {
        let class = self.class;
        let middle = |contact: &Contact, heading| Footprint::of(contact, heading, class, plane).map(|body| body.centre);
        self.grew = self.path.advance(now, middle);
    }

    /// Whether an encounter of these two would be a conflict: one of them drives a motor vehicle.
    fn can_meet(&self, other: &Self) -> bool {
        self.class.is_motor_vehicle() || other.class.is_motor_vehicle()
    }
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
