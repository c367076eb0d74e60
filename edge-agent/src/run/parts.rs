//! The box's parts, each made ready from the configuration.

use super::RunError;
use super::conditions::Conditions;
use super::journal::Journal;
use super::model;
use super::recorder::{Recorded, Recorder};
use crate::blobs::{CentreClient, Pictures};
use crate::clock::{self, ClockWatch};
use crate::config::Config;
use crate::event_maker::{CameraContext, EventMaker};
use crate::facts;
use crate::ids::Random;
use crate::incidents::{IncidentIds, Restored};
use crate::models_cli::Ready;
use crate::outbox::{Limits, MAX_MESSAGE_BYTES, Moment, Moments, Outbox, OutboxHandle, OutboxThread, Settings};
use crate::signals::{self, SharedTimeline, SignalOptions};
use crate::uplink::{self, Feeds, Latest, UplinkOptions, UplinkState};
use crate::vision::{Beginning, Kept, Lookout};
use ed25519_dalek::SigningKey;
use kerege_contract::event::EventType;
use kerege_contract::fact::BootId;
use kerege_contract::health::ModelHealth;
use kerege_contract::reported::{ConfigStatus, Reported, ReportedCamera};
use kerege_contract::version::{Unknown, V1};
use kerege_contract::{CameraId, Scene};
use kerege_models::Detector;
use kerege_pipelines::{OpenIncident, Options, RuleOptions, Sight};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;
use tokio::runtime::Runtime;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// What every part needs.
pub(super) struct Base {
    pub(super) config: Config,
    pub(super) key: SigningKey,
    pub(super) boot: BootId,
    pub(super) clock: ClockWatch,
    pub(super) begun: Instant,
}

pub(super) fn open_outbox(base: &Base) -> Result<(OutboxThread, OutboxHandle), RunError> {
    let settings = Settings {
        data_dir: base.config.data_dir.clone(),
        device: base.config.device.clone(),
        site: base.config.site.clone(),
    };
    let (clock, mut random) = (base.clock.clone(), Random::from_system()?);
    let moments: Moments = Box::new(move || Moment {
        now: clock::now(),
        clock: clock.clock(),
        nonce: random.nonce(),
        random: random.bytes(),
    });
    let (thread, handle, beginning) = OutboxThread::start(&settings, &base.key, moments)?;
    if let Some(chain) = &beginning.epoch {
        tracing::info!(reason = ?chain.reason, lost_at_most = ?chain.lost_at_most, "a new epoch of the chain begins");
    }
    Ok((thread, handle))
}

/// The model, and what health says of it.
pub(super) fn ready_model(config: &Config) -> (Option<Box<dyn Detector>>, ModelHealth) {
    match model::prepare(&config.model, &config.data_dir) {
        Ok(Ready { detector, instead }) => {
            let model = detector.model().clone();
            tracing::info!(model = model.id, "model ready");
            let problem = instead.map(|instead| instead.to_string());
            if let Some(problem) = &problem {
                tracing::warn!("{problem}");
            }
            (Some(detector), ModelHealth { id: Some(model.id), hash: Some(model.hash), problem })
        }
        Err(problem) => {
            tracing::error!("no model: cameras are shown, nothing is counted; {problem}");
            (None, ModelHealth { id: None, hash: None, problem: Some(problem) })
        }
    }
}

pub(super) fn pipeline_options(config: &Config) -> Options {
    let rules = RuleOptions { utc_offset_min: config.local_time_offset_min, ..RuleOptions::default() };
    Options { rules, ..Options::default() }
}

pub(super) fn limits(config: &Config) -> Limits {
    Limits { max_bytes: config.outbox_max_bytes, ..Limits::default() }
}

pub(super) fn client(base: &Base) -> CentreClient {
    CentreClient::new(&base.config.centre.url, &base.config.device, &base.key)
}

pub(super) fn make_recorder(
    base: &Base,
    outbox: &OutboxHandle,
    detector: Option<&dyn Detector>,
    pictures: &Arc<Pictures>,
) -> Result<Recorder, RunError> {
    let config = &base.config;
    let cameras = config.cameras.iter().map(|camera| {
        let scene = camera.scene.clone().unwrap_or_else(Scene::empty);
        let context = CameraContext::new(&camera.options.id, &scene);
        Recorded { id: camera.options.id.clone(), scene, context }
    });
    let model = detector.map(|detector| detector.model().clone());
    Ok(Recorder {
        outbox: outbox.clone(),
        maker: EventMaker::new(config.device.clone(), config.site.clone(), model.clone()),
        cameras: cameras.collect(),
        ids: IncidentIds::default(),
        conditions: Conditions::default(),
        random: Random::from_system()?,
        boot: base.boot.clone(),
        clock: base.clock.clone(),
        journal: Journal::new(&config.data_dir, config.log_max_bytes, model),
        pictures: Arc::clone(pictures),
    })
}

