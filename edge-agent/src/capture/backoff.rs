//! How long to wait before connecting again: soon at first, less often later, never in step with
//! other cameras, and soon again once the stream was healthy for a while.

use std::time::Duration;

const FIRST: Duration = Duration::from_millis(500);

/// A stream that lived so long was healthy.
const HEALTHY: Duration = Duration::from_secs(10);

/// Counts failures.
#[derive(Debug, Clone)]
pub(super) struct Backoff {
    longest: Duration,
    failures: u32,
}

impl Backoff {
    /// Never waits longer than `longest`.
    pub(super) const fn new(longest: Duration) -> Self {
        Self { longest, failures: 0 }
    }

    /// After an attempt whose stream `lived` so long: how long to wait. `chance` is random, 0..1.
    pub(super) fn wait_after(&mut self, lived: Duration, chance: f64) -> Duration {
        if lived >= HEALTHY {
            self.failures = 0;
        }
        let full = FIRST.saturating_mul(1 << self.failures.min(8)).min(self.longest);
        self.failures = self.failures.saturating_add(1);
        full.mul_f64(0.5 + 0.5 * chance.clamp(0.0, 1.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONGEST: Duration = Duration::from_secs(4);

    #[test]
    fn it_grows_to_its_limit_and_begins_again_when_healthy() {
        let mut backoff = Backoff::new(LONGEST);
        let mut wait = |lived| backoff.wait_after(Duration::from_secs(lived), 1.0).as_millis();
        assert_eq!([wait(0), wait(0), wait(2), wait(0), wait(0)], [500, 1000, 2000, 4000, 4000]);
        assert_eq!([wait(60), wait(0)], [500, 1000]);
    }

    #[test]
    fn chance_spreads_it_by_half() {
        let wait = |chance| Backoff::new(LONGEST).wait_after(Duration::ZERO, chance).as_millis();
        assert_eq!((wait(0.0), wait(0.5), wait(1.0), wait(9.0)), (250, 375, 500, 500));
    }

    #[test]
    fn a_camera_that_is_away_for_days_does_not_overflow() {
        let mut backoff = Backoff { failures: u32::MAX, ..Backoff::new(LONGEST) };
        assert_eq!(backoff.wait_after(Duration::ZERO, 1.0), LONGEST);
    }
}
