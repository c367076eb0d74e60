//! The files that `analyze` writes and the box keeps for people: one JSON object a line.

use crate::fact::Direction;
use crate::version::V1;
use crate::{CameraId, FrameBox, IncidentId, LineId, RoadUserClass, Sha256Hash, UtcTime};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One road user crossing a line, as a manual count would note it (`passages.jsonl`).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PassageRecord {
    /// Interpolated time of the crossing.
    pub at: UtcTime,
    /// Seconds from the start of the stream.
    pub t: f64,
    /// The camera.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cam: Option<CameraId>,
    /// The line.
    pub line: LineId,
    /// Which way.
    pub dir: Direction,
    /// That direction's name, such as `northbound`.
    pub name: String,
    /// Class by the track's vote so far.
    pub class: RoadUserClass,
    /// Speed, km/h, when known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub speed_kmh: Option<f64>,
    /// Its error, km/h.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub speed_err_kmh: Option<f64>,
    /// The track.
    pub track: String,
}

/// One road user in one analysed frame (`tracks.jsonl`).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TrackRecord {
    /// Number of the analysed frame, from 0.
    pub frame: u64,
    /// Capture time, seconds from the start of the stream.
    pub t: f64,
    /// The track.
    pub track: String,
    /// Class by the track's vote so far.
    pub class: RoadUserClass,
    /// Confidence of the detection, 0..1.
    pub score: f32,
    /// Where the model saw it.
    #[serde(rename = "box")]
    pub bbox: FrameBox,
    /// Road coordinates of its contact point, metres, on a calibrated camera.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub road: Option<[f64; 2]>,
    /// Speed, km/h, when known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub speed_kmh: Option<f64>,
}

/// Counts of one line, one way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LineCount {
    /// The line.
    pub line: LineId,
    /// Which way.
    pub dir: Direction,
    /// That direction's name.
    pub name: String,
    /// All classes.
    pub total: u64,
    /// By class; absent is zero.
    pub classes: BTreeMap<RoadUserClass, u64>,
}

/// One incident of a clip.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct IncidentSummary {
    /// Its id.
    pub id: IncidentId,
    /// What.
    #[serde(rename = "type")]
    pub kind: crate::event::EventType,
    /// The rule that raised it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<crate::RuleId>,
    /// The lane.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lane: Option<crate::LaneId>,
    /// Start, seconds from the start of the clip.
    pub start_t: f64,
    /// End; absent when it was open at the clip's end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_t: Option<f64>,
    /// The tracks that took part.
    pub tracks: Vec<String>,
}

/// What `analyze` found in a clip, or `replay` in a recording (`summary.json`).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Summary {
    /// Schema version.
    pub v: V1,
    /// Name of the clip or of the (first) recording, without its folder.
    pub video: String,
    /// Hash of the clip, or of all bytes of the recordings as they were read.
    pub video_sha256: Sha256Hash,
    /// Hash of the scene.
    pub scene_sha256: Sha256Hash,
    /// The model; unknown for a recording that does not name it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<crate::event::ModelRef>,
    /// Frame size in stored pixels and their aspect.
    pub size: crate::FrameSize,
    /// Capture time of the first frame.
    pub start: UtcTime,
    /// Seconds from the first to the last frame.
    pub duration_s: f64,
    /// Frames decoded; of a recording, frames that were read.
    pub frames_decoded: u64,
    /// Frames analysed.
    pub frames_analysed: u64,
    /// Seconds observed (gaps between analysed frames of at most 1 s).
    pub observed_s: f64,
    /// Tracks that were confirmed.
    pub tracks: u64,
    /// Counts, one row per line and direction, zeros included.
    pub counts: Vec<LineCount>,
    /// Incidents.
    pub incidents: Vec<IncidentSummary>,
}

/// Processor seconds by stage (`timings.json`); differs from run to run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Timings {
    /// Schema version.
    pub v: V1,
    /// Wall-clock seconds of the whole run.
    pub wall_s: f64,
    /// User and system seconds of the whole process.
    pub cpu_s: f64,
    /// Milliseconds of processor time per analysed frame.
    pub cpu_ms_per_analysed: f64,
    /// Processor seconds by stage: `decode`, `preprocess`, `inference`, `postprocess`, `analytics`, `write`;
    /// `read`, `analytics` and `write` of a replay.
    pub stages_s: BTreeMap<String, f64>,
    /// Largest resident memory, bytes.
    pub peak_memory_bytes: u64,
}
