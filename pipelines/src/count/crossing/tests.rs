//! Ways over a line, as tables: where the contact point was in each frame, and what counts.

use super::*;
use proptest::prelude::*;

const CAR: Body = Body { width: 60.0, height: 40.0 };

/// A line from (0, 100) to (200, 100): looking along it, what comes from above goes to the right.
fn line() -> LineShape {
    LineShape::from_parts(PixelPoint::new(0.0, 100.0), PixelPoint::new(200.0, 100.0), 0.25)
}

fn fix(at: f64, x: f64, y: f64) -> Fix {
    Fix { at, anchor: PixelPoint::new(x, y), road: None, width: CAR.width, height: CAR.height, score: 0.9 }
}

/// The crossings of a way given as y at x = 100, a fix every 0.1 s.
fn cross(ys: &[f64], birth: Birth) -> Vec<(Direction, f64)> {
    let places: Vec<(f64, f64)> = ys.iter().map(|y| (100.0, *y)).collect();
    cross_at(&places, birth)
}

fn cross_at(places: &[(f64, f64)], birth: Birth) -> Vec<(Direction, f64)> {
    let (mut crossing, mut found, mut at) = (Crossing::default(), Vec::new(), 0.0);
    for (x, y) in places {
        let step = crossing.advance(&line(), &fix(at, *x, *y), CAR, birth);
        found.extend(step.map(|(direction, cut)| (direction, (cut.at * 100.0).round() / 100.0)));
        at += 0.1;
    }
    found
}

use Direction::{Backward, Forward};

#[test]
fn a_full_traverse_counts_once_at_the_time_of_the_line() {
    // The band reaches from 90 to 110; the line is passed half way between the third and fourth fix.
    assert_eq!(cross(&[50.0, 70.0, 90.0, 110.0, 130.0, 150.0], Birth::Within), [(Forward, 0.25)]);
    assert_eq!(cross(&[150.0, 130.0, 110.0, 90.0, 70.0, 50.0], Birth::Within), [(Backward, 0.25)]);
}

#[test]
fn one_long_step_over_the_band_counts() {
    assert_eq!(cross(&[40.0, 160.0], Birth::Within), [(Forward, 0.05)]);
}

#[test]
fn what_is_born_inside_the_band_does_not_count() {
    assert_eq!(cross(&[95.0, 105.0, 130.0, 170.0, 250.0], Birth::Within), []);
    // At the frame's edge it came from outside the picture.
    assert_eq!(cross(&[95.0, 105.0, 130.0, 170.0, 250.0], Birth::AtEdge), [(Forward, 0.05)]);
}

#[test]
fn what_is_born_just_before_the_band_counts_once_it_has_gone_its_length() {
    assert_eq!(cross(&[88.0, 112.0, 120.0], Birth::Within), []);
    assert_eq!(cross(&[88.0, 112.0, 120.0, 127.0, 129.0], Birth::Within), [(Forward, 0.05)]);
}

#[test]
fn turning_back_in_the_band_counts_nothing_and_beyond_it_once_each_way() {
    assert_eq!(cross(&[50.0, 95.0, 105.0, 95.0, 50.0], Birth::Within), []);
    assert_eq!(cross(&[50.0, 95.0, 130.0, 160.0, 95.0, 50.0], Birth::Within).len(), 2);
    let there_and_back_twice = [50.0, 160.0, 50.0, 160.0, 50.0];
    assert_eq!(cross(&there_and_back_twice, Birth::Within), [(Forward, 0.05), (Backward, 0.15)]);
}

#[test]
fn passing_beside_the_segment_does_not_count() {
    assert_eq!(cross_at(&[(230.0, 50.0), (230.0, 150.0), (230.0, 200.0)], Birth::Within), []);
    // Round its end and then over it from the other side: backward only.
    let round = [(230.0, 50.0), (230.0, 150.0), (230.0, 200.0), (100.0, 200.0), (100.0, 50.0)];
    assert_eq!(cross_at(&round, Birth::Within).iter().map(|found| found.0).collect::<Vec<_>>(), [Backward]);
}

#[test]
fn leaving_the_picture_inside_the_band_counts_if_the_line_was_passed() {
    for (last, counted) in [(104.0, 1), (97.0, 0)] {
        let mut crossing = Crossing::default();
        for (at, y) in [(0.0, 40.0), (0.1, 80.0), (0.2, last)] {
            assert_eq!(crossing.advance(&line(), &fix(at, 100.0, y), CAR, Birth::Within), None);
        }
        assert_eq!(crossing.leave(CAR).iter().count(), counted, "{last}");
        assert_eq!(crossing.leave(CAR), None);
    }
}

proptest! {
    #[test]
    fn shaking_on_the_line_counts_once_at_most(
        shakes in prop::collection::vec(-0.4..0.4f64, 1..400),
        from in prop_oneof![Just(20.0), Just(180.0)],
    ) {
        let mut way = vec![from, f64::midpoint(from, 100.0)];
        way.extend(shakes.iter().map(|shake| 100.0 + shake * CAR.height));
        prop_assert!(cross(&way, Birth::Within).len() <= 1);
        // Having shaken, it drives on: one in all.
        way.extend([100.0, 200.0 - from, 300.0 - 2.0 * from]);
        prop_assert_eq!(cross(&way, Birth::Within).len(), 1);
    }

    #[test]
    fn never_more_than_once_each_way(ys in prop::collection::vec(0.0..200.0f64, 1..60)) {
        let found = cross(&ys, Birth::Within);
        prop_assert!(found.iter().filter(|found| found.0 == Forward).count() <= 1);
        prop_assert!(found.iter().filter(|found| found.0 == Backward).count() <= 1);
    }

    #[test]
    fn mirrored_the_ways_swap(ys in prop::collection::vec(0.0..200.0f64, 1..60)) {
        let mirrored: Vec<f64> = ys.iter().map(|y| 200.0 - y).collect();
        let swapped: Vec<_> = cross(&mirrored, Birth::Within).into_iter().map(|(direction, at)| {
            (if direction == Forward { Backward } else { Forward }, at)
        }).collect();
        prop_assert_eq!(cross(&ys, Birth::Within), swapped);
    }
}
