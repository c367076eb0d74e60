//! Sites, and cameras as the centre last heard of them.

use kerege_contract::event::TimeSource;
use kerege_contract::{CameraId, DeviceId, SiteId, UtcTime, health};
use schemars::JsonSchema;
use serde::Serialize;

/// An intersection.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Site {
    /// Its id.
    pub site: SiteId,
    /// Its name for people.
    pub name: String,
    /// Where it is: longitude, latitude (WGS 84).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub geo: Option<[f64; 2]>,
}

/// What a camera is doing, as far as the centre can know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CameraState {
    /// Nothing recent is known: the box is offline or has not spoken for two minutes.
    Unknown,
    /// Not yet connected since the box started.
    Connecting,
    /// Frames arrive.
    Live,
    /// Connected, but the picture stands still.
    Frozen,
    /// Its picture shows nothing: black, covered, out of focus; the reason says which.
    Blind,
    /// It shows another place than its scene was drawn on.
    Moved,
    /// No frames; the reason says why.
    Down,
}

impl From<health::CameraState> for CameraState {
    fn from(state: health::CameraState) -> Self {
        match state {
            health::CameraState::Connecting => Self::Connecting,
            health::CameraState::Live => Self::Live,
            health::CameraState::Frozen => Self::Frozen,
            health::CameraState::Blind => Self::Blind,
            health::CameraState::Moved => Self::Moved,
            health::CameraState::Down => Self::Down,
        }
    }
}

/// A camera.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Camera {
    /// Its box.
    pub dev: DeviceId,
    /// Its id within the box.
    pub cam: CameraId,
    /// The intersection.
    pub site: SiteId,
    /// Its name for people.
    pub name: String,
    /// What it is doing.
    pub state: CameraState,
    /// Whether its box is connected.
    pub box_online: bool,
    /// Since when it has been in this state.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<UtcTime>,
    /// Why it is down, blind or moved, in the box's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Capture time of the last frame the box decoded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_frame: Option<UtcTime>,
    /// Capture time of the latest picture that may be fetched.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub picture_captured: Option<UtcTime>,
    /// Frames per second decoded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fps_in: Option<f64>,
    /// Frames per second analysed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fps_analysed: Option<f64>,
    /// Frames dropped since the box started.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dropped: Option<u64>,
    /// Reconnects since the box started.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reconnects: Option<u64>,
    /// Milliseconds from a frame's arrival to its analysis, median.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub latency_ms: Option<f64>,
    /// Width and height of the picture, stored pixels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size: Option<[u32; 2]>,
    /// Where capture times come from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_src: Option<TimeSource>,
    /// Error bound of capture times, milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_err_ms: Option<f64>,
}
