//! Counts by bin, line, direction and class. A bin without any fact is absent: no data, never zero.

use kerege_contract::fact::Direction;
use kerege_contract::{CameraId, DeviceId, RoadUserClass, UtcTime};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How long a bin is; bins are aligned to the city's wall clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub enum BinLength {
    /// A quarter of an hour.
    #[default]
    #[serde(rename = "15m")]
    Quarter,
    /// An hour.
    #[serde(rename = "1h")]
    Hour,
}

/// What was counted on one line in one direction.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct CountCell {
    /// The line.
    pub line: String,
    /// Which way.
    pub dir: Direction,
    /// The direction's name, such as `northbound`, when the scene is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Passages by class; an absent class is zero.
    pub classes: BTreeMap<RoadUserClass, u64>,
    /// Their speeds, of all classes together, when the camera measures any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub speed: Option<SpeedFigures>,
    /// Mean time from one to the next, seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub headway_s: Option<f64>,
}

/// Speeds of one line and direction.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct SpeedFigures {
    /// How many had a speed.
    pub n: u64,
    /// Arithmetic mean over those that passed: the time mean, km/h.
    pub time_mean_kmh: f64,
    /// Harmonic mean: the space mean, km/h.
    pub space_mean_kmh: f64,
    /// Not exceeded by 85 %, km/h; only from 30 speeds on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub v85_kmh: Option<f64>,
}

/// What was seen in one lane.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct LaneCell {
    /// The lane.
    pub lane: String,
    /// Share of its length that was covered by road users, over the observed time, 0..1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub occupancy: Option<f64>,
    /// Longest queue back from its stop line, metres; absent where the camera is not calibrated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub queue_max_m: Option<f64>,
    /// Mean density, vehicles per kilometre; absent where the camera is not calibrated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub density: Option<f64>,
}

/// Who went from one line to another.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct MovementCell {
    /// The first line crossed.
    pub from: String,
    /// The last line crossed.
    pub to: String,
    /// Road users by class; an absent class is zero.
    pub classes: BTreeMap<RoadUserClass, u64>,
}

/// Near misses that one rule counts.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct NearMissCell {
    /// The rule.
    pub rule: String,
    /// Those who came second, by class; an absent class is zero.
    pub classes: BTreeMap<RoadUserClass, u64>,
    /// Count by post-encroachment time in half seconds, named by the lower edge in tenths of a second.
    pub pet: BTreeMap<u16, u64>,
}

/// One aligned interval for which there is data.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct CountBin {
    /// Its start.
    pub start: UtcTime,
    /// Its end, exclusive.
    pub end: UtcTime,
    /// Seconds in which the camera saw.
    pub observed_s: f64,
    /// Observed seconds over the bin's length, 0..1.
    pub coverage: f64,
    /// The counts.
    pub cells: Vec<CountCell>,
    /// The lanes.
    pub lanes: Vec<LaneCell>,
    /// From where to where: every pair of lines that somebody went.
    pub movements: Vec<MovementCell>,
    /// Road users by class that fit no movement: they crossed one line only, or none.
    pub unassigned: BTreeMap<RoadUserClass, u64>,
    /// Near misses.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub near_misses: Vec<NearMissCell>,
}

/// Counts of one camera.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Counts {
    /// The box.
    pub dev: DeviceId,
    /// The camera.
    pub cam: CameraId,
    /// Start of the first bin asked for.
    pub from: UtcTime,
    /// End of the last bin asked for.
    pub to: UtcTime,
    /// Length of a bin.
    pub bin: BinLength,
    /// The bins with data, oldest first.
    pub bins: Vec<CountBin>,
}
