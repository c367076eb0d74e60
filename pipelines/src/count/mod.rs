//! Counting: who crossed which line, and where they came from and went to.

mod crossing;
mod journey;
mod lane;

pub(crate) use journey::{Journey, Step};
pub(crate) use lane::footprint;
