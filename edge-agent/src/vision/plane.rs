//! A small grey picture as numbers, and the cells in which it is compared.

/// Cells across and down, in which views are compared.
pub(super) const ACROSS: usize = 8;
pub(super) const DOWN: usize = 6;
pub(super) const CELLS: usize = ACROSS * DOWN;

/// Numbers row by row; grey levels 0..255 unless told otherwise.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Plane {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) data: Vec<f32>,
}

/// Where a cell lies: from and to, columns and rows.
#[derive(Debug, Clone, Copy)]
pub(super) struct Extent {
    pub(super) x: [usize; 2],
    pub(super) y: [usize; 2],
}

impl Plane {
    pub(super) fn is_like(&self, other: &Self) -> bool {
        (self.width, self.height) == (other.width, other.height)
    }

    /// Where a cell lies, by number.
    pub(super) fn cell(&self, number: usize) -> Extent {
        let (column, row) = (number % ACROSS, number / ACROSS);
        Extent {
            x: [column * self.width / ACROSS, (column + 1) * self.width / ACROSS],
            y: [row * self.height / DOWN, (row + 1) * self.height / DOWN],
        }
    }

    /// The parts of the rows that lie in a cell.
    pub(super) fn rows(&self, extent: Extent) -> impl Iterator<Item = &[f32]> {
        let rows = self.data.chunks_exact(self.width.max(1)).skip(extent.y[0]).take(extent.y[1] - extent.y[0]);
        rows.map(move |row| &row[extent.x[0]..extent.x[1]])
    }

    /// Mean and standard deviation.
    pub(super) fn spread(&self) -> (f64, f64) {
        mean_and_deviation(self.data.iter().copied())
    }
}

/// Mean and standard deviation of some numbers; zeros for none.
pub(super) fn mean_and_deviation(numbers: impl Iterator<Item = f32>) -> (f64, f64) {
    let (mut count, mut sum, mut squares) = (0.0, 0.0, 0.0);
    for number in numbers.map(f64::from) {
        count += 1.0;
        sum += number;
        squares += number * number;
    }
    if count == 0.0 {
        return (0.0, 0.0);
    }
    let mean = sum / count;
    (mean, (squares / count - mean * mean).max(0.0).sqrt())
}
