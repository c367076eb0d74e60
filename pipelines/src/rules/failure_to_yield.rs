//! `failure_to_yield`: a motor vehicle that passed a person on a crosswalk shortly before or after.

use super::judge::Judge;
use super::meetings::{Acquainted, Meeting, Party};
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
        let zone = |meeting: &Meeting| crossing(meeting, watch).and_then(|place| post.zone_at(watch, place));
        let fails = |meeting: &Meeting| {
            meeting.is_surely_within(max_pet_s, min_speed_kmh) && parties(meeting).is_some() && zone(meeting).is_some()
        };
        for meeting in self.told.news(watch, post, fails) {
            let (Some([driver, walker]), Some(zone)) = (parties(meeting), zone(meeting)) else { continue };
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

/// Who drives and who walks; none where that is not who met.
fn parties(meeting: &Meeting) -> Option<[Party; 2]> {
    let [a, b] = meeting.parties;
    let drives_past = |[driver, walker]: &[Party; 2]| driver.class.is_motor_vehicle() && walker.class == Person;
    [[a, b], [b, a]].into_iter().find(drives_past)
}

/// Where in the picture the two ways cross.
fn crossing(meeting: &Meeting, watch: &Watch<'_>) -> Option<PixelPoint> {
    watch.layout.plane.as_ref().map(|plane| plane.picture(meeting.encounter.place))
}
