//! From stream time to UTC.
//!
//! A stream's packets carry times that are spaced by the camera's own crystal but start anywhere. Two
//! things tie them to UTC: the camera's RTCP sender reports, when its clock agrees with the box's; and
//! the box's clock at each packet's arrival, where the packets that were delayed least show the truth
//! (the lower envelope). Pure: the box's clocks come in as numbers.

mod envelope;
mod reports;

use envelope::Envelope;
use kerege_contract::UtcTime;
use kerege_contract::event::TimeSource;
use reports::Reports;

/// UTC never advances by less than this share of the stream's own time: an estimate that turns out
/// too late is caught up with, never stepped back from.
const SLOWEST: f64 = 0.5;

/// An estimate that lies further back than this is no correction: somebody set the box's clock.
const SET_BACK_S: f64 = 2.0;

/// What is unknown of the way from exposure to arrival, milliseconds.
const UNKNOWN_DELAY_MS: f64 = 40.0;

/// A capture time in UTC.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stamp {
    /// When, by the better of the two clocks.
    pub utc: UtcTime,
    /// Where it comes from.
    pub source: TimeSource,
    /// Error bound against the box's clock, milliseconds.
    pub err_ms: f64,
}

/// The box's clock went back by more than a correction: the stream epoch must end.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[error("the box's clock was set back by {seconds:.1} s")]
pub struct SetBack {
    /// By how much.
    pub seconds: f64,
}

/// The map of one stream epoch.
#[derive(Debug, Clone)]
pub struct TimeMap {
    delay_s: f64,
    envelope: Envelope,
    reports: Reports,
    last: Option<Last>,
}

#[derive(Debug, Clone, Copy)]
struct Last {
    stream_s: f64,
    utc_s: f64,
}

impl TimeMap {
    /// A map for a camera whose pictures take `delay_ms` from exposure to arrival.
    #[must_use]
    pub fn new(delay_ms: f64) -> Self {
        Self { delay_s: delay_ms / 1000.0, envelope: Envelope::default(), reports: Reports::default(), last: None }
    }

    /// A packet of stream time `stream_s` arrived at `monotonic_s` of the box's monotonic clock.
    pub fn packet(&mut self, stream_s: f64, monotonic_s: f64) {
        self.envelope.add(stream_s, monotonic_s);
    }

    /// The camera reported that its clock showed `camera_utc_s` (seconds since 1970) at `stream_s`.
    pub fn report(&mut self, stream_s: f64, camera_utc_s: f64) {
        self.reports.add(stream_s, camera_utc_s);
    }

    /// The UTC of a frame. `utc_at_zero_s` is the box's UTC (seconds since 1970) when its monotonic
    /// clock was zero, as it is now: when the clock is corrected, it changes. Frames must be asked for
    /// in the order of their stream time.
    ///
    /// # Errors
    /// When the box's clock was set back.
    pub fn stamp(&mut self, stream_s: f64, utc_at_zero_s: f64) -> Result<Stamp, SetBack> {
        let arrival_s = self.envelope.least(stream_s).unwrap_or(0.0) + utc_at_zero_s;
        let estimate = stream_s + arrival_s - self.delay_s;
        let camera = self.reports.judge(arrival_s - self.delay_s);
        let (target, source, err_ms) = match camera {
            Some(camera) => (stream_s + camera.offset_s, TimeSource::CameraNtp, camera.err_ms),
            None => (estimate, TimeSource::Estimated, UNKNOWN_DELAY_MS + self.envelope.doubt_ms()),
        };
        let utc_s = self.advance(stream_s, target)?;
        self.last = Some(Last { stream_s, utc_s });
        let err_ms = err_ms + (utc_s - target) * 1000.0;
        Ok(Stamp { utc: from_seconds(utc_s), source, err_ms: (err_ms * 10.0).round() / 10.0 })
    }

    /// The camera's clock less the box's, milliseconds; none before its first report.
    #[must_use]
    pub fn camera_offset_ms(&self) -> Option<f64> {
        self.reports.offset_ms()
    }

    /// Where UTC goes: to the target, but never back.
    fn advance(&self, stream_s: f64, target: f64) -> Result<f64, SetBack> {
        let Some(last) = self.last else { return Ok(target) };
        let slowest = last.utc_s + SLOWEST * (stream_s - last.stream_s).max(0.0);
        let back = last.utc_s - target;
        if back > SET_BACK_S { Err(SetBack { seconds: back }) } else { Ok(target.max(slowest)) }
    }
}

#[expect(clippy::cast_possible_truncation, reason = "float to int saturates, and the range is clamped")]
fn from_seconds(seconds: f64) -> UtcTime {
    UtcTime::from_millis((seconds * 1000.0).round() as i64)
}

#[cfg(test)]
mod tests;
