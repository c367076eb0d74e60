//! The thread that remembers: turns what the analyst found into signed events, facts, stills, and
//! the files for people. Nothing that comes this far is dropped: while the disk refuses, it waits.

use super::conditions::Conditions;
use super::journal::Journal;
use crate::blobs::Pictures;
use crate::capture::{CameraChange, CameraEvent};
use crate::clock::{self, ClockWatch};
use crate::event_maker::{CameraContext, EventMaker};
use crate::facts;
use crate::frame::Frame;
use crate::ids::Random;
use crate::incidents::{IncidentIds, state_of};
use crate::outbox::{Draft, Outbox, OutboxError, OutboxHandle};
use crate::still;
use crate::vision::SightChange;
use kerege_contract::event::{Event, EventTimes, EventType, Evidence, EvidenceRole, Phase, TimeSource};
use kerege_contract::fact::{BootId, Direction};
use kerege_contract::files::PassageRecord;
use kerege_contract::recording::DetectionFrame;
use kerege_contract::{CameraId, Detection, Scene, UtcTime};
use kerege_pipelines::{FrameMeta, IncidentChange, MinuteCells, OpenIncident, Outputs, Passage, Pipeline};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant, SystemTime};

/// Records that may wait for the recorder.
pub(super) const QUEUE: usize = 64;
const TIDY_EVERY: Duration = Duration::from_secs(300);

/// What the recorder is told.
pub(super) enum Record {
    /// A frame was analysed.
    Frame(Box<FrameRecord>),
    /// Time passed without a frame.
    Quiet { camera: usize, outputs: Outputs, open: Vec<OpenIncident> },
    /// What is needed to go on after a restart.
    Keep { camera: usize, open: Vec<OpenIncident>, running: Option<MinuteCells> },
    /// A camera came back or stands still.
    Camera(CameraEvent),
    /// A camera went blind, was moved, or can be believed again; with the frame that shows it.
    Sight { camera: usize, change: SightChange, frame: Frame },
    /// A camera is away; repeated while it is.
    Down { camera: usize, since: UtcTime, reason: String },
    /// A condition of the box begins, lasts or is over.
    Condition { kind: EventType, lasts: Option<String> },
}

/// An analysed frame with what follows from it.
pub(super) struct FrameRecord {
    camera: usize,
    utc: UtcTime,
    time: (TimeSource, f64),
    seen: Option<(FrameMeta, Vec<Detection>)>,
    outputs: Outputs,
    open: Vec<OpenIncident>,
    running: Option<MinuteCells>,
    /// The picture itself, only where it is wanted: it holds the decoder's memory.
    pub(super) frame: Option<Frame>,
    /// Whether it becomes the camera's latest picture.
    pub(super) picture: bool,
}

impl FrameRecord {
    pub(super) fn new(camera: usize, frame: &Frame) -> Self {
        Self {
            camera,
            utc: frame.utc,
            time: (frame.source, frame.err_ms),
            seen: None,
            outputs: Outputs::default(),
            open: Vec::new(),
            running: None,
            frame: None,
            picture: false,
        }
    }

    pub(super) fn fill(&mut self, meta: FrameMeta, seen: Vec<Detection>, outputs: Outputs, pipeline: &Pipeline) {
        if !outputs.passages.is_empty() {
            self.running = pipeline.running_minute();
        }
        if !outputs.incidents.is_empty() {
            self.open = pipeline.open_incidents();
        }
        self.seen = Some((meta, seen));
        self.outputs = outputs;
    }

    pub(super) fn wants_pixels(&self) -> bool {
        self.picture || self.outputs.incidents.iter().any(|change| change.phase == Phase::Start)
    }
}

/// A camera as the recorder knows it.
pub(super) struct Recorded {
    pub(super) id: CameraId,
    pub(super) scene: Scene,
    pub(super) context: CameraContext,
}

/// How a condition began.
struct Began<'f> {
    at: UtcTime,
    /// A stable word.
    reason: &'f str,
    /// For people.
    detail: Option<String>,
    /// The picture that shows it.
    frame: Option<&'f Frame>,
}

impl<'f> Began<'f> {
    const fn new(at: UtcTime, reason: &'f str, detail: Option<String>) -> Self {
        Self { at, reason, detail, frame: None }
    }
}

/// The thread's state.
pub(super) struct Recorder {
    pub(super) outbox: OutboxHandle,
    pub(super) maker: EventMaker,
    pub(super) cameras: Vec<Recorded>,
    pub(super) ids: IncidentIds,
    pub(super) conditions: Conditions,
    pub(super) random: Random,
    pub(super) boot: BootId,
    pub(super) clock: ClockWatch,
    pub(super) journal: Journal,
    pub(super) pictures: Arc<Pictures>,
}

