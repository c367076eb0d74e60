//! Speed with an error: displacement along the road regressed on capture time.
//!
//! Each fix's contact point is moved to the middle of the road user first (see `contact`), and counts
//! the less the farther away it is, because a pixel is more metres there. Where the fixes bend away
//! from constant speed by more than their scatter explains, the acceleration is fitted, too: a car
//! that brakes before a line is told as fast as it is on the line, not as it was a second before.

use super::{GroundPlane, depth_m, normalized};
use crate::GroundOptions;
use crate::track::{Fix, History};
use kerege_contract::{PixelPoint, RoadUserClass};
use std::collections::VecDeque;

/// Fewest fixes a speed is computed from.
const MIN_FIXES: f64 = 4.0;
/// A fit that leaves more than this is no drive, metres.
const MAX_RESIDUAL_M: f64 = 1.0;
/// What accelerations in traffic are like, m/s² (one standard deviation): how much of a fitted one is
/// believed.
const USUAL_ACCELERATION: f64 = 1.2;
/// An acceleration is surely there when it is this many times its error.
const SURE: f64 = 3.0;
/// Nothing on wheels brakes or speeds up harder, m/s².
const MAX_ACCELERATION: f64 = 10.0;
/// Capture times are off by this much, one by one, seconds.
const TIME_ERROR_S: f64 = 0.01;
/// It drives along its lane when it deviates less than this from it, as a cosine (45 degrees).
const ALONG: f64 = 0.7;
/// Less than this far in a window, its heading is not known from its way, metres.
const HEADING_M: f64 = 1.0;
/// Estimates within so many seconds of a crossing speak for it.
const NEAR_S: f64 = 1.0;
/// How far back estimates are kept, seconds, and how many.
const LOG_S: f64 = 3.0;
const LOG_CAPACITY: usize = 96;

/// A speed and its error (one standard deviation), km/h.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Speed {
    pub(crate) kmh: f64,
    pub(crate) err_kmh: f64,
}

/// What is known of a road user beside its fixes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Course {
    pub(crate) class: RoadUserClass,
    /// The direction of its lane on the road, a unit vector; none outside lanes.
    pub(crate) lane: Option<PixelPoint>,
}

/// A speed at a time, and how it changes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Estimate {
    /// The middle of the window, pipeline seconds.
    at: f64,
    /// Speed there, m/s.
    speed: f64,
    /// Errors of the fit: of the speed, m/s, and of the acceleration, m/s².
    errors: [f64; 2],
    /// m/s², as far as it is believed.
    acceleration: f64,
    /// Share by which it may be off besides.
    relative_error: f64,
}

impl Estimate {
    /// The speed at a time in or near the window, pipeline seconds.
    pub(crate) fn speed_at(&self, at: f64) -> Speed {
        let away = at - self.at;
        let speed = (self.speed + self.acceleration * away).max(0.0);
        let error = self.errors[0].hypot(self.errors[1] * away).hypot(speed * self.relative_error);
        Speed { kmh: 3.6 * speed, err_kmh: 3.6 * error }
    }
}

/// The speed of a track over its latest fixes; none when it is unknown: too short, outside the valid
/// polygon, too far away for the camera's resolution, badly fitting or implausible.
pub(crate) fn estimate(
    history: &History,
    plane: &GroundPlane,
    options: &GroundOptions,
    course: Course,
) -> Option<Estimate> {
    let newest = history.last()?;
    if !plane.resolves(newest.anchor) {
        return None;
    }
    let [least, most] = options.speed_window_s;
    let recent = || {
        let valid = |fix: &&Fix| fix.road.is_some() && newest.at - fix.at <= most + 1e-6;
        history.iter().rev().take_while(valid)
    };
    let (oldest, last) = (recent().last()?, recent().next()?);
    let span = last.at - oldest.at;
    if span < least - 1e-6 {
        return None;
    }
    let heading = heading(oldest, last, course)?;
    let nearest = plane.nearness(newest.anchor);
    let points = || {
        recent().filter_map(|fix| {
            let (road, view) = (fix.road?, plane.view(fix.road?));
            let depth = depth_m(course.class, heading, view);
            let middle = PixelPoint::new(road.x + depth * view.x, road.y + depth * view.y);
            Some(Point { t: fix.at - newest.at, place: middle, weight: (plane.nearness(fix.anchor) / nearest).powi(2) })
        })
    };
    let fit = Fit::of(points, course.lane)?;
    let estimate = fit.estimate(newest.at, plane.relative_error())?;
    (estimate.speed_at(newest.at).kmh <= options.max_speed_kmh).then_some(estimate)
}

/// Which way it goes: as it moved, or along its lane while it hardly moves.
fn heading(oldest: &Fix, newest: &Fix, course: Course) -> Option<PixelPoint> {
    let (from, to) = (oldest.road?, newest.road?);
    let way = PixelPoint::new(to.x - from.x, to.y - from.y);
    if way.distance(PixelPoint::default()) >= HEADING_M {
        return Some(normalized(way));
    }
    Some(course.lane.unwrap_or_else(|| normalized(way)))
}

