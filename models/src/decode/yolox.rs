//! YOLOX's layout: for each cell x, y, log width, log height, objectness, class scores.

use super::classes::Classes;
use super::grid::{Cell, Grids};
use super::{Candidate, DecodeError, check_length};
use crate::manifest::{InputSpec, OutputSpec};

/// Where everything lies.
#[derive(Debug)]
pub(super) struct Yolox {
    grids: Grids,
    classes: Classes,
}

impl Yolox {
    pub(super) fn new(input: &InputSpec, strides: &[u32], output: &OutputSpec) -> Self {
        Self { grids: Grids::new(input, strides), classes: Classes::new(output) }
    }

    pub(super) fn shape(&self) -> Vec<usize> {
        vec![1, self.grids.len(), 5 + self.classes.count]
    }

    /// Appends the boxes at or over the threshold. Scores are products of numbers 0..1, so a cell
    /// of low objectness is passed over before anything of it is computed.
    pub(super) fn read(&self, output: &[f32], candidates: &mut Vec<Candidate>) -> Result<(), DecodeError> {
        let width = 5 + self.classes.count;
        check_length(output, self.grids.len() * width)?;
        let rows = self.grids.cells().zip(output.chunks_exact(width));
        candidates.extend(rows.filter_map(|(cell, row)| self.cell(cell, row)));
        Ok(())
    }

    fn cell(&self, cell: Cell, row: &[f32]) -> Option<Candidate> {
        if !self.classes.reaches(row[4]) {
            return None;
        }
        let (score, class) = self.classes.best(&row[5..], self.classes.probability(row[4]))?;
        let (x, y) = cell.point((row[0], row[1]));
        let (half_width, half_height) = (cell.pixels(row[2].exp()) / 2.0, cell.pixels(row[3].exp()) / 2.0);
        Candidate::new(class, score, [x - half_width, y - half_height, x + half_width, y + half_height])
    }
}
