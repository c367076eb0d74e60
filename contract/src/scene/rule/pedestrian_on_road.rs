//! `pedestrian_on_road`: a person walks or stands on the carriageway, away from crossings.

use super::{LooksAt, RuleType};
use crate::document::Fields;
use crate::event::{EventType, Severity};
use schemars::JsonSchema;
use serde::Serialize;

/// Thresholds of `pedestrian_on_road`.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct PedestrianOnRoad {
    /// Over how long it is watched before it is sure, seconds.
    pub min_s: f64,
    /// Share of the analysed frames of that time in which the foot point must be on the carriageway, 0..1.
    pub min_share: f64,
    /// How far around a crosswalk it is not judged, in box heights of the person.
    pub crosswalk_buffer: f64,
    /// How long it must be off the carriageway before that is over, seconds.
    pub clear_s: f64,
}

impl RuleType for PedestrianOnRoad {
    const WORD: &'static str = "pedestrian_on_road";
    const EVENT: EventType = EventType::PedestrianOnRoad;
    const SEVERITY: Severity = Severity::High;
    const LOOKS_AT: LooksAt = LooksAt::Carriageway;

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        Some(Self {
            min_s: fields.number("min_s", 0.3..=60.0).unwrap_or(1.0),
            min_share: fields.number("min_share", 0.5..=1.0).unwrap_or(0.8),
            crosswalk_buffer: fields.number("crosswalk_buffer", 0.0..=5.0).unwrap_or(0.5),
            clear_s: fields.number("clear_s", 1.0..=60.0).unwrap_or(3.0),
        })
    }
}
