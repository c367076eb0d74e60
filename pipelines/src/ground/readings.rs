//! The latest speeds of one track: what holds of it for a while, whatever single ones say.

use super::Speed;
use super::speed::median;
use std::collections::VecDeque;

/// How far back readings count, seconds, and how many are kept.
const RECENT_S: f64 = 2.0;
const CAPACITY: usize = 64;

/// A speed at each of its latest fixes.
#[derive(Debug, Clone, Default)]
pub(crate) struct Readings {
    latest: VecDeque<(f64, Speed)>,
}

impl Readings {
    /// Adds the newest.
    pub(crate) fn push(&mut self, at: f64, speed: Speed) {
        while self.latest.len() >= CAPACITY || self.latest.front().is_some_and(|old| old.0 < at - RECENT_S) {
            self.latest.pop_front();
        }
        self.latest.push_back((at, speed));
    }

    /// The median of those that count now, with the median of their errors.
    pub(crate) fn median(&self, now: f64) -> Option<Speed> {
        let recent = || self.latest.iter().filter(|reading| reading.0 >= now - RECENT_S);
        let kmh = median(recent().map(|(_, speed)| speed.kmh).collect())?;
        let err_kmh = median(recent().map(|(_, speed)| speed.err_kmh).collect())?;
        Some(Speed { kmh, err_kmh })
    }

    /// The same with how far they differ as part of the error (the median of their deviations): who passes close by a low
    /// camera seems to get faster by what is not known of his size.
    pub(crate) fn steady(&self, now: f64) -> Option<Speed> {
        let middle = self.median(now)?;
        let recent = self.latest.iter().filter(|reading| reading.0 >= now - RECENT_S);
        let differ = median(recent.map(|(_, speed)| (speed.kmh - middle.kmh).abs()).collect())?;
        Some(Speed { err_kmh: middle.err_kmh.hypot(differ), ..middle })
    }

    /// How many count now, and the seconds from the first to the last of them.
    pub(crate) fn extent(&self, now: f64) -> (usize, f64) {
        let recent = || self.latest.iter().map(|reading| reading.0).filter(|at| *at >= now - RECENT_S);
        let first = recent().next().unwrap_or(now);
        (recent().count(), recent().next_back().unwrap_or(now) - first)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn speeds_that_differ_are_less_sure_than_each_says() {
        let told = |speeds: [f64; 3]| {
            let mut readings = Readings::default();
            for (at, kmh) in [1.0, 1.2, 1.4].into_iter().zip(speeds) {
                readings.push(at, Speed { kmh, err_kmh: 1.5 });
            }
            readings.steady(1.4).unwrap()
        };
        let even = told([70.0, 70.0, 71.0]);
        assert!((even.kmh - 70.0).abs() < 1e-9 && (even.err_kmh - 1.5).abs() < 1e-9, "{even:?}");
        let rising = told([54.0, 72.0, 78.0]);
        assert!((rising.kmh - 72.0).abs() < 1e-9 && rising.err_kmh > 6.0, "{rising:?}");
    }
}
