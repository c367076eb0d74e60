//! Post-encroachment times of ways whose crossing is known.

use super::*;
use kerege_contract::PixelPoint;
use kerege_contract::RoadUserClass::{self, Car, Person};
use proptest::prelude::*;

/// How much a place shakes: a decimetre.
fn err() -> Scatter {
    Scatter::of([PixelPoint::new(0.1, 0.0), PixelPoint::new(0.0, 0.1)])
}

/// A straight way through a place at a time, at so many metres per second.
#[derive(Debug, Clone, Copy)]
struct Way {
    through: [f64; 2],
    at: f64,
    degrees: f64,
    speed: f64,
}

impl Way {
    fn place(&self, t: f64) -> PixelPoint {
        let (sin, cos) = self.degrees.to_radians().sin_cos();
        let gone = self.speed * (t - self.at);
        PixelPoint::new(self.through[0] + gone * cos, self.through[1] + gone * sin)
    }
}

/// A car to the north through the origin at 5 s, at 8 m/s.
const CAR: Way = Way { through: [0.0, 0.0], at: 5.0, degrees: 90.0, speed: 8.0 };

/// A person to the east through the origin at a time, at 1.4 m/s.
const fn person(at: f64) -> Way {
    Way { through: [0.0, 0.0], at, degrees: 0.0, speed: 1.4 }
}

/// The first encounter that is found while both are followed for ten seconds.
fn meet(a: (Way, RoadUserClass), b: (Way, RoadUserClass), fps: f64, shift: f64) -> Option<Encounter> {
    let (mut first, mut second) = (Path::new(a.1), Path::new(b.1));
    let mut t = 0.0;
    while t <= 10.0 {
        let grew = [follow(&mut first, t + shift, a.0.place(t)), follow(&mut second, t + shift, b.0.place(t))];
        let found = grew[0].then(|| encounter(&first, &second)).flatten();
        if let Some(found) = found.or_else(|| grew[1].then(|| encounter(&second, &first)).flatten()) {
            return Some(found);
        }
        t += 1.0 / fps;
    }
    None
}

/// Sees the middle of somebody at a place; whether his way got longer.
fn follow(path: &mut Path<PixelPoint>, at: f64, place: PixelPoint) -> bool {
    path.push(at, place, place, err());
    path.advance(at, |seen, _| Some(*seen))
}

#[test]
fn is_the_time_from_the_first_ones_rear_to_the_second_ones_front() {
    // Half of both: 2.25 m along the car's way and 0.9 m beside it, 0.25 m of the person.
    let car_half = (2.25 + 0.25) / 8.0;
    let walker_half = (0.9 + 0.25) / 1.4;
    for fps in [5.0, 10.0, 15.0, 30.0] {
        for (delay, person_first) in [(-1.8, true), (-1.2, true), (1.2, false), (1.9, false)] {
            let found = meet((CAR, Car), (person(5.0 + delay), Person), fps, 0.0).unwrap();
            let wanted = delay.abs() - car_half - walker_half;
            assert!((found.pet_s() - wanted).abs() < 0.08, "{fps} {delay}: {} of {wanted}", found.pet_s());
            assert!(found.place.distance(PixelPoint::default()) < 0.1, "{found:?}");
            let second = if person_first { 5.0 - car_half } else { 5.0 + delay - walker_half };
            assert!((found.at - second).abs() < 0.08, "{fps} {delay}: {found:?}");
            let mut speeds = found.speeds;
            speeds.sort_by(f64::total_cmp);
            assert!((speeds[0] - 1.4).abs() < 0.1 && (speeds[1] - 8.0).abs() < 0.5, "{speeds:?}");
        }
    }
}

#[test]
fn is_nothing_while_the_first_is_still_there() {
    let found = meet((CAR, Car), (person(5.3), Person), 10.0, 0.0).unwrap();
    assert_eq!(found.pet_s(), 0.0);
    // Whoever comes in the middle of it is surely there too soon, though neither is known to some decimetres.
    let found = meet((CAR, Car), (person(5.0), Person), 10.0, 0.0).unwrap();
    assert!(found.gap_s < -0.2, "{found:?}");
    assert!(found.is_surely_within(0.0, 0.5, 1.0) && !found.is_surely_within(found.gap_s, 0.5, 1.0), "{found:?}");
}

