//! The box at work: what runs, and in which order it ends.
//!
//! Cameras fill the slots; the `analyst` looks at them in turn; the `recorder`
//! stores what follows; the uplink sends it. They end in the same order, so that what is on its way
//! still arrives: reporter, cameras, analyst, recorder, uplink, uploads, outbox.

mod analyst;
mod conditions;
mod journal;
mod model;
mod parts;
mod recorder;
mod report;
mod start;
mod status;

use crate::config::{self, ConfigError};
use crate::identity::IdentityError;
use crate::outbox::OutboxError;
use std::path::Path;

/// Why the box cannot run.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The configuration cannot be used.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// There is no usable key.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// The outbox cannot be opened.
    #[error("the outbox cannot be opened")]
    Outbox(#[from] OutboxError),
    /// No random numbers.
    #[error(transparent)]
    Random(#[from] crate::ids::NoRandom),
    /// GStreamer does not start.
    #[error("GStreamer does not start: {0}; is it installed?")]
    Media(String),
    /// The system gives no threads.
    #[error("the box cannot start its threads")]
    Threads(#[source] std::io::Error),
    /// Something did not end in its time; what it held may have to be sent again.
    #[error("not everything ended in its time")]
    Unfinished,
}

/// `kerege-edge run`: runs the box until a signal ends it.
///
/// # Errors
/// When it cannot start, or something did not end in its time.
pub fn command(config: &Path) -> Result<(), RunError> {
    let config = config::load(config)?;
    start::run(config)
}
