//! Where the middle of one in a lane is, and whether that may be in it: the lane that a picture tells is that of his
//! contact point raised a little, and one bad box, or a bus beside the median, puts him into another.

use super::standing::place_err;
use super::{LaneUser, Watch};
use crate::count::footprint;
use crate::ground::Footprint;
use kerege_contract::PixelPoint;

/// So many errors of a place along a lane and across it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Errors {
    pub(super) along: f64,
    pub(super) across: f64,
}

/// The outline on the road of one in a lane; none where there is no ground plane.
pub(super) fn body_of(watch: &Watch<'_>, one: &LaneUser<'_>) -> Option<Footprint> {
    let plane = watch.layout.plane.as_ref()?;
    let heading = plane.vector(one.user.anchor, one.on.direction);
    Footprint::of(&one.user.contact(), heading, one.user.track.class(), plane)
}

/// The middle of its footprint in the picture.
pub(super) fn foot_of(watch: &Watch<'_>, one: &LaneUser<'_>) -> PixelPoint {
    foot(watch, one, body_of(watch, one).as_ref())
}

fn foot(watch: &Watch<'_>, one: &LaneUser<'_>, body: Option<&Footprint>) -> PixelPoint {
    let on_road = || {
        let (plane, body, anchor) = (watch.layout.plane.as_ref()?, body?, one.user.anchor);
        let (from, to) = (plane.road(anchor)?, body.centre);
        let way = plane.pixels(anchor, PixelPoint::new(to.x - from.x, to.y - from.y))?;
        Some(PixelPoint::new(anchor.x + way.x, anchor.y + way.y))
    };
    on_road().unwrap_or_else(|| footprint(one.user.track))
}

/// Whether a place of one in a lane, or one so many errors from it, is where it is asked for.
pub(super) fn is_about(
    watch: &Watch<'_>,
    one: &LaneUser<'_>,
    body: &Footprint,
    foot: PixelPoint,
    errors: Errors,
    asked: impl Fn(PixelPoint) -> bool,
) -> bool {
    let around = || {
        let plane = watch.layout.plane.as_ref()?;
        let (ahead, across) = (body.heading, PixelPoint::new(-body.heading.y, body.heading.x));
        let picture = |way: PixelPoint, err: f64| plane.pixels(foot, PixelPoint::new(err * way.x, err * way.y));
        let aside = errors.across * place_err(watch, &one.user, across, plane).max(body.side_err);
        let along = errors.along * place_err(watch, &one.user, ahead, plane).max(body.front_err);
        Some([picture(ahead, along)?, picture(across, aside)?])
    };
    let shifted = |[along, across]: [PixelPoint; 2]| {
        let places = [-1.0, 0.0, 1.0].into_iter().flat_map(|a| [-1.0, 0.0, 1.0].map(|b| (a, b)));
        let mut places = places
            .map(|(a, b)| PixelPoint::new(foot.x + a * along.x + b * across.x, foot.y + a * along.y + b * across.y));
        places.any(&asked)
    };
    asked(foot) || around().is_some_and(shifted)
}

/// Whether one may be in the lane that the picture tells, to so many errors of his place; where no ground plane tells, or
/// the frame's edge cuts him off, he may.
pub(super) fn may_be_in(watch: &Watch<'_>, one: &LaneUser<'_>, errors: f64) -> bool {
    let Some(body) = body_of(watch, one).filter(|_| !one.user.is_cut()) else { return true };
    let (lane, foot) = (&watch.layout.lanes[one.lane], foot(watch, one, Some(&body)));
    is_about(watch, one, &body, foot, Errors { along: errors, across: errors }, |place| lane.contains(place))
}
