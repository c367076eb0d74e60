//! `loitering`: a person stays in a zone.

use super::{LooksAt, RuleType};
use crate::document::Fields;
use crate::event::{EventType, Severity};
use crate::scene::ZoneKind;
use schemars::JsonSchema;
use serde::Serialize;

/// Thresholds of `loitering`. It is over when the person was away for half of `min_stay_s`.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Loitering {
    /// How long a person may stay, seconds.
    pub min_stay_s: f64,
}

impl RuleType for Loitering {
    const WORD: &'static str = "loitering";
    const EVENT: EventType = EventType::Loitering;
    const SEVERITY: Severity = Severity::Low;
    const LOOKS_AT: LooksAt = LooksAt::Zones(ZoneKind::Area);

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        Some(Self { min_stay_s: fields.number("min_stay_s", 2.0..=7200.0).unwrap_or(120.0) })
    }
}
