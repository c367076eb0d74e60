//! What a box reports of the configuration in force: retained, so that a new centre sees it at once.

use crate::version::{Unknown, V1};
use crate::{CameraId, DeviceId, Scene, SiteId, UtcTime};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What became of a configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ConfigStatus {
    /// Received, not yet in force.
    Pending,
    /// In force.
    Applied,
    /// Refused for its faults; the last good one stays.
    Rejected,
}

/// One camera as the box runs it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ReportedCamera {
    /// The camera.
    pub cam: CameraId,
    /// Its name for people.
    pub name: String,
    /// The scene in force.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scene: Option<Scene>,
}

/// The configuration in force on a box.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Reported {
    /// Schema version.
    pub v: V1,
    /// The box.
    pub dev: DeviceId,
    /// Its intersection.
    pub site: SiteId,
    /// Version of the configuration: 0 while the box runs on its local files.
    pub version: u64,
    /// Hash of the configuration document; `sha256:` and hexadecimal.
    pub hash: String,
    /// What became of it.
    pub status: ConfigStatus,
    /// Since when.
    pub at: UtcTime,
    /// What is wrong with it, one line each.
    #[serde(default)]
    pub faults: Vec<String>,
    /// The cameras with the checked scenes in force.
    pub cameras: Vec<ReportedCamera>,
    /// Fields this build does not know.
    #[serde(flatten)]
    #[schemars(skip)]
    pub unknown: Unknown,
}
