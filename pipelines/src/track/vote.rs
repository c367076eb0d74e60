//! The class of a track: what the model said of late, weighted by score.
//!
//! Votes fade, since a track may have gone over to another road user: what it showed long ago says little of who it is.

use kerege_contract::RoadUserClass;

/// Votes fade with this time constant, seconds.
const FADES_S: f64 = 8.0;
/// Share of votes that makes sure what kind a track is.
const SURE: f32 = 0.8;
/// Share of a track's votes for cycles, and of those for a person those in haste, that make it a rider.
const CYCLES: f32 = 0.1;
const IN_HASTE: f32 = 0.5;

/// What no model takes for each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// One person.
    Person,
    /// Car, van, bus or truck.
    FourWheels,
}

impl Kind {
    /// The kind of a class; cycles, of which models see now the rider and now the cycle, are of none.
    pub(crate) const fn of(class: RoadUserClass) -> Option<Self> {
        match class {
            RoadUserClass::Person => Some(Self::Person),
            RoadUserClass::Motorcycle | RoadUserClass::Bicycle => None,
            _ => Some(Self::FourWheels),
        }
    }
}

/// How a road user went when a vote was cast.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pace {
    /// As one may walk, or unknown.
    Any,
    /// Faster than anybody walks.
    InHaste,
}

/// Votes by class.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Votes {
    by_class: [f32; RoadUserClass::ALL.len()],
    /// Votes for a person who was faster than anybody walks.
    in_haste: f32,
    /// What they make it: it is asked far oftener than voted on.
    class: RoadUserClass,
}

impl Default for Votes {
    fn default() -> Self {
        Self { by_class: Default::default(), in_haste: 0.0, class: RoadUserClass::ALL[0] }
    }
}

impl Votes {
    /// Adds one detection's vote, so many seconds after the one before.
    pub(crate) fn add(&mut self, class: RoadUserClass, score: f32, pace: Pace, passed_s: f64) {
        let vote = score.max(0.01);
        #[expect(clippy::cast_possible_truncation, reason = "a share")]
        let kept = (-passed_s / FADES_S).exp() as f32;
        self.by_class.iter_mut().chain([&mut self.in_haste]).for_each(|votes| *votes *= kept);
        if let Some(index) = RoadUserClass::ALL.iter().position(|known| *known == class) {
            self.by_class[index] += vote;
        }
        if class == RoadUserClass::Person && pace == Pace::InHaste {
            self.in_haste += vote;
        }
        self.class = self.count();
    }

    /// The class with most votes; the earlier of [`RoadUserClass::ALL`] when two have the same. A person
    /// who goes too fast to walk and was seen as a cycle now and then is its rider.
    pub(crate) const fn class(&self) -> RoadUserClass {
        self.class
    }

    fn count(&self) -> RoadUserClass {
        let most = self.most(|_| true);
        let rides = most == RoadUserClass::Person
            && self.in_haste >= IN_HASTE * self.of(most)
            && self.sum(RoadUserClass::is_cycle) >= CYCLES * self.sum(|_| true);
        if rides { self.most(RoadUserClass::is_cycle) } else { most }
    }

    /// The winner's share of all votes, 0..1.
    pub(crate) fn confidence(&self) -> f64 {
        let total = self.sum(|_| true);
        if total > 0.0 { f64::from(self.of(self.class()) / total) } else { 0.0 }
    }

    /// The kind of the track, where its votes are sure of it.
    pub(crate) fn kind(&self) -> Option<Kind> {
        let sure = SURE * self.sum(|_| true);
        [Kind::Person, Kind::FourWheels]
            .into_iter()
            .find(|kind| self.sum(|class| Kind::of(class) == Some(*kind)) > sure)
    }

    fn of(&self, class: RoadUserClass) -> f32 {
        self.sum(|other| other == class)
    }

    fn sum(&self, which: impl Fn(RoadUserClass) -> bool) -> f32 {
        RoadUserClass::ALL.iter().zip(self.by_class).filter(|(class, _)| which(**class)).map(|(_, votes)| votes).sum()
    }

    fn most(&self, which: impl Fn(RoadUserClass) -> bool) -> RoadUserClass {
        let mut best = None;
        for (class, votes) in RoadUserClass::ALL.iter().zip(self.by_class).filter(|(class, _)| which(**class)) {
            if best.is_none_or(|(_, most)| votes > most) {
                best = Some((*class, votes));
            }
        }
        best.map_or(RoadUserClass::Vehicle, |(class, _)| class)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_majority_by_score_wins() {
        let mut votes = Votes::default();
        votes.add(RoadUserClass::Bus, 0.9, Pace::Any, 0.0);
        votes.add(RoadUserClass::Truck, 0.4, Pace::Any, 0.0);
        votes.add(RoadUserClass::Truck, 0.3, Pace::Any, 0.0);
        assert_eq!(votes.class(), RoadUserClass::Bus);
        assert!((votes.confidence() - 0.5625).abs() < 1e-6);
        votes.add(RoadUserClass::Truck, 0.6, Pace::Any, 0.0);
        assert_eq!(votes.class(), RoadUserClass::Truck);
    }

    #[test]
    fn who_is_too_fast_to_walk_and_now_and_then_a_cycle_rides_it() {
        use RoadUserClass::{Bicycle, Motorcycle, Person};
        for (persons, in_haste, bicycles, motorcycles, wanted) in [
            (10, 8, 1, 3, Motorcycle),
            (10, 8, 2, 1, Bicycle),
            (10, 2, 2, 1, Person),
            (20, 20, 1, 0, Person),
            (2, 0, 0, 3, Motorcycle),
        ] {
            let mut votes = Votes::default();
            for n in 0..persons {
                votes.add(Person, 0.5, if n < in_haste { Pace::InHaste } else { Pace::Any }, 0.0);
            }
            (0..bicycles).for_each(|_| votes.add(Bicycle, 0.5, Pace::InHaste, 0.0));
            (0..motorcycles).for_each(|_| votes.add(Motorcycle, 0.5, Pace::InHaste, 0.0));
            assert_eq!(votes.class(), wanted, "{persons} {in_haste} {bicycles} {motorcycles}");
        }
    }

    #[test]
    fn who_goes_on_under_the_number_of_another_is_what_he_is_seen_as() {
        let mut votes = Votes::default();
        (0..100).for_each(|_| votes.add(RoadUserClass::Bicycle, 0.9, Pace::Any, 0.2));
        (0..20).for_each(|_| votes.add(RoadUserClass::Person, 0.9, Pace::Any, 0.2));
        assert_eq!(votes.class(), RoadUserClass::Bicycle, "4 s");
        (0..20).for_each(|_| votes.add(RoadUserClass::Person, 0.9, Pace::Any, 0.2));
        assert_eq!(votes.class(), RoadUserClass::Person, "8 s");
    }

    #[test]
    fn the_kind_is_told_when_nearly_all_votes_agree() {
        let mut votes = Votes::default();
        votes.add(RoadUserClass::Car, 0.9, Pace::Any, 0.0);
        votes.add(RoadUserClass::Truck, 0.9, Pace::Any, 0.0);
        assert_eq!(votes.kind(), Some(Kind::FourWheels));
        votes.add(RoadUserClass::Person, 0.9, Pace::Any, 0.0);
        assert_eq!(votes.kind(), None);
    }
}
