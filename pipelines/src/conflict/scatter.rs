//! How far a place on the road may be off, and in which direction.

use kerege_contract::PixelPoint;

/// The covariance of a place on the road, square metres.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Scatter {
    xx: f64,
    xy: f64,
    yy: f64,
}

impl Scatter {
    /// Of a place that errs along two vectors, each as long as one standard deviation, independently.
    pub(crate) fn of(vectors: [PixelPoint; 2]) -> Self {
        let [a, b] = vectors;
        Self { xx: a.x * a.x + b.x * b.x, xy: a.x * a.y + b.x * b.y, yy: a.y * a.y + b.y * b.y }
    }

    /// The same with all variances so many times as large.
    pub(crate) fn scaled(self, by: f64) -> Self {
        Self { xx: self.xx * by, xy: self.xy * by, yy: self.yy * by }
    }

    pub(crate) fn plus(self, other: Self) -> Self {
        Self { xx: self.xx + other.xx, xy: self.xy + other.xy, yy: self.yy + other.yy }
    }

    /// Standard deviation along a unit vector, metres.
    pub(crate) fn toward(&self, way: PixelPoint) -> f64 {
        (self.xx * way.x * way.x + 2.0 * self.xy * way.x * way.y + self.yy * way.y * way.y).max(0.0).sqrt()
    }

    /// The largest standard deviation, whatever the direction, metres.
    pub(crate) fn largest(&self) -> f64 {
        let (mean, half) = (f64::midpoint(self.xx, self.yy), (self.xx - self.yy) / 2.0);
        (mean + half.hypot(self.xy)).max(0.0).sqrt()
    }

    /// The directions in which it is largest and smallest: unit vectors.
    pub(crate) fn axes(&self) -> [PixelPoint; 2] {
        let (sin, cos) = ((2.0 * self.xy).atan2(self.xx - self.yy) / 2.0).sin_cos();
        [PixelPoint::new(cos, sin), PixelPoint::new(-sin, cos)]
    }

    /// How unlikely it is to be off by a vector: the square of that in standard deviations, 2 on average.
    pub(crate) fn surprise(&self, off: PixelPoint) -> f64 {
        let determinant = self.xx * self.yy - self.xy * self.xy;
        if determinant <= f64::MIN_POSITIVE {
            return 0.0;
        }
        let (x, y) = (off.x, off.y);
        (self.yy * x * x - 2.0 * self.xy * x * y + self.xx * y * y) / determinant
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errs_as_its_vectors_do_and_is_surprised_by_what_is_farther() {
        let p = PixelPoint::new;
        let scatter = Scatter::of([p(0.6, 0.8), p(-0.16, 0.12)]);
        let (long, short) = (p(0.6, 0.8), p(-0.8, 0.6));
        assert!((scatter.toward(long) - 1.0).abs() < 1e-12 && (scatter.toward(short) - 0.2).abs() < 1e-12);
        assert!((scatter.largest() - 1.0).abs() < 1e-12);
        assert!(scatter.axes()[0].distance(long) < 1e-9 || scatter.axes()[0].distance(p(-0.6, -0.8)) < 1e-9);
        assert!((scatter.toward(scatter.axes()[1]) - 0.2).abs() < 1e-9);
        assert!((scatter.surprise(p(1.2, 1.6)) - 4.0).abs() < 1e-9);
        assert!((scatter.surprise(p(-0.32, 0.24)) - 4.0).abs() < 1e-9);
        assert!((scatter.scaled(4.0).toward(short) - 0.4).abs() < 1e-12);
        assert!((scatter.plus(scatter).toward(long) - 2_f64.sqrt()).abs() < 1e-12);
    }
}
