//! The drawn clips' own detector: a tiny ONNX model that finds painted rectangles, in YOLOX's layout.

use crate::scenario::{HEIGHT, SWATCHES, WIDTH};
use kerege_contract::Sha256Hash;
use kerege_tiny_onnx::{Blob, colour_blob_detector, colour_blob_manifest};

/// Name of the model.
pub const NAME: &str = "colour-blobs";
/// Its input, pixels: half the drawn picture, rounded up to what YOLOX's layout needs.
const INPUT: (u32, u32) = (320, 192);

/// Its manifest and its file.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "sizes of pictures")]
pub fn colour_blobs() -> (String, Vec<u8>) {
    let (frame, input) = ((WIDTH as f32, HEIGHT as f32), (INPUT.0 as f32, INPUT.1 as f32));
    let size = |swatch: &crate::scenario::Swatch| (swatch.width as f32, swatch.height as f32);
    let blobs: Vec<Blob> =
        SWATCHES.iter().map(|swatch| Blob::drawn(swatch.paint, size(swatch), frame, input)).collect();
    let file = colour_blob_detector(INPUT.0, INPUT.1, &blobs);
    let sha256 = Sha256Hash::of(&file).to_string();
    let manifest = colour_blob_manifest(NAME, "colour-blobs.onnx", (&sha256, file.len()), INPUT, &blobs);
    (manifest, file)
}
