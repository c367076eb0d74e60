//! Conflicts: two road users whose ways over the road cross, and how little time lay between them.
//!
//! The measure is the post-encroachment time: from when the first has left the place where both ways
//! cross until the second reaches it (Allen, Shin and Cooper 1978; FHWA-HRT-08-051 for its use).

mod encounter;
mod fit;
mod path;
mod scatter;

pub(crate) use encounter::{Encounter, encounter};
pub(crate) use path::Path;
pub(crate) use scatter::Scatter;

#[cfg(test)]
mod tests;
