//! `near_miss`: two road users, one of them in a motor vehicle, that came to the place where their ways
//! cross shortly after one another. Rare ones are incidents, all below a larger time are counted.

use super::judge::Judge;
use super::meetings::Acquainted;
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
    counted: Vec<(RoadUserClass, f64)>,
}

impl NearMissJudge {
    pub(crate) fn new(thresholds: &NearMiss) -> Self {
        Self { thresholds: thresholds.clone(), met: Acquainted::default(), counted: Vec::new() }
    }
}

impl Judge for NearMissJudge {
    fn judge(&mut self, watch: &Watch<'_>, post: &Post<'_>, claims: &mut Vec<Claim>) {
        let min_speed_kmh = self.thresholds.min_speed_kmh;
        for meeting in self.met.news(watch, post, min_speed_kmh) {
            let [first, second] = meeting.parties;
            let find = |id| watch.users.iter().find(|user| user.id == id);
            // One of them may have left the picture.
            let here: Vec<&RoadUser<'_>> = [second.id, first.id].into_iter().filter_map(find).collect();
            let Some(nearest) = here.first().filter(|user| is_watched(post, watch, user)) else { continue };
            if meeting.encounter.pet_s < self.thresholds.counted_pet_s {
                self.counted.push((second.class, meeting.encounter.pet_s));
            }
            if meeting.is_surely_within(self.thresholds.max_pet_s, min_speed_kmh) {
                let objects = here.iter().map(|user| user.object(watch.layout.frame, watch.now)).collect();
                let spot = nearest.journey.lane.map_or_else(Spot::default, Spot::lane);
                claims.push(Claim {
                    about: About::Pair(second.id, first.id),
                    course: Course::Passes,
                    over: Reason::Moved,
                    evidence: Some(Box::new(Evidence { objects, signals: None })),
                    ..Claim::of(post.number, spot, nearest.anchor, meeting.encounter.at)
                });
            }
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
        self.met.is_empty()
    }
}

/// Whether it happened where the rule looks: everywhere, unless it names lanes or zones.
fn is_watched(post: &Post<'_>, watch: &Watch<'_>, user: &RoadUser<'_>) -> bool {
    let named = !post.rule.lanes.is_empty() || !post.rule.zones.is_empty();
    let in_lane = || user.journey.lane.is_some_and(|lane| post.scope.lanes[lane]);
    !named || in_lane() || post.zone_at(watch, user.anchor).is_some()
}
