//! Why a file could not be analysed.

use crate::capture::FileError;
use crate::models_cli::ModelError;
use crate::scene_cli::SceneError;
use crate::still::StillError;
use crate::vision::VisionError;
use kerege_models::DetectError;
use std::path::PathBuf;

/// Why a file could not be analysed.
#[derive(Debug, thiserror::Error)]
pub enum AnalyzeError {
    /// The scene.
    #[error(transparent)]
    Scene(#[from] SceneError),
    /// What the signals showed.
    #[error("{}:{line}: {reason}", path.display())]
    Phases {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What is wrong, and what to do.
        reason: String,
    },
    /// The model or its runtime.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// The video.
    #[error(transparent)]
    Video(#[from] FileError),
    /// The model failed on a frame.
    #[error("frame {frame} cannot be analysed")]
    Detect {
        /// Number of the analysed frame.
        frame: u64,
        /// Why.
        source: DetectError,
    },
    /// Whether the camera is blind or moved cannot be told.
    #[error("whether the camera is blind or moved cannot be told")]
    Vision(#[from] VisionError),
    /// No still of a frame.
    #[error("no still of frame {frame}")]
    Still {
        /// Number of the analysed frame.
        frame: u64,
        /// Why.
        source: StillError,
    },
    /// A result cannot be written.
    #[error("cannot write {}", path.display())]
    Write {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The video cannot be read for its hash.
    #[error("cannot read {}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}
