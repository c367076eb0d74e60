//! `failure_to_yield`: a vehicle passes before or behind a person on a crossing without giving way.

use super::near_miss::uncalibrated;
use super::{LooksAt, Rule, RuleType};
use crate::document::Fields;
use crate::event::{EventType, Severity};
use crate::scene::{Scene, ZoneKind};
use schemars::JsonSchema;
use serde::Serialize;

/// Thresholds of `failure_to_yield`.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct FailureToYield {
    /// Less than this between the first leaving the place where their ways cross and the second
    /// reaching it, seconds.
    pub max_pet_s: f64,
    /// Vehicles slower than this give way, km/h.
    pub min_speed_kmh: f64,
}

impl RuleType for FailureToYield {
    const WORD: &'static str = "failure_to_yield";
    const EVENT: EventType = EventType::FailureToYield;
    const SEVERITY: Severity = Severity::High;
    const LOOKS_AT: LooksAt = LooksAt::Zones(ZoneKind::Crosswalk);

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        Some(Self {
            max_pet_s: fields.number("max_pet_s", 0.0..=5.0).unwrap_or(0.8),
            min_speed_kmh: fields.number("min_speed_kmh", 3.0..=50.0).unwrap_or(8.0),
        })
    }

    fn misses(&self, _rule: &Rule, scene: &Scene) -> Option<(String, &'static str)> {
        uncalibrated(scene)
    }
}
