//! Facts add up whatever their order, and nothing is lost.

use super::*;
use proptest::prelude::*;

fn cell(kind: CellKind, key: &str, speeds: &[f64], occupancy: Option<f64>) -> Cell {
    let mut count = ClassCount { n: speeds.len() as u64, ..ClassCount::default() };
    for speed in speeds {
        count.speed.get_or_insert_default().add(*speed);
        count.headway.get_or_insert_default().merge(&HeadwaySum { n: 1, sum: *speed });
    }
    let mut pet = PetSum::default();
    speeds.iter().for_each(|speed| pet.add(speed / 20.0));
    Cell {
        classes: BTreeMap::from([(RoadUserClass::Car, count)]),
        occupancy,
        queue_max_m: occupancy.map(|share| share * 100.0),
        density: occupancy,
        pet: Some(pet),
        ..Cell::new(kind, key)
    }
}

/// One fact: its observed seconds, and cells of some lines.
fn fact() -> impl Strategy<Value = (f64, Vec<Cell>)> {
    let cells = prop::collection::btree_map(
        "[NS]",
        (prop::collection::vec(0.0..120.0f64, 0..6), prop::option::of(0.0..1.0f64)),
        0..3,
    );
    (0.0..60.0f64, cells).prop_map(|(observed_s, cells)| {
        let cells = cells.into_iter().map(|(key, (speeds, share))| cell(CellKind::Lane, &key, &speeds, share));
        (observed_s, cells.collect())
    })
}

fn sums(facts: &[(f64, Vec<Cell>)]) -> Vec<Cell> {
    let mut sums = CellSums::default();
    facts.iter().for_each(|(observed_s, cells)| sums.add(cells, *observed_s));
    let mut cells = sums.into_cells();
    cells.sort_by(|a, b| a.key.cmp(&b.key));
    cells
}

fn near(a: Option<f64>, b: Option<f64>) -> bool {
    a.zip(b).map_or(a == b, |(a, b)| (a - b).abs() < 1e-9)
}

/// The same but for rounding.
fn same(a: &Cell, b: &Cell) -> bool {
    let counts = a.classes.values().zip(b.classes.values()).all(|(a, b)| {
        let speeds = match (&a.speed, &b.speed) {
            (Some(a), Some(b)) => {
                (a.n, a.slow, &a.hist) == (b.n, b.slow, &b.hist)
                    && near(Some(a.sum), Some(b.sum))
                    && near(Some(a.sum_inv), Some(b.sum_inv))
            }
            (a, b) => a == b,
        };
        let (one, other) = (a.headway.clone().unwrap_or_default(), b.headway.clone().unwrap_or_default());
        a.n == b.n && speeds && one.n == other.n && near(Some(one.sum), Some(other.sum))
    });
    counts && a.key == b.key && a.pet == b.pet && near(a.occupancy, b.occupancy) && near(a.queue_max_m, b.queue_max_m)
}

proptest! {
    #[test]
    fn the_order_does_not_matter(facts in prop::collection::vec(fact(), 0..6), turn in 0usize..6) {
        let mut other = facts.clone();
        if !other.is_empty() {
            let by = turn % other.len();
            other.rotate_left(by);
            other.reverse();
        }
        let (a, b) = (sums(&facts), sums(&other));
        prop_assert!(a.len() == b.len() && a.iter().zip(&b).all(|(a, b)| same(a, b)), "{:#?}\n{:#?}", a, b);
    }

    #[test]
    fn nothing_is_lost(facts in prop::collection::vec(fact(), 0..6)) {
        let count = |cells: &[Cell]| cells.iter().flat_map(|cell| cell.classes.values()).map(|count| count.n).sum::<u64>();
        let all: u64 = facts.iter().map(|(_, cells)| count(cells)).sum();
        prop_assert_eq!(count(&sums(&facts)), all);
    }
}

#[test]
fn near_misses_are_classed_by_half_seconds_under_five() {
    let mut sum = PetSum::default();
    for seconds in [0.0, 0.49, 0.5, 1.49, 4.99, 5.0, 17.0, -0.1, f64::NAN] {
        sum.add(seconds);
    }
    assert_eq!(sum, PetSum { n: 5, hist: BTreeMap::from([(0, 2), (5, 1), (10, 1), (45, 1)]) });
}
