//! Where models are on this machine: `kerege-edge models`, and making one ready by its name.

mod command;
mod fetch;
mod places;
mod ready;

pub use command::{ModelsArguments, command};
pub use ready::{Instead, Ready, ready, ready_with};

use kerege_models::backend::BackendError;
use kerege_models::catalogue::CatalogueError;
use kerege_models::golden::PpmError;
use kerege_models::store::StoreError;
use kerege_models::{DetectError, LoadError, RuntimeNotFound};
use std::path::PathBuf;

/// The model that is used when none is named.
pub const DEFAULT_MODEL: &str = "yolox-nano";

/// A folder that models are taken from instead of their source addresses.
const MIRROR: &str = "KEREGE_MODEL_MIRROR";

/// Why a model cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    /// The manifests.
    #[error(transparent)]
    Catalogue(#[from] CatalogueError),
    /// The file.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The runtime's library.
    #[error(transparent)]
    Runtime(#[from] RuntimeNotFound),
    /// The file or the runtime.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// The model computes wrongly here, and what should stand in for it cannot be had.
    #[error("{reason}, and '{fallback}', which should stand in for it, cannot be used")]
    Fallback {
        /// Why there must be another.
        reason: String,
        /// The other.
        fallback: String,
        /// What is wrong with that.
        source: Box<Self>,
    },
    /// The mirror lacks it.
    #[error("model '{model}' is not in the mirror: no file {} (the folder comes from {MIRROR})", path.display())]
    NotInMirror {
        /// The model.
        model: String,
        /// Where it should be.
        path: PathBuf,
        /// Why it cannot be opened.
        source: std::io::Error,
    },
    /// There is no source address.
    #[error("model '{model}' has no source address: put its file into a folder and name that by {MIRROR}")]
    NoSource {
        /// The model.
        model: String,
    },
    /// The source does not give it.
    #[error(
        "model '{model}' cannot be fetched from {address}; without a way there put its file into a folder and \
         name that by {MIRROR}"
    )]
    Download {
        /// The model.
        model: String,
        /// The source.
        address: String,
        /// Why.
        source: Box<ureq::Error>,
    },
    /// A file named on the command line cannot be read.
    #[error("cannot read {}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A picture for a golden answer is none.
    #[error("{} cannot be used as a golden picture", path.display())]
    Picture {
        /// The file.
        path: PathBuf,
        /// Why.
        source: PpmError,
    },
    /// The model sees nothing in it.
    #[error(
        "model '{model}' sees nothing surely in {picture}, so it proves nothing: take another picture by --picture"
    )]
    Blind {
        /// The model.
        model: String,
        /// The picture.
        picture: String,
    },
    /// A file named on the command line is no model.
    #[error("cannot look into {}", path.display())]
    Inspect {
        /// The file.
        path: PathBuf,
        /// Why.
        source: BackendError,
    },
    /// The model failed.
    #[error(transparent)]
    Detect(#[from] DetectError),
    /// Nobody listens.
    #[error("cannot write to standard output")]
    Output(#[from] std::io::Error),
}

/// Processor seconds of the calling thread.
#[must_use]
pub fn thread_seconds() -> f64 {
    seconds_of(rustix::time::ClockId::ThreadCPUTime)
}

/// Processor seconds of the whole process.
#[must_use]
pub fn process_seconds() -> f64 {
    seconds_of(rustix::time::ClockId::ProcessCPUTime)
}

#[expect(clippy::cast_precision_loss, reason = "processor time is small")]
fn seconds_of(clock: rustix::time::ClockId) -> f64 {
    let time = rustix::time::clock_gettime(clock);
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}