/// A place at a time before the newest fix, and how much it counts.
#[derive(Debug, Clone, Copy)]
struct Point {
    t: f64,
    place: PixelPoint,
    weight: f64,
}

/// Sums of a regression over places on the road, around their means.
#[derive(Debug, Clone, Copy)]
struct Fit {
    n: f64,
    mean_t: f64,
    /// Sums of weight · time², ³, and of weight · q², q being time² made orthogonal to time.
    tt: f64,
    skew: f64,
    qq: f64,
    /// Speed along, m/s, and how it bends, m/s².
    slope: f64,
    bend: f64,
    /// Scatter along and in all, metres, at the weight of 1 on average.
    along_m: f64,
    residual_m: f64,
}

impl Fit {
    /// Weighted least squares; none with too few points or no time between them.
    fn of<I: Iterator<Item = Point>>(points: impl Fn() -> I, lane: Option<PixelPoint>) -> Option<Self> {
        let (mut n, mut w, mut t, mut x, mut y) = (0.0, 0.0, 0.0, 0.0, 0.0);
        for point in points() {
            n += 1.0;
            w += point.weight;
            t += point.weight * point.t;
            x += point.weight * point.place.x;
            y += point.weight * point.place.y;
        }
        if n < MIN_FIXES || w <= 0.0 {
            return None;
        }
        let (t, x, y, scale) = (t / w, x / w, y / w, n / w);
        let (mut tt, mut ttt, mut tx, mut ty) = (0.0, 0.0, 0.0, 0.0);
        for point in points() {
            let (weight, dt) = (point.weight * scale, point.t - t);
            tt += weight * dt * dt;
            ttt += weight * dt * dt * dt;
            tx += weight * dt * (point.place.x - x);
            ty += weight * dt * (point.place.y - y);
        }
        let velocity = PixelPoint::new(tx / tt, ty / tt);
        let direction = along(velocity, lane);
        let slope = velocity.x * direction.x + velocity.y * direction.y;
        let (skew, mean_tt) = (ttt / tt, tt / n);
        let (mut qq, mut qs, mut straight, mut squares) = (0.0, 0.0, 0.0, 0.0);
        for point in points() {
            let (weight, dt) = (point.weight * scale, point.t - t);
            let q = dt * dt - skew * dt - mean_tt;
            let rest = PixelPoint::new(point.place.x - x - velocity.x * dt, point.place.y - y - velocity.y * dt);
            let s = rest.x * direction.x + rest.y * direction.y;
            qq += weight * q * q;
            qs += weight * q * s;
            straight += weight * s * s;
            squares += weight * (rest.x * rest.x + rest.y * rest.y);
        }
        let bend = if qq > 0.0 { qs / qq } else { 0.0 };
        // What the bend explains is no scatter.
        let explained = bend * qs;
        let along_m = ((straight - explained).max(0.0) / (n - 3.0)).sqrt();
        let residual_m = ((squares - explained).max(0.0) / (2.0 * n - 5.0)).sqrt();
        Some(Self { n, mean_t: t, tt, skew, qq, slope, bend: 2.0 * bend, along_m, residual_m })
    }

    /// What is claimed; none when it fits badly or cannot be.
    fn estimate(&self, newest: f64, calibration: f64) -> Option<Estimate> {
        if !self.slope.is_finite() || self.residual_m > MAX_RESIDUAL_M {
            return None;
        }
        let scatter = if self.qq > 0.0 { 2.0 * self.along_m / self.qq.sqrt() } else { f64::INFINITY };
        if self.bend.abs() > MAX_ACCELERATION && self.bend.abs() > SURE * scatter {
            return None;
        }
        // The mean of what was fitted and of what is usual, each weighing by its certainty.
        let trust = if self.n > MIN_FIXES && scatter.is_finite() {
            USUAL_ACCELERATION.powi(2) / (USUAL_ACCELERATION.powi(2) + scatter.powi(2))
        } else {
            0.0
        };
        Some(Estimate {
            // The regression's slope is the speed here, however it bends.
            at: newest + self.mean_t + self.skew / 2.0,
            speed: self.slope,
            errors: [self.along_m / self.tt.sqrt(), USUAL_ACCELERATION * (1.0 - trust).sqrt()],
            acceleration: trust * self.bend,
            relative_error: calibration.hypot(TIME_ERROR_S / self.tt.sqrt()),
        })
    }
}

/// The direction in which speed is measured: the lane's, either way, when it drives along it, else
/// its own.
fn along(velocity: PixelPoint, lane: Option<PixelPoint>) -> PixelPoint {
    let own = normalized(velocity);
    let Some(lane) = lane else { return own };
    let cosine = own.x * lane.x + own.y * lane.y;
    if cosine.abs() < ALONG {
        return own;
    }
    PixelPoint::new(lane.x * cosine.signum(), lane.y * cosine.signum())
}

