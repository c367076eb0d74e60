//! Which lanes lie side by side or behind one another, so that one queue in them is one cause.

use super::groups::groups;
use crate::layout::{LaneShape, Layout};
use kerege_contract::PixelPoint;
use kerege_contract::geometry::polygon_distance;

/// Lanes that are drawn with a gap between them of at most this share of the frame's height adjoin.
const GAP: f64 = 0.02;
/// Lanes whose directions differ by less than 60° go the same way.
const SAME_WAY: f64 = 0.5;

/// The lanes of a layout, by number.
#[derive(Debug, Clone)]
pub(crate) struct Neighbours {
    adjoin: Vec<Vec<bool>>,
    /// By lane: the first of those that lie side by side with it, one by one.
    sides: Vec<usize>,
    ahead: Vec<Vec<bool>>,
}

impl Neighbours {
    pub(crate) fn new(layout: &Layout) -> Self {
        let gap = GAP * f64::from(layout.frame.height);
        let table = |holds: &dyn Fn(&LaneShape, &LaneShape) -> bool| {
            let row = |one: &LaneShape| layout.lanes.iter().map(|other| holds(one, other)).collect();
            layout.lanes.iter().map(row).collect::<Vec<Vec<bool>>>()
        };
        let adjoin = table(&|a, b| goes_with(a, b) && adjoins(&a.polygon, &b.polygon, gap));
        let mut sides: Vec<usize> = vec![0; adjoin.len()];
        for side in groups(adjoin.len(), |a, b| adjoin[a][b]) {
            side.iter().for_each(|lane| sides[*lane] = side[0]);
        }
        Self { adjoin, sides, ahead: table(&|a, b| is_ahead(a, b)) }
    }

    /// Whether two lanes lie side by side or behind one another and go the same way.
    pub(crate) fn adjoin(&self, one: usize, other: usize) -> bool {
        self.adjoin[one][other] || self.ahead[one][other] || self.ahead[other][one]
    }

    /// The side of a road that a lane belongs to: the first of the lanes that lie side by side there.
    pub(crate) fn side(&self, lane: usize) -> usize {
        self.sides[lane]
    }

    /// Whether a lane leads on from another.
    pub(crate) fn is_ahead(&self, one: usize, of: usize) -> bool {
        self.ahead[one][of]
    }
}

/// The straight way from a lane's beginning to its end, a unit vector.
fn way(lane: &LaneShape) -> PixelPoint {
    let (Some(a), Some(b)) = (lane.centre.first(), lane.centre.last()) else { return PixelPoint::default() };
    let length = a.distance(*b).max(f64::MIN_POSITIVE);
    PixelPoint::new((b.x - a.x) / length, (b.y - a.y) / length)
}

fn goes_with(one: &LaneShape, other: &LaneShape) -> bool {
    let (a, b) = (way(one), way(other));
    a.x * b.x + a.y * b.y > SAME_WAY
}

/// Whether `one` begins where `other` ends.
fn is_ahead(one: &LaneShape, other: &LaneShape) -> bool {
    let (Some(begins), Some(ends)) = (one.centre.first(), other.centre.last()) else { return false };
    let (own, apart) = (one.length().min(other.length()), begins.distance(*ends));
    apart < 0.25 * own && other.centre.first() != one.centre.first()
}

fn adjoins(a: &[PixelPoint], b: &[PixelPoint], gap: f64) -> bool {
    let near = |corners: &[PixelPoint], polygon: &[PixelPoint]| {
        corners.iter().any(|corner| polygon_distance(polygon, *corner) <= gap)
    };
    near(a, b) || near(b, a)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lanes_side_by_side_and_in_line_adjoin_and_opposite_ones_do_not() {
        let p = PixelPoint::new;
        let lane = |x: f64, from: f64, to: f64| {
            let polygon = vec![p(x - 10.0, from), p(x + 10.0, from), p(x + 10.0, to), p(x - 10.0, to)];
            LaneShape { polygon, centre: vec![p(x, from), p(x, to)], ruler: None }
        };
        let (left, right, beyond, back, far) = (
            lane(10.0, 100.0, 50.0),
            lane(31.0, 100.0, 50.0),
            lane(10.0, 49.0, 0.0),
            lane(-11.0, 50.0, 100.0),
            lane(90.0, 100.0, 50.0),
        );
        let with = |other: &LaneShape| {
            goes_with(&left, other) && (adjoins(&left.polygon, &other.polygon, 2.0) || is_ahead(other, &left))
        };
        assert!(with(&right) && with(&beyond));
        assert!(!with(&back) && !with(&far));
        assert!(is_ahead(&beyond, &left) && !is_ahead(&left, &beyond) && !is_ahead(&right, &left));
    }
}
