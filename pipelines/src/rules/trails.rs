//! The trails of all road users, followed once a frame for the rules that ask whose way it was.

use super::Watch;
use super::trail::Trail;
use crate::TrackId;
use std::collections::BTreeMap;

/// The trails of the road users of a frame, and of those who have just left.
#[derive(Debug)]
pub(crate) struct Trails {
    /// With the time at which each was followed last, pipeline seconds.
    all: BTreeMap<TrackId, (f64, Trail)>,
    followed: f64,
}

impl Trails {
    pub(crate) const fn none() -> Self {
        Self { all: BTreeMap::new(), followed: f64::NEG_INFINITY }
    }

    /// Follows the road users of a frame. Who left with it can be asked for until the next one.
    pub(super) fn follow(&mut self, watch: &Watch<'_>) {
        self.all.retain(|_, (at, _)| *at >= self.followed);
        for user in watch.users {
            let (at, trail) = self.all.entry(user.id).or_insert_with(|| (watch.now, Trail::new(user)));
            *at = watch.now;
            trail.follow(user, watch);
        }
        self.followed = watch.now;
    }

    /// Since when a track is one road user's, as far as it is looked at up to some time; pipeline seconds. Of whom
    /// nobody followed nothing is known at any time.
    pub(super) fn own_since(&self, id: TrackId, until: f64) -> f64 {
        self.all.get(&id).map_or(f64::INFINITY, |(_, trail)| trail.own_since(until))
    }

    #[cfg(test)]
    pub(super) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }
}
