//! The projective map between two planes, fitted to point pairs by the normalised direct linear
//! transform.

use kerege_contract::PixelPoint;

/// A projective map of the plane, row by row.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Homography([[f64; 3]; 3]);

/// Shift and scale that bring points to mean 0 and mean distance √2; the fit is ill-conditioned
/// without it.
struct Normal {
    middle: PixelPoint,
    scale: f64,
}

impl Normal {
    fn of(points: &[PixelPoint]) -> Option<Self> {
        #[expect(clippy::cast_precision_loss, reason = "a handful of points")]
        let n = points.len() as f64;
        let middle = PixelPoint::new(
            points.iter().map(|point| point.x).sum::<f64>() / n,
            points.iter().map(|point| point.y).sum::<f64>() / n,
        );
        let spread = points.iter().map(|point| point.distance(middle)).sum::<f64>() / n;
        (spread > 0.0).then(|| Self { middle, scale: std::f64::consts::SQRT_2 / spread })
    }

    fn apply(&self, point: PixelPoint) -> PixelPoint {
        PixelPoint::new((point.x - self.middle.x) * self.scale, (point.y - self.middle.y) * self.scale)
    }

    fn matrix(&self) -> Homography {
        let (s, m) = (self.scale, self.middle);
        Homography([[s, 0.0, -s * m.x], [0.0, s, -s * m.y], [0.0, 0.0, 1.0]])
    }

    fn inverse(&self) -> Homography {
        let (s, m) = (1.0 / self.scale, self.middle);
        Homography([[s, 0.0, m.x], [0.0, s, m.y], [0.0, 0.0, 1.0]])
    }
}

impl Homography {
    /// The map that takes `from` to `to`, exact for four pairs and of least squares for more; none
    /// when the points do not determine one.
    pub(crate) fn fit(from: &[PixelPoint], to: &[PixelPoint]) -> Option<Self> {
        if from.len() < 4 || from.len() != to.len() {
            return None;
        }
        let (normal_from, normal_to) = (Normal::of(from)?, Normal::of(to)?);
        let mut system = [[0.0; 9]; 8];
        for (a, b) in from.iter().zip(to) {
            let (a, b) = (normal_from.apply(*a), normal_to.apply(*b));
            add_row(&mut system, [a.x, a.y, 1.0, 0.0, 0.0, 0.0, -a.x * b.x, -a.y * b.x, b.x]);
            add_row(&mut system, [0.0, 0.0, 0.0, a.x, a.y, 1.0, -a.x * b.y, -a.y * b.y, b.y]);
        }
        let h = solve(&mut system)?;
        let normalised = Self([[h[0], h[1], h[2]], [h[3], h[4], h[5]], [h[6], h[7], 1.0]]);
        let map = normal_to.inverse().after(&normalised).after(&normal_from.matrix());
        // A sound map keeps all points on one side of the horizon.
        let first = map.depth(from[0]);
        from.iter().all(|point| map.depth(*point) * first > 0.0).then_some(map)
    }

    /// The map back; none when there is none.
    pub(crate) fn inverse(&self) -> Option<Self> {
        let [[a, b, c], [d, e, f], [g, h, i]] = self.0;
        let adjugate = [
            [e * i - f * h, c * h - b * i, b * f - c * e],
            [f * g - d * i, a * i - c * g, c * d - a * f],
            [d * h - e * g, b * g - a * h, a * e - b * d],
        ];
        let determinant = a * adjugate[0][0] + b * adjugate[1][0] + c * adjugate[2][0];
        let scale = adjugate.iter().flatten().fold(0.0_f64, |most, value| most.max(value.abs()));
        (determinant.is_finite() && determinant != 0.0 && scale > 0.0)
            .then(|| Self(adjugate.map(|row| row.map(|value| value / scale))))
    }

    /// Its rows.
    pub(crate) const fn rows(&self) -> [[f64; 3]; 3] {
        self.0
    }

    /// The same map with its depth positive at a point.
    pub(crate) fn facing(self, point: PixelPoint) -> Self {
        if self.depth(point) < 0.0 { Self(self.0.map(|row| row.map(|value| -value))) } else { self }
    }

    /// Where the points of all vertical lines of the picture come together on the other side; none when
    /// they stay parallel.
    pub(crate) fn vertical_vanishing(&self) -> Option<PixelPoint> {
        let [first, second, third] = self.0;
        let point = PixelPoint::new(first[1] / third[1], second[1] / third[1]);
        (point.x.is_finite() && point.y.is_finite()).then_some(point)
    }

    /// Whether it turns the plane over: left to the left and right to the right of what is gone along.
    pub(crate) fn turns_over(&self, point: PixelPoint) -> bool {
        let to = self.map(point);
        let (right, down) =
            (self.map(PixelPoint::new(point.x + 1e-3, point.y)), self.map(PixelPoint::new(point.x, point.y + 1e-3)));
        (right.x - to.x) * (down.y - to.y) - (right.y - to.y) * (down.x - to.x) > 0.0
    }

    /// First `inner`, then this.
    fn after(&self, inner: &Self) -> Self {
        let mut product = [[0.0; 3]; 3];
        for (row, out) in product.iter_mut().enumerate() {
            for (col, value) in out.iter_mut().enumerate() {
                *value = (0..3).map(|k| self.0[row][k] * inner.0[k][col]).sum();
            }
        }
        Self(product)
    }

