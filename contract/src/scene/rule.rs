//! Rules as data: what to watch for, with which thresholds, when. Defaults are those of the design.

use super::Lane;
use crate::event::{EventType, Severity};
use crate::{LaneId, RuleId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A day of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum DayOfWeek {
    Mon,
    Tue,
    Wed,
    Thu,
    Fri,
    Sat,
    Sun,
}

/// When a rule is in force, in the site's local time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct TimeWindow {
    /// On which days; the day on which the window begins.
    pub days: Vec<DayOfWeek>,
    /// Minutes after local midnight at which it begins, 0..1439.
    pub from_min: u16,
    /// Minutes after local midnight at which it ends; at or before the beginning means the next day.
    pub to_min: u16,
}

/// Thresholds of `stopped_vehicle`.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct StoppedVehicle {
    /// How long it must stand, seconds.
    pub confirm_s: f64,
    /// Over how long displacement is measured, seconds.
    pub window_s: f64,
    /// Slower than this over the window is standing, km/h (calibrated cameras).
    pub max_speed_kmh: f64,
    /// Less than this over the window is standing, in box widths (uncalibrated cameras).
    pub max_box_widths: f64,
    /// How long a row may stand in a waiting area without moving, seconds.
    pub max_cycle_s: f64,
}

/// Thresholds of `wrong_way`.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct WrongWay {
    /// Heading that differs more than this from the lane's is against it, degrees.
    pub min_angle_deg: f64,
    /// How far it must go against the lane, metres (calibrated cameras).
    pub min_distance_m: f64,
    /// How far it must go against the lane, in box lengths (uncalibrated cameras).
    pub min_box_lengths: f64,
    /// How long it must go against the lane, seconds.
    pub min_s: f64,
    /// Share of its steps that must be against the lane, 0..1.
    pub min_votes: f64,
}

/// What a rule watches for.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum RuleKind {
    /// A vehicle stands in a live lane and is not part of a lawful queue.
    StoppedVehicle(StoppedVehicle),
    /// A vehicle drives against its lane.
    WrongWay(WrongWay),
}

impl RuleKind {
    /// The type of the events it raises.
    #[must_use]
    pub const fn event_type(&self) -> EventType {
        match self {
            Self::StoppedVehicle(_) => EventType::StoppedVehicle,
            Self::WrongWay(_) => EventType::WrongWay,
        }
    }
}

/// A rule of a scene.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Rule {
    /// Its name.
    pub id: RuleId,
    /// Its version; raised by whoever changes it.
    pub ver: u32,
    /// How soon a person should look.
    pub severity: Severity,
    /// Lanes it watches; empty for every live lane.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lanes: Vec<LaneId>,
    /// When it is in force; empty for always.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub schedule: Vec<TimeWindow>,
    /// The same cause within this time after an end continues the incident instead of raising
    /// another, seconds.
    pub cooldown_s: f64,
    /// Road users whose box is lower than this share of the frame's height are not judged.
    pub min_box_height: f64,
    /// What it watches for, and its thresholds.
    #[serde(flatten)]
    pub kind: RuleKind,
}

impl Rule {
    /// Whether it looks at a lane.
    #[must_use]
    pub fn watches(&self, lane: &Lane) -> bool {
        if self.lanes.is_empty() { lane.live } else { self.lanes.contains(&lane.id) }
    }
}
