//! `speeding`: faster than the limit beyond doubt.
//!
//! The median of the speeds over a second, less its error, must be over the limit and the tolerance.
//! Where the ground plane does not hold, or a pixel is too coarse, there is no speed and no claim.
//! Each vehicle is one violation, however long it lasts.

use super::judge::Judge;
use super::{Claim, Course, LaneUser, Post, Spot, Watch};
use crate::{Reason, TrackId};
use kerege_contract::scene::Speeding;
use std::collections::BTreeMap;

/// Beyond doubt: so many errors (standard deviations) less are still too fast.
const SURE: f64 = 2.0;

/// The judge of one rule.
#[derive(Debug)]
pub(crate) struct SpeedingJudge {
    thresholds: Speeding,
    /// Since when those are too fast who were found to be.
    caught: BTreeMap<TrackId, f64>,
}

impl SpeedingJudge {
    pub(crate) fn new(thresholds: &Speeding) -> Self {
        Self { thresholds: thresholds.clone(), caught: BTreeMap::new() }
    }

    /// Since when a vehicle is too fast, if it is.
    fn too_fast(&mut self, now: f64, one: &LaneUser<'_>) -> Option<f64> {
        let Speeding { limit_kmh, tolerance_kmh, min_s } = self.thresholds;
        let speed = one.user.journey.steady_speed(now, min_s)?;
        if let Some(since) = self.caught.get(&one.user.id) {
            return (speed.kmh > limit_kmh).then_some(*since);
        }
        let beyond_doubt = speed.kmh - SURE * speed.err_kmh > limit_kmh + tolerance_kmh;
        beyond_doubt.then(|| *self.caught.entry(one.user.id).or_insert(now - min_s))
    }
}

impl Judge for SpeedingJudge {
    fn judge(&mut self, watch: &Watch<'_>, post: &Post<'_>, claims: &mut Vec<Claim>) {
        self.caught.retain(|id, _| watch.users.iter().any(|user| user.id == *id));
        let driven = |one: &LaneUser<'_>| one.user.track.class().is_motor_vehicle() && one.user.track.is_seen();
        for one in post.in_lanes(watch).filter(driven).filter(|one| watch.is_clear(&one.user)) {
            let Some(since) = self.too_fast(watch.now, &one) else { continue };
            claims.push(Claim {
                course: Course::Passes,
                over: Reason::Cleared,
                ..Claim::by(post.number, &one.user, Spot::lane(one.lane), since)
            });
        }
    }

    #[cfg(test)]
    fn is_idle(&self) -> bool {
        self.caught.is_empty()
    }
}