    /// The third homogeneous coordinate; it changes its sign at the horizon.
    pub(crate) fn depth(&self, point: PixelPoint) -> f64 {
        self.0[2][0] * point.x + self.0[2][1] * point.y + self.0[2][2]
    }

    /// Where a point goes.
    pub(crate) fn map(&self, point: PixelPoint) -> PixelPoint {
        let [first, second, _] = self.0;
        let depth = self.depth(point);
        PixelPoint::new(
            (first[0] * point.x + first[1] * point.y + first[2]) / depth,
            (second[0] * point.x + second[1] * point.y + second[2]) / depth,
        )
    }

    /// The greatest stretch at a point, in any direction: units there per unit here.
    pub(crate) fn stretch(&self, point: PixelPoint) -> f64 {
        let (depth, to) = (self.depth(point), self.map(point));
        let [first, second, third] = self.0;
        let (a, b) = ((first[0] - to.x * third[0]) / depth, (first[1] - to.x * third[1]) / depth);
        let (c, d) = ((second[0] - to.y * third[0]) / depth, (second[1] - to.y * third[1]) / depth);
        let (sum, difference) = ((a + d).hypot(c - b), (a - d).hypot(c + b));
        f64::midpoint(sum, difference)
    }
}

/// Adds one equation (eight coefficients and the right side) to the normal equations.
fn add_row(system: &mut [[f64; 9]; 8], row: [f64; 9]) {
    for (i, equation) in system.iter_mut().enumerate() {
        for (value, other) in equation.iter_mut().zip(row) {
            *value += row[i] * other;
        }
    }
}

/// Solves eight equations by elimination with pivoting.
fn solve(system: &mut [[f64; 9]; 8]) -> Option<[f64; 8]> {
    for col in 0..8 {
        let pivot = (col..8).max_by(|a, b| system[*a][col].abs().total_cmp(&system[*b][col].abs()))?;
        if system[pivot][col].abs() < 1e-12 {
            return None;
        }
        system.swap(col, pivot);
        let pivot_row = system[col];
        for (row, equation) in system.iter_mut().enumerate() {
            if row != col {
                let factor = equation[col] / pivot_row[col];
                equation.iter_mut().zip(pivot_row).for_each(|(value, pivot)| *value -= factor * pivot);
            }
        }
    }
    let mut solution = [0.0; 8];
    for (index, value) in solution.iter_mut().enumerate() {
        *value = system[index][8] / system[index][index];
    }
    Some(solution)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const TRUTH: Homography = Homography([[0.05, 0.002, -20.0], [0.001, 0.12, -9.0], [0.000_1, 0.004, 0.3]]);

    fn grid() -> Vec<PixelPoint> {
        (0..4)
            .flat_map(|x| (0..3).map(move |y| PixelPoint::new(f64::from(x) * 170.0, f64::from(y) * 90.0 + 60.0)))
            .collect()
    }

    #[test]
    fn finds_the_map_back_from_four_and_from_more() {
        let all = grid();
        let corners = [all[0], all[2], all[9], all[11]];
        for points in [all.as_slice(), &corners] {
            let road: Vec<PixelPoint> = points.iter().map(|point| TRUTH.map(*point)).collect();
            let fitted = Homography::fit(points, &road).unwrap();
            for point in &all {
                assert!(fitted.map(*point).distance(TRUTH.map(*point)) < 1e-7);
            }
        }
    }

    #[test]
    fn the_inverse_leads_back() {
        let back = TRUTH.inverse().unwrap();
        for point in grid() {
            assert!(back.map(TRUTH.map(point)).distance(point) < 1e-8);
        }
        assert_eq!(Homography([[1.0, 2.0, 0.0], [2.0, 4.0, 0.0], [0.0, 0.0, 1.0]]).inverse(), None);
    }

    #[test]
    fn points_in_a_row_determine_nothing() {
        let points: Vec<PixelPoint> = (0..5).map(|i| PixelPoint::new(f64::from(i), 2.0 * f64::from(i))).collect();
        assert_eq!(Homography::fit(&points, &points), None);
        assert_eq!(Homography::fit(&points[..3], &points[..3]), None);
        assert_eq!(Homography::fit(&[points[0]; 4], &[points[0]; 4]), None);
    }

    proptest! {
        #[test]
        fn stretch_is_the_longest_of_small_steps(x in 0.0..640.0f64, y in 40.0..360.0f64) {
            let at = PixelPoint::new(x, y);
            let longest = (0..360).map(|degree| {
                let (sin, cos) = f64::from(degree).to_radians().sin_cos();
                TRUTH.map(PixelPoint::new(x + 1e-4 * cos, y + 1e-4 * sin)).distance(TRUTH.map(at)) / 1e-4
            }).fold(0.0, f64::max);
            prop_assert!((TRUTH.stretch(at) - longest).abs() < 1e-3 * longest);
        }

        #[test]
        fn the_unit_of_the_road_scales_the_map(scale in 0.001..1000.0f64) {
            let points = grid();
            let scaled: Vec<PixelPoint> = points.iter().map(|point| {
                let road = TRUTH.map(*point);
                PixelPoint::new(road.x * scale, road.y * scale)
            }).collect();
            let fitted = Homography::fit(&points, &scaled).unwrap();
            let (to, truth) = (fitted.map(points[5]), TRUTH.map(points[5]));
            prop_assert!((to.x - truth.x * scale).abs() < 1e-6 * scale && (to.y - truth.y * scale).abs() < 1e-6 * scale);
        }
    }
}
