//! The RTSP server that simulated cameras share: paths, clients, and the clock in their reports.

use super::SimulateError;
use super::camera::SimulatedCamera;
use gstreamer as gst;
use gstreamer::glib;
use gstreamer::prelude::*;
use gstreamer_app::AppSrc;
use gstreamer_rtsp::RTSPStatusCode;
use gstreamer_rtsp_server as rtsp;
use gstreamer_rtsp_server::prelude::*;
use std::collections::HashMap;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

/// Threads that answer clients: one that waits for a frozen camera must not hold up the others.
const CLIENT_THREADS: i32 = 64;

/// Which client looks at which path, by the client's address in memory.
type Viewers = Arc<Mutex<HashMap<usize, String>>>;

/// A running server; it stops when dropped.
pub(super) struct Server {
    rtsp: rtsp::RTSPServer,
    pub(super) port: u16,
    viewers: Viewers,
    context: glib::MainContext,
    main_loop: glib::MainLoop,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Serves the cameras at `rtsp://127.0.0.1:port/NAME`; port 0 takes a free one.
    pub(super) fn start(port: u16, cameras: &[Arc<SimulatedCamera>]) -> Result<Self, SimulateError> {
        let rtsp = rtsp::RTSPServer::new();
        rtsp.set_address("127.0.0.1");
        rtsp.set_service(&port.to_string());
        if let Some(threads) = rtsp.thread_pool() {
            threads.set_max_threads(CLIENT_THREADS);
        }
        let mounts = rtsp::RTSPMountPoints::new();
        for camera in cameras {
            mounts.add_factory(&format!("/{}", camera.name), factory(camera));
        }
        rtsp.set_mount_points(Some(&mounts));
        let viewers = Viewers::default();
        watch_clients(&rtsp, &viewers, cameras);
        let context = glib::MainContext::new();
        rtsp.attach(Some(&context)).map_err(|_| SimulateError::Port(port))?;
        let main_loop = glib::MainLoop::new(Some(&context), false);
        let thread = run_loop(context.clone(), main_loop.clone()).map_err(SimulateError::Thread)?;
        let port = u16::try_from(rtsp.bound_port()).map_err(|_| SimulateError::Port(port))?;
        Ok(Self { rtsp, port, viewers, context, main_loop, thread: Some(thread) })
    }

