//! `stopped_vehicle`: the head of a standing row in a live lane.
//!
//! Vehicles that stand close behind one another are one row, and only its head can be the cause;
//! the others attach to it. A row whose head stands in a waiting area (a stop line, a bus stop, the
//! junction ahead) is a queue, and becomes an incident only when its head has not moved for a whole
//! signal cycle: its signal turned green and red again, or, where nobody tells what the signals show, the
//! longest that a cycle takes. A vehicle counts as head only from when it became one: when a queue starts to move
//! each car is head for a moment, after standing for minutes. And a lorry that hides those ahead of
//! it for longer than they are remembered stays what it was, one of their queue.
//!
//! Where others hide the road before a row, or somebody is seen there now and then, nobody knows where it begins: such a
//! row is a queue, too. And a stand goes on under another number where nobody else could have come ([`super::heirs`]).
//!
//! Who came against a lane is not in it but beside it: the contact point of a bus at the median lies in
//! the opposite lane. And of a row whose head the frame's edge cuts off nobody knows where it begins.

use super::ahead::Before;
use super::groups::groups;
use super::heirs::Heirs;
use super::in_lane::{Errors, body_of, foot_of, is_about};
use super::judge::Judge;
use super::standing::{Presence, Still, one_row, sort_rows};
use super::{Claim, LaneUser, Post, RoadUser, Spot, Watch};
use crate::count::footprint;
use crate::ground::{Contact, contact_err, dot, unit};
use crate::signals::Cycle;
use crate::track::Drift;
use crate::{Reason, TrackId};
use kerege_contract::PixelPoint;
use kerege_contract::scene::StoppedVehicle;
use std::collections::BTreeMap;

/// Whoever heads a row within this many box sizes of where another did a moment ago, heads the same row.
const SAME_ROW: f64 = 2.5;
/// Heads of rows in different lanes that are nearer than this hit each other, metres; and box widths
/// of the wider on an uncalibrated camera.
const TOUCH_M: f64 = 3.0;
const TOUCH_WIDTHS: f64 = 1.2;

/// It drives when it gets farther than this in so many seconds, box widths; its course is against a lane
/// when the cosine between them is below this.
const DRIVE_S: f64 = 1.0;
const DRIVES_WIDTHS: f64 = 0.5;
const AGAINST: f64 = -0.3;
/// A way tells a course when it is longer than so many errors of a place.
const HEADED: f64 = 3.0;
/// A lane within this many box widths of its footprint may be its own.
const BESIDE: f64 = 0.35;
/// The footprint of who stands is averaged while it is within this many box widths of where it came to stand.
const SETTLES: f64 = 0.2;
const SETTLING: f64 = 0.1;
/// Who was never seen to drive must stand for so many times the confirm time; and in a waiting area, where many come to
/// stand whose tracks were lost on the way, for the second.
const STILL_FACTOR: f64 = 2.0;
const WAITING_FACTOR: f64 = 5.0;
/// Who was seen to come and may be one of a row that others hide stands for so many times the confirm time where no row
/// waits.
const UNSEEN_FACTOR: f64 = 3.0;
/// Who stands so soon after the watch began was there before, seconds.
const ARRIVED_S: f64 = 2.0;
/// Who begins to stand so soon where one stood who had driven there, within this many box widths, may be the same
/// under another number, seconds: a lorry that passes before him takes his track along.
const RENUMBERED_S: f64 = 10.0;
const RENUMBERED_WIDTHS: f64 = 0.5;
/// In so many seconds one who waits drives off when he may, and the next stands in his place.
const FOLLOWED_S: f64 = 4.0;

/// Who stands is in his lane when his place is not farther beside it than so many errors.
const IN_LANE_ERRORS: f64 = 3.0;

/// So many of the numbers that it bore before are remembered: who stands for days bears many.
const NUMBERS: usize = 8;

