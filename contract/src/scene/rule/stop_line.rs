//! `stop_line`: a vehicle stands beyond its stop line, over which it came while its signal was red.

use super::red_light::{grace_s, group, stale_s};
use super::{LooksAt, RuleType};
use crate::document::Fields;
use crate::event::{EventType, Severity};
use crate::fact::Direction;
use crate::scene::read;
use schemars::JsonSchema;
use serde::Serialize;

/// Thresholds of `stop_line`. Its stop lines are those that the rule names.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct StopLine {
    /// Which way over the stop line leads into the intersection.
    pub dir: Direction,
    /// The signal group that lets traffic over the stop line.
    pub group: u16,
    /// How long it must stand beyond the line while red, seconds.
    pub confirm_s: f64,
    /// How long it must have been red before, beside all errors of time and place, seconds.
    pub grace_s: f64,
    /// Messages of the signals farther apart than this leave unknown what was between them, seconds.
    pub stale_s: f64,
}

impl RuleType for StopLine {
    const WORD: &'static str = "stop_line";
    const EVENT: EventType = EventType::StopLine;
    const SEVERITY: Severity = Severity::Low;
    const LOOKS_AT: LooksAt = LooksAt::Lines;

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let dir = fields.word("dir", read::DIRECTIONS).unwrap_or(Direction::Forward);
        let group = group(fields, "group");
        if group.is_none() {
            fields.required("group");
        }
        let confirm_s = fields.number("confirm_s", 1.0..=60.0).unwrap_or(2.0);
        let (grace_s, stale_s) = (grace_s(fields), stale_s(fields));
        Some(Self { dir, group: group?, confirm_s, grace_s, stale_s })
    }
}