    /// What closes the connections of one camera's clients.
    pub(super) fn dropper(&self, camera: &str) -> impl Fn() + Send + Sync + use<> {
        let (server, viewers, name) = (self.rtsp.clone(), Arc::clone(&self.viewers), camera.to_owned());
        move || {
            let viewers = viewers.lock().unwrap_or_else(PoisonError::into_inner).clone();
            server.client_filter(Some(&mut |_, client| {
                let looks = viewers.get(&(client.as_ptr() as usize)).is_some_and(|path| *path == name);
                if looks { rtsp::RTSPFilterResult::Remove } else { rtsp::RTSPFilterResult::Keep }
            }));
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.rtsp.client_filter(Some(&mut |_, _| rtsp::RTSPFilterResult::Remove));
        // From inside the loop: one that has not begun to run yet would miss it.
        let main_loop = self.main_loop.clone();
        let quit = glib::idle_source_new(None, glib::Priority::DEFAULT, move || {
            main_loop.quit();
            glib::ControlFlow::Break
        });
        quit.attach(Some(&self.context));
        if let Some(thread) = self.thread.take() {
            // A thread that panicked has said so already.
            let _panicked = thread.join();
        }
    }
}

fn run_loop(context: glib::MainContext, main_loop: glib::MainLoop) -> std::io::Result<JoinHandle<()>> {
    std::thread::Builder::new().name("rtsp-server".into()).spawn(move || {
        if context.with_thread_default(|| main_loop.run()).is_err() {
            tracing::error!("the RTSP server's main context is taken");
        }
    })
}

/// Notes who looks at what, and refuses those whose camera is away.
fn watch_clients(server: &rtsp::RTSPServer, viewers: &Viewers, cameras: &[Arc<SimulatedCamera>]) {
    let (viewers, cameras) = (Arc::clone(viewers), cameras.to_vec());
    server.connect_client_connected(move |_, client| {
        let (seen, known) = (Arc::clone(&viewers), cameras.clone());
        client.connect_pre_describe_request(move |client, request| {
            let Some(name) = path_of(request) else { return RTSPStatusCode::Ok };
            let away = known.iter().any(|camera| camera.name == name && !camera.lets_in());
            seen.lock().unwrap_or_else(PoisonError::into_inner).insert(client.as_ptr() as usize, name);
            if away { RTSPStatusCode::ServiceUnavailable } else { RTSPStatusCode::Ok }
        });
        let seen = Arc::clone(&viewers);
        client.connect_closed(move |client| {
            seen.lock().unwrap_or_else(PoisonError::into_inner).remove(&(client.as_ptr() as usize));
        });
    });
}

/// The camera's name in a request's address: `cam1` of `rtsp://host/cam1`.
fn path_of(request: &rtsp::RTSPContext) -> Option<String> {
    let parts = request.uri()?.decode_path_components();
    parts.into_iter().find(|part| !part.is_empty()).map(Into::into)
}

/// Makes a camera's stream when its first client asks; all clients share it.
fn factory(camera: &Arc<SimulatedCamera>) -> rtsp::RTSPMediaFactory {
    let factory = rtsp::RTSPMediaFactory::new();
    factory.set_launch(&camera.clip.codec.launch_line());
    factory.set_shared(true);
    factory.set_latency(0);
    let camera = Arc::clone(camera);
    factory.connect_media_configure(move |_, media| {
        let source = media.element().downcast::<gst::Bin>().ok().and_then(|bin| bin.by_name("source"));
        let Some(source) = source.and_then(|source| source.downcast::<AppSrc>().ok()) else { return };
        let shifted = Arc::clone(&camera);
        media.connect_prepared(move |media| shift_clock(media, &shifted));
        camera.attach(source);
    });
    factory
}

/// Makes the sender reports of a stream tell the camera's wrong time.
fn shift_clock(media: &rtsp::RTSPMedia, camera: &Arc<SimulatedCamera>) {
    let pipeline = media.element().parent().and_then(|parent| parent.downcast::<gst::Bin>().ok());
    let Some(pipeline) = pipeline else { return };
    let elements = pipeline.iterate_elements().into_iter().flatten();
    let is_rtpbin = |element: &gst::Element| element.factory().is_some_and(|factory| factory.name() == "rtpbin");
    let pads = elements.filter(is_rtpbin).flat_map(|rtpbin| rtpbin.src_pads());
    for pad in pads.filter(|pad| pad.name().starts_with("send_rtcp_src")) {
        let camera = Arc::clone(camera);
        pad.add_probe(gst::PadProbeType::BUFFER, move |_, info| {
            let shift = camera.clock_shift.load(Ordering::Relaxed);
            if let (true, Some(buffer)) = (shift != 0, info.buffer_mut()) {
                shift_report(buffer.make_mut(), shift);
            }
            gst::PadProbeReturn::Ok
        });
    }
}

/// Adds to the NTP time of a compound RTCP packet that begins with a sender report.
fn shift_report(buffer: &mut gst::BufferRef, shift_ns: i64) {
    const SENDER_REPORT: u8 = 200;
    let Ok(mut map) = buffer.map_writable() else { return };
    let Some(head) = map.first_chunk_mut::<16>() else { return };
    if head[1] != SENDER_REPORT {
        return;
    }
    let mut ntp = [0; 8];
    ntp.copy_from_slice(&head[8..]);
    let shift = (i128::from(shift_ns) << 32) / 1_000_000_000;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "NTP time wraps by design")]
    let shifted = (i128::from(u64::from_be_bytes(ntp)) + shift) as u64;
    head[8..].copy_from_slice(&shifted.to_be_bytes());
}
