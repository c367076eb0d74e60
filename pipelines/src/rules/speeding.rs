//! `speeding`: faster than the limit beyond doubt.
//!
//! The median of the speeds over a second, less its error, must be over the limit and the tolerance.
//! Where the ground plane does not hold, or a pixel is too coarse, there is no speed and no claim.
//! Who has just left a lane, for a junction, say, is still judged by it: the second measured began in it.
//! Each vehicle is one violation, however long it lasts.

use super::judge::Judge;
use super::{Claim, Course, Post, RoadUser, Spot, Watch};
use crate::{Reason, TrackId};
use kerege_contract::scene::Speeding;
use std::collections::BTreeMap;

/// Beyond doubt: so many errors (standard deviations) less are still too fast.
const SURE: f64 = 2.0;
/// What a detector gets wrong it gets wrong for a while, which no fit over a second shows: in 80 simulated camera-hours cars
/// at the limit were measured 8 and 9 km/h too fast, give or take 1.5.
const LEAST_ERR_KMH: f64 = 2.5;

/// The judge of one rule.
#[derive(Debug)]
pub(crate) struct SpeedingJudge {
    thresholds: Speeding,
    /// Since when those are too fast who were found to be.
    caught: BTreeMap<TrackId, f64>,
    /// In which of the rule's lanes somebody was last, and when.
    lanes: BTreeMap<TrackId, (usize, f64)>,
}

impl SpeedingJudge {
    pub(crate) fn new(thresholds: &Speeding) -> Self {
        Self { thresholds: thresholds.clone(), caught: BTreeMap::new(), lanes: BTreeMap::new() }
    }

    /// By which lane's limit a vehicle is judged: that in which it is, or until a moment ago was.
    fn lane_of(&mut self, watch: &Watch<'_>, post: &Post<'_>, user: &RoadUser<'_>) -> Option<usize> {
        let latest = match user.journey.lane {
            Some(lane) if post.has_lane(lane) => Some((lane, watch.now)),
            Some(_) => None,
            None => self.lanes.get(&user.id).copied().filter(|(_, at)| watch.now - at <= self.thresholds.min_s),
        };
        match latest {
            Some(latest) => self.lanes.insert(user.id, latest),
            None => self.lanes.remove(&user.id),
        };
        latest.map(|(lane, _)| lane)
    }

    /// Since when a vehicle is too fast, if it is.
    fn too_fast(&mut self, now: f64, user: &RoadUser<'_>) -> Option<f64> {
        let Speeding { limit_kmh, tolerance_kmh, min_s } = self.thresholds;
        let speed = user.journey.steady_speed(now, min_s)?;
        if let Some(since) = self.caught.get(&user.id) {
            return (speed.kmh > limit_kmh).then_some(*since);
        }
        let beyond_doubt = speed.kmh - SURE * speed.err_kmh.max(LEAST_ERR_KMH) > limit_kmh + tolerance_kmh;
        beyond_doubt.then(|| *self.caught.entry(user.id).or_insert(now - min_s))
    }
}

impl Judge for SpeedingJudge {
    fn judge(&mut self, watch: &Watch<'_>, post: &Post<'_>, claims: &mut Vec<Claim>) {
        let gone = |id: &TrackId| !watch.users.iter().any(|user| user.id == *id);
        self.caught.retain(|id, _| !gone(id));
        self.lanes.retain(|id, _| !gone(id));
        for user in post.users(watch).filter(|user| user.track.class().is_motor_vehicle()) {
            let Some(lane) = self.lane_of(watch, post, user) else { continue };
            if !user.track.is_seen() || !watch.is_clear(user) {
                continue;
            }
            let Some(since) = self.too_fast(watch.now, user) else { continue };
            claims.push(Claim {
                course: Course::Passes,
                over: Reason::Cleared,
                ..Claim::by(post.number, user, Spot::lane(lane), since)
            });
        }
    }

    #[cfg(test)]
    fn is_idle(&self) -> bool {
        self.caught.is_empty() && self.lanes.is_empty()
    }
}
