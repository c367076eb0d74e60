//! Layout, thresholds, suppression and riders by table; what must hold always by property.

use super::*;
use crate::catalogue::BUILT_IN;
use proptest::prelude::*;

const FULL: Placement = Placement { width: 64, height: 64 };

/// A small YOLOX of 64×64 (64 + 16 + 4 cells) with the classes of the shipped one.
fn manifest() -> Manifest {
    let (text, _) = BUILT_IN[0].1.split_once("[golden]").unwrap();
    let (_, classes) = BUILT_IN[0].1.split_once("[[class]]").unwrap();
    let text =
        format!("{text}[[class]]{classes}").replace("width = 416", "width = 64").replace("height = 416", "height = 64");
    Manifest::from_toml(&text, "m").unwrap()
}

/// Index of a cell; x, y, log w, log h, objectness; class and score.
type Cell<'a> = (usize, [f32; 5], &'a [(usize, f32)]);

/// An output with these cells, all else zero.
fn output(cells: &[Cell<'_>]) -> Vec<f32> {
    let mut output = vec![0.0; 84 * 85];
    for (cell, numbers, classes) in cells {
        let row = &mut output[cell * 85..][..85];
        row[..5].copy_from_slice(numbers);
        classes.iter().for_each(|(class, score)| row[5 + class] = *score);
    }
    output
}

fn decode(cells: &[Cell<'_>]) -> Vec<Detection> {
    Decoder::new(&manifest()).decode(&[&output(cells)], FULL).unwrap()
}

#[test]
fn each_stride_has_its_cells() {
    let half = 0.5_f32;
    let cases: [(usize, [f32; 4]); 4] = [
        (0, [0.0, 0.0, 0.125, 0.125]),
        (9, [0.125, 0.125, 0.25, 0.25]),
        (64 + 6, [0.5, 0.25, 0.75, 0.5]),
        (80 + 3, [0.5, 0.5, 1.0, 1.0]),
    ];
    for (cell, expected) in cases {
        let found = decode(&[(cell, [half, half, 0.0, 0.0, 1.0], &[(2, 0.9)])]);
        assert_eq!(found.len(), 1, "cell {cell}");
        assert_eq!(<[f32; 4]>::from(found[0].bbox), expected, "cell {cell}");
        assert_eq!((found[0].class, found[0].score), (RoadUserClass::Car, 0.9));
    }
}

#[test]
fn scores_are_products_and_the_threshold_counts_itself_in() {
    let score = |objectness: f32, class: f32| {
        let found = decode(&[(0, [0.5, 0.5, 0.0, 0.0, objectness], &[(2, class)])]);
        found.first().map(|detection| detection.score)
    };
    assert_eq!(score(0.5, 0.5), Some(0.25));
    assert_eq!(score(0.1, 1.0), Some(0.1));
    assert_eq!(score(0.5, 0.19), None);
    assert_eq!(score(0.09, 1.0), None);
    assert_eq!(score(1.2, 1.0), Some(1.0));
    assert_eq!(score(f32::NAN, 1.0), None);
    assert_eq!(score(1.0, f32::NAN), None);
}

#[test]
fn classes_that_are_not_looked_at_take_no_box_away() {
    let cell = [0.5, 0.5, 0.0, 0.0, 1.0];
    let classes = |classes: &[(usize, f32)]| decode(&[(0, cell, classes)]).first().map(|found| found.class);
    assert_eq!(classes(&[(6, 0.9)]), None, "a train");
    assert_eq!(classes(&[(6, 0.9), (5, 0.3)]), Some(RoadUserClass::Bus));
    assert_eq!(classes(&[(2, 0.4), (7, 0.5)]), Some(RoadUserClass::Truck));
}

#[test]
fn boxes_that_are_no_boxes_are_dropped() {
    for numbers in [[f32::INFINITY, 0.0, 0.0, 0.0, 1.0], [0.0, f32::NAN, 0.0, 0.0, 1.0], [0.0, 0.0, 200.0, 0.0, 1.0]] {
        assert!(decode(&[(0, numbers, &[(2, 1.0)])]).is_empty(), "{numbers:?}");
    }
}

#[test]
fn one_object_is_one_box_but_kinds_do_not_compete() {
    let cell = |x: f32, score: f32| [x, 0.5, 1.0, 1.0, score];
    let car_as_truck = decode(&[(9, cell(0.5, 0.9), &[(2, 1.0)]), (10, cell(-0.4, 0.8), &[(7, 1.0)])]);
    assert_eq!(car_as_truck.len(), 1);
    assert_eq!(car_as_truck[0].class, RoadUserClass::Car);
    let person_at_car = decode(&[(9, cell(0.5, 0.9), &[(2, 1.0)]), (10, cell(-0.4, 0.8), &[(0, 1.0)])]);
    assert_eq!(person_at_car.len(), 2);
    let neighbours = decode(&[(9, cell(0.5, 0.9), &[(2, 1.0)]), (11, cell(0.5, 0.8), &[(2, 1.0)])]);
    assert_eq!(neighbours.len(), 2);
}

#[test]
fn outputs_of_another_size_are_an_error() {
    let mut decoder = Decoder::new(&manifest());
    for found in [0, 84 * 85 - 1, 84 * 85 + 1] {
        let error = decoder.decode(&[&vec![0.0; found]], FULL).unwrap_err();
        assert_eq!(error, DecodeError { found, expected: 84 * 85 });
    }
    assert!(decoder.decode(&[], FULL).is_err());
}

fn candidate(class: RoadUserClass, bbox: [f32; 4]) -> Candidate {
    Candidate { class, score: 0.5, bbox }
}

#[test]
fn a_rider_and_the_cycle_are_one() {
    use RoadUserClass::{Bicycle, Car, Person};
    let bicycle = candidate(Bicycle, [10.0, 20.0, 30.0, 34.0]);
    let rider = [15.0, 5.0, 25.0, 30.0];
    let cases = [
        ("on it", rider, true),
        ("beside it", [32.0, 5.0, 42.0, 34.0], false),
        ("at its end, pushing", [24.0, 5.0, 34.0, 35.0], false),
        ("far above it", [15.0, 0.0, 25.0, 15.0], false),
        ("in front of it", [15.0, 5.0, 25.0, 45.0], false),
        ("a child behind it", [15.0, 22.0, 25.0, 33.0], false),
    ];
    for (what, person, joined) in cases {
        let mut kept = vec![candidate(Person, person), bicycle, candidate(Car, [50.0, 50.0, 60.0, 60.0])];
        riders::join(&mut kept);
        assert_eq!(kept.len(), if joined { 2 } else { 3 }, "{what}");
        if joined {
            assert_eq!(kept[0], candidate(Bicycle, [10.0, 5.0, 30.0, 34.0]));
        }
    }
    let mut two_cycles = vec![bicycle, bicycle, candidate(Person, rider)];
    riders::join(&mut two_cycles);
    assert_eq!(two_cycles.len(), 2, "one rider for one cycle");
}

#[test]
fn a_well_seen_rider_makes_a_poorly_seen_cycle_certain() {
    // A bicycle of 16 × 8 pixels at 0.2, its rider above it at 0.8, another car at 0.5.
    let ln2 = 2.0_f32.ln();
    let found = decode(&[
        (3 * 8 + 3, [0.5, 0.5, ln2, 0.0, 1.0], &[(1, 0.2)]),
        (2 * 8 + 3, [0.5, 0.8, 0.0, ln2, 1.0], &[(0, 0.8)]),
        (63, [0.5, 0.5, 0.0, 0.0, 1.0], &[(2, 0.5)]),
    ]);
    let seen: Vec<_> = found.iter().map(|found| (found.class, found.score)).collect();
    assert_eq!(seen, [(RoadUserClass::Bicycle, 0.8), (RoadUserClass::Car, 0.5)]);
}

fn any_candidates() -> impl Strategy<Value = Vec<Candidate>> {
    let one = (0..8_usize, 0..20_u8, 0.0..50.0_f32, 0.0..50.0_f32, 1.0..30.0_f32, 1.0..30.0_f32);
    let one = one.prop_map(|(class, score, x, y, width, height)| Candidate {
        class: RoadUserClass::ALL[class],
        score: f32::from(score) / 20.0,
        bbox: [x, y, x + width, y + height],
    });
    prop::collection::vec(one, 0..60)
}

fn suppressed(mut candidates: Vec<Candidate>) -> Vec<Candidate> {
    let mut kept = Vec::new();
    nms::best_first(&mut candidates, 50);
    nms::suppress(&candidates, 0.45, &mut kept);
    kept
}

proptest! {
    #[test]
    fn suppression_twice_is_suppression_once(candidates in any_candidates()) {
        let once = suppressed(candidates);
        prop_assert_eq!(suppressed(once.clone()), once);
    }

    #[test]
    fn suppression_does_not_depend_on_order(candidates in any_candidates(), turn in 0..60_usize) {
        let mut turned = candidates.clone();
        if !turned.is_empty() {
            let turn = turn % turned.len();
            turned.rotate_left(turn);
        }
        turned.reverse();
        prop_assert_eq!(suppressed(turned), suppressed(candidates));
    }

    #[test]
    fn whatever_the_model_says_boxes_lie_in_the_frame(
        odd in prop::collection::vec((0..84 * 85_usize, prop::num::f32::ANY), 0..200),
        seed in any::<u32>(),
        width in 1..=64_u32,
        height in 1..=64_u32,
    ) {
        let mut state = seed;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 16) as f32 / 65_536.0
        };
        let mut numbers: Vec<f32> = (0..84 * 85).map(|_| next() * 1.5 - 0.2).collect();
        odd.iter().for_each(|(at, value)| numbers[*at] = *value);
        let found = Decoder::new(&manifest()).decode(&[&numbers], Placement { width, height }).unwrap();
        for detection in &found {
            let bbox = detection.bbox;
            prop_assert!(0.0 <= bbox.x1 && bbox.x1 < bbox.x2 && bbox.x2 <= 1.0);
            prop_assert!(0.0 <= bbox.y1 && bbox.y1 < bbox.y2 && bbox.y2 <= 1.0);
            prop_assert!((0.1..=1.0).contains(&detection.score));
        }
        prop_assert!(found.windows(2).all(|pair| pair[0].score >= pair[1].score));
    }
}