/// What is remembered of one vehicle that stands.
#[derive(Debug, Clone)]
struct Standing {
    still: Still,
    /// Since when it is the head of its row, and when it last was.
    head: Option<(f64, f64)>,
    /// The middle of its footprint when it came to stand.
    foot: PixelPoint,
    /// Number of its lane, and how far along it stands.
    lane: usize,
    along: f64,
    /// Whether it waits: in a waiting area, or behind one there that is hidden for good.
    waits: bool,
    behind_hidden: bool,
    /// What was seen before it while it is head.
    before: Before,
    /// Numbers that it bore before, the latest last.
    numbers: Vec<TrackId>,
    presence: Presence,
}

/// Where one who had driven there stood, and until when, pipeline seconds.
#[derive(Debug, Clone, Copy)]
struct Vacated {
    still: Still,
}

impl Standing {
    /// Whether it is surely there, and where it seems to be. Who was never seen to drive must stand for longer.
    fn is_sure(&self, user: &RoadUser<'_>, now: f64, thresholds: &StoppedVehicle) -> bool {
        let factor = if self.waits { WAITING_FACTOR } else { STILL_FACTOR };
        let long = self.presence.drove || now - self.still.since >= factor * thresholds.confirm_s;
        let stands = self.presence.rests(&thresholds.standstill, user.width);
        long && stands && self.presence.is_sure(user) && self.presence.is_placed()
    }

    /// The same vehicle's under another track.
    fn resumed(mut self, former: TrackId, now: f64) -> Self {
        self.numbers.push(former);
        self.numbers.drain(..self.numbers.len().saturating_sub(NUMBERS));
        // Who headed his row while he was seen does so on.
        let heads = |(since, last): (f64, f64)| (since, if last >= self.still.seen { now } else { last });
        Self { head: self.head.map(heads), presence: self.presence.resumed(now), ..self }
    }

    /// Notes that it is head now, which is since when; and what is seen before it.
    fn heads(&mut self, watch: &Watch<'_>, one: &LaneUser<'_>) -> f64 {
        let (since, passed_s) = match self.head {
            Some((since, last)) if watch.now - last <= watch.max_gap_s => (since, watch.now - last),
            Some(_) => {
                self.before = Before::default();
                (watch.now, 0.0)
            }
            // It was never behind another: it stands here by itself.
            None => (self.still.since, 0.0),
        };
        self.before.note(watch, one, passed_s);
        self.head = Some((since, watch.now));
        since
    }

    /// The place that it leaves, if it had driven there.
    fn vacates(&self) -> Option<Vacated> {
        self.presence.drove.then_some(Vacated { still: self.still })
    }
}

/// The judge of one rule.
#[derive(Debug)]
pub(crate) struct StoppedJudge {
    thresholds: StoppedVehicle,
    standing: BTreeMap<TrackId, Standing>,
    /// The way of each vehicle when it last drove, a unit vector on the road (in the picture without a ground plane),
    /// and when that was.
    courses: BTreeMap<TrackId, (PixelPoint, f64)>,
    /// Places that were left of late, or whose track went elsewhere.
    vacated: Vec<Vacated>,
    /// Those whose tracks stand no longer, for who goes on in their place.
    heirs: Heirs<Standing>,
    /// When the watch began, pipeline seconds.
    begun: Option<f64>,
}

impl StoppedJudge {
    pub(crate) fn new(thresholds: &StoppedVehicle) -> Self {
        Self {
            thresholds: thresholds.clone(),
            standing: BTreeMap::new(),
            courses: BTreeMap::new(),
            vacated: Vec::new(),
            heirs: Heirs::new(),
            begun: None,
        }
    }
}

