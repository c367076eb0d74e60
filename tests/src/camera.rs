//! Simulated cameras: `kerege-edge simulate` with its switches for faults.

use crate::eventually::eventually;
use crate::process::Process;
use crate::{binaries, scenario::Scenario};
use anyhow::Context as _;
use serde_json::Value;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// The simulator with some cameras.
#[derive(Debug)]
pub struct Cameras {
    process: Process,
    addresses: Vec<String>,
}

impl Cameras {
    /// Serves clips, one camera each; returns when all are served.
    ///
    /// # Errors
    /// When the simulator does not start.
    pub fn serve(clips: &[PathBuf], more: &[&str], folder: &Path) -> anyhow::Result<Self> {
        let mut command = Command::new(binaries::path("kerege-edge")?);
        command.arg("simulate").args(clips).args(["--port", "0", "--control"]).args(more);
        let process = Process::start("simulate", &mut command, folder)?;
        let ready = eventually("the simulated cameras", Duration::from_secs(30), || {
            let log = process.log();
            let lines = log.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
            Ok(lines.into_iter().find(|line| line["event"] == "ready"))
        })
        .with_context(|| process.tail())?;
        let cameras = ready["cameras"].as_array().context("no cameras")?;
        let addresses = cameras.iter().filter_map(|camera| camera["address"].as_str().map(str::to_owned)).collect();
        Ok(Self { process, addresses })
    }

    /// The RTSP address of each camera.
    #[must_use]
    pub fn addresses(&self) -> &[String] {
        &self.addresses
    }

    /// Gives an order such as `freeze cam1`.
    ///
    /// # Errors
    /// When the simulator is gone.
    pub fn order(&mut self, order: &str) -> anyhow::Result<()> {
        let input = self.process.input().context("no input")?;
        writeln!(input, "{order}")?;
        Ok(input.flush()?)
    }
}

/// Draws a scenario into the folder and gives its path.
///
/// # Errors
/// When it cannot be encoded.
pub fn drawn(scenario: &Scenario, name: &str, folder: &Path) -> anyhow::Result<PathBuf> {
    let path = folder.join(name);
    crate::clip::draw(scenario, &path)?;
    Ok(path)
}
