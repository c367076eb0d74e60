//! `wrong_way`: a vehicle that drives against its lane.
//!
//! Every quarter of its own length a vehicle casts a vote: with the lane or against it. Standing
//! and shaking cast none, crossing or changing lanes is not against, and what a neighbouring lane
//! explains (a lorry's contact point over the dividing line) does not count. Enough way, time and
//! votes against the lane make the claim, if it is still driving so beyond doubt; turning round ends
//! it. One whose track may have been another's before, who is hidden, who hardly moves on or who is
//! but faintly seen casts no votes.

use super::judge::Judge;
use super::{Claim, Course, LaneUser, Post, Spot, Watch};
use crate::ground::{Motion, contact_err, dot, unit};
use crate::layout::Layout;
use crate::{Reason, TrackId};
use kerege_contract::PixelPoint;
use kerege_contract::scene::WrongWay;
use std::collections::BTreeMap;

/// Way between votes, own lengths.
const VOTE_EVERY: f64 = 0.25;
/// So much of the way must lead away from where it began: shaking adds up, and leads nowhere.
const NET: f64 = 0.75;
/// Fewest votes, so that one jump of a box is not a drive.
const MIN_VOTES: u32 = 3;
/// Who drives against a lane goes on: a stretch ends when no vote falls for so long, seconds.
const IDLE_S: f64 = 2.5;
/// Beyond doubt: the way is longer than so many errors of its ends, and the speed greater than so many of its own.
const SURE: f64 = 2.0;
/// The speed is measured over this time, seconds, and must be at least so much, m/s.
const SPEED_S: f64 = 1.2;
const LEAST_SPEED: f64 = 1.0;
/// Who is seen more faintly than this on average is not believed.
const LEAST_SCORE: f64 = 0.4;
/// A neighbouring lane within this many box widths of the contact point may explain the heading.
const NEIGHBOUR: f64 = 0.35;
/// The same vehicle under another number: within this many box sizes of where it was.
const SAME_PLACE: f64 = 4.0;

/// What is remembered of one vehicle.
#[derive(Debug, Clone)]
struct Drive {
    /// Where and when it last voted.
    place: PixelPoint,
    at: f64,
    against: Option<Against>,
}

/// A stretch against the lane.
#[derive(Debug, Clone)]
struct Against {
    since: f64,
    /// Where it began.
    from: PixelPoint,
    votes: u32,
    wrong: u32,
    lengths: f64,
    /// Whether it was found to drive so beyond doubt.
    sure: bool,
    /// None once a part of it lay where the ground plane does not hold.
    metres: Option<f64>,
}

/// The judge of one rule.
#[derive(Debug)]
pub(crate) struct WrongWayJudge {
    thresholds: WrongWay,
    drives: BTreeMap<TrackId, Drive>,
}

impl WrongWayJudge {
    pub(crate) fn new(thresholds: &WrongWay) -> Self {
        Self { thresholds: thresholds.clone(), drives: BTreeMap::new() }
    }
}

impl Judge for WrongWayJudge {
    fn judge(&mut self, watch: &Watch<'_>, post: &Post<'_>, claims: &mut Vec<Claim>) {
        let driven = |one: &LaneUser<'_>| {
            let track = one.user.track;
            let class = track.class();
            let own = !track.is_double() || track.is_before();
            class.is_motor_vehicle() && !class.is_cycle() && watch.fits_class(&one.user) && own
        };
        let drivers: Vec<LaneUser<'_>> = post.in_lanes(watch).filter(driven).collect();
        self.drives.retain(|id, _| drivers.iter().any(|one| one.user.id == *id));
        for one in &drivers {
            if one.user.track.is_seen() && watch.is_clear(&one.user) {
                self.follow(one, watch);
            }
            claims.extend(self.claim(post.number, one, watch));
        }
    }

    #[cfg(test)]
    fn is_idle(&self) -> bool {
        self.drives.is_empty()
    }
}

impl WrongWayJudge {
    /// Follows a vehicle to where it is now; it votes when it has gone far enough.
    fn follow(&mut self, one: &LaneUser<'_>, watch: &Watch<'_>) {
        let start = || Drive { place: one.user.anchor, at: watch.now, against: None };
        let drive = self.drives.entry(one.user.id).or_insert_with(start);
        if drive.at < one.user.track.unbroken_since {
            *drive = start();
        }
        if watch.now - drive.at > IDLE_S {
            drive.against = None;
        }
        let step = PixelPoint::new(one.user.anchor.x - drive.place.x, one.user.anchor.y - drive.place.y);
        let way = step.distance(PixelPoint::default());
        if way == 0.0 {
            return;
        }
        let heading = PixelPoint::new(step.x / way, step.y / way);
        let lengths = way / one.user.length_along(heading);
        if lengths < VOTE_EVERY {
            return;
        }
        let (from, began) = (drive.place, drive.at);
        (drive.place, drive.at) = (one.user.anchor, watch.now);
        let least = self.thresholds.min_angle_deg;
        if angle_deg(watch.layout, from, step, one.on.direction) <= least {
            drive.against = drive.against.take().filter(|against| against.forgives(self.thresholds.min_votes));
        } else if !explained(watch.layout, one, heading) {
            let metres = metres(watch.layout, from, one.user.anchor);
            drive.against.get_or_insert(Against::new(began, from)).add(lengths, metres);
        }
    }

