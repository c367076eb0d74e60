//! What judges look at: the road users of a frame, and what of the scene their rule is about.

use super::meetings::Meeting;
use super::trails::Trails;
use crate::clock::Clock;
use crate::count::{Journey, Step};
use crate::ground::Contact;
use crate::layout::{Layout, OnLane};
use crate::signals::Signals;
use crate::track::{Sighting, Track};
use crate::{Thing, TrackId};
use kerege_contract::event::EventObject;
use kerege_contract::scene::{Rule, Scope};
use kerege_contract::{FrameSize, PixelBox, PixelPoint};

/// A confirmed road user.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RoadUser<'t> {
    pub(crate) id: TrackId,
    pub(crate) track: &'t Track,
    /// What it has done so far.
    pub(crate) journey: &'t Journey,
    /// Its contact point when it was last seen, square pixels.
    pub(crate) anchor: PixelPoint,
    /// Its steady width and height, square pixels.
    pub(crate) width: f64,
    pub(crate) height: f64,
}

impl RoadUser<'_> {
    /// Its contact point with the sides of its box.
    pub(crate) const fn contact(&self) -> Contact {
        Contact { anchor: self.anchor, width: self.width, height: self.height }
    }

    /// How long its box is along a direction (a unit vector), square pixels.
    pub(crate) fn length_along(&self, direction: PixelPoint) -> f64 {
        (self.width * direction.x).hypot(self.height * direction.y)
    }

    /// As an event tells of it.
    pub(crate) fn object(&self, frame: FrameSize, now: f64) -> EventObject {
        super::cast::object(self.id, self.track, Some(self.journey), now, frame)
    }

    /// Whether the frame's edge cuts it off so that its contact point is not where its box ends.
    pub(crate) const fn is_cut(&self) -> bool {
        self.track.edges.moves_anchor()
    }

    /// The larger side of its box, square pixels.
    pub(crate) const fn size(&self) -> f64 {
        self.width.max(self.height)
    }
}

/// A road user in a lane.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LaneUser<'t> {
    pub(crate) user: RoadUser<'t>,
    /// Number of the lane.
    pub(crate) lane: usize,
    /// Where in the lane.
    pub(crate) on: OnLane,
}

/// What all judges look at in each frame.
#[derive(Debug)]
pub(crate) struct Watch<'t> {
    /// Pipeline seconds.
    pub(crate) now: f64,
    /// A condition that is unseen for at most this long goes on, seconds.
    pub(crate) max_gap_s: f64,
    /// A hidden vehicle is remembered for this long, seconds.
    pub(crate) covered_s: f64,
    pub(crate) layout: &'t Layout,
    /// For instants in UTC.
    pub(crate) clock: &'t Clock,
    /// What the signals showed.
    pub(crate) signals: &'t Signals,
    /// Confirmed road users, by number.
    pub(crate) users: &'t [RoadUser<'t>],
    /// All that the model saw in this frame, also what is no confirmed road user.
    pub(crate) sightings: &'t [Sighting],
    /// What lies still, and when that was seen, pipeline seconds.
    pub(crate) things: (f64, &'t [Thing]),
    /// Who met whom of late, for the rules that ask.
    pub(crate) met: &'t [Meeting],
    /// Whose way each track's is, for the rules that ask.
    pub(crate) trails: &'t Trails,
    /// Lines that were found crossed in this frame, also by tracks that ended with it.
    pub(crate) crossed: &'t [(TrackId, Step)],
}

