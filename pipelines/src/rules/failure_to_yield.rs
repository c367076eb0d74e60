//! `failure_to_yield`: a motor vehicle that passed a person on a crosswalk shortly before or after.

use super::judge::Judge;
use super::meetings::Acquainted;
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
    met: Acquainted,
}

impl FailureToYieldJudge {
    pub(crate) fn new(thresholds: &FailureToYield) -> Self {
        Self { thresholds: thresholds.clone(), met: Acquainted::default() }
    }
}

impl Judge for FailureToYieldJudge {
    fn judge(&mut self, watch: &Watch<'_>, post: &Post<'_>, claims: &mut Vec<Claim>) {
        let FailureToYield { max_pet_s, min_speed_kmh, .. } = self.thresholds;
        let met = self.met.news(watch, post, min_speed_kmh);
        for meeting in met.into_iter().filter(|meeting| meeting.is_surely_within(max_pet_s, min_speed_kmh)) {
            let [first, second] = meeting.parties;
            let [walker, driver] = if second.class == Person { [second, first] } else { [first, second] };
            if !driver.class.is_motor_vehicle() {
                continue;
            }
            let find = |id| watch.users.iter().find(|user| user.id == id);
            let Some(person) = find(walker.id).filter(|user| user.track.class() == Person) else { continue };
            // Where the ways cross is where the person was then: that must be on the crosswalk.
            let foot = foot_at(person, walker.reached);
            let Some(zone) = foot.and_then(|foot| post.zone_at(watch, foot)) else { continue };
            // The vehicle may have left the picture.
            let (vehicle, frame) = (find(driver.id), watch.layout.frame);
            let objects = vehicle.into_iter().chain([person]).map(|user| user.object(frame, watch.now)).collect();
            let place = vehicle.unwrap_or(person).anchor;
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
        self.met.is_empty()
    }
}

/// Where a road user's contact point was nearest to a time.
fn foot_at(user: &RoadUser<'_>, at: f64) -> Option<PixelPoint> {
    let off = |fix: &&crate::track::Fix| (fix.at - at).abs();
    user.track.history.iter().min_by(|a, b| off(a).total_cmp(&off(b))).map(|fix| fix.anchor)
}
