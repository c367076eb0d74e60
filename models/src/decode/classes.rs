//! Which class a row of scores means, and whether it is sure enough.

use crate::manifest::{OutputSpec, Scores};
use kerege_contract::RoadUserClass;

/// What the classes of a model's output mean.
#[derive(Debug)]
pub(super) struct Classes {
    /// Numbers in a row of scores.
    pub(super) count: usize,
    /// The meaning of each index; none for what is not looked at.
    meanings: Vec<Option<RoadUserClass>>,
    /// Index and meaning of those that are looked at.
    looked_at: Vec<(usize, RoadUserClass)>,
    scores: Scores,
    /// Lowest score that counts, 0..1.
    pub(super) threshold: f32,
    /// The same in the numbers of the output.
    floor: f32,
}

impl Classes {
    pub(super) fn new(output: &OutputSpec) -> Self {
        let looked_at = output.classes.iter().enumerate().filter_map(|(index, class)| Some((index, (*class)?)));
        let threshold = output.score_threshold;
        let floor = match output.scores {
            Scores::Probabilities => threshold,
            // Rounding must not take away a score of exactly the threshold.
            Scores::Logits => (threshold / (1.0 - threshold)).ln() - 1e-4,
        };
        Self {
            count: output.classes.len(),
            meanings: output.classes.clone(),
            looked_at: looked_at.collect(),
            scores: output.scores,
            threshold,
            floor,
        }
    }

    /// A number of the output as 0..1; a number out of range stays as it is.
    pub(super) fn probability(&self, number: f32) -> f32 {
        match self.scores {
            Scores::Probabilities => number,
            Scores::Logits => 1.0 / (1.0 + (-number).exp()),
        }
    }

    /// Whether a number of the output alone reaches the threshold.
    pub(super) fn reaches(&self, number: f32) -> bool {
        number >= self.floor
    }

    /// The best of the classes that are looked at, when `weight` (0..1) times its score reaches the
    /// threshold; the first of equal ones. A class that is not looked at takes no box away: what
    /// COCO calls a train at 0.4 and a bus at 0.3 is, in a street, the bus.
    pub(super) fn best(&self, row: &[f32], weight: f32) -> Option<(f32, RoadUserClass)> {
        let mut best: Option<(f32, RoadUserClass)> = None;
        for (index, class) in &self.looked_at {
            let number = row[*index];
            if self.reaches(number) && best.is_none_or(|(so_far, _)| number > so_far) {
                best = Some((number, *class));
            }
        }
        let (number, class) = best?;
        let score = weight * self.probability(number);
        (score >= self.threshold).then_some((score.min(1.0), class))
    }

    /// The meaning of an index that the model tells as a number.
    pub(super) fn meaning(&self, index: f32) -> Option<RoadUserClass> {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a whole number 0..1000 or none")]
        let at = ((0.0..1000.0).contains(&index) && index.fract() == 0.0).then_some(index as usize)?;
        self.meanings.get(at).copied().flatten()
    }
}