/// Who ends lower by more than so many box heights is nearer, and hides what is behind him.
const HIDES_HEIGHT: f64 = 0.05;
/// Of a contact point that can be believed nobody nearer hides more than this share of the bottom edge.
const HIDES_WIDTH: f64 = 0.3;
/// Nearer boxes hide all of a bottom edge when they cover more than this share of it; a vehicle does not fill the
/// corners of its box, so much of each side.
const HIDES_BOTTOM: f64 = 0.75;
const CORNERS: f64 = 0.07;
/// It hides a side of a box where it reaches higher than this share of its height.
const HIDES_SIDE: f64 = 0.8;
/// It hides much of a box where it reaches higher than this, and of a side where it reaches higher than that.
const MUCH_DEEP: f64 = 0.3;
const MUCH_OF_SIDE: f64 = 0.5;
/// The narrowest that a vehicle on more than two wheels looks, metres.
const NARROWEST_M: f64 = 1.0;
/// Where a pixel is coarser than this no width is told, metres.
const WIDTH_M_PER_PX: f64 = 2.0;

impl Watch<'_> {
    /// Whether a road user's contact point can be believed: no edge of the frame cuts it off, and nobody nearer
    /// stands before it.
    pub(crate) fn is_clear(&self, user: &RoadUser<'_>) -> bool {
        self.hidden_share(user) <= HIDES_WIDTH
    }

    /// The largest share of a road user's bottom edge that one nearer road user hides, 0..1; all of it where an edge of
    /// the frame cuts it off.
    pub(crate) fn hidden_share(&self, user: &RoadUser<'_>) -> f64 {
        if user.is_cut() { 1.0 } else { self.covered_share(user) }
    }

    /// The same of one whom an edge of the frame may cut off.
    fn covered_share(&self, user: &RoadUser<'_>) -> f64 {
        let covers = self.nearer(user).filter(|cover| cover.deep > 0.0);
        covers.map(|cover| cover.share).fold(0.0, f64::max)
    }

    /// Whether it is seen where a road user touches the road: a side of the frame may cut it off, which its steady width
    /// puts back, but nobody nearer hides it.
    pub(crate) fn shows_contact(&self, user: &RoadUser<'_>) -> bool {
        !user.track.edges.bottom && self.covered_share(user) <= HIDES_WIDTH
    }

    /// How much of a road user's box can be believed.
    pub(crate) fn sight(&self, user: &RoadUser<'_>) -> Sight {
        if user.is_cut() {
            return Sight::Hidden;
        }
        let (mut together, mut much) = (0.0, false);
        for cover in self.nearer(user) {
            if cover.share > HIDES_BOTTOM && cover.deep > 0.0 || cover.beside && cover.deep > HIDES_SIDE {
                return Sight::Hidden;
            }
            much |= cover.share > HIDES_WIDTH && cover.deep > MUCH_DEEP || cover.beside && cover.deep > MUCH_OF_SIDE;
            together += if cover.deep > 0.0 { cover.share } else { 0.0 };
        }
        match (together <= HIDES_BOTTOM, much) {
            (false, _) => Sight::Hidden,
            (true, true) => Sight::Covered,
            (true, false) => Sight::Clear,
        }
    }

    /// Whether enough of a road user's box is seen to tell where it is.
    pub(crate) fn shows_bottom(&self, user: &RoadUser<'_>) -> bool {
        self.sight(user) != Sight::Hidden
    }

    /// What those who are nearer than a road user cover of its box.
    fn nearer(&self, user: &RoadUser<'_>) -> impl Iterator<Item = Cover> {
        let (own, id) = (user.track.seen_box, user.id);
        let others = self.users.iter().filter(move |other| other.id != id).map(|other| other.track.seen_box);
        let lower = own.y2 + HIDES_HEIGHT * own.height();
        let covers = move |b: &PixelBox| b.y2 > lower && b.x1 < own.x2 && b.x2 > own.x1;
        others.filter(covers).map(move |b| Cover::of(own, b))
    }

    /// Whether a road user is as wide on the road as its class must be; true where there is no ground plane. A
    /// person whose track began as a car's is none.
    pub(crate) fn fits_class(&self, user: &RoadUser<'_>) -> bool {
        let class = user.track.class();
        if !class.is_motor_vehicle() || class.is_cycle() {
            return true;
        }
        self.width_m(user).is_none_or(|metres| metres >= NARROWEST_M)
    }

    /// How wide a road user's box is on the road, metres; none where that cannot be told.
    pub(crate) fn width_m(&self, user: &RoadUser<'_>) -> Option<f64> {
        // A width needs no more than the plane as it goes on beyond its valid polygon.
        let plane = self.layout.plane.as_ref().filter(|plane| plane.reach(user.anchor, WIDTH_M_PER_PX).is_some())?;
        Some(plane.step(user.anchor, 1.0, 0.0).distance(PixelPoint::default()) * user.width)
    }
}

