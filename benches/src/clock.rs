//! Processor time instead of wall time: a busy machine stretches the one, hardly the other.

use rustix::time::{ClockId, clock_gettime};

/// Processor seconds of the calling thread.
#[must_use]
pub fn thread_seconds() -> f64 {
    seconds(ClockId::ThreadCPUTime)
}

#[expect(clippy::cast_precision_loss, reason = "a bench lasts less than 100 days")]
fn seconds(clock: ClockId) -> f64 {
    let time = clock_gettime(clock);
    time.tv_sec as f64 + time.tv_nsec as f64 * 1e-9
}
