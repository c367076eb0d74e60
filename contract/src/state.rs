//! Birth and last will of a box: retained, so that the centre knows who is there after its own restart.

use crate::fact::BootId;
use crate::version::{Unknown, V1};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Whether a box is connected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Presence {
    /// Connected.
    Online,
    /// Its connection ended or its will was published.
    Offline,
}

/// The retained state of a box.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DeviceState {
    /// Schema version.
    pub v: V1,
    /// Connected or not.
    pub state: Presence,
    /// The start of the box that published it.
    pub boot: BootId,
    /// Its software version.
    pub software: String,
    /// Counts connections within a boot; a will repeats its birth's, so that an old will is told
    /// from a new birth.
    pub bd: u64,
    /// Fields this build does not know.
    #[serde(flatten)]
    #[schemars(skip)]
    pub unknown: Unknown,
}
