//! Who meets whom: the ways of all road users over the road, and each encounter of two of them once.

use super::watch::{Post, RoadUser, Watch};
use crate::TrackId;
use crate::conflict::{Encounter, Path, Scatter, encounter};
use crate::ground::{Contact, GroundPlane, Size, Stand, contact_errs};
use crate::track::Fix;
use kerege_contract::{PixelPoint, RoadUserClass};
use std::collections::BTreeMap;
use std::ops::RangeInclusive;

/// Who has left is remembered for so long, seconds: the other may come yet.
const REMEMBERED_S: f64 = 3.0;
/// Those who met are remembered for so long after both have left, seconds: as long as ways are.
const PAIRS_S: f64 = 12.0;
/// Whose bottom edge nearer boxes hide to more than this share is not seen where he is.
const HIDDEN: f64 = 0.75;
/// A person slower than this stands about, m/s.
const WALKS_MS: f64 = 0.4;
const RUNS_MS: f64 = 4.5;
/// Whose height on the road changes by more than these ratios, to its mean over the last so many seconds, is another,
/// or but a part. (A width changes as fast where somebody turns.)
const HEIGHT_RATIO: RangeInclusive<f64> = 0.62..=1.6;
const HEIGHT_S: f64 = 1.0;
const KMH: f64 = 3.6;
/// A box of this score or more is placed as well as any; of who is hardly seen it is up to twice as far off.
const SURE: f64 = 0.7;
/// What is told to somebody must hold by so many errors: the time and the angle between two ways, which is what most
/// encounters that only seem to be ones lack; and that both drove.
const ERRORS: f64 = 1.5;
const SPEED_ERRORS: f64 = 1.0;
/// Vehicles mostly drive behind and beside each other, hundreds of pairs an hour: that two crossed must be surer.
const ABREAST_ERRORS: f64 = 3.0;

/// One of two who met.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Party {
    pub(super) id: TrackId,
    pub(super) class: RoadUserClass,
    /// How tall its box was when last followed, shares of the frame's height.
    tall: f64,
}

/// Two road users that met.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Meeting {
    /// The one that came to the place first, and the one that came second.
    pub(super) parties: [Party; 2],
    pub(super) encounter: Encounter,
}

impl Meeting {
    /// Whether it was surely less than so many seconds, of two who were surely on their way.
    pub(super) fn is_surely_within(&self, most_s: f64, min_speed_kmh: f64) -> bool {
        let walks = self.parties.iter().any(|party| party.class == RoadUserClass::Person);
        let angle_errors = if walks { ERRORS } else { ABREAST_ERRORS };
        self.moves(min_speed_kmh, SPEED_ERRORS) && self.encounter.is_surely_within(most_s, ERRORS, angle_errors)
    }

    /// Whether both were on their way when one left and the other came, by so many errors of their speeds: nobody is
    /// endangered by who stands or creeps. Who seems to be on foot and is faster than anybody runs is not known well enough.
    pub(super) fn moves(&self, min_speed_kmh: f64, errors: f64) -> bool {
        let speeds = self.encounter.speeds.iter().zip(self.encounter.speed_errs);
        self.parties.iter().zip(speeds).all(|(party, (speed, err))| {
            let person = party.class == RoadUserClass::Person;
            let least = if person { WALKS_MS } else { min_speed_kmh / KMH };
            speed - errors * err >= least && (speed + errors * err <= RUNS_MS || !person)
        })
    }
}

/// Whose meetings of a kind one rule knows already: each pair once.
#[derive(Debug, Default)]
pub(super) struct Acquainted {
    /// With the time of their meeting.
    pairs: BTreeMap<[TrackId; 2], f64>,
}

impl Acquainted {
    /// The meetings of a frame, of road users that a rule judges, that are of a kind for the first time: they may become
    /// so as the ways are seen longer.
    pub(super) fn news<'w>(
        &mut self,
        watch: &Watch<'w>,
        post: &Post<'_>,
        kind: impl Fn(&Meeting) -> bool,
    ) -> Vec<&'w Meeting> {
        let here = |id: &TrackId| watch.users.iter().any(|user| user.id == *id);
        self.pairs.retain(|pair, at| watch.now - *at < PAIRS_S || pair.iter().all(here));
        let news = watch.met.iter().filter(|meeting| {
            let judged = meeting.parties.iter().all(|party| post.rule.judges(party.class, party.tall));
            let [a, b] = meeting.parties.map(|party| party.id);
            let pair = [a.min(b), a.max(b)];
            let new = judged && !self.pairs.contains_key(&pair) && kind(meeting);
            if new {
                self.pairs.insert(pair, meeting.encounter.at);
            }
            new
        });
        news.collect()
    }

    /// Whether nobody is remembered.
    #[cfg(test)]
    pub(super) fn is_empty(&self) -> bool {
        self.pairs.is_empty()
    }
}

/// The ways of all road users: one follower for all rules that ask who met whom.
#[derive(Debug, Default)]
pub(super) struct Meetings {
    ways: BTreeMap<TrackId, Way>,
}

