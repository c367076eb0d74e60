//! A decoded picture with its capture time, as it goes from capture to inference and stills.
//!
//! The pixels stay where the decoder wrote them: a frame only shares them, so that handing one over
//! costs nothing. Only `capture` knows what holds them.

use kerege_contract::event::TimeSource;
use kerege_contract::{CameraId, FrameSize, UtcTime};
use kerege_models::Picture;
use std::fmt;
use std::sync::Arc;
use std::time::Instant;

/// Where a frame's pixels lie; kept alive by the frame.
pub trait Pixels: Send + Sync {
    /// The picture, as a model wants to see it.
    fn picture(&self) -> Picture<'_>;
}

/// One decoded picture.
#[derive(Clone)]
pub struct Frame {
    /// The camera that took it.
    pub camera: CameraId,
    /// Which connection to the camera it came over, from 0; capture time starts again with each.
    pub stream_epoch: u32,
    /// Capture time, seconds from the start of the stream epoch; grows strictly within it.
    pub t: f64,
    /// Capture time in UTC; never goes back within a stream epoch.
    pub utc: UtcTime,
    /// Where `utc` comes from.
    pub source: TimeSource,
    /// Error bound of `utc`, milliseconds.
    pub err_ms: f64,
    /// Size in stored pixels and their aspect, as the stream tells it.
    pub size: FrameSize,
    /// When it was decoded, on this machine's monotonic clock.
    pub arrival: Instant,
    /// The pixels.
    pub pixels: Arc<dyn Pixels>,
}

impl fmt::Debug for Frame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Frame")
            .field("camera", &self.camera)
            .field("stream_epoch", &self.stream_epoch)
            .field("t", &self.t)
            .field("utc", &self.utc)
            .field("size", &self.size)
            .finish_non_exhaustive()
    }
}
