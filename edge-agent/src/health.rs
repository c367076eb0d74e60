//! What the box says of itself every 30 s, and how it reads this from the machine.

use crate::capture::CameraStats;
use kerege_contract::event::TimeSource;
use kerege_contract::health::{CameraHealth, CameraState, CameraTime};
use kerege_contract::{CameraId, UtcTime};
use kerege_pipelines::Sight;
use std::collections::VecDeque;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

/// Resident memory of this process, bytes; 0 where the system does not tell.
#[must_use]
pub fn memory_bytes() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok()).unwrap_or(0) * 1024
}

/// Free bytes for us on the disk that holds a path; 0 where the system does not tell.
#[must_use]
pub fn disk_free_bytes(path: &Path) -> u64 {
    rustix::fs::statvfs(path).map_or(0, |disk| disk.f_bavail.saturating_mul(disk.f_frsize))
}

/// The hottest sensor of the machine, °C.
#[must_use]
pub fn temperature_c() -> Option<f64> {
    let zones = fs::read_dir("/sys/class/thermal").ok()?;
    let read = |path: std::path::PathBuf| fs::read_to_string(path.join("temp")).ok()?.trim().parse::<f64>().ok();
    zones
        .flatten()
        .filter(|entry| entry.file_name().to_string_lossy().starts_with("thermal_zone"))
        .filter_map(|entry| read(entry.path()))
        .map(|millis| millis / 1000.0)
        .filter(|celsius| (-40.0..150.0).contains(celsius))
        .reduce(f64::max)
}

/// Latencies remembered for the median.
const LATENCIES: usize = 256;

/// What the analysis of one camera adds to its figures.
#[derive(Debug, Default)]
pub struct AnalysisFigures {
    /// Frames analysed since the start.
    pub analysed: u64,
    /// Whether the camera can be believed, and why not.
    pub sight: (Sight, &'static str),
    latencies_ms: VecDeque<f64>,
}

impl AnalysisFigures {
    /// A frame was analysed, so long after its arrival.
    pub fn add(&mut self, latency: Duration) {
        self.analysed += 1;
        if self.latencies_ms.len() == LATENCIES {
            self.latencies_ms.pop_front();
        }
        self.latencies_ms.push_back(latency.as_secs_f64() * 1000.0);
    }

    /// Median of the last latencies, milliseconds.
    #[must_use]
    pub fn median_ms(&self) -> Option<f64> {
        let mut sorted: Vec<f64> = self.latencies_ms.iter().copied().collect();
        sorted.sort_by(f64::total_cmp);
        sorted.get(sorted.len() / 2).map(|ms| (ms * 10.0).round() / 10.0)
    }
}

/// Turns running totals of a camera into rates between two looks.
#[derive(Debug)]
pub struct CameraMeter {
    camera: CameraId,
    state: CameraState,
    since: UtcTime,
    was_live: bool,
    last: Option<(Instant, u64, u64)>,
}

impl CameraMeter {
    /// A camera that has just been opened.
    #[must_use]
    pub const fn new(camera: CameraId, now: UtcTime) -> Self {
        Self { camera, state: CameraState::Connecting, since: now, was_live: false, last: None }
    }

    /// The camera's figures now.
    pub fn look(
        &mut self,
        stats: &CameraStats,
        analysis: &AnalysisFigures,
        now: UtcTime,
        instant: Instant,
    ) -> CameraHealth {
        self.was_live |= stats.live;
        let state = match (stats.live, stats.frozen) {
            (true, true) => CameraState::Frozen,
            (true, false) => match analysis.sight.0 {
                Sight::Blind => CameraState::Blind,
                Sight::Moved => CameraState::Moved,
                Sight::Clear | Sight::Doubtful | Sight::Frozen => CameraState::Live,
            },
            (false, _) if self.was_live || stats.reason.is_some() => CameraState::Down,
            (false, _) => CameraState::Connecting,
        };
        if state != self.state {
            (self.state, self.since) = (state, now);
        }
        let (fps_in, fps_analysed) = self.rates(stats.decoded, analysis.analysed, instant);
        CameraHealth {
            cam: self.camera.clone(),
            state,
            since: self.since,
            reason: match state {
                CameraState::Down => stats.reason.clone(),
                CameraState::Blind | CameraState::Moved => Some(analysis.sight.1.to_owned()),
                _ => None,
            },
            fps_in,
            fps_analysed,
            dropped: stats.overwritten,
            reconnects: stats.reconnects,
            last_frame: stats.last.map(|(at, _, _)| at),
            latency_ms: analysis.median_ms(),
            time: stats.last.map(|(_, src, err_ms)| time(src, err_ms, stats.camera_offset_ms)),
            size: stats.size.map(|size| [size.width, size.height]),
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "frames in half a minute")]
    fn rates(&mut self, decoded: u64, analysed: u64, instant: Instant) -> (f64, f64) {
        let last = self.last.replace((instant, decoded, analysed));
        let Some((before, was_decoded, was_analysed)) = last else { return (0.0, 0.0) };
        let seconds = instant.duration_since(before).as_secs_f64().max(0.001);
        let rate = |now: u64, was: u64| (now.saturating_sub(was) as f64 / seconds * 10.0).round() / 10.0;
        (rate(decoded, was_decoded), rate(analysed, was_analysed))
    }
}

const fn time(src: TimeSource, err_ms: f64, camera_offset_ms: Option<f64>) -> CameraTime {
    CameraTime { src, err_ms, camera_offset_ms }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_come_from_totals_and_states_keep_their_time() {
        let start = UtcTime::from_millis(1_800_000_000_000);
        let begun = Instant::now();
        let mut meter = CameraMeter::new("c1".parse().unwrap(), start);
        let mut analysis = AnalysisFigures::default();
        let mut stats = CameraStats::default();
        assert_eq!(meter.look(&stats, &analysis, start, begun).state, CameraState::Connecting);
        stats.live = true;
        stats.decoded = 750;
        for ms in [10, 30, 20] {
            analysis.add(Duration::from_millis(ms));
        }
        let later = start.plus_seconds(30.0);
        let health = meter.look(&stats, &analysis, later, begun + Duration::from_secs(30));
        assert_eq!((health.state, health.since, health.latency_ms), (CameraState::Live, later, Some(20.0)));
        assert!((health.fps_in - 25.0).abs() < 1e-9 && (health.fps_analysed - 0.1).abs() < 1e-9);
        analysis.sight = (Sight::Blind, "covered");
        let blind = meter.look(&stats, &analysis, later, begun + Duration::from_secs(31));
        assert_eq!((blind.state, blind.reason.as_deref()), (CameraState::Blind, Some("covered")));
        stats.live = false;
        stats.reason = Some("connection refused".into());
        let down = meter.look(&stats, &analysis, later.plus_seconds(5.0), begun + Duration::from_secs(35));
        assert_eq!((down.state, down.reason.as_deref()), (CameraState::Down, Some("connection refused")));
    }

    #[test]
    fn the_machine_tells_memory_and_disk() {
        assert!(memory_bytes() > 1_000_000);
        assert!(disk_free_bytes(Path::new("/")) > 0);
        assert_eq!(disk_free_bytes(Path::new("/no/such/place")), 0);
    }
}
