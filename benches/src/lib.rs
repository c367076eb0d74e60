//! What measurements are made of: the processor's clock, children that are timed, clips and
//! pictures, and the figures they give.

pub mod analyze;
pub mod child;
pub mod clip;
pub mod clock;
pub mod figures;
pub mod floor;
pub mod live;
pub mod peer;
pub mod pictures;
pub mod report;
