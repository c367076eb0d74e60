//! Stands that outlast their tracks: who goes on to stand where another track just did.
//!
//! A stand is evidence about a place as much as about a number. Where a track ended, or was taken along by one who
//! passes, and a newcomer of its size is there sooner than anybody could have driven up, it is the same vehicle.

use super::standing::{Still, came};
use super::{RoadUser, Watch};
use crate::TrackId;

/// Who was seen so long before the other was last seen there is not the same, seconds.
const APPEARS_S: f64 = 2.0;
/// Nobody comes sooner to the place of one who drives off, seconds: he starts a second later, and drives his length and
/// the gap from standing, while that one has got a fifth of his box when he is last seen right there.
const FOLLOWS_S: f64 = 2.0;
/// Who got so many own lengths since he was first seen comes from elsewhere.
const COMES_LENGTHS: f64 = 0.25;
/// Who only seemed to move stands there again within this time, seconds.
const AGAIN_S: f64 = 3.0;
/// The same place: box widths; and on the road, metres. And the same size: within these ratios.
const SAME_PLACE: f64 = 0.3;
const SAME_PLACE_M: f64 = 3.0;
const SAME_SIZE: [f64; 2] = [0.7, 1.4];

/// One who stood, and what is known of that.
#[derive(Debug, Clone, Copy)]
struct Left<T> {
    track: TrackId,
    still: Still,
    known: T,
}

/// Those whose tracks stand no longer.
#[derive(Debug)]
pub(crate) struct Heirs<T> {
    left: Vec<Left<T>>,
}

impl<T> Heirs<T> {
    pub(crate) const fn new() -> Self {
        Self { left: Vec::new() }
    }

    /// Notes that a track does not stand any more where it did.
    pub(crate) fn leave(&mut self, track: TrackId, still: Still, known: T) {
        self.left.push(Left { track, still, known });
    }

    /// Forgets those after whom nobody can come any more.
    pub(crate) fn forget(&mut self, now: f64) {
        self.left.retain(|left| now - left.still.there <= AGAIN_S.max(FOLLOWS_S));
    }

    /// The one as whom a road user goes on to stand, if he does: his number, his stand, and what is known of it.
    /// `stands` tells whether he is known to stand by himself.
    pub(crate) fn take(&mut self, watch: &Watch<'_>, user: &RoadUser<'_>, stands: bool) -> Option<(TrackId, Still, T)> {
        let index = self.left.iter().position(|left| left.is(watch, user, stands))?;
        let left = self.left.swap_remove(index);
        Some((left.track, left.still, left.known))
    }
}

impl<T> Left<T> {
    fn is(&self, watch: &Watch<'_>, user: &RoadUser<'_>, stands: bool) -> bool {
        let away_s = watch.now - self.still.there;
        let again = || self.track == user.id && stands && away_s <= AGAIN_S;
        let newcomer = || {
            away_s <= FOLLOWS_S
                && user.track.unbroken_since >= self.still.there - APPEARS_S
                && user.journey.own_reach() <= COMES_LENGTHS
                && !came(watch, user)
        };
        user.track.is_seen() && self.is_there(watch, user) && (again() || newcomer())
    }

    /// Whether a road user is where it stood, and of its size.
    fn is_there(&self, watch: &Watch<'_>, user: &RoadUser<'_>) -> bool {
        let (was, bbox) = (self.still, user.track.steady_box());
        if was.is_held(bbox) && !watch.shows_bottom(user) {
            return true;
        }
        let alike = |is: f64, was: f64| (SAME_SIZE[0]..=SAME_SIZE[1]).contains(&(is / was));
        let road = watch.layout.plane.as_ref().map(|plane| plane.extended(user.anchor));
        alike(bbox.width(), was.bbox.width())
            && alike(bbox.height(), was.bbox.height())
            && was.place.distance(user.anchor) <= SAME_PLACE * user.width
            && was.road.zip(road).is_none_or(|(was, is)| was.distance(is) <= SAME_PLACE_M)
    }
}
