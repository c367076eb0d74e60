//! Waiting for a condition, with a deadline.

use std::time::{Duration, Instant};

/// Asks every 50 ms until the condition gives a value, for at most `limit`.
///
/// # Errors
/// When the deadline passes: says what was waited for and what was seen last.
pub fn eventually<T>(
    what: &str,
    limit: Duration,
    mut condition: impl FnMut() -> anyhow::Result<Option<T>>,
) -> anyhow::Result<T> {
    let begun = Instant::now();
    loop {
        let last = match condition() {
            Ok(Some(value)) => return Ok(value),
            Ok(None) => "not yet so".to_owned(),
            Err(error) => format!("{error:#}"),
        };
        if begun.elapsed() > limit {
            anyhow::bail!("waited {limit:?} for: {what}; last: {last}");
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}