#[test]
fn ways_that_follow_or_oppose_each_other_or_do_not_cross_are_no_encounter() {
    for (degrees, through) in [(75.0, [0.0, 0.0]), (275.0, [0.0, 0.0]), (90.0, [3.5, 0.0])] {
        let other = Way { through, at: 6.0, degrees, speed: 8.0 };
        assert_eq!(meet((CAR, Car), (other, Car), 10.0, 0.0), None, "{degrees}");
    }
}

#[test]
fn cars_that_cross_aslant_need_longer_to_leave_the_place() {
    let pet = |degrees: f64| {
        let other = Way { through: [0.0, 0.0], at: 7.0, degrees, speed: 8.0 };
        meet((CAR, Car), (other, Car), 15.0, 0.0).unwrap().pet_s()
    };
    assert!(pet(0.0) > pet(40.0) && pet(40.0) > 0.3, "{} {}", pet(0.0), pet(40.0));
}

#[test]
fn a_car_that_waits_before_the_crossing_meets_nobody() {
    let (mut first, mut second) = (Path::new(Car), Path::new(Person));
    for step in 0..120_u32 {
        let t = f64::from(step) / 10.0;
        let y = if t < 4.0 { -30.0 + 6.5 * t } else { -4.0 };
        let shake = 0.1 * (f64::from(step) * 2.4).sin();
        follow(&mut first, t, PixelPoint::new(0.3 * shake, y + shake));
        follow(&mut second, t, person(6.0).place(t));
        assert_eq!(encounter(&first, &second), None);
        assert_eq!(encounter(&second, &first), None);
    }
    assert!(first.nodes().len() < 60, "standing makes no way");
}

#[test]
fn a_way_is_forgotten_and_a_gap_begins_it_anew() {
    let mut path = Path::new(Car);
    for step in 0..3000_u32 {
        follow(&mut path, f64::from(step) / 15.0, CAR.place(f64::from(step) / 15.0));
    }
    assert!(path.nodes().len() < 100, "{}", path.nodes().len());
    assert_eq!(path.time_at(0.0), None, "long forgotten");
    let last = path.nodes().back().unwrap().along;
    assert!(path.time_at(last - 8.0).is_some() && path.time_at(last + 1.0).is_none());
}

#[test]
fn a_heading_is_known_better_from_before_and_after_than_at_an_instant() {
    let mut path = Path::new(Person);
    for step in 0..60_u32 {
        let t = f64::from(step) / 10.0;
        let shake = 0.15 * (f64::from(step) * 2.4).sin();
        let place = person(3.0).place(t);
        follow(&mut path, t, PixelPoint::new(place.x, place.y + shake));
    }
    let along = path.nodes().iter().find(|node| node.at > 3.0).unwrap().along;
    let [instant, mean] = [0.0, 2.0].map(|about| path.heading(along, about).unwrap());
    assert!(mean.err < 0.6 * instant.err && mean.err > 0.02, "{instant:?} {mean:?}");
    assert!(mean.way.y.abs() < 2.0 * mean.err, "{mean:?}");
    // Where it is not seen far beyond, what is seen tells.
    let last = path.nodes().back().unwrap().along;
    assert!(path.heading(last - 0.1, 2.0).is_some() && path.heading(last + 0.1, 2.0).is_none());
}

#[test]
fn a_single_look_far_off_after_a_gap_is_no_way() {
    let mut path = Path::new(Car);
    for step in 0..70_u32 {
        let t = f64::from(step) / 10.0;
        let unseen = t > 3.9 && step != 52;
        if unseen {
            path.advance(t, |seen: &PixelPoint, _| Some(*seen));
        } else {
            let aside = if step == 52 { 6.0 } else { 0.0 };
            follow(&mut path, t, PixelPoint::new(aside, CAR.place(t).y));
        }
    }
    assert!(path.nodes().iter().all(|node| node.place.x < 1.0), "{path:?}");
}

proptest! {
    #[test]
    fn turned_and_later_it_is_the_same(delay in -3.0..3.0f64, turn in 0.0..360.0f64, shift in 0.0..1e6f64) {
            let turned = |way: Way| Way { degrees: way.degrees + turn, ..way };
        let plain = meet((CAR, Car), (person(5.0 + delay), Person), 10.0, 0.0);
        let other = meet((turned(CAR), Car), (turned(person(5.0 + delay)), Person), 10.0, shift);
        prop_assert_eq!(plain.is_some(), other.is_some());
        if let (Some(plain), Some(other)) = (plain, other) {
            prop_assert!((plain.pet_s() - other.pet_s()).abs() < 1e-3, "{} {}", plain.pet_s(), other.pet_s());
            prop_assert!((plain.at + shift - other.at).abs() < 1e-3);
        }
    }
}
