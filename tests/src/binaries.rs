//! The product's own binaries, built once with the points at which tests make them kill themselves.

use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;

static FOLDER: OnceLock<Result<PathBuf, String>> = OnceLock::new();

/// The path of one of the product's binaries, built if need be.
///
/// # Errors
/// When the build fails.
pub fn path(name: &str) -> anyhow::Result<PathBuf> {
    match FOLDER.get_or_init(build) {
        Ok(folder) => Ok(folder.join(name)),
        Err(error) => anyhow::bail!("{error}"),
    }
}

fn build() -> Result<PathBuf, String> {
    let status = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--workspace", "--bins", "--all-features"])
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
        .status()
        .map_err(|error| format!("cargo does not start: {error}"))?;
    if !status.success() {
        return Err("the product does not build; see above".into());
    }
    // This test's own binary lies in target/<profile>/deps.
    let own = std::env::current_exe().map_err(|error| error.to_string())?;
    own.parent().and_then(|deps| deps.parent()).map(PathBuf::from).ok_or_else(|| "no target folder".into())
}
