//! The convex hull: where a calibration holds when nobody drew it.

use kerege_contract::PixelPoint;

/// The corners of the convex hull, in order around it (Andrew's monotone chain).
pub(crate) fn convex(points: &[PixelPoint]) -> Vec<PixelPoint> {
    let mut sorted = points.to_vec();
    sorted.sort_by(|a, b| a.x.total_cmp(&b.x).then(a.y.total_cmp(&b.y)));
    sorted.dedup();
    let mut hull = half(sorted.iter().copied());
    hull.pop();
    let mut back = half(sorted.iter().rev().copied());
    back.pop();
    hull.append(&mut back);
    hull
}

fn half(points: impl Iterator<Item = PixelPoint>) -> Vec<PixelPoint> {
    let mut chain: Vec<PixelPoint> = Vec::new();
    for point in points {
        while let [.., a, b] = chain.as_slice()
            && (b.x - a.x) * (point.y - a.y) - (b.y - a.y) * (point.x - a.x) <= 0.0
        {
            chain.pop();
        }
        chain.push(point);
    }
    chain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_corners_and_drops_what_lies_within() {
        let p = PixelPoint::new;
        let corners = [p(0.0, 0.0), p(4.0, 0.0), p(4.0, 3.0), p(0.0, 3.0)];
        let mut points = vec![p(1.0, 1.0), p(2.0, 0.0), p(4.0, 1.5)];
        points.extend(corners);
        let hull = convex(&points);
        assert_eq!(hull.len(), 4);
        assert!(corners.iter().all(|corner| hull.contains(corner)));
    }
}
