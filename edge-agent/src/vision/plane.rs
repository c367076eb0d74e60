//! A small grey picture as numbers, and the cells in which it is compared.

/// Cells across and down, in which views are compared.
pub(super) const ACROSS: usize = 8;
pub(super) const DOWN: usize = 6;
pub(super) const CELLS: usize = ACROSS * DOWN;

/// Numbers that are summed beside each other.
const LANES: usize = 16;

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

    /// Mean of the numbers in a cell.
    pub(super) fn mean(&self, number: usize) -> f32 {
        let extent = self.cell(number);
        let count = (extent.x[1] - extent.x[0]) * (extent.y[1] - extent.y[0]);
        (self.rows(extent).map(|row| sums(row)[0]).sum::<f64>() / count.max(1) as f64) as f32
    }

    /// Mean and standard deviation; zeros for none.
    pub(super) fn spread(&self) -> (f64, f64) {
        let count = self.data.len().max(1) as f64;
        let [sum, squares] =
            self.data.chunks(self.width.max(1)).map(sums).fold([0.0; 2], |all, row| [all[0] + row[0], all[1] + row[1]]);
        let mean = sum / count;
        (mean, (squares / count - mean * mean).max(0.0).sqrt())
    }
}

/// Sum and sum of squares of a row: in lanes, which a processor adds at once, and each lane in single precision,
/// which has room for a row of grey levels.
fn sums(row: &[f32]) -> [f64; 2] {
    let mut lanes = [[0.0_f32; LANES]; 2];
    let whole = row.chunks_exact(LANES);
    let rest = whole.remainder();
    for chunk in whole.chain([rest]) {
        for (lane, number) in chunk.iter().enumerate() {
            lanes[0][lane] += number;
            lanes[1][lane] += number * number;
        }
    }
    lanes.map(|lanes| lanes.iter().copied().map(f64::from).sum())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn means_and_spreads_are_those_of_the_numbers() {
        let plane = Plane { width: 21, height: 12, data: (0..21 * 12).map(|n| (n % 21) as f32).collect() };
        let (mean, spread) = plane.spread();
        assert!((mean - 10.0).abs() < 1e-9 && (spread - (440.0_f64 / 12.0).sqrt()).abs() < 1e-6, "{mean} {spread}");
        // The first cell has the columns 0 and 1, the last 18 to 20.
        assert_eq!((plane.mean(0), plane.mean(CELLS - 1)), (0.5, 19.0));
    }
}
