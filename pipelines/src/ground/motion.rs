//! How a road user moves over the road: a straight drive fitted to a stretch of its fixes, and how hard
//! it braked between two stretches.
//!
//! Velocities are medians of the slopes between all pairs of fixes (Theil and Sen), so that a box that
//! jumps once, or shakes, does not look like braking.

use super::GroundPlane;
use super::footprint::{dot, unit};
use crate::track::{Fix, History};
use kerege_contract::PixelPoint;

/// Fewest fixes a velocity is computed from.
const MIN_FIXES: usize = 3;
/// Shortest stretch, as a share of what is asked for.
const MIN_SPAN: f64 = 0.6;
/// Each of the two stretches between which braking is measured, seconds; the longer one where frames are
/// too few for the shorter.
const STRETCHES_S: [f64; 2] = [0.6, 0.9];

/// A straight drive over the road.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Motion {
    /// The middle of its time, pipeline seconds.
    pub(crate) at: f64,
    /// Where it was then, metres.
    pub(crate) place: PixelPoint,
    /// Metres per second.
    pub(crate) velocity: PixelPoint,
    /// Error of the velocity (one standard deviation), metres per second.
    pub(crate) error: f64,
}

/// How hard a road user braked.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Braking {
    /// When, pipeline seconds.
    pub(crate) at: f64,
    /// Deceleration along its way, metres per second squared.
    pub(crate) decel: f64,
    /// Error of it (one standard deviation).
    pub(crate) error: f64,
    /// Its velocity before, metres per second.
    pub(crate) before: PixelPoint,
}

impl Motion {
    /// Of the fixes from `from` to `to` pipeline seconds, as far back as all have a place on the road;
    /// none when they are too few or too close together.
    pub(crate) fn over(history: &History, from: f64, to: f64) -> Option<Self> {
        Self::of(history, from, to, |fix| fix.road)
    }

    /// The same where the places may lie beyond the points of the calibration (see [`GroundPlane::far`]).
    pub(crate) fn beyond(history: &History, plane: &GroundPlane, from: f64, to: f64) -> Option<Self> {
        Self::of(history, from, to, |fix| plane.far(fix.anchor))
    }

    fn of(history: &History, from: f64, to: f64, place: impl Fn(&Fix) -> Option<PixelPoint>) -> Option<Self> {
        let within = |fix: &&Fix| (from - 1e-6..=to + 1e-6).contains(&fix.at);
        let on_road = history.iter().rev().filter(within).map_while(|fix| Some((fix.at, place(fix)?)));
        let places: Vec<(f64, PixelPoint)> = on_road.collect();
        let (last, first) = (places.first()?.0, places.last()?.0);
        if places.len() < MIN_FIXES || last - first < MIN_SPAN * (to - from) {
            return None;
        }
        let velocity = PixelPoint::new(slope(&places, |place| place.x)?, slope(&places, |place| place.y)?);
        let at = f64::midpoint(first, last);
        let back = |axis: fn(PixelPoint) -> f64, speed: f64| {
            median(places.iter().map(|(t, place)| axis(*place) - speed * (t - at)).collect())
        };
        let place = PixelPoint::new(back(|place| place.x, velocity.x)?, back(|place| place.y, velocity.y)?);
        let off = |(t, seen): &(f64, PixelPoint)| seen.distance(place.toward(ahead(place, velocity), t - at));
        // A median deviation of 1 in the plane is a standard deviation of 0.85 along each axis; what few
        // fixes have in common with the line that was fitted to them is given back.
        #[expect(clippy::cast_precision_loss, reason = "a second's fixes")]
        let n = places.len() as f64;
        let sigma = 0.85 * median(places.iter().map(off).collect())? * (n / (n - 2.0)).sqrt();
        let spread: f64 = places.iter().map(|(t, _)| (t - at).powi(2)).sum();
        Some(Self { at, place, velocity, error: sigma / spread.sqrt() })
    }

    /// Speed, metres per second.
    pub(crate) fn speed(&self) -> f64 {
        self.velocity.distance(PixelPoint::default())
    }
}

/// The hardest braking of a track between `from` and `to` pipeline seconds, the surest of what is as
/// hard; none when it was never seen well enough.
pub(crate) fn hardest_braking(history: &History, from: f64, to: f64) -> Option<Braking> {
    let moments = history.iter().map(|fix| fix.at).filter(|at| (from..=to).contains(at));
    moments.filter_map(|at| braking(history, at)).max_by(|a, b| sure(a).total_cmp(&sure(b)))
}

/// What a braking surely was: two errors less than measured.
pub(crate) fn sure(braking: &Braking) -> f64 {
    braking.decel - 2.0 * braking.error
}

fn braking(history: &History, at: f64) -> Option<Braking> {
    let around =
        |stretch: f64| Some((Motion::over(history, at - stretch, at)?, Motion::over(history, at, at + stretch)?));
    let (before, after) = STRETCHES_S.into_iter().find_map(around)?;
    let ahead = unit(before.velocity)?;
    let seconds = after.at - before.at;
    let decel = (before.speed() - dot(after.velocity, ahead)) / seconds;
    Some(Braking { at, decel, error: before.error.hypot(after.error) / seconds, before: before.velocity })
}

