//! The thread that looks: takes the cameras' frames in turn, runs the model and each camera's
//! pipeline, and hands what follows to the recorder. It waits when the recorder is behind; frames
//! are lost then, events are not.

use super::recorder::{FrameRecord, Record};
use crate::capture::{CameraChange, CameraEvent};
use crate::clock;
use crate::frame::Frame;
use crate::health::AnalysisFigures;
use crate::infer::{NoFrame, Slots};
use crate::signals::SharedTimeline;
use crate::vision::{Glance, Lookout, Noticed};
use kerege_contract::phase::SignalMessage;
use kerege_contract::{CameraId, Detection, UtcTime};
use kerege_models::Detector;
use kerege_pipelines::{FrameMeta, Outputs, Pipeline, Sight};
use std::sync::mpsc::{Receiver, SyncSender};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How often a camera's latest picture is sent.
const PICTURE_EVERY: Duration = Duration::from_secs(2);
/// How often a pipeline without frames is told the time, and conditions are looked at.
const TICK: Duration = Duration::from_secs(1);
/// How often what is needed to go on with open incidents is kept.
const KEEP_OPEN_EVERY: Duration = Duration::from_secs(5);
/// Without a frame for so long a camera is down: a clip that begins anew, or a camera that drops
/// the connection and is back at once, is no condition worth a message.
const DOWN_AFTER: Duration = Duration::from_millis(4500);

/// One camera as the analyst sees it.
pub(super) struct Watched {
    id: CameraId,
    pipeline: Pipeline,
    lookout: Option<Lookout>,
    /// Whether the stream shows the same picture again and again.
    frozen: bool,
    /// What the lookout complained of last.
    fault: String,
    figures: Arc<Mutex<AnalysisFigures>>,
    analysed: u64,
    last_frame: Instant,
    last_tick: Instant,
    last_picture: Option<Instant>,
    last_kept: Instant,
    /// Why no frames come, since the camera said so.
    lost: Option<(UtcTime, String)>,
}

impl Watched {
    pub(super) fn new(
        id: CameraId,
        pipeline: Pipeline,
        lookout: Option<Lookout>,
        figures: Arc<Mutex<AnalysisFigures>>,
    ) -> Self {
        let now = Instant::now();
        Self {
            id,
            pipeline,
            lookout,
            frozen: false,
            fault: String::new(),
            figures,
            analysed: 0,
            last_frame: now,
            last_tick: now,
            last_picture: None,
            last_kept: now,
            lost: None,
        }
    }

    /// Lets the lookout look; it takes no part when it cannot.
    fn look(&mut self, frame: &Frame, seen: &[Detection]) -> Noticed {
        let Some(lookout) = &mut self.lookout else { return Noticed::default() };
        let picture = frame.pixels.picture();
        let (stream_epoch, t, utc) = (frame.stream_epoch, frame.t, frame.utc);
        match lookout.look(&Glance { stream_epoch, t, utc, picture: &picture, seen }) {
            Ok(noticed) => noticed,
            Err(error) => {
                let fault = super::model::chain(&error);
                if fault != self.fault {
                    tracing::error!(camera = %self.id, "whether the camera is blind or moved is not known: {fault}");
                    self.fault = fault;
                }
                Noticed::default()
            }
        }
    }

    /// Tells the pipeline whether the picture can be believed.
    fn believe(&mut self) {
        let sight = self.lookout.as_ref().map_or(Sight::Clear, Lookout::sight);
        self.pipeline.set_sight(if self.frozen { Sight::Frozen } else { sight });
    }
}

/// The thread's state.
pub(super) struct Analyst {
    pub(super) slots: Arc<Slots>,
    pub(super) detector: Option<Box<dyn Detector>>,
    pub(super) cameras: Vec<Watched>,
    pub(super) changes: Receiver<CameraEvent>,
    pub(super) records: SyncSender<Record>,
    pub(super) phases: Phases,
    pub(super) fault: String,
}

/// What the signals show, and how much of it the pipelines know.
pub(super) struct Phases {
    timeline: Option<SharedTimeline>,
    known: u64,
}

impl Phases {
    pub(super) const fn new(timeline: Option<SharedTimeline>) -> Self {
        Self { timeline, known: 0 }
    }

    /// The messages that the pipelines do not know yet.
    fn fresh(&mut self) -> Vec<SignalMessage> {
        let Some(timeline) = &self.timeline else { return Vec::new() };
        let (fresh, known) = timeline.lock().unwrap_or_else(PoisonError::into_inner).since(self.known);
        self.known = known;
        fresh
    }
}

/// The recorder has ended: there is nobody to tell anything.
struct Gone;

impl Analyst {
    /// Looks until the slots are closed, then ends every pipeline.
    pub(super) fn run(mut self) {
        while self.round().is_ok() {}
        for at in 0..self.cameras.len() {
            let outputs = self.cameras[at].pipeline.finish();
            if self.tell_quiet(at, outputs).is_err() {
                return;
            }
        }
    }