impl Judge for StoppedJudge {
    fn judge(&mut self, watch: &Watch<'_>, post: &Post<'_>, claims: &mut Vec<Claim>) {
        self.begun.get_or_insert(watch.now);
        let motor = post.in_lanes(watch).filter(|one| one.user.track.class().is_motor_vehicle());
        let vehicles: Vec<LaneUser<'_>> = motor.filter_map(|one| self.in_its_lane(watch, post, one)).collect();
        self.courses.retain(|id, _| watch.users.iter().any(|user| user.id == *id));
        let lost = self.forget_ended(watch, &vehicles);
        let mut stands: Vec<LaneUser<'_>> = vehicles.into_iter().filter(|one| self.stands(watch, one)).collect();
        sort_rows(&mut stands);
        for lost in lost {
            let next = stands.iter().find(|one| one.lane == lost.lane && one.on.along < lost.along);
            if let Some(next) = next.and_then(|one| self.standing.get_mut(&one.user.id)) {
                next.behind_hidden = true;
            }
        }
        let rows = stands.chunk_by(one_row);
        let found: Vec<(LaneUser<'_>, Claim)> =
            rows.filter_map(|row| Some((row[0], self.claim(post.number, watch, row)?))).collect();
        claims.extend(self.joined(watch, &found));
    }

    fn window_s(&self) -> f64 {
        self.thresholds.standstill.window_s
    }

    #[cfg(test)]
    fn is_idle(&self) -> bool {
        self.standing.is_empty() && self.courses.is_empty()
    }
}

impl StoppedJudge {
    /// A vehicle in the lane by which it came: the one that it seems to be in, or one beside that which leads its
    /// way; none when there is none.
    fn in_its_lane<'t>(&mut self, watch: &Watch<'_>, post: &Post<'_>, one: LaneUser<'t>) -> Option<LaneUser<'t>> {
        let (user, window) = (&one.user, DRIVE_S);
        let own = user.track.is_seen() && watch.now - user.track.unbroken_since >= window;
        let drift = user.track.history.drift(window).filter(|_| own);
        if let Some(way) = drift.filter(|drift| {
            drift.pixels.distance(PixelPoint::default()) > DRIVES_WIDTHS * drift.width * drift.seconds / window
        }) {
            self.courses.extend(course(watch, &way).map(|course| (user.id, (course, watch.now))));
        }
        // Who took over another's track does not head where that one did.
        let own = |known: &&(PixelPoint, f64)| known.1 >= user.track.unbroken_since;
        let Some((course, _)) = self.courses.get(&user.id).filter(own) else { return Some(one) };
        let along = |way: PixelPoint| on_road(watch, user.anchor, way).map_or(1.0, |way| dot(*course, way));
        if along(one.on.direction) >= AGAINST {
            return Some(one);
        }
        let foot = footprint(user.track);
        let beside = |lane: &usize| {
            let (shape, aside) = (&watch.layout.lanes[*lane], BESIDE * user.width);
            let near = [-aside, 0.0, aside]
                .iter()
                .any(|x| [-aside, 0.0].iter().any(|y| shape.contains(PixelPoint::new(foot.x + x, foot.y + y))));
            near && along(shape.locate(foot).direction) > -AGAINST
        };
        let lane = post.lanes().find(beside)?;
        Some(LaneUser { lane, on: watch.layout.lanes[lane].locate(user.anchor), user: one.user })
    }

    /// Forgets vehicles whose tracks ended, and returns those that waited and were hidden for so long
    /// that nobody saw whether they left.
    fn forget_ended(&mut self, watch: &Watch<'_>, vehicles: &[LaneUser<'_>]) -> Vec<Standing> {
        let ended = self.standing.extract_if(.., |id, _| !vehicles.iter().any(|one| one.user.id == *id));
        let ended: Vec<(TrackId, Standing)> = ended.collect();
        self.heirs.forget(watch.now);
        for (id, standing) in &ended {
            self.heirs.leave(*id, standing.still, standing.clone());
        }
        // A track ends long after it was last seen: within RENUMBERED_S of when it did is always of late.
        self.vacated.retain(|vacated| watch.now - vacated.still.seen <= RENUMBERED_S + watch.covered_s);
        self.vacated.extend(ended.iter().filter_map(|(_, standing)| standing.vacates()));
        let unsolved = |standing: &Standing| standing.waits && watch.now - standing.still.seen > watch.covered_s;
        ended.into_iter().map(|(_, standing)| standing).filter(unsolved).collect()
    }

    /// Whether a vehicle stands, remembering since when.
    fn stands(&mut self, watch: &Watch<'_>, one: &LaneUser<'_>) -> bool {
        let id = one.user.id;
        if self.is_followed(watch, one) {
            self.standing.remove(&id);
        }
        let look = |known| Still::look(known, &one.user, &self.thresholds.standstill, watch);
        let mut still = look(self.standing.get(&id).map(|standing| standing.still));
        let fresh = !self.standing.contains_key(&id);
        let former = fresh.then(|| self.heirs.take(watch, &one.user, still.is_some())).flatten();
        if let Some((former, left, standing)) = former {
            self.standing.insert(id, standing.resumed(former, watch.now));
            still = look(Some(left));
        }
        let Some(still) = still else {
            if let Some(standing) = self.standing.remove(&id) {
                self.vacated.extend(standing.vacates());
                self.heirs.leave(id, standing.still, standing);
            }
            return false;
        };
        // Who stands when the watch begins may have come before.
        let before = self.begun.is_some_and(|begun| still.since - begun < ARRIVED_S);
        let renumbered = |vacated: &Vacated| {
            (0.0..=RENUMBERED_S).contains(&(still.since - vacated.still.seen))
                && vacated.still.is_at(&still, RENUMBERED_WIDTHS * one.user.width)
        };
        let begun = Standing {
            still,
            head: None,
            foot: foot_of(watch, one),
            lane: one.lane,
            along: one.on.along,
            waits: false,
            behind_hidden: false,
            before: Before::default(),
            numbers: Vec::new(),
            presence: Presence::new(before || self.vacated.iter().any(renumbered), watch.now),
        };
        let standing = self.standing.entry(id).or_insert(begun);
        (standing.still, standing.lane, standing.along) = (still, one.lane, one.on.along);
        standing.presence.note(watch, &one.user);
        if one.user.track.is_seen() && one.user.anchor.distance(still.place) < SETTLES * one.user.width {
            // A track's first boxes are its worst.
            let now = foot_of(watch, one);
            standing.foot = standing.foot.toward(now, SETTLING);
        }
        true
    }

    /// Whether the next of those who wait may have come up in its place, under its number: it was not seen right there for
    /// so long, while the lane might go.
    fn is_followed(&self, watch: &Watch<'_>, one: &LaneUser<'_>) -> bool {
        let Some(standing) = self.standing.get(&one.user.id) else { return false };
        let there = standing.still.there;
        standing.waits
            && one.user.track.is_seen()
            && watch.now - there > FOLLOWED_S
            && watch.layout.signals[standing.lane].let_go(watch, there)
    }

    /// What is claimed of a row, its head first.
    fn claim(&mut self, rule: usize, watch: &Watch<'_>, row: &[LaneUser<'_>]) -> Option<Claim> {
        let (head, behind) = row.split_first()?;
        let standing = self.standing.get_mut(&head.user.id)?;
        let head_since = standing.heads(watch, head);
        let since = if standing.behind_hidden { standing.still.since } else { head_since };
        // Where it came to stand decides: at green it leaves the waiting area before it counts as moving.
        let waits = standing.behind_hidden || may_wait(watch, head, standing.foot);
        standing.waits = waits;
        // Where others hide the road before it, it may be one of a row that waits.
        let (unseen, came, numbers) = (!standing.before.is_free(), standing.presence.drove, standing.numbers.clone());
        let standing_is_sure =
            standing.is_sure(&head.user, watch.now, &self.thresholds) && lies_in_lane(watch, head, standing.foot);
        for other in behind {
            if let Some(standing) = self.standing.get_mut(&other.user.id) {
                // It has been behind another: should it ever be head, that begins then.
                standing.head.get_or_insert((f64::NEG_INFINITY, f64::NEG_INFINITY));
                standing.waits = watch.layout.waits(other.lane, standing.foot);
            }
        }
        if watch.now - head.user.track.clear_since < self.thresholds.standstill.window_s || !standing_is_sure {
            return None;
        }
        Some(Claim {
            members: behind.iter().map(|other| other.user.id).collect(),
            heir_of: numbers,
            reach: SAME_ROW * head.user.size(),
            confirm_s: match (waits, unseen) {
                (false, false) => self.thresholds.confirm_s,
                // Where the lane leads to no waiting area, a row that stands is none that waits.
                (false, true) if came && watch.layout.stops[head.lane].is_none() => {
                    UNSEEN_FACTOR * self.thresholds.confirm_s
                }
                _ => self.waits_s(watch, head.lane, since),
            },
            over: Reason::Moved,
            ..Claim::by(rule, &head.user, Spot::lane(head.lane), since)
        })
    }

    /// How long one who waits in a lane since then must do so: no longer when he missed a whole green already.
    fn waits_s(&self, watch: &Watch<'_>, lane: usize, since: f64) -> f64 {
        match watch.layout.signals[lane].cycle(watch, since) {
            Cycle::Whole => self.thresholds.confirm_s,
            Cycle::NotYet => f64::INFINITY,
            Cycle::Unknown => self.thresholds.max_cycle_s,
        }
    }

    /// Vehicles that hit each other across lanes are one cause: the first to stand, with the others
    /// attached. Rows that wait side by side are not.
    fn joined(&self, watch: &Watch<'_>, found: &[(LaneUser<'_>, Claim)]) -> Vec<Claim> {
        let waits = |one: &LaneUser<'_>| self.standing.get(&one.user.id).is_some_and(|standing| standing.waits);
        let hit = |a: usize, b: usize| {
            let (a, b) = (&found[a].0, &found[b].0);
            !waits(a) && !waits(b) && touch(watch, a, b)
        };
        let join = |group: Vec<usize>| {
            let mut parts: Vec<&Claim> = group.into_iter().map(|index| &found[index].1).collect();
            parts.sort_by(|a, b| a.since.total_cmp(&b.since));
            let (first, others) = parts.split_first()?;
            let mut joined = (*first).clone();
            for other in others {
                joined.members.extend(other.about.users().chain(other.members.iter().copied()));
            }
            Some(joined)
        };
        groups(found.len(), hit).into_iter().filter_map(join).collect()
    }
}

