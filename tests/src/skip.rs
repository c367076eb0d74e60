//! Skipping loudly: only for what needs the shared street clips, and only where they are absent.

use std::path::PathBuf;

/// The folder of shared street clips beside the checkout; where it is absent, says that the test is
/// skipped and gives none.
#[must_use]
#[expect(clippy::print_stderr, reason = "a skipped test says so")]
pub fn shared(test: &str) -> Option<PathBuf> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared");
    if folder.join("videos").is_dir() {
        return Some(folder);
    }
    eprintln!("SKIPPED: {test}: the shared street clips are not beside this checkout");
    None
}
