//! Counting: who crossed which line, and where they came from and went to.

mod crossing;
mod journey;

pub(crate) use journey::{Journey, Step};
