//! Cameras and files: from an encoded stream to decoded frames with capture times.
//!
//! Each camera has a thread of its own that connects, watches and connects again for ever
//! ([`Camera::open`]); what happens to one never touches another. All frames are decoded, and those
//! that are due by their capture time are put into the camera's latest-frame slot. A file
//! ([`FileSource`]) goes the same way, but waits for its reader and drops nothing.

mod backoff;
mod camera;
mod decoder;
mod file;
mod frozen;
mod live;
mod options;
mod pixels;
mod reason;
mod reports;
mod sampling;
mod stream;
mod tail;

pub use camera::Camera;
pub(crate) use decoder::{DecoderPolicy, make as make_decoder};
pub(crate) use file::words as file_words;
pub use file::{FileError, FileFrame, FileSource};
pub use options::{CameraOptions, Credentials, Secret, Transport};

use kerege_contract::event::TimeSource;
use kerege_contract::{CameraId, FrameSize, UtcTime};

/// Starts GStreamer; can be called any number of times.
///
/// # Errors
/// When it does not start, with its own words.
pub fn init() -> Result<(), String> {
    gstreamer::init().map_err(|error| error.to_string())
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
    /// Connections that were tried after the first.
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

/// Who is told what happens to a camera; called from its threads, so it must not block for long.
pub type OnChange = Box<dyn Fn(CameraEvent) + Send + Sync>;

#[cfg(test)]
mod tests;
