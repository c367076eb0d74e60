//! The box's key.

use std::path::Path;

/// Prints the box's name and public key.
///
/// # Errors
/// When the configuration cannot be read.
pub fn command(config: &Path) -> std::io::Result<()> {
    std::fs::metadata(config).map(drop)
}
