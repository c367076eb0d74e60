//! What is said of a calibration: how well the points fit, how far it can be believed, and what to do.
//!
//! Made by `kerege-edge calibrate` and by the centre alike, by the same code.

use crate::scene::RoadUnit;
use crate::version::V1;
use crate::{FramePoint, FrameSize};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Whether a calibration can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Its error is known and small.
    Good,
    /// It can be used; the findings tell what would make it better.
    Usable,
    /// It must not be used.
    Unusable,
}

/// Something that a person should know about a calibration; a stable word on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FindingCode {
    /// Four points always fit: nobody knows how large the error is.
    ErrorUnknown,
    /// A point does not fit the others and was left out.
    PointLeftOut,
    /// So many points do not fit that nobody knows which are right.
    PointsDisagree,
    /// Left and right, or longitude and latitude, are exchanged.
    TurnedOver,
    /// The error is large.
    LargeError,
    /// The points cover a small part of the picture, and nothing is claimed outside.
    SmallArea,
    /// Nowhere in the area is a pixel fine enough to claim a speed.
    TooCoarse,
}

/// A finding.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Finding {
    /// What.
    pub code: FindingCode,
    /// Number of the point it is about, from 1 in the order given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub point: Option<usize>,
}

/// How one point fits.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PointFit {
    /// Where it is in the picture.
    pub image: FramePoint,
    /// Where it is on the road, in the calibration's unit.
    pub road: [f64; 2],
    /// Whether it was used; one that does not fit the others is left out.
    pub used: bool,
    /// How far the map puts it from where it was clicked, square pixels.
    pub residual_px: f64,
    /// How far the map puts it from where it was measured, metres.
    pub residual_m: f64,
    /// The same when the map is made without it (leave one out): what the error is at a place that
    /// nobody measured. None where the others determine no map, or it was not used anyway.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left_out_m: Option<f64>,
}

/// How much road one pixel covers at a place of the picture.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Resolution {
    /// The place.
    pub image: FramePoint,
    /// Metres in the worst direction; none above the horizon.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metres_per_pixel: Option<f64>,
    /// Whether it lies in the valid area.
    pub valid: bool,
}

/// What is said of a calibration.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CalibrationReport {
    /// Schema version.
    pub v: V1,
    /// Size of the picture in stored pixels and their aspect.
    pub size: FrameSize,
    /// Unit of the road points.
    pub unit: RoadUnit,
    /// Whether it can be used.
    pub verdict: Verdict,
    /// What a person should know, the gravest first.
    pub findings: Vec<Finding>,
    /// The points, in the order given.
    pub points: Vec<PointFit>,
    /// Root mean square of the residuals of the used points in the picture, square pixels.
    pub rms_px: f64,
    /// The same on the road, metres.
    pub rms_m: f64,
    /// Root mean square of the leave-one-out errors, metres; none for four points.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left_out_rms_m: Option<f64>,
    /// Share by which distances and speeds may be off because of the calibration, 0..1.
    pub relative_error: f64,
    /// Where the calibration holds.
    pub valid: Vec<FramePoint>,
    /// Share of the picture that this is, 0..1.
    pub valid_share: f64,
    /// Share of that in which a pixel is fine enough to claim a speed, 0..1.
    pub speed_share: f64,
    /// The coarsest pixel at which speeds are claimed, metres.
    pub max_metres_per_pixel: f64,
    /// Rows of places over the picture, from the top, each from the left.
    pub resolution: Vec<Vec<Resolution>>,
}
