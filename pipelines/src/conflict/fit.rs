//! Where somebody was at a time and how fast he went, from where he was seen a while before and after.
//!
//! A drive of constant acceleration is fitted to the places (least squares; Gelb, Applied Optimal Estimation, 4.4):
//! what is known beforehand is that nobody of a kind gets much faster, slower or round than his kind does. Where the
//! places shake much that makes a straight drive of it, where they do not they tell how it bends, and the error that
//! comes out holds both.

use super::Scatter;
use kerege_contract::PixelPoint;

/// What a detector gets wrong it gets wrong for so long, seconds: so much of the variance does not shrink with the
/// number of places, but with how long they were watched.
const LASTS_S: f64 = 0.5;
const LASTING: f64 = 0.5;
/// Nobody is expected to be much faster than this, m/s (one standard deviation).
const FAST_MS: f64 = 12.0;

/// Somebody seen at a place.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    /// Pipeline seconds.
    pub(super) at: f64,
    /// Metres.
    pub(super) place: PixelPoint,
    /// How far that may be off.
    pub(super) scatter: Scatter,
}

/// A drive about a time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Fit {
    /// Metres, m/s and m/s² at that time.
    pub(super) place: PixelPoint,
    pub(super) velocity: PixelPoint,
    pub(super) acceleration: PixelPoint,
    /// Errors of the place and of the velocity.
    pub(super) scatter: Scatter,
    pub(super) pace: Scatter,
}

impl Fit {
    /// Of places, oldest first, about a time; `swerves` is how much somebody of the kind speeds up, slows down or turns
    /// (one standard deviation), m/s². None of no places.
    pub(super) fn of(places: &[Place], at: f64, swerves: f64) -> Option<Self> {
        let (first, last) = (places.first()?, places.last()?);
        #[expect(clippy::cast_precision_loss, reason = "some seconds' places")]
        let n = places.len() as f64;
        let mean = places.iter().fold(Scatter::default(), |sum, one| sum.plus(one.scatter.scaled(1.0 / n)));
        let scatter = mean.scaled(alike((last.at - first.at) / (n - 1.0).max(1.0), n));
        let origin = first.place;
        let [long, wide] = scatter.axes();
        let off = |one: &Place| PixelPoint::new(one.place.x - origin.x, one.place.y - origin.y);
        let sums = Sums::of(places.iter().map(|one| (one.at - at, off(one))), [long, wide]);
        let [a, b] = [(long, 0), (wide, 1)]
            .map(|(axis, number)| Line::of(&sums, number, scatter.toward(axis).powi(2).max(1e-9), swerves));
        let joined = |which: usize| {
            PixelPoint::new(
                long.x * a.state[which] + wide.x * b.state[which],
                long.y * a.state[which] + wide.y * b.state[which],
            )
        };
        let scaled = |axis: PixelPoint, by: f64| PixelPoint::new(axis.x * by, axis.y * by);
        let errors = |of: fn(&Line) -> f64| Scatter::of([scaled(long, of(&a).sqrt()), scaled(wide, of(&b).sqrt())]);
        let moved = joined(0);
        Some(Self {
            place: PixelPoint::new(origin.x + moved.x, origin.y + moved.y),
            velocity: joined(1),
            acceleration: joined(2),
            scatter: errors(|line| line.place_var),
            pace: errors(|line| line.speed_var),
        })
    }

    /// The same drive so many seconds later.
    pub(super) fn after(&self, seconds: f64) -> (PixelPoint, PixelPoint) {
        let (v, a) = (self.velocity, self.acceleration);
        let half = seconds * seconds / 2.0;
        let place =
            PixelPoint::new(self.place.x + v.x * seconds + a.x * half, self.place.y + v.y * seconds + a.y * half);
        (place, PixelPoint::new(v.x + a.x * seconds, v.y + a.y * seconds))
    }
}

/// How many times the variance of a place counts, since places so many seconds apart are off alike: the variance of a
/// mean of `n` is so much larger than that of as many independent ones.
fn alike(apart_s: f64, n: f64) -> f64 {
    let rho = (-apart_s / LASTS_S).exp();
    1.0 - LASTING + LASTING * ((1.0 + rho) / (1.0 - rho).max(1e-9)).min(n)
}

/// A drive along one axis.
#[derive(Debug, Clone, Copy)]
struct Line {
    /// Place, speed and acceleration.
    state: [f64; 3],
    place_var: f64,
    speed_var: f64,
}

