//! The window that weighs and measures a blob: sums of a mask and of its coordinates.

use crate::blob::Blob;

/// Pixels per cell of the mask.
pub(crate) const CELL: f32 = 4.0;
/// How much wider and higher than the blob its window is, in pixels: the nearest grid point is at
/// most half a stride (4) off its centre, and edges are blurred.
const MARGIN: f32 = 12.0;

/// What a window sums up, in the order of [`kernel`]'s parts: filled share of the blob's area, then
/// that share times x, y, x², y² (pixels from the window's centre).
pub(crate) const SUMS: usize = 5;

/// Half a window's sides in whole mask cells, enough for every blob.
pub(crate) fn half_cells(blobs: &[Blob]) -> (usize, usize) {
    let most = |side: fn(&Blob) -> f32| blobs.iter().map(side).fold(0.0, f32::max);
    let cells = |side: f32| {
        let exact = ((side + MARGIN) / 2.0 / CELL).ceil();
        (2..).find(|cells| count(*cells) >= exact).unwrap_or(2)
    };
    (cells(most(|blob| blob.width)), cells(most(|blob| blob.height)))
}

/// The convolution kernels of one blob: `SUMS` parts of `2 × half.1` rows of `2 × half.0` cells.
pub(crate) fn kernel(blob: &Blob, half: (usize, usize)) -> Vec<f32> {
    let share = CELL * CELL / (blob.width * blob.height);
    let columns = cells(half.0, blob.width + MARGIN);
    let rows = cells(half.1, blob.height + MARGIN);
    let parts: [fn(f32, f32) -> f32; SUMS] = [|_, _| 1.0, |x, _| x, |_, y| y, |x, _| x * x, |_, y| y * y];
    let mut kernel = Vec::with_capacity(SUMS * rows.len() * columns.len());
    for part in parts {
        for (y, part_y) in &rows {
            kernel.extend(columns.iter().map(|(x, part_x)| part(*x, *y) * part_x * part_y * share));
        }
    }
    kernel
}

/// Centre of each cell along one axis, and the part of it that lies in the window.
fn cells(half: usize, window: f32) -> Vec<(f32, f32)> {
    let cell = |index: usize| {
        let from = (count(index) - count(half)) * CELL;
        let covered = (from + CELL).min(window / 2.0) - from.max(-window / 2.0);
        (from + CELL / 2.0, (covered / CELL).max(0.0))
    };
    (0..2 * half).map(cell).collect()
}

#[expect(clippy::cast_precision_loss, reason = "a window has at most some hundred cells")]
fn count(cells: usize) -> f32 {
    cells as f32
}
