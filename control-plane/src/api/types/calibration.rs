//! What is asked of a calibration before a box gets it.

use kerege_contract::FrameSize;
use kerege_contract::scene::Calibration;
use schemars::JsonSchema;
use serde::Deserialize;

/// Points, and the picture they were drawn on.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
pub struct CalibrationQuestion {
    /// Size of the picture in stored pixels and their aspect.
    pub size: FrameSize,
    /// The points.
    pub calibration: Calibration,
}
