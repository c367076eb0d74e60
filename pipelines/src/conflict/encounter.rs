//! Where two ways cross, and the time between the one that was there first and the other.

use super::path::{Node, Path};
use crate::ground::{cross, dot, unit};
use kerege_contract::PixelPoint;
use kerege_contract::geometry::crossing_fraction;

/// Ways that meet at less than this follow each other, and at more than its complement oppose each
/// other: neither has a place that one leaves before the other comes. Degrees.
const LEAST_ANGLE_DEG: f64 = 30.0;
/// The speed with which a way is crossed is taken over this far before and after it, metres.
const AROUND_M: f64 = 1.5;

/// Two road users at a place where their ways cross.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Encounter {
    /// Where their ways cross, metres.
    pub(crate) place: PixelPoint,
    /// From when the first left the place until the second reached it, seconds; 0 when it was still there.
    pub(crate) pet_s: f64,
    /// When the second reached it, pipeline seconds.
    pub(crate) at: f64,
    /// Whether the one whose way is newer came second.
    pub(crate) newer_second: bool,
    /// When the one whose way is newer reached it, and the other, pipeline seconds.
    pub(crate) reached: [f64; 2],
    /// How fast the one whose way is newer was there, and the other, metres per second.
    pub(crate) speeds: [f64; 2],
}

/// How long an encounter may wait until the first has left the place, seconds.
const RECENT_S: f64 = 2.5;

/// The newest encounter at a place where a late step of one way crosses the other; none when they do
/// not cross, or when not enough is seen of them before and after.
pub(crate) fn encounter(newer: &Path, older: &Path) -> Option<Encounter> {
    let newest = newer.nodes().back()?.at;
    let steps = |path: &'_ Path| path.nodes().iter().zip(path.nodes().iter().skip(1)).map(|(a, b)| [*a, *b]).collect();
    let (mine, theirs): (Vec<[Node; 2]>, Vec<[Node; 2]>) = (steps(newer), steps(older));
    let late = mine.iter().rev().take_while(|step| newest - step[1].at <= RECENT_S);
    late.filter(|step| may_cross(older, step))
        .find_map(|step| theirs.iter().rev().find_map(|other| meeting(newer, older, step, other)))
}

/// Whether a step lies within the bounds of a way.
fn may_cross(path: &Path, step: &[Node; 2]) -> bool {
    let [low, high] = path.bounds();
    let (a, b) = (step[0].place, step[1].place);
    a.x.min(b.x) <= high.x && a.x.max(b.x) >= low.x && a.y.min(b.y) <= high.y && a.y.max(b.y) >= low.y
}

fn meeting(newer: &Path, older: &Path, mine: &[Node; 2], theirs: &[Node; 2]) -> Option<Encounter> {
    let share = crossing_fraction(mine[0].place, mine[1].place, theirs[0].place, theirs[1].place)?;
    let place = mine[0].place.toward(mine[1].place, share);
    let (my_way, their_way) = (heading(mine)?, heading(theirs)?);
    let (sine, cosine) = (cross(my_way, their_way).abs(), dot(my_way, their_way).abs());
    if sine < LEAST_ANGLE_DEG.to_radians().sin() {
        return None;
    }
    let my_along = mine[0].along + mine[0].place.distance(place);
    let their_along = theirs[0].along + theirs[0].place.distance(place);
    let (my_size, their_size) = (newer.size(), older.size());
    // The strip that the other's body sweeps, as long as it is along one's own way.
    let strip = |other: f64, own: f64| f64::midpoint(other, own * cosine) / sine;
    let mine = Passing::of(newer, my_along, strip(their_size.width, my_size.width), my_size.length)?;
    let theirs = Passing::of(older, their_along, strip(my_size.width, their_size.width), their_size.length)?;
    let newer_second = mine.reached >= theirs.reached;
    let (first, second) = if newer_second { (theirs, mine) } else { (mine, theirs) };
    let left = first.left?;
    Some(Encounter {
        place,
        pet_s: (second.reached - left).max(0.0),
        at: second.reached,
        newer_second,
        reached: [mine.reached, theirs.reached],
        speeds: [mine.speed, theirs.speed],
    })
}

/// One road user at the place.
#[derive(Debug, Clone, Copy)]
struct Passing {
    /// When its front reached it, pipeline seconds.
    reached: f64,
    /// When its rear left it; none while it has not.
    left: Option<f64>,
    speed: f64,
}

impl Passing {
    /// Of one whose middle passes at `along` a place that reaches `half` to each side of that.
    fn of(path: &Path, along: f64, half: f64, length: f64) -> Option<Self> {
        Some(Self {
            reached: path.time_at(along - half - length / 2.0)?,
            left: path.time_at(along + half + length / 2.0),
            speed: path.speed(along - AROUND_M, along + AROUND_M)?,
        })
    }
}

fn heading([from, to]: &[Node; 2]) -> Option<PixelPoint> {
    unit(PixelPoint::new(to.place.x - from.place.x, to.place.y - from.place.y))
}
