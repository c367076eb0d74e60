//! The drawn clips' own detector: a tiny ONNX model that finds blobs of colour, in YOLOX's layout.

/// Its manifest and its file.
#[must_use]
pub fn colour_blobs() -> (String, Vec<u8>) {
    todo!()
}
