//! What nearer road users hide: which sides of a box end at another box instead of at the road user,
//! and where one that went behind another comes out again.
//!
//! Behind a bus a car's box shrinks from the side, and a filter that takes the shrinking for movement
//! loses it: what was believed when the car was last seen whole goes on beside the filter.

use super::body::{Sighting, Track};
use super::edge::Edges;
use super::filter::{BoxFilter, size};
use crate::ground::GroundPlane;
use kerege_contract::{PixelBox, PixelPoint, RoadUserClass};

/// A nearer road user's box ends this much lower, share of the hidden one's height.
const NEARER: f64 = 0.1;
/// How near a side that is hidden ends to what hides it, share of the box's side.
const TOUCHES: f64 = 0.1;
/// Share of a side, left or right, and of the bottom that must be covered.
const COVERED_SIDE: f64 = 0.5;
const COVERED_BOTTOM: f64 = 0.6;
/// How long after its last sighting a road user is still thought to hide others, seconds.
const MISSED_S: f64 = 0.35;
/// Share of a road user's place that another's box must cover to hide it from a look.
const BEHIND: f64 = 0.3;
/// What is seen partly for so long is taken as it is seen, seconds.
const PARTLY_S: f64 = 1.5;

/// How far from where it was expected one may come out: share of the way it was expected to go, and of
/// its size; and no farther than so many sizes.
const OFF_WAY: f64 = 0.6;
const OFF_SIZE: f64 = 0.5;
const OFF_MOST: f64 = 1.5;
/// How much smaller one may be that comes out, than expected and than it was; inverse: how much larger.
const SIZE_LEAST: f64 = 0.6;
const SIZE_WAS: f64 = 0.5;

/// Fills `hidden` (cleared first) with the sides of each sighting that a nearer road user hides: one
/// seen in this frame at `certain` or above, or a track that this frame may have missed.
pub(crate) fn find_hidden(
    hidden: &mut Vec<Edges>,
    sightings: &[Sighting],
    certain: f32,
    tracks: &[Track],
    believed: &[PixelBox],
    now: f64,
) {
    hidden.clear();
    for (index, mine) in sightings.iter().enumerate() {
        let mut sides = Edges::default();
        for (number, other) in sightings.iter().enumerate() {
            if number != index && other.score >= certain {
                note_hidden(&mut sides, mine.bbox, other.bbox);
            }
        }
        for (track, believed) in tracks.iter().zip(believed) {
            let lately = track.id.is_some() && now - track.last_seen <= MISSED_S;
            // Its own track hides nothing of it.
            if lately && mine.bbox.intersection(*believed) > 0.0 && mine.bbox.iou(*believed) < 0.3 {
                note_hidden(&mut sides, mine.bbox, *believed);
            }
        }
        hidden.push(sides);
    }
}

fn note_hidden(hidden: &mut Edges, mine: PixelBox, other: PixelBox) {
    let (width, height) = (mine.width(), mine.height());
    let apart = other.x1 > mine.x2 + TOUCHES * width || other.x2 < mine.x1 - TOUCHES * width;
    if apart || other.y2 < mine.y2 + NEARER * height {
        return;
    }
    if other.y2.min(mine.y2) - other.y1.max(mine.y1) >= COVERED_SIDE * height {
        let slack = TOUCHES * width;
        hidden.left |= other.x1 < mine.x1 && other.x2 + slack >= mine.x1 && other.x2 < mine.x2;
        hidden.right |= other.x2 > mine.x2 && other.x1 - slack <= mine.x2 && other.x1 > mine.x1;
    }
    if other.x2.min(mine.x2) - other.x1.max(mine.x1) >= COVERED_BOTTOM * width {
        hidden.bottom |= other.y1 - TOUCHES * height <= mine.y2 && other.y1 > mine.y1;
    }
}

/// A box with what is hidden of it put back, for one whose whole box is known to be like another.
fn put_back(seen: PixelBox, hidden: Edges, like: PixelBox) -> PixelBox {
    let growth = |now: f64, whole: f64| if whole > 0.0 { (now / whole).clamp(0.8, 1.25) } else { 1.0 };
    let one_side = hidden.left != hidden.right;
    let mut whole = seen;
    if one_side {
        let scale = if hidden.bottom { 1.0 } else { growth(seen.height(), like.height()) };
        let width = seen.width().max(like.width() * scale);
        if hidden.left { whole.x1 = seen.x2 - width } else { whole.x2 = seen.x1 + width }
    }
    if hidden.bottom {
        let scale = if one_side { 1.0 } else { growth(seen.width(), like.width()) };
        whole.y2 = seen.y1 + seen.height().max(like.height() * scale);
    }
    whole
}

