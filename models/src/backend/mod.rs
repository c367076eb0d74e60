//! The inference runtime behind one small door; only `onnx.rs` knows which it is.

mod onnx;

pub use onnx::{BackendError, RunError, Session};
