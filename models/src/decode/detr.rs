//! The layouts of end-to-end detectors: the model's own choice of labels, or logits of every query.

use super::classes::Classes;
use super::{Candidate, DecodeError, check_length};
use crate::manifest::{InputSpec, OutputSpec};

/// The model chose: a label, a box in input pixels and a score for each.
#[derive(Debug)]
pub(super) struct Labels {
    boxes: usize,
    classes: Classes,
}

impl Labels {
    pub(super) fn new(boxes: usize, output: &OutputSpec) -> Self {
        Self { boxes, classes: Classes::new(output) }
    }

    /// Of the labels, the boxes, the scores.
    pub(super) fn shapes(&self) -> [Vec<usize>; 3] {
        [vec![1, self.boxes], vec![1, self.boxes, 4], vec![1, self.boxes]]
    }

    pub(super) fn read(
        &self,
        [labels, boxes, scores]: [&[f32]; 3],
        candidates: &mut Vec<Candidate>,
    ) -> Result<(), DecodeError> {
        check_length(labels, self.boxes)?;
        check_length(boxes, self.boxes * 4)?;
        check_length(scores, self.boxes)?;
        let (corners, _) = boxes.as_chunks::<4>();
        let rows = labels.iter().zip(corners).zip(scores);
        candidates.extend(rows.filter_map(|((label, corners), score)| {
            let score = self.classes.probability(*score);
            let class = self.classes.meaning(*label)?;
            if score < self.classes.threshold {
                return None;
            }
            Candidate::new(class, score.min(1.0), *corners)
        }));
        Ok(())
    }
}

/// The model did not choose: logits of every class and a box for each query.
#[derive(Debug)]
pub(super) struct Logits {
    boxes: usize,
    /// Input pixels across, down.
    size: (f32, f32),
    classes: Classes,
}

impl Logits {
    pub(super) fn new(input: &InputSpec, boxes: usize, output: &OutputSpec) -> Self {
        Self { boxes, size: input.size(), classes: Classes::new(output) }
    }

    /// Of the logits, of the boxes.
    pub(super) fn shapes(&self) -> [Vec<usize>; 2] {
        [vec![1, self.boxes, self.classes.count], vec![1, self.boxes, 4]]
    }

    pub(super) fn read(
        &self,
        logits: &[f32],
        boxes: &[f32],
        candidates: &mut Vec<Candidate>,
    ) -> Result<(), DecodeError> {
        check_length(logits, self.boxes * self.classes.count)?;
        check_length(boxes, self.boxes * 4)?;
        let (width, height) = self.size;
        let (places, _) = boxes.as_chunks::<4>();
        let rows = places.iter().zip(logits.chunks_exact(self.classes.count));
        candidates.extend(rows.filter_map(|([x, y, w, h], row)| {
            let (score, class) = self.classes.best(row, 1.0)?;
            let (x, y, half_width, half_height) = (x * width, y * height, w * width / 2.0, h * height / 2.0);
            Candidate::new(class, score, [x - half_width, y - half_height, x + half_width, y + half_height])
        }));
        Ok(())
    }
}