/// What is believed of a track since it was last seen whole.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Coast {
    filter: BoxFilter,
    from: PixelBox,
    since: f64,
}

impl Coast {
    /// Of a track that is seen for the first time.
    pub(crate) const fn new(filter: BoxFilter, from: PixelBox, since: f64) -> Self {
        Self { filter, from, since }
    }

    /// Moves on by `dt` seconds.
    pub(crate) fn predict(&mut self, dt: f64) {
        self.filter.predict(dt);
    }

    /// Notes what was seen and is believed of it now.
    pub(crate) fn note(&mut self, filter: BoxFilter, whole: PixelBox, hidden: Edges, at: f64) {
        if !hidden.any() || at - self.since > PARTLY_S {
            *self = Self::new(filter, whole, at);
        }
    }

    /// What is believed once it has come out.
    pub(crate) fn found(&self, sighting: &Sighting, hidden: Edges) -> BoxFilter {
        let mut filter = self.filter;
        filter.update(put_back(sighting.bbox, hidden, filter.bbox()), 0.5 * sighting.score);
        filter
    }

    /// Whether a nearer box hides where it must be now.
    pub(crate) fn is_behind(&self, nearer: PixelBox) -> bool {
        let place = self.filter.bbox();
        nearer.y2 > place.y2 && place.intersection(nearer) >= BEHIND * place.area()
    }

    /// How likely it is the one that comes out from behind another there, 0..1. It has gone on about
    /// as before, or braked or sped up by half, and is about as large.
    pub(crate) fn emergence(&self, sighting: &Sighting, hidden: Edges) -> f64 {
        let place = self.filter.bbox();
        let whole = put_back(sighting.bbox, hidden, place);
        let scale = size(whole.width(), whole.height());
        let fits =
            |like: PixelBox, least: f64| (least..=1.0 / least).contains(&(scale / size(like.width(), like.height())));
        if !fits(self.from, SIZE_WAS) || !fits(place, SIZE_LEAST) {
            return 0.0;
        }
        let way = place.centre().distance(self.from.centre());
        let limit = (OFF_WAY * way + OFF_SIZE * scale).min(OFF_MOST * scale);
        let off = place.centre().distance(whole.centre());
        if off < limit { 1.0 - off / limit } else { 0.0 }
    }
}

/// Share of the smaller of two boxes that both cover where they show one road user, and how far apart
/// they then end at the bottom, share of the lower one's height.
const DOUBLE: f64 = 0.5;
const DOUBLE_LEVEL: f64 = 0.35;

/// Whether two boxes may show one road user: a cab and its truck, or a car twice. Behind one another
/// two would stand on different ground.
pub(crate) fn may_be_one(a: (PixelBox, RoadUserClass), b: (PixelBox, RoadUserClass)) -> bool {
    let ((one, a), (two, b)) = (a, b);
    (a == RoadUserClass::Person) == (b == RoadUserClass::Person)
        && one.intersection(two) >= DOUBLE * one.area().min(two.area())
        && (one.y2 - two.y2).abs() <= DOUBLE_LEVEL * one.height().min(two.height())
}

/// By how much of its height the smaller of two boxes ends below the larger one. A cab ends where its truck does, or
/// above; a car before a bus ends below it.
pub(crate) fn below(a: PixelBox, b: PixelBox) -> f64 {
    let (small, large) = if a.area() <= b.area() { (a, b) } else { (b, a) };
    (small.y2 - large.y2) / small.height()
}

/// A box that holds this share of another may show a part of it, however deep it seems to stand.
const CONTAINED: f64 = 0.9;
/// Two that stand so much deeper on the road are in two lanes, metres.
const APART_M: f64 = 1.5;
/// Where a pixel is more than this, boxes do not tell two lanes apart, metres.
const MAX_METRES_PER_PIXEL: f64 = 0.5;

