//! What judges claim: these road users, or this spot, there, since then.

use super::watch::RoadUser;
use crate::{Reason, TrackId};
use kerege_contract::PixelPoint;
use kerege_contract::event::EventObject;
use kerege_contract::phase::SignalTimeline;

/// What of the scene a claim is about, by number; it names the cause together with the rule and the
/// place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Spot {
    pub(crate) lane: Option<usize>,
    pub(crate) zone: Option<usize>,
    pub(crate) line: Option<usize>,
}

impl Spot {
    pub(crate) const fn lane(lane: usize) -> Self {
        Self { lane: Some(lane), zone: None, line: None }
    }

    pub(crate) const fn zone(zone: usize) -> Self {
        Self { lane: None, zone: Some(zone), line: None }
    }

    pub(crate) const fn line(line: usize, lane: Option<usize>) -> Self {
        Self { lane, zone: None, line: Some(line) }
    }
}

/// Who causes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum About {
    /// Nobody in particular: the lane, zone or line as a whole. One cause per rule and spot.
    Spot,
    /// A thing that is no road user; which one, its place tells.
    Thing,
    /// A road user.
    One(TrackId),
    /// Two road users, in either order.
    Pair(TrackId, TrackId),
}

impl About {
    /// The road users that cause it.
    pub(crate) fn users(self) -> impl Iterator<Item = TrackId> {
        let (first, second) = match self {
            Self::Spot | Self::Thing => (None, None),
            Self::One(one) => (Some(one), None),
            Self::Pair(one, other) => (Some(one), Some(other)),
        };
        first.into_iter().chain(second)
    }

    /// Whether it is the same road users; of things nobody can tell.
    pub(crate) fn is_same(self, other: Self) -> bool {
        (self == other && self != Self::Thing)
            || matches!((self, other), (Self::Pair(a, b), Self::Pair(c, d)) if (a, b) == (d, c))
    }
}

/// Whether the cause stays where it is, which tells how it is known again under another track.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Course {
    /// It stands: whoever stands there within the cooldown, or after an interruption, is the same.
    Stands,
    /// It moves, and goes on doing so: after an interruption it is anywhere in its lane or zone.
    Moves,
    /// The same, but by itself: who does so while it is seen to is another.
    Drives,
    /// It is over in a moment: after an interruption the next one is another.
    Passes,
}

/// What a claim keeps of the moment it is about, for when that is over before it is sure.
#[derive(Debug, Clone, Default)]
pub(crate) struct Evidence {
    /// The road users as they were then, the one that causes it first.
    pub(crate) objects: Vec<EventObject>,
    /// What the signals showed, as it was judged by.
    pub(crate) signals: Option<SignalTimeline>,
}

/// A judge's claim. Made again in every frame in which it holds.
#[derive(Debug, Clone)]
pub(crate) struct Claim {
    /// Number of the rule.
    pub(crate) rule: usize,
    /// Who causes it.
    pub(crate) about: About,
    /// Those that it holds up, or that do the same there.
    pub(crate) members: Vec<TrackId>,
    /// Numbers that the one who causes it bore before.
    pub(crate) heir_of: Vec<TrackId>,
    /// What of the scene it is about.
    pub(crate) spot: Spot,
    /// Where, square pixels.
    pub(crate) place: PixelPoint,
    /// Within this distance it is the same place, square pixels; negative when no place is.
    pub(crate) reach: f64,
    /// Since when, pipeline seconds.
    pub(crate) since: f64,
    /// How long it must last before it is an incident, seconds.
    pub(crate) confirm_s: f64,
    /// How long it must be absent before it is over, seconds; never less than the maximum gap.
    pub(crate) clear_s: f64,
    /// Whether it stays where it is.
    pub(crate) course: Course,
    /// What is kept of the moment it is about; those that cause it are told of as they are else.
    pub(crate) evidence: Option<Box<Evidence>>,
    /// Why it is over when those that cause it are still seen.
    pub(crate) over: Reason,
}

impl Claim {
    /// Those by whom it is the same cause as an earlier one: of what passes in a moment only the first, since the other
    /// may be met by others as well.
    pub(crate) fn causers(&self) -> impl Iterator<Item = TrackId> {
        self.about.users().take(if self.course == Course::Passes { 1 } else { 2 })
    }

    /// Whether a road user is attached to it, or was the one who causes it under another number.
    pub(crate) fn follows(&self, user: TrackId) -> bool {
        self.members.contains(&user) || self.heir_of.contains(&user)
    }

    /// About one road user; confirmed at once, and over when it ceases.
    pub(crate) fn by(rule: usize, user: &RoadUser<'_>, spot: Spot, since: f64) -> Self {
        Self { about: About::One(user.id), ..Self::of(rule, spot, user.anchor, since) }
    }

    /// About a lane, zone or line as a whole; confirmed at once, and over when it ceases.
    pub(crate) const fn of(rule: usize, spot: Spot, place: PixelPoint, since: f64) -> Self {
        Self {
            rule,
            about: About::Spot,
            members: Vec::new(),
            heir_of: Vec::new(),
            spot,
            place,
            reach: -1.0,
            since,
            confirm_s: 0.0,
            clear_s: 0.0,
            course: Course::Stands,
            evidence: None,
            over: Reason::Cleared,
        }
    }
}
