//! What counts as standing; the same for every rule that looks for it.

use crate::document::Fields;
use schemars::JsonSchema;
use serde::Serialize;

/// When a vehicle stands.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Standstill {
    /// Over how long displacement is measured, seconds.
    pub window_s: f64,
    /// Slower than this over the window is standing, km/h (calibrated cameras).
    pub max_speed_kmh: f64,
    /// Less than this over the window is standing, in box widths (uncalibrated cameras).
    pub max_box_widths: f64,
}

impl Standstill {
    pub(super) fn read(fields: &mut Fields<'_>) -> Self {
        Self {
            window_s: fields.number("window_s", 0.5..=10.0).unwrap_or(2.0),
            max_speed_kmh: fields.number("max_speed_kmh", 0.5..=20.0).unwrap_or(3.0),
            max_box_widths: fields.number("max_box_widths", 0.05..=1.0).unwrap_or(0.3),
        }
    }
}