#[derive(Debug)]
struct Way {
    path: Path<Stand>,
    grew: bool,
    followed_to: f64,
    /// How tall its box is, shares of the frame's height.
    tall: f64,
    /// When its box was measured last, and its mean height, metres.
    height: Option<(f64, f64)>,
}

impl Meetings {
    /// Follows the road users that are judged to where they are now; gives the meetings of those whose way grew, each
    /// as long as it is young.
    pub(super) fn follow(&mut self, watch: &Watch<'_>, judged: impl Fn(RoadUserClass, f64) -> bool) -> Vec<Meeting> {
        self.ways.retain(|id, way| {
            watch.users.iter().any(|user| user.id == *id) || watch.now - way.followed_to < REMEMBERED_S
        });
        let Some(plane) = &watch.layout.plane else { return Vec::new() };
        let frame_height = f64::from(watch.layout.frame.height);
        for user in watch.users.iter().filter(|user| user.track.is_seen()) {
            let tall = user.height / frame_height;
            if !judged(user.track.class(), tall) {
                continue;
            }
            let way = self.ways.entry(user.id).or_insert_with(|| Way::new(user.track.class()));
            way.tall = tall;
            if watch.fits_class(user) && watch.hidden_share(user) <= HIDDEN && !user.track.is_double() {
                way.follow(user, plane);
            } else {
                // Where it goes meanwhile is not known.
                way.followed_to = user.track.last_seen;
            }
        }
        for way in self.ways.values_mut() {
            way.advance(watch.now, plane);
        }
        self.meetings()
    }

    fn meetings(&self) -> Vec<Meeting> {
        let mut found = Vec::new();
        for (id, way) in self.ways.iter().filter(|(_, way)| way.grew) {
            for (other_id, other) in self.ways.iter().filter(|(other_id, other)| *other_id != id && way.can_meet(other))
            {
                let Some(met) = encounter(&way.path, &other.path) else { continue };
                let [newer, older] = [(id, way), (other_id, other)].map(|(id, way)| Party {
                    id: *id,
                    class: way.path.class(),
                    tall: way.tall,
                });
                let parties = if met.newer_second { [older, newer] } else { [newer, older] };
                found.push(Meeting { parties, encounter: met });
            }
        }
        found
    }

    /// Whether nobody's way is remembered.
    #[cfg(test)]
    pub(super) fn is_empty(&self) -> bool {
        self.ways.is_empty()
    }
}

/// How many times worse than one that the model is sure of a box is placed.
fn worse(score: f32) -> f64 {
    1.0 + (1.0 - f64::from(score) / SURE).max(0.0)
}

impl Way {
    fn new(class: RoadUserClass) -> Self {
        Self { path: Path::new(class), grew: false, followed_to: f64::NEG_INFINITY, tall: 0.0, height: None }
    }

    /// Whether a box is so much taller or lower than those before that it shows another, or but a part.
    fn is_another(&mut self, fix: &Fix, plane: &GroundPlane) -> bool {
        let tall = fix.height * plane.step(fix.anchor, 1.0, 0.0).distance(PixelPoint::default());
        let (at, mean) = self.height.unwrap_or((fix.at, tall));
        let weight = ((fix.at - at) / HEIGHT_S).clamp(0.0, 1.0);
        self.height = Some((fix.at, mean + weight * (tall - mean)));
        !HEIGHT_RATIO.contains(&(tall / mean))
    }

    fn follow(&mut self, user: &RoadUser<'_>, plane: &GroundPlane) {
        self.path.reclass(user.track.class());
        let followed_to = self.followed_to;
        let unbroken_since = user.track.unbroken_since;
        // Before whom another passed may have been taken along by him. Who walks goes on so slowly that his way tells
        // whether he is the same.
        let mut broke = followed_to < unbroken_since && self.path.class() != RoadUserClass::Person;
        for fix in user.track.history.iter().skip_while(|fix| fix.at <= followed_to || fix.at < unbroken_since) {
            if std::mem::take(&mut broke) {
                self.path.begin();
            }
            if self.is_another(fix, plane) {
                self.path.begin();
            } else if let Some(place) = plane.road(fix.anchor) {
                let contact = Contact { anchor: fix.anchor, width: fix.width, height: fix.height };
                let scatter = Scatter::of(contact_errs(&contact, plane)).scaled(worse(fix.score).powi(2));
                self.path.push(fix.at, plane.stand(fix.anchor), place, scatter);
            }
        }
        self.followed_to = user.track.last_seen;
    }

    /// Lets its way grow to what is known by now.
    fn advance(&mut self, now: f64, plane: &GroundPlane) {
        let size = Size::of(self.path.class());
        self.grew = self.path.advance(now, |stand, heading| Some(plane.middle_at(stand, heading, size)));
    }

    /// Whether an encounter of these two would be a conflict: one of them drives a motor vehicle.
    fn can_meet(&self, other: &Self) -> bool {
        self.path.class().is_motor_vehicle() || other.path.class().is_motor_vehicle()
    }
}
