//! `near_miss`: two road users come to the place where their ways cross shortly after one another.

use super::{LooksAt, Rule, RuleType};
use crate::document::Fields;
use crate::event::{EventType, Severity};
use crate::scene::Scene;
use schemars::JsonSchema;
use serde::Serialize;

/// Thresholds of `near_miss`.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct NearMiss {
    /// Less than this between the first leaving the place and the second reaching it is an incident,
    /// seconds.
    pub max_pet_s: f64,
    /// Less than this is counted, seconds.
    pub counted_pet_s: f64,
    /// Vehicles slower than this are in nobody's way, km/h.
    pub min_speed_kmh: f64,
}

impl RuleType for NearMiss {
    const WORD: &'static str = "near_miss";
    const EVENT: EventType = EventType::NearMiss;
    const SEVERITY: Severity = Severity::Medium;
    const LOOKS_AT: LooksAt = LooksAt::Anywhere;

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        Some(Self {
            max_pet_s: fields.number("max_pet_s", 0.0..=5.0).unwrap_or(0.8),
            counted_pet_s: fields.number("counted_pet_s", 0.0..=5.0).unwrap_or(1.5),
            min_speed_kmh: fields.number("min_speed_kmh", 3.0..=50.0).unwrap_or(8.0),
        })
    }

    fn misses(&self, _rule: &Rule, scene: &Scene) -> Option<(String, &'static str)> {
        uncalibrated(scene)
    }
}

/// What a rule misses that measures in metres.
pub(super) fn uncalibrated(scene: &Scene) -> Option<(String, &'static str)> {
    let message = "it measures on the road, and the scene has no calibration";
    scene.calibration.is_none().then(|| (message.to_owned(), "give a [calibration], or leave the rule out"))
}
