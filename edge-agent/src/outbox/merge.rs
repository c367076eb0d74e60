//! Merging minute facts of one camera into one fact of fifteen minutes, when the outbox is under
//! pressure. Counts and sums add; shares and densities are weighted by the observed time.

use kerege_contract::fact::{CellSums, MinuteFact};
use kerege_contract::{CameraId, UtcTime};

/// Length of a merged fact, minutes.
pub(super) const MERGED_MINUTES: u32 = 15;
const QUARTER_MS: i64 = 15 * 60_000;

/// The quarter hour that a minute lies in.
pub(super) fn quarter(start: UtcTime) -> UtcTime {
    UtcTime::from_millis(start.millis() - start.millis().rem_euclid(QUARTER_MS))
}

/// Adds facts of one camera and quarter hour up. The number is the merged fact's own; the numbers
/// of the others are named in `replaces`. None when there is nothing to add up.
pub(super) fn merge(facts: &[MinuteFact], fseq: u64) -> Option<MinuteFact> {
    let first = facts.first()?;
    let mut merged = MinuteFact {
        v: first.v,
        dev: first.dev.clone(),
        boot: first.boot.clone(),
        fseq,
        cam: CameraId::clone(&first.cam),
        start: quarter(first.start),
        minutes: MERGED_MINUTES,
        part: 0,
        observed_s: 0.0,
        cells: Vec::new(),
        replaces: Vec::new(),
        unknown: first.unknown.clone(),
    };
    let mut sums = CellSums::default();
    for fact in facts {
        sums.add(&fact.cells, fact.observed_s);
        merged.observed_s += fact.observed_s;
        merged.replaces.push(fact.fseq);
        merged.replaces.extend(&fact.replaces);
    }
    merged.cells = sums.into_cells();
    Some(merged)
}

#[cfg(test)]
mod tests {
    use super::*;
    use kerege_contract::RoadUserClass;
    use kerege_contract::fact::{BootId, Cell, CellKind, ClassCount};
    use kerege_contract::version::V1;
    use std::collections::BTreeMap;

    fn fact(fseq: u64, minute: i64, cars: u64, occupancy: f64) -> MinuteFact {
        let count = ClassCount { n: cars, speed: None, headway: None };
        let line = Cell { classes: BTreeMap::from([(RoadUserClass::Car, count)]), ..Cell::new(CellKind::Line, "N") };
        let lane =
            Cell { occupancy: Some(occupancy), queue_max_m: Some(occupancy * 10.0), ..Cell::new(CellKind::Lane, "L") };
        MinuteFact {
            v: V1,
            dev: "b1".parse().unwrap(),
            boot: BootId("x".into()),
            fseq,
            cam: "c1".parse().unwrap(),
            start: UtcTime::from_millis(QUARTER_MS * 100 + minute * 60_000),
            minutes: 1,
            part: 0,
            observed_s: 60.0,
            cells: vec![line, lane],
            replaces: Vec::new(),
            unknown: kerege_contract::version::Unknown::new(),
        }
    }

    #[test]
    fn counts_add_and_shares_are_weighted() {
        let merged = merge(&[fact(4, 0, 3, 0.2), fact(6, 1, 4, 0.4), fact(9, 14, 0, 0.6)], 12).unwrap();
        assert_eq!((merged.fseq, merged.minutes, merged.replaces), (12, 15, vec![4, 6, 9]));
        assert_eq!(merged.start.millis(), QUARTER_MS * 100);
        assert!((merged.observed_s - 180.0).abs() < 1e-9);
        assert_eq!(merged.cells.len(), 2);
        assert_eq!(merged.cells[0].classes[&RoadUserClass::Car].n, 7);
        assert!((merged.cells[1].occupancy.unwrap() - 0.4).abs() < 1e-9);
        assert!((merged.cells[1].queue_max_m.unwrap() - 6.0).abs() < 1e-9);
        assert!(merge(&[], 1).is_none());
    }
}
