//! `crowd`: many people stay in a zone.

use super::{LooksAt, RuleType};
use crate::document::Fields;
use crate::event::{EventType, Severity};
use crate::scene::ZoneKind;
use schemars::JsonSchema;
use serde::Serialize;

/// Thresholds of `crowd`. It is over when fewer were there for half of `confirm_s`.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Crowd {
    /// How many people are a crowd.
    pub min_people: u32,
    /// How long so many must be there, seconds.
    pub confirm_s: f64,
}

impl RuleType for Crowd {
    const WORD: &'static str = "crowd";
    const EVENT: EventType = EventType::Crowd;
    const SEVERITY: Severity = Severity::Medium;
    const LOOKS_AT: LooksAt = LooksAt::Zones(ZoneKind::Area);

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let min_people = fields.whole("min_people", 2..=1000).and_then(|number| u32::try_from(number).ok());
        Some(Self {
            min_people: min_people.unwrap_or(10),
            confirm_s: fields.number("confirm_s", 1.0..=3600.0).unwrap_or(30.0),
        })
    }
}
