//! The camera's clock as its RTCP sender reports tell it, and whether it can be believed.

use std::collections::VecDeque;

/// Reports of this long are looked at, seconds of stream time.
const WINDOW_S: f64 = 60.0;

/// Before this much time between first and last report nobody knows whether the clock is stable.
const SETTLE_S: f64 = 4.0;

/// A clock whose reports disagree by more is not stable, milliseconds.
const MAX_SPREAD_MS: f64 = 20.0;

/// A clock that is further from the box's is not used, milliseconds. One that is used already is
/// kept up to the second figure.
const MAX_OFFSET_MS: [f64; 2] = [90.0, 100.0];

/// No clock is better known than this, milliseconds.
const LEAST_ERR_MS: f64 = 5.0;

/// What the reports of the last minute say.
#[derive(Debug, Clone, Default)]
pub(super) struct Reports {
    /// Stream time and (camera UTC − stream time), seconds.
    heard: VecDeque<(f64, f64)>,
    used: bool,
    offset_ms: Option<f64>,
}

/// A camera clock that can be believed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct CameraClock {
    /// Camera UTC less stream time, seconds.
    pub(super) offset_s: f64,
    /// Error bound against the box's clock, milliseconds.
    pub(super) err_ms: f64,
}

impl Reports {
    pub(super) fn add(&mut self, stream_s: f64, camera_utc_s: f64) {
        self.heard.push_back((stream_s, camera_utc_s - stream_s));
        while self.heard.front().is_some_and(|(at, _)| *at < stream_s - WINDOW_S) {
            self.heard.pop_front();
        }
    }

    /// The camera's clock, if it is stable and near the box's, which shows `box_offset_s` (UTC less
    /// stream time).
    pub(super) fn judge(&mut self, box_offset_s: f64) -> Option<CameraClock> {
        let ((first, _), (last, newest)) = (*self.heard.front()?, *self.heard.back()?);
        let offsets = || self.heard.iter().map(|(_, offset)| *offset);
        let spread_ms = (offsets().fold(f64::MIN, f64::max) - offsets().fold(f64::MAX, f64::min)) * 1000.0;
        let offset_ms = (newest - box_offset_s) * 1000.0;
        self.offset_ms = Some(offset_ms);
        let limit = MAX_OFFSET_MS[usize::from(self.used)];
        let stable = last - first >= SETTLE_S && spread_ms <= MAX_SPREAD_MS;
        self.used = stable && offset_ms.abs() < limit;
        let err_ms = LEAST_ERR_MS.max(offset_ms.abs() + spread_ms / 2.0);
        self.used.then_some(CameraClock { offset_s: newest, err_ms })
    }

    /// The camera's clock less the box's, milliseconds, when last judged.
    pub(super) const fn offset_ms(&self) -> Option<f64> {
        self.offset_ms
    }
}
