//! `debris_suspected`: something of no known class lies in a live lane.

use super::{LooksAt, RuleType};
use crate::document::Fields;
use crate::event::{EventType, Severity};
use schemars::JsonSchema;
use serde::Serialize;

/// Thresholds of `debris_suspected`. What is lower than the rule's `min_box_height` is not meant.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct DebrisSuspected {
    /// How long it must lie still, seconds.
    pub confirm_s: f64,
    /// How long it must be gone before that is over, seconds.
    pub clear_s: f64,
}

impl RuleType for DebrisSuspected {
    const WORD: &'static str = "debris_suspected";
    const EVENT: EventType = EventType::DebrisSuspected;
    const SEVERITY: Severity = Severity::High;
    const LOOKS_AT: LooksAt = LooksAt::Lanes;

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        Some(Self {
            confirm_s: fields.number("confirm_s", 4.0..=600.0).unwrap_or(10.0),
            clear_s: fields.number("clear_s", 1.0..=600.0).unwrap_or(3.0),
        })
    }
}
