//! The cells of detectors that answer once for each cell of several grids.

use crate::manifest::InputSpec;

/// Where a cell lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cell {
    /// Input pixels per cell.
    pub(super) stride: u32,
    /// From the left, in cells.
    pub(super) x: u32,
    /// From the top, in cells.
    pub(super) y: u32,
}

/// Every cell, row by row, grid by grid, as the output has them. Listed once: they are gone through for each picture.
#[derive(Debug)]
pub(super) struct Grids(Vec<Cell>);

impl Grids {
    /// One grid a stride; a side that a stride does not divide has one more cell.
    pub(super) fn new(input: &InputSpec, strides: &[u32]) -> Self {
        let grid = |stride: u32| {
            let (across, down) = (input.width.div_ceil(stride), input.height.div_ceil(stride));
            (0..down).flat_map(move |y| (0..across).map(move |x| Cell { stride, x, y }))
        };
        Self(strides.iter().copied().flat_map(grid).collect())
    }

    /// Cells of all grids.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// All of them, in order.
    pub(super) fn cells(&self) -> impl Iterator<Item = Cell> {
        self.0.iter().copied()
    }
}

impl Cell {
    /// The point so many cells right of and below the cell's corner, in input pixels.
    #[expect(clippy::cast_precision_loss, reason = "at most 4096 cells a side")]
    pub(super) fn point(self, (right, below): (f32, f32)) -> (f32, f32) {
        let stride = self.stride as f32;
        ((self.x as f32 + right) * stride, (self.y as f32 + below) * stride)
    }

    /// So many cells in input pixels.
    #[expect(clippy::cast_precision_loss, reason = "at most 256")]
    pub(super) fn pixels(self, cells: f32) -> f32 {
        cells * self.stride as f32
    }
}
