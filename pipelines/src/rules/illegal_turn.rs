//! `illegal_turn`: a road user that came over one line and leaves over another, where that is forbidden.

use super::judge::Judge;
use super::watch::{Post, Watch};
use super::{About, Claim, Course, Evidence, Spot};
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

/// A road user that crossed its first line.
#[derive(Debug)]
struct Entered {
    /// The line, when it is one of the rule's.
    by: Step,
    watched: bool,
    /// As it was last seen.
    last: Option<(EventObject, PixelPoint)>,
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
            if let Some(entered) = self.entered.get_mut(&user.id).filter(|entered| entered.watched) {
                entered.last = Some((user.object(watch.layout.frame, watch.now), user.anchor));
            }
        }
        for (id, step) in watch.crossed {
            let Some(entered) = self.entered.get(id) else {
                let judged = post.users(watch).find(|user| user.id == *id && user.track.class() != PERSON);
                let last = judged.map(|user| (user.object(watch.layout.frame, watch.now), user.anchor));
                let watched = last.is_some() && from(step.line);
                self.entered.insert(*id, Entered { by: *step, watched, last });
                continue;
            };
            let same = (entered.by.line, entered.by.dir) == (step.line, step.dir);
            let Some((object, place)) = entered.last.clone().filter(|_| entered.watched && !same && to(step.line))
            else {
                continue;
            };
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