    fn round(&mut self) -> Result<(), Gone> {
        while let Ok(change) = self.changes.try_recv() {
            self.change(change)?;
        }
        let next = self.slots.next(Duration::from_millis(200));
        for message in self.phases.fresh() {
            self.cameras.iter_mut().for_each(|camera| camera.pipeline.take_signal(message.clone()));
        }
        match next {
            Ok(frame) => self.frame(frame)?,
            Err(NoFrame::Timeout) => {}
            Err(NoFrame::Closed) => return Err(Gone),
        }
        for at in 0..self.cameras.len() {
            self.tick(at)?;
        }
        Ok(())
    }

    fn frame(&mut self, frame: Frame) -> Result<(), Gone> {
        let Some(at) = self.cameras.iter().position(|camera| camera.id == frame.camera) else { return Ok(()) };
        let now = Instant::now();
        self.cameras[at].last_frame = now;
        let detections = self.detect(&frame);
        let Noticed { change, things } = self.cameras[at].look(&frame, detections.as_deref().unwrap_or_default());
        if let Some(change) = change {
            let camera = &mut self.cameras[at];
            tracing::info!(camera = %camera.id, sight = ?change.sight, reason = change.reason, "the camera's view");
            camera.figures.lock().unwrap_or_else(PoisonError::into_inner).sight = (change.sight, change.reason);
            self.send(Record::Sight { camera: at, change, frame: frame.clone() })?;
        }
        let camera = &mut self.cameras[at];
        camera.believe();
        let mut record = FrameRecord::new(at, &frame);
        if let Some(detections) = detections {
            let meta = FrameMeta {
                stream_epoch: frame.stream_epoch,
                frame: camera.analysed,
                t: frame.t,
                utc: frame.utc,
                size: frame.size,
            };
            camera.pipeline.set_time_error(frame.err_ms / 1000.0);
            let outputs = camera.pipeline.step(&meta, &detections);
            if let Some(things) = things {
                camera.pipeline.take_things(things);
            }
            camera.analysed += 1;
            camera.figures.lock().unwrap_or_else(PoisonError::into_inner).add(frame.arrival.elapsed());
            record.fill(meta, detections, outputs, &camera.pipeline);
        }
        if camera.last_picture.is_none_or(|last| now.duration_since(last) >= PICTURE_EVERY) {
            camera.last_picture = Some(now);
            record.picture = true;
        }
        if record.wants_pixels() {
            record.frame = Some(frame);
        }
        self.send(Record::Frame(Box::new(record)))
    }

    /// What the model sees; none when there is no model or it fails.
    fn detect(&mut self, frame: &Frame) -> Option<Vec<Detection>> {
        let detector = self.detector.as_mut()?;
        match detector.detect(&frame.pixels.picture()) {
            Ok(detections) => {
                self.fault.clear();
                Some(detections)
            }
            Err(error) => {
                let fault = super::model::chain(&error);
                if fault != self.fault {
                    tracing::error!(camera = %frame.camera, "a frame cannot be analysed: {fault}");
                    self.fault = fault;
                }
                None
            }
        }
    }

    fn change(&mut self, event: CameraEvent) -> Result<(), Gone> {
        let Some(camera) = self.cameras.iter_mut().find(|camera| camera.id == event.camera) else { return Ok(()) };
        match &event.change {
            CameraChange::Live { .. } | CameraChange::Restored => {
                camera.lost = None;
                camera.frozen = false;
                camera.believe();
            }
            CameraChange::Frozen => {
                camera.frozen = true;
                camera.believe();
            }
            CameraChange::Down { reason } => {
                let since = camera.lost.take().map_or(event.at, |(since, _)| since);
                camera.lost = Some((since, reason.clone()));
                return Ok(());
            }
        }
        self.send(Record::Camera(event))
    }

    /// Once a second: time passes for cameras without frames, too.
    fn tick(&mut self, at: usize) -> Result<(), Gone> {
        let now = Instant::now();
        let camera = &mut self.cameras[at];
        if now.duration_since(camera.last_tick) < TICK {
            return Ok(());
        }
        camera.last_tick = now;
        if now.duration_since(camera.last_frame) >= TICK {
            let outputs = camera.pipeline.idle(clock::now());
            self.tell_quiet(at, outputs)?;
        }
        let camera = &mut self.cameras[at];
        if now.duration_since(camera.last_kept) >= KEEP_OPEN_EVERY {
            camera.last_kept = now;
            let open = camera.pipeline.open_incidents();
            let running = camera.pipeline.running_minute();
            if !open.is_empty() || running.is_some() {
                self.send(Record::Keep { camera: at, open, running })?;
            }
        }
        let camera = &mut self.cameras[at];
        let silent = now.duration_since(camera.last_frame) >= DOWN_AFTER;
        match &camera.lost {
            Some((since, reason)) if silent => {
                let record = Record::Down { camera: at, since: *since, reason: reason.clone() };
                self.send(record)
            }
            _ => Ok(()),
        }
    }

    /// What follows without a frame.
    fn tell_quiet(&mut self, at: usize, outputs: Outputs) -> Result<(), Gone> {
        if outputs == Outputs::default() {
            return Ok(());
        }
        let open = self.cameras[at].pipeline.open_incidents();
        self.send(Record::Quiet { camera: at, outputs, open })
    }

    fn send(&self, record: Record) -> Result<(), Gone> {
        self.records.send(record).map_err(|_| Gone)
    }
}
