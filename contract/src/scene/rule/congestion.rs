//! `congestion`: a lane is full and slow.

use super::{LooksAt, RuleType};
use crate::document::Fields;
use crate::event::{EventType, Severity};
use schemars::JsonSchema;
use serde::Serialize;

/// Thresholds of `congestion`.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Congestion {
    /// A lane whose space-mean speed is below this is slow, km/h (calibrated cameras).
    pub max_speed_kmh: f64,
    /// The same in lengths of the vehicles' boxes per second (uncalibrated cameras). Seen from behind or
    /// before, a box is two or three times as long as the way its vehicle covers on the road.
    pub max_lengths_per_s: f64,
    /// A lane of whose length vehicles cover more than this share is full, 0..1.
    pub min_occupancy: f64,
    /// How long a lane must be full and slow, seconds.
    pub confirm_s: f64,
    /// How long it must be clear before that is over, seconds.
    pub clear_s: f64,
    /// How long it must last instead while the queue's head stands in a waiting area, seconds.
    pub max_cycle_s: f64,
}

impl RuleType for Congestion {
    const WORD: &'static str = "congestion";
    const EVENT: EventType = EventType::Congestion;
    const SEVERITY: Severity = Severity::Medium;
    const LOOKS_AT: LooksAt = LooksAt::Lanes;

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        Some(Self {
            max_speed_kmh: fields.number("max_speed_kmh", 1.0..=100.0).unwrap_or(15.0),
            max_lengths_per_s: fields.number("max_lengths_per_s", 0.05..=10.0).unwrap_or(0.35),
            min_occupancy: fields.number("min_occupancy", 0.05..=0.95).unwrap_or(0.35),
            confirm_s: fields.number("confirm_s", 1.0..=3600.0).unwrap_or(30.0),
            clear_s: fields.number("clear_s", 1.0..=3600.0).unwrap_or(60.0),
            max_cycle_s: fields.number("max_cycle_s", 10.0..=3600.0).unwrap_or(120.0),
        })
    }
}
