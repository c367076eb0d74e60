//! Minute facts: what was counted and measured in one minute of one camera. Mergeable by adding.

use crate::version::{Unknown, V1};
use crate::{CameraId, DeviceId, RoadUserClass, UtcTime};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One start of a box; a UUID.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct BootId(pub String);

/// Which way a line was crossed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// From the line's left to its right, standing at `a` and looking to `b`.
    Forward,
    /// The other way.
    Backward,
}

impl Direction {
    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Forward => "forward",
            Self::Backward => "backward",
        }
    }
}

/// What a cell of a fact is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CellKind {
    /// Passages over a line.
    Line,
    /// The state of a lane.
    Lane,
    /// Passages from one line to another; key `N>E`.
    Movement,
    /// The state of a zone.
    Zone,
    /// Tracks that fit no movement.
    Unassigned,
    /// Near misses by the rule that counts them: those who came second.
    Conflict,
}

/// Speeds of one class: sums and a sparse histogram, so that minutes add up.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct SpeedSum {
    /// How many had a speed of at least 1 km/h.
    pub n: u64,
    /// Sum of the speeds, km/h.
    pub sum: f64,
    /// Sum of the reciprocals, h/km, for the space-mean speed.
    pub sum_inv: f64,
    /// How many were under 1 km/h; not in the sums.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub slow: u64,
    /// Count by whole km/h, rounded down.
    #[serde(default)]
    pub hist: BTreeMap<u16, u64>,
}

/// Time between the fronts of one road user and the next, by the follower's class.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct HeadwaySum {
    /// How many.
    pub n: u64,
    /// Sum, seconds.
    pub sum: f64,
}

/// What was counted of one class.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct ClassCount {
    /// How many.
    pub n: u64,
    /// Their speeds, when the camera is calibrated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub speed: Option<SpeedSum>,
    /// Their headways.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub headway: Option<HeadwaySum>,
}

/// Post-encroachment times: how long after one road user left a place another came to it, as a sparse
/// histogram, so that minutes add up.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct PetSum {
    /// How many were under 5 s.
    pub n: u64,
    /// Count by half second, named by its lower edge in tenths of a second: 0, 5, 10 … 45.
    pub hist: BTreeMap<u16, u64>,
}

/// One line and direction, lane, movement or zone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Cell {
    /// What it is about.
    pub kind: CellKind,
    /// The line, lane, zone or movement.
    pub key: String,
    /// Of a line: which way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dir: Option<Direction>,
    /// Counts by class; a class that is absent from an observed cell is zero.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub classes: BTreeMap<RoadUserClass, ClassCount>,
    /// Of a lane: share of its length that was covered by road users, over the observed time, 0..1 (which
    /// is the share of time that a loop in it would have been occupied). Of a zone: share of the
    /// observed time in which anybody was in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub occupancy: Option<f64>,
    /// Of a lane: longest queue of standing or creeping vehicles back from its stop line, metres; 0 when
    /// there was none, absent where the camera is not calibrated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queue_max_m: Option<f64>,
    /// Of a lane: mean density, vehicles per kilometre.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub density: Option<f64>,
    /// Of a conflict: the post-encroachment times.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pet: Option<PetSum>,
}

/// One message per camera and minute (and per start of the box within it: `part`).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct MinuteFact {
    /// Schema version.
    pub v: V1,
    /// The box.
    pub dev: DeviceId,
    /// The box's start that made it.
    pub boot: BootId,
    /// Gapless number per device, from 1.
    pub fseq: u64,
    /// The camera.
    pub cam: CameraId,
    /// Start of the UTC minute.
    pub start: UtcTime,
    /// Length in minutes: 1, or 15 where old facts were merged under pressure.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub minutes: u32,
    /// Which part of the minute: a box restarted inside it sends another, and the parts add up.
    pub part: u32,
    /// Seconds in which gaps between analysed frames were at most 1 s and the camera could see.
    pub observed_s: f64,
    /// The counts.
    pub cells: Vec<Cell>,
    /// Of a merged fact: the numbers of the facts that were merged into it before any of them was
    /// sent, so that the gap they leave is explained.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub replaces: Vec<u64>,
    /// Fields this build does not know.
    #[serde(flatten)]
    #[schemars(skip)]
    pub unknown: Unknown,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
