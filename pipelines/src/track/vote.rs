//! The class of a track: what the model said over its life, weighted by score.

use kerege_contract::RoadUserClass;

/// Votes by class.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Votes([f32; RoadUserClass::ALL.len()]);

impl Votes {
    /// Adds one detection's vote.
    pub(crate) fn add(&mut self, class: RoadUserClass, score: f32) {
        if let Some(index) = RoadUserClass::ALL.iter().position(|known| *known == class) {
            self.0[index] += score.max(0.01);
        }
    }

    /// The class with most votes; the earlier of [`RoadUserClass::ALL`] when two have the same.
    pub(crate) fn class(&self) -> RoadUserClass {
        let mut best = 0;
        for index in 1..self.0.len() {
            if self.0[index] > self.0[best] {
                best = index;
            }
        }
        RoadUserClass::ALL[best]
    }

    /// The winner's share of all votes, 0..1.
    pub(crate) fn confidence(&self) -> f64 {
        let total: f32 = self.0.iter().sum();
        let most = self.0.iter().copied().fold(0.0, f32::max);
        if total > 0.0 { f64::from(most / total) } else { 0.0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_majority_by_score_wins() {
        let mut votes = Votes::default();
        votes.add(RoadUserClass::Bus, 0.9);
        votes.add(RoadUserClass::Truck, 0.4);
        votes.add(RoadUserClass::Truck, 0.3);
        assert_eq!(votes.class(), RoadUserClass::Bus);
        assert!((votes.confidence() - 0.5625).abs() < 1e-6);
        votes.add(RoadUserClass::Truck, 0.6);
        assert_eq!(votes.class(), RoadUserClass::Truck);
    }
}
