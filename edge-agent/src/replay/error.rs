//! Why a recording could not be replayed.

use crate::analyze::AnalyzeError;
use crate::scene_cli::SceneError;
use std::path::PathBuf;

/// Why a recording could not be replayed.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// The scene.
    #[error(transparent)]
    Scene(#[from] SceneError),
    /// The results.
    #[error(transparent)]
    Write(#[from] AnalyzeError),
    /// A recording cannot be read.
    #[error("cannot read the recording {}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A line is not what it should be.
    #[error("{}:{line}: {fault}", path.display())]
    Line {
        /// The file.
        path: PathBuf,
        /// Number of the line, from 1.
        line: u64,
        /// What is wrong, and what to do.
        fault: String,
    },
    /// There is nothing in it.
    #[error(
        "{} has no frames: give a detection log of the box, or detections.jsonl or tracks.jsonl of analyze",
        path.display()
    )]
    Empty {
        /// The first recording.
        path: PathBuf,
    },
}
