//! `illegal_turn`: a movement from one line to another that is forbidden.

use super::{LooksAt, Rule, RuleType};
use crate::LineId;
use crate::document::Fields;
use crate::event::{EventType, Severity};
use crate::scene::Scene;
use schemars::JsonSchema;
use serde::Serialize;

/// What `illegal_turn` forbids: to come over one of the rule's lines and to leave over one of these.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct IllegalTurn {
    /// The lines by which nobody may leave who came over a line of the rule; a line of the rule itself
    /// for turning round.
    pub to: Vec<LineId>,
}

impl RuleType for IllegalTurn {
    const WORD: &'static str = "illegal_turn";
    const EVENT: EventType = EventType::IllegalTurn;
    const SEVERITY: Severity = Severity::Medium;
    const LOOKS_AT: LooksAt = LooksAt::Lines;

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        fields.required("to");
        Some(Self { to: fields.parsed_list("to") })
    }

    fn misses(&self, _rule: &Rule, scene: &Scene) -> Option<(String, &'static str)> {
        let unknown = self.to.iter().find(|id| !scene.lines.iter().any(|line| line.id == **id))?;
        Some((format!("there is no line '{unknown}'"), "draw it as [[line]], or name another"))
    }

    fn names(&self, line: &LineId) -> bool {
        self.to.contains(line)
    }
}
