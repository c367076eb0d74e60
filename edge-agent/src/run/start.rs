//! Starting the box's parts, joining them, and ending them in their order.

use super::RunError;
use super::analyst::{Analyst, Phases, Watched};
use super::parts::{self, Base};
use super::recorder::{QUEUE, Record};
use super::report::{Reported, Reporter};
use super::status;
use crate::blobs::{Pictures, StillsState, run_pictures, run_stills};
use crate::capture::{Camera, CameraEvent};
use crate::clock::{self, ClockWatch, Discipline};
use crate::config::Config;
use crate::health::CameraMeter;
use crate::identity;
use crate::ids::Random;
use crate::infer::Slots;
use crate::outbox::{OutboxHandle, OutboxThread};
use crate::signals::SharedTimeline;
use crate::supervise::{self, Supervisor};
use crate::uplink::{Latest, UplinkState};
use crate::vision::Lookout;
use kerege_contract::{CameraId, Scene};
use kerege_models::Detector;
use kerege_pipelines::{OpenIncident, Pipeline};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// Changes of cameras that may wait for the analyst.
const CHANGES: usize = 256;

/// Runs the box until a signal.
pub(super) fn run(config: Config) -> Result<(), RunError> {
    let begun = Instant::now();
    let key = identity::load_or_make(&config.data_dir)?;
    let boot = Random::from_system()?.boot_id(clock::now());
    let (clock, mut discipline) = (ClockWatch::default(), Discipline::default());
    clock.look(&mut discipline);
    crate::capture::init().map_err(RunError::Media)?;
    let base = Base { config, key, boot, clock, begun };
    let (outbox_thread, outbox) = parts::open_outbox(&base)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(RunError::Threads)?;
    let ending = CancellationToken::new();
    runtime.spawn(supervise::watch_signals(ending.clone()));
    let ready = Arc::new(AtomicBool::new(false));
    let (health, told) = watch::channel(None);
    if let Some(address) = base.config.status {
        runtime.spawn(status::serve(address, status::Known { ready: Arc::clone(&ready), health: told }));
    }
    let supervisor = start(&base, discipline, &runtime, outbox_thread, &outbox, health)?;
    ready.store(true, Ordering::Relaxed);
    tracing::info!(device = %base.config.device, cameras = base.config.cameras.len(), "the box runs");
    runtime.block_on(ending.cancelled());
    ready.store(false, Ordering::Relaxed);
    let whole = supervisor.end();
    runtime.shutdown_timeout(Duration::from_secs(1));
    tracing::info!("ended");
    if whole { Ok(()) } else { Err(RunError::Unfinished) }
}

/// Starts every part. What it gives ends them in the order of the module's page.
fn start(
    base: &Base,
    discipline: Discipline,
    runtime: &Runtime,
    outbox_thread: OutboxThread,
    outbox: &OutboxHandle,
    health: watch::Sender<Option<Latest>>,
) -> Result<Supervisor, RunError> {
    let (detector, model) = parts::ready_model(&base.config);
    let pictures = Pictures::new();
    let (records, told) = sync_channel(QUEUE);
    let mut recorder = parts::make_recorder(base, outbox, detector.as_deref(), &pictures)?;
    let resumed = parts::take_up(&mut recorder);
    let lookouts = parts::lookouts(&base.config, &recorder);
    let recorder = spawn("recorder", move || recorder.run(&told))?;
    let timeline = parts::timeline(&base.config);
    let analysis = start_analysis(base, detector, (&resumed, lookouts), timeline.clone(), records.clone())?;
    let uplink = parts::start_uplink(base, runtime, outbox, health.subscribe(), timeline.as_ref())?;
    let (end_reports, reports_ended) = sync_channel::<()>(0);
    let (cameras, slots) = (Arc::clone(&analysis.cameras), analysis.slots);
    let reporter = Reporter {
        device: base.config.device.clone(),
        boot: base.boot.clone(),
        data_dir: base.config.data_dir.clone(),
        key: base.key.clone(),
        model,
        cameras: analysis.cameras,
        reported: analysis.reported,
        clock: base.clock.clone(),
        discipline,
        outbox: outbox.clone(),
        limits: parts::limits(&base.config),
        uplink: Arc::clone(&uplink.state),
        timeline,
        health,
        records,
        begun: base.begun,
    };
    let reporter = spawn("reporter", move || reporter.run(&reports_ended))?;
    let uploads = start_uploads(base, runtime, outbox, &pictures, &uplink.state)?;

    let handle = runtime.handle().clone();
    let mut supervisor = Supervisor::default();
    supervisor.add("reporter", Duration::from_secs(5), move || {
        drop(end_reports);
        join(reporter);
    });
    supervisor.add("cameras", Duration::from_secs(8), move || close_cameras(&cameras));
    supervisor.add("analyst", Duration::from_secs(8), move || {
        slots.close();
        join(analysis.thread);
    });
    supervisor.add("recorder", Duration::from_secs(10), move || join(recorder));
    supervisor.add("uplink", Duration::from_secs(10), move || uplink.end(&handle));
    supervisor.add("uploads", Duration::from_secs(3), move || uploads.end());
    supervisor.add("outbox", Duration::from_secs(10), move || outbox_thread.close());
    Ok(supervisor)
}

