//! `crash_suspected`: vehicles that stop harder than anybody brakes, and stay where they are.

use super::near_miss::uncalibrated;
use super::{LooksAt, Rule, RuleType};
use crate::document::Fields;
use crate::event::{EventType, Severity};
use crate::scene::Scene;
use schemars::JsonSchema;
use serde::Serialize;

/// Thresholds of `crash_suspected`.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct CrashSuspected {
    /// Deceleration beyond what drivers do, m/s².
    pub min_decel: f64,
    /// How long all of them must stand then, seconds.
    pub stand_s: f64,
    /// How much one alone must have been turned by it, degrees.
    pub min_turn_deg: f64,
}

impl RuleType for CrashSuspected {
    const WORD: &'static str = "crash_suspected";
    const EVENT: EventType = EventType::CrashSuspected;
    const SEVERITY: Severity = Severity::Critical;
    const LOOKS_AT: LooksAt = LooksAt::Anywhere;

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        Some(Self {
            min_decel: fields.number("min_decel", 3.0..=30.0).unwrap_or(6.0),
            stand_s: fields.number("stand_s", 1.0..=60.0).unwrap_or(3.0),
            min_turn_deg: fields.number("min_turn_deg", 10.0..=180.0).unwrap_or(30.0),
        })
    }

    fn misses(&self, _rule: &Rule, scene: &Scene) -> Option<(String, &'static str)> {
        uncalibrated(scene)
    }
}
