//! `kerege-edge analyze`: the box's pipeline on a file, as fast as the machine allows, dropping
//! nothing.
//!
//! The decoder runs in GStreamer's thread and waits when four frames are ahead; model and analytics
//! run here. All files but `timings.json` are the same bytes whenever file, scene, model, options and
//! build are the same.

mod count;
mod error;
mod events;
mod output;
mod run;
mod session;

pub(crate) use events::Chronicle;
pub(crate) use output::{Output, Wanted};
pub(crate) use session::{About, Seen, Session, timings};

pub use error::AnalyzeError;

use crate::{models_cli, scene_cli};
use kerege_contract::UtcTime;
use kerege_contract::files::Summary;
use std::path::PathBuf;

/// Arguments of `kerege-edge analyze`.
#[derive(Debug, Clone, clap::Args)]
pub struct AnalyzeArguments {
    /// The video.
    video: PathBuf,
    /// What is drawn on its picture.
    #[arg(long)]
    scene: PathBuf,
    /// Folder for the results; made if need be.
    #[arg(long)]
    out: PathBuf,
    /// When the first frame was taken, RFC 3339.
    #[arg(long, default_value = "1970-01-01T00:00:00.000Z")]
    start: UtcTime,
    /// The model.
    #[arg(long, default_value = models_cli::DEFAULT_MODEL)]
    model: String,
    /// Folder of models and of manifests of your own; else $KEREGE_MODELS, else ~/.cache/kerege/models.
    #[arg(long)]
    models_dir: Option<PathBuf>,
    /// Frames to analyse in a second of the video, at most.
    #[arg(long, default_value_t = 10.0, value_parser = rate)]
    fps: f64,
    /// Also write what the model saw in each frame, for `replay` (detections.jsonl).
    #[arg(long)]
    detections: bool,
}

fn rate(text: &str) -> Result<f64, String> {
    let fps: f64 = text.parse().map_err(|_| format!("'{text}' is no number"))?;
    if (0.1..=120.0).contains(&fps) { Ok(fps) } else { Err("the rate must be 0.1 to 120".into()) }
}

/// Analyses a file and writes what was found.
///
/// # Errors
/// When video, scene, model or output folder cannot be used; nothing is written then.
pub fn command(arguments: &AnalyzeArguments) -> Result<Summary, AnalyzeError> {
    let scene = scene_cli::read(&arguments.scene)?;
    let detector = models_cli::ready(&arguments.model, arguments.models_dir.as_deref(), None)?;
    let output = Output::create(&arguments.out, Wanted { tracks: true, detections: arguments.detections })?;
    let (start, fps) = (arguments.start, arguments.fps);
    run::run(run::Job { video: &arguments.video, scene: &scene, detector, start, fps }, output)
}
