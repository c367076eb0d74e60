//! Video files served as RTSP cameras, with faults on demand: the city for tests and for the demo.
//!
//! Each file is one camera at `rtsp://127.0.0.1:PORT/camN`. See [`Simulator`] for use inside a
//! process and [`command`] for `kerege-edge simulate`.

mod access;
mod camera;
mod clip;
mod command;
mod control;
mod feed;
mod phases;
mod server;

pub use clip::ClipError;
pub use command::{SimulateArguments, command};
pub use control::{BadOrder, Order};

use camera::SimulatedCamera;
use clip::Clip;
use control::Fault;
use kerege_contract::SiteId;
use serde::Serialize;
use server::Server;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;

/// What happens at a file's end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Ending {
    /// The camera is away for 3 s and then begins again.
    #[default]
    Loop,
    /// The camera stays away.
    Once,
}

/// What to simulate.
#[derive(Debug, Clone, Default)]
pub struct SimulatorOptions {
    /// The files, one camera each.
    pub videos: Vec<PathBuf>,
    /// Port of the RTSP server; 0 takes a free one.
    pub port: u16,
    /// What happens at a file's end.
    pub ending: Ending,
    /// Signal phases to tell.
    pub phases: Option<PhaseOptions>,
}

/// Signal phases to tell.
#[derive(Debug, Clone)]
pub struct PhaseOptions {
    /// The truth files they stand in, each timed by the camera that plays the clip it names.
    pub truths: Vec<PathBuf>,
    /// Port to tell them on; 0 takes a free one.
    pub port: u16,
    /// The intersection they name.
    pub site: SiteId,
}

/// Something that a simulated camera did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Notice {
    /// It began to play its file.
    Started {
        /// The camera.
        camera: String,
        /// For which time, from 1.
        pass: u32,
    },
    /// Its file ended and its clients were dropped.
    Ended {
        /// The camera.
        camera: String,
        /// For which time, from 1.
        pass: u32,
        /// Why it ended too soon.
        #[serde(skip_serializing_if = "Option::is_none")]
        failed: Option<String>,
    },
}

/// Why nothing can be simulated.
#[derive(Debug, thiserror::Error)]
pub enum SimulateError {
    /// GStreamer does not start.
    #[error("GStreamer does not start: {0}")]
    Media(String),
    /// A file cannot be played.
    #[error(transparent)]
    Clip(#[from] ClipError),
    /// The port is taken.
    #[error("cannot listen on port {0} of 127.0.0.1: choose another with --port, or 0 for a free one")]
    Port(u16),
    /// No thread.
    #[error("cannot start a thread")]
    Thread(#[source] std::io::Error),
    /// The truth file is not one, or not one of these cameras.
    #[error("cannot take phases from the truth file {}: {reason}", path.display())]
    Truth {
        /// The file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// Nobody knows that camera.
    #[error("there is no camera '{0}'")]
    NoCamera(String),
}

/// Who is told what simulated cameras do.
pub type OnNotice = Arc<dyn Fn(Notice) + Send + Sync>;

/// Simulated cameras at work; they stop when it is dropped.
pub struct Simulator {
    cameras: Vec<Arc<SimulatedCamera>>,
    players: Vec<JoinHandle<()>>,
    phases: Option<SocketAddr>,
    stop_phases: Arc<AtomicBool>,
    server: Server,
}

impl std::fmt::Debug for Simulator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Simulator").field("port", &self.server.port).finish_non_exhaustive()
    }
}

impl Simulator {
    /// Opens the files and serves them.
    ///
    /// # Errors
    /// When a file cannot be played or a port is taken.
    pub fn start(options: &SimulatorOptions, notice: &OnNotice) -> Result<Self, SimulateError> {
        crate::capture::init().map_err(SimulateError::Media)?;
        let cameras = open_cameras(&options.videos)?;
        let server = Server::start(options.port, &cameras)?;
        let stop_phases = Arc::default();
        let mut simulator = Self { cameras, players: Vec::new(), phases: None, stop_phases, server };
        if let Some(wanted) = &options.phases {
            let timeline = phases::Timeline::read(wanted, &simulator.cameras)?;
            let stop = Arc::clone(&simulator.stop_phases);
            simulator.phases = Some(phases::serve(wanted.port, timeline, stop)?);
        }
        for camera in &simulator.cameras {
            simulator.players.push(play(camera, &simulator.server, options.ending, notice)?);
        }
        Ok(simulator)
    }

    /// Name, address, file and codec of each camera, and where phases are told.
    #[must_use]
    pub fn ready(&self) -> Ready {
        let cameras = self.cameras.iter().map(|camera| ReadyCamera {
            name: camera.name.clone(),
            address: format!("rtsp://127.0.0.1:{}/{}", self.server.port, camera.name),
            video: camera.clip.path.clone(),
            codec: camera.clip.codec.name(),
        });
        Ready { event: "ready", port: self.server.port, cameras: cameras.collect(), phases: self.phases }
    }

    /// Makes a camera fail or mends it.
    ///
    /// # Errors
    /// When there is no such camera.
    pub fn obey(&self, order: &Order) -> Result<(), SimulateError> {
        let named = self.cameras.iter().find(|camera| camera.name == order.camera);
        let camera = named.ok_or_else(|| SimulateError::NoCamera(order.camera.clone()))?;
        match order.fault {
            Fault::Picture(picture) => camera.set_picture(picture),
            Fault::Content(content) => camera.set_content(content),
            Fault::Door(door) => camera.set_door(door),
            Fault::Drop => self.server.dropper(&camera.name)(),
            Fault::Clock(seconds) => camera.set_clock_shift(seconds),
        }
        Ok(())
    }

    /// Whether every camera has played its file for the last time.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.players.iter().all(JoinHandle::is_finished)
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        self.stop_phases.store(true, Ordering::Relaxed);
        for camera in &self.cameras {
            camera.stop();
        }
        for player in self.players.drain(..) {
            // A thread that panicked has said so already.
            let _panicked = player.join();
        }
    }
}

/// What is served where: the line that `kerege-edge simulate` prints when it is ready.
#[derive(Debug, Clone, Serialize)]
pub struct Ready {
    event: &'static str,
    /// Port of the RTSP server.
    pub port: u16,
    /// The cameras.
    pub cameras: Vec<ReadyCamera>,
    /// Where signal phases are told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phases: Option<SocketAddr>,
}

/// One camera that is served.
#[derive(Debug, Clone, Serialize)]
pub struct ReadyCamera {
    /// `cam1`, `cam2`, …
    pub name: String,
    /// Its RTSP address.
    pub address: String,
    /// Its file.
    pub video: PathBuf,
    /// `h264`, `h265` or `mjpeg`.
    pub codec: &'static str,
}

fn open_cameras(videos: &[PathBuf]) -> Result<Vec<Arc<SimulatedCamera>>, SimulateError> {
    let open =
        |(at, path): (usize, &PathBuf)| Ok(Arc::new(SimulatedCamera::new(format!("cam{}", at + 1), Clip::open(path)?)));
    videos.iter().enumerate().map(open).collect()
}

fn play(
    camera: &Arc<SimulatedCamera>,
    server: &Server,
    ending: Ending,
    notice: &OnNotice,
) -> Result<JoinHandle<()>, SimulateError> {
    let (drop_clients, notice, name) = (server.dropper(&camera.name), Arc::clone(notice), camera.name.clone());
    let camera = Arc::clone(camera);
    let run = move || camera.run(ending, &drop_clients, &*notice);
    std::thread::Builder::new().name(name).spawn(run).map_err(SimulateError::Thread)
}

#[cfg(test)]
mod tests;
