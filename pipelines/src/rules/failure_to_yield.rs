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
        for meeting in met.into_iter().filter(|meeting| meeting.is_surely_within(self.thresholds.max_pet_s)) {
            let vehicle_first = meeting.classes[1] == Person;
            let [person_id, vehicle_id] =
                if vehicle_first { [meeting.second, meeting.first] } else { [meeting.first, meeting.second] };
            let find = |id| watch.users.iter().find(|user| user.id == id);
            let Some(person) = find(person_id).filter(|user| user.track.class() == Person) else { continue };
            if !meeting.classes[usize::from(!vehicle_first)].is_motor_vehicle() {
                continue;
            }
            // Where the ways cross is where the person was then: that must be on the crosswalk.
            let reached = meeting.reached[usize::from(vehicle_first)];
            let Some(zone) = foot_at(person, reached).and_then(|foot| post.zone_at(watch, foot)) else { continue };
            // The vehicle may have left the picture.
            let (vehicle, frame) = (find(vehicle_id), watch.layout.frame);
            let objects = vehicle.into_iter().chain([person]).map(|user| user.object(frame, watch.now)).collect();
            let place = vehicle.unwrap_or(person).anchor;
            claims.push(Claim {
                about: About::Pair(vehicle_id, person_id),
                course: Course::Passes,
                over: Reason::Moved,
                evidence: Some(Box::new(Evidence { objects, signals: None })),
                ..Claim::of(post.number, Spot::zone(zone), place, meeting.at)
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
