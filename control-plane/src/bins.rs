//! Minute facts into bins on the city's quarter hours. Pure. A bin without any fact does not exist:
//! an outage is no data, never zero.

use crate::api::types::{BinLength, CountBin, CountCell};
use jiff::tz::TimeZone;
use kerege_contract::fact::{CellKind, Direction, MinuteFact};
use kerege_contract::{RoadUserClass, Scene, UtcTime};
use std::collections::BTreeMap;

impl BinLength {
    /// Length, milliseconds.
    #[must_use]
    pub const fn millis(self) -> i64 {
        match self {
            Self::Quarter => 15 * 60 * 1000,
            Self::Hour => 60 * 60 * 1000,
        }
    }
}

/// The start of the bin that an instant lies in, on the wall clock of a zone.
#[must_use]
pub fn bin_start(at: UtcTime, length: BinLength, zone: &TimeZone) -> UtcTime {
    let instant = jiff::Timestamp::from_millisecond(at.millis()).unwrap_or_default();
    let offset = i64::from(zone.to_offset(instant).seconds()) * 1000;
    let local = at.millis() + offset;
    UtcTime::from_millis(local - local.rem_euclid(length.millis()) - offset)
}

/// The end of the bin that ends at or after an instant.
#[must_use]
pub fn bin_end(at: UtcTime, length: BinLength, zone: &TimeZone) -> UtcTime {
    let start = bin_start(at, length, zone);
    if start == at { at } else { after(start, length) }
}

fn after(start: UtcTime, length: BinLength) -> UtcTime {
    UtcTime::from_millis(start.millis() + length.millis())
}

#[derive(Default)]
struct Sum {
    observed_s: f64,
    cells: BTreeMap<(String, Direction), BTreeMap<RoadUserClass, u64>>,
}

/// Adds facts up by bin, line, direction and class. Lines that the scene knows and a bin has no cell
/// of are left out of it: nobody looked at them then.
#[must_use]
pub fn counts(
    facts: impl IntoIterator<Item = MinuteFact>,
    length: BinLength,
    zone: &TimeZone,
    scene: Option<&Scene>,
) -> Vec<CountBin> {
    let mut bins: BTreeMap<UtcTime, Sum> = BTreeMap::new();
    for fact in facts {
        let sum = bins.entry(bin_start(fact.start, length, zone)).or_default();
        sum.observed_s += fact.observed_s;
        for cell in fact.cells.into_iter().filter(|cell| cell.kind == CellKind::Line) {
            let Some(dir) = cell.dir else { continue };
            let classes = sum.cells.entry((cell.key, dir)).or_default();
            for (class, count) in cell.classes {
                *classes.entry(class).or_default() += count.n;
            }
        }
    }
    bins.into_iter().map(|(start, sum)| bin(start, sum, length, scene)).collect()
}

fn bin(start: UtcTime, sum: Sum, length: BinLength, scene: Option<&Scene>) -> CountBin {
    let end = after(start, length);
    let cells = sum.cells.into_iter().map(|((line, dir), classes)| {
        let name = name_of(scene, &line, dir);
        CountCell { line, dir, name, classes }
    });
    CountBin {
        start,
        end,
        observed_s: sum.observed_s,
        coverage: (sum.observed_s / end.seconds_since(start)).clamp(0.0, 1.0),
        cells: cells.collect(),
    }
}

