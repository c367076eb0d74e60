//! This machine's clock, and how far it can be believed.
//!
//! The state is asked of chrony, else of the kernel through systemd; nobody's silence is taken for
//! a good clock. A clock that was followed and is followed no longer is in holdover for an hour,
//! then unsynced.

use kerege_contract::UtcTime;
use kerege_contract::event::{Clock, ClockSource, ClockState};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// How long a clock that lost its source is still believed to some degree, seconds.
const HOLDOVER_S: f64 = 3600.0;
/// A clock left to itself drifts by at most this much, parts per million.
const DRIFT_PPM: f64 = 50.0;

/// The time by this machine's clock, whatever its state.
#[must_use]
pub fn now() -> UtcTime {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    UtcTime::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

/// What whoever keeps the clock says of it.
#[derive(Debug, Clone, PartialEq)]
pub enum Reading {
    /// It follows its source.
    Following {
        /// Which.
        source: ClockSource,
        /// Offset from it, milliseconds.
        off_ms: f64,
        /// Bound of the error, milliseconds, when it is told.
        err_ms: Option<f64>,
    },
    /// It does not, or nobody knows.
    Adrift,
}

/// Reads the clock's state now and then and remembers the last one.
#[derive(Debug, Clone)]
pub struct ClockWatch {
    clock: Arc<Mutex<Clock>>,
}

/// Turns readings into a state; remembers since when the clock is on its own.
#[derive(Debug, Default)]
pub struct Discipline {
    last_good: Option<(UtcTime, ClockSource, f64)>,
}

impl Discipline {
    /// The state of the clock after a reading at `now`.
    pub fn judge(&mut self, reading: &Reading, now: UtcTime) -> Clock {
        match *reading {
            Reading::Following { source, off_ms, err_ms } => {
                self.last_good = Some((now, source, err_ms.unwrap_or(100.0)));
                Clock { src: source, state: ClockState::Locked, off_ms, err_ms }
            }
            Reading::Adrift => {
                let held = self.last_good.map(|(at, source, err_ms)| (now.seconds_since(at), source, err_ms));
                match held {
                    Some((alone_s, src, err_ms)) if (0.0..=HOLDOVER_S).contains(&alone_s) => {
                        let err_ms = Some(err_ms + alone_s * DRIFT_PPM / 1000.0);
                        Clock { src, state: ClockState::Holdover, off_ms: 0.0, err_ms }
                    }
                    _ => unknown(),
                }
            }
        }
    }
}

const fn unknown() -> Clock {
    Clock { src: ClockSource::None, state: ClockState::Unsynced, off_ms: 0.0, err_ms: None }
}

impl Default for ClockWatch {
    fn default() -> Self {
        Self { clock: Arc::new(Mutex::new(unknown())) }
    }
}

impl ClockWatch {
    /// The state as last read.
    #[must_use]
    pub fn clock(&self) -> Clock {
        self.clock.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Reads the state; blocks for some milliseconds.
    pub fn look(&self, discipline: &mut Discipline) {
        let clock = discipline.judge(&ask(), now());
        *self.clock.lock().unwrap_or_else(PoisonError::into_inner) = clock;
    }
}

/// Asks whoever keeps the clock.
fn ask() -> Reading {
    if let Some(text) = output("chronyc", &["-c", "tracking"]) {
        return from_chrony(&text);
    }
    match output("timedatectl", &["show", "--property=NTPSynchronized", "--value"]) {
        Some(text) if text.trim() == "yes" => {
            Reading::Following { source: ClockSource::Ntp, off_ms: 0.0, err_ms: None }
        }
        _ => Reading::Adrift,
    }
}

/// What a program prints, when it is there, succeeds and does not hang.
fn output(program: &str, arguments: &[&str]) -> Option<String> {
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    for _ in 0..100 {
        match child.try_wait() {
            Ok(Some(status)) if status.success() => {
                return child.wait_with_output().ok().and_then(|output| String::from_utf8(output.stdout).ok());
            }
            Ok(None) => std::thread::sleep(Duration::from_millis(20)),
            _ => return None,
        }
    }
    // It hangs; a child that cannot be ended is not waited for.
    let _ended = (child.kill(), child.wait());
    None
}

/// `chronyc -c tracking`: reference id, its name, stratum, reference time, offset of the system
/// clock, last offset, RMS offset, frequency, residual frequency, skew, root delay, root
/// dispersion, update interval, leap status.
fn from_chrony(text: &str) -> Reading {
    let fields: Vec<&str> = text.trim().split(',').collect();
    let number = |at: usize| fields.get(at).and_then(|field| field.parse::<f64>().ok());
    let (Some(stratum), Some(offset), Some(delay), Some(dispersion)) = (number(2), number(4), number(10), number(11))
    else {
        return Reading::Adrift;
    };
    if stratum < 1.0 || fields.last() == Some(&"Not synchronised") {
        return Reading::Adrift;
    }
    let satellite = ["GPS", "PPS", "GNSS", "NMEA"].iter().any(|name| fields.get(1).is_some_and(|id| id.contains(name)));
    let source = if satellite { ClockSource::Gnss } else { ClockSource::Ntp };
    let err_ms = (offset.abs() + delay / 2.0 + dispersion) * 1000.0;
    Reading::Following { source, off_ms: round(offset * 1000.0), err_ms: Some(round(err_ms)) }
}

fn round(ms: f64) -> f64 {
    (ms * 1000.0).round() / 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chrony_is_understood_and_silence_is_not_trust() {
        let good =
            "C0A80101,192.168.1.1,3,1772698438.1,-0.000412,0.0001,0.0003,-12.1,0.01,0.2,0.0031,0.0009,64.2,Normal\n";
        let reading = from_chrony(good);
        assert_eq!(reading, Reading::Following { source: ClockSource::Ntp, off_ms: -0.412, err_ms: Some(2.862) });
        let lost = "7F7F0101,,0,0.0,0.0,0.0,0.0,0.0,0.0,0.0,1.0,1.0,0.0,Not synchronised\n";
        for text in [lost, "", "506 Cannot talk to daemon", "a,b,c"] {
            assert_eq!(from_chrony(text), Reading::Adrift, "{text}");
        }
        assert_eq!(output("kerege-no-such-program", &[]), None);
    }

    #[test]
    fn a_lost_source_is_holdover_for_an_hour_with_a_growing_error() {
        let mut discipline = Discipline::default();
        let start = UtcTime::from_millis(1_800_000_000_000);
        assert_eq!(discipline.judge(&Reading::Adrift, start), unknown());
        let good = Reading::Following { source: ClockSource::Ntp, off_ms: 1.0, err_ms: Some(5.0) };
        assert_eq!(discipline.judge(&good, start).state, ClockState::Locked);
        let later = discipline.judge(&Reading::Adrift, start.plus_seconds(1000.0));
        assert_eq!((later.state, later.err_ms), (ClockState::Holdover, Some(55.0)));
        assert_eq!(discipline.judge(&Reading::Adrift, start.plus_seconds(3601.0)).state, ClockState::Unsynced);
    }
}
