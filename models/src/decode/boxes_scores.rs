//! Boxes that are finished but for suppression: corners in one output, scores in another.

use super::classes::Classes;
use super::{Candidate, DecodeError, check_length};
use crate::manifest::{InputSpec, OutputSpec};

/// Where everything lies.
#[derive(Debug)]
pub(super) struct BoxesScores {
    boxes: usize,
    /// Input pixels across, down.
    size: (f32, f32),
    classes: Classes,
}

impl BoxesScores {
    pub(super) fn new(input: &InputSpec, boxes: usize, output: &OutputSpec) -> Self {
        Self { boxes, size: input.size(), classes: Classes::new(output) }
    }

    /// Of the boxes, of the scores.
    pub(super) fn shapes(&self) -> [Vec<usize>; 2] {
        [vec![1, self.boxes, 4], vec![1, self.boxes, self.classes.count]]
    }

    pub(super) fn read(
        &self,
        boxes: &[f32],
        scores: &[f32],
        candidates: &mut Vec<Candidate>,
    ) -> Result<(), DecodeError> {
        check_length(boxes, self.boxes * 4)?;
        check_length(scores, self.boxes * self.classes.count)?;
        let (width, height) = self.size;
        let (corners, _) = boxes.as_chunks::<4>();
        let rows = corners.iter().zip(scores.chunks_exact(self.classes.count));
        candidates.extend(rows.filter_map(|([x1, y1, x2, y2], row)| {
            let (score, class) = self.classes.best(row, 1.0)?;
            Candidate::new(class, score, [x1 * width, y1 * height, x2 * width, y2 * height])
        }));
        Ok(())
    }
}