/// A way in the picture as a unit vector on the road: seen at a slant, who turns into a lane would seem to come against
/// it. As it is without a ground plane.
fn on_road(watch: &Watch<'_>, at: PixelPoint, way: PixelPoint) -> Option<PixelPoint> {
    unit(watch.layout.plane.as_ref().map_or(way, |plane| plane.step(at, way.x, way.y)))
}

/// The course of who drove so; none while it may be but what his place errs: far from the camera that is metres, towards it
/// or away.
fn course(watch: &Watch<'_>, drift: &Drift) -> Option<PixelPoint> {
    let course = on_road(watch, drift.place, drift.pixels)?;
    let Some(plane) = &watch.layout.plane else { return Some(course) };
    let contact = Contact { anchor: drift.place, width: drift.width, height: drift.height };
    let far = plane.step(drift.place, drift.pixels.x, drift.pixels.y).distance(PixelPoint::default());
    (far > HEADED * contact_err(&contact, course, plane)).then_some(course)
}

/// Whether one who stands may do so where he waits lawfully, as far as his place errs across the lane.
fn may_wait(watch: &Watch<'_>, one: &LaneUser<'_>, foot: PixelPoint) -> bool {
    let errors = Errors { along: 0.0, across: 1.0 };
    let waits = |place| watch.layout.waits(one.lane, place);
    waits(foot) || body_of(watch, one).is_some_and(|body| is_about(watch, one, &body, foot, errors, waits))
}

/// Whether one who stands does so in his lane: one bad box of who waits in the junction, before an exit, puts him into
/// it. Where no ground plane tells, that is not asked.
fn lies_in_lane(watch: &Watch<'_>, one: &LaneUser<'_>, foot: PixelPoint) -> bool {
    let errors = Errors { along: 1.0, across: IN_LANE_ERRORS };
    let lane = &watch.layout.lanes[one.lane];
    body_of(watch, one).is_none_or(|body| is_about(watch, one, &body, foot, errors, |place| lane.contains(place)))
}

/// Whether two vehicles are so near to each other that they must have collided.
fn touch(watch: &Watch<'_>, a: &LaneUser<'_>, b: &LaneUser<'_>) -> bool {
    let road = |one: &LaneUser<'_>| watch.layout.plane.as_ref().and_then(|plane| plane.road(one.user.anchor));
    match (road(a), road(b)) {
        (Some(a), Some(b)) => a.distance(b) <= TOUCH_M,
        _ => a.user.anchor.distance(b.user.anchor) <= TOUCH_WIDTHS * a.user.width.max(b.user.width),
    }
}
