//! A Kalman filter over a box in square pixels, for any spacing of frames.
//!
//! Centre and size are four independent axes of position and velocity, which is what the usual
//! eight-state filter with diagonal noise amounts to, at a tenth of its cost. Noise scales with the
//! box's size and, through white-noise acceleration, with the seconds that pass.

use kerege_contract::{PixelBox, PixelPoint};

/// Measurement error of a certain detection, as a share of the box's side.
const MEASURED: f64 = 0.05;
/// How much larger the error is of a detection of no certainty at all.
const DOUBTED: f64 = 2.0;
/// Least measurement error, pixels.
const MEASURED_FLOOR: f64 = 0.7;
/// Speed that a new track may have, box sizes per second (one standard deviation).
const FIRST_SPEED: f64 = 5.0;
/// Acceleration of the centre, box sizes per second and square root of a second.
const AGILITY: f64 = 1.5;
/// The same for the size.
const GROWTH: f64 = 0.5;

/// Faster than this no box grows or shrinks, share of its size per second.
const MAX_GROWTH: f64 = 1.5;

/// Position and velocity of one axis, with their covariance.
#[derive(Debug, Clone, Copy, Default)]
struct Axis {
    x: f64,
    v: f64,
    xx: f64,
    xv: f64,
    vv: f64,
}

impl Axis {
    fn new(x: f64, error: f64, speed: f64) -> Self {
        Self { x, v: 0.0, xx: 4.0 * error * error, xv: 0.0, vv: speed * speed }
    }

    /// Moves on by `dt` seconds. `zoom` is how much larger all of the box gets in that time: its
    /// displacement grows as its size, its velocity as the square of it.
    fn predict(&mut self, dt: f64, zoom: f64, agility: f64) {
        let q = agility * agility;
        self.x += self.v * dt * zoom;
        self.v *= zoom * zoom;
        self.xx += dt * (2.0 * self.xv + dt * (self.vv + q * dt / 3.0));
        self.xv += dt * (self.vv + q * dt / 2.0);
        self.vv += q * dt;
    }

    /// How fast it grows, share of itself a second: so much of it as is beyond its error.
    fn sure_rate(&self) -> f64 {
        let speed = self.v * self.v;
        speed / (speed + self.vv).max(f64::MIN_POSITIVE) * self.v / self.x
    }

    fn update(&mut self, measured: f64, error: f64) {
        let spread = self.xx + error * error;
        let (gain_x, gain_v) = (self.xx / spread, self.xv / spread);
        let surprise = measured - self.x;
        self.x += gain_x * surprise;
        self.v += gain_v * surprise;
        self.vv -= gain_v * self.xv;
        self.xv *= 1.0 - gain_x;
        self.xx *= 1.0 - gain_x;
    }
}

/// The filter of one track's box.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct BoxFilter {
    x: Axis,
    y: Axis,
    width: Axis,
    height: Axis,
}

impl BoxFilter {
    /// A filter that starts at a box, at rest but ready to be told otherwise.
    pub(crate) fn new(bbox: PixelBox) -> Self {
        let (centre, width, height) = (bbox.centre(), bbox.width(), bbox.height());
        let speed = FIRST_SPEED * size(width, height);
        Self {
            x: Axis::new(centre.x, error(width), speed),
            y: Axis::new(centre.y, error(height), speed),
            width: Axis::new(width, error(width), width),
            height: Axis::new(height, error(height), height),
        }
    }

    /// Moves on by `dt` seconds.
    pub(crate) fn predict(&mut self, dt: f64) {
        let (size, zoom) = (size(self.width.x, self.height.x), self.zoom(dt));
        self.x.predict(dt, zoom, AGILITY * size);
        self.y.predict(dt, zoom, AGILITY * size);
        self.width.predict(dt, zoom, GROWTH * size);
        self.height.predict(dt, zoom, GROWTH * size);
        // A box that shrinks while unseen must not turn inside out.
        self.width.x = self.width.x.max(1.0);
        self.height.x = self.height.x.max(1.0);
    }

    /// How much larger the box gets in `dt` seconds. What drives at a steady speed has a size of one
    /// over a distance that changes steadily; going on in a straight line in the picture instead
    /// would overshoot by several lengths at a few frames per second. Both sides grow then: what one shows alone
    /// is an error of its measurement, and would feed on itself.
    fn zoom(&self, dt: f64) -> f64 {
        let [width, height] = [&self.width, &self.height].map(Axis::sure_rate);
        let growth = if width * height > 0.0 { width.signum() * width.abs().min(height.abs()) } else { 0.0 };
        (1.0 / (1.0 - growth.clamp(-MAX_GROWTH, MAX_GROWTH) * dt).max(0.5)).clamp(0.5, 2.0)
    }

    /// Takes in a measured box; `score` (0..1) says how certain the model is of it, and who is badly
    /// seen is badly placed.
    pub(crate) fn update(&mut self, bbox: PixelBox, score: f32) {
        let (centre, width, height) = (bbox.centre(), bbox.width(), bbox.height());
        let doubt = 1.0 + DOUBTED * (1.0 - f64::from(score));
        let (error_x, error_y) = (doubt * error(width), doubt * error(height));
        self.x.update(centre.x, error_x);
        self.y.update(centre.y, error_y);
        self.width.update(width, error_x);
        self.height.update(height, error_y);
        for side in [&mut self.width, &mut self.height] {
            side.x = side.x.max(1.0);
            side.v = side.v.clamp(-MAX_GROWTH * side.x, MAX_GROWTH * side.x);
        }
    }

