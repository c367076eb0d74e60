//! Where a standing road user stands: the footprint of its box, and who took it.

use kerege_contract::{PixelBox, PixelPoint};

/// The footprint of a box: from so much above its bottom to so much below, shares of its height.
const ABOVE: f64 = 0.3;
const BELOW: f64 = 0.1;
/// Who was so near to a footprint already has not come to it since: boxes shake; shares of the box's sides.
const NEAR: f64 = 0.3;

/// Whether another's contact point stands in the footprint of a hidden box: then that one is there,
/// not the hidden one.
pub(super) fn stands_in(spot: PixelBox, anchor: PixelPoint) -> bool {
    is_within(spot, anchor, 0.0)
}

/// The same, or right beside it.
pub(super) fn stands_at(spot: PixelBox, anchor: PixelPoint) -> bool {
    is_within(spot, anchor, NEAR)
}

fn is_within(spot: PixelBox, anchor: PixelPoint, more: f64) -> bool {
    let (width, height) = (spot.width(), spot.height());
    (spot.x1 - more * width..=spot.x2 + more * width).contains(&anchor.x)
        && (spot.y2 - (ABOVE + more) * height..=spot.y2 + (BELOW + more) * height).contains(&anchor.y)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_footprint_is_the_foot_of_the_box() {
        let spot = PixelBox { x1: 100.0, y1: 100.0, x2: 160.0, y2: 140.0 };
        for (name, x, y, inside, beside) in [
            ("on its contact point", 130.0, 140.0, true, true),
            ("on its roof", 130.0, 105.0, false, false),
            ("a little to the right", 170.0, 138.0, false, true),
            ("a little nearer", 130.0, 150.0, false, true),
            ("in the next lane", 200.0, 140.0, false, false),
        ] {
            let anchor = PixelPoint::new(x, y);
            assert_eq!((stands_in(spot, anchor), stands_at(spot, anchor)), (inside, beside), "{name}");
        }
    }
}
