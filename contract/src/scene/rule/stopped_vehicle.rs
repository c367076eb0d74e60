//! `stopped_vehicle`: a vehicle stands in a live lane and is not part of a lawful queue.

use super::{LooksAt, RuleType};
use crate::document::Fields;
use crate::event::{EventType, Severity};
use schemars::JsonSchema;
use serde::Serialize;

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

impl RuleType for StoppedVehicle {
    const WORD: &'static str = "stopped_vehicle";
    const EVENT: EventType = EventType::StoppedVehicle;
    const SEVERITY: Severity = Severity::High;
    const LOOKS_AT: LooksAt = LooksAt::Lanes;

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        Some(Self {
            confirm_s: fields.number("confirm_s", 1.0..=600.0).unwrap_or(8.0),
            window_s: fields.number("window_s", 0.5..=10.0).unwrap_or(2.0),
            max_speed_kmh: fields.number("max_speed_kmh", 0.5..=20.0).unwrap_or(3.0),
            max_box_widths: fields.number("max_box_widths", 0.05..=1.0).unwrap_or(0.3),
            max_cycle_s: fields.number("max_cycle_s", 10.0..=3600.0).unwrap_or(120.0),
        })
    }
}
