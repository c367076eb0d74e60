//! Alarms: what the centre holds against a box, the broker or itself until it is cleared.

use kerege_contract::event::Severity;
use kerege_contract::{DeviceId, UtcTime};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What an alarm is about; stable words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AlarmKind {
    /// A device that is not in the configuration spoke.
    UnknownDevice,
    /// A message that is not JSON of its kind.
    Malformed,
    /// A message of a schema version that this centre does not read.
    UnknownVersion,
    /// A signature that does not fit.
    BadSignature,
    /// Topic, payload and key are not of the same device.
    WrongDevice,
    /// A class that does not fit the type or the topic.
    WrongClass,
    /// A message longer than the contract allows.
    TooLarge,
    /// Two different events or facts with the same number.
    Fork,
    /// An event that does not name the one before it.
    ChainBroken,
    /// Events are missing for longer than a link should need.
    ChainGap,
    /// A box began a new epoch and states what may be lost.
    ChainRestarted,
    /// Two boxes use the same identity.
    DuplicateDevice,
    /// A box is not connected.
    BoxOffline,
    /// The broker refused a client.
    BrokerRefused,
    /// An upload that was refused.
    UploadRefused,
    /// Stills were removed before their time to make room.
    StillsEvicted,
    /// A camera gives no frames.
    CameraDown,
    /// A camera sees nothing.
    CameraBlind,
    /// A camera was turned.
    CameraMoved,
    /// A camera's picture stands still.
    CameraFrozen,
    /// A box does not know the time.
    ClockUnsynced,
    /// A site's signal phases are stale.
    SignalStale,
    /// A box's disk is nearly full.
    DiskLow,
    /// A box's outbox is nearly full.
    OutboxHigh,
    /// A box refused its configuration.
    ConfigRejected,
    /// Somebody is at the cabinet.
    Tamper,
}

/// One cause of concern, however often it was met.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Alarm {
    /// Its id.
    pub id: String,
    /// What it is about.
    pub kind: AlarmKind,
    /// How soon a person should look.
    pub severity: Severity,
    /// The box it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dev: Option<DeviceId>,
    /// What happened, for people; never personal data.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// When it was first met.
    pub raised: UtcTime,
    /// When it was last met.
    pub last: UtcTime,
    /// How often it was met.
    pub count: u64,
    /// Whether it still holds.
    pub open: bool,
    /// When it was cleared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cleared: Option<UtcTime>,
}
