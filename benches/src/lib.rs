//! What measurements share: the processor's clock and pictures to look at.

pub mod clock;
pub mod pictures;