const fn is_zero(n: &u64) -> bool {
    *n == 0
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
const fn is_one(n: &u32) -> bool {
    *n == 1
}

const fn one() -> u32 {
    1
}

impl SpeedSum {
    /// Adds one speed in km/h. Speeds under 1 km/h are counted apart, because their reciprocal
    /// would outweigh all others.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "held within 1..=400 first")]
    pub fn add(&mut self, kmh: f64) {
        if kmh < 1.0 {
            self.slow += 1;
            return;
        }
        self.n += 1;
        self.sum += kmh;
        self.sum_inv += 1.0 / kmh;
        *self.hist.entry(kmh.min(400.0) as u16).or_default() += 1;
    }

    /// Adds all of another sum.
    pub fn merge(&mut self, other: &Self) {
        self.n += other.n;
        self.sum += other.sum;
        self.sum_inv += other.sum_inv;
        self.slow += other.slow;
        for (bin, n) in &other.hist {
            *self.hist.entry(*bin).or_default() += n;
        }
    }
}

impl HeadwaySum {
    /// Adds all of another sum.
    pub fn merge(&mut self, other: &Self) {
        self.n += other.n;
        self.sum += other.sum;
    }
}

impl ClassCount {
    /// Adds all of another count.
    pub fn merge(&mut self, other: &Self) {
        self.n += other.n;
        if let Some(speed) = &other.speed {
            self.speed.get_or_insert_default().merge(speed);
        }
        if let Some(headway) = &other.headway {
            self.headway.get_or_insert_default().merge(headway);
        }
    }
}

impl PetSum {
    /// Adds one post-encroachment time in seconds; longer ones than 5 s are no near miss.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "held within 0..5 first")]
    pub fn add(&mut self, seconds: f64) {
        if (0.0..5.0).contains(&seconds) {
            self.n += 1;
            *self.hist.entry((seconds * 2.0) as u16 * 5).or_default() += 1;
        }
    }

    /// Adds all of another sum.
    pub fn merge(&mut self, other: &Self) {
        self.n += other.n;
        for (class, n) in &other.hist {
            *self.hist.entry(*class).or_default() += n;
        }
    }
}

impl Cell {
    /// A cell with nothing in it.
    #[must_use]
    pub fn new(kind: CellKind, key: &str) -> Self {
        Self {
            kind,
            key: key.to_owned(),
            dir: None,
            classes: BTreeMap::new(),
            occupancy: None,
            queue_max_m: None,
            density: None,
            pet: None,
        }
    }

    /// Whether two cells are about the same thing, and add up.
    #[must_use]
    pub fn is_about_the_same(&self, other: &Self) -> bool {
        self.kind == other.kind && self.key == other.key && self.dir == other.dir
    }
}

/// A mean over observed seconds, as far as it is known.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Mean {
    sum: f64,
    seconds: f64,
    /// The last value, for facts that observed no time at all.
    last: Option<f64>,
}

impl Mean {
    fn add(&mut self, value: Option<f64>, seconds: f64) {
        if let Some(value) = value {
            self.sum += value * seconds;
            self.seconds += seconds;
            self.last = Some(self.last.map_or(value, |last| last.max(value)));
        }
    }

    fn value(&self) -> Option<f64> {
        if self.seconds > 0.0 { Some(self.sum / self.seconds) } else { self.last }
    }
}

/// The cells of several facts or parts of one camera, added up as they come: counts and sums add, the
/// longest queue stays, and shares and densities are weighted by the seconds in which they were
/// observed. The order does not matter.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CellSums {
    cells: Vec<CellSum>,
}

#[derive(Debug, Clone, PartialEq)]
struct CellSum {
    cell: Cell,
    occupancy: Mean,
    density: Mean,
}

impl CellSum {
    fn add(&mut self, cell: &Cell, observed_s: f64) {
        for (class, count) in &cell.classes {
            self.cell.classes.entry(*class).or_default().merge(count);
        }
        self.occupancy.add(cell.occupancy, observed_s);
        self.density.add(cell.density, observed_s);
        self.cell.queue_max_m = match (self.cell.queue_max_m, cell.queue_max_m) {
            (Some(one), Some(other)) => Some(one.max(other)),
            (one, other) => one.or(other),
        };
        if let Some(pet) = &cell.pet {
            self.cell.pet.get_or_insert_default().merge(pet);
        }
    }
}

impl CellSums {
    /// Adds a fact's cells, in which so many seconds were observed.
    pub fn add(&mut self, cells: &[Cell], observed_s: f64) {
        for cell in cells {
            let same = |sum: &CellSum| sum.cell.is_about_the_same(cell);
            let at = self.cells.iter().position(same).unwrap_or_else(|| {
                let empty = Cell { dir: cell.dir, ..Cell::new(cell.kind, &cell.key) };
                self.cells.push(CellSum { cell: empty, occupancy: Mean::default(), density: Mean::default() });
                self.cells.len() - 1
            });
            self.cells[at].add(cell, observed_s);
        }
    }

    /// The sums, in the order in which they were first met.
    #[must_use]
    pub fn into_cells(self) -> Vec<Cell> {
        let cell = |sum: CellSum| Cell { occupancy: sum.occupancy.value(), density: sum.density.value(), ..sum.cell };
        self.cells.into_iter().map(cell).collect()
    }
}

#[cfg(test)]
mod tests;