    /// It stands: neither place nor size change.
    pub(crate) fn hold(&mut self) {
        for axis in [&mut self.x, &mut self.y, &mut self.width, &mut self.height] {
            axis.v = 0.0;
        }
    }

    /// Where the box is believed to be.
    pub(crate) fn bbox(&self) -> PixelBox {
        let (half_width, half_height) = (self.width.x / 2.0, self.height.x / 2.0);
        PixelBox {
            x1: self.x.x - half_width,
            y1: self.y.x - half_height,
            x2: self.x.x + half_width,
            y2: self.y.x + half_height,
        }
    }

    /// Velocity of the centre, pixels per second.
    pub(crate) const fn velocity(&self) -> PixelPoint {
        PixelPoint::new(self.x.v, self.y.v)
    }

    /// Replays an unseen stretch as a straight way from `from` to `to` over `gap` seconds, so that
    /// what the filter imagined in between is forgotten.
    pub(crate) fn replay(&mut self, from: PixelBox, to: PixelBox, gap: f64) {
        let steps = (gap / 0.1).ceil().clamp(1.0, 10.0);
        let mut step = 1.0;
        while step <= steps {
            let share = step / steps;
            self.predict(gap / steps);
            self.update(between(from, to, share), 1.0);
            step += 1.0;
        }
    }
}

fn between(from: PixelBox, to: PixelBox, share: f64) -> PixelBox {
    let mix = |a: f64, b: f64| a + (b - a) * share;
    PixelBox { x1: mix(from.x1, to.x1), y1: mix(from.y1, to.y1), x2: mix(from.x2, to.x2), y2: mix(from.y2, to.y2) }
}

fn error(side: f64) -> f64 {
    (MEASURED * side).max(MEASURED_FLOOR)
}

/// One number for how large a box is: the geometric mean of its sides, pixels.
pub(crate) fn size(width: f64, height: f64) -> f64 {
    (width * height).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(x: f64, y: f64) -> PixelBox {
        PixelBox { x1: x, y1: y, x2: x + 60.0, y2: y + 40.0 }
    }

    #[test]
    fn finds_the_speed_at_any_spacing_of_frames() {
        for spacing in [1.0 / 30.0, 0.1, 0.2] {
            let mut filter = BoxFilter::new(at(0.0, 100.0));
            let mut t = 0.0;
            while t < 1.5 {
                t += spacing;
                filter.predict(spacing);
                filter.update(at(90.0 * t, 100.0 - 30.0 * t), 1.0);
            }
            let velocity = filter.velocity();
            assert!((velocity.x - 90.0).abs() < 2.0 && (velocity.y + 30.0).abs() < 2.0, "{spacing}: {velocity:?}");
        }
    }

    #[test]
    fn foresees_perspective_over_a_long_gap() {
        // Drives away at 14 m/s, 12 m from the camera, seen at 5 frames per second.
        let truth = |t: f64| {
            let (top, bottom, half) =
                (100.0 + 2500.0 / (12.0 + 14.0 * t), 100.0 + 6000.0 / (12.0 + 14.0 * t), 900.0 / (12.0 + 14.0 * t));
            PixelBox { x1: 300.0 - half, y1: top, x2: 300.0 + half, y2: bottom }
        };
        let mut filter = BoxFilter::new(truth(0.0));
        for step in 1..=5 {
            filter.predict(0.2);
            filter.update(truth(0.2 * f64::from(step)), 1.0);
        }
        filter.predict(0.8);
        assert!(filter.bbox().iou(truth(1.8)) > 0.5, "{:?} {:?}", filter.bbox(), truth(1.8));
    }

    #[test]
    fn a_side_that_shakes_does_not_blow_up_the_box() {
        // Stands; its box is seen wider and narrower by turns, as a badly seen one is.
        for spacing in [0.1, 0.2, 0.5] {
            let mut filter = BoxFilter::new(at(100.0, 100.0));
            for (step, wider) in
                [30.0, 60.0, 0.0, 45.0, -10.0, 50.0, 5.0, 40.0].into_iter().cycle().take(80).enumerate()
            {
                filter.predict(spacing);
                let seen = PixelBox { x2: 160.0 + wider, ..at(100.0, 100.0) };
                filter.update(seen, if step % 2 == 0 { 0.2 } else { 0.5 });
                assert!(filter.bbox().width() < 160.0, "{spacing}, step {step}: {:?}", filter.bbox());
            }
        }
    }

    #[test]
    fn replay_forgets_what_was_imagined() {
        let mut filter = BoxFilter::new(at(0.0, 0.0));
        for step in 1..=20 {
            filter.predict(0.1);
            filter.update(at(8.0 * f64::from(step), 0.0), 1.0);
        }
        // It braked while hidden and stands a little further on.
        filter.replay(at(160.0, 0.0), at(170.0, 0.0), 0.9);
        assert!((filter.bbox().x1 - 170.0).abs() < 3.0);
        assert!(filter.velocity().x.abs() < 25.0, "{:?}", filter.velocity());
    }
}
