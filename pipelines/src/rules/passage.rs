//! When a front passed a line, told by all looks at who drives over it: surer than by the last look that shows it surely
//! before the line and the first that shows it surely beyond.

use super::approach::Over;
use super::gauge::{ALIKE_S, AT_BEST, Gauge};
use std::collections::VecDeque;

/// A drive is fitted to looks from so long before the front was last surely before the line to as long after it was first
/// surely beyond, seconds; and to no fewer.
const ABOUT_S: f64 = 0.7;
const MIN_LOOKS: usize = 5;
/// What somebody did who was not seen for longer is not known, seconds.
const UNSEEN_S: f64 = 0.6;
/// Looks are remembered for so long, seconds.
const KEPT_S: f64 = 4.0;
/// Slower than this somebody may stop on the line, m/s; and who drives steadily gets this much faster or slower, m/s².
const DRIVES_MS: f64 = 3.0;
const UNSTEADY: f64 = 3.0;
/// The front was at the line so many errors before and after the fit has it there.
const ERRORS: f64 = 2.0;

/// A look at how far a front is beyond the line.
#[derive(Debug, Clone, Copy)]
struct Look {
    at: f64,
    gauge: Gauge,
}

/// The looks at one vehicle about a line.
#[derive(Debug, Clone, Default)]
pub(super) struct Passage {
    looks: VecDeque<Look>,
}

impl Passage {
    /// Another goes on under the same number.
    pub(super) fn forget(&mut self) {
        self.looks.clear();
    }

    pub(super) fn note(&mut self, at: f64, gauge: &Gauge) {
        self.looks.push_back(Look { at, gauge: *gauge });
        while self.looks.front().is_some_and(|oldest| at - oldest.at > KEPT_S) {
            self.looks.pop_front();
        }
    }

    /// The same passing between instants that are closer together, as far as the looks tell.
    pub(super) fn narrowed(&self, over: Over) -> Over {
        let Some((at, err_s)) = self.fit(over.from - ABOUT_S, over.to + ABOUT_S) else { return over };
        let (from, to) = (over.from.max(at - ERRORS * err_s), over.to.min(at + ERRORS * err_s));
        if from <= to { Over { at: at.clamp(from, to), from, to } } else { over }
    }

    /// When a steady drive through the looks of a time is at the line, and how far that may be off (one standard
    /// deviation), seconds; none where they are too few or it is slow.
    fn fit(&self, from: f64, to: f64) -> Option<(f64, f64)> {
        let looks = || self.looks.iter().filter(|look| (from..=to).contains(&look.at));
        let (first, last, count) = (looks().next()?.at, looks().next_back()?.at, looks().count());
        #[expect(clippy::cast_precision_loss, reason = "a few looks")]
        let n = count as f64;
        let mean = |of: &dyn Fn(&Look) -> f64| looks().map(of).sum::<f64>() / n;
        let (at, beyond, metre) =
            (mean(&|look| look.at), mean(&|look| look.gauge.beyond), mean(&|look| look.gauge.metre));
        let spread = mean(&|look| (look.at - at).powi(2));
        let speed = mean(&|look| (look.at - at) * (look.gauge.beyond - beyond)) / spread;
        let unseen = looks().zip(looks().skip(1)).any(|(a, b)| b.at - a.at > UNSEEN_S);
        if count < MIN_LOOKS || unseen || speed.is_nan() || speed <= DRIVES_MS * metre {
            return None;
        }
        let off = mean(&|look| (look.gauge.beyond - beyond - speed * (look.at - at)).powi(2)).sqrt();
        let measured = mean(&|look| look.gauge.measured());
        let independent = (1.0 + (last - first) / ALIKE_S).min(AT_BEST);
        // A steady change of speed bends the way by as much at the ends of the fit.
        let bent = UNSTEADY * metre * (last - first).powi(2) / 12.0;
        let err = mean(&|look| look.gauge.stays).hypot(measured.max(off) / independent.sqrt()).hypot(bent / ERRORS);
        Some((at - beyond / speed, err / speed))
    }
}

#[cfg(test)]
mod tests {
    use super::super::gauge::tests::gauge;
    use super::*;

    fn passage(looks: &[(f64, f64)]) -> Passage {
        let mut passage = Passage::default();
        looks.iter().for_each(|(at, beyond)| passage.note(*at, &Gauge { err: 1.5, stays: 0.3, ..gauge(*beyond) }));
        passage
    }

    #[test]
    fn a_drive_through_all_looks_tells_better_when_it_was_at_the_line() {
        let over = Over { at: 1.1, from: 0.6, to: 1.4 };
        let drive: Vec<(f64, f64)> = (0..10).map(|n| 0.2 * f64::from(n)).map(|t| (t, 10.0 * (t - 1.0))).collect();
        let narrowed = passage(&drive).narrowed(over);
        assert!((narrowed.at - 1.0).abs() < 1e-9);
        assert!(narrowed.from > 0.7 && narrowed.to < 1.3 && narrowed.to - narrowed.from > 0.2, "{narrowed:?}");
    }

    #[test]
    fn who_creeps_or_is_seldom_seen_is_told_by_his_surest_looks() {
        let over = Over { at: 1.1, from: 0.6, to: 1.4 };
        let times = || (0..10).map(|n| 0.2 * f64::from(n));
        let creeps: Vec<(f64, f64)> = times().map(|t| (t, 2.0 * (t - 1.0))).collect();
        assert_eq!(passage(&creeps).narrowed(over), over);
        assert_eq!(passage(&[(0.6, -4.0), (1.4, 4.0), (1.7, 7.0)]).narrowed(over), over);
        let hidden: Vec<(f64, f64)> =
            times().filter(|t| !(0.7..1.5).contains(t)).map(|t| (t, 10.0 * (t - 1.0))).collect();
        assert_eq!(passage(&hidden).narrowed(over), over);
    }
}
