//! Signing in, and who one is then.

use kerege_contract::UtcTime;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a person does here; it decides what they may see.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Duty officer: incidents, stills and cameras.
    Officer,
    /// Operator: what an officer sees, and scenes, counts, boxes and alarms.
    Operator,
    /// Planner: statistics only.
    Planner,
    /// Administrator: users, boxes and alarms; no evidence.
    Admin,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 4] = [Self::Officer, Self::Operator, Self::Planner, Self::Admin];

    /// The word on the wire and on the command line.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Officer => "officer",
            Self::Operator => "operator",
            Self::Planner => "planner",
            Self::Admin => "admin",
        }
    }

    /// The role that a word names.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == word)
    }
}

/// A name and its password.
#[derive(Deserialize, JsonSchema)]
pub struct SignIn {
    /// The user's name.
    pub name: String,
    /// The password.
    pub password: String,
}

impl std::fmt::Debug for SignIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SignIn").field("name", &self.name).finish_non_exhaustive()
    }
}

/// Who is signed in.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Session {
    /// The user's name.
    pub name: String,
    /// Their role.
    pub role: Role,
    /// When the session ends if nothing is done until then.
    pub expires: UtcTime,
    /// The city's time zone, as in `Asia/Bishkek`; all times are shown in it.
    pub time_zone: String,
}
