//! Evidence over time of whether one who seems to stand gets anywhere: the straight line through his places.
//!
//! A box shakes by more than who crawls drives in the seconds over which standing is seen, so a row that crawls
//! seems to stand now and then. Over all of a stand the error of the line's slope is far smaller than that of
//! any displacement between two of its moments.

use kerege_contract::PixelPoint;

/// Places nearer to each other in time than this err alike, seconds.
const CORRELATED_S: f64 = 1.0;
/// So many places at least tell a slope.
const LEAST: f64 = 5.0;
/// The slope and so many errors of it must be below what counts as standing.
const ERRORS: f64 = 3.0;

/// The least-squares line through places over time (Draper and Smith, Applied Regression Analysis, §1.2), for
/// both coordinates, in metres or square pixels.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Trend {
    first: Option<(f64, PixelPoint)>,
    n: f64,
    last_s: f64,
    t: f64,
    tt: f64,
    xy: PixelPoint,
    t_xy: PixelPoint,
    squares: f64,
}

impl Trend {
    /// Takes a place at a time, seconds.
    pub(crate) fn note(&mut self, at: f64, place: PixelPoint) {
        let (begun, origin) = *self.first.get_or_insert((at, place));
        let (t, x, y) = (at - begun, place.x - origin.x, place.y - origin.y);
        self.n += 1.0;
        self.last_s = t;
        self.t += t;
        self.tt += t * t;
        self.xy = PixelPoint::new(self.xy.x + x, self.xy.y + y);
        self.t_xy = PixelPoint::new(self.t_xy.x + t * x, self.t_xy.y + t * y);
        self.squares += x * x + y * y;
    }

    /// How fast it goes and the error of that, one standard deviation, per second; none while too few places tell.
    pub(crate) fn speed(&self) -> Option<(f64, f64)> {
        let spread = self.tt - self.t * self.t / self.n;
        if self.n < LEAST || spread <= 0.0 {
            return None;
        }
        let slope = PixelPoint::new(
            (self.t_xy.x - self.t * self.xy.x / self.n) / spread,
            (self.t_xy.y - self.t * self.xy.y / self.n) / spread,
        );
        let total = self.squares - (self.xy.x * self.xy.x + self.xy.y * self.xy.y) / self.n;
        let speed = slope.distance(PixelPoint::default());
        let variance = (total - speed * speed * spread).max(0.0) / (self.n - 2.0);
        let independent = (self.last_s / CORRELATED_S + 1.0).min(self.n);
        Some((speed, (variance / spread * self.n / independent).sqrt()))
    }

    /// Whether it is surely slower than `limit` per second.
    pub(crate) fn is_below(&self, limit: f64) -> bool {
        self.speed().is_some_and(|(speed, err)| speed + ERRORS * err < limit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Places each fifth of a second of one who goes `speed` m/s, shaking by up to `shake` metres.
    fn walk(speed: f64, shake: f64, seconds: f64) -> Trend {
        let mut trend = Trend::default();
        for n in 0..(seconds * 5.0) as u32 {
            let t = f64::from(n) / 5.0;
            trend.note(100.0 + t, PixelPoint::new(40.0 + speed * t + shake * (2.3 * t).sin(), 7.0));
        }
        trend
    }

    #[test]
    fn who_shakes_stands_and_who_crawls_does_not() {
        let limit = 3.0 / 3.6;
        assert!(walk(0.0, 1.0, 8.0).is_below(limit));
        assert!(!walk(1.0, 1.0, 8.0).is_below(limit));
        assert!(!walk(1.0, 0.1, 60.0).is_below(limit));
        // What shakes as much as that is not known so soon.
        assert!(!walk(0.0, 4.0, 3.0).is_below(limit));
        assert!(walk(0.0, 4.0, 30.0).is_below(limit));
        assert!(!Trend::default().is_below(limit));
    }

    proptest! {
        #[test]
        fn a_steady_drive_is_measured_wherever_it_is(
            speed in 0.0..5.0f64, seconds in 2.0..60.0f64, x in -500.0..500.0f64, start in 0.0..1e5f64,
        ) {
            let mut trend = Trend::default();
            for n in 0..(seconds * 5.0) as u32 {
                trend.note(start + f64::from(n) / 5.0, PixelPoint::new(x, speed * f64::from(n) / 5.0));
            }
            let (found, err) = trend.speed().unwrap();
            prop_assert!((found - speed).abs() < 1e-3 && err < 1e-2, "{found} {err}");
        }
    }
}
