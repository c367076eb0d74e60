//! Speed with an error: displacement along the road regressed on capture time.
//!
//! Of each fix the middle of the footprint counts (see `middle`), the less the farther away it is,
//! because a pixel is more metres there, and the less the worse it fits the others: one box that was
//! drawn around two must not move it. Where the fixes bend away from constant speed by more than their
//! scatter explains, the acceleration is fitted, too: a car that brakes before a line is told as fast
//! as it is on the line, not as it was a second before.

use super::{Contact, GroundPlane, Size, normalized};
use crate::GroundOptions;
use kerege_contract::PixelPoint;

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
/// Nothing turns faster, square of radians per second.
const MAX_TURN: f64 = 1.0;
/// Slower than this, the way tells no heading, m/s.
const HEADED: f64 = 1.5;
/// A heading is that of a moment ago: by how much that puts the middle off while it turns, lengths a radian.
const LAGS: f64 = 0.1;
/// A speed with a larger error is not known: km/h, and share of it.
const MAX_ERROR_KMH: f64 = 3.0;
const MAX_ERROR: f64 = 0.1;
/// Capture times are off by this much, one by one, seconds.
const TIME_ERROR_S: f64 = 0.01;
/// It drives along its lane when it deviates less than this from it, as a cosine (45 degrees).
const ALONG: f64 = 0.7;
/// What is farther off than so many times the middle deviation counts nothing (Tukey's biweight), and
/// deviations below this say nothing, metres.
const OUTLYING: f64 = 6.0;
const FINEST_M: f64 = 0.05;

/// A speed and its error (one standard deviation), km/h.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Speed {
    pub(crate) kmh: f64,
    pub(crate) err_kmh: f64,
}

/// Where a road user was at a time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Place {
    /// Pipeline seconds.
    pub(crate) at: f64,
    /// Middle of its footprint, metres.
    pub(crate) middle: PixelPoint,
    /// What was seen of it.
    pub(crate) contact: Contact,
    /// Which way it heads, a unit vector; none when nobody knows.
    pub(crate) heading: Option<PixelPoint>,
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

/// How far the middle may be off for each radian that a road user turns, metres: its length is not known, and a heading
/// is that of a moment ago.
fn sway(size: Size) -> f64 {
    size.spread / 2.0 + LAGS * size.length
}

/// By how much that may be off in a while, metres per second.
fn swing(oldest: &Place, newest: &Place, size: Size) -> f64 {
    let turned = oldest.heading.zip(newest.heading).map_or(0.0, |(from, to)| from.distance(to));
    sway(size) * turned / (newest.at - oldest.at)
}

/// The speed of a road user over some places, oldest first; none when it is unknown: too short, badly fitting,
/// implausible or unsure. `lane` is the direction of its lane on the road.
pub(crate) fn estimate(
    places: &[Place],
    size: Size,
    plane: &GroundPlane,
    options: &GroundOptions,
    lane: Option<PixelPoint>,
) -> Option<Estimate> {
    let (oldest, newest) = (places.first()?, places.last()?);
    if newest.at - oldest.at < options.speed_window_s[0] - 1e-6 {
        return None;
    }
    let fit = fit(places, plane, lane)?;
    let estimate = fit.estimate(newest.at, plane.relative_error(), swing(oldest, newest, size))?;
    let speed = estimate.speed_at(newest.at);
    (speed.kmh <= options.max_speed_kmh && speed.err_kmh <= MAX_ERROR_KMH.max(MAX_ERROR * speed.kmh))
        .then_some(estimate)
}

/// The same for a while that is over: which way it headed is told by where it went before and after.
pub(crate) fn estimate_afterwards(
    places: &mut [Place],
    size: Size,
    plane: &GroundPlane,
    options: &GroundOptions,
) -> Option<Estimate> {
    let (first, newest) = (fit(places, plane, None)?, places.last()?.at);
    for place in places.iter_mut() {
        if let Some(heading) = first.heading(place.at - newest) {
            place.heading = Some(heading);
            place.middle = plane.middle(&place.contact, heading, size);
        }
    }
    estimate(places, size, plane, options, None)
}

fn fit(places: &[Place], plane: &GroundPlane, lane: Option<PixelPoint>) -> Option<Fit> {
    let newest = places.last()?;
    let nearest = plane.nearness(newest.contact.anchor);
    let point = |place: &Place| Point {
        t: place.at - newest.at,
        place: place.middle,
        weight: (plane.nearness(place.contact.anchor) / nearest).powi(2),
    };
    let mut points: Vec<Point> = places.iter().map(point).collect();
    let first = Fit::of(&points, lane)?;
    if first.distrust_outliers(&mut points) { Fit::of(&points, lane) } else { Some(first) }
}

/// A place at a time before the newest fix, and how much it counts.
#[derive(Debug, Clone, Copy)]
struct Point {
    t: f64,
    place: PixelPoint,
    weight: f64,
}

/// Weighted means over points.
struct Means {
    n: f64,
    t: f64,
    x: f64,
    y: f64,
    /// What makes the weights 1 on average.
    scale: f64,
}

impl Means {
    /// None with too few points.
    fn of(points: &[Point]) -> Option<Self> {
        let (mut n, mut w, mut t, mut x, mut y) = (0.0, 0.0, 0.0, 0.0, 0.0);
        for point in points {
            n += f64::from(u8::from(point.weight > 0.0));
            w += point.weight;
            t += point.weight * point.t;
            x += point.weight * point.place.x;
            y += point.weight * point.place.y;
        }
        (n >= MIN_FIXES && w > 0.0).then(|| Self { n, t: t / w, x: x / w, y: y / w, scale: n / w })
    }
}

