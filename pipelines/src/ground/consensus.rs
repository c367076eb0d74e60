//! The ground plane from points of which some are wrong: RANSAC without chance.
//!
//! The errors of a calibration are made in the picture (a click beside the corner) or are gross (a
//! point mistaken for another, digits exchanged). So the fit minimises errors in the picture, and
//! with more than four points the map that most of them agree on decides which are used: every
//! subset of four is tried where there are few, else an evenly spread thousand of them.

use super::homography::Homography;
use kerege_contract::PixelPoint;

/// Most subsets of four that are tried.
const MAX_TRIES: usize = 1001;
/// A point that is farther off than this in the picture is wrong: share of the picture's height, and pixels.
const WRONG_SHARE: f64 = 0.01;
const WRONG_PIXELS: f64 = 3.0;
/// Once the map is known, points within this many times the spread of the others are used, too.
const ROUNDS: usize = 3;

/// The map that most points agree on.
#[derive(Debug, Clone)]
pub(crate) struct Consensus {
    /// From the picture to the road, its depth positive at the points.
    pub(crate) to_road: Homography,
    /// From the road to the picture.
    pub(crate) to_image: Homography,
    /// Which points were used.
    pub(crate) used: Vec<bool>,
}

/// Fits points of the picture (square pixels) and of the road (metres); none when they determine no
/// map.
pub(crate) fn consensus(image: &[PixelPoint], road: &[PixelPoint], height: f64) -> Option<Consensus> {
    let tolerance = wrong_beyond(height);
    if image.len() <= 4 {
        return fit(image, road, &vec![true; image.len()]);
    }
    let mut best: Option<(f64, Homography)> = None;
    for four in Subsets::new(image.len()) {
        let from: Vec<PixelPoint> = four.iter().map(|index| road[*index]).collect();
        let to: Vec<PixelPoint> = four.iter().map(|index| image[*index]).collect();
        let Some(map) = Homography::fit(&from, &to) else { continue };
        let cost = cost(&map, image, road, tolerance);
        if best.as_ref().is_none_or(|(least, _)| cost < *least) {
            best = Some((cost, map));
        }
    }
    let mut map = best?.1;
    let mut found = None;
    for _ in 0..ROUNDS {
        let used = within(&map, image, road, tolerance);
        let Some(next) = fit(image, road, &used) else { break };
        map = next.to_image;
        found = Some(next);
    }
    found
}

/// What is farther off than this in the picture is wrong, square pixels.
pub(crate) fn wrong_beyond(height: f64) -> f64 {
    (WRONG_SHARE * height).max(WRONG_PIXELS)
}

/// The map of least squares through the points that are used.
pub(crate) fn fit(image: &[PixelPoint], road: &[PixelPoint], used: &[bool]) -> Option<Consensus> {
    let keep = |points: &[PixelPoint]| -> Vec<PixelPoint> {
        points.iter().zip(used).filter(|(_, used)| **used).map(|(point, _)| *point).collect()
    };
    let (from, to) = (keep(road), keep(image));
    let to_image = Homography::fit(&from, &to)?;
    let to_road = to_image.inverse()?.facing(*to.first()?);
    let sound = to.iter().all(|point| to_road.depth(*point) > 0.0);
    sound.then(|| Consensus { to_road, to_image, used: used.to_vec() })
}

/// Sum of the squared errors in the picture, each held down to the tolerance.
fn cost(to_image: &Homography, image: &[PixelPoint], road: &[PixelPoint], tolerance: f64) -> f64 {
    let errors = image.iter().zip(road).map(|(a, b)| to_image.map(*b).distance(*a));
    errors.map(|error| if error.is_finite() { error.min(tolerance).powi(2) } else { tolerance.powi(2) }).sum()
}

fn within(to_image: &Homography, image: &[PixelPoint], road: &[PixelPoint], tolerance: f64) -> Vec<bool> {
    image.iter().zip(road).map(|(a, b)| to_image.map(*b).distance(*a) <= tolerance).collect()
}

/// Subsets of four numbers under a count: all of them, or every so many-th.
struct Subsets {
    count: usize,
    next: Option<[usize; 4]>,
    stride: usize,
}

impl Subsets {
    fn new(count: usize) -> Self {
        let all = (0..4).fold(1_usize, |product, k| product.saturating_mul(count - k) / (k + 1));
        Self { count, next: (count >= 4).then_some([0, 1, 2, 3]), stride: all.div_ceil(MAX_TRIES).max(1) }
    }

    /// The subset after one, in the order of a counter whose digits rise.
    fn after(&self, mut subset: [usize; 4]) -> Option<[usize; 4]> {
        let digit = (0..4).rev().find(|digit| subset[*digit] < self.count - 4 + digit)?;
        subset[digit] += 1;
        for later in digit + 1..4 {
            subset[later] = subset[later - 1] + 1;
        }
        Some(subset)
    }
}

impl Iterator for Subsets {
    type Item = [usize; 4];

    fn next(&mut self) -> Option<[usize; 4]> {
        let given = self.next?;
        let mut next = Some(given);
        for _ in 0..self.stride {
            next = next.and_then(|subset| self.after(subset));
        }
        self.next = next;
        Some(given)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map_point(x: f64, y: f64) -> PixelPoint {
        // A camera 8 m above the road that looks down by 18 degrees.
        let (sin, cos) = 18.0_f64.to_radians().sin_cos();
        let depth = y * cos + 8.0 * sin;
        PixelPoint::new(640.0 + 1000.0 * x / depth, 360.0 + 1000.0 * (8.0 * cos - y * sin) / depth)
    }

    fn points() -> (Vec<PixelPoint>, Vec<PixelPoint>) {
        let road: Vec<PixelPoint> =
            (0..8).map(|n| PixelPoint::new(if n % 2 == 0 { -5.0 } else { 6.0 }, 14.0 + 5.0 * f64::from(n))).collect();
        (road.iter().map(|road| map_point(road.x, road.y)).collect(), road)
    }

    #[test]
    fn points_that_are_wrong_are_left_out() {
        let (image, mut road) = points();
        road[2].x += 4.0;
        road[5].y -= 9.0;
        let found = consensus(&image, &road, 720.0).unwrap();
        assert_eq!(found.used, [true, true, false, true, true, false, true, true]);
        let (_, truth) = points();
        assert!(image.iter().zip(&truth).all(|(a, b)| found.to_road.map(*a).distance(*b) < 1e-6));
    }

    #[test]
    fn clicks_that_are_a_little_off_are_all_used() {
        let (mut image, road) = points();
        for (n, point) in image.iter_mut().enumerate() {
            point.x += if n % 3 == 0 { 1.5 } else { -1.0 };
            point.y += if n % 2 == 0 { 1.0 } else { -1.2 };
        }
        assert!(consensus(&image, &road, 720.0).unwrap().used.iter().all(|used| *used));
    }

    #[test]
    fn all_subsets_are_tried_or_an_even_part_of_them() {
        assert_eq!(Subsets::new(6).count(), 15);
        assert_eq!(Subsets::new(4).collect::<Vec<_>>(), [[0, 1, 2, 3]]);
        let many = Subsets::new(40).count();
        assert!((500..=MAX_TRIES).contains(&many), "{many}");
    }
}
