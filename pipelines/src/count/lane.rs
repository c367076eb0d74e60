//! Which lane a road user is in.
//!
//! The bottom of a box is the near edge of what stands on the road, not its middle: a car that waits
//! beside the median, seen from the side, touches the road a hand's breadth from the opposite lane, and
//! a pixel of shaking would put it there. So the lane is looked up at the middle of the footprint, and
//! it is left by driving, not by shaking.

use crate::layout::Layout;
use crate::track::Track;
use kerege_contract::{PixelBox, PixelPoint, RoadUserClass};

/// How far above the bottom of its box the middle of a vehicle's footprint lies, box heights: 0.12 for
/// a car seen from the side and 0.23 from behind, by a camera that looks down at 15°.
const HALF_FOOTPRINT: f64 = 0.12;

/// A lane is left when the footprint is this far from where the lane was last sure, box sizes.
const LEFT_BEHIND: f64 = 0.3;

/// The middle of what a road user covers of the road where it was last seen, square pixels; of
/// its steadied box, since one bad box among hundreds must not put it elsewhere.
pub(crate) fn footprint(track: &Track) -> PixelPoint {
    raised(track.steady_box(), track.class())
}

/// The middle of the footprint of what is seen so, as far as a picture tells.
pub(crate) fn raised(bbox: PixelBox, class: RoadUserClass) -> PixelPoint {
    let up = if class.is_motor_vehicle() { HALF_FOOTPRINT * bbox.height() } else { 0.0 };
    PixelPoint::new(bbox.anchor().x, bbox.anchor().y - up)
}

/// Remembers the lane of one road user.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct LaneKeeper {
    /// The lane, and where the road user was when it was last sure.
    known: Option<(usize, PixelPoint)>,
}

impl LaneKeeper {
    /// Tells the lane of a track that was just seen, by number.
    pub(crate) fn follow(&mut self, track: &Track, layout: &Layout) -> Option<usize> {
        self.keep(track.steady_box(), footprint(track), layout)
    }

    fn keep(&mut self, bbox: PixelBox, foot: PixelPoint, layout: &Layout) -> Option<usize> {
        let here = layout.lane_at(foot);
        let size = (bbox.width() * bbox.height()).sqrt();
        match self.known {
            Some((lane, sure)) if here != Some(lane) && foot.distance(sure) < LEFT_BEHIND * size => {}
            _ => self.known = here.map(|lane| (lane, foot)),
        }
        self.known.map(|(lane, _)| lane)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::GroundOptions;
    use kerege_contract::{FrameSize, Scene};

    /// Two lanes, one above the other, with their border at 50 % of the height.
    fn layout() -> Layout {
        let lane = |id: &str, top: f64, from: f64, to: f64| {
            let (bottom, middle) = (top + 0.25, top + 0.125);
            format!(
                "[[lane]]\nid = '{id}'\nlive = true\npolygon = [[0.0, {top}], [1.0, {top}], [1.0, {bottom}], [0.0, {bottom}]]\n\
                 centre = [[{from}, {middle}], [{to}, {middle}]]\n"
            )
        };
        let text = format!("v = 1\n{}{}", lane("west", 0.25, 1.0, 0.0), lane("east", 0.5, 0.0, 1.0));
        Layout::new(&Scene::from_toml(&text).unwrap(), FrameSize::new(1000, 400), &GroundOptions::default())
    }

    /// A car whose box ends at the bottom in `x`, `y`.
    fn follow(keeper: &mut LaneKeeper, layout: &Layout, x: f64, y: f64) -> Option<usize> {
        let bbox = PixelBox { x1: x - 45.0, y1: y - 50.0, x2: x + 45.0, y2: y };
        keeper.keep(bbox, raised(bbox, RoadUserClass::Car), layout)
    }

    #[test]
    fn a_car_that_waits_at_the_median_and_shakes_stays_in_its_lane() {
        let (layout, mut keeper) = (layout(), LaneKeeper::default());
        assert_eq!(follow(&mut keeper, &layout, 300.0, 204.0), Some(0));
        for shake in [3.0, -2.0, 9.0, 5.0, -4.0, 12.0] {
            assert_eq!(follow(&mut keeper, &layout, 300.0, 203.0 + shake), Some(0), "{shake}");
        }
    }

    #[test]
    fn a_car_that_drives_over_changes_its_lane() {
        let (layout, mut keeper) = (layout(), LaneKeeper::default());
        let lanes: Vec<_> = (0..20)
            .map(|n| follow(&mut keeper, &layout, 300.0 + 10.0 * f64::from(n), 190.0 + 3.0 * f64::from(n)))
            .collect();
        assert_eq!((lanes[0], lanes[19]), (Some(0), Some(1)), "{lanes:?}");
        assert_eq!(lanes.windows(2).filter(|two| two[0] != two[1]).count(), 1, "{lanes:?}");
    }

    #[test]
    fn who_drives_off_the_road_is_in_no_lane() {
        let (layout, mut keeper) = (layout(), LaneKeeper::default());
        follow(&mut keeper, &layout, 300.0, 290.0);
        assert_eq!(follow(&mut keeper, &layout, 300.0, 340.0), None);
    }
}
