//! Who meets whom: the ways of all road users over the road, and each encounter of two of them once.

use super::watch::{RoadUser, Watch};
use crate::TrackId;
use crate::conflict::{Encounter, Path, encounter};
use crate::ground::{Contact, Footprint, GroundPlane, Motion, Size, unit};
use kerege_contract::{PixelPoint, RoadUserClass};
use std::collections::{BTreeMap, BTreeSet};

/// A heading is taken over this long, seconds, and believed above this speed, m/s.
const DRIVE_S: f64 = 1.0;
const CREEP_MS: f64 = 0.5;
/// A person slower than this stands about, m/s.
const WALKS_MS: f64 = 0.4;
const KMH: f64 = 3.6;
/// How much a contact point shakes, box heights, and at least so many square pixels.
const SHAKES: f64 = 0.03;
const SHAKES_PX: f64 = 0.7;

/// Two road users that met.
#[derive(Debug, Clone, Copy)]
pub(super) struct Meeting {
    /// The one that came to the place first, and the one that came second.
    pub(super) first: TrackId,
    pub(super) second: TrackId,
    pub(super) pet_s: f64,
    /// When the second came, pipeline seconds.
    pub(super) at: f64,
    /// When each was there.
    pub(super) reached: [f64; 2],
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
}

impl Meetings {
    /// Follows the road users to where they are now; gives those that met in this frame.
    pub(super) fn follow<'u, 't: 'u>(
        &mut self,
        watch: &Watch<'_>,
        users: impl Iterator<Item = &'u RoadUser<'t>>,
        min_speed_kmh: f64,
    ) -> Vec<Meeting> {
        self.ways.retain(|id, _| watch.users.iter().any(|user| user.id == *id));
        self.met.retain(|(a, b)| self.ways.contains_key(a) && self.ways.contains_key(b));
        let Some(plane) = &watch.layout.plane else { return Vec::new() };
        self.ways.values_mut().for_each(|way| way.grew = false);
        for user in users.filter(|user| user.track.is_seen()) {
            let class = user.track.class();
            if !watch.fits_class(user) {
                // Where it goes meanwhile is not known.
                if let Some(way) = self.ways.get_mut(&user.id) {
                    way.followed_to = user.track.last_seen;
                }
                continue;
            }
            let new = || Way {
                path: Path::new(Size::of(class)),
                heading: None,
                class,
                grew: false,
                followed_to: f64::NEG_INFINITY,
            };
            self.ways.entry(user.id).or_insert_with(new).follow(user, plane);
        }
        let mut found = Vec::new();
        for (id, way) in self.ways.iter().filter(|(_, way)| way.grew) {
            for (other_id, other) in self.ways.iter().filter(|(other_id, _)| *other_id != id) {
                let pair = (*id.min(other_id), *id.max(other_id));
                if self.met.contains(&pair) || !way.can_meet(other) {
                    continue;
                }
                let met = encounter(&way.path, &other.path).filter(|met| moving(met, [way, other], min_speed_kmh));
                if let Some(met) = met {
                    self.met.insert(pair);
                    found.push(meeting(&met, *id, *other_id));
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
    fn follow(&mut self, user: &RoadUser<'_>, plane: &GroundPlane) {
        self.class = user.track.class();
        self.path.resize(Size::of(self.class));
        let (history, now) = (&user.track.history, user.track.last_seen);
        let motion = Motion::over(history, now - DRIVE_S, now).filter(|motion| motion.speed() > CREEP_MS);
        self.heading = motion.and_then(|motion| unit(motion.velocity)).or(self.heading);
        let Some(heading) = self.heading else { return };
        // Once its heading is known, where it was before is, too.
        for fix in history.iter().skip_while(|fix| fix.at <= self.followed_to) {
            let contact = Contact { anchor: fix.anchor, width: fix.width, height: fix.height };
            if let Some(body) = Footprint::of(&contact, heading, self.class, plane) {
                let err = plane.metres_per_pixel(fix.anchor) * (SHAKES * fix.height).max(SHAKES_PX);
                self.grew |= self.path.push(fix.at, body.centre, err);
            }
        }
        self.followed_to = now;
    }

    /// Whether an encounter of these two would be a conflict: one of them drives a motor vehicle.
    fn can_meet(&self, other: &Self) -> bool {
        self.class.is_motor_vehicle() || other.class.is_motor_vehicle()
    }
}

/// Whether both were on their way: nobody is endangered by who stands or creeps.
fn moving(met: &Encounter, ways: [&Way; 2], min_speed_kmh: f64) -> bool {
    ways.iter().zip(met.speeds).all(|(way, speed)| {
        let least = if way.class == RoadUserClass::Person { WALKS_MS } else { min_speed_kmh / KMH };
        speed >= least
    })
}

fn meeting(met: &Encounter, newer: TrackId, older: TrackId) -> Meeting {
    let [newer_reached, older_reached] = met.reached;
    let (first, second, reached) = if met.newer_second {
        (older, newer, [older_reached, newer_reached])
    } else {
        (newer, older, [newer_reached, older_reached])
    };
    Meeting { first, second, pet_s: met.pet_s, at: met.at, reached }
}
