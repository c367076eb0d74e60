//! The inference runtime behind one small door; only `onnx.rs` knows which it is.

mod onnx;
mod signature;

pub use onnx::{BackendError, RunError, Session, TensorFacts, inspect};
pub use signature::{Numbers, OutputTensor, Signature, SizesInput};
