//! Events and facts of a file: numbered and chained as a box would, with ids and nonces made from the
//! hash of file, scene and model. They are not signed, because no box stands behind them.

use super::AnalyzeError;
use super::output::{Lines, Output};
use crate::event_maker::{CameraContext, EventMaker};
use crate::facts;
use crate::ids::Random;
use crate::incidents::IncidentIds;
use kerege_contract::event::{
    Clock, ClockSource, ClockState, EventTimes, Evidence, EvidenceRole, ModelRef, TimeSource,
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
        let mut evidence = Vec::new();
        if let Some(bytes) = still {
            let sha256 = Sha256Hash::of(&bytes);
            output.still(&format!("{sha256}.jpg"), &bytes)?;
            let (role, mime) = (EvidenceRole::Still, "image/jpeg".to_owned());
            evidence.push(Evidence { role, mime, bytes: bytes.len() as u64, sha256, masked: false });
        }
        let draft = self.maker.incident(&self.context, change, id, times(change), evidence, &mut self.random);
        let mut event = draft.event().clone();
        self.seq += 1;
        (event.epoch, event.seq, event.prev) = (1, self.seq, self.prev);
        let bytes = event.to_bytes();
        self.prev = Sha256Hash::of(&bytes);
        output.events.write_bytes(&bytes)?;
        Ok(Some(id))
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

/// A file's time is what its reader says it is, and no clock stands behind it.
fn times(change: &IncidentChange) -> EventTimes {
    EventTimes {
        event: change.utc,
        detected: change.detected_utc,
        src: TimeSource::File,
        err_ms: 0.0,
        clock: Clock { src: ClockSource::None, state: ClockState::Unsynced, off_ms: 0.0, err_ms: None },
    }
}
