//! `speeding`: a vehicle is faster than the limit, its error and the tolerance taken off.

use super::{LooksAt, Rule, RuleType};
use crate::document::Fields;
use crate::event::{EventType, Severity};
use crate::scene::Scene;
use schemars::JsonSchema;
use serde::Serialize;

/// Thresholds of `speeding`.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Speeding {
    /// The speed limit, km/h.
    pub limit_kmh: f64,
    /// Faster than the limit by at most this is let pass, km/h.
    pub tolerance_kmh: f64,
    /// Over how long the median is taken, seconds.
    pub min_s: f64,
}

impl RuleType for Speeding {
    const WORD: &'static str = "speeding";
    const EVENT: EventType = EventType::Speeding;
    const SEVERITY: Severity = Severity::Medium;
    const LOOKS_AT: LooksAt = LooksAt::Lanes;

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        fields.required("limit_kmh");
        let limit_kmh = fields.number("limit_kmh", 5.0..=200.0);
        let tolerance_kmh = fields.number("tolerance_kmh", 0.0..=50.0).unwrap_or(5.0);
        let min_s = fields.number("min_s", 0.5..=10.0).unwrap_or(1.0);
        Some(Self { limit_kmh: limit_kmh?, tolerance_kmh, min_s })
    }

    fn misses(&self, _rule: &Rule, scene: &Scene) -> Option<(String, &'static str)> {
        let message = "it needs speeds, and the camera is not calibrated";
        scene.calibration.is_none().then(|| (message.into(), "add a [calibration], or leave the rule out"))
    }
}
