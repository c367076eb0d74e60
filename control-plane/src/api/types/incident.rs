//! Incidents, made from the events that carry their id.

use super::ChainVerdict;
use kerege_contract::event::{
    EventClass, EventObject, EventTimes, EventType, EvidenceRole, ModelRef, Phase, RuleRef, Severity,
};
use kerege_contract::{CameraId, DeviceId, EventId, IncidentId, LaneId, Sha256Hash, SiteId, UtcTime};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which incidents are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum IncidentState {
    /// Those that have not ended.
    Open,
    /// Those that have.
    Ended,
    /// Both.
    #[default]
    All,
}

/// A still or clip, named by its hash.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Evidence {
    /// What it shows.
    pub role: EvidenceRole,
    /// Media type.
    pub mime: String,
    /// Length in bytes.
    pub bytes: u64,
    /// Hash of its bytes; it is fetched by it.
    pub sha256: Sha256Hash,
    /// Whether faces and plates are masked.
    pub masked: bool,
    /// Whether the centre has it.
    pub stored: bool,
}

/// One cause worth a person's attention.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Incident {
    /// Its id, the same from its start to its end.
    pub id: IncidentId,
    /// What it is.
    #[serde(rename = "type")]
    pub kind: EventType,
    /// Incident, or violation (a candidate until a person confirms it).
    pub class: EventClass,
    /// How soon a person should look.
    pub severity: Severity,
    /// The box.
    pub dev: DeviceId,
    /// The intersection.
    pub site: SiteId,
    /// The camera.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cam: Option<CameraId>,
    /// The camera's name for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub camera_name: Option<String>,
    /// The lane.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lane: Option<LaneId>,
    /// Capture time at which it began.
    pub started: UtcTime,
    /// Capture time at which it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended: Option<UtcTime>,
    /// Whether it has not ended.
    pub open: bool,
    /// When the centre last heard of it.
    pub updated: UtcTime,
    /// Error bound of its start, milliseconds.
    pub time_err_ms: f64,
    /// Why it ended, as a stable word.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The still that shows why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub still: Option<Evidence>,
    /// The road users that take part, where they were on the still.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub objects: Vec<EventObject>,
}

/// One event of an incident, and what the centre could check of it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct IncidentEvent {
    /// Its id.
    pub id: EventId,
    /// Epoch of its chain.
    pub epoch: u32,
    /// Its number within the epoch.
    pub seq: u64,
    /// Hash of its exact bytes.
    pub hash: Sha256Hash,
    /// What it is about.
    #[serde(rename = "type")]
    pub kind: EventType,
    /// Start, update or end; what happens in one instant is a start.
    pub phase: Phase,
    /// How soon a person should look.
    pub severity: Severity,
    /// When, and how well that is known.
    pub ts: EventTimes,
    /// When the centre stored it.
    pub received: UtcTime,
    /// Whether the box's signature fits the stored bytes, checked now.
    pub signature_ok: bool,
    /// How its chain stands up to it.
    pub chain: ChainVerdict,
    /// The road users that take part.
    pub obj: Vec<EventObject>,
    /// Stills and clips.
    pub evidence: Vec<Evidence>,
    /// The lane.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lane: Option<LaneId>,
    /// The rule that raised it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<RuleRef>,
    /// The model that saw it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<ModelRef>,
    /// Why, as a stable word.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The text behind the reason.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

/// An incident with all of its events.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct IncidentDetail {
    /// The incident.
    #[serde(flatten)]
    pub incident: Incident,
    /// Its events in the order of their chain.
    pub events: Vec<IncidentEvent>,
    /// The worst chain verdict of its events.
    pub chain: ChainVerdict,
    /// Whether every event's signature fits.
    pub signature_ok: bool,
}

/// Some incidents, newest first.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct IncidentPage {
    /// The incidents.
    pub items: Vec<Incident>,
    /// What to give as `before` for the next page; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}
