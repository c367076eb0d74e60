//! `failure_to_yield`: a motor vehicle that passed a person on a crosswalk shortly before or after.

use super::judge::Judge;
use super::meetings::Meetings;
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
    meetings: Meetings,
}

impl FailureToYieldJudge {
    pub(crate) fn new(thresholds: &FailureToYield) -> Self {
        Self { thresholds: thresholds.clone(), meetings: Meetings::default() }
    }
}

impl Judge for FailureToYieldJudge {
    fn judge(&mut self, watch: &Watch<'_>, post: &Post<'_>, claims: &mut Vec<Claim>) {
        let met = self.meetings.follow(watch, post.users(watch), self.thresholds.min_speed_kmh);
        for meeting in met.into_iter().filter(|meeting| meeting.pet_s < self.thresholds.max_pet_s) {
            let find = |id| watch.users.iter().find(|user| user.id == id);
            let (Some(first), Some(second)) = (find(meeting.first), find(meeting.second)) else { continue };
            let [vehicle, person] = if first.track.class() == Person { [second, first] } else { [first, second] };
            if person.track.class() != Person || !vehicle.track.class().is_motor_vehicle() {
                continue;
            }
            let reached = if person.id == meeting.first { meeting.reached[0] } else { meeting.reached[1] };
            // Where the ways cross is where the person was then: that must be on the crosswalk.
            let Some(zone) = foot_at(person, reached).and_then(|foot| post.zone_at(watch, foot)) else { continue };
            let objects = [vehicle, person].map(|user| user.object(watch.layout.frame, watch.now)).to_vec();
            claims.push(Claim {
                about: About::Pair(vehicle.id, person.id),
                course: Course::Passes,
                over: Reason::Moved,
                evidence: Some(Box::new(Evidence { objects, signals: None })),
                ..Claim::of(post.number, Spot::zone(zone), vehicle.anchor, meeting.at)
            });
        }
    }

    fn window_s(&self) -> f64 {
        6.0
    }

    #[cfg(test)]
    fn is_idle(&self) -> bool {
        self.meetings.is_empty()
    }
}

/// Where a road user's contact point was nearest to a time.
fn foot_at(user: &RoadUser<'_>, at: f64) -> Option<PixelPoint> {
    let off = |fix: &&crate::track::Fix| (fix.at - at).abs();
    user.track.history.iter().min_by(|a, b| off(a).total_cmp(&off(b))).map(|fix| fix.anchor)
}
