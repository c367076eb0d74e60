//! `illegal_turn`: a road user that came over one line and leaves over another, where that is forbidden.
//!
//! Both lines must have been crossed by one and the same road user: what its track's way leaves in doubt is claimed of
//! nobody. That is judged a moment after the second line, when it is seen how the way goes on.

use super::cast::Seen;
use super::judge::Judge;
use super::watch::{Post, Watch};
use super::{About, Claim, Course, Evidence, RoadUser, Spot};
use crate::count::Step;
use crate::{Reason, TrackId};
use kerege_contract::scene::IllegalTurn;
use kerege_contract::{PixelPoint, RoadUserClass};
use std::collections::{BTreeMap, VecDeque};

/// So many crossings of a road user are remembered.
const MAX_STEPS: usize = 16;
/// How it looked is remembered for so long, seconds: that a line was crossed may be told late.
const REMEMBERED_S: f64 = 4.0;
/// Looks closer together than this are one, seconds.
const SPACING_S: f64 = 0.09;
/// How it goes on is looked at for so long after it left, seconds.
const GOES_ON_S: f64 = 0.6;

/// The judge of one rule.
#[derive(Debug)]
pub(crate) struct IllegalTurnJudge {
    thresholds: IllegalTurn,
    trips: BTreeMap<TrackId, Trip>,
}

/// What a track did.
#[derive(Debug, Default)]
struct Trip {
    /// Lines crossed, in the order in which they are told.
    crossed: Vec<Step>,
    /// Those by which it may have left forbiddenly.
    left: Vec<Step>,
    /// How it looked when, and where it was, since it crossed a line.
    looks: VecDeque<(f64, Seen, PixelPoint)>,
}

impl Trip {
    fn follow(&mut self, user: &RoadUser<'_>, watch: &Watch<'_>) {
        let soon = self.looks.back().is_some_and(|last| watch.now - last.0 < SPACING_S);
        if user.track.is_seen() && !self.crossed.is_empty() && !soon {
            self.note_look(user, watch);
        }
    }

    fn note_look(&mut self, user: &RoadUser<'_>, watch: &Watch<'_>) {
        self.looks.push_back((watch.now, Seen::of_user(user, watch.now, watch.layout.frame), user.anchor));
        while self.looks.front().is_some_and(|look| watch.now - look.0 > REMEMBERED_S) {
            self.looks.pop_front();
        }
    }

    /// How it looked, and where it was, nearest to a time.
    fn look_at(&self, at: f64) -> Option<(Seen, PixelPoint)> {
        let nearest = self.looks.iter().min_by(|a, b| (a.0 - at).abs().total_cmp(&(b.0 - at).abs()));
        nearest.map(|(_, seen, place)| (*seen, *place))
    }

    /// Whether it, and nobody else under its number, came over one of some lines before it crossed this one.
    fn came_over(&self, step: &Step, own_since: f64, from: impl Fn(usize) -> bool) -> bool {
        let way = |step: &Step| (step.line, step.dir);
        let before = |by: &&Step| from(by.line) && by.cut.at < step.cut.at && way(by) != way(step);
        let own = |by: &&Step| own_since <= by.cut.at;
        let entry = self.crossed.iter().filter(before).filter(own).min_by(|a, b| a.cut.at.total_cmp(&b.cut.at));
        entry.is_some_and(|entry| !self.comes_back_since(entry, step))
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
        Self { thresholds: thresholds.clone(), trips: BTreeMap::new() }
    }

    /// Follows the road users, and notes what lines they crossed.
    fn follow(&mut self, watch: &Watch<'_>, post: &Post<'_>) {
        for user in post.users(watch) {
            self.trips.entry(user.id).or_default().follow(user, watch);
        }
        for (id, step) in watch.crossed {
            let Some(trip) = self.trips.get_mut(id) else { continue };
            let user = post.users(watch).find(|user| user.id == *id);
            if trip.crossed.is_empty() {
                // Over a line that it crossed unseen another may have come.
                let Some(user) = user.filter(|user| step.cut.at >= user.track.first_seen) else { continue };
                trip.note_look(user, watch);
            }
            if trip.crossed.len() < MAX_STEPS {
                trip.crossed.push(*step);
            }
            if watch.layout.is_one_of(step.line, &self.thresholds.to) {
                trip.left.push(*step);
            }
        }
    }
}

impl Judge for IllegalTurnJudge {
    fn judge(&mut self, watch: &Watch<'_>, post: &Post<'_>, claims: &mut Vec<Claim>) {
        self.follow(watch, post);
        let from = |line: usize| watch.layout.is_one_of(line, &post.rule.lines);
        for (id, trip) in &mut self.trips {
            let gone = !watch.users.iter().any(|user| user.id == *id);
            let goes_on = |step: &mut Step| gone || watch.now - step.cut.at >= GOES_ON_S;
            let left: Vec<Step> = trip.left.extract_if(.., goes_on).collect();
            for step in left {
                let Some((seen, place)) = trip.look_at(step.cut.at) else { continue };
                let own_since = watch.trails.own_since(*id, step.cut.at);
                if seen.class != RoadUserClass::Person && trip.came_over(&step, own_since, from) {
                    claims.push(Claim {
                        about: About::One(*id),
                        course: Course::Passes,
                        over: Reason::Moved,
                        evidence: Some(Box::new(Evidence { objects: vec![seen.object(*id)], signals: None })),
                        ..Claim::of(post.number, Spot::line(step.line, None), place, step.cut.at)
                    });
                }
            }
        }
        self.trips.retain(|id, _| watch.users.iter().any(|user| user.id == *id));
    }

    #[cfg(test)]
    fn is_idle(&self) -> bool {
        self.trips.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::count::Cut;
    use kerege_contract::fact::Direction::{self, Backward, Forward};

    /// Lines 0 (in), 1 and 2 (out), and when they were crossed, as they are told.
    fn came(steps: &[(usize, Direction, f64)], own_since: f64) -> bool {
        let step = |&(line, dir, at): &(usize, Direction, f64)| Step { line, dir, cut: Cut::at_time(at) };
        let (last, before) = steps.split_last().unwrap();
        let crossed = before.iter().map(step).collect();
        let trip = Trip { crossed, ..Trip::default() };
        trip.came_over(&step(last), own_since, |line| line == 0)
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
