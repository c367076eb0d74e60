//! Recordings: what a model saw, frame by frame, kept so that a rule can be tried on yesterday.
//!
//! A recording is a file of one JSON object a line, plain or compressed with Zstandard. It begins
//! with a [`RecordingHeader`]; then comes either one [`DetectionFrame`] for each analysed frame (the
//! box's detection log, and what simulators write), or one [`crate::files::TrackRecord`] for each
//! road user in each frame (`tracks.jsonl`). Another header may stand wherever something changes:
//! the size of the picture, the model, the start of the clock.

use crate::event::ModelRef;
use crate::version::V1;
use crate::{CameraId, Detection, FrameSize, UtcTime};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What holds for all frames that follow, until the next header.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RecordingHeader {
    /// Schema version.
    pub v: V1,
    /// Size of the analysed frames in stored pixels and their aspect; geometry needs the true shape.
    pub size: FrameSize,
    /// When `t` was 0, for frames that carry no `utc`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<UtcTime>,
    /// The camera.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cam: Option<CameraId>,
    /// The model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<ModelRef>,
}

/// What a model saw in one analysed frame. Frames in which it saw nothing are there, too.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DetectionFrame {
    /// The stream epoch: rises with each reconnect, and `t` begins anew.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub epoch: u32,
    /// Number of the analysed frame.
    pub frame: u64,
    /// Capture seconds of the stream epoch; they rise from frame to frame.
    pub t: f64,
    /// Capture time; else the header's `start` and `t` tell it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub utc: Option<UtcTime>,
    /// What was seen, weak detections included.
    pub detections: Vec<Detection>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
const fn is_zero(epoch: &u32) -> bool {
    *epoch == 0
}
