//! Commands of the centre to a box, and the box's replies: signed, short-lived, obeyed once.

use crate::version::{Unknown, V1};
use crate::{DeviceId, UtcTime};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What the centre asks for. Arguments stand beside the name under `args`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "cmd", content = "args", rename_all = "snake_case")]
pub enum Order {
    /// Send everything from here on again, whether receipted or not: for a centre restored from a
    /// backup.
    ReplayFrom(ReplayFrom),
}

impl Order {
    /// The word on the wire, which is also the last level of the topic.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::ReplayFrom(_) => "replay_from",
        }
    }
}

/// Where to begin sending again; at least one of the two.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ReplayFrom {
    /// The first event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub events: Option<crate::receipt::UpTo>,
    /// The number of the first fact.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub facts: Option<u64>,
}

/// A command, signed by the centre's key as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Command {
    /// Schema version.
    pub v: V1,
    /// Its name: the box obeys each once. Safe in topics.
    pub id: String,
    /// The box it is for.
    pub dev: DeviceId,
    /// What is asked for.
    #[serde(flatten)]
    pub order: Order,
    /// Not to be obeyed before.
    pub nbf: UtcTime,
    /// Not to be obeyed after; at most a few minutes later.
    pub exp: UtcTime,
}

/// What became of a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CommandOutcome {
    /// Obeyed.
    Done,
    /// Obeyed before; nothing was done again.
    Repeated,
    /// Not obeyed; the detail says why.
    Refused,
}

/// The box's reply on `up/{dev}/cmd/{id}/res`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CommandResult {
    /// Schema version.
    pub v: V1,
    /// The command's name.
    pub id: String,
    /// The box.
    pub dev: DeviceId,
    /// What became of it.
    pub outcome: CommandOutcome,
    /// For people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// Fields this build does not know.
    #[serde(flatten)]
    #[schemars(skip)]
    pub unknown: Unknown,
}
