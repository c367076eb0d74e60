//! Speed with an error: displacement over the road regressed on capture time.

use super::GroundPlane;
use crate::GroundOptions;
use crate::track::{Fix, History};
use kerege_contract::PixelPoint;
use std::collections::VecDeque;

/// Fewest fixes a speed is computed from.
const MIN_FIXES: usize = 4;
/// A fit that leaves more than this is no straight drive, metres.
const MAX_RESIDUAL_M: f64 = 1.0;
/// How far back estimates count for a passage, seconds.
const LOG_S: f64 = 2.0;
/// Most estimates that are kept.
const LOG_CAPACITY: usize = 64;

/// A speed and its error (one standard deviation), km/h.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Speed {
    pub(crate) kmh: f64,
    pub(crate) err_kmh: f64,
}

/// The speed of a track at its newest fix; none when it is unknown: too short, outside the valid
/// polygon, too far away for the camera's resolution, badly fitting or implausible.
pub(crate) fn estimate(history: &History, plane: &GroundPlane, options: &GroundOptions) -> Option<Speed> {
    let newest = history.last()?;
    if !plane.resolves(newest.anchor) {
        return None;
    }
    let [least, most] = options.speed_window_s;
    let recent = || {
        let valid = |fix: &&Fix| fix.road.is_some() && newest.at - fix.at <= most + 1e-6;
        history.iter().rev().take_while(valid)
    };
    let fit = Line::fit(recent)?;
    if fit.span < least - 1e-6 || fit.residual_m > MAX_RESIDUAL_M {
        return None;
    }
    let metres_per_second = fit.velocity.distance(PixelPoint::default());
    let calibration = metres_per_second * plane.relative_error();
    let speed = Speed { kmh: 3.6 * metres_per_second, err_kmh: 3.6 * fit.error.hypot(calibration) };
    (speed.kmh <= options.max_speed_kmh).then_some(speed)
}

/// A straight drive fitted to fixes.
struct Line {
    velocity: PixelPoint,
    /// Standard error of the speed, m/s.
    error: f64,
    residual_m: f64,
    span: f64,
}

impl Line {
    /// Fits fixes that all have a place on the road; none when one has not, or there are too few.
    fn fit<'h, I: Iterator<Item = &'h Fix>>(fixes: impl Fn() -> I) -> Option<Self> {
        let (mut n, mut t, mut x, mut y) = (0.0, 0.0, 0.0, 0.0);
        let (mut first, mut last) = (f64::INFINITY, f64::NEG_INFINITY);
        for fix in fixes() {
            let road = fix.road?;
            n += 1.0;
            t += fix.at;
            x += road.x;
            y += road.y;
            first = first.min(fix.at);
            last = last.max(fix.at);
        }
        #[expect(clippy::cast_precision_loss, reason = "a small constant")]
        if n < MIN_FIXES as f64 {
            return None;
        }
        let (t, x, y) = (t / n, x / n, y / n);
        let (mut tt, mut tx, mut ty) = (0.0, 0.0, 0.0);
        for fix in fixes() {
            let (dt, road) = (fix.at - t, fix.road?);
            tt += dt * dt;
            tx += dt * (road.x - x);
            ty += dt * (road.y - y);
        }
        let velocity = PixelPoint::new(tx / tt, ty / tt);
        let mut squares = 0.0;
        for fix in fixes() {
            let (dt, road) = (fix.at - t, fix.road?);
            squares += (road.x - x - velocity.x * dt).powi(2) + (road.y - y - velocity.y * dt).powi(2);
        }
        let residual_m = (squares / (2.0 * n - 4.0)).sqrt();
        Some(Self { velocity, error: residual_m / tt.sqrt(), residual_m, span: last - first })
    }
}

/// The latest estimates of one track.
#[derive(Debug, Clone, Default)]
pub(crate) struct SpeedLog {
    estimates: VecDeque<(f64, Speed)>,
}

impl SpeedLog {
    /// Adds the newest estimate.
    pub(crate) fn push(&mut self, at: f64, speed: Speed) {
        while self.estimates.len() >= LOG_CAPACITY || self.estimates.front().is_some_and(|old| old.0 < at - LOG_S) {
            self.estimates.pop_front();
        }
        self.estimates.push_back((at, speed));
    }

    /// How many estimates count now, and the seconds from the first to the last of them.
    pub(crate) fn extent(&self, now: f64) -> (usize, f64) {
        let recent = || self.estimates.iter().map(|estimate| estimate.0).filter(|at| *at >= now - LOG_S);
        let first = recent().next().unwrap_or(now);
        (recent().count(), recent().next_back().unwrap_or(now) - first)
    }

    /// The median of the estimates of the last seconds before `now`, with the median of their errors.
    pub(crate) fn median(&self, now: f64) -> Option<Speed> {
        let recent = || self.estimates.iter().filter(|estimate| estimate.0 >= now - LOG_S);
        let kmh = median(recent().map(|(_, speed)| speed.kmh).collect())?;
        let err_kmh = median(recent().map(|(_, speed)| speed.err_kmh).collect())?;
        Some(Speed { kmh, err_kmh })
    }
}

fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    let upper = *values.get(middle)?;
    Some(if values.len().is_multiple_of(2) { f64::midpoint(values[middle - 1], upper) } else { upper })
}