fn ahead(place: PixelPoint, velocity: PixelPoint) -> PixelPoint {
    PixelPoint::new(place.x + velocity.x, place.y + velocity.y)
}

fn slope(places: &[(f64, PixelPoint)], axis: fn(PixelPoint) -> f64) -> Option<f64> {
    let pairs = places.iter().enumerate().flat_map(|(index, a)| places[index + 1..].iter().map(move |b| (a, b)));
    let slopes = pairs.filter(|(a, b)| (b.0 - a.0).abs() > 1e-3).map(|(a, b)| (axis(b.1) - axis(a.1)) / (b.0 - a.0));
    median(slopes.collect())
}

fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    let upper = *values.get(middle)?;
    Some(if values.len().is_multiple_of(2) { f64::midpoint(values[middle - 1], upper) } else { upper })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::track::Fix;

    /// A drive along y given by its distance at a time, seen at a rate with a box that shakes.
    fn drive(fps: f64, seconds: f64, shake_m: f64, way: impl Fn(f64) -> f64) -> History {
        let mut history = History::new(8.0);
        for frame in 0_u32.. {
            let t = f64::from(frame) / fps;
            if t > seconds {
                break;
            }
            // The same shaking at every rate: even between its ends, and never in step with the frames.
            let unit = |n: u32| f64::from((n.wrapping_mul(2_654_435_761) >> 12) % 4096) / 2048.0 - 1.0;
            let shake = |n: u32| 3_f64.sqrt() * shake_m * unit(n);
            let road = PixelPoint::new(0.3 * shake(frame + 50_000), way(t) + shake(frame + 1));
            let (anchor, score) = (PixelPoint::default(), 0.9);
            history.push(Fix { at: t, anchor, road: Some(road), width: 60.0, height: 40.0, score });
        }
        history
    }

    /// Drives at a speed, brakes at 4 s with so many m/s² to a stand.
    fn brakes(speed: f64, decel: f64) -> impl Fn(f64) -> f64 {
        move |t| {
            let braking = (t - 4.0).clamp(0.0, speed / decel);
            speed * t.min(4.0) + speed * braking - decel * braking * braking / 2.0
        }
    }

    #[test]
    fn a_steady_drive_has_its_speed_and_no_braking_at_any_rate() {
        for fps in [5.0, 8.0, 10.0, 15.0, 30.0] {
            for shake in [0.0, 0.1, 0.25] {
                let history = drive(fps, 7.0, shake, |t| 12.0 * t);
                let motion = Motion::over(&history, 5.0, 6.0).unwrap();
                assert!((motion.speed() - 12.0).abs() < 0.1 + 3.0 * motion.error, "{fps} {shake}: {motion:?}");
                assert!(motion.place.distance(PixelPoint::new(0.0, 12.0 * motion.at)) < 0.1 + 2.0 * shake);
                let hardest = hardest_braking(&history, 1.0, 6.0).unwrap();
                assert!(sure(&hardest) < 3.0, "{fps} {shake}: {hardest:?}");
            }
        }
    }

    #[test]
    fn a_crash_brakes_harder_than_any_driver_and_an_ordinary_stop_does_not() {
        for fps in [5.0, 8.0, 10.0, 15.0, 30.0] {
            for shake in [0.0, 0.1, 0.2] {
                for (speed, decel, crash) in
                    [(8.0, 40.0, true), (11.0, 40.0, true), (14.0, 25.0, true), (12.0, 2.5, false), (15.0, 4.0, false)]
                {
                    let hardest = hardest_braking(&drive(fps, 8.0, shake, brakes(speed, decel)), 1.0, 8.0).unwrap();
                    assert_eq!(sure(&hardest) > 6.0, crash, "{fps} fps, {shake} m, {speed} at {decel}: {hardest:?}");
                    if crash {
                        assert!((hardest.at - 4.1).abs() < 0.5, "{fps}: {hardest:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn one_box_that_jumps_is_no_braking() {
        for fps in [8.0, 10.0, 15.0, 30.0] {
            let jump = |t: f64| 12.0 * t - if (3.99..4.0 + 0.5 / fps).contains(&t) { 2.0 } else { 0.0 };
            let hardest = hardest_braking(&drive(fps, 7.0, 0.05, jump), 1.0, 6.0).unwrap();
            assert!(sure(&hardest) < 6.0, "{fps}: {hardest:?}");
        }
    }

    #[test]
    fn too_few_fixes_or_none_on_the_road_tell_nothing() {
        let mut history = drive(10.0, 3.0, 0.0, |t| 10.0 * t);
        assert_eq!(Motion::over(&history, 2.95, 3.0), None);
        assert_eq!(Motion::over(&history, 5.0, 6.0), None);
        let last = *history.last().unwrap();
        history.push(Fix { at: 3.1, road: None, ..last });
        assert_eq!(Motion::over(&history, 2.0, 3.1), None);
        assert!(Motion::over(&history, 2.0, 3.0).is_some());
    }
}
