//! The thread that reports: health every 30 s and when a camera changes, the clock's state, conditions of the box, tidying.

use super::recorder::Record;
use crate::capture::Camera;
use crate::clock::{self, ClockWatch, Discipline};
use crate::health::{self, AnalysisFigures, CameraMeter};
use crate::outbox::{Limits, OutboxError, OutboxHandle, Pressure};
use crate::signals::SharedTimeline;
use crate::uplink::{Latest, UplinkState};
use ed25519_dalek::SigningKey;
use kerege_contract::event::{ClockState, EventType};
use kerege_contract::fact::BootId;
use kerege_contract::health::{Health, ModelHealth};
use kerege_contract::jws::{self, ContentType};
use kerege_contract::version::{Unknown, V1};
use kerege_contract::{DeviceId, UtcTime};
use kerege_pipelines::Sight;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::watch;

const HEALTH_EVERY: Duration = Duration::from_secs(30);
/// A camera that went dark is told within this time, not with the next regular health.
const LOOK_EVERY: Duration = Duration::from_millis(500);
const CONDITIONS_EVERY: Duration = Duration::from_secs(5);
const CLOCK_EVERY: Duration = Duration::from_secs(30);
const TIDY_EVERY: Duration = Duration::from_secs(60);
/// Less free disk than this is told, bytes.
const DISK_LOW: u64 = 512 * 1024 * 1024;

/// A camera whose figures are reported.
pub(super) struct Reported {
    pub(super) meter: CameraMeter,
    pub(super) figures: Arc<Mutex<AnalysisFigures>>,
}

/// The thread's state.
pub(super) struct Reporter {
    pub(super) device: DeviceId,
    pub(super) boot: BootId,
    pub(super) data_dir: PathBuf,
    pub(super) key: SigningKey,
    pub(super) model: ModelHealth,
    pub(super) cameras: Arc<Mutex<Vec<Camera>>>,
    pub(super) reported: Vec<Reported>,
    pub(super) clock: ClockWatch,
    pub(super) discipline: Discipline,
    pub(super) outbox: OutboxHandle,
    pub(super) limits: Limits,
    pub(super) uplink: Arc<UplinkState>,
    pub(super) timeline: Option<SharedTimeline>,
    pub(super) health: watch::Sender<Option<Latest>>,
    pub(super) records: SyncSender<Record>,
    pub(super) begun: Instant,
}

/// When each duty was done last, and whether each camera was live, frozen and to be believed then.
struct Done {
    health: Option<Instant>,
    cameras: Vec<(bool, bool, Sight)>,
    conditions: Instant,
    clock: Instant,
    tidy: Instant,
}

impl Reporter {
    /// Reports until `ending` is dropped, and once more then.
    pub(super) fn run(mut self, ending: &Receiver<()>) {
        let now = Instant::now();
        let mut done = Done { health: None, cameras: Vec::new(), conditions: now, clock: now, tidy: now };
        while let Err(RecvTimeoutError::Timeout) = ending.recv_timeout(LOOK_EVERY) {
            self.look(&mut done);
        }
        self.report();
    }

    fn look(&mut self, done: &mut Done) {
        let now = Instant::now();
        if now.duration_since(done.clock) >= CLOCK_EVERY {
            done.clock = now;
            self.clock.look(&mut self.discipline);
        }
        if now.duration_since(done.tidy) >= TIDY_EVERY {
            done.tidy = now;
            self.tidy();
        }
        if now.duration_since(done.conditions) >= CONDITIONS_EVERY {
            done.conditions = now;
            self.conditions();
        }
        let cameras = self.camera_states();
        if cameras != done.cameras || done.health.is_none_or(|last| now.duration_since(last) >= HEALTH_EVERY) {
            done.health = Some(now);
            done.cameras = cameras;
            self.report();
        }
    }

    /// Whether each camera is live, frozen and to be believed.
    fn camera_states(&self) -> Vec<(bool, bool, Sight)> {
        let cameras = self.cameras.lock().unwrap_or_else(PoisonError::into_inner);
        let state = |(camera, reported): (&Camera, &Reported)| {
            let (stats, analysis) = (camera.stats(), reported.figures.lock().unwrap_or_else(PoisonError::into_inner));
            (stats.live, stats.frozen, analysis.sight.0)
        };
        cameras.iter().zip(&self.reported).map(state).collect()
    }