/// Goes on where the box left off: the running minute becomes a part of its fact, open incidents
/// wait to be found again, and those that nobody can find end.
pub(super) fn take_up(recorder: &mut Recorder) -> BTreeMap<CameraId, Vec<OpenIncident>> {
    for cells in recorder.persist("the last running minutes", |outbox| outbox.kept_cells()).unwrap_or_default() {
        let draft = facts::left_behind(cells);
        recorder.persist("a minute fact", move |outbox| outbox.append_fact(draft.clone(), clock::now()).map(drop));
    }
    let stored = recorder.persist("open incidents", |outbox: &mut Outbox| outbox.open_incidents()).unwrap_or_default();
    let Recorder { ids, cameras, .. } = &mut *recorder;
    let Restored { resumed, conditions, orphans } = ids.restore(stored, |camera, key| {
        let scene = cameras.iter().find(|known| known.id == *camera).map(|known| &known.scene);
        scene.is_some_and(|scene| scene.rules.iter().any(|rule| rule.id == key.rule))
    });
    recorder.conditions.restore(conditions);
    let known: Vec<CameraId> = recorder.cameras.iter().map(|camera| camera.id.clone()).collect();
    let strangers = recorder.conditions.end_strangers(|camera| known.contains(camera));
    for start in orphans.iter().chain(&strangers) {
        recorder.finish(start, "restarted");
    }
    resumed
}

/// Who tells whether each camera can be believed; none where OpenCV does not work.
pub(super) fn lookouts(config: &Config, recorder: &Recorder) -> Vec<Option<Lookout>> {
    let cameras = config.cameras.iter().zip(&recorder.cameras);
    let lookout = cameras.map(|(camera, recorded)| {
        let (id, scene) = (&camera.options.id, &recorded.scene);
        let moved = recorder.conditions.lasts(EventType::CameraMoved, id);
        let sight = if moved { Sight::Moved } else { Sight::Clear };
        let beginning = Beginning { kept: Some(Kept::new(&config.data_dir, id, scene)), sight };
        match Lookout::new(scene, beginning) {
            Ok(lookout) => Some(lookout),
            Err(error) => {
                tracing::error!(camera = %id, "whether it is blind or moved will not be known: {}", model::chain(&error));
                None
            }
        }
    });
    lookout.collect()
}

/// The running uplink and what feeds it.
pub(super) struct RunningUplink {
    pub(super) state: Arc<UplinkState>,
    pub(super) ending: CancellationToken,
    pub(super) task: JoinHandle<()>,
}

impl RunningUplink {
    /// Lets it send what is in the window and say goodbye.
    pub(super) fn end(self, runtime: &tokio::runtime::Handle) {
        self.ending.cancel();
        if runtime.block_on(self.task).is_err() {
            tracing::error!("the uplink had panicked");
        }
    }
}

/// What the signals show, where the box has a source of it.
pub(super) fn timeline(config: &Config) -> Option<SharedTimeline> {
    config.signals.as_ref().map(|_| SharedTimeline::default())
}

pub(super) fn start_uplink(
    base: &Base,
    runtime: &Runtime,
    outbox: &OutboxHandle,
    health: watch::Receiver<Option<Latest>>,
    timeline: Option<&SharedTimeline>,
) -> Result<RunningUplink, RunError> {
    let config = &base.config;
    let (mirror, phases) = watch::channel(None);
    let (_, reported) = watch::channel(Some(reported(config)));
    let options = UplinkOptions {
        host: config.broker.host.clone(),
        port: config.broker.port,
        device: config.device.clone(),
        site: config.site.clone(),
        password: config.broker.password.clone(),
        centre: config.centre.public_key,
        boot: base.boot.clone(),
        software: env!("CARGO_PKG_VERSION").into(),
    };
    let (state, ending) = (Arc::new(UplinkState::default()), CancellationToken::new());
    let feeds = Feeds { health, reported, phases };
    let random = Random::from_system()?;
    let task = runtime.spawn(uplink::run(options, outbox.clone(), feeds, Arc::clone(&state), ending.clone(), random));
    if let (Some(address), Some(timeline)) = (&config.signals, timeline) {
        let options = SignalOptions { address: address.clone(), site: config.site.clone() };
        runtime.spawn(signals::run(options, Arc::clone(timeline), base.key.clone(), mirror, ending.clone()));
    }
    Ok(RunningUplink { state, ending, task })
}

/// The configuration in force, as the centre is told. Scenes too long for a packet are left out.
fn reported(config: &Config) -> Latest {
    let cameras = config.cameras.iter().map(|camera| ReportedCamera {
        cam: camera.options.id.clone(),
        name: camera.name.clone(),
        scene: camera.scene.clone(),
    });
    let mut reported = Reported {
        v: V1,
        dev: config.device.clone(),
        site: config.site.clone(),
        version: 0,
        hash: format!("sha256:{}", config.hash),
        status: ConfigStatus::Applied,
        at: clock::now(),
        faults: Vec::new(),
        cameras: cameras.collect(),
        unknown: Unknown::new(),
    };
    let mut bytes = serde_json::to_vec(&reported).unwrap_or_default();
    if bytes.len() > MAX_MESSAGE_BYTES {
        reported.faults.push("the scenes are too long to be shown".into());
        reported.cameras.iter_mut().for_each(|camera| camera.scene = None);
        bytes = serde_json::to_vec(&reported).unwrap_or_default();
    }
    Latest { bytes, jws: None }
}