/// Whether two boxes that overlap stand on the road one behind the other, and are no part of each other:
/// side by side, as seen from the side.
pub(crate) fn stand_apart(plane: &GroundPlane, one: PixelBox, two: PixelBox) -> bool {
    let part = one.intersection(two) >= CONTAINED * one.area().min(two.area());
    let x = f64::midpoint(one.anchor().x, two.anchor().x);
    let [a, b] = [one, two].map(|bbox| plane.reach(PixelPoint::new(x, bbox.y2), MAX_METRES_PER_PIXEL));
    !part && a.zip(b).is_some_and(|(a, b)| a.distance(b) >= APART_M)
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn area(x1: f64, y1: f64, x2: f64, y2: f64) -> PixelBox {
        PixelBox { x1, y1, x2, y2 }
    }

    fn hidden(mine: PixelBox, other: PixelBox) -> Edges {
        let mut sides = Edges::default();
        note_hidden(&mut sides, mine, other);
        sides
    }

    #[test]
    fn only_a_nearer_box_hides_and_only_the_side_it_covers() {
        let car = area(100.0, 100.0, 160.0, 140.0);
        let none = Edges::default();
        for (name, other, wanted) in [
            ("a bus before its right end", area(155.0, 60.0, 300.0, 200.0), Edges { right: true, ..none }),
            ("a bus before its left end", area(0.0, 60.0, 104.0, 200.0), Edges { left: true, ..none }),
            ("a bus behind it", area(155.0, 0.0, 300.0, 138.0), none),
            ("a bus beside it", area(180.0, 60.0, 300.0, 200.0), none),
            ("the car behind which it waits", area(95.0, 135.0, 170.0, 190.0), Edges { bottom: true, ..none }),
        ] {
            assert_eq!(hidden(car, other), wanted, "{name}");
        }
    }

    #[test]
    fn what_is_hidden_is_put_back_from_the_side_that_is_seen() {
        let (whole, right) = (area(0.0, 0.0, 60.0, 40.0), Edges { right: true, ..Edges::default() });
        assert_eq!(put_back(area(200.0, 10.0, 215.0, 50.0), right, whole), area(200.0, 10.0, 260.0, 50.0));
        let both = Edges { left: true, ..right };
        assert_eq!(put_back(area(200.0, 10.0, 215.0, 50.0), both, whole), area(200.0, 10.0, 215.0, 50.0));
    }

    #[test]
    fn one_comes_out_where_it_went_and_as_large_as_it_was() {
        let at = |x: f64| area(x, 100.0, x + 60.0, 140.0);
        let mut filter = BoxFilter::new(at(0.0));
        for step in 1..=10 {
            filter.predict(0.1);
            filter.update(at(10.0 * f64::from(step)), 0.9);
        }
        let mut coast = Coast::new(filter, at(100.0), 1.0);
        coast.predict(1.0);
        let sighting = |bbox: PixelBox| Sighting {
            frame_box: [0.0, 0.0, 0.1, 0.1].into(),
            bbox,
            edges: Edges::default(),
            class: RoadUserClass::Car,
            score: 0.8,
        };
        let left = Edges { left: true, ..Edges::default() };
        for (name, seen, out) in [
            ("a slice where it is expected", area(240.0, 100.0, 258.0, 140.0), true),
            ("it has braked a little", area(210.0, 100.0, 230.0, 140.0), true),
            ("it would have turned back", area(50.0, 100.0, 70.0, 140.0), false),
            ("somebody much smaller", area(250.0, 120.0, 258.0, 140.0), false),
            ("somebody much larger", area(150.0, 20.0, 300.0, 160.0), false),
        ] {
            let hidden = if seen.width() < 30.0 && seen.height() > 30.0 { left } else { Edges::default() };
            assert_eq!(coast.emergence(&sighting(seen), hidden) > 0.0, out, "{name}");
        }
    }

    #[test]
    fn a_cab_is_its_truck_and_a_car_behind_it_is_not() {
        let truck = (area(100.0, 60.0, 180.0, 120.0), RoadUserClass::Truck);
        let car = |bbox| (bbox, RoadUserClass::Car);
        assert!(may_be_one(truck, car(area(140.0, 70.0, 182.0, 118.0))));
        assert!(!may_be_one(truck, car(area(140.0, 50.0, 182.0, 80.0))), "it stands behind");
        assert!(!may_be_one(truck, car(area(170.0, 70.0, 230.0, 118.0))), "it stands beside");
        assert!(!may_be_one(truck, (area(140.0, 70.0, 160.0, 118.0), RoadUserClass::Person)));
        let (cab, before) = (area(140.0, 70.0, 182.0, 118.0), area(140.0, 90.0, 182.0, 130.0));
        assert!(below(cab, truck.0) <= 0.0 && below(truck.0, before) > 0.2);
    }
}