    fn claim(&mut self, rule: usize, one: &LaneUser<'_>, watch: &Watch<'_>) -> Option<Claim> {
        let against = self.drives.get_mut(&one.user.id)?.against.as_mut()?;
        let (layout, limits) = (watch.layout, &self.thresholds);
        if !against.sure {
            let far = match against.metres {
                Some(sum) => {
                    sum >= limits.min_distance_m && net_m(layout, against.from, one) >= NET * limits.min_distance_m
                }
                None => against.lengths >= limits.min_box_lengths,
            };
            let seen = one.user.track.is_seen() && one.user.track.mean_score() >= LEAST_SCORE;
            let enough = far && against.wrong >= MIN_VOTES && watch.now - against.since >= limits.min_s;
            against.sure = enough && seen && drives_against(one, watch, limits.min_angle_deg);
        }
        against.sure.then(|| Claim {
            reach: SAME_PLACE * one.user.size(),
            confirm_s: self.thresholds.min_s,
            course: Course::Drives,
            over: Reason::Moved,
            ..Claim::by(rule, &one.user, Spot::lane(one.lane), against.since)
        })
    }
}

impl Against {
    const fn new(since: f64, from: PixelPoint) -> Self {
        Self { since, from, votes: 0, wrong: 0, lengths: 0.0, sure: false, metres: Some(0.0) }
    }

    fn add(&mut self, lengths: f64, metres: Option<f64>) {
        self.votes += 1;
        self.wrong += 1;
        self.lengths += lengths;
        self.metres = self.metres.zip(metres).map(|(sum, more)| sum + more);
    }

    /// Takes a vote for the lane; tells whether the share of those against it is still enough.
    fn forgives(&self, min_votes: f64) -> bool {
        f64::from(self.wrong) >= min_votes * f64::from(self.votes + 1)
    }
}

/// The angle between a step and the lane: on the road where it is known, else in the picture.
fn angle_deg(layout: &Layout, at: PixelPoint, step: PixelPoint, lane: PixelPoint) -> f64 {
    let (step, lane) = match &layout.plane {
        Some(plane) if plane.far(at).is_some() => (plane.vector(at, step), plane.vector(at, lane)),
        _ => (step, lane),
    };
    let cross = step.x * lane.y - step.y * lane.x;
    let dot = step.x * lane.x + step.y * lane.y;
    cross.abs().atan2(dot).to_degrees()
}

/// Whether a lane close beside goes the way the vehicle does.
fn explained(layout: &Layout, one: &LaneUser<'_>, heading: PixelPoint) -> bool {
    let aside = NEIGHBOUR * one.user.width;
    let beside = [-aside, aside].map(|shift| PixelPoint::new(one.user.anchor.x + shift, one.user.anchor.y));
    layout.lanes.iter().enumerate().filter(|(index, _)| *index != one.lane).any(|(_, lane)| {
        let reached = lane.contains(one.user.anchor) || beside.iter().any(|point| lane.contains(*point));
        let direction = lane.locate(one.user.anchor).direction;
        reached && direction.x * heading.x + direction.y * heading.y > 0.5
    })
}

/// How far on the road it surely got from a place, metres; nothing where that is not known.
fn net_m(layout: &Layout, from: PixelPoint, one: &LaneUser<'_>) -> f64 {
    let way = || {
        let plane = layout.plane.as_ref()?;
        let (a, b) = (plane.far(from)?, plane.far(one.user.anchor)?);
        let toward = unit(PixelPoint::new(b.x - a.x, b.y - a.y))?;
        let contact = one.user.contact();
        let before = crate::ground::Contact { anchor: from, ..contact };
        let err = contact_err(&contact, toward, plane).hypot(contact_err(&before, toward, plane));
        Some(a.distance(b) - SURE * err)
    };
    way().unwrap_or(0.0)
}

/// Whether it drives against its lane beyond doubt just now; where there is no ground plane that is not asked.
fn drives_against(one: &LaneUser<'_>, watch: &Watch<'_>, min_angle_deg: f64) -> bool {
    let Some(plane) = watch.layout.plane.as_ref().filter(|plane| plane.far(one.user.anchor).is_some()) else {
        return true;
    };
    let Some(motion) = Motion::beyond(&one.user.track.history, plane, watch.now - SPEED_S, watch.now) else {
        return false;
    };
    let lane = plane.direction(one.user.anchor, one.on.direction);
    let along = dot(motion.velocity, lane);
    along <= motion.speed() * min_angle_deg.to_radians().cos() && motion.speed() - SURE * motion.error >= LEAST_SPEED
}

fn metres(layout: &Layout, from: PixelPoint, to: PixelPoint) -> Option<f64> {
    let plane = layout.plane.as_ref()?;
    Some(plane.far(from)?.distance(plane.far(to)?))
}