fn name_of(scene: Option<&Scene>, line: &str, dir: Direction) -> Option<String> {
    let line = scene?.lines.iter().find(|known| known.id.as_str() == line)?;
    let name = match dir {
        Direction::Forward => &line.forward,
        Direction::Backward => &line.backward,
    };
    Some(name.clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use kerege_contract::fact::{BootId, Cell, ClassCount};
    use kerege_contract::version::V1;
    use proptest::prelude::*;

    fn zone(name: &str) -> TimeZone {
        TimeZone::get(name).unwrap()
    }

    fn at(text: &str) -> UtcTime {
        text.parse().unwrap()
    }

    fn fact(start: UtcTime, observed_s: f64, line: &str, n: u64) -> MinuteFact {
        let classes = BTreeMap::from([(RoadUserClass::Car, ClassCount { n, ..ClassCount::default() })]);
        let cell = Cell {
            kind: CellKind::Line,
            key: line.into(),
            dir: Some(Direction::Forward),
            classes,
            occupancy: None,
            queue_max_m: None,
            density: None,
        };
        MinuteFact {
            v: V1,
            dev: kerege_contract::DeviceId::new("a").unwrap(),
            boot: BootId("b".into()),
            fseq: 1,
            cam: kerege_contract::CameraId::new("c").unwrap(),
            start,
            minutes: 1,
            part: 0,
            observed_s,
            cells: vec![cell],
            replaces: Vec::new(),
            unknown: serde_json::Map::new(),
        }
    }

    #[test]
    fn bins_follow_the_wall_clock() {
        let bishkek = zone("Asia/Bishkek");
        assert_eq!(bin_start(at("2026-03-05T08:13:58Z"), BinLength::Quarter, &bishkek), at("2026-03-05T08:00:00Z"));
        assert_eq!(bin_start(at("2026-03-05T08:13:58Z"), BinLength::Hour, &bishkek), at("2026-03-05T08:00:00Z"));
        // Kathmandu is UTC+5:45: its hours begin at a quarter past UTC's.
        let kathmandu = zone("Asia/Kathmandu");
        assert_eq!(bin_start(at("2026-03-05T08:13:58Z"), BinLength::Hour, &kathmandu), at("2026-03-05T07:15:00Z"));
        assert_eq!(bin_end(at("2026-03-05T08:15:00Z"), BinLength::Hour, &kathmandu), at("2026-03-05T08:15:00Z"));
        assert_eq!(bin_end(at("2026-03-05T08:15:01Z"), BinLength::Hour, &kathmandu), at("2026-03-05T09:15:00Z"));
    }

    #[test]
    fn an_outage_is_absent_and_half_a_bin_says_so() {
        let minutes = (0..7).map(|n| fact(at("2026-03-05T08:00:00Z").plus_seconds(f64::from(n) * 60.0), 60.0, "N", 2));
        let later = fact(at("2026-03-05T08:45:00Z"), 0.0, "N", 0);
        let bins = counts(minutes.chain([later]), BinLength::Quarter, &zone("Asia/Bishkek"), None);
        assert_eq!(bins.len(), 2, "08:15 and 08:30 are absent");
        assert_eq!((bins[0].observed_s, bins[0].cells[0].classes[&RoadUserClass::Car]), (420.0, 14));
        assert!((bins[0].coverage - 420.0 / 900.0).abs() < 1e-12);
        assert_eq!(bins[1].coverage, 0.0);
    }

    #[test]
    fn directions_have_the_scenes_names() {
        let scene = "v = 1\n[[line]]\nid = \"N\"\na = [0.1, 0.5]\nb = [0.9, 0.5]\nforward = \"northbound\"\nbackward = \"southbound\"\n";
        let scene = Scene::from_toml(scene).unwrap();
        let bins =
            counts([fact(at("2026-03-05T08:00:00Z"), 60.0, "N", 1)], BinLength::Hour, &TimeZone::UTC, Some(&scene));
        assert_eq!(bins[0].cells[0].name.as_deref(), Some("northbound"));
    }

    proptest! {
        #[test]
        fn nothing_is_lost_or_doubled(minutes in prop::collection::vec((0i64..3000, 0u64..50), 0..100), hour in any::<bool>()) {
            let length = if hour { BinLength::Hour } else { BinLength::Quarter };
            let base = at("2026-03-05T00:00:00Z").millis();
            let total: u64 = minutes.iter().map(|(_, n)| n).sum();
            let facts = minutes.iter().map(|(m, n)| fact(UtcTime::from_millis(base + m * 60_000), 60.0, "N", *n));
            let bins = counts(facts, length, &zone("Asia/Bishkek"), None);
            let counted: u64 = bins.iter().flat_map(|bin| &bin.cells).flat_map(|cell| cell.classes.values()).sum();
            prop_assert_eq!(counted, total);
            prop_assert!(bins.windows(2).all(|pair| pair[0].end <= pair[1].start));
            prop_assert!(bins.iter().all(|bin| bin_start(bin.start, length, &zone("Asia/Bishkek")) == bin.start));
        }
    }
}
