//! Whose way a new track goes on with.
//!
//! A road user that is hidden for longer than its track waits, or that comes out where nobody expected it,
//! is a new track in the middle of the picture. If that happens on a line, the old track never came across
//! and the new one never came from anywhere. So what the old one crossed, and on which side of each line it
//! was, is handed on to the track that begins where it must be by now. Tracks keep their numbers: it is the
//! counting alone that goes on.

use super::journey::Journey;
use crate::TrackId;
use crate::track::Track;
use kerege_contract::{PixelPoint, RoadUserClass};
use std::collections::BTreeMap;

/// How long one that is not seen any more may be found again, seconds.
const WAITS_S: f64 = 3.5;
/// How far from the way it was expected to go: its sizes, shares of that way, and its sizes a second, since it may
/// have braked or sped up.
const OFF_SIZES: f64 = 0.5;
const OFF_WAY: f64 = 0.3;
const OFF_SIZES_PER_S: f64 = 0.25;
/// How much smaller it may be, since it may be hidden in part; inverse: how much larger.
const LEAST_SIZE: f64 = 0.55;

/// One road user when it was last seen.
#[derive(Debug, Clone, Copy)]
pub(super) struct LastSeen {
    at: f64,
    place: PixelPoint,
    /// Square pixels a second.
    velocity: PixelPoint,
    size: f64,
    person: bool,
}

impl LastSeen {
    /// Of a track that is seen.
    pub(super) fn of(track: &Track) -> Self {
        let (bbox, drift) = (track.steady_box(), track.history.drift(0.8));
        let velocity =
            drift.map(|drift| PixelPoint::new(drift.pixels.x / drift.seconds, drift.pixels.y / drift.seconds));
        Self {
            at: track.last_seen,
            place: bbox.anchor(),
            velocity: velocity.unwrap_or_default(),
            size: bbox.area().sqrt(),
            person: track.class() == RoadUserClass::Person,
        }
    }

    /// How far a new track is from where this one must be when it began, 1 being just not it any more; none when it
    /// is not it.
    fn misses(&self, track: &Track) -> Option<f64> {
        let (gone, first) = (track.first_seen - self.at, track.history.iter().next()?);
        let scale = (first.width * first.height).sqrt() / self.size;
        let alike = (LEAST_SIZE..=1.0 / LEAST_SIZE).contains(&scale);
        if !(0.0..=WAITS_S).contains(&gone) || !alike || self.person != (track.class() == RoadUserClass::Person) {
            return None;
        }
        let way = PixelPoint::new(self.velocity.x * gone, self.velocity.y * gone);
        let length = way.distance(PixelPoint::default());
        // Where on that way it would be nearest.
        let to = PixelPoint::new(first.anchor.x - self.place.x, first.anchor.y - self.place.y);
        let share = ((to.x * way.x + to.y * way.y) / (length * length).max(1e-9)).clamp(0.5, 1.25);
        let off = PixelPoint::new(to.x - share * way.x, to.y - share * way.y).distance(PixelPoint::default());
        let limit = (OFF_SIZES + OFF_SIZES_PER_S * gone) * self.size + OFF_WAY * length;
        (off < limit).then(|| off / limit)
    }
}

/// Those that may be found again.
#[derive(Debug, Default)]
pub(crate) struct Heirs {
    waiting: Vec<Journey>,
}

impl Heirs {
    /// One has ended within the picture, and may be found again.
    pub(crate) fn wait(&mut self, journey: Journey) {
        self.waiting.push(journey);
    }

    /// Forgets those that will not be found any more; pipeline seconds.
    pub(crate) fn forget(&mut self, now: f64) {
        self.waiting.retain(|journey| journey.seen.is_some_and(|seen| now - seen.at <= WAITS_S + 1.0));
    }

    /// Hands on to the journey of a new track what one did that it must be.
    pub(crate) fn hand_on(
        &mut self,
        track: &Track,
        tracks: &[Track],
        journeys: &mut BTreeMap<TrackId, Journey>,
        heir: &mut Journey,
    ) {
        let misses = |journey: &Journey| journey.seen?.misses(track);
        let unseen = tracks.iter().filter(|other| !other.is_seen() && !other.is_double()).filter_map(|other| other.id);
        let living = unseen.filter_map(|id| Some((misses(journeys.get(&id)?)?, id))).min_by(|a, b| a.0.total_cmp(&b.0));
        let ended = self.waiting.iter().enumerate().filter_map(|(at, ended)| Some((misses(ended)?, at)));
        let ended = ended.min_by(|a, b| a.0.total_cmp(&b.0));
        match (living, ended) {
            (Some((off, id)), other) if other.is_none_or(|(further, _)| off <= further) => {
                if let Some(before) = journeys.get_mut(&id) {
                    heir.inherit(before);
                }
            }
            (_, Some((_, at))) => heir.inherit(&mut self.waiting.swap_remove(at)),
            _ => {}
        }
    }

    #[cfg(test)]
    pub(crate) const fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }
}
