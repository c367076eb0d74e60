//! `crash_suspected`: vehicles that stopped harder than anybody brakes, and stay where they are.
//!
//! Either two of them that touched and both stand, or one alone that was turned by what stopped it. Each
//! for itself is ordinary: hard braking ends without a touch, and cars stand close to each other in every
//! queue. A crash is suspected until a person looks; it ends when those that took part have left.

use super::judge::Judge;
use super::watch::{Post, RoadUser, Watch};
use super::{About, Claim, Spot};
use crate::ground::{Contact, Footprint, GroundPlane, Motion, dot, hardest_braking, sure, unit};
use crate::{Reason, TrackId};
use kerege_contract::scene::CrashSuspected;
use kerege_contract::{PixelPoint, RoadUserClass};
use std::collections::{BTreeMap, VecDeque};

/// Over how long standing is measured, seconds, and slower than what it is standing, m/s. It goes again
/// when it is twice as fast.
const WINDOW_S: f64 = 1.0;
const STANDS_MS: f64 = 0.8;
const RELEASE: f64 = 2.0;
/// How long before it came to stand a vehicle may have been stopped hard, seconds.
const BEFORE_S: f64 = 3.5;
/// Two that touch are at most this far apart by what is known of their sizes, metres.
const TOUCH_M: f64 = 0.5;
/// How long outlines are remembered, seconds.
const KEPT_S: f64 = 6.0;
/// A box that changes its shape by more than this was turned.
const RESHAPED: f64 = 1.4;
/// It was going somewhere when it was stopped, m/s.
const DROVE_MS: f64 = 4.0;

/// The judge of one rule.
#[derive(Debug)]
pub(crate) struct CrashJudge {
    thresholds: CrashSuspected,
    vehicles: BTreeMap<TrackId, Vehicle>,
}

/// What is remembered of one vehicle.
#[derive(Debug, Default)]
struct Vehicle {
    heading: Option<PixelPoint>,
    /// Its outlines of the last seconds, with the shape of its box (width over height).
    outlines: VecDeque<(f64, Footprint, f64)>,
    stands_since: Option<f64>,
    hit: Option<Hit>,
}

/// It was stopped harder than anybody brakes.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Hit {
    at: f64,
    turned: bool,
    /// Who else was hit.
    other: Option<TrackId>,
    /// What was claimed of it, once it was: it holds as long as the vehicle stands.
    claimed: Option<About>,
}

impl CrashJudge {
    pub(crate) fn new(thresholds: &CrashSuspected) -> Self {
        Self { thresholds: thresholds.clone(), vehicles: BTreeMap::new() }
    }

    fn follow(&mut self, user: &RoadUser<'_>, plane: &GroundPlane) {
        let vehicle = self.vehicles.entry(user.id).or_default();
        let now = user.track.last_seen;
        let Some(drift) = user.track.history.drift(WINDOW_S) else { return };
        let Some(metres) = drift.metres else { return };
        let velocity = PixelPoint::new(metres.x / drift.seconds, metres.y / drift.seconds);
        let speed = velocity.distance(PixelPoint::default());
        if speed > RELEASE * STANDS_MS {
            vehicle.heading = unit(velocity);
        }
        vehicle.note_outline(user, plane, now);
        match vehicle.stands_since {
            Some(_) if speed >= RELEASE * STANDS_MS => (vehicle.stands_since, vehicle.hit) = (None, None),
            None if speed < STANDS_MS => {
                vehicle.stands_since = Some(drift.since);
                vehicle.hit = vehicle.look_back(user, drift.since, now, &self.thresholds);
            }
            _ => {}
        }
    }

    /// Finds for those that were hit whom they touched.
    fn pair(&mut self) {
        let hit: Vec<(TrackId, f64)> =
            self.vehicles.iter().filter_map(|(id, vehicle)| Some((*id, vehicle.hit?.at))).collect();
        for (id, at) in hit {
            let Some(vehicle) =
                self.vehicles.get(&id).filter(|vehicle| vehicle.hit.is_some_and(|hit| hit.other.is_none()))
            else {
                continue;
            };
            let touched = self.vehicles.iter().filter(|(other, _)| **other != id);
            let touched = touched.filter(|(_, other)| other.stands_since.is_some() && vehicle.touched(other, at));
            let other = touched.map(|(other, _)| *other).next();
            if let Some(hit) = self.vehicles.get_mut(&id).and_then(|vehicle| vehicle.hit.as_mut()) {
                hit.other = other;
            }
        }
    }

    fn stands(&self, id: TrackId, now: f64) -> bool {
        let since = self.vehicles.get(&id).and_then(|vehicle| vehicle.stands_since);
        since.is_some_and(|since| now - since >= self.thresholds.stand_s)
    }
}

impl Vehicle {
    fn note_outline(&mut self, user: &RoadUser<'_>, plane: &GroundPlane, now: f64) {
        while self.outlines.front().is_some_and(|oldest| now - oldest.0 > KEPT_S) {
            self.outlines.pop_front();
        }
        let (Some(heading), Some(fix)) = (self.heading, user.track.history.last()) else { return };
        let contact = Contact { anchor: fix.anchor, width: user.width, height: user.height };
        if let Some(outline) = Footprint::of(&contact, heading, user.track.class(), plane) {
            self.outlines.push_back((now, outline, fix.width / fix.height.max(1.0)));
        }
    }

