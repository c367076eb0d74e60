//! `illegal_turn`: a road user that came over one line and leaves over another, where that is forbidden.

use super::judge::Judge;
use super::watch::{Post, Watch};
use super::{About, Claim, Course, Evidence, RoadUser, Spot};
use crate::count::Step;
use crate::{Reason, TrackId};
use kerege_contract::PixelPoint;
use kerege_contract::event::EventObject;
use kerege_contract::scene::IllegalTurn;
use std::collections::BTreeMap;

/// The judge of one rule.
#[derive(Debug)]
pub(crate) struct IllegalTurnJudge {
    thresholds: IllegalTurn,
    entered: BTreeMap<TrackId, Entered>,
}

/// A road user that came over a line of the rule.
#[derive(Debug)]
struct Entered {
    by: Step,
    /// As it was last seen.
    last: (EventObject, PixelPoint),
}

impl IllegalTurnJudge {
    pub(crate) fn new(thresholds: &IllegalTurn) -> Self {
        Self { thresholds: thresholds.clone(), entered: BTreeMap::new() }
    }
}

impl Judge for IllegalTurnJudge {
    fn judge(&mut self, watch: &Watch<'_>, post: &Post<'_>, claims: &mut Vec<Claim>) {
        let from = |line: usize| watch.layout.is_one_of(line, &post.rule.lines);
        let to = |line: usize| watch.layout.is_one_of(line, &self.thresholds.to);
        for user in post.users(watch) {
            if let Some(entered) = self.entered.get_mut(&user.id) {
                entered.last = (user.object(watch.layout.frame, watch.now), user.anchor);
            }
        }
        for (id, step) in watch.crossed {
            // Other lines, a stop line say, may be drawn before the one that the rule names.
            let Some(entered) = self.entered.get(id) else {
                // Over a line that it crossed unseen another may have come.
                let seen = |user: &RoadUser<'_>| step.cut.at >= user.track.first_seen;
                let judged =
                    post.users(watch).find(|user| user.id == *id && user.track.class() != PERSON && seen(user));
                if let Some(user) = judged.filter(|_| from(step.line)) {
                    let last = (user.object(watch.layout.frame, watch.now), user.anchor);
                    self.entered.insert(*id, Entered { by: *step, last });
                }
                continue;
            };
            let same = (entered.by.line, entered.by.dir) == (step.line, step.dir);
            if same || !to(step.line) {
                continue;
            }
            let (object, place) = entered.last.clone();
            claims.push(Claim {
                about: About::One(*id),
                course: Course::Passes,
                over: Reason::Moved,
                evidence: Some(Box::new(Evidence { objects: vec![object], signals: None })),
                ..Claim::of(post.number, Spot::line(step.line, None), place, step.cut.at)
            });
        }
        self.entered.retain(|id, _| watch.users.iter().any(|user| user.id == *id));
    }

    #[cfg(test)]
    fn is_idle(&self) -> bool {
        self.entered.is_empty()
    }
}

const PERSON: kerege_contract::RoadUserClass = kerege_contract::RoadUserClass::Person;
