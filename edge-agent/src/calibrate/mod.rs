//! `kerege-edge calibrate`: fits points of the picture and of the road, and says in plain words how
//! good that is, where it holds, and what would make it better.

mod words;

use crate::scene_cli::{self, SceneError};
use kerege_contract::FrameSize;
use kerege_contract::calibration::Verdict;
use kerege_contract::scene::PointsFile;
use kerege_pipelines::{CannotCalibrate, GroundOptions, calibrate};
use std::io::Write as _;
use std::path::PathBuf;

/// Arguments of `kerege-edge calibrate`.
#[derive(Debug, Clone, clap::Args)]
pub struct CalibrateArguments {
    /// Points, or a scene with its calibration (TOML).
    points: PathBuf,
    /// Size of the picture, where the file does not tell it: 1280x720.
    #[arg(long, value_parser = scene_cli::frame_size)]
    size: Option<FrameSize>,
    /// Print the report as JSON.
    #[arg(long)]
    json: bool,
}

/// Why there is no calibration.
#[derive(Debug, thiserror::Error)]
pub enum CalibrateError {
    /// The file.
    #[error(transparent)]
    Points(#[from] SceneError),
    /// Nobody knows the size of the picture.
    #[error(
        "{}: the size of the picture is not known: write size = [1280, 720] at its top, or give --size 1280x720",
        path.display()
    )]
    NoSize {
        /// The file.
        path: PathBuf,
    },
    /// The points make no calibration.
    #[error("{}: {source}", path.display())]
    Fit {
        /// The file.
        path: PathBuf,
        /// Why.
        source: CannotCalibrate,
    },
    /// They make one that must not be used; the report was printed.
    #[error("{}: this calibration must not be used", path.display())]
    Unusable {
        /// The file.
        path: PathBuf,
    },
    /// Nobody listens.
    #[error("cannot write to standard output")]
    Output(#[source] std::io::Error),
}

/// Fits the points of a file and prints what is said of them.
///
/// # Errors
/// When the file has faults, or its points make no calibration or one that must not be used.
pub fn command(arguments: &CalibrateArguments) -> Result<(), CalibrateError> {
    let path = arguments.points.clone();
    let text = scene_cli::read_text(&path)?;
    let file = PointsFile::from_toml(&text)
        .map_err(|bad| SceneError::Faults(bad.render(&path.display().to_string(), &text)))?;
    let size = file.size.or(arguments.size).ok_or_else(|| CalibrateError::NoSize { path: path.clone() })?;
    let coarsest = GroundOptions::default().max_metres_per_pixel;
    let report = calibrate(&file.calibration, size, coarsest)
        .map_err(|source| CalibrateError::Fit { path: path.clone(), source })?;
    let mut out = std::io::stdout();
    let written = if arguments.json {
        serde_json::to_writer_pretty(&mut out, &report).map_err(std::io::Error::from).and_then(|()| writeln!(out))
    } else {
        write!(out, "{}", words::of(&path.display().to_string(), &report))
    };
    written.map_err(CalibrateError::Output)?;
    if report.verdict == Verdict::Unusable { Err(CalibrateError::Unusable { path }) } else { Ok(()) }
}
