//! `illegal_stop`: a vehicle stays in a zone where stopping is forbidden.

use super::{LooksAt, RuleType, Standstill};
use crate::document::Fields;
use crate::event::{EventType, Severity};
use crate::scene::ZoneKind;
use schemars::JsonSchema;
use serde::Serialize;

/// Thresholds of `illegal_stop`.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct IllegalStop {
    /// How long it may stay, seconds; usually 60 to 300.
    pub max_stay_s: f64,
    /// When it stands.
    #[serde(flatten)]
    pub standstill: Standstill,
}

impl RuleType for IllegalStop {
    const WORD: &'static str = "illegal_stop";
    const EVENT: EventType = EventType::IllegalStop;
    const SEVERITY: Severity = Severity::Medium;
    const LOOKS_AT: LooksAt = LooksAt::Zones(ZoneKind::NoStopping);

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        Some(Self {
            max_stay_s: fields.number("max_stay_s", 5.0..=3600.0).unwrap_or(60.0),
            standstill: Standstill::read(fields),
        })
    }
}
