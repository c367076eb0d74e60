//! Minute facts into bins on the city's quarter hours. Pure. A bin without any fact does not exist:
//! an outage is no data, never zero.

use crate::api::types::{BinLength, CountBin, CountCell, LaneCell, MovementCell, NearMissCell, SpeedFigures};
use jiff::tz::TimeZone;
use kerege_contract::fact::{Cell, CellKind, CellSums, Direction, MinuteFact, SpeedSum};
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
    cells: CellSums,
}

/// Adds facts up by bin: counts by line and direction, lanes, movements, near misses. What the scene
/// knows and a bin has no cell of is left out of it: nobody looked there then.
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
        sum.cells.add(&fact.cells, fact.observed_s);
    }
    bins.into_iter().map(|(start, sum)| bin(start, sum, length, scene)).collect()
}

fn bin(start: UtcTime, sum: Sum, length: BinLength, scene: Option<&Scene>) -> CountBin {
    let end = after(start, length);
    let mut bin = CountBin {
        start,
        end,
        observed_s: sum.observed_s,
        coverage: (sum.observed_s / end.seconds_since(start)).clamp(0.0, 1.0),
        cells: Vec::new(),
        lanes: Vec::new(),
        movements: Vec::new(),
        unassigned: BTreeMap::new(),
        near_misses: Vec::new(),
    };
    let mut cells = sum.cells.into_cells();
    cells.sort_by(|a, b| (a.kind, &a.key, a.dir).cmp(&(b.kind, &b.key, b.dir)));
    for cell in cells {
        add(&mut bin, cell, scene);
    }
    bin
}

fn add(bin: &mut CountBin, cell: Cell, scene: Option<&Scene>) {
    let classes: BTreeMap<RoadUserClass, u64> = cell.classes.iter().map(|(class, count)| (*class, count.n)).collect();
    match (cell.kind, cell.dir) {
        (CellKind::Line, Some(dir)) => {
            let name = name_of(scene, &cell.key, dir);
            let (speed, headway_s) = (speeds(&cell), headway(&cell));
            bin.cells.push(CountCell { line: cell.key, dir, name, classes, speed, headway_s });
        }
        (CellKind::Lane, _) => bin.lanes.push(LaneCell {
            lane: cell.key,
            occupancy: cell.occupancy,
            queue_max_m: cell.queue_max_m,
            density: cell.density,
        }),
        (CellKind::Movement, _) => {
            if let Some((from, to)) = cell.key.split_once('>') {
                bin.movements.push(MovementCell { from: from.to_owned(), to: to.to_owned(), classes });
            }
        }
        (CellKind::Unassigned, _) => {
            for (class, n) in classes {
                *bin.unassigned.entry(class).or_default() += n;
            }
        }
        (CellKind::Conflict, _) => {
            let pet = cell.pet.unwrap_or_default().hist;
            bin.near_misses.push(NearMissCell { rule: cell.key, classes, pet });
        }
        (CellKind::Line, None) | (CellKind::Zone, _) => {}
    }
}

/// Fewer speeds than this tell no percentile.
const LEAST_FOR_V85: u64 = 30;

#[expect(clippy::cast_precision_loss, reason = "counts of a bin")]
fn speeds(cell: &Cell) -> Option<SpeedFigures> {
    let mut all = SpeedSum::default();
    cell.classes.values().filter_map(|count| count.speed.as_ref()).for_each(|speed| all.merge(speed));
    let n = all.n as f64;
    (all.n > 0).then(|| SpeedFigures {
        n: all.n,
        time_mean_kmh: all.sum / n,
        space_mean_kmh: n / all.sum_inv,
        v85_kmh: (all.n >= LEAST_FOR_V85).then(|| percentile(&all, 0.85)),
    })
}

/// The speed that a share does not exceed, interpolated within its bin of 1 km/h.
#[expect(clippy::cast_precision_loss, reason = "counts of a bin")]
fn percentile(speeds: &SpeedSum, share: f64) -> f64 {
    let wanted = share * speeds.n as f64;
    let mut below = 0.0;
    for (bin, n) in &speeds.hist {
        let n = *n as f64;
        if below + n >= wanted {
            return f64::from(*bin) + (wanted - below) / n;
        }
        below += n;
    }
    speeds.hist.keys().next_back().map_or(0.0, |last| f64::from(*last) + 1.0)
}