/// How much of a box can be believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sight {
    /// It does not end where its road user does: nearer ones hide its bottom edge or a side, or the frame's edge cuts it off.
    Hidden,
    /// It ends where its road user does, but a nearer one who reaches high covers much of its bottom edge, or a side of it
    /// to the half, and it errs by more.
    Covered,
    /// It errs no more than anybody's.
    Clear,
}

/// What a nearer box covers of another.
#[derive(Debug, Clone, Copy)]
struct Cover {
    /// Share of its width.
    share: f64,
    /// How high from its bottom edge on, shares of its height; none when not above 0.
    deep: f64,
    /// Whether it covers a side of it.
    beside: bool,
}

impl Cover {
    fn of(own: PixelBox, b: PixelBox) -> Self {
        let (aside, above) = (CORNERS * b.width(), CORNERS * b.height());
        Self {
            share: ((own.x2.min(b.x2 - aside) - own.x1.max(b.x1 + aside)) / own.width()).max(0.0),
            deep: (own.y2 - b.y1 - above) / own.height(),
            beside: (b.x1 < own.x1 && b.x2 > own.x1) || (b.x1 < own.x2 && b.x2 > own.x2),
        }
    }
}

/// What one judge has to look after.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Post<'r> {
    /// Number of the rule.
    pub(crate) number: usize,
    pub(crate) rule: &'r Rule,
    pub(crate) scope: &'r Scope,
}

impl<'r> Post<'r> {
    /// The road users that its rule judges, wherever they are.
    pub(crate) fn users<'t: 'r>(&self, watch: &'r Watch<'t>) -> impl Iterator<Item = &'r RoadUser<'t>> + use<'r, 't> {
        let (rule, frame_height) = (self.rule, f64::from(watch.layout.frame.height));
        watch.users.iter().filter(move |user| rule.judges(user.track.class(), user.height / frame_height))
    }

    /// Whether a lane is one of its own.
    pub(crate) fn has_lane(&self, lane: usize) -> bool {
        self.scope.lanes[lane]
    }

    /// Those of them that are in its lanes.
    pub(crate) fn in_lanes<'t: 'r>(&self, watch: &'r Watch<'t>) -> impl Iterator<Item = LaneUser<'t>> + use<'r, 't> {
        let lanes = &self.scope.lanes;
        self.users(watch).filter_map(move |user| {
            let lane = user.journey.lane.filter(|lane| lanes[*lane])?;
            Some(LaneUser { user: *user, lane, on: watch.layout.lanes[lane].locate(user.anchor) })
        })
    }

    /// The first of its zones in which a point is.
    pub(crate) fn zone_at(&self, watch: &Watch<'_>, point: PixelPoint) -> Option<usize> {
        self.zones().find(|zone| watch.layout.zones[*zone].contains(point))
    }

    /// The numbers of its zones.
    pub(crate) fn zones(&self) -> impl Iterator<Item = usize> + use<'r> {
        numbers(&self.scope.zones)
    }

    /// The numbers of its lanes.
    pub(crate) fn lanes(&self) -> impl Iterator<Item = usize> + use<'r> {
        numbers(&self.scope.lanes)
    }

    /// The numbers of its lines.
    pub(crate) fn lines(&self) -> impl Iterator<Item = usize> + use<'r> {
        numbers(&self.scope.lines)
    }
}

fn numbers(scope: &[bool]) -> impl Iterator<Item = usize> {
    scope.iter().enumerate().filter(|(_, watched)| **watched).map(|(number, _)| number)
}
