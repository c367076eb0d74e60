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
