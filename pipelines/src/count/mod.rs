//! Counting: who crossed which line, and where they came from and went to.

mod crossing;
mod heirs;
mod journey;
mod lane;
mod way;

#[cfg(test)]
pub(crate) use crossing::Cut;
pub(crate) use heirs::Heirs;
pub(crate) use journey::{Journey, Step};
pub(crate) use lane::{footprint, raised};
