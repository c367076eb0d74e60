//! Which decoded frames are analysed: those that are due by capture time.
//!
//! Time stamps of cameras repeat and jump; a frame whose time does not grow is dropped and counted,
//! because nothing sensible can be computed from it.

/// A frame may come this share of the period early and still be the one that was due.
const EARLY: f64 = 0.25;

/// A camera's time that jumps back further than this was set anew, seconds.
const JUMP_BACK_S: f64 = 1.0;

/// What is to be done with a frame.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Verdict {
    /// To be analysed; seconds since the first frame.
    Due(f64),
    /// Good, but not due.
    Skip,
    /// Its time is missing, repeated or a little back.
    BadTime,
    /// Its time is far back: the stream begins anew. Seconds.
    Restarted(f64),
}

/// Decides frame by frame.
#[derive(Debug, Clone)]
pub(crate) struct Sampler {
    period_s: f64,
    first: Option<u64>,
    last: u64,
    next_s: f64,
}

impl Sampler {
    /// At most `fps` frames per second of capture time.
    pub(crate) fn new(fps: f64) -> Self {
        Self { period_s: 1.0 / fps.clamp(0.01, 1000.0), first: None, last: 0, next_s: 0.0 }
    }

    /// Judges the frame with this time stamp, nanoseconds.
    pub(crate) fn judge(&mut self, stamp: Option<u64>) -> Verdict {
        let Some(stamp) = stamp else { return Verdict::BadTime };
        let first = match self.first {
            None => *self.first.insert(stamp),
            Some(_) if stamp <= self.last => {
                let back = seconds(self.last - stamp);
                return if back > JUMP_BACK_S { Verdict::Restarted(back) } else { Verdict::BadTime };
            }
            Some(first) => first,
        };
        self.last = stamp;
        let t = seconds(stamp - first);
        if t < self.next_s - EARLY * self.period_s {
            return Verdict::Skip;
        }
        // The grid is kept, so that 25 frames a second give 10 and not 8; after a hole it begins anew.
        self.next_s += self.period_s;
        if self.next_s < t {
            self.next_s = t + self.period_s;
        }
        Verdict::Due(t)
    }
}

/// Nanoseconds as seconds.
#[expect(clippy::cast_precision_loss, reason = "hours of nanoseconds fit an f64 to a fraction of a microsecond")]
pub(crate) fn seconds(nanoseconds: u64) -> f64 {
    nanoseconds as f64 / 1e9
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn due(fps: f64, stamps: impl IntoIterator<Item = f64>) -> Vec<f64> {
        let mut sampler = Sampler::new(fps);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "small positive numbers")]
        let judge = |t: f64| match sampler.judge(Some((t * 1e9).round() as u64)) {
            Verdict::Due(t) => Some(t),
            _ => None,
        };
        stamps.into_iter().filter_map(judge).collect()
    }

    #[test]
    fn every_rate_gives_what_was_asked_for() {
        for (source, wanted) in [(30.0, 10.0), (25.0, 10.0), (24.0, 10.0), (12.5, 10.0), (50.0, 10.0), (29.97, 5.0)] {
            let frames = due(wanted, (0..2000).map(|n| f64::from(n) / source));
            let rate = (frames.len() as f64 - 1.0) / frames.last().unwrap();
            assert!((rate - wanted).abs() / wanted < 0.01, "{source} gave {rate} instead of {wanted}");
        }
    }

    #[test]
    fn a_slower_camera_gives_all_it_has_even_with_jitter() {
        let jitter = [0.0, 0.012, -0.015, 0.009, -0.02];
        let stamps: Vec<f64> = (0..200).map(|n| f64::from(n) * 0.1 + 1.0 + jitter[n as usize % 5]).collect();
        assert_eq!(due(10.0, stamps).len(), 200);
        assert_eq!(due(10.0, (0..100).map(|n| f64::from(n) / 5.0)).len(), 100);
    }

    #[test]
    fn a_hole_does_not_cause_a_burst() {
        let stamps = (0..30).map(|n| f64::from(n) / 30.0).chain((0..30).map(|n| 60.0 + f64::from(n) / 30.0));
        let frames = due(10.0, stamps);
        assert!(frames.windows(2).all(|pair| pair[1] - pair[0] > 0.09), "{frames:?}");
    }

    #[test]
    fn bad_times_are_told_apart() {
        let mut sampler = Sampler::new(10.0);
        assert_eq!(sampler.judge(None), Verdict::BadTime);
        assert_eq!(sampler.judge(Some(5_000_000_000)), Verdict::Due(0.0));
        assert_eq!(sampler.judge(Some(5_000_000_000)), Verdict::BadTime);
        assert_eq!(sampler.judge(Some(4_990_000_000)), Verdict::BadTime);
        assert_eq!(sampler.judge(Some(5_040_000_000)), Verdict::Skip);
        assert_eq!(sampler.judge(Some(0)), Verdict::Restarted(5.04));
    }

    proptest! {
        #[test]
        fn capture_time_always_grows(stamps in proptest::collection::vec(proptest::option::of(0u64..10_000_000_000), 1..200)) {
            let mut sampler = Sampler::new(10.0);
            let mut last = -1.0;
            for stamp in stamps {
                if let Verdict::Due(t) = sampler.judge(stamp) {
                    prop_assert!(t > last);
                    last = t;
                }
            }
        }
    }
}