/// Sums of a regression over places on the road, around their means.
#[derive(Debug, Clone, Copy)]
struct Fit {
    n: f64,
    mean_t: f64,
    mean: PixelPoint,
    velocity: PixelPoint,
    direction: PixelPoint,
    mean_tt: f64,
    /// Sums of weight · time², ³, and of weight · q², q being time² made orthogonal to time.
    tt: f64,
    skew: f64,
    qq: f64,
    /// Mean fourth power of time over six times its mean square: what a curve shortens, seconds squared.
    curl: f64,
    /// How it bends aside, m/s².
    aside: f64,
    /// Speed along, m/s, and how it bends, m/s².
    slope: f64,
    bend: f64,
    /// Scatter along and in all, metres, at the weight of 1 on average.
    along_m: f64,
    residual_m: f64,
}

impl Fit {
    /// Weighted least squares; none with too few points or no time between them.
    fn of(points: &[Point], lane: Option<PixelPoint>) -> Option<Self> {
        let Means { n, t, x, y, scale } = Means::of(points)?;
        let (mut tt, mut ttt, mut tx, mut ty) = (0.0, 0.0, 0.0, 0.0);
        for point in points {
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
        let (mut qq, mut qs, mut qa, mut straight, mut squares, mut fourth) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0);
        for point in points {
            let (weight, dt) = (point.weight * scale, point.t - t);
            let q = dt * dt - skew * dt - mean_tt;
            let rest = PixelPoint::new(point.place.x - x - velocity.x * dt, point.place.y - y - velocity.y * dt);
            let s = rest.x * direction.x + rest.y * direction.y;
            qq += weight * q * q;
            qs += weight * q * s;
            qa += weight * q * (rest.y * direction.x - rest.x * direction.y);
            fourth += weight * dt.powi(4);
            straight += weight * s * s;
            squares += weight * (rest.x * rest.x + rest.y * rest.y);
        }
        let (bend, aside) = if qq > 0.0 { (qs / qq, qa / qq) } else { (0.0, 0.0) };
        // What the bends explain is no scatter.
        let (explained, explained_aside) = (bend * qs, aside * qa);
        let along_m = ((straight - explained).max(0.0) / (n - 3.0)).sqrt();
        let residual_m = ((squares - explained - explained_aside).max(0.0) / (2.0 * n - 6.0)).sqrt();
        let mean = PixelPoint::new(x, y);
        let (bend, aside, curl) = (2.0 * bend, 2.0 * aside, fourth / tt / 6.0);
        Some(Self {
            n,
            mean_t: t,
            mean,
            velocity,
            direction,
            mean_tt,
            tt,
            skew,
            qq,
            curl,
            aside,
            slope,
            bend,
            along_m,
            residual_m,
        })
    }

    /// Which way it went at a time; none when it hardly moved.
    fn heading(&self, t: f64) -> Option<PixelPoint> {
        let dt = t - self.mean_t - self.skew / 2.0;
        let (v, d, bend, aside) = (self.velocity, self.direction, self.bend * dt, self.aside * dt);
        let way = PixelPoint::new(v.x + d.x * bend - d.y * aside, v.y + d.y * bend + d.x * aside);
        let forward = way.x * v.x + way.y * v.y > 0.0;
        (forward && way.distance(PixelPoint::default()) >= HEADED).then(|| normalized(way))
    }

    /// How far off the fit a point is, metres.
    fn off(&self, point: &Point) -> f64 {
        let dt = point.t - self.mean_t;
        let q = (dt * dt - self.skew * dt - self.mean_tt) / 2.0;
        let (v, d, bend, aside) = (self.velocity, self.direction, self.bend * q, self.aside * q);
        let expected = PixelPoint::new(
            self.mean.x + v.x * dt + d.x * bend - d.y * aside,
            self.mean.y + v.y * dt + d.y * bend + d.x * aside,
        );
        expected.distance(point.place)
    }

    /// Lets points count less that are far off; tells whether there are any.
    fn distrust_outliers(&self, points: &mut [Point]) -> bool {
        let Some(middle) = median(points.iter().map(|point| self.off(point)).collect()) else { return false };
        let limit = OUTLYING * middle.max(FINEST_M);
        let mut any = false;
        for point in points.iter_mut() {
            let share = self.off(point) / limit;
            any |= share > 0.5;
            point.weight *= (1.0 - share * share).max(0.0).powi(2);
        }
        any
    }

    /// What is claimed; none when it fits badly or cannot be.
    fn estimate(&self, newest: f64, calibration: f64, swing: f64) -> Option<Estimate> {
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
        let noise = if scatter.is_finite() { scatter * scatter } else { f64::INFINITY };
        // A chord is shorter than its arc: the slope of a sine that turns by ω is off by ω²·⟨t⁴⟩/6⟨t²⟩.
        let turn = (self.aside * self.aside - noise).max(0.0) / self.slope.powi(2).max(1.0);
        let speed = self.slope * (1.0 + turn.min(MAX_TURN) * self.curl);
        Some(Estimate {
            // The regression's slope is the speed here, however it bends.
            at: newest + self.mean_t + self.skew / 2.0,
            speed,
            errors: [(self.along_m / self.tt.sqrt()).hypot(swing), USUAL_ACCELERATION * (1.0 - trust).sqrt()],
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
        Fit::of(points, Some(PixelPoint::new(0.0, 1.0)))?.estimate(0.0, 0.0, 0.0)
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
