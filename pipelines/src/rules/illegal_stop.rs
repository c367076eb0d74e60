//! `illegal_stop`: a vehicle that stays where stopping is forbidden.
//!
//! A stay begins when a vehicle comes to stand in the zone and ends when it is seen to drive off. It
//! outlasts the track: one that is hidden for longer than a track is remembered, that the detector
//! loses for a while, or whose track another takes along that passes before it, is taken up by a
//! vehicle of the same size that appears in the same place, and was not seen elsewhere before. Who
//! stands in a row that waits before a stop line does not stay, it queues; and what is seen now and
//! then only is no vehicle.

use super::judge::Judge;
use super::standing::{Presence, Still, came, one_row, sort_rows};
use super::{About, Claim, Evidence, LaneUser, Post, RoadUser, Spot, Watch};
use crate::count::raised;
use crate::ground::Motion;
use crate::{Reason, TrackId};
use kerege_contract::event::EventObject;
use kerege_contract::scene::IllegalStop;
use std::collections::{BTreeMap, BTreeSet};

/// How long a stay outlasts its track in the open, and at most while something hides the spot, seconds.
const LOST_S: f64 = 10.0;
const HIDDEN_S: f64 = 60.0;
/// The same vehicle: within this many box widths, and of a size within these ratios.
const SAME_PLACE: f64 = 0.5;
const SAME_SIZE: [f64; 2] = [0.7, 1.4];
/// Who was seen so long before the other was last seen is not the same; a track that leapt no longer before it
/// was off was taken along, seconds.
const APPEARS_S: f64 = 2.0;
/// How fast one leaves is measured over this time, seconds; and who crawls on is slower than this, m/s.
const LEAVES_S: f64 = 0.8;
const LEAVES_M_PER_S: f64 = 2.0;
/// Who stands so soon after the watch began was there before, seconds.
const ARRIVED_S: f64 = 2.0;

/// One vehicle's stay in the zone.
#[derive(Debug, Clone)]
struct Stay {
    track: TrackId,
    zone: usize,
    /// Since when it stays there without queueing.
    since: f64,
    still: Still,
    width: f64,
    height: f64,
    presence: Presence,
    /// As it was last seen, and whether that was sure.
    object: EventObject,
    is_sure: bool,
    /// Whether it surely stood there: of a row that crawls past the spot nobody stays, whoever takes whose place.
    rested: bool,
    /// When the spot was last hidden, and whether its track ended or went elsewhere; for those that are gone.
    gone_at: f64,
    hidden: f64,
    went: Went,
    /// Whether the incident may be known under another track: it was taken up, or stood there already
    /// when the watch began. Anybody else on the spot is another stay.
    known: bool,
}

/// What became of a track that stood there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Went {
    /// It is no longer known.
    Lost,
    /// It is somewhere else.
    Off,
}

/// The judge of one rule.
#[derive(Debug)]
pub(crate) struct IllegalStopJudge {
    thresholds: IllegalStop,
    still: BTreeMap<TrackId, Still>,
    stays: BTreeMap<TrackId, Stay>,
    /// Those whose track ended or went elsewhere of late.
    gone: Vec<Stay>,
    /// When the watch began, pipeline seconds.
    begun: Option<f64>,
}

impl IllegalStopJudge {
    pub(crate) fn new(thresholds: &IllegalStop) -> Self {
        Self {
            thresholds: thresholds.clone(),
            still: BTreeMap::new(),
            stays: BTreeMap::new(),
            gone: Vec::new(),
            begun: None,
        }
    }

    /// Looks at who stands, and forgets who has been gone for long.
    fn look(&mut self, watch: &Watch<'_>, vehicles: &[&RoadUser<'_>]) {
        let here = |id: &TrackId| vehicles.iter().any(|user| user.id == *id);
        self.still.retain(|id, _| here(id));
        let lost = self.stays.extract_if(.., |id, _| !here(id)).map(|(_, stay)| stay.leave(Went::Lost, watch.now));
        self.gone.extend(lost);
        for user in vehicles {
            let known = self.still.get(&user.id).copied();
            match Still::look(known, user, &self.thresholds.standstill, watch) {
                Some(still) => {
                    self.still.insert(user.id, still);
                }
                None => {
                    self.still.remove(&user.id);
                    self.gone.extend(self.stays.remove(&user.id).map(|stay| stay.leave(Went::Off, watch.now)));
                }
            }
        }
        for stay in &mut self.gone {
            if hides(vehicles, stay) {
                stay.hidden = watch.now;
            }
        }
        self.gone.retain(|stay| watch.now - stay.hidden <= LOST_S && watch.now - stay.gone_at <= HIDDEN_S);
    }

    /// The standing vehicles that wait in a row before a stop line.
    fn queueing(&self, watch: &Watch<'_>, vehicles: &[&RoadUser<'_>]) -> BTreeSet<TrackId> {
        let stands = vehicles.iter().filter(|user| self.still.contains_key(&user.id));
        let mut stands: Vec<LaneUser<'_>> = stands
            .filter_map(|user| {
                let lane = user.journey.lane?;
                Some(LaneUser { user: **user, lane, on: watch.layout.lanes[lane].locate(user.anchor) })
            })
            .collect();
        sort_rows(&mut stands);
        let rows = stands.chunk_by(one_row).filter(|row| watch.layout.waits(row[0].lane, row[0].user.anchor));
        rows.flatten().map(|one| one.user.id).collect()
    }

    /// Takes up or begins the stay of a vehicle that stands in a zone.
    fn stay(&mut self, watch: &Watch<'_>, user: &RoadUser<'_>, still: Still, zone: usize) -> &mut Stay {
        let former = self.gone.iter().position(|stay| stay.is_resumed(watch, user, still, zone));
        let former = former.filter(|_| !self.stays.contains_key(&user.id)).map(|index| self.gone.swap_remove(index));
        let limits = &self.thresholds.standstill;
        let before = self.begun.is_some_and(|begun| still.since - begun < ARRIVED_S);
        let entry = self.stays.entry(user.id).or_insert_with(|| match former {
            Some(stay) => {
                Stay { track: user.id, known: true, rested: true, presence: stay.presence.resumed(watch.now), ..stay }
            }
            None => Stay {
                track: user.id,
                zone,
                since: still.since.min(watch.now),
                still,
                width: user.width,
                height: user.height,
                presence: Presence::new(before, watch.now),
                object: user.object(watch.layout.frame, watch.now),
                is_sure: false,
                rested: false,
                gone_at: watch.now,
                hidden: watch.now,
                went: Went::Lost,
                known: before,
            },
        });
        entry.still.seen = still.seen;
        entry.presence.note(watch, user);
        if user.track.is_seen() {
            let rests = entry.presence.rests(limits, user.width);
            entry.rested |= rests;
            entry.is_sure = rests && entry.presence.is_sure(user) && entry.presence.is_placed();
            entry.object = user.object(watch.layout.frame, watch.now);
        }
        entry
    }
}

