//! `red_light`: a vehicle drives over its stop line while its signal is red.

use super::{LooksAt, Rule, RuleType};
use crate::LineId;
use crate::document::Fields;
use crate::event::{EventType, Severity};
use crate::fact::Direction;
use crate::scene::{Scene, read};
use schemars::JsonSchema;
use serde::Serialize;

/// Thresholds of `red_light`. Its stop lines are those that the rule names.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct RedLight {
    /// Which way over the stop line leads into the intersection.
    pub dir: Direction,
    /// The signal group that lets traffic over the stop line.
    pub group: u16,
    /// A second group, such as an arrow, by which those may go who turn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub turn_group: Option<u16>,
    /// The lines by which those leave who turn by the second group.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub turn_lines: Vec<LineId>,
    /// How long it must have been red before, beside all errors of time and place, seconds.
    pub grace_s: f64,
    /// Messages of the signals farther apart than this leave unknown what was between them, seconds.
    pub stale_s: f64,
}

impl RuleType for RedLight {
    const WORD: &'static str = "red_light";
    const EVENT: EventType = EventType::RedLight;
    const SEVERITY: Severity = Severity::High;
    const LOOKS_AT: LooksAt = LooksAt::Lines;

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let dir = fields.word("dir", read::DIRECTIONS).unwrap_or(Direction::Forward);
        let group = group(fields, "group");
        if group.is_none() {
            fields.required("group");
        }
        let (turn_group, turn_lines) = (group_of_turns(fields), fields.parsed_list("turn_lines"));
        let (grace_s, stale_s) = (grace_s(fields), stale_s(fields));
        Some(Self { dir, group: group?, turn_group, turn_lines, grace_s, stale_s })
    }

    fn misses(&self, _rule: &Rule, scene: &Scene) -> Option<(String, &'static str)> {
        if self.turn_group.is_some() == self.turn_lines.is_empty() {
            let message = "'turn_group' and 'turn_lines' belong together".to_owned();
            return Some((message, "give both, or neither"));
        }
        let unknown = self.turn_lines.iter().find(|id| !scene.lines.iter().any(|line| line.id == **id))?;
        Some((format!("there is no line '{unknown}'"), "draw it as [[line]], or name another"))
    }

    fn names(&self, line: &LineId) -> bool {
        self.turn_lines.contains(line)
    }
}

pub(super) fn group(fields: &mut Fields<'_>, key: &'static str) -> Option<u16> {
    fields.whole(key, 0..=i64::from(u16::MAX)).and_then(|group| u16::try_from(group).ok())
}

fn group_of_turns(fields: &mut Fields<'_>) -> Option<u16> {
    group(fields, "turn_group")
}

pub(super) fn grace_s(fields: &mut Fields<'_>) -> f64 {
    fields.number("grace_s", 0.0..=10.0).unwrap_or(0.5)
}

pub(super) fn stale_s(fields: &mut Fields<'_>) -> f64 {
    fields.number("stale_s", 0.5..=10.0).unwrap_or(2.0)
}
