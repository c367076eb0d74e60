//! Events: what a box reports once, signs, chains and never forgets without a receipt.
//!
//! The bytes are made once by [`Event::to_bytes`], signed as they are and never re-serialised.

use crate::jws::PublicKey;
use crate::phase::SignalTimeline;
use crate::version::{Unknown, V1};
use crate::{
    CameraId, DeviceId, EventId, FrameBox, IncidentId, LaneId, RoadUserClass, RuleId, Sha256Hash, SiteId, UtcTime,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What an event is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names are the glossary's")]
pub enum EventType {
    StoppedVehicle,
    WrongWay,
    PedestrianOnRoad,
    Congestion,
    QueueSpillback,
    CrashSuspected,
    DebrisSuspected,
    SmokeFireSuspected,
    Crowd,
    Loitering,
    NearMiss,
    Speeding,
    RedLight,
    StopLine,
    IllegalStop,
    IllegalTurn,
    LaneViolation,
    FailureToYield,
    ChainStart,
    CameraDown,
    CameraBlind,
    CameraMoved,
    CameraFrozen,
    ClockUnsynced,
    SignalStale,
    DiskLow,
    OutboxHigh,
    ConfigRejected,
    Tamper,
}

/// The topic level under which an event travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum EventClass {
    /// A cause worth a person's attention.
    Incident,
    /// An incident that can lead to a fine; a candidate until a person confirms it.
    Violation,
    /// The system speaks of itself.
    System,
    /// Who did what.
    Audit,
}

impl EventClass {
    /// Every class.
    pub const ALL: [Self; 4] = [Self::Incident, Self::Violation, Self::System, Self::Audit];

    /// The word on the wire and in topics.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Incident => "incident",
            Self::Violation => "violation",
            Self::System => "system",
            Self::Audit => "audit",
        }
    }
}

impl EventType {
    /// The class this type belongs to; an event that claims another is refused.
    #[must_use]
    pub const fn class(self) -> EventClass {
        match self {
            Self::StoppedVehicle
            | Self::WrongWay
            | Self::PedestrianOnRoad
            | Self::Congestion
            | Self::QueueSpillback
            | Self::CrashSuspected
            | Self::DebrisSuspected
            | Self::SmokeFireSuspected
            | Self::Crowd
            | Self::Loitering
            | Self::NearMiss => EventClass::Incident,
            Self::Speeding
            | Self::RedLight
            | Self::StopLine
            | Self::IllegalStop
            | Self::IllegalTurn
            | Self::LaneViolation
            | Self::FailureToYield => EventClass::Violation,
            Self::ChainStart
            | Self::CameraDown
            | Self::CameraBlind
            | Self::CameraMoved
            | Self::CameraFrozen
            | Self::ClockUnsynced
            | Self::SignalStale
            | Self::DiskLow
            | Self::OutboxHigh
            | Self::ConfigRejected
            | Self::Tamper => EventClass::System,
        }
    }
}

/// Where an incident stands in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// It began.
    Start,
    /// Something about it changed.
    Update,
    /// It is over.
    End,
}

/// How soon a person should look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// For the record.
    Low,
    /// When there is time.
    Medium,
    /// Soon.
    High,
    /// Now.
    Critical,
}

/// What the box itself makes of an event; only a person makes more of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Not yet looked at by a person.
    #[default]
    Candidate,
}

/// Where a capture time comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TimeSource {
    /// The camera's own clock, by its RTCP sender reports.
    CameraNtp,
    /// The box's clock less the estimated way from the camera.
    Estimated,
    /// A video file and a given start.
    File,
}

/// Where the box's clock takes its time from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ClockSource {
    /// A network time service.
    Ntp,
    /// A satellite receiver.
    Gnss,
    /// Nothing that is known.
    None,
}

/// How well the box's clock is disciplined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ClockState {
    /// Following its source.
    Locked,
    /// Was locked; running on its own now.
    Holdover,
    /// Not to be trusted.
    Unsynced,
}

/// The state of the box's clock when something was signed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Clock {
    /// Its source.
    pub src: ClockSource,
    /// How well it follows.
    pub state: ClockState,
    /// Estimated offset from its source, milliseconds.
    pub off_ms: f64,
    /// Bound of its error, milliseconds; absent when nobody knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub err_ms: Option<f64>,
}

/// The times of an event.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct EventTimes {
    /// Capture time at which it happened.
    pub event: UtcTime,
    /// When the box was sure of it.
    pub detected: UtcTime,
    /// Where the capture time comes from.
    pub src: TimeSource,
    /// Error bound of the capture time, milliseconds.
    pub err_ms: f64,
    /// The box's clock.
    pub clock: Clock,
}

/// A road user that takes part in an event.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct EventObject {
    /// The track's name within its camera and stream epoch.
    pub track: String,
    /// Its class by the track's vote.
    pub class: RoadUserClass,
    /// Confidence of that, 0..1.
    pub conf: f64,
    /// Where it was at the event's time.
    #[serde(rename = "box")]
    pub bbox: FrameBox,
    /// Its speed, km/h, when known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub speed_kmh: Option<f64>,
    /// Error of the speed, km/h.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub speed_err_kmh: Option<f64>,
}

