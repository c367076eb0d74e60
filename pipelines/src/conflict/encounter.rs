//! Where two ways cross, and the time between the one that was there first and the other.

use super::path::{Bounds, Heading, Node, Path};
use crate::ground::{Size, cross, dot};
use kerege_contract::PixelPoint;
use kerege_contract::geometry::crossing_fraction;

/// Ways that meet at less than this follow each other, and at more than its complement oppose each
/// other: neither has a place that one leaves before the other comes. Degrees.
const LEAST_ANGLE_DEG: f64 = 30.0;
/// Which way somebody goes is told over the place where his body meets the other's way, and over at least so many metres
/// before and after it.
const ABOUT_M: f64 = 1.5;

/// Of who is seen first when his front is there already at most this share of the way to his middle may have been missed.
const MISSED: f64 = 0.5;

/// Two road users at a place where their ways cross.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Encounter {
    /// Where their ways cross, metres.
    pub(crate) place: PixelPoint,
    /// From when the first left the place until the second reached it, seconds; negative when it was still there, by as
    /// much as the second came too soon. Where one was not seen to come or to leave, at most so much.
    pub(crate) gap_s: f64,
    /// How far the first and the second may be off their places then (one standard deviation), metres along their ways.
    pub(crate) offs_m: [f64; 2],
    /// The angle at which they cross, 0..90 degrees, and how far that may be off, one standard deviation.
    pub(crate) angle_deg: f64,
    pub(crate) angle_err_deg: f64,
    /// When the second reached it, pipeline seconds.
    pub(crate) at: f64,
    /// Whether the one whose way is newer came second.
    pub(crate) newer_second: bool,
    /// How fast the first was when it left the place (or the second came), and the second when it came or until its
    /// middle did, metres per second.
    pub(crate) speeds: [f64; 2],
    /// How far these may be off, one standard deviation.
    pub(crate) speed_errs: [f64; 2],
}

impl Encounter {
    /// The post-encroachment time, seconds: 0 when the first was still there.
    pub(crate) const fn pet_s(&self) -> f64 {
        self.gap_s.max(0.0)
    }

    /// Whether less time than `most_s` lay between them, and their ways crossed, each by more than so many errors.
    pub(crate) fn is_surely_within(&self, most_s: f64, errors: f64, angle_errors: f64) -> bool {
        let err_s = (self.offs_m[0] / self.speeds[0]).hypot(self.offs_m[1] / self.speeds[1]);
        self.gap_s + errors * err_s < most_s && self.angle_deg - angle_errors * self.angle_err_deg > LEAST_ANGLE_DEG
    }
}

/// How long an encounter may wait until the first has left the place, and both are seen beyond it, seconds.
const RECENT_S: f64 = 3.0;

/// The newest encounter at a place where a late step of one way crosses the other; none when they do
/// not cross, or when not enough is seen of them before and after.
pub(crate) fn encounter<S: Copy>(newer: &Path<S>, older: &Path<S>) -> Option<Encounter> {
    let newest = newer.nodes().back()?.at;
    let bounds = older.bounds();
    if !overlap(bounds, newer.bounds()) {
        return None;
    }
    let late = steps(newer).take_while(|step| newest - step[1].at <= RECENT_S);
    late.filter(|step| may_cross(bounds, step))
        .find_map(|step| steps(older).find_map(|other| meeting(newer, older, &step, &other)))
}

/// The steps of a way, the newest first.
fn steps<S: Copy>(path: &Path<S>) -> impl Iterator<Item = [Node; 2]> {
    path.nodes().iter().zip(path.nodes().iter().skip(1)).rev().map(|(a, b)| [*a, *b])
}

/// Whether a step lies within the bounds of a way.
fn may_cross(bounds: &Bounds, step: &[Node; 2]) -> bool {
    let (a, b) = (step[0].place, step[1].place);
    overlap(bounds, &[PixelPoint::new(a.x.min(b.x), a.y.min(b.y)), PixelPoint::new(a.x.max(b.x), a.y.max(b.y))])
}

fn overlap([low, high]: &Bounds, [other_low, other_high]: &Bounds) -> bool {
    other_low.x <= high.x && other_high.x >= low.x && other_low.y <= high.y && other_high.y >= low.y
}