/// The sums over all places of powers of the time, and of those times how far they are off along two axes.
#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    times: [f64; 5],
    offs: [[f64; 3]; 2],
}

impl Sums {
    /// Of places (seconds after the time asked for, metres).
    fn of(seen: impl Iterator<Item = (f64, PixelPoint)>, axes: [PixelPoint; 2]) -> Self {
        let mut sums = Self::default();
        for (after, off) in seen {
            let square = after * after;
            for (sum, power) in sums.times.iter_mut().zip([1.0, after, square, after * square, square * square]) {
                *sum += power;
            }
            for (sums, axis) in sums.offs.iter_mut().zip(axes) {
                let along = off.x * axis.x + off.y * axis.y;
                for (sum, one) in sums.iter_mut().zip([1.0, after, square / 2.0]) {
                    *sum += one * along;
                }
            }
        }
        sums
    }
}

impl Line {
    /// Along one of the axes of sums over places of one variance.
    fn of(Sums { times: t, offs }: &Sums, axis: usize, variance: f64, swerves: f64) -> Self {
        let (speed, swerve) = (variance / FAST_MS.powi(2), variance / swerves.powi(2));
        let [a, b, c] = [t[0], t[1], t[2] / 2.0];
        let [d, e, f] = [t[2] + speed, t[3] / 2.0, t[4] / 4.0 + swerve];
        // The inverse of a symmetric matrix by its cofactors.
        let (aa, ab, ac) = (d * f - e * e, c * e - b * f, b * e - c * d);
        let (bb, bc, cc) = (a * f - c * c, b * c - a * e, a * d - b * b);
        let det = a * aa + b * ab + c * ac;
        let rows = [[aa, ab, ac], [ab, bb, bc], [ac, bc, cc]];
        let state = rows.map(|row| row.iter().zip(offs[axis]).map(|(one, sum)| one * sum).sum::<f64>() / det);
        Self { state, place_var: variance * aa / det, speed_var: variance * bb / det }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(seconds: f64, err: f64, way: impl Fn(f64) -> PixelPoint) -> Vec<Place> {
        let scatter = Scatter::of([PixelPoint::new(err, 0.0), PixelPoint::new(0.0, err / 3.0)]);
        let times = (0..).map(|n| f64::from(n) / 10.0).take_while(|t| *t <= seconds);
        times.map(|at| Place { at, place: way(at), scatter }).collect()
    }

    #[test]
    fn a_steady_drive_is_found_and_the_longer_it_is_seen_the_better() {
        let way = |t: f64| PixelPoint::new(3.0 + 2.0 * t, 1.0 - t);
        let errs = [0.6, 1.2, 2.4].map(|seconds| {
            let fit = Fit::of(&places(seconds, 0.3, way), seconds / 2.0, 0.5).unwrap();
            assert!(fit.place.distance(way(seconds / 2.0)) < 0.02, "{fit:?}");
            assert!(fit.velocity.distance(PixelPoint::new(2.0, -1.0)) < 0.1, "{fit:?}");
            fit.scatter.largest()
        });
        assert!(errs[0] > errs[1] && errs[1] > 1.1 * errs[2] && errs[2] < 0.18, "{errs:?}");
    }

    #[test]
    fn a_bend_is_followed_where_places_do_not_shake() {
        let way = |t: f64| PixelPoint::new(8.0 * (0.6 * t).sin(), 8.0 * (1.0 - (0.6 * t).cos()));
        let fit = Fit::of(&places(2.0, 0.1, way), 1.0, 2.5).unwrap();
        assert!(fit.place.distance(way(1.0)) < 0.1, "{fit:?}");
        let (end, velocity) = fit.after(1.0);
        assert!(end.distance(way(2.0)) < 0.4, "{end:?}");
        assert!((velocity.y.atan2(velocity.x) - 1.2).abs() < 0.15, "{velocity:?}");
    }

    #[test]
    fn one_place_tells_no_speed_and_none_nothing() {
        let fit = Fit::of(&places(0.0, 0.3, |_| PixelPoint::new(5.0, 5.0)), 0.0, 2.5).unwrap();
        assert_eq!((fit.place, fit.velocity), (PixelPoint::new(5.0, 5.0), PixelPoint::default()));
        assert!(fit.pace.largest() > 10.0 && Fit::of(&[], 0.0, 2.5).is_none());
    }
}
