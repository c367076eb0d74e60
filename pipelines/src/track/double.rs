//! Whether a track is but the double of another: a box around the cab of a truck, or a second one around a car.

/// Over how long that is looked at, seconds.
const OVER_S: f64 = 1.0;
/// Who was seen apart from all others for so long has a body of his own: he drives beside the other, seconds.
const APART_S: f64 = 2.0;
/// So has who was apart for this share of the time that it is seen, and not for a moment only, seconds.
const APART_SHARE: f64 = 0.3;
const APART_LEAST_S: f64 = 0.5;
/// Who ends so much of his height below the other on average drives before him.
const BEFORE: f64 = 0.12;

/// What was seen of a track as another's double.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Double {
    /// How much of late it was seen as one, 0..1; nothing while it was never asked.
    share: Option<f64>,
    /// By how much the smaller of the two boxes ended below the larger one meanwhile, on average.
    below: f64,
    /// For how long it was seen apart from others since it is surely one and the same, seconds.
    apart_s: f64,
    /// And for how long as one that may be another's double.
    together_s: f64,
}

impl Double {
    /// Notes, `dt` seconds after it did so last, whether its box may show the road user of another track; and if so by
    /// how much of its height the smaller of the two ends below the larger one.
    pub(super) fn note(&mut self, below: Option<f64>, dt: f64) {
        let now = f64::from(u8::from(below.is_some()));
        // The first look tells alone.
        let kept = if self.share.is_some() { (-dt / OVER_S).exp() } else { 0.0 };
        self.share = Some(self.share.map_or(now, |share| now + (share - now) * kept));
        match below {
            Some(below) => {
                self.below = below + (self.below - below) * kept;
                self.together_s += dt;
            }
            None => self.apart_s += dt,
        }
    }

    /// Forgets how it was seen: from now on it may be another road user.
    pub(super) const fn begin(&mut self) {
        (self.apart_s, self.together_s) = (0.0, 0.0);
    }

    /// Whether it is a double. Who was ever seen apart from the other for long is none: two that wait side by side,
    /// seen from the side, cover each other as a cab and its truck do.
    pub(super) fn is_sure(&self) -> bool {
        let apart_s = APART_S.min(APART_SHARE * (self.apart_s + self.together_s));
        self.share.is_some_and(|share| share > 0.5) && self.apart_s < apart_s.max(APART_LEAST_S)
    }

    /// Whether the smaller of the two ends below the larger one all the while, as what drives before it does and a
    /// double seldom.
    pub(super) fn is_before(&self) -> bool {
        self.below >= BEFORE
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Looks ten times a second: for so many seconds each as a double that ends so much lower, or apart.
    fn seen(stretches: &[(f64, Option<f64>)]) -> Double {
        let mut double = Double::default();
        for (seconds, below) in stretches {
            let mut t = 0.0;
            while t < *seconds {
                double.note(*below, 0.1);
                t += 0.1;
            }
        }
        double
    }

    #[test]
    fn a_double_is_covered_for_most_of_the_time_and_was_never_long_apart() {
        for (stretches, wanted) in [
            (vec![(0.1, Some(0.0))], true),
            (vec![(0.3, None), (1.5, Some(0.0))], true),
            (vec![(0.3, None), (0.3, Some(0.0))], false),
            (vec![(3.0, Some(0.0)), (0.4, None)], true),
            (vec![(3.0, Some(0.0)), (1.0, None)], false),
            (vec![(2.5, None), (9.0, Some(0.0))], false),
            (vec![(1.0, None), (2.0, Some(0.0))], false),
        ] {
            assert_eq!(seen(&stretches).is_sure(), wanted, "{stretches:?}");
        }
    }

    #[test]
    fn what_is_known_of_another_does_not_clear_it() {
        let mut double = seen(&[(3.0, None)]);
        double.begin();
        for _ in 0..12 {
            double.note(Some(0.0), 0.1);
        }
        assert!(double.is_sure());
    }

    #[test]
    fn who_ends_below_the_other_drives_before_it() {
        assert!(seen(&[(2.0, Some(0.2))]).is_before());
        assert!(!seen(&[(2.0, Some(0.2)), (2.0, Some(0.0))]).is_before());
    }
}
