//! What happens to a frame's detections: tracks, passages, incidents and minute facts.
//!
//! [`Pipeline::step`] takes one analysed frame's time and detections and returns what follows from
//! them. Everything here is pure: no files, clocks, threads or randomness; the same frames give
//! the same outputs, in the same order. All times are seconds of capture time and all geometry is
//! in square pixels, so that nothing depends on a frame rate or on the shape of a pixel.

mod clock;
mod conflict;
mod count;
mod ground;
mod intake;
mod layout;
mod minute;
mod options;
mod output;
mod pipeline;
mod queue;
mod ruler;
mod rules;
mod signals;
mod track;

pub use ground::{CannotCalibrate, calibrate};
pub use options::{GroundOptions, Options, RuleOptions, TrackingOptions};
pub use output::Thing;
pub use output::{
    FrameMeta, IncidentChange, IncidentKey, MinuteCells, OpenIncident, Outputs, Passage, Reason, Sight, TrackId,
    TrackView, Tracked,
};
pub use pipeline::Pipeline;
