//! Writes tiny ONNX models by hand, so that tests run through the real runtime with nothing fetched.
//!
//! The one that matters finds rectangles of known paint and size on a grey road and answers in
//! YOLOX's layout ([`colour_blob_detector`]) or in that of another family ([`Layout`]). A clip drawer paints with [`Paint::rgb`] and tells
//! the drawn sizes; everything between camera and event then runs as it would with a trained
//! model, and the truth is exact.

mod blob;
mod graph;
mod layout;
mod moments;
mod paint;
mod protobuf;

pub use blob::{Blob, colour_blob_detector, colour_blob_manifest};
pub use graph::{Graph, Value};
pub use layout::Layout;
pub use paint::Paint;
