//! Where ONNX Runtime's library is.

use std::path::{Path, PathBuf};

/// The library that the environment names, else the one that `./kerege setup` puts into the tree.
#[must_use]
pub fn library() -> PathBuf {
    std::env::var_os("KEREGE_ONNXRUNTIME").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../.kerege/onnxruntime/libonnxruntime.so"),
        PathBuf::from,
    )
}
