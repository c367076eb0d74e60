//! Processor time instead of wall time: a busy machine stretches the one, hardly the other.

use criterion::measurement::{Measurement, ValueFormatter, WallTime};
use rustix::time::{ClockId, clock_gettime};
use std::time::Duration;

/// Processor seconds of the calling thread.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "a bench lasts less than 100 days")]
pub fn thread_seconds() -> f64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 * 1e-9
}

/// Processor time of the calling thread as criterion's measure; shown like wall time.
#[derive(Debug, Clone, Copy)]
pub struct ProcessorTime;

impl Measurement for ProcessorTime {
    type Intermediate = f64;
    type Value = Duration;

    fn start(&self) -> f64 {
        thread_seconds()
    }

    fn end(&self, start: f64) -> Duration {
        Duration::from_secs_f64((thread_seconds() - start).max(0.0))
    }

    fn add(&self, a: &Duration, b: &Duration) -> Duration {
        *a + *b
    }

    fn zero(&self) -> Duration {
        Duration::ZERO
    }

    fn to_f64(&self, value: &Duration) -> f64 {
        value.as_secs_f64() * 1e9
    }

    fn formatter(&self) -> &dyn ValueFormatter {
        WallTime.formatter()
    }
}