fn meeting<S: Copy>(newer: &Path<S>, older: &Path<S>, mine: &[Node; 2], theirs: &[Node; 2]) -> Option<Encounter> {
    let share = crossing_fraction(mine[0].place, mine[1].place, theirs[0].place, theirs[1].place)?;
    let place = mine[0].place.toward(mine[1].place, share);
    let my_along = mine[0].along + mine[0].place.distance(place);
    let their_along = theirs[0].along + theirs[0].place.distance(place);
    let about = |own: Size, other: Size| ABOUT_M.max(f64::midpoint(own.length, other.width));
    let my_way = newer.heading(my_along, about(newer.size(), older.size()))?;
    let their_way = older.heading(their_along, about(older.size(), newer.size()))?;
    let sine = cross(my_way.way, their_way.way).abs();
    if sine < LEAST_ANGLE_DEG.to_radians().sin() {
        return None;
    }
    let mine = Passing::of((newer, my_along, &my_way), (older, &their_way))?;
    let theirs = Passing::of((older, their_along, &their_way), (newer, &my_way))?;
    let newer_second = mine.reached >= theirs.reached;
    let (first, second) = if newer_second { (theirs, mine) } else { (mine, theirs) };
    let gap_s = second.reached - first.left;
    // Who was seen there last was there at least until then.
    if !first.gone && gap_s > 0.0 {
        return None;
    }
    // Who comes to its edge and stands there before he goes on gives way.
    let came = second.path.speed_at(second.reached)?.min(second.through);
    let speeds = [first.path.speed_at(first.left.min(second.reached))?, came];
    Some(Encounter {
        place,
        gap_s,
        offs_m: [first.off_m, second.off_m],
        angle_deg: sine.min(1.0).asin().to_degrees(),
        angle_err_deg: my_way.err.hypot(their_way.err).to_degrees(),
        at: second.reached,
        newer_second,
        speeds,
        speed_errs: [first.speed_err, second.speed_err],
    })
}

/// One road user at the place.
#[derive(Debug, Clone, Copy)]
struct Passing<'p, S> {
    path: &'p Path<S>,
    /// When its front reached it, pipeline seconds; when it was seen there first, if that was later.
    reached: f64,
    /// When its rear left it; when it was seen there last, while it is not `gone`.
    left: f64,
    gone: bool,
    /// How fast it went from when its front reached it until its middle did, metres per second.
    through: f64,
    /// How far both may be off (one standard deviation), metres of its way.
    off_m: f64,
    /// How far a speed may be off (one standard deviation), metres per second.
    speed_err: f64,
}

impl<'p, S: Copy> Passing<'p, S> {
    /// Of one whose middle passes the way of another at `along`.
    fn of((path, along, heading): (&'p Path<S>, f64, &Heading), (other, their): (&Path<S>, &Heading)) -> Option<Self> {
        let (size, other) = (path.size(), other.size());
        let (sine, cosine) = (cross(heading.way, their.way).abs(), dot(heading.way, their.way).abs());
        // The strip that the other's body sweeps, as long as it is along one's own way.
        let half = f64::midpoint(other.width, size.width * cosine) / sine;
        let aside = PixelPoint::new(-their.way.y, their.way.x);
        let reach = half + size.length / 2.0;
        let (oldest, newest) = (path.nodes().front()?, path.nodes().back()?);
        let came = (along - reach).max(oldest.along);
        let reached = path.time_at(came)?;
        // Of whom neither most of his coming nor his leaving was seen it is not known that he went over it.
        let (missed, gone) = (came - (along - reach), path.time_at(along + reach));
        if missed > MISSED * reach || (missed > 0.0 && gone.is_none()) {
            return None;
        }
        let through = (along - came) / (path.time_at(along)? - reached).max(1e-3);
        let left = gone.unwrap_or(newest.until);
        let unseen = path.unseen_m(reached).max(path.unseen_m(left));
        let own = heading.scatter.toward(heading.way);
        // Its size is that of its class.
        let off_m = own.hypot(their.scatter.toward(aside) / sine).hypot(unseen).hypot(size.spread / 2.0);
        Some(Self {
            path,
            reached,
            left,
            gone: gone.is_some(),
            through,
            off_m,
            speed_err: heading.pace.toward(heading.way),
        })
    }
}
