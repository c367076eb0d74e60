//! Which camera, and how to look at it.

use kerege_contract::CameraId;
use std::fmt;
use std::time::Duration;

/// A password or the like: never shown, never logged.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(pub String);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(secret)")
    }
}

/// User name and password of a camera.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credentials {
    /// The user name.
    pub user: String,
    /// The password.
    pub password: Secret,
}

/// How the camera's packets travel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Transport {
    /// Inside the RTSP connection: nothing is lost on a busy link.
    #[default]
    Tcp,
    /// Datagrams: less delay, but packets may be lost.
    Udp,
}

/// Which camera, and how to look at it.
#[derive(Debug, Clone, PartialEq)]
pub struct CameraOptions {
    /// The camera's name.
    pub id: CameraId,
    /// Its address, `rtsp://host[:port]/path`, without user name and password.
    pub address: String,
    /// How to sign in.
    pub credentials: Option<Credentials>,
    /// How packets travel.
    pub transport: Transport,
    /// How long packets wait for those before them, milliseconds.
    pub jitter_ms: u32,
    /// Time from exposure to arrival, milliseconds, that estimated capture times are corrected by.
    pub delay_ms: f64,
    /// Frames per second to be analysed, at most.
    pub fps: f64,
    /// Without a frame for so long the stream is taken down and connected again.
    pub stall: Duration,
    /// The same picture for so long is a frozen camera.
    pub frozen: Duration,
    /// The longest wait between two attempts to connect.
    pub retry_max: Duration,
}

impl CameraOptions {
    /// The defaults: TCP, 10 frames per second, stalled or frozen after 3 s. With the time that an
    /// attempt may take, trying again after 4 s at most keeps the way back to the picture under 10 s.
    #[must_use]
    pub fn new(id: CameraId, address: impl Into<String>) -> Self {
        Self {
            id,
            address: address.into(),
            credentials: None,
            transport: Transport::Tcp,
            jitter_ms: 200,
            delay_ms: 0.0,
            fps: 10.0,
            stall: Duration::from_secs(3),
            frozen: Duration::from_secs(3),
            retry_max: Duration::from_secs(4),
        }
    }
}