/// The latest estimates of one track.
#[derive(Debug, Clone, Default)]
pub(crate) struct SpeedLog {
    estimates: VecDeque<Estimate>,
}

impl SpeedLog {
    /// Adds the newest estimate.
    pub(crate) fn push(&mut self, estimate: Estimate) {
        let old = estimate.at - LOG_S;
        while self.estimates.len() >= LOG_CAPACITY || self.estimates.front().is_some_and(|first| first.at < old) {
            self.estimates.pop_front();
        }
        self.estimates.push_back(estimate);
    }

    /// The speed at a crossing: the median of what the windows around it say of it, with the median of
    /// their errors. None when none is near.
    pub(crate) fn speed_at(&self, at: f64) -> Option<Speed> {
        let least = self.estimates.iter().map(|estimate| (estimate.at - at).abs()).fold(f64::INFINITY, f64::min);
        let reach = if least <= NEAR_S / 2.0 { NEAR_S / 2.0 } else { least.min(LOG_S) };
        let near = || {
            let estimates = self.estimates.iter().filter(|estimate| (estimate.at - at).abs() <= reach + 1e-9);
            estimates.map(|estimate| estimate.speed_at(at))
        };
        let kmh = median(near().map(|speed| speed.kmh).collect())?;
        let err_kmh = median(near().map(|speed| speed.err_kmh).collect())?;
        Some(Speed { kmh, err_kmh })
    }
}

pub(super) fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    let upper = *values.get(middle)?;
    Some(if values.len().is_multiple_of(2) { f64::midpoint(values[middle - 1], upper) } else { upper })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn points(fps: f64, seconds: f64, way: impl Fn(f64) -> f64) -> Vec<Point> {
        let mut all = Vec::new();
        let mut t = -seconds;
        while t <= 1e-9 {
            all.push(Point { t, place: PixelPoint::new(3.0, way(t)), weight: 1.0 + 0.3 * t });
            t += 1.0 / fps;
        }
        all
    }

    fn fitted(points: &[Point]) -> Option<Estimate> {
        Fit::of(|| points.iter().copied(), Some(PixelPoint::new(0.0, 1.0)))?.estimate(0.0, 0.0)
    }

    #[test]
    fn constant_speed_is_exact_at_any_rate() {
        for fps in [5.0, 10.0, 30.0] {
            let estimate = fitted(&points(fps, 1.5, |t| 12.5 * t)).unwrap();
            assert!((estimate.speed_at(0.0).kmh - 45.0).abs() < 1e-6, "{fps}: {estimate:?}");
        }
    }

    #[test]
    fn braking_is_told_as_it_is_on_the_line() {
        for fps in [8.0, 15.0, 30.0] {
            // 12 m/s at t = 0, braking by 2 m/s².
            let estimate = fitted(&points(fps, 1.5, |t| 12.0 * t - t * t)).unwrap();
            for at in [-1.5, -0.75, 0.0, 0.3] {
                let truth = 3.6 * (12.0 - 2.0 * at);
                assert!((estimate.speed_at(at).kmh - truth).abs() < 1e-6, "{fps} {at}: {estimate:?}");
            }
        }
    }

    #[test]
    fn what_cannot_be_driven_is_unknown() {
        // A jump of the box, and a stop on the spot.
        assert_eq!(fitted(&points(10.0, 1.5, |t| if t > -0.7 { 9.0 } else { 0.0 })), None);
        assert_eq!(fitted(&points(10.0, 1.5, |t| 15.0 * t - 8.0 * t * t)), None);
        assert_eq!(fitted(&points(2.0, 1.0, |t| 10.0 * t)), None, "too few");
    }

    proptest! {
        #[test]
        fn scatter_alone_is_rarely_taken_for_braking(seed in prop::collection::vec(-1.0..1.0f64, 16)) {
            let mut all = points(10.0, 1.5, |t| 10.0 * t);
            for (point, noise) in all.iter_mut().zip(&seed) {
                point.place.y += 0.2 * noise;
            }
            let estimate = fitted(&all).unwrap();
            let speed = estimate.speed_at(estimate.at);
            prop_assert!((speed.kmh - 36.0).abs() < 4.5 * speed.err_kmh.max(0.3), "{speed:?}");
        }

        #[test]
        fn reversed_time_and_shifted_places_change_nothing(v in 1.0..30.0f64, shift in -500.0..500.0f64) {
            let plain = fitted(&points(10.0, 1.5, |t| v * t)).unwrap().speed_at(0.0).kmh;
            let moved = fitted(&points(10.0, 1.5, |t| shift + v * t)).unwrap().speed_at(0.0).kmh;
            let back = fitted(&points(10.0, 1.5, |t| shift - v * t)).unwrap().speed_at(0.0).kmh;
            prop_assert!((plain - moved).abs() < 1e-6 && (plain - back).abs() < 1e-6);
        }
    }
}
