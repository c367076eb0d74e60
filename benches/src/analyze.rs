//! The box itself on the clip: `kerege-edge analyze` as a child, and what it says about itself.

use crate::child;
use crate::clip::Clip;
use anyhow::{Context as _, Result};
use kerege_contract::files::{Summary, Timings};
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// How the box is called.
#[derive(Debug, Clone)]
pub struct Analyze {
    /// The program.
    pub program: PathBuf,
    /// The model's name.
    pub model: String,
    /// Analysed frames per second, when not the box's own choice.
    pub fps: Option<f64>,
    /// What goes before its environment's own values: name and value.
    pub environment: Vec<(&'static str, OsString)>,
}

/// One run.
#[derive(Debug, Clone)]
pub struct Run {
    /// User and system seconds of the whole process, seen from outside.
    pub cpu_s: f64,
    /// Most resident memory, bytes.
    pub peak_bytes: u64,
    /// What it found.
    pub summary: Summary,
    /// Its own stage times.
    pub timings: Timings,
}

impl Analyze {
    /// Has the box fetch its model, so that no analysis does.
    ///
    /// # Errors
    /// When it cannot.
    pub fn fetch_model(&self) -> Result<()> {
        let mut command = Command::new(&self.program);
        command.args(["models", "fetch", &self.model]);
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        child::run(&mut command).context("the box cannot fetch its model")?;
        Ok(())
    }

    /// Analyses the clip once, writing into `out`.
    ///
    /// # Errors
    /// When the box fails, or its files cannot be read.
    pub fn run(&self, clip: &Clip, out: &Path) -> Result<Run> {
        let mut command = Command::new(&self.program);
        command.arg("analyze").arg(&clip.video).arg("--scene").arg(&clip.scene).arg("--out").arg(out);
        command.args(["--start", "2026-01-01T00:00:00Z", "--model", &self.model]);
        if let Some(fps) = self.fps {
            command.arg("--fps").arg(fps.to_string());
        }
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        let cost = child::run(&mut command).with_context(|| format!("{} analyze failed", self.program.display()))?;
        let timings: Timings = read(&out.join("timings.json"))?;
        let peak_bytes = cost.peak_bytes.max(timings.peak_memory_bytes);
        Ok(Run { cpu_s: cost.cpu_s, peak_bytes, summary: read(&out.join("summary.json"))?, timings })
    }
}

fn read<T: for<'de> serde::Deserialize<'de>>(file: &Path) -> Result<T> {
    let text = fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    serde_json::from_str(&text).with_context(|| format!("{} is not what the contract says", file.display()))
}
