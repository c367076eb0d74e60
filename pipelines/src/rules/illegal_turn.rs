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
            if !self.entered.contains_key(id) {
                let judged = post.users(watch).find(|user| user.id == *id && user.track.class() != PERSON);
                // Other lines, a stop line say, may be drawn before the one that the rule names; and what it came
                // over it may have crossed as another track.
                let came = |user: &RoadUser<'_>| user.journey.first_step().filter(|first| from(first.line));
                let by = |user| came(user).or_else(|| from(step.line).then_some(*step));
                if let Some((user, by)) = judged.and_then(|user| Some((user, by(user)?))) {
                    let last = (user.object(watch.layout.frame, watch.now), user.anchor);
                    self.entered.insert(*id, Entered { by, last });
                }
            }
            let Some(entered) = self.entered.get(id) else { continue };
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