impl Stay {
    /// Its track is gone.
    fn leave(self, went: Went, now: f64) -> Self {
        Self { gone_at: now, hidden: now, went, ..self }
    }

    /// Whether a vehicle that stands is it.
    fn is_resumed(&self, watch: &Watch<'_>, user: &RoadUser<'_>, still: Still, zone: usize) -> bool {
        let off = watch.users.iter().find(|other| self.went == Went::Off && other.id == self.track);
        let ratio = [user.width / self.width, user.height / self.height];
        self.zone == zone
            && self.rested
            && user.track.unbroken_since >= self.still.seen - APPEARS_S
            && !came(watch, user)
            && off.is_none_or(|off| is_taken(off, self, watch.now))
            && self.still.is_at(&still, SAME_PLACE * self.width)
            && ratio.iter().all(|ratio| (SAME_SIZE[0]..=SAME_SIZE[1]).contains(ratio))
    }
}

impl IllegalStopJudge {
    fn claim(&self, rule: usize, stay: &Stay) -> Claim {
        Claim {
            about: About::One(stay.track),
            evidence: Some(Box::new(Evidence { objects: vec![stay.object.clone()], signals: None })),
            reach: if stay.known { SAME_PLACE * stay.width } else { -1.0 },
            confirm_s: self.thresholds.max_stay_s,
            clear_s: LOST_S,
            over: Reason::Moved,
            ..Claim::of(rule, Spot::zone(stay.zone), stay.still.place, stay.since)
        }
    }
}

/// Whether a track that stood and moves now was taken along by one who passes: it leapt, or is away faster than who
/// pulls out. Else it has surely driven off.
fn is_taken(user: &RoadUser<'_>, stay: &Stay, now: f64) -> bool {
    let motion = Motion::over(&user.track.history, now - LEAVES_S, now);
    user.track.unbroken_since >= stay.still.seen - APPEARS_S
        || motion.is_some_and(|motion| motion.speed() - motion.error > LEAVES_M_PER_S)
}

/// Whether a vehicle is before the spot on which another was lost.
fn hides(vehicles: &[&RoadUser<'_>], stay: &Stay) -> bool {
    let (x, y) = (stay.still.place.x, stay.still.place.y - 0.5 * stay.height);
    vehicles.iter().map(|user| user.track.seen_box).any(|b| b.x1 < x && x < b.x2 && b.y1 < y && y < b.y2)
}

impl Judge for IllegalStopJudge {
    fn judge(&mut self, watch: &Watch<'_>, post: &Post<'_>, claims: &mut Vec<Claim>) {
        let vehicles: Vec<&RoadUser<'_>> =
            post.users(watch).filter(|user| user.track.class().is_motor_vehicle()).collect();
        self.begun.get_or_insert(watch.now);
        self.look(watch, &vehicles);
        let queueing = self.queueing(watch, &vehicles);
        for user in vehicles {
            let Some(still) = self.still.get(&user.id).copied() else { continue };
            // A stay does not end because the box shakes over the zone's edge.
            let known = self.stays.get(&user.id).map(|stay| stay.zone);
            let foot = || raised(still.bbox, user.track.class());
            let Some(zone) = known.or_else(|| post.zone_at(watch, foot())) else { continue };
            let stay = self.stay(watch, user, still, zone);
            if queueing.contains(&user.id) {
                stay.since = watch.now;
                continue;
            }
            if stay.is_sure {
                let stay = stay.clone();
                claims.push(self.claim(post.number, &stay));
            }
        }
        let hidden = |stay: &&Stay| stay.went == Went::Lost && stay.is_sure && stay.hidden >= watch.now;
        claims.extend(self.gone.iter().filter(hidden).map(|stay| self.claim(post.number, stay)));
    }

    fn window_s(&self) -> f64 {
        self.thresholds.standstill.window_s
    }

    #[cfg(test)]
    fn is_idle(&self) -> bool {
        self.still.is_empty() && self.stays.is_empty() && self.gone.is_empty()
    }
}
