//! Who takes part: tracks as events tell of them.

use super::{About, RoadUser};
use crate::TrackId;
use crate::count::Journey;
use crate::ground::Speed;
use crate::track::Track;
use kerege_contract::event::EventObject;
use kerege_contract::{FrameBox, FrameSize, PixelPoint, RoadUserClass};
use std::collections::BTreeMap;

/// The road users of one frame.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cast<'p> {
    pub(crate) tracks: &'p [Track],
    pub(crate) journeys: &'p BTreeMap<TrackId, Journey>,
    pub(crate) frame: FrameSize,
    /// Pipeline seconds.
    pub(crate) now: f64,
}

impl Cast<'_> {
    /// Those that cause it, then its members, as an event tells of them.
    pub(crate) fn objects(&self, about: About, members: &[TrackId]) -> Vec<EventObject> {
        about.users().chain(members.iter().copied()).filter_map(|id| self.object(id)).collect()
    }

    /// Whether a track is seen in this frame.
    pub(crate) fn is_seen(&self, id: TrackId) -> bool {
        self.find(id).is_some_and(Track::is_seen)
    }

    /// Where a track touches the road in this frame, square pixels; none while it is not seen.
    pub(crate) fn place(&self, id: TrackId) -> Option<PixelPoint> {
        self.find(id).filter(|track| track.is_seen()).map(|track| track.steady_box().anchor())
    }

    fn find(&self, id: TrackId) -> Option<&Track> {
        self.tracks.iter().find(|track| track.id == Some(id))
    }

    fn object(&self, id: TrackId) -> Option<EventObject> {
        Some(object(id, self.find(id)?, self.journeys.get(&id), self.now, self.frame))
    }
}

/// A track as an event tells of it.
pub(super) fn object(id: TrackId, track: &Track, journey: Option<&Journey>, now: f64, frame: FrameSize) -> EventObject {
    Seen::of(track, journey, now, frame).object(id)
}

/// What an event tells of a track, kept until it is told: cheaper than an object a frame.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seen {
    pub(super) class: RoadUserClass,
    pub(super) conf: f64,
    pub(super) bbox: FrameBox,
    pub(super) speed: Option<Speed>,
}

impl Seen {
    fn of(track: &Track, journey: Option<&Journey>, now: f64, frame: FrameSize) -> Self {
        Self {
            class: track.class(),
            conf: track.class_confidence(),
            bbox: track.shown_box(frame),
            speed: journey.and_then(|journey| journey.median_speed(now)),
        }
    }

    /// Of a road user in this frame.
    pub(super) fn of_user(user: &RoadUser<'_>, now: f64, frame: FrameSize) -> Self {
        Self::of(user.track, Some(user.journey), now, frame)
    }

    /// As an event tells of it.
    pub(super) fn object(self, id: TrackId) -> EventObject {
        EventObject {
            track: id.to_string(),
            class: self.class,
            conf: self.conf,
            bbox: self.bbox,
            speed_kmh: self.speed.map(|speed| speed.kmh),
            speed_err_kmh: self.speed.map(|speed| speed.err_kmh),
        }
    }
}
