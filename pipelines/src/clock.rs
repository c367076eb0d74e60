//! One time line for a camera: seconds that rise through all stream epochs.
//!
//! Capture seconds begin anew with each reconnect. Everything inside the pipeline runs on `now`,
//! which does not; what goes out is told in capture seconds and UTC again.

use crate::FrameMeta;
use kerege_contract::UtcTime;

/// How a frame follows the one before.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Advance {
    /// The first frame of this pipeline.
    First,
    /// The next frame, some seconds later.
    Next(f64),
    /// The first frame of another stream epoch, or one whose time jumped back.
    NewEpoch,
    /// The same instant again, or no time at all: nothing new.
    Stale,
}

/// A jump back by more than this begins anew, seconds; less is a frame out of order.
const JUMP_S: f64 = 1.0;

/// Where a camera's time is.
#[derive(Debug, Default)]
pub(crate) struct Clock {
    last: Option<FrameMeta>,
    now: f64,
}

impl Clock {
    /// How a frame would follow the newest one.
    pub(crate) fn compare(&self, frame: &FrameMeta) -> Advance {
        if !frame.t.is_finite() {
            return Advance::Stale;
        }
        match &self.last {
            None => Advance::First,
            Some(last) if last.stream_epoch != frame.stream_epoch => Advance::NewEpoch,
            Some(last) if frame.t <= last.t - JUMP_S => Advance::NewEpoch,
            Some(last) if frame.t <= last.t => Advance::Stale,
            Some(last) => Advance::Next(frame.t - last.t),
        }
    }

    /// Takes the next frame's time.
    pub(crate) fn advance(&mut self, frame: &FrameMeta) -> Advance {
        let advance = self.compare(frame);
        match (advance, &self.last) {
            (Advance::Stale, _) => return advance,
            (Advance::Next(dt), _) => self.now += dt,
            (Advance::NewEpoch, Some(last)) => self.now += frame.utc.seconds_since(last.utc).max(0.001),
            _ => {}
        }
        self.last = Some(*frame);
        advance
    }

    /// Pipeline seconds of the newest frame.
    pub(crate) const fn now(&self) -> f64 {
        self.now
    }

    /// UTC of the newest frame.
    pub(crate) fn utc(&self) -> UtcTime {
        self.last.map_or_else(UtcTime::default, |last| last.utc)
    }

    /// Capture seconds of an instant in pipeline seconds, in the newest frame's stream epoch.
    pub(crate) fn t_of(&self, at: f64) -> f64 {
        self.last.map_or(0.0, |last| last.t) - (self.now - at)
    }

    /// UTC of an instant in pipeline seconds.
    pub(crate) fn utc_of(&self, at: f64) -> UtcTime {
        self.utc().plus_seconds(at - self.now)
    }

    /// Pipeline seconds of an instant in UTC.
    pub(crate) fn at_utc(&self, utc: UtcTime) -> f64 {
        self.now + utc.seconds_since(self.utc())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kerege_contract::FrameSize;

    fn frame(stream_epoch: u32, t: f64, utc_ms: i64) -> FrameMeta {
        FrameMeta { stream_epoch, frame: 0, t, utc: UtcTime::from_millis(utc_ms), size: FrameSize::new(64, 36) }
    }

    #[test]
    fn rises_through_epochs_and_ignores_what_does_not_rise() {
        let mut clock = Clock::default();
        assert_eq!(clock.advance(&frame(0, 5.0, 100_000)), Advance::First);
        assert_eq!(clock.advance(&frame(0, 5.5, 100_500)), Advance::Next(0.5));
        assert_eq!(clock.advance(&frame(0, 5.5, 100_500)), Advance::Stale);
        assert_eq!(clock.advance(&frame(0, 5.4, 100_400)), Advance::Stale);
        assert_eq!(clock.advance(&frame(0, f64::NAN, 100_400)), Advance::Stale);
        assert_eq!(clock.advance(&frame(1, 0.0, 103_500)), Advance::NewEpoch);
        assert!((clock.now() - 3.5).abs() < 1e-9);
        assert!((clock.t_of(clock.now() - 0.2) + 0.2).abs() < 1e-9);
        assert_eq!(clock.utc_of(clock.now() - 0.2).millis(), 103_300);
        // UTC may step back on a reconnect; the pipeline's seconds may not.
        let before = clock.now();
        assert_eq!(clock.advance(&frame(2, 0.0, 50_000)), Advance::NewEpoch);
        assert!(clock.now() > before);
        assert_eq!(clock.advance(&frame(2, -3.0, 50_000)), Advance::NewEpoch);
    }
}
