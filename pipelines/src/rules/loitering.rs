//! `loitering`: a person stays in a zone.
//!
//! A stay outlasts the track: people are lost and found again all the time, so one who appears where
//! another was lost a moment ago is taken for the same. People who loiter together are one cause.

use super::groups::groups;
use super::judge::Judge;
use super::{Claim, Course, Post, RoadUser, Spot, Watch};
use crate::{Reason, TrackId};
use kerege_contract::scene::Loitering;
use kerege_contract::{PixelPoint, RoadUserClass};

/// One who is away from the zone, or unseen, for at most this long is still there, seconds.
const AWAY_S: f64 = 10.0;
/// The same person: within this many heights of where it was lost, and so many more for each second,
/// up to so many.
const SAME_PLACE: f64 = 0.7;
const WALKS: f64 = 0.8;
const FARTHEST: f64 = 3.0;
/// A track that ends so long after it was last in the zone was lost there; else it had left, seconds.
const LOST_S: f64 = 2.5;
/// People within this many heights of the one who seems smaller are together.
const TOGETHER: f64 = 2.0;

/// One person's stay in a zone.
#[derive(Debug, Clone, Copy)]
struct Stay {
    id: TrackId,
    zone: usize,
    since: f64,
    /// When it was last there, and where.
    last: f64,
    place: PixelPoint,
    /// When its track ended.
    ended: Option<f64>,
}

/// The judge of one rule.
#[derive(Debug)]
pub(crate) struct LoiteringJudge {
    thresholds: Loitering,
    stays: Vec<Stay>,
}

impl LoiteringJudge {
    pub(crate) fn new(thresholds: &Loitering) -> Self {
        Self { thresholds: thresholds.clone(), stays: Vec::new() }
    }

    /// Follows a person in a zone; since when it is there.
    fn stay(&mut self, watch: &Watch<'_>, user: &RoadUser<'_>, zone: usize) -> f64 {
        let lost = |stay: &Stay| stay.ended.is_some_and(|ended| ended - stay.last <= LOST_S);
        let reach = |stay: &Stay| (SAME_PLACE + WALKS * (watch.now - stay.last)).min(FARTHEST) * user.height;
        let same =
            |stay: &&mut Stay| stay.zone == zone && lost(stay) && stay.place.distance(user.anchor) <= reach(stay);
        let index = self.stays.iter().position(|stay| stay.id == user.id && stay.zone == zone);
        let known = match index {
            Some(index) => self.stays.get_mut(index),
            None => self.stays.iter_mut().find(same),
        };
        if let Some(stay) = known {
            (stay.id, stay.last, stay.place, stay.ended) = (user.id, watch.now, user.anchor, None);
            return stay.since;
        }
        self.stays.push(Stay { id: user.id, zone, since: watch.now, last: watch.now, place: user.anchor, ended: None });
        watch.now
    }
}

impl Judge for LoiteringJudge {
    fn judge(&mut self, watch: &Watch<'_>, post: &Post<'_>, claims: &mut Vec<Claim>) {
        let min_stay_s = self.thresholds.min_stay_s;
        self.stays.retain(|stay| {
            // Who was reported goes on when it comes back before that is over.
            let kept_s = if stay.last - stay.since >= min_stay_s { AWAY_S.max(min_stay_s / 2.0) } else { AWAY_S };
            watch.now - stay.last <= kept_s
        });
        for stay in &mut self.stays {
            if !watch.users.iter().any(|user| user.id == stay.id) {
                stay.ended.get_or_insert(watch.now);
            }
        }
        let mut here: Vec<(&RoadUser<'_>, usize, f64)> = Vec::new();
        let person = |user: &&RoadUser<'_>| user.track.class() == RoadUserClass::Person && user.track.is_seen();
        for user in post.users(watch).filter(person) {
            if let Some(zone) = post.zone_at(watch, user.anchor) {
                here.push((user, zone, self.stay(watch, user, zone)));
            }
        }
        here.retain(|(_, _, since)| watch.now - since >= min_stay_s);
        here.sort_by(|a, b| a.2.total_cmp(&b.2).then(a.0.id.cmp(&b.0.id)));
        let near = |a: usize, b: usize| {
            let ((a, zone, _), (b, other, _)) = (here[a], here[b]);
            zone == other && a.anchor.distance(b.anchor) <= TOGETHER * a.height.min(b.height)
        };
        for group in groups(here.len(), near) {
            let (user, zone, since) = here[group[0]];
            claims.push(Claim {
                members: group[1..].iter().map(|other| here[*other].0.id).collect(),
                reach: SAME_PLACE * user.height,
                clear_s: min_stay_s / 2.0,
                course: Course::Moves,
                over: Reason::Left,
                ..Claim::by(post.number, user, Spot::zone(zone), since)
            });
        }
    }

    #[cfg(test)]
    fn is_idle(&self) -> bool {
        self.stays.is_empty()
    }
}
