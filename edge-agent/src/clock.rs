//! This machine's clock.

use kerege_contract::UtcTime;
use std::time::{SystemTime, UNIX_EPOCH};

/// The time by this machine's clock, whatever its state.
#[must_use]
pub fn now() -> UtcTime {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    UtcTime::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}
