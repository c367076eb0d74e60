//! The signal phases of truth files, told as a controller on site would: on every change and once a
//! second, as JSON lines over TCP to whoever connects.

use super::camera::SimulatedCamera;
use super::{PhaseOptions, SimulateError};
use kerege_contract::phase::{PhaseState, SignalGroup, SignalMessage, SignalMode, SignalSource};
use kerege_contract::truth::{Truth, TruthPhase};
use kerege_contract::version::{Unknown, V1};
use kerege_contract::{SiteId, UtcTime};
use std::collections::BTreeMap;
use std::io::Write as _;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// How often the lamps are looked at: the error of a message's time.
const TICK: Duration = Duration::from_millis(20);
const HEARTBEAT: Duration = Duration::from_secs(1);

/// The signals of one clip, timed by the camera that plays it.
#[derive(Debug, Clone)]
struct Programme {
    camera: Arc<SimulatedCamera>,
    phases: Vec<TruthPhase>,
}

/// The signals of an intersection: those of one or more clips, each with its own groups.
#[derive(Debug, Clone)]
pub(super) struct Timeline {
    site: SiteId,
    programmes: Vec<Programme>,
}

impl Timeline {
    /// Reads the truth files; each is timed by the camera that plays the clip it names.
    pub(super) fn read(options: &PhaseOptions, cameras: &[Arc<SimulatedCamera>]) -> Result<Self, SimulateError> {
        let mut programmes: Vec<Programme> = Vec::new();
        for path in &options.truths {
            let programme = read_programme(path, cameras, &programmes);
            programmes.push(programme.map_err(|reason| SimulateError::Truth { path: path.clone(), reason })?);
        }
        Ok(Self { site: options.site.clone(), programmes })
    }

    fn groups(&self, now: UtcTime) -> Vec<SignalGroup> {
        let play = |camera: &SimulatedCamera| camera.started().map(|start| (start, now.seconds_since(start)));
        self.programmes.iter().flat_map(|programme| groups(&programme.phases, play(&programme.camera))).collect()
    }

    fn message(&self, seq: u64, ts: UtcTime, groups: Vec<SignalGroup>) -> SignalMessage {
        SignalMessage {
            v: V1,
            site: self.site.clone(),
            seq,
            ts,
            src: SignalSource::Simulated,
            err_ms: TICK.as_secs_f64() * 1000.0,
            mode: SignalMode::Normal,
            groups,
            unknown: Unknown::new(),
        }
    }
}

fn read_programme(path: &Path, cameras: &[Arc<SimulatedCamera>], others: &[Programme]) -> Result<Programme, String> {
    let bytes = std::fs::read(path).map_err(|error| error.to_string())?;
    let truth: Truth = serde_json::from_slice(&bytes).map_err(|error| error.to_string())?;
    let plays = |camera: &&Arc<SimulatedCamera>| camera.clip.path.file_name().is_some_and(|name| *name == *truth.clip);
    let camera = cameras.iter().find(plays).ok_or_else(|| format!("no camera plays its clip '{}'", truth.clip))?;
    let taken = |phase: &&TruthPhase| others.iter().flat_map(|other| &other.phases).any(|other| other.g == phase.g);
    if let Some(phase) = truth.phases.iter().find(taken) {
        return Err(format!("its signal group {} is also one of another truth file: renumber it", phase.g));
    }
    Ok(Programme { camera: Arc::clone(camera), phases: truth.phases })
}

/// What every group shows in a play that began at a moment and is some seconds old; unavailable when
/// nothing plays or before the group's first change.
fn groups(phases: &[TruthPhase], play: Option<(UtcTime, f64)>) -> Vec<SignalGroup> {
    let mut groups: BTreeMap<u16, (PhaseState, f64)> =
        phases.iter().map(|phase| (phase.g, (PhaseState::Unavailable, 0.0))).collect();
    let (start, t) = play.unwrap_or((UtcTime::default(), -1.0));
    for phase in phases.iter().filter(|phase| phase.t <= t) {
        groups.insert(phase.g, (phase.s, phase.t));
    }
    groups.into_iter().map(|(g, (s, since))| SignalGroup { g, s, since: start.plus_seconds(since) }).collect()
}

/// Serves the timeline on a port of this machine (0 takes a free one) until told to stop.
pub(super) fn serve(port: u16, timeline: Timeline, stop: Arc<AtomicBool>) -> Result<SocketAddr, SimulateError> {
    let listener = TcpListener::bind(("127.0.0.1", port)).map_err(|_| SimulateError::Port(port))?;
    let address = listener.local_addr().map_err(|_| SimulateError::Port(port))?;
    listener.set_nonblocking(true).map_err(SimulateError::Thread)?;
    let tell = move || tell_phases(&listener, &timeline, &stop);
    std::thread::Builder::new().name("phases".into()).spawn(tell).map_err(SimulateError::Thread)?;
    Ok(address)
}

fn tell_phases(listener: &TcpListener, timeline: &Timeline, stop: &AtomicBool) {
    let mut clients: Vec<TcpStream> = Vec::new();
    let (mut seq, mut last, mut told) = (0, Vec::new(), None::<Instant>);
    while !stop.load(Ordering::Relaxed) {
        let newcomers = accept_all(listener, &mut clients);
        let now = crate::clock::now();
        let groups = timeline.groups(now);
        let due = told.is_none_or(|told| told.elapsed() >= HEARTBEAT);
        if due || newcomers || groups != last {
            seq += 1;
            let line = serde_json::to_vec(&timeline.message(seq, now, groups.clone())).unwrap_or_default();
            clients.retain_mut(|client| send_line(client, &line));
            (last, told) = (groups, Some(Instant::now()));
        }
        std::thread::sleep(TICK);
    }
}

/// Takes everyone who waits; whether there was anyone.
fn accept_all(listener: &TcpListener, clients: &mut Vec<TcpStream>) -> bool {
    let before = clients.len();
    while let Ok((client, _)) = listener.accept() {
        // A client that reads nothing for a second is let go rather than waited for.
        if client.set_write_timeout(Some(HEARTBEAT)).is_ok() && client.set_nonblocking(false).is_ok() {
            clients.push(client);
        }
    }
    clients.len() > before
}

fn send_line(client: &mut TcpStream, line: &[u8]) -> bool {
    client.write_all(line).and_then(|()| client.write_all(b"\n")).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_show_what_the_truth_says() {
        let phase = |t, g, s| TruthPhase { t, g, s };
        let (red, green) = (PhaseState::StopAndRemain, PhaseState::ProtectedMovementAllowed);
        let phases = [phase(0.0, 2, red), phase(4.5, 1, green), phase(6.0, 1, red)];
        let start: UtcTime = "2026-03-05T08:00:00Z".parse().unwrap();
        let at = |t: f64| {
            let shown = groups(&phases, Some((start, t)));
            shown.into_iter().map(|group| (group.g, group.s, group.since)).collect::<Vec<_>>()
        };
        assert_eq!(at(1.0), [(1, PhaseState::Unavailable, start), (2, red, start)]);
        assert_eq!(at(4.5)[0], (1, green, start.plus_seconds(4.5)));
        assert_eq!(at(60.0)[0], (1, red, start.plus_seconds(6.0)));
        assert!(groups(&phases, None).iter().all(|group| group.s == PhaseState::Unavailable));
    }
}
