//! Events and facts of a file: numbered and chained as a box would, with ids and nonces made from the
//! hash of file, scene and model. They are not signed, because no box stands behind them.

use super::AnalyzeError;
use super::output::{Lines, Output};
use crate::event_maker::{CameraContext, EventMaker, SystemNotice};
use crate::facts;
use crate::ids::Random;
use crate::incidents::IncidentIds;
use crate::outbox::Draft;
use crate::vision::SightChange;
use kerege_contract::event::{
    Clock, ClockSource, ClockState, Event, EventTimes, EventType, Evidence, EvidenceRole, ModelRef, Phase, Severity,
    TimeSource,
};
use kerege_contract::fact::{BootId, MinuteFact};
use kerege_contract::recording::RecordingHeader;
use kerege_contract::version::{Unknown, V1};
use kerege_contract::{CameraId, DeviceId, FrameSize, IncidentId, Scene, Sha256Hash, SiteId, UtcTime};
use kerege_pipelines::{IncidentChange, MinuteCells};

/// What events of a file name as their box, site and camera.
const NAME: &str = "analyze";

/// Makes and writes events and facts.
pub(crate) struct Chronicle {
    start: UtcTime,
    model: Option<ModelRef>,
    device: DeviceId,
    camera: CameraId,
    maker: EventMaker,
    context: CameraContext,
    incidents: IncidentIds,
    random: Random,
    boot: BootId,
    seq: u64,
    fseq: u64,
    prev: Sha256Hash,
    /// The beginning of what the camera is: blind or moved.
    dark: Option<Event>,
}

impl Chronicle {
    /// For one file (told by a hash), scene and model.
    pub(crate) fn new(file: &Sha256Hash, scene: &Scene, model: Option<&ModelRef>, start: UtcTime) -> Self {
        let model_hash = model.map_or("", |model| model.hash.as_str());
        let seed = Sha256Hash::of(format!("{file} {} {model_hash}", scene.hash()).as_bytes());
        let mut random = Random::from_seed(seed);
        let device = DeviceId::new(NAME).expect("the name is a good one");
        let camera = CameraId::new(NAME).expect("the name is a good one");
        let site = SiteId::new(NAME).expect("the name is a good one");
        Self {
            start,
            model: model.cloned(),
            maker: EventMaker::new(device.clone(), site, model.cloned()),
            context: CameraContext::new(&camera, scene),
            incidents: IncidentIds::default(),
            boot: random.boot_id(start),
            random,
            device,
            camera,
            seq: 0,
            fseq: 0,
            prev: Sha256Hash::ZERO,
            dark: None,
        }
    }

    /// The first line of a recording of this file.
    pub(super) fn recording_header(&self, size: FrameSize) -> RecordingHeader {
        RecordingHeader { v: V1, size, start: Some(self.start), cam: None, model: self.model.clone() }
    }

    /// Writes the event of a change; gives the incident's id, or none for a change of an incident
    /// that never began.
    pub(super) fn incident(
        &mut self,
        change: &IncidentChange,
        still: Option<Vec<u8>>,
        output: &mut Output,
    ) -> Result<Option<IncidentId>, AnalyzeError> {
        let Some(id) = self.incidents.id_of(&self.camera, change, &mut self.random) else { return Ok(None) };
        let (evidence, times) = (evidence(still, output)?, times(change.utc, change.detected_utc));
        let draft = self.maker.incident(&self.context, change, id, times, evidence, &mut self.random);
        self.write(&draft, output)?;
        Ok(Some(id))
    }

    /// Writes that the camera can be believed again, or cannot any more; gives what began and what is over.
    pub(super) fn sight(
        &mut self,
        change: &SightChange,
        detected: UtcTime,
        still: Option<Vec<u8>>,
        output: &mut Output,
    ) -> Result<Vec<(IncidentId, EventType, Phase)>, AnalyzeError> {
        let (mut told, times) = (Vec::new(), times(change.since, detected));
        if let Some(start) = self.dark.take() {
            let draft = self.maker.ending(&start, change.reason, times.clone(), &mut self.random);
            self.write(&draft, output)?;
            told.extend(start.incident.map(|id| (id, start.kind, Phase::End)));
        }
        let Some(kind) = change.event() else { return Ok(told) };
        let id = self.random.incident_id(detected);
        let notice = SystemNotice {
            kind,
            phase: Some(Phase::Start),
            incident: Some(id),
            severity: Severity::High,
            reason: Some(change.reason.to_owned()),
            detail: None,
            stills: evidence(still, output)?,
        };
        let draft = self.maker.system(Some(&self.camera), notice, times, &mut self.random);
        self.dark = Some(self.write(&draft, output)?);
        told.push((id, kind, Phase::Start));
        Ok(told)
    }

    /// Numbers, chains and writes an event.
    fn write(&mut self, draft: &Draft, output: &mut Output) -> Result<Event, AnalyzeError> {
        let mut event = draft.event().clone();
        self.seq += 1;
        (event.epoch, event.seq, event.prev) = (1, self.seq, self.prev);
        let bytes = event.to_bytes();
        self.prev = Sha256Hash::of(&bytes);
        output.events.write_bytes(&bytes)?;
        Ok(event)
    }

    /// Writes the fact of a minute.
    pub(super) fn minute(&mut self, minute: MinuteCells, lines: &mut Lines) -> Result<(), AnalyzeError> {
        let draft = facts::complete(&self.boot, &self.camera, minute);
        self.fseq += 1;
        lines.write(&MinuteFact {
            v: V1,
            dev: self.device.clone(),
            boot: draft.boot,
            fseq: self.fseq,
            cam: draft.cam,
            start: draft.start,
            minutes: 1,
            part: 0,
            observed_s: draft.observed_s,
            cells: draft.cells,
            replaces: Vec::new(),
            unknown: Unknown::new(),
        })
    }
}

/// Writes a still, where there is one.
fn evidence(still: Option<Vec<u8>>, output: &Output) -> Result<Vec<Evidence>, AnalyzeError> {
    let Some(bytes) = still else { return Ok(Vec::new()) };
    let sha256 = Sha256Hash::of(&bytes);
    output.still(&format!("{sha256}.jpg"), &bytes)?;
    let (role, mime) = (EvidenceRole::Still, "image/jpeg".to_owned());
    Ok(vec![Evidence { role, mime, bytes: bytes.len() as u64, sha256, masked: false }])
}

/// A file's time is what its reader says it is, and no clock stands behind it.
fn times(event: UtcTime, detected: UtcTime) -> EventTimes {
    EventTimes {
        event,
        detected,
        src: TimeSource::File,
        err_ms: 0.0,
        clock: Clock { src: ClockSource::None, state: ClockState::Unsynced, off_ms: 0.0, err_ms: None },
    }
}
