//! The box at work.

use std::path::Path;

/// Runs the box until it is told to end.
///
/// # Errors
/// When the configuration cannot be read.
pub fn command(config: &Path) -> std::io::Result<()> {
    std::fs::metadata(config).map(drop)
}
