//! Layouts that tell a box by its sides' distances from a point of the cell: plain, or each as a
//! distribution (NanoDet-Plus's generalised focal loss).

use super::classes::Classes;
use super::grid::{Cell, Grids};
use super::{Candidate, DecodeError, check_length};
use crate::manifest::{InputSpec, OutputSpec};

/// How a distance stands in the output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    /// As itself, in cells from the cell's middle.
    Plain,
    /// As logits of a distribution over 0, 1, 2, … cells from the cell's corner; so many numbers.
    Distribution(usize),
}

/// Where everything lies.
#[derive(Debug)]
pub(super) struct Distances {
    grids: Grids,
    classes: Classes,
    side: Side,
}

impl Distances {
    pub(super) fn new(input: &InputSpec, strides: &[u32], output: &OutputSpec, side: Side) -> Self {
        Self { grids: Grids::new(input, strides), classes: Classes::new(output), side }
    }

    pub(super) fn shape(&self) -> Vec<usize> {
        vec![1, self.grids.len(), self.width()]
    }

    /// Numbers per cell.
    const fn width(&self) -> usize {
        let side = match self.side {
            Side::Plain => 1,
            Side::Distribution(bins) => bins,
        };
        self.classes.count + 4 * side
    }

    /// Appends the boxes at or over the threshold; sides of other cells are not computed.
    pub(super) fn read(&self, output: &[f32], candidates: &mut Vec<Candidate>) -> Result<(), DecodeError> {
        check_length(output, self.grids.len() * self.width())?;
        let rows = self.grids.cells().zip(output.chunks_exact(self.width()));
        candidates.extend(rows.filter_map(|(cell, row)| self.cell(cell, row)));
        Ok(())
    }

    fn cell(&self, cell: Cell, row: &[f32]) -> Option<Candidate> {
        let (classes, sides) = row.split_at(self.classes.count);
        let (score, class) = self.classes.best(classes, 1.0)?;
        let (from, [left, top, right, bottom]) = match self.side {
            Side::Plain => ((0.5, 0.5), [sides[0], sides[1], sides[2], sides[3]]),
            Side::Distribution(bins) => ((0.0, 0.0), [0, 1, 2, 3].map(|side| mean(&sides[side * bins..][..bins]))),
        };
        let (x, y) = cell.point(from);
        let [left, top, right, bottom] = [left, top, right, bottom].map(|side| cell.pixels(side));
        Candidate::new(class, score, [x - left, y - top, x + right, y + bottom])
    }
}

/// Mean of the distribution over 0, 1, 2, … that these logits stand for.
fn mean(logits: &[f32]) -> f32 {
    let highest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let (mut sum, mut weighted, mut at) = (0.0, 0.0, 0.0);
    for logit in logits {
        let part = (logit - highest).exp();
        sum += part;
        weighted += part * at;
        at += 1.0;
    }
    weighted / sum
}
