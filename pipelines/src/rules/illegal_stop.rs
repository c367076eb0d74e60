//! `illegal_stop`: a vehicle that stays where stopping is forbidden.
//!
//! A stay begins when a vehicle comes to stand in the zone and ends when it is seen to drive off. It
//! outlasts the track: one that is hidden for longer than a track is remembered, or that the detector
//! loses for a while, is taken up by a vehicle of the same size that stands in the same place. Who
//! stands in a row that waits before a stop line does not stay, it queues.

use super::judge::Judge;
use super::standing::{Still, one_row, sort_rows};
use super::{About, Claim, LaneUser, Post, RoadUser, Spot, Watch};
use crate::{Reason, TrackId};
use kerege_contract::scene::IllegalStop;
use std::collections::{BTreeMap, BTreeSet};

/// How long a stay outlasts its track in the open, and at most while something hides the spot, seconds.
const LOST_S: f64 = 10.0;
const HIDDEN_S: f64 = 60.0;
/// The same vehicle: within this many box widths, and of a size within these ratios.
const SAME_PLACE: f64 = 0.5;
const SAME_SIZE: [f64; 2] = [0.7, 1.4];
/// Who stands so soon after the watch began was there before, seconds.
const ARRIVED_S: f64 = 2.0;

/// One vehicle's stay in the zone.
#[derive(Debug, Clone, Copy)]
struct Stay {
    zone: usize,
    /// Since when it stays there without queueing.
    since: f64,
    still: Still,
    width: f64,
    height: f64,
    /// When its track ended, if it has, and when the spot was last hidden since.
    gone: Option<f64>,
    hidden: f64,
    /// Whether the incident may be known under another track: it was taken up, or stood there already
    /// when the watch began. Anybody else on the spot is another stay.
    known: bool,
}

/// The judge of one rule.
#[derive(Debug)]
pub(crate) struct IllegalStopJudge {
    thresholds: IllegalStop,
    still: BTreeMap<TrackId, Still>,
    stays: BTreeMap<TrackId, Stay>,
    /// When the watch began, pipeline seconds.
    begun: Option<f64>,
}

impl IllegalStopJudge {
    pub(crate) fn new(thresholds: &IllegalStop) -> Self {
        Self { thresholds: thresholds.clone(), still: BTreeMap::new(), stays: BTreeMap::new(), begun: None }
    }

    /// Looks at who stands, and forgets who has gone.
    fn look(&mut self, watch: &Watch<'_>, vehicles: &[&RoadUser<'_>]) {
        let here = |id: &TrackId| vehicles.iter().any(|user| user.id == *id);
        self.still.retain(|id, _| here(id));
        for (_, stay) in self.stays.iter_mut().filter(|(id, _)| !here(id)) {
            if stay.gone.is_none() || hides(vehicles, stay) {
                stay.hidden = watch.now;
            }
            stay.gone.get_or_insert(watch.now);
        }
        let now = watch.now;
        self.stays.retain(|_, stay| stay.gone.is_none_or(|gone| now - stay.hidden <= LOST_S && now - gone <= HIDDEN_S));
        for user in vehicles {
            match Still::look(self.still.get(&user.id).copied(), user, &self.thresholds.standstill) {
                Some(still) => {
                    self.still.insert(user.id, still);
                }
                None => {
                    self.still.remove(&user.id);
                    self.stays.remove(&user.id);
                }
            }
        }
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
        let former = || {
            let same = |stay: &Stay| {
                let ratio = [user.width / stay.width, user.height / stay.height];
                stay.gone.is_some()
                    && stay.zone == zone
                    && stay.still.place.distance(still.place) <= SAME_PLACE * stay.width
                    && ratio.iter().all(|ratio| (SAME_SIZE[0]..=SAME_SIZE[1]).contains(ratio))
            };
            self.stays.iter().find(|(_, stay)| same(stay)).map(|(id, stay)| (*id, *stay))
        };
        let stay = match self.stays.get(&user.id) {
            Some(stay) => *stay,
            None => match former() {
                Some((id, stay)) => {
                    self.stays.remove(&id);
                    Stay { gone: None, known: true, ..stay }
                }
                None => Stay {
                    zone,
                    since: still.since.min(watch.now),
                    still,
                    width: user.width,
                    height: user.height,
                    gone: None,
                    hidden: watch.now,
                    known: self.begun.is_some_and(|begun| still.since - begun < ARRIVED_S),
                },
            },
        };
        let entry = self.stays.entry(user.id).or_insert(stay);
        (entry.still.seen, entry.gone) = (still.seen, None);
        entry
    }
}

impl IllegalStopJudge {
    fn claim(&self, rule: usize, about: About, stay: &Stay) -> Claim {
        Claim {
            about,
            reach: if stay.known { SAME_PLACE * stay.width } else { -1.0 },
            confirm_s: self.thresholds.max_stay_s,
            clear_s: LOST_S,
            over: Reason::Moved,
            ..Claim::of(rule, Spot::zone(stay.zone), stay.still.place, stay.since)
        }
    }
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
            let Some(zone) = known.or_else(|| post.zone_at(watch, still.place)) else { continue };
            let stay = self.stay(watch, user, still, zone);
            if queueing.contains(&user.id) {
                stay.since = watch.now;
                continue;
            }
            let stay = *stay;
            claims.push(self.claim(post.number, About::One(user.id), &stay));
        }
        let hidden = self.stays.iter().filter(|(_, stay)| stay.gone.is_some() && stay.hidden >= watch.now);
        claims.extend(hidden.map(|(id, stay)| self.claim(post.number, About::One(*id), stay)));
    }

    fn window_s(&self) -> f64 {
        self.thresholds.standstill.window_s
    }

    #[cfg(test)]
    fn is_idle(&self) -> bool {
        self.still.is_empty() && self.stays.is_empty()
    }
}