/// The rule that raised an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RuleRef {
    /// Its name in the scene.
    pub id: RuleId,
    /// Its version.
    pub ver: u32,
    /// Hash of the rule with its thresholds and the geometry it uses; `sha256:` and hexadecimal.
    pub hash: String,
}

/// The model that saw the road users.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ModelRef {
    /// Its name.
    pub id: String,
    /// Hash of its file; `sha256:` and hexadecimal.
    pub hash: String,
}

/// What a piece of evidence shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum EvidenceRole {
    /// A picture.
    Still,
    /// A stream copy of video.
    Clip,
}

/// A file that belongs to an event, named by its hash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Evidence {
    /// What it shows.
    pub role: EvidenceRole,
    /// Media type, such as `image/jpeg`.
    pub mime: String,
    /// Length in bytes.
    pub bytes: u64,
    /// Hash of its bytes.
    pub sha256: Sha256Hash,
    /// Whether faces and plates were masked; never true without masking.
    pub masked: bool,
}

/// Why a new epoch of the chain began.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum EpochReason {
    /// The box's first start.
    FirstStart,
    /// The outbox was damaged: what could be read was kept, and the gap is stated.
    OutboxDamaged,
    /// The outbox was gone although the box had one.
    OutboxMissing,
    /// The signing key was changed.
    KeyChanged,
}

/// The end of a chain as somebody knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ChainHead {
    /// The epoch.
    pub epoch: u32,
    /// The last sequence number.
    pub seq: u64,
    /// Hash of that event's bytes.
    pub hash: Sha256Hash,
}

/// What the first event of an epoch says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ChainStart {
    /// Why a new epoch began.
    pub reason: EpochReason,
    /// The key that signs this epoch.
    pub key: PublicKey,
    /// The last event known of the epoch before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last: Option<ChainHead>,
    /// Events that may be lost in between, when that can be told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lost_at_most: Option<u64>,
}

/// One signed and chained message of a box.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Event {
    /// Schema version.
    pub v: V1,
    /// Its name.
    pub id: EventId,
    /// The box.
    pub dev: DeviceId,
    /// Epoch of the chain, from 1.
    pub epoch: u32,
    /// Gapless number within the epoch, from 1.
    pub seq: u64,
    /// Hash of the previous event's bytes; of an epoch's first event: of the last one known, or zeros.
    pub prev: Sha256Hash,
    /// What it is about.
    #[serde(rename = "type")]
    pub kind: EventType,
    /// Its class; must fit the type.
    pub class: EventClass,
    /// Where the incident stands in its life; absent for what happens in one instant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phase: Option<Phase>,
    /// The incident it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub incident: Option<IncidentId>,
    /// How soon a person should look.
    pub severity: Severity,
    /// What the box makes of it.
    pub status: Status,
    /// When.
    pub ts: EventTimes,
    /// The intersection.
    pub site: SiteId,
    /// The camera.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cam: Option<CameraId>,
    /// The lane.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lane: Option<LaneId>,
    /// Where on Earth: longitude, latitude (WGS 84).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub geo: Option<[f64; 2]>,
    /// The road users that take part.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub obj: Vec<EventObject>,
    /// The rule that raised it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<RuleRef>,
    /// The model that saw it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<ModelRef>,
    /// Hash of the calibration in force; `sha256:` and hexadecimal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calib: Option<String>,
    /// Stills and clips, by hash.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<Evidence>,
    /// Of a violation that hangs on signals: what they showed, as it was judged by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signals: Option<SignalTimeline>,
    /// Why it ended or what happened, as a stable word such as `moved`, `left`, `restarted`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The text behind the reason, for people; never personal data.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// Of `chain_start`: why and after what.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chain: Option<ChainStart>,
    /// 16 random bytes in base64, so that a hash in a public log tells nothing.
    pub nonce: String,
    /// Fields this build does not know.
    #[serde(flatten)]
    #[schemars(skip)]
    pub unknown: Unknown,
}

/// Why bytes are not an acceptable event.
#[derive(Debug, thiserror::Error)]
pub enum BadEvent {
    /// Not the JSON of an event.
    #[error("not an event: {0}")]
    Json(#[from] serde_json::Error),
    /// The class is not that of the type.
    #[error("type {kind:?} is of class {}, not {}", kind.class().as_str(), class.as_str())]
    Class {
        /// The type given.
        kind: EventType,
        /// The class given.
        class: EventClass,
    },
    /// Sequence numbers and epochs begin at 1.
    #[error("epoch and seq begin at 1")]
    Numbering,
}

impl Event {
    /// The exact bytes to be signed, stored and sent.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("an event is plain JSON")
    }

    /// Reads and checks an event.
    ///
    /// # Errors
    /// When the bytes are not an event of this version, its class does not fit its type, or its
    /// numbers begin below 1.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, BadEvent> {
        let event: Self = serde_json::from_slice(bytes)?;
        if event.kind.class() != event.class {
            return Err(BadEvent::Class { kind: event.kind, class: event.class });
        }
        if event.epoch == 0 || event.seq == 0 {
            return Err(BadEvent::Numbering);
        }
        Ok(event)
    }
}