    fn conditions(&self) {
        let free = health::disk_free_bytes(&self.data_dir);
        let low = (free < DISK_LOW).then(|| format!("{} MiB are free", free / 1024 / 1024));
        self.condition(EventType::DiskLow, low);
        let unsynced = self.clock.clock().state == ClockState::Unsynced;
        let text = "neither chrony nor the kernel follows a source: install and start chrony";
        self.condition(EventType::ClockUnsynced, unsynced.then(|| text.into()));
        if let Some(timeline) = &self.timeline {
            let timeline = timeline.lock().unwrap_or_else(PoisonError::into_inner);
            let stale = timeline.current(clock::now()).is_none();
            self.condition(EventType::SignalStale, stale.then(|| "no fresh signal phases".into()));
        }
    }

    fn condition(&self, kind: EventType, lasts: Option<String>) {
        // Told again in 5 s; the recorder knows what lasts already.
        let _told = self.records.try_send(Record::Condition { kind, lasts });
    }

    fn tidy(&self) {
        let limits = self.limits;
        match self.outbox.call::<_, OutboxError, _>(move |outbox| outbox.tidy(limits, clock::now())) {
            Ok(tidied) => {
                if tidied.removed + tidied.merged > 0 {
                    tracing::info!(removed = tidied.removed, merged = tidied.merged, "outbox tidied");
                }
                let high = (tidied.pressure > Pressure::Normal).then(|| {
                    format!("{} MiB wait; {} facts were merged", tidied.used_bytes / 1024 / 1024, tidied.merged)
                });
                self.condition(EventType::OutboxHigh, high);
            }
            Err(error) => tracing::error!(error = &error as &dyn std::error::Error, "the outbox cannot be tidied"),
        }
    }

    fn report(&mut self) {
        let now = clock::now();
        match self.collect(now) {
            Ok(health) => {
                let bytes = serde_json::to_vec(&health).unwrap_or_default();
                let jws = jws::sign(&self.key, ContentType::Health, &bytes);
                self.health.send_replace(Some(Latest { bytes, jws: Some(jws) }));
            }
            Err(error) => tracing::error!(error = &error as &dyn std::error::Error, "no health can be told"),
        }
    }

    fn collect(&mut self, now: UtcTime) -> Result<Health, OutboxError> {
        let (outbox, chain) =
            self.outbox.call::<_, OutboxError, _>(|outbox| Ok((outbox.health()?, outbox.head().clone())))?;
        let instant = Instant::now();
        let cameras = self.cameras.lock().unwrap_or_else(PoisonError::into_inner);
        let figures = cameras.iter().zip(&mut self.reported).map(|(camera, reported)| {
            let analysis = reported.figures.lock().unwrap_or_else(PoisonError::into_inner);
            reported.meter.look(&camera.stats(), &analysis, now, instant)
        });
        Ok(Health {
            v: V1,
            dev: self.device.clone(),
            boot: self.boot.clone(),
            at: now,
            software: env!("CARGO_PKG_VERSION").into(),
            uptime_s: self.begun.elapsed().as_secs_f64().round(),
            model: self.model.clone(),
            cameras: figures.collect(),
            temperature_c: health::temperature_c(),
            disk_free_bytes: health::disk_free_bytes(&self.data_dir),
            memory_bytes: health::memory_bytes(),
            outbox,
            clock: self.clock.clock(),
            chain: Some(chain),
            unknown: self.uplink_figures(),
        })
    }

    /// How the way to the centre stands; additional to what every build knows.
    fn uplink_figures(&self) -> Unknown {
        let report = self.uplink.report();
        let figures = serde_json::json!({
            "connects": report.connects,
            "disconnects": report.disconnects,
            "resent": report.resent,
            "receipted": report.receipted,
            "bad_receipts": report.bad_receipts,
            "foreign_items": report.foreign_items,
            "refused_by_broker": report.refused_by_broker,
            "refused_by_centre": report.refused_by_centre,
        });
        Unknown::from_iter([("uplink".to_owned(), figures)])
    }
}
