//! What the tests share: clips, simulated cameras, and someone who looks at frames and events.

use crate::capture::{Camera, CameraChange, CameraEvent, CameraOptions};
use crate::frame::Frame;
use crate::infer::{NoFrame, Slots};
use crate::simulate::{OnNotice, Simulator, SimulatorOptions};
use gstreamer as gst;
use gstreamer::prelude::*;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// How long a test waits for what must come; generous, because the machine may be busy.
pub(super) const PATIENCE: Duration = Duration::from_secs(40);

/// Runs a GStreamer pipeline to its end.
pub(super) fn launch(line: &str) {
    crate::capture::init().unwrap();
    let pipeline = gst::parse::launch(line).unwrap();
    pipeline.set_state(gst::State::Playing).unwrap();
    let wanted = [gst::MessageType::Error, gst::MessageType::Eos];
    let message = pipeline.bus().unwrap().timed_pop_filtered(gst::ClockTime::from_seconds(120), &wanted);
    pipeline.set_state(gst::State::Null).unwrap();
    assert_eq!(message.unwrap().type_(), gst::MessageType::Eos, "{line}");
}

/// A ball that moves over noise-free ground at 25 frames a second, in 320×240.
pub(super) fn clip(folder: &Path, name: &str, seconds: u32, encode: &str) -> PathBuf {
    let path = folder.join(name);
    let frames = seconds * 25;
    launch(&format!(
        "videotestsrc pattern=ball num-buffers={frames} ! video/x-raw,width=320,height=240,framerate=25/1 \
         ! {encode} ! filesink location={}",
        path.display()
    ));
    path
}

pub(super) const H264: &str = "x264enc speed-preset=ultrafast tune=zerolatency key-int-max=25 ! h264parse ! mp4mux";

/// Simulated cameras, each playing its own clip.
pub(super) fn simulate(videos: &[PathBuf]) -> Simulator {
    let options = SimulatorOptions { videos: videos.to_vec(), ..SimulatorOptions::default() };
    let silent: OnNotice = Arc::new(|_| {});
    Simulator::start(&options, &silent).unwrap()
}

pub(super) fn order(simulator: &Simulator, line: &str) {
    simulator.obey(&line.parse().unwrap()).unwrap();
}

/// A frame as it was seen.
#[derive(Debug, Clone)]
pub(super) struct Seen {
    pub(super) at: Instant,
    pub(super) frame: Frame,
}

type Log<T> = Arc<Mutex<Vec<T>>>;

/// Cameras that are open, and all that came of them.
pub(super) struct Watch {
    pub(super) cameras: Vec<Camera>,
    pub(super) frames: Log<Seen>,
    pub(super) events: Log<(Instant, CameraEvent)>,
    slots: Arc<Slots>,
    reader: Option<JoinHandle<()>>,
}

impl Watch {
    /// Opens a camera at each address: `c1`, `c2` and so on.
    pub(super) fn open(addresses: &[String]) -> Self {
        Self::with(addresses, |_| {})
    }

    pub(super) fn with(addresses: &[String], change: impl Fn(&mut CameraOptions)) -> Self {
        crate::capture::init().unwrap();
        let slots = Slots::new();
        let (frames, events) = (Log::<Seen>::default(), Log::<(Instant, CameraEvent)>::default());
        let open = |(n, address): (usize, &String)| {
            let mut options = CameraOptions::new(format!("c{}", n + 1).parse().unwrap(), address);
            change(&mut options);
            let events = Arc::clone(&events);
            let tell = Box::new(move |event| events.lock().unwrap().push((Instant::now(), event)));
            Camera::open(options, slots.add(), tell).unwrap()
        };
        let cameras = addresses.iter().enumerate().map(open).collect();
        let (source, seen) = (Arc::clone(&slots), Arc::clone(&frames));
        let reader = std::thread::spawn(move || {
            loop {
                match source.next(Duration::from_millis(200)) {
                    // Pixels are let go at once, as the box does.
                    Ok(frame) => seen.lock().unwrap().push(Seen { at: Instant::now(), frame }),
                    Err(NoFrame::Timeout) => {}
                    Err(NoFrame::Closed) => return,
                }
            }
        });
        Self { cameras, frames, events, slots, reader: Some(reader) }
    }

    pub(super) fn of_simulator(simulator: &Simulator) -> Self {
        let addresses: Vec<_> = simulator.ready().cameras.iter().map(|camera| camera.address.clone()).collect();
        Self::open(&addresses)
    }

    /// Frames of a camera seen after a moment.
    pub(super) fn frames_after(&self, camera: &str, after: Instant) -> Vec<Seen> {
        let frames = self.frames.lock().unwrap();
        frames.iter().filter(|seen| seen.frame.camera.as_str() == camera && seen.at > after).cloned().collect()
    }

    /// Waits for a frame of a camera after a moment.
    pub(super) fn wait_frame(&self, camera: &str, after: Instant) -> Seen {
        wait("a frame", || self.frames_after(camera, after).into_iter().next())
    }

    /// Waits for a change of a camera after a moment; tells when it came.
    pub(super) fn wait_change(
        &self,
        camera: &str,
        after: Instant,
        wanted: impl Fn(&CameraChange) -> bool,
    ) -> (Instant, CameraChange) {
        wait("a change", || {
            let events = self.events.lock().unwrap();
            let mut fitting = events.iter().filter(|(at, event)| *at > after && event.camera.as_str() == camera);
            fitting.find(|(_, event)| wanted(&event.change)).map(|(at, event)| (*at, event.change.clone()))
        })
    }

    /// Waits until a camera is down after a moment; tells when and why.
    pub(super) fn wait_down(&self, camera: &str, after: Instant) -> (Instant, String) {
        match self.wait_change(camera, after, |change| matches!(change, CameraChange::Down { .. })) {
            (at, CameraChange::Down { reason }) => (at, reason),
            other => panic!("not down: {other:?}"),
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.slots.close();
        if let Some(reader) = self.reader.take() {
            reader.join().unwrap();
        }
    }
}

/// Waits for something, or fails.
pub(super) fn wait<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let began = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(began.elapsed() < PATIENCE, "{what} did not come within {PATIENCE:?}");
        std::thread::sleep(Duration::from_millis(20));
    }
}
