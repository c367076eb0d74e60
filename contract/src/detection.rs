//! One thing that a model saw in one frame.

use crate::{FrameBox, RoadUserClass};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A road user found in one frame by a model.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Detection {
    /// Kind of road user.
    pub class: RoadUserClass,
    /// The model's confidence, 0..1.
    pub score: f32,
    /// Where it is, 0..1 of the frame from the top left.
    #[serde(rename = "box")]
    pub bbox: FrameBox,
}
