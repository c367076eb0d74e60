//! `stopped_vehicle`: a vehicle stands in a live lane and is not part of a lawful queue.

use super::{LooksAt, RuleType, Standstill};
use crate::document::Fields;
use crate::event::{EventType, Severity};
use schemars::JsonSchema;
use serde::Serialize;

/// Thresholds of `stopped_vehicle`.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct StoppedVehicle {
    /// How long it must stand, seconds.
    pub confirm_s: f64,
    /// When it stands.
    #[serde(flatten)]
    pub standstill: Standstill,
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
            standstill: Standstill::read(fields),
            max_cycle_s: fields.number("max_cycle_s", 10.0..=3600.0).unwrap_or(120.0),
        })
    }
}