impl Recorder {
    /// Records until nobody tells anything any more.
    pub(super) fn run(mut self, records: &Receiver<Record>) {
        let mut tidied = Instant::now();
        loop {
            match records.recv_timeout(Duration::from_secs(1)) {
                Ok(record) => self.record(record),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
            if tidied.elapsed() >= TIDY_EVERY {
                tidied = Instant::now();
                self.journal.tidy(SystemTime::now());
            }
        }
        self.journal.finish();
    }

    fn record(&mut self, record: Record) {
        match record {
            Record::Frame(record) => self.frame(*record),
            Record::Quiet { camera, outputs, open } => {
                self.outputs(camera, outputs, &open, (TimeSource::Estimated, 0.0), None);
            }
            Record::Keep { camera, open, running } => self.keep(camera, &open, running),
            Record::Camera(event) => self.camera(&event),
            Record::Sight { camera, change, frame } => self.sight(camera, &change, &frame),
            Record::Down { camera, since, reason } => {
                let id = self.cameras[camera].id.clone();
                self.begin(EventType::CameraDown, Some(&id), &Began::new(since, "no_frames", Some(reason)));
            }
            Record::Condition { kind, lasts: Some(detail) } => {
                self.begin(kind, None, &Began::new(clock::now(), "observed", Some(detail)));
            }
            Record::Condition { kind, lasts: None } => self.end(kind, None, "restored"),
        }
    }

    fn frame(&mut self, record: FrameRecord) {
        let jpeg = record.frame.as_ref().and_then(jpeg_of);
        let camera = self.cameras[record.camera].id.clone();
        if let Some((meta, detections)) = record.seen {
            let (epoch, frame, t, utc) = (meta.stream_epoch, meta.frame, meta.t, meta.utc);
            let seen = DetectionFrame { epoch, frame, t, utc: Some(utc), detections };
            self.journal.frame(&camera, meta.size, utc, &seen);
        }
        self.outputs(record.camera, record.outputs, &record.open, record.time, jpeg.as_deref());
        if let Some(running) = record.running {
            let cells = facts::running(&self.boot, &camera, running);
            self.persist("the running minute", move |outbox| outbox.keep_cells(&cells));
        }
        if let Some(jpeg) = jpeg.filter(|_| record.picture) {
            self.pictures.put(&camera, record.utc, jpeg);
        }
    }

    fn outputs(
        &mut self,
        at: usize,
        outputs: Outputs,
        open: &[OpenIncident],
        time: (TimeSource, f64),
        jpeg: Option<&[u8]>,
    ) {
        let camera = &self.cameras[at];
        let passages: Vec<PassageRecord> =
            outputs.passages.iter().map(|passage| passage_record(camera, passage)).collect();
        self.journal.passages(&camera.id.clone(), &passages);
        let id = camera.id.clone();
        for minute in outputs.minutes {
            let draft = facts::complete(&self.boot, &id, minute);
            self.persist("a minute fact", move |outbox| outbox.append_fact(draft.clone(), clock::now()).map(drop));
        }
        for change in &outputs.incidents {
            self.incident(at, change, open, time, jpeg);
        }
        if !outputs.incidents.is_empty() || !passages.is_empty() {
            self.outbox.announce();
        }
    }

    fn incident(
        &mut self,
        at: usize,
        change: &IncidentChange,
        open: &[OpenIncident],
        (src, err_ms): (TimeSource, f64),
        jpeg: Option<&[u8]>,
    ) {
        let camera = self.cameras[at].id.clone();
        let Some(id) = self.ids.id_of(&camera, change, &mut self.random) else {
            tracing::warn!(%camera, key = %change.key, "a change of an incident that never began here");
            return;
        };
        let stills = match jpeg.filter(|_| change.phase == Phase::Start) {
            Some(jpeg) => self.still(jpeg),
            None => Vec::new(),
        };
        let times =
            EventTimes { event: change.utc, detected: change.detected_utc, src, err_ms, clock: self.clock.clock() };
        let context = &self.cameras[at].context;
        let mut draft = self.maker.incident(context, change, id, times, stills, &mut self.random);
        if let Some(state) = open.iter().find(|open| open.key == change.key) {
            draft = draft.with_state(state_of(state));
        }
        self.append(draft);
    }

    /// Puts a still on disk before the event that names it.
    fn still(&mut self, jpeg: &[u8]) -> Vec<Evidence> {
        let bytes = jpeg.to_vec();
        let length = bytes.len() as u64;
        let stored = self.persist("a still", move |outbox| outbox.store_blob(&bytes));
        stored
            .map(|sha256| Evidence {
                role: EvidenceRole::Still,
                mime: "image/jpeg".into(),
                bytes: length,
                sha256,
                masked: false,
            })
            .into_iter()
            .collect()
    }

    fn keep(&self, at: usize, open: &[OpenIncident], running: Option<MinuteCells>) {
        let camera = &self.cameras[at].id;
        let states = self.ids.states(camera, open);
        if !states.is_empty() {
            self.persist("open incidents", move |outbox| outbox.keep_states(&states));
        }
        if let Some(running) = running {
            let cells = facts::running(&self.boot, camera, running);
            self.persist("the running minute", move |outbox| outbox.keep_cells(&cells));
        }
    }

    fn camera(&mut self, event: &CameraEvent) {
        match &event.change {
            CameraChange::Live { .. } => {
                self.end(EventType::CameraDown, Some(&event.camera), "restored");
                self.end(EventType::CameraFrozen, Some(&event.camera), "restored");
            }
            CameraChange::Frozen => {
                let began = Began::new(event.at, "same_picture", None);
                self.begin(EventType::CameraFrozen, Some(&event.camera), &began);
            }
            CameraChange::Restored => self.end(EventType::CameraFrozen, Some(&event.camera), "restored"),
            CameraChange::Down { .. } => {}
        }
    }

    /// A camera is blind or moved, never both; a still shows what it saw.
    fn sight(&mut self, at: usize, change: &SightChange, frame: &Frame) {
        let camera = self.cameras[at].id.clone();
        let kind = change.event();
        for over in [EventType::CameraBlind, EventType::CameraMoved] {
            if Some(over) != kind {
                self.end(over, Some(&camera), if kind.is_none() { change.reason } else { "restored" });
            }
        }
        let Some(kind) = kind else { return };
        let began = Began::new(change.since, change.reason, None);
        self.begin(kind, Some(&camera), &Began { frame: Some(frame), ..began });
    }

    fn begin(&mut self, kind: EventType, camera: Option<&CameraId>, began: &Began<'_>) {
        let id = self.random.incident_id(clock::now());
        let Some(mut notice) = self.conditions.begin(kind, camera, id, began.reason, began.detail.clone()) else {
            return;
        };
        let mut times = self.times(began.at);
        if let Some(frame) = began.frame {
            (times.src, times.err_ms) = (frame.source, frame.err_ms);
            notice.stills = jpeg_of(frame).map(|jpeg| self.still(&jpeg)).unwrap_or_default();
        }
        let draft = self.maker.system(camera, notice, times, &mut self.random);
        if let Some(event) = self.append(draft) {
            self.conditions.began(event);
        }
    }

    fn end(&mut self, kind: EventType, camera: Option<&CameraId>, reason: &str) {
        if let Some(start) = self.conditions.end(kind, camera) {
            self.finish(&start, reason);
        }
    }

    /// Ends an incident or condition with a reason.
    pub(super) fn finish(&mut self, start: &Event, reason: &str) {
        let times = self.times(clock::now());
        let draft = self.maker.ending(start, reason, times, &mut self.random);
        self.append(draft);
    }

    fn times(&self, event: UtcTime) -> EventTimes {
        let clock = self.clock.clock();
        let err_ms = clock.err_ms.unwrap_or(0.0);
        EventTimes { event, detected: clock::now(), src: TimeSource::Estimated, err_ms, clock }
    }

    fn append(&self, draft: Draft) -> Option<Event> {
        let event = self.persist("an event", move |outbox| outbox.append(draft.clone(), clock::now()));
        self.outbox.announce();
        event
    }

    /// Does it until it is done. None when it never can be.
    pub(super) fn persist<T: Send + 'static>(
        &self,
        what: &str,
        work: impl FnMut(&mut Outbox) -> Result<T, OutboxError> + Send + Clone + 'static,
    ) -> Option<T> {
        let mut told = false;
        loop {
            match self.outbox.call(work.clone()) {
                Ok(done) => return Some(done),
                Err(error @ (OutboxError::TooLarge { .. } | OutboxError::Closed)) => {
                    tracing::error!(error = &error as &dyn std::error::Error, "{what} cannot be stored");
                    return None;
                }
                Err(error) => {
                    if !std::mem::replace(&mut told, true) {
                        tracing::error!(
                            error = &error as &dyn std::error::Error,
                            "{what} cannot be stored yet: is the disk full? the box waits"
                        );
                    }
                    std::thread::sleep(Duration::from_secs(1));
                }
            }
        }
    }
}

/// The frame as JPEG; told in the log when it cannot be made.
fn jpeg_of(frame: &Frame) -> Option<Vec<u8>> {
    match still::jpeg(frame) {
        Ok(jpeg) => Some(jpeg),
        Err(error) => {
            tracing::warn!(camera = %frame.camera, error = &error as &dyn std::error::Error, "no still");
            None
        }
    }
}

fn passage_record(camera: &Recorded, passage: &Passage) -> PassageRecord {
    let line = camera.scene.lines.iter().find(|line| line.id == passage.line);
    let name = line.map(|line| match passage.dir {
        Direction::Forward => line.forward.clone(),
        Direction::Backward => line.backward.clone(),
    });
    PassageRecord {
        at: passage.utc,
        t: passage.t,
        cam: Some(camera.id.clone()),
        line: passage.line.clone(),
        dir: passage.dir,
        name: name.unwrap_or_default(),
        class: passage.class,
        speed_kmh: passage.speed_kmh,
        speed_err_kmh: passage.speed_err_kmh,
        track: passage.track.to_string(),
    }
}