    /// Whether it was stopped harder than anybody brakes before it came to stand.
    fn look_back(&self, user: &RoadUser<'_>, since: f64, now: f64, thresholds: &CrashSuspected) -> Option<Hit> {
        let history = &user.track.history;
        let braking = hardest_braking(history, since - BEFORE_S, now)?;
        let before = braking.before.distance(PixelPoint::default());
        if sure(&braking) <= thresholds.min_decel || before < DROVE_MS {
            return None;
        }
        let place = history.last()?.road?;
        let came = Motion::over(history, braking.at - 1.0, braking.at)?;
        let slid = PixelPoint::new(place.x - came.place.x, place.y - came.place.y);
        let turn_deg = angle_deg(slid, came.velocity).filter(|_| slid.distance(PixelPoint::default()) > 2.0);
        let turned = turn_deg.is_some_and(|turn| turn >= thresholds.min_turn_deg) || self.reshaped(braking.at);
        Some(Hit { at: braking.at, turned, other: None, claimed: None })
    }

    /// Whether its box has another shape than before.
    fn reshaped(&self, at: f64) -> bool {
        let shape = |from: f64, to: f64| {
            let within = self.outlines.iter().filter(|(t, _, _)| (from..=to).contains(t)).map(|outline| outline.2);
            let mut shapes: Vec<f64> = within.collect();
            shapes.sort_by(f64::total_cmp);
            shapes.get(shapes.len() / 2).copied()
        };
        let newest = self.outlines.back().map_or(at, |newest| newest.0);
        match (shape(at - 1.5, at - 0.3), shape(newest - 0.7, newest)) {
            (Some(before), Some(after)) => (before / after).max(after / before) >= RESHAPED,
            _ => false,
        }
    }

    /// Whether two touched when one of them was hit, or as they stand.
    fn touched(&self, other: &Self, at: f64) -> bool {
        // One that stands is where it was, though what hit it may hide it.
        let near = |t: f64| {
            let stands = other.stands_since.is_some_and(|since| since <= t);
            let off = |outline: &&(f64, Footprint, f64)| (outline.0 - t).abs();
            let nearest = other.outlines.iter().min_by(|a, b| off(a).total_cmp(&off(b)))?;
            (stands || off(&nearest) <= 0.5).then_some(nearest.1)
        };
        let moments = self.outlines.iter().filter(|outline| outline.0 >= at - 0.5);
        moments
            .map(|(t, outline, _)| (outline, near(*t)))
            .any(|(mine, theirs)| theirs.is_some_and(|theirs| mine.overlaps(&theirs, TOUCH_M)))
    }
}

impl Judge for CrashJudge {
    fn judge(&mut self, watch: &Watch<'_>, post: &Post<'_>, claims: &mut Vec<Claim>) {
        self.vehicles.retain(|id, _| watch.users.iter().any(|user| user.id == *id));
        let Some(plane) = &watch.layout.plane else { return };
        let drives = |user: &&RoadUser<'_>| user.track.class() != RoadUserClass::Person && user.track.is_seen();
        for user in post.users(watch).filter(drives) {
            self.follow(user, plane);
        }
        self.pair();
        let named = !post.rule.lanes.is_empty() || !post.rule.zones.is_empty();
        for user in post.users(watch) {
            let Some(hit) = self.vehicles.get(&user.id).and_then(|vehicle| vehicle.hit) else { continue };
            let in_lane = || user.journey.lane.is_some_and(|lane| post.scope.lanes[lane]);
            if !self.stands(user.id, watch.now) || (named && !in_lane() && post.zone_at(watch, user.anchor).is_none()) {
                continue;
            }
            let other = hit.other.filter(|other| self.stands(*other, watch.now));
            let about = hit.claimed.or_else(|| match other {
                Some(other) => Some(About::Pair(user.id, other)),
                None => hit.turned.then_some(About::One(user.id)),
            });
            let Some(about) = about else { continue };
            if let Some(hit) = self.vehicles.get_mut(&user.id).and_then(|vehicle| vehicle.hit.as_mut()) {
                hit.claimed = Some(about);
            }
            let spot = user.journey.lane.map_or_else(Spot::default, Spot::lane);
            claims.push(Claim {
                about,
                reach: 1.5 * user.size(),
                over: Reason::Moved,
                ..Claim::of(post.number, spot, user.anchor, hit.at)
            });
        }
    }

    fn window_s(&self) -> f64 {
        BEFORE_S + WINDOW_S + 1.5
    }

    #[cfg(test)]
    fn is_idle(&self) -> bool {
        self.vehicles.is_empty()
    }
}

/// The angle between two vectors, degrees; none when one has no length.
fn angle_deg(a: PixelPoint, b: PixelPoint) -> Option<f64> {
    Some(dot(unit(a)?, unit(b)?).clamp(-1.0, 1.0).acos().to_degrees())
}