fn close_cameras(cameras: &Mutex<Vec<Camera>>) {
    let open = std::mem::take(&mut *cameras.lock().unwrap_or_else(PoisonError::into_inner));
    open.into_iter().for_each(Camera::close);
}

/// Cameras, slots and the thread that looks.
struct Analysis {
    slots: Arc<Slots>,
    cameras: Arc<Mutex<Vec<Camera>>>,
    reported: Vec<Reported>,
    thread: JoinHandle<()>,
}

fn start_analysis(
    base: &Base,
    detector: Option<Box<dyn Detector>>,
    (resumed, lookouts): (&BTreeMap<CameraId, Vec<OpenIncident>>, Vec<Option<Lookout>>),
    timeline: Option<SharedTimeline>,
    records: SyncSender<Record>,
) -> Result<Analysis, RunError> {
    let slots = Slots::new();
    let (change, changes) = sync_channel(CHANGES);
    let options = parts::pipeline_options(&base.config);
    let (mut watched, mut reported) = (Vec::new(), Vec::new());
    for (camera, lookout) in base.config.cameras.iter().zip(lookouts) {
        let id = &camera.options.id;
        let mut pipeline = Pipeline::new(camera.scene.as_ref().unwrap_or(&Scene::empty()), &options);
        pipeline.resume(resumed.get(id).cloned().unwrap_or_default());
        let figures = Arc::default();
        watched.push(Watched::new(id.clone(), pipeline, lookout, Arc::clone(&figures)));
        reported.push(Reported { meter: CameraMeter::new(id.clone(), clock::now()), figures });
    }
    let phases = Phases::new(timeline);
    let analyst = Analyst {
        slots: Arc::clone(&slots),
        detector,
        cameras: watched,
        changes,
        records,
        phases,
        fault: String::new(),
    };
    let thread = spawn("analyst", move || analyst.run())?;
    let cameras = open_cameras(&base.config, &slots, &change)?;
    Ok(Analysis { slots, cameras: Arc::new(Mutex::new(cameras)), reported, thread })
}

fn open_cameras(
    config: &Config,
    slots: &Arc<Slots>,
    change: &SyncSender<CameraEvent>,
) -> Result<Vec<Camera>, RunError> {
    let open = config.cameras.iter().map(|camera| {
        let change = change.clone();
        let tell = Box::new(move |event: CameraEvent| {
            if change.try_send(event).is_err() {
                tracing::warn!("a change of a camera was not taken: the analyst is behind");
            }
        });
        Camera::open(camera.options.clone(), slots.add(), tell).map_err(RunError::Threads)
    });
    open.collect()
}

/// The threads that upload stills and pictures.
struct Uploads {
    state: Arc<StillsState>,
    pictures: Arc<Pictures>,
    threads: [JoinHandle<()>; 2],
}

fn start_uploads(
    base: &Base,
    runtime: &Runtime,
    outbox: &OutboxHandle,
    pictures: &Arc<Pictures>,
    uplink: &Arc<UplinkState>,
) -> Result<Uploads, RunError> {
    let state = Arc::new(StillsState::default());
    let client = parts::client(base);
    let (its_client, its_outbox, its_state) = (client.clone(), outbox.clone(), Arc::clone(&state));
    let stills = spawn("stills", move || run_stills(&its_client, &its_outbox, &its_state))?;
    let (woken, uplink) = (Arc::clone(&state), Arc::clone(uplink));
    runtime.spawn(async move {
        loop {
            uplink.receipts.notified().await;
            woken.wake();
        }
    });
    let its_pictures = Arc::clone(pictures);
    let uploader = spawn("pictures", move || run_pictures(&client, &its_pictures))?;
    Ok(Uploads { state, pictures: Arc::clone(pictures), threads: [stills, uploader] })
}

impl Uploads {
    fn end(self) {
        self.state.close();
        self.pictures.close();
        self.threads.into_iter().for_each(join);
    }
}

fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>, RunError> {
    std::thread::Builder::new().name(name.into()).spawn(work).map_err(RunError::Threads)
}

fn join(thread: JoinHandle<()>) {
    let name = thread.thread().name().unwrap_or_default().to_owned();
    if thread.join().is_err() {
        tracing::error!(thread = name, "a thread had panicked");
    }
}
