//! What the live stream says: that something changed. The value itself is asked for by id, so that
//! a missed or reordered message never leaves a wrong value on a screen.

use super::AlarmKind;
use kerege_contract::event::{EventType, Phase, Severity};
use kerege_contract::{CameraId, DeviceId, IncidentId, SiteId, UtcTime};
use schemars::JsonSchema;
use serde::Serialize;

/// Data of `incident`: it is new or has changed.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct LiveIncident {
    /// The incident.
    pub id: IncidentId,
    /// What it is.
    #[serde(rename = "type")]
    pub kind: EventType,
    /// What the last event said.
    pub phase: Phase,
    /// How soon a person should look.
    pub severity: Severity,
    /// The box.
    pub dev: DeviceId,
    /// The intersection.
    pub site: SiteId,
    /// The camera.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cam: Option<CameraId>,
}

/// Data of `camera`: its state, scene or latest picture has changed.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct LiveCamera {
    /// The box.
    pub dev: DeviceId,
    /// The camera.
    pub cam: CameraId,
}

/// Data of `box`: its presence or health has changed.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct LiveBox {
    /// The box.
    pub dev: DeviceId,
}

/// Data of `counts`: a minute of a camera was stored.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct LiveCounts {
    /// The box.
    pub dev: DeviceId,
    /// The camera.
    pub cam: CameraId,
    /// The minute.
    pub start: UtcTime,
}

/// Data of `alarm`: raised, met again or cleared.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct LiveAlarm {
    /// The alarm.
    pub id: String,
    /// What it is about.
    pub kind: AlarmKind,
    /// Whether it holds.
    pub open: bool,
}
