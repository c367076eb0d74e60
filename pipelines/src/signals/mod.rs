//! What the signals showed: messages in, a judged instant or a timeline out.
//!
//! Everything is judged by the messages' own time. When a message arrives, and in which order, does
//! not matter, as long as it arrives before [`PATIENCE_S`] is over. What is not known is never red: a
//! source that is silent for too long, a number that is missing, a controller that does not run
//! normally and messages that contradict each other leave the time between them unknown.

mod log;
mod shown;

pub(crate) use log::{Cycle, SignalLog};
pub(crate) use shown::{Shown, Window};

/// The signals beside a camera.
#[derive(Debug, Clone, Default)]
pub(crate) struct Signals {
    pub(crate) log: SignalLog,
    /// Bound of the error of the camera's own time, seconds.
    pub(crate) time_err_s: f64,
}

/// How long an instant waits for the messages that tell of it, seconds after it was captured.
pub(crate) const PATIENCE_S: f64 = 5.0;

#[cfg(test)]
mod tests;
