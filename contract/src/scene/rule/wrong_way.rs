//! `wrong_way`: a vehicle drives against its lane.

use super::{LooksAt, RuleType};
use crate::document::Fields;
use crate::event::{EventType, Severity};
use schemars::JsonSchema;
use serde::Serialize;

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

impl RuleType for WrongWay {
    const WORD: &'static str = "wrong_way";
    const EVENT: EventType = EventType::WrongWay;
    const SEVERITY: Severity = Severity::Critical;
    const LOOKS_AT: LooksAt = LooksAt::Lanes;

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        Some(Self {
            min_angle_deg: fields.number("min_angle_deg", 91.0..=179.0).unwrap_or(120.0),
            min_distance_m: fields.number("min_distance_m", 1.0..=200.0).unwrap_or(8.0),
            min_box_lengths: fields.number("min_box_lengths", 0.5..=20.0).unwrap_or(2.0),
            min_s: fields.number("min_s", 0.2..=60.0).unwrap_or(1.0),
            min_votes: fields.number("min_votes", 0.5..=1.0).unwrap_or(0.9),
        })
    }
}
