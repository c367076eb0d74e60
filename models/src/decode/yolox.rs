//! YOLOX's layout: for each cell x, y, log width, log height, objectness, class scores.

use super::{Candidate, DecodeError};
use crate::manifest::{InputSpec, OutputSpec};
use kerege_contract::RoadUserClass;

/// Where everything lies.
#[derive(Debug)]
pub(super) struct Yolox {
    /// Of each stride: pixels per cell, cells across, cells down.
    grids: Vec<(u32, u32, u32)>,
    /// Numbers per cell.
    width: usize,
    /// Index in a cell's numbers and meaning of the classes that are looked at.
    looked_at: Vec<(usize, RoadUserClass)>,
    threshold: f32,
}

impl Yolox {
    pub(super) fn new(input: &InputSpec, strides: &[u32], output: &OutputSpec) -> Self {
        let grids = strides.iter().map(|stride| (*stride, input.width / stride, input.height / stride)).collect();
        let meanings = output.classes.iter().enumerate();
        let looked_at = meanings.filter_map(|(index, class)| Some((5 + index, (*class)?))).collect();
        Self { grids, width: 5 + output.classes.len(), looked_at, threshold: output.score_threshold }
    }

    pub(super) fn shape(&self) -> [usize; 3] {
        let cells = self.grids.iter().map(|(_, across, down)| *across as usize * *down as usize).sum();
        [1, cells, self.width]
    }

    /// Appends the boxes at or over the threshold. Scores are products of numbers 0..1, so a cell
    /// of low objectness is passed over before anything of it is computed.
    pub(super) fn read(&self, output: &[f32], candidates: &mut Vec<Candidate>) -> Result<(), DecodeError> {
        let expected = self.shape().iter().product();
        if output.len() != expected {
            return Err(DecodeError { found: output.len(), expected });
        }
        let mut rows = output.chunks_exact(self.width);
        for (stride, across, down) in &self.grids {
            for y in 0..*down {
                for (x, row) in (0..*across).zip(rows.by_ref()) {
                    if row[4] >= self.threshold {
                        candidates.extend(self.cell(row, *stride, x, y));
                    }
                }
            }
        }
        Ok(())
    }

    #[expect(clippy::cast_precision_loss, reason = "at most 4096 cells a side")]
    fn cell(&self, row: &[f32], stride: u32, x: u32, y: u32) -> Option<Candidate> {
        let (score, class) = self.best_class(row)?;
        let stride = stride as f32;
        let (centre_x, centre_y) = ((row[0] + x as f32) * stride, (row[1] + y as f32) * stride);
        let (half_width, half_height) = (row[2].exp() * stride / 2.0, row[3].exp() * stride / 2.0);
        let bbox = [centre_x - half_width, centre_y - half_height, centre_x + half_width, centre_y + half_height];
        bbox.iter().all(|edge| edge.is_finite()).then_some(Candidate { class, score, bbox })
    }

    /// The best of the classes that are looked at, when it reaches the threshold; the first of
    /// equal ones. A class that is not looked at takes no box away: what COCO calls a train at 0.4
    /// and a bus at 0.3 is, in a street, the bus.
    fn best_class(&self, row: &[f32]) -> Option<(f32, RoadUserClass)> {
        let mut best: Option<(f32, RoadUserClass)> = None;
        for (index, class) in &self.looked_at {
            let score = row[4] * row[*index];
            if score >= self.threshold && best.is_none_or(|(so_far, _)| score > so_far) {
                best = Some((score.min(1.0), *class));
            }
        }
        best
    }
}
