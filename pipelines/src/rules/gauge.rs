//! Where the front of a vehicle is with respect to a stop line, looked at once or several times.

use crate::ground::dot;
use crate::layout::Layout;
use kerege_contract::PixelPoint;
use kerege_contract::fact::Direction;
use kerege_contract::geometry::side_of_line;

/// Slower than this it stands, m/s.
const STANDS_MS: f64 = 0.8;
/// Slower than this nobody drives through, m/s.
const DRIVES_MS: f64 = 2.0;
/// The hardest that anybody brakes, m/s²: who cannot stop any more has gone on.
const BRAKES: f64 = 8.0;
/// Who drives along the line does not come over it: the least sine of the angle between them.
const CROSSES: f64 = 0.4;
/// Looks err alike for this time, seconds, and the mean of ever so many is no better than of two.
pub(super) const ALIKE_S: f64 = 1.0;
pub(super) const AT_BEST: f64 = 2.0;

/// A stop line, where it lies in the space in which it is measured.
#[derive(Debug, Clone, Copy)]
pub(super) struct StopLineShape {
    a: PixelPoint,
    b: PixelPoint,
    /// 1 when the side that `side_of_line` calls right is downstream, else −1.
    sign: f64,
}

impl StopLineShape {
    /// Of a line of the scene, over which one way leads into the intersection.
    pub(super) fn of(layout: &Layout, line: usize, dir: Direction) -> Self {
        let shape = &layout.lines[line];
        let sign = if dir == Direction::Forward { 1.0 } else { -1.0 };
        let Some(plane) = &layout.plane else { return Self { a: shape.a, b: shape.b, sign } };
        let (a, b) = (plane.extended(shape.a), plane.extended(shape.b));
        // The road's axes may be a mirror image of the picture's: a point to the right tells.
        let middle = shape.a.toward(shape.b, 0.5);
        let (along_x, along_y) = (shape.b.x - shape.a.x, shape.b.y - shape.a.y);
        let right = PixelPoint::new(middle.x - 0.01 * along_y, middle.y + 0.01 * along_x);
        Self { a, b, sign: sign * side_of_line(a, b, plane.extended(right)).signum() }
    }

    /// How far a point is beyond the line; negative upstream.
    pub(super) fn beyond(&self, point: PixelPoint) -> f64 {
        self.sign * side_of_line(self.a, self.b, point)
    }

    /// Whether a point is beside the drawn line, not beside its extension.
    pub(super) fn holds(&self, point: PixelPoint) -> bool {
        let line = PixelPoint::new(self.b.x - self.a.x, self.b.y - self.a.y);
        let from_a = PixelPoint::new(point.x - self.a.x, point.y - self.a.y);
        (0.0..=1.0).contains(&(dot(from_a, line) / dot(line, line)))
    }

    /// Whether a heading (a unit vector) leads over the line, not along it.
    pub(super) fn is_crossed_by(&self, heading: PixelPoint) -> bool {
        self.over(heading).abs() >= CROSSES
    }

    /// The part of a velocity that leads over the line.
    pub(super) fn over(&self, velocity: PixelPoint) -> f64 {
        self.beyond(PixelPoint::new(self.a.x + velocity.x, self.a.y + velocity.y))
    }
}

/// Where the front of a vehicle is with respect to a stop line, in metres, or in square pixels without a
/// ground plane.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Gauge {
    /// How far the front is beyond the line; negative upstream.
    pub(super) beyond: f64,
    /// Error of that, one standard deviation, and the part of it that stays however often it is looked at.
    pub(super) err: f64,
    pub(super) stays: f64,
    /// How long the vehicle is.
    pub(super) length: f64,
    /// How fast it goes over the line, per second; negative when it backs away.
    pub(super) speed: f64,
    /// Error of that, one standard deviation.
    pub(super) speed_err: f64,
    /// How much of this unit a metre is.
    pub(super) metre: f64,
    /// Whether it drove when it was seen before the line last.
    pub(super) drove: bool,
    /// Whether it is beside the drawn line, not beside its extension, and does not drive along it.
    pub(super) within: bool,
}

impl Gauge {
    /// The same where what is measured errs by so many times as much.
    pub(super) fn blurred(self, times: f64) -> Self {
        Self { err: self.stays.hypot(times * self.measured()), ..self }
    }

    /// The part of its error that differs from look to look.
    pub(super) fn measured(&self) -> f64 {
        (self.err * self.err - self.stays * self.stays).max(0.0).sqrt()
    }

