//! `failure_to_yield`: a motor vehicle that passed a person on a crosswalk shortly before or after.

use super::judge::Judge;
use super::meetings::{Acquainted, Meeting};
use super::watch::{Post, RoadUser, Watch};
use super::{About, Claim, Course, Evidence, Spot};
use crate::Reason;
use kerege_contract::PixelPoint;
use kerege_contract::RoadUserClass::Person;
use kerege_contract::scene::FailureToYield;

/// The judge of one rule.
#[derive(Debug)]
pub(crate) struct FailureToYieldJudge {
    thresholds: FailureToYield,
    told: Acquainted,
}

impl FailureToYieldJudge {
    pub(crate) fn new(thresholds: &FailureToYield) -> Self {
        Self { thresholds: thresholds.clone(), told: Acquainted::default() }
    }
}

impl Judge for FailureToYieldJudge {
    fn judge(&mut self, watch: &Watch<'_>, post: &Post<'_>, claims: &mut Vec<Claim>) {
        let FailureToYield { max_pet_s, min_speed_kmh, .. } = self.thresholds;
        for meeting in self.told.news(watch, post, |meeting| meeting.is_surely_within(max_pet_s, min_speed_kmh)) {
            let [first, second] = meeting.parties;
            let [walker, driver] = if second.class == Person { [second, first] } else { [first, second] };
            if !driver.class.is_motor_vehicle() {
                continue;
            }
            let Some(zone) = crossing(meeting, watch).and_then(|place| post.zone_at(watch, place)) else { continue };
            // One of them may have left the picture.
            let find = |id| watch.users.iter().find(|user| user.id == id);
            let here: Vec<&RoadUser<'_>> = [driver.id, walker.id].into_iter().filter_map(find).collect();
            let Some(place) = here.first().map(|user| user.anchor) else { continue };
            let objects = here.iter().map(|user| user.object(watch.layout.frame, watch.now)).collect();
            claims.push(Claim {
                about: About::Pair(driver.id, walker.id),
                course: Course::Passes,
                over: Reason::Moved,
                evidence: Some(Box::new(Evidence { objects, signals: None })),
                ..Claim::of(post.number, Spot::zone(zone), place, meeting.encounter.at)
            });
        }
    }

    fn window_s(&self) -> f64 {
        6.0
    }

    #[cfg(test)]
    fn is_idle(&self) -> bool {
        self.told.is_empty()
    }
}

/// Where in the picture the two ways cross.
fn crossing(meeting: &Meeting, watch: &Watch<'_>) -> Option<PixelPoint> {
    watch.layout.plane.as_ref().map(|plane| plane.picture(meeting.encounter.place))
}
