//! `near_miss`: two road users, one of them in a motor vehicle, that came to the place where their ways
//! cross shortly after one another. Rare ones are incidents, all below a larger time are counted.

use super::judge::Judge;
use super::meetings::{Acquainted, Meeting};
use super::watch::{Post, RoadUser, Watch};
use super::{About, Claim, Course, Evidence, Spot};
use crate::Reason;
use kerege_contract::RoadUserClass;
use kerege_contract::scene::NearMiss;

/// The judge of one rule.
#[derive(Debug)]
pub(crate) struct NearMissJudge {
    thresholds: NearMiss,
    met: Acquainted,
    told: Acquainted,
    counted: Vec<(RoadUserClass, f64)>,
}

impl NearMissJudge {
    pub(crate) fn new(thresholds: &NearMiss) -> Self {
        Self {
            thresholds: thresholds.clone(),
            met: Acquainted::default(),
            told: Acquainted::default(),
            counted: Vec::new(),
        }
    }
}

impl Judge for NearMissJudge {
    fn judge(&mut self, watch: &Watch<'_>, post: &Post<'_>, claims: &mut Vec<Claim>) {
        let NearMiss { max_pet_s, counted_pet_s, min_speed_kmh } = self.thresholds;
        for meeting in self.met.news(watch, post, |meeting| meeting.moves(min_speed_kmh, 0.0)) {
            if meeting.encounter.pet_s() < counted_pet_s && nearest(meeting, watch, post).is_some() {
                self.counted.push((meeting.parties[1].class, meeting.encounter.pet_s()));
            }
        }
        for meeting in self.told.news(watch, post, |meeting| meeting.is_surely_within(max_pet_s, min_speed_kmh)) {
            let Some(nearest) = nearest(meeting, watch, post) else { continue };
            let [first, second] = meeting.parties;
            let objects = here(meeting, watch).map(|user| user.object(watch.layout.frame, watch.now)).collect();
            let spot = nearest.journey.lane.map_or_else(Spot::default, Spot::lane);
            claims.push(Claim {
                // Who drives causes it, whoever else he meets.
                about: if second.class.is_motor_vehicle() {
                    About::Pair(second.id, first.id)
                } else {
                    About::Pair(first.id, second.id)
                },
                course: Course::Passes,
                over: Reason::Moved,
                evidence: Some(Box::new(Evidence { objects, signals: None })),
                ..Claim::of(post.number, spot, nearest.anchor, meeting.encounter.at)
            });
        }
    }

    fn near_misses(&mut self) -> Vec<(RoadUserClass, f64)> {
        std::mem::take(&mut self.counted)
    }

    fn window_s(&self) -> f64 {
        2.0
    }

    #[cfg(test)]
    fn is_idle(&self) -> bool {
        self.met.is_empty() && self.told.is_empty()
    }
}

/// Those who met, the second first, but for one who has left the picture.
fn here<'w>(meeting: &Meeting, watch: &Watch<'w>) -> impl Iterator<Item = &'w RoadUser<'w>> {
    let ([first, second], users) = (meeting.parties, watch.users);
    [second.id, first.id].into_iter().filter_map(move |id| users.iter().find(|user| user.id == id))
}

/// The one by whom the place is told, where the rule looks there.
fn nearest<'w>(meeting: &Meeting, watch: &Watch<'w>, post: &Post<'_>) -> Option<&'w RoadUser<'w>> {
    here(meeting, watch).next().filter(|user| is_watched(post, watch, user))
}

/// Whether it happened where the rule looks: everywhere, unless it names lanes or zones.
fn is_watched(post: &Post<'_>, watch: &Watch<'_>, user: &RoadUser<'_>) -> bool {
    let named = !post.rule.lanes.is_empty() || !post.rule.zones.is_empty();
    let in_lane = || user.journey.lane.is_some_and(|lane| post.scope.lanes[lane]);
    !named || in_lane() || post.zone_at(watch, user.anchor).is_some()
}
