//! What can be tuned beside the scene. Everything is in seconds or in shares of a box, never in
//! frames, and the defaults are the design's.

use serde::{Deserialize, Serialize};

/// All options of a pipeline.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Options {
    /// How detections become tracks.
    pub tracking: TrackingOptions,
    /// When the ground plane is believed.
    pub ground: GroundOptions,
    /// What all rules share.
    pub rules: RuleOptions,
}

/// How detections become tracks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct TrackingOptions {
    /// Detections at or above this score take part in the first association, 0..1.
    pub high_score: f32,
    /// Detections at or above this score can keep a track that is not lost yet, 0..1.
    pub low_score: f32,
    /// An unmatched detection at or above this score begins a track, 0..1.
    pub birth_score: f32,
    /// Least overlap (IoU) between prediction and detection in the first association.
    pub min_iou: f64,
    /// Least overlap with a detection of low score.
    pub min_iou_low: f64,
    /// Least overlap between the last observation and a detection when recovering a track.
    pub min_iou_recovery: f64,
    /// How long a track waits for its second hit, seconds.
    pub tentative_s: f64,
    /// How long one that only weak detections show waits for the next, seconds.
    pub faint_s: f64,
    /// How long a moving track lives unseen, seconds.
    pub lost_s: f64,
    /// The same where a nearer road user hides where it must be, seconds.
    pub hidden_s: f64,
    /// How long a standing track lives unseen while its spot is visible and empty, seconds.
    pub empty_s: f64,
    /// How long a standing track lives unseen while another track covers its spot, seconds.
    pub covered_s: f64,
    /// Share of a standing track's box that another must cover to hide it, 0..1.
    pub covered_share: f64,
    /// A hidden track is re-acquired only by a box whose height and width are within these ratios.
    pub size_ratio: [f64; 2],
}

impl Default for TrackingOptions {
    fn default() -> Self {
        Self {
            high_score: 0.4,
            low_score: 0.1,
            birth_score: 0.45,
            min_iou: 0.2,
            min_iou_low: 0.4,
            min_iou_recovery: 0.3,
            tentative_s: 0.5,
            faint_s: 1.0,
            lost_s: 1.0,
            hidden_s: 3.0,
            empty_s: 2.0,
            covered_s: 60.0,
            covered_share: 0.4,
            size_ratio: [0.7, 1.4],
        }
    }
}

/// When the ground plane and speeds are believed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct GroundOptions {
    /// Where one pixel is more than this, no speed is claimed, metres.
    pub max_metres_per_pixel: f64,
    /// Shortest and longest time over which displacement is regressed, seconds.
    pub speed_window_s: [f64; 2],
    /// Faster than this is a fault of the measurement, km/h.
    pub max_speed_kmh: f64,
}

impl Default for GroundOptions {
    fn default() -> Self {
        Self { max_metres_per_pixel: 0.25, speed_window_s: [0.7, 1.5], max_speed_kmh: 250.0 }
    }
}

/// What all rules share.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct RuleOptions {
    /// The site's local time less UTC, minutes; schedules are in local time.
    pub utc_offset_min: i32,
    /// A condition that is unseen for at most this long goes on, seconds; also the longest gap
    /// between frames that counts as observed.
    pub max_gap_s: f64,
    /// How long an incident waits to be found again after a restart or an interruption, seconds.
    pub resume_s: f64,
}

impl Default for RuleOptions {
    fn default() -> Self {
        Self { utc_offset_min: 360, max_gap_s: 1.0, resume_s: 30.0 }
    }
}
