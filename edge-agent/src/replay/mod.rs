//! `kerege-edge replay`: rules and counting on what was recorded, so that a rule can be tried on
//! yesterday, or on hours of simulated traffic, without a picture.
//!
//! A recording is a detection log of the box, `detections.jsonl` or `tracks.jsonl` of `analyze`, or
//! what a simulator writes in the same form. It is read as a stream, so that a day takes no more
//! memory than a minute. The results are those of `analyze` without stills.

mod error;
mod frames;
mod lines;
mod record;
mod run;

pub use error::ReplayError;

use crate::analyze::{Output, Phases, Wanted};
use crate::scene_cli;
use kerege_contract::files::Summary;
use kerege_contract::{FrameSize, UtcTime};
use std::path::PathBuf;

/// Arguments of `kerege-edge replay`.
#[derive(Debug, Clone, clap::Args)]
pub struct ReplayArguments {
    /// Recordings of one camera in the order of time, plain or Zstandard; `-` reads standard input.
    #[arg(required = true)]
    recordings: Vec<PathBuf>,
    /// What is drawn on the camera's picture.
    #[arg(long)]
    scene: PathBuf,
    /// Folder for the results; made if need be.
    #[arg(long)]
    out: PathBuf,
    /// Size of the recorded frames where the recording has no header: 1280x720.
    #[arg(long, value_parser = scene_cli::frame_size)]
    size: Option<FrameSize>,
    /// When `t` was 0 where the recording does not tell, RFC 3339.
    #[arg(long)]
    start: Option<UtcTime>,
    /// What the signals showed: their source's messages, one JSON document a line.
    #[arg(long)]
    phases: Option<PathBuf>,
    /// Also write every road user in every frame (tracks.jsonl).
    #[arg(long)]
    tracks: bool,
}

/// Replays recordings and writes what was found.
///
/// # Errors
/// When recordings, scene or output folder cannot be used; nothing is written then.
pub fn command(arguments: &ReplayArguments) -> Result<Summary, ReplayError> {
    let scene = scene_cli::read(&arguments.scene)?;
    let phases = arguments.phases.as_deref().map(Phases::read).transpose()?.unwrap_or_default();
    let output = Output::create(&arguments.out, Wanted { tracks: arguments.tracks, detections: false })?;
    let known = record::Known { size: arguments.size, start: arguments.start, model: None };
    let frames = frames::Frames::open(arguments.recordings.clone(), known)?;
    run::run(frames, &scene, phases, output)
}