    /// Whether its rear is past the line, or will be: it cannot stop before that any more.
    pub(super) fn goes_on(&self) -> bool {
        let speed = self.speed.max(0.0) / self.metre;
        let stops_after = speed * speed / (2.0 * BRAKES) * self.metre;
        self.beyond > 2.0 * self.err && self.beyond + stops_after >= self.length
    }

    /// Whether its rear is past the line.
    pub(super) fn is_clear(&self) -> bool {
        self.beyond >= self.length
    }

    /// Whether it goes over the line faster than a walk.
    pub(super) fn drives(&self) -> bool {
        self.speed - self.speed_err > DRIVES_MS * self.metre
    }

    /// Whether it stands.
    pub(super) fn stands(&self) -> bool {
        self.speed.abs() < STANDS_MS * self.metre
    }

    /// Whether its front is surely beyond the line.
    pub(super) fn is_beyond(&self) -> bool {
        self.beyond > 2.0 * self.err
    }
}

/// Several looks at how far a front is beyond a line.
#[derive(Debug, Clone, Copy)]
pub(super) struct Looks {
    since: f64,
    last: f64,
    pub(super) count: u32,
    beyond: f64,
    measured: f64,
    stays: f64,
}

impl Looks {
    pub(super) const fn none(at: f64) -> Self {
        Self { since: at, last: at, count: 0, beyond: 0.0, measured: 0.0, stays: 0.0 }
    }

    pub(super) fn note(&mut self, at: f64, gauge: &Gauge) {
        self.last = at;
        self.count += 1;
        self.beyond += gauge.beyond;
        self.measured += gauge.measured();
        self.stays += gauge.stays;
    }

    /// Whether their mean is beyond the line by so many errors.
    pub(super) fn are_beyond(&self, errors: f64) -> bool {
        self.beyond > errors * self.error()
    }

    /// The same upstream of it.
    pub(super) fn are_before(&self, errors: f64) -> bool {
        self.beyond < -errors * self.error()
    }

    /// Whether another look, which errs by its own, shows the front within so many errors of their mean.
    pub(super) fn hold(&self, gauge: &Gauge, errors: f64) -> bool {
        (gauge.beyond - self.beyond / f64::from(self.count)).abs() <= errors * gauge.err
    }

    /// Error of the sum of all of them.
    fn error(&self) -> f64 {
        let independent = (1.0 + (self.last - self.since) / ALIKE_S).min(AT_BEST);
        self.stays.hypot(self.measured / independent.sqrt())
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Of a car that drives at 5 m/s.
    pub(in crate::rules) fn gauge(beyond: f64) -> Gauge {
        Gauge {
            beyond,
            err: 0.2,
            stays: 0.1,
            length: 4.5,
            speed: 5.0,
            speed_err: 0.2,
            metre: 1.0,
            drove: true,
            within: true,
        }
    }

    #[test]
    fn who_can_still_stop_has_not_gone_on() {
        for (beyond, speed, wanted) in [
            (1.0, 0.0, false),
            (3.0, 1.0, false),
            (4.6, 0.0, true),
            (1.0, 8.0, true),
            (1.0, 5.0, false),
            (3.5, 5.0, true),
            (0.3, 20.0, false),
            (2.0, -9.0, false),
        ] {
            assert_eq!(Gauge { speed, ..gauge(beyond) }.goes_on(), wanted, "{beyond} {speed}");
        }
        // The same in pixels.
        let pixels = Gauge { beyond: 10.0, err: 2.0, length: 45.0, speed: 80.0, metre: 10.0, ..gauge(0.0) };
        assert!(pixels.goes_on() && !Gauge { speed: 50.0, ..pixels }.goes_on());
    }

    #[test]
    fn only_what_is_measured_errs_by_more_where_others_cover_a_part() {
        let err = |err: f64, stays: f64| Gauge { err, stays, ..gauge(1.0) }.blurred(2.0).err;
        assert!((err(0.2, 0.0) - 0.4).abs() < 1e-12 && (err(0.5, 0.5) - 0.5).abs() < 1e-12);
        assert!((err(0.5, 0.3) - 0.3_f64.hypot(0.8)).abs() < 1e-12);
    }

    #[test]
    fn several_looks_tell_more_than_one_but_not_what_stays_of_an_error() {
        let stands = |beyond: f64| {
            let mut looks = Looks::none(0.0);
            (0..10).for_each(|n| looks.note(0.2 * f64::from(n), &gauge(beyond)));
            looks.are_beyond(2.0)
        };
        assert!(stands(0.35) && !gauge(0.35).is_beyond());
        assert!(!stands(0.25));
    }
}
