//! `illegal_turn`: a road user that came over one line and leaves over another, where that is forbidden.

use super::cast::Seen;
use super::judge::Judge;
use super::watch::{Post, Watch};
use super::{About, Claim, Course, Evidence, RoadUser, Spot};
use crate::count::Step;
use crate::{Reason, TrackId};
use kerege_contract::scene::IllegalTurn;
use kerege_contract::{PixelPoint, RoadUserClass};
use std::collections::BTreeMap;

/// So many crossings of a road user are remembered.
const MAX_STEPS: usize = 16;

/// The judge of one rule.
#[derive(Debug)]
pub(crate) struct IllegalTurnJudge {
    thresholds: IllegalTurn,
    known: BTreeMap<TrackId, Known>,
}

/// A road user that crossed a line.
#[derive(Debug)]
struct Known {
    /// In the order in which they are told; that a line was crossed may be told late.
    crossed: Vec<Step>,
    /// Since when it is surely one and the same road user, pipeline seconds.
    own_since: f64,
    /// As it was last seen, and where.
    last: (Seen, PixelPoint),
}

impl Known {
    fn of(user: &RoadUser<'_>, watch: &Watch<'_>) -> Self {
        let last = (Seen::of_user(user, watch.now, watch.layout.frame), user.anchor);
        Self { crossed: Vec::new(), own_since: user.track.unbroken_since, last }
    }

    /// Whether it, and nobody else who took its number along, came over one of some lines before it crossed this one.
    fn came_over(&self, step: &Step, from: impl Fn(usize) -> bool) -> bool {
        let way = |step: &Step| (step.line, step.dir);
        let before = |by: &&Step| from(by.line) && by.cut.at < step.cut.at && way(by) != way(step);
        let entry = self.crossed.iter().filter(before).min_by(|a, b| a.cut.at.total_cmp(&b.cut.at));
        entry.is_some_and(|entry| self.own_since <= entry.cut.at && !self.comes_back_since(entry, step))
    }

    /// Whether somebody came back over a line by which one left: then it is another.
    fn comes_back_since(&self, entry: &Step, step: &Step) -> bool {
        let since: Vec<&Step> = self
            .crossed
            .iter()
            .chain([step])
            .filter(|one| one.cut.at > entry.cut.at && one.line != entry.line)
            .collect();
        since.iter().any(|one| since.iter().any(|other| one.line == other.line && one.dir != other.dir))
    }
}

impl IllegalTurnJudge {
    pub(crate) fn new(thresholds: &IllegalTurn) -> Self {
        Self { thresholds: thresholds.clone(), known: BTreeMap::new() }
    }
}

impl Judge for IllegalTurnJudge {
    fn judge(&mut self, watch: &Watch<'_>, post: &Post<'_>, claims: &mut Vec<Claim>) {
        let from = |line: usize| watch.layout.is_one_of(line, &post.rule.lines);
        let to = |line: usize| watch.layout.is_one_of(line, &self.thresholds.to);
        for user in post.users(watch) {
            if let Some(known) = self.known.get_mut(&user.id) {
                *known = Known { crossed: std::mem::take(&mut known.crossed), ..Known::of(user, watch) };
            }
        }
        for (id, step) in watch.crossed {
            // Over a line that it crossed unseen another may have come.
            let seen = |user: &&RoadUser<'_>| user.id == *id && step.cut.at >= user.track.first_seen;
            if let Some(user) = post.users(watch).find(seen) {
                self.known.entry(*id).or_insert_with(|| Known::of(user, watch));
            }
            let Some(known) = self.known.get_mut(id) else { continue };
            let (seen, place) = known.last;
            if to(step.line) && seen.class != RoadUserClass::Person && known.came_over(step, from) {
                claims.push(Claim {
                    about: About::One(*id),
                    course: Course::Passes,
                    over: Reason::Moved,
                    evidence: Some(Box::new(Evidence { objects: vec![seen.object(*id)], signals: None })),
                    ..Claim::of(post.number, Spot::line(step.line, None), place, step.cut.at)
                });
            }
            if known.crossed.len() < MAX_STEPS {
                known.crossed.push(*step);
            }
        }
        self.known.retain(|id, _| watch.users.iter().any(|user| user.id == *id));
    }

    #[cfg(test)]
    fn is_idle(&self) -> bool {
        self.known.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::count::Cut;
    use kerege_contract::FrameBox;
    use kerege_contract::fact::Direction::{self, Backward, Forward};

    /// Lines 0 (in), 1 and 2 (out), and when they were crossed, as they are told.
    fn came(steps: &[(usize, Direction, f64)], own_since: f64) -> bool {
        let step = |&(line, dir, at): &(usize, Direction, f64)| Step { line, dir, cut: Cut::at_time(at) };
        let bbox = FrameBox { x1: 0.4, y1: 0.4, x2: 0.5, y2: 0.5 };
        let seen = Seen { class: RoadUserClass::Car, conf: 1.0, bbox, speed: None };
        let (last, before) = steps.split_last().unwrap();
        let crossed = before.iter().map(step).collect();
        let known = Known { crossed, own_since, last: (seen, PixelPoint::default()) };
        known.came_over(&step(last), |line| line == 0)
    }

    #[test]
    fn only_who_surely_came_over_the_line_did() {
        assert!(came(&[(0, Forward, 1.0), (1, Forward, 5.0)], 0.0));
        assert!(!came(&[(0, Forward, 1.0), (1, Forward, 5.0)], 2.0), "it may be another since");
        assert!(!came(&[(1, Forward, 1.0), (2, Forward, 5.0)], 0.0));
        assert!(
            !came(&[(1, Forward, 5.0), (0, Forward, 9.0), (1, Backward, 4.0)], 0.0),
            "before it came over the line"
        );
        assert!(!came(&[(0, Forward, 1.0), (1, Forward, 3.0), (1, Backward, 6.0), (2, Forward, 9.0)], 0.0));
        assert!(
            !came(&[(1, Forward, 3.0), (0, Forward, 1.0), (1, Backward, 6.0), (2, Forward, 9.0)], 0.0),
            "told late"
        );
        assert!(came(&[(0, Forward, 1.0), (0, Backward, 6.0)], 0.0), "it turned round");
    }
}
