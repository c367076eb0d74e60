//! `pedestrian_on_road`: a person on the carriageway, away from crossings.
//!
//! A person is on the road when the foot point was there in nearly every analysed frame of the last
//! second, and stays so until it was off for longer. People who are close to one another are one
//! cause. Riders are no pedestrians, whatever the detector calls them.

use super::groups::groups;
use super::judge::Judge;
use super::{Claim, Course, Post, RoadUser, Spot, Watch};
use crate::{Reason, TrackId};
use kerege_contract::RoadUserClass;
use kerege_contract::scene::{PedestrianOnRoad, ZoneKind};
use std::collections::{BTreeMap, VecDeque};

/// Fewest looks at a person, so that one false box is no pedestrian.
const MIN_LOOKS: usize = 3;
/// People within this many heights of the one who seems smaller are together.
const TOGETHER: f64 = 3.0;
/// The same person under another number: within this many heights.
const SAME_PLACE: f64 = 1.0;
/// A person of whose box a cycle covers more than this share rides it.
const RIDES: f64 = 0.3;

/// What is remembered of one person.
#[derive(Debug, Clone)]
struct Walk {
    /// When it was first looked at.
    begun: f64,
    /// When it was looked at lately, and whether it was on the carriageway.
    looks: VecDeque<(f64, bool)>,
    /// Since when it is on the road, and when it last was.
    on: Option<(f64, f64)>,
}

/// The judge of one rule.
#[derive(Debug)]
pub(crate) struct PedestrianJudge {
    thresholds: PedestrianOnRoad,
    walks: BTreeMap<TrackId, Walk>,
}

impl PedestrianJudge {
    pub(crate) fn new(thresholds: &PedestrianOnRoad) -> Self {
        Self { thresholds: thresholds.clone(), walks: BTreeMap::new() }
    }

    /// Looks at a person who is at a spot of the carriageway, or off it; since when it is on the road, if it
    /// is there in this frame.
    fn look(&mut self, now: f64, id: TrackId, spot: Option<Spot>) -> Option<f64> {
        let inside = spot.is_some();
        let PedestrianOnRoad { min_s, min_share, clear_s, .. } = self.thresholds;
        let walk = self.walks.entry(id).or_insert_with(|| Walk { begun: now, looks: VecDeque::new(), on: None });
        walk.looks.push_back((now, inside));
        while walk.looks.front().is_some_and(|look| look.0 < now - min_s - 1e-6) {
            walk.looks.pop_front();
        }
        if walk.on.is_some_and(|(_, last)| now - last > clear_s) {
            walk.on = None;
        }
        if !inside {
            return None;
        }
        #[expect(clippy::cast_precision_loss, reason = "a second of frames")]
        let share = walk.looks.iter().filter(|look| look.1).count() as f64 / walk.looks.len() as f64;
        let sure = now - walk.begun >= min_s - 1e-6 && walk.looks.len() >= MIN_LOOKS && share >= min_share;
        let first = walk.looks.iter().find(|look| look.1).map_or(now, |look| look.0);
        walk.on = match walk.on {
            Some((since, _)) => Some((since, now)),
            None => sure.then_some((first, now)),
        };
        walk.on.map(|(since, _)| since)
    }

    /// The carriageway that a person is on, if it is on one and not at a crossing.
    fn spot(&self, watch: &Watch<'_>, post: &Post<'_>, user: &RoadUser<'_>) -> Option<Spot> {
        let lane = || user.journey.lane.filter(|lane| post.scope.lanes[*lane]).map(Spot::lane);
        let spot = post.zone_at(watch, user.anchor).map(Spot::zone).or_else(lane)?;
        let buffer = self.thresholds.crosswalk_buffer * user.height;
        let mut crosswalks = watch.layout.zones.iter().filter(|zone| zone.kind == ZoneKind::Crosswalk);
        let crosses = crosswalks.any(|zone| zone.distance(user.anchor) <= buffer);
        (!crosses && !rides(watch, user)).then_some(spot)
    }
}

impl Judge for PedestrianJudge {
    fn judge(&mut self, watch: &Watch<'_>, post: &Post<'_>, claims: &mut Vec<Claim>) {
        self.walks.retain(|id, _| watch.users.iter().any(|user| user.id == *id));
        let mut on: Vec<(&RoadUser<'_>, Spot, f64)> = Vec::new();
        for user in post.users(watch).filter(|user| user.track.class() == RoadUserClass::Person) {
            let spot = self.spot(watch, post, user).filter(|_| user.track.is_seen());
            let since = self.look(watch.now, user.id, spot);
            on.extend(spot.zip(since).map(|(spot, since)| (user, spot, since)));
        }
        on.sort_by(|a, b| a.2.total_cmp(&b.2).then(a.0.id.cmp(&b.0.id)));
        let near = |a: usize, b: usize| {
            let (a, b) = (on[a].0, on[b].0);
            a.anchor.distance(b.anchor) <= TOGETHER * a.height.min(b.height)
        };
        for group in groups(on.len(), near) {
            let (user, spot, since) = on[group[0]];
            claims.push(Claim {
                members: group[1..].iter().map(|other| on[*other].0.id).collect(),
                reach: SAME_PLACE * user.height,
                clear_s: self.thresholds.clear_s,
                course: Course::Moves,
                over: Reason::Left,
                ..Claim::by(post.number, user, spot, since)
            });
        }
    }

    #[cfg(test)]
    fn is_idle(&self) -> bool {
        self.walks.is_empty()
    }
}

/// Whether a person sits on a cycle.
fn rides(watch: &Watch<'_>, person: &RoadUser<'_>) -> bool {
    let body = person.track.seen_box;
    watch.users.iter().filter(|user| user.track.class().is_cycle()).any(|cycle| {
        let under = cycle.track.seen_box;
        let astride = (body.centre().x - under.centre().x).abs() <= 0.5 * under.width().max(body.width());
        astride && body.intersection(under) >= RIDES * body.area()
    })
}
