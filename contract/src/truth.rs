//! Truth beside a clip: what is really in it, for tests, simulators and accuracy reports.

use crate::fact::Direction;
use crate::phase::PhaseState;
use crate::version::{Unknown, V1};
use crate::{FrameBox, LaneId, LineId, RoadUserClass};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One road user in one frame.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TruthObject {
    /// The same number over the whole clip.
    pub id: u64,
    /// What it is.
    pub class: RoadUserClass,
    /// The part of its box that can be seen.
    #[serde(rename = "box")]
    pub bbox: FrameBox,
    /// Its whole box, as if nothing stood before it; may lie outside 0..1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub full: Option<FrameBox>,
    /// Share of it that is hidden, 0..1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub occlusion: Option<f32>,
    /// Where it touches the road, metres in the scene's road coordinates.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub road: Option<[f64; 2]>,
    /// Heading, degrees counter-clockwise from the road's x axis.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub heading_deg: Option<f64>,
    /// Speed, km/h.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub speed_kmh: Option<f64>,
}

/// One frame.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TruthFrame {
    /// Seconds from the clip's start.
    pub t: f64,
    /// Who is there.
    pub objects: Vec<TruthObject>,
}

/// How many crossed a line one way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TruthCount {
    /// The line.
    pub line: LineId,
    /// Which way.
    pub dir: Direction,
    /// By class; absent is zero.
    pub classes: BTreeMap<RoadUserClass, u64>,
}

/// How many made a movement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TruthMovement {
    /// First and last line, as `N>E`.
    pub movement: String,
    /// By class; absent is zero.
    pub classes: BTreeMap<RoadUserClass, u64>,
}

/// One incident that really happens.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TruthIncident {
    /// What.
    #[serde(rename = "type")]
    pub kind: crate::event::EventType,
    /// When it begins (the car stands, the person steps on the road), seconds.
    pub start_t: f64,
    /// When it ends, seconds.
    pub end_t: f64,
    /// Where.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lane: Option<LaneId>,
    /// Who.
    #[serde(default)]
    pub objects: Vec<u64>,
}

/// A change of a signal group.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TruthPhase {
    /// Seconds from the clip's start.
    pub t: f64,
    /// Signal group.
    pub g: u16,
    /// What it shows from then on.
    pub s: PhaseState,
}

/// Everything that is true of a clip.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Truth {
    /// Schema version.
    pub v: V1,
    /// File name of the clip.
    pub clip: String,
    /// Width and height in pixels.
    pub size: [u32; 2],
    /// Frames per second.
    pub fps: f64,
    /// Length in seconds.
    pub duration_s: f64,
    /// Frames; may be empty where only counts are known.
    #[serde(default)]
    pub frames: Vec<TruthFrame>,
    /// Counts by line and direction.
    #[serde(default)]
    pub counts: Vec<TruthCount>,
    /// Counts by movement.
    #[serde(default)]
    pub movements: Vec<TruthMovement>,
    /// Incidents.
    #[serde(default)]
    pub incidents: Vec<TruthIncident>,
    /// Changes of the signals, in order.
    #[serde(default)]
    pub phases: Vec<TruthPhase>,
    /// Fields this build does not know.
    #[serde(flatten)]
    #[schemars(skip)]
    pub unknown: Unknown,
}
