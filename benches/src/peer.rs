//! What a user would write today in Python, on the same clip and model, when it is at hand.

use crate::child;
use anyhow::{Context as _, Result};
use std::path::Path;
use std::process::Command;

/// The peer's script, seen from the repository's root.
pub const SCRIPT: &str = "../shared/peer/python_peer.py";

/// Runs the peer on every `nth` frame and gives its line of JSON.
///
/// # Errors
/// When Python or one of the packages it needs is missing.
pub fn run(python: &Path, video: &Path, model: &Path, nth: u64) -> Result<serde_json::Value> {
    let mut command = Command::new(python);
    command.arg(SCRIPT).arg(video).arg(model).arg(nth.to_string());
    let cost = child::run(&mut command).with_context(|| {
        format!("the peer did not run: install the packages of {SCRIPT}'s requirements.txt for {}", python.display())
    })?;
    let line = cost.output.lines().last().unwrap_or_default();
    serde_json::from_str(line).with_context(|| format!("the peer printed no JSON but '{line}'"))
}
