//! Pictures made by arithmetic: the same everywhere, with detail in every row.

use kerege_models::{Picture, PictureError, PictureFormat};

/// Bytes of a picture with gradients and fine texture, planes packed one after another.
#[must_use]
pub fn textured(format: PictureFormat, width: u32, height: u32) -> Vec<u8> {
    let mut state = 1_u32;
    let count: usize = (0..format.plane_count())
        .map(|plane| {
            let (row, rows) = format.plane_extent(plane, width, height);
            row * rows
        })
        .sum();
    (0..count)
        .map(|index| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let texture = state.to_le_bytes()[3] / 8;
            64 + texture + (index / 977 % 128).to_le_bytes()[0]
        })
        .collect()
}

/// The picture over such bytes.
///
/// # Errors
/// When the bytes are those of another size.
pub fn over(format: PictureFormat, width: u32, height: u32, bytes: &[u8]) -> Result<Picture<'_>, PictureError> {
    Picture::packed(format, width, height, bytes)
}