#[expect(clippy::cast_precision_loss, reason = "counts of a bin")]
fn headway(cell: &Cell) -> Option<f64> {
    let sums = cell.classes.values().filter_map(|count| count.headway.as_ref());
    let (n, sum) = sums.fold((0, 0.0), |(n, sum), headway| (n + headway.n, sum + headway.sum));
    (n > 0).then(|| sum / n as f64)
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
    use kerege_contract::fact::{BootId, ClassCount, HeadwaySum};
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
        let cell = Cell { dir: Some(Direction::Forward), classes, ..Cell::new(CellKind::Line, line) };
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

    #[test]
    fn speeds_lanes_movements_and_near_misses_are_merged() {
        let start = at("2026-03-05T08:00:00Z");
        let facts = (0..3_u16).map(|minute| {
            let mut fact = fact(start.plus_seconds(60.0 * f64::from(minute)), 60.0, "N", 0);
            let mut speed = SpeedSum::default();
            (0..20).for_each(|n| speed.add(30.0 + f64::from(n)));
            let headway = Some(HeadwaySum { n: 10, sum: 30.0 });
            let count = ClassCount { n: 20, speed: Some(speed), headway };
            fact.cells[0].classes.insert(RoadUserClass::Bus, count.clone());
            let lane = |occupancy, queue| Cell {
                occupancy: Some(occupancy),
                queue_max_m: Some(queue),
                ..Cell::new(CellKind::Lane, "N-L1")
            };
            fact.cells.push(lane(0.1 * f64::from(minute), 10.0 * f64::from(minute % 2)));
            let classes = BTreeMap::from([(RoadUserClass::Bus, ClassCount { n: 2, ..ClassCount::default() })]);
            fact.cells.push(Cell { classes: classes.clone(), ..Cell::new(CellKind::Movement, "N>E") });
            fact.cells.push(Cell { classes, ..Cell::new(CellKind::Unassigned, "N") });
            let mut pet = kerege_contract::fact::PetSum::default();
            [0.4, 1.3].into_iter().for_each(|seconds| pet.add(seconds));
            fact.cells.push(Cell { pet: Some(pet), ..Cell::new(CellKind::Conflict, "near") });
            fact
        });
        let bins = counts(facts, BinLength::Quarter, &TimeZone::UTC, None);
        let [bin] = bins.as_slice() else { panic!("{bins:?}") };
        let speed = bin.cells[0].speed.as_ref().unwrap();
        assert!((speed.time_mean_kmh - 39.5).abs() < 1e-9 && speed.space_mean_kmh < speed.time_mean_kmh);
        assert!((speed.v85_kmh.unwrap() - 47.0).abs() < 1e-9, "{speed:?}");
        assert_eq!((speed.n, bin.cells[0].headway_s), (60, Some(3.0)));
        let lane = &bin.lanes[0];
        assert!((lane.occupancy.unwrap() - 0.1).abs() < 1e-9 && lane.queue_max_m == Some(10.0), "{lane:?}");
        assert_eq!((bin.movements[0].from.as_str(), bin.movements[0].to.as_str()), ("N", "E"));
        assert_eq!((bin.movements[0].classes[&RoadUserClass::Bus], bin.unassigned[&RoadUserClass::Bus]), (6, 6));
        assert_eq!(bin.near_misses[0].pet, BTreeMap::from([(0, 3), (10, 3)]));
    }

    #[test]
    fn few_speeds_tell_no_percentile() {
        let mut few = fact(at("2026-03-05T08:00:00Z"), 60.0, "N", 1);
        let mut speed = SpeedSum::default();
        (0..29).for_each(|_| speed.add(40.0));
        few.cells[0].classes.get_mut(&RoadUserClass::Car).unwrap().speed = Some(speed);
        let bins = counts([few], BinLength::Hour, &TimeZone::UTC, None);
        assert_eq!(bins[0].cells[0].speed.as_ref().unwrap().v85_kmh, None);
        assert_eq!(bins[0].cells[0].headway_s, None);
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
