//! What a box says of itself every 30 s: signed, not stored for ever, expiring after 120 s.

use crate::event::{ChainHead, Clock};
use crate::fact::BootId;
use crate::version::{Unknown, V1};
use crate::{CameraId, DeviceId, UtcTime};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a camera is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CameraState {
    /// Not yet connected since the box started.
    Connecting,
    /// Frames arrive.
    Live,
    /// Connected, but the picture stands still.
    Frozen,
    /// Its picture shows nothing: black, covered, out of focus; `reason` says which.
    Blind,
    /// It shows another place than its scene was drawn on.
    Moved,
    /// No frames; `reason` says why.
    Down,
}

/// One camera's figures since the last health message.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CameraHealth {
    /// The camera.
    pub cam: CameraId,
    /// What it is doing.
    pub state: CameraState,
    /// Since when.
    pub since: UtcTime,
    /// Why it is down, blind or moved, for people: `connection refused`, `no frame for 3 s`, `covered`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Frames per second decoded.
    pub fps_in: f64,
    /// Frames per second analysed.
    pub fps_analysed: f64,
    /// Frames dropped since the start (overwritten before they were analysed).
    pub dropped: u64,
    /// Reconnects since the start.
    pub reconnects: u64,
    /// Capture time of the last frame.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_frame: Option<UtcTime>,
    /// Milliseconds from arrival to analysed, median.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub latency_ms: Option<f64>,
    /// Where capture times come from and how far they may be off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time: Option<CameraTime>,
    /// Width and height of the picture in stored pixels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<[u32; 2]>,
}

/// How well a camera's capture times are known.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CameraTime {
    /// Where they come from.
    pub src: crate::event::TimeSource,
    /// Error bound, milliseconds.
    pub err_ms: f64,
    /// The camera's clock less the box's, milliseconds, when the camera tells its time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub camera_offset_ms: Option<f64>,
}

/// What waits in the outbox.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct OutboxHealth {
    /// Events without receipt.
    pub events_waiting: u64,
    /// Facts without receipt.
    pub facts_waiting: u64,
    /// Items that the centre refused.
    pub quarantined: u64,
    /// Stills not yet uploaded.
    pub blobs_waiting: u64,
    /// Capture time of the oldest event without receipt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub oldest: Option<UtcTime>,
}

/// The health of a box.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Health {
    /// Schema version.
    pub v: V1,
    /// The box.
    pub dev: DeviceId,
    /// Its start.
    pub boot: BootId,
    /// When this was written.
    pub at: UtcTime,
    /// Software version.
    pub software: String,
    /// Seconds since its start.
    pub uptime_s: f64,
    /// The model in use, or why there is none.
    pub model: ModelHealth,
    /// Its cameras.
    pub cameras: Vec<CameraHealth>,
    /// Processor temperature, °C, where the machine tells it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub temperature_c: Option<f64>,
    /// Free bytes where the box keeps its data.
    pub disk_free_bytes: u64,
    /// Resident memory of the box's process, bytes.
    pub memory_bytes: u64,
    /// What waits to be sent.
    pub outbox: OutboxHealth,
    /// The box's clock.
    pub clock: Clock,
    /// The chain's head, so that dropping the newest events shows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chain: Option<ChainHead>,
    /// Fields this build does not know.
    #[serde(flatten)]
    #[schemars(skip)]
    pub unknown: Unknown,
}

/// Whether the box can see.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ModelHealth {
    /// Name of the model in use; absent when there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Hash of its file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hash: Option<String>,
    /// Why there is none and what to do; beside a name, why it is another than the one configured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
}
