//! `lane_violation`: a vehicle changes lanes over a marking that must not be crossed.

use super::{LooksAt, Rule, RuleType};
use crate::MarkingId;
use crate::document::Fields;
use crate::event::{EventType, Severity};
use crate::scene::Scene;
use schemars::JsonSchema;
use serde::Serialize;

/// Thresholds of `lane_violation`.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct LaneViolation {
    /// Markings it watches; empty for every one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub markings: Vec<MarkingId>,
    /// How far to each side of the marking its contact point must have been, box widths.
    pub min_box_widths: f64,
}

impl LaneViolation {
    /// Whether it watches a marking.
    #[must_use]
    pub fn watches(&self, marking: &MarkingId) -> bool {
        self.markings.is_empty() || self.markings.contains(marking)
    }
}

impl RuleType for LaneViolation {
    const WORD: &'static str = "lane_violation";
    const EVENT: EventType = EventType::LaneViolation;
    const SEVERITY: Severity = Severity::Low;
    const LOOKS_AT: LooksAt = LooksAt::Markings;

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        Some(Self {
            markings: fields.parsed_list("markings"),
            min_box_widths: fields.number("min_box_widths", 0.1..=2.0).unwrap_or(0.25),
        })
    }

    fn misses(&self, _rule: &Rule, scene: &Scene) -> Option<(String, &'static str)> {
        let unknown = self.markings.iter().find(|id| !scene.markings.iter().any(|known| known.id == **id))?;
        Some((format!("there is no marking '{unknown}'"), "draw it as [[marking]], or name another"))
    }
}
