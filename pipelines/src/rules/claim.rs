//! What judges look at and what they claim.

use crate::TrackId;
use crate::layout::{Layout, OnLane};
use crate::track::Track;
use kerege_contract::PixelPoint;

/// A confirmed road user in a lane.
#[derive(Debug)]
pub(crate) struct Subject<'t> {
    pub(crate) id: TrackId,
    pub(crate) track: &'t Track,
    /// Number of the lane.
    pub(crate) lane: usize,
    /// Where in the lane.
    pub(crate) on: OnLane,
    /// Its contact point when it was last seen, square pixels.
    pub(crate) anchor: PixelPoint,
    /// Its steady width and height, square pixels.
    pub(crate) width: f64,
    pub(crate) height: f64,
}

impl Subject<'_> {
    /// How long its box is along a direction (a unit vector), square pixels.
    pub(crate) fn length_along(&self, direction: PixelPoint) -> f64 {
        (self.width * direction.x).hypot(self.height * direction.y)
    }
}

/// What judges look at in each frame.
#[derive(Debug)]
pub(crate) struct Watch<'t> {
    /// Pipeline seconds.
    pub(crate) now: f64,
    /// A condition that is unseen for at most this long goes on, seconds.
    pub(crate) max_gap_s: f64,
    /// A hidden vehicle is remembered for this long, seconds.
    pub(crate) covered_s: f64,
    pub(crate) layout: &'t Layout,
    /// Confirmed road users in lanes, by number.
    pub(crate) subjects: &'t [Subject<'t>],
}

/// A judge's claim: this road user, there, since then.
#[derive(Debug, Clone)]
pub(crate) struct Claim {
    /// Number of the rule.
    pub(crate) rule: usize,
    /// The road user that causes it.
    pub(crate) subject: TrackId,
    /// Those that it holds up.
    pub(crate) members: Vec<TrackId>,
    /// Number of the lane.
    pub(crate) lane: usize,
    /// Where, square pixels.
    pub(crate) place: PixelPoint,
    /// Within this distance it is the same place, square pixels.
    pub(crate) reach: f64,
    /// Since when, pipeline seconds.
    pub(crate) since: f64,
    /// How long it must last before it is an incident, seconds.
    pub(crate) confirm_s: f64,
}
