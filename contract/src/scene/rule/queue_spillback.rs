//! `queue_spillback`: a queue reaches back beyond a mark.

use super::{LooksAt, Rule, RuleType};
use crate::document::Fields;
use crate::event::{EventType, Severity};
use crate::scene::Scene;
use schemars::JsonSchema;
use serde::Serialize;

/// Thresholds of `queue_spillback`.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct QueueSpillback {
    /// The mark: metres back from the lane's end, along its centre line (calibrated cameras). Without
    /// it the mark is where the rule's line crosses the lane.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mark_m: Option<f64>,
    /// How long the queue must reach beyond the mark, seconds.
    pub confirm_s: f64,
    /// How long it must end before the mark until that is over, seconds.
    pub clear_s: f64,
}

impl RuleType for QueueSpillback {
    const WORD: &'static str = "queue_spillback";
    const EVENT: EventType = EventType::QueueSpillback;
    const SEVERITY: Severity = Severity::High;
    const LOOKS_AT: LooksAt = LooksAt::LanesAndLines;

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        Some(Self {
            mark_m: fields.number("mark_m", 1.0..=1000.0),
            confirm_s: fields.number("confirm_s", 0.0..=600.0).unwrap_or(2.0),
            clear_s: fields.number("clear_s", 1.0..=600.0).unwrap_or(10.0),
        })
    }

    fn misses(&self, rule: &Rule, scene: &Scene) -> Option<(String, &'static str)> {
        match (self.mark_m, rule.lines.len()) {
            (Some(_), 0) if scene.calibration.is_none() => Some((
                "'mark_m' needs metres, and the camera is not calibrated".into(),
                "name a line across the lane in 'lines' instead",
            )),
            (Some(_), 0) | (None, 1) => None,
            (None, 0) => Some(("it has no mark".into(), "give 'mark_m', or name a line across the lane in 'lines'")),
            _ => Some(("it has more than one mark".into(), "give either 'mark_m' or one line")),
        }
    }
}
