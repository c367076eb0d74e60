//! `kerege-edge analyze` with the drawn clips' own detector.

use crate::{binaries, detector, runtime};
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::Command;

/// The files whose bytes may not differ from run to run.
pub const SAME: [&str; 5] = ["events.jsonl", "facts.jsonl", "tracks.jsonl", "passages.jsonl", "summary.json"];

/// What it wrote.
#[derive(Debug)]
pub struct Analysis {
    /// `summary.json`.
    pub summary: Value,
    /// The bytes of the files named in [`SAME`].
    pub files: Vec<Vec<u8>>,
}

/// Analyses a clip with the colour-blob detector.
///
/// # Errors
/// When it fails or leaves a file out.
pub fn run(clip: &Path, scene: &str, out: &Path) -> anyhow::Result<Analysis> {
    let models = out.join("models");
    fs::create_dir_all(&models)?;
    let (manifest, model) = detector::colour_blobs();
    fs::write(models.join("colour-blobs.toml"), manifest)?;
    fs::write(models.join("colour-blobs.onnx"), model)?;
    fs::write(out.join("scene.toml"), scene)?;
    let output = Command::new(binaries::path("kerege-edge")?)
        .arg("analyze")
        .arg(clip)
        .arg("--scene")
        .arg(out.join("scene.toml"))
        .arg("--out")
        .arg(out.join("result"))
        .args(["--model", "colour-blobs", "--start", "2026-03-05T08:00:00Z", "--models-dir"])
        .arg(&models)
        .env("KEREGE_ONNXRUNTIME", runtime::library())
        .output()?;
    anyhow::ensure!(output.status.success(), "analyze: {}", String::from_utf8_lossy(&output.stderr));
    let read = |name: &str| fs::read(out.join("result").join(name));
    let files = SAME.iter().map(|name| read(name)).collect::<Result<Vec<_>, _>>()?;
    Ok(Analysis { summary: serde_json::from_slice(&read("summary.json")?)?, files })
}
