//! Stills and latest pictures as files: blobs by their hash, whole or not at all; pictures
//! overwritten. What may be stored is decided by whoever calls; sizes and hashes are checked here.

mod files;
mod range;
mod retention;

pub use files::{BlobError, BlobFiles, Progress};
pub use range::{BadRange, Part};
pub use retention::{Sweep, sweep};
