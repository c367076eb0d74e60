//! From what the pipeline saw to an event: fills in who, where, by which rule, model and
//! calibration, and how well the time is known. Pure; numbers and `prev` come from the outbox.

use crate::ids::Random;
use crate::outbox::Draft;
use kerege_contract::event::{Event, EventTimes, EventType, Evidence, ModelRef, Phase, RuleRef, Severity, Status};
use kerege_contract::version::{Unknown, V1};
use kerege_contract::{CameraId, DeviceId, IncidentId, RuleId, Scene, Sha256Hash, SiteId};
use kerege_pipelines::IncidentChange;
use std::collections::BTreeMap;

/// Makes the events of one box (or of the analysis of one file).
#[derive(Debug, Clone)]
pub struct EventMaker {
    device: DeviceId,
    site: SiteId,
    model: Option<ModelRef>,
}

/// What the events of one camera have in common.
#[derive(Debug, Clone)]
pub struct CameraContext {
    camera: CameraId,
    geo: Option<[f64; 2]>,
    calibration: Option<String>,
    rules: BTreeMap<RuleId, RuleRef>,
}

impl CameraContext {
    /// Works out the hashes of a camera's scene.
    #[must_use]
    pub fn new(camera: &CameraId, scene: &Scene) -> Self {
        let rules = scene.rules.iter().map(|rule| {
            let hash = scene.rule_hash(&rule.id).map(tagged).unwrap_or_default();
            (rule.id.clone(), RuleRef { id: rule.id.clone(), ver: rule.ver, hash })
        });
        Self {
            camera: camera.clone(),
            geo: scene.geo,
            calibration: scene.calibration_hash().map(tagged),
            rules: rules.collect(),
        }
    }
}

/// A hash as events write it.
fn tagged(hash: Sha256Hash) -> String {
    format!("sha256:{hash}")
}

/// Something that the box says of itself.
#[derive(Debug, Clone, PartialEq)]
pub struct SystemNotice {
    /// What.
    pub kind: EventType,
    /// Where it stands in its life; none for what happens in one instant.
    pub phase: Option<Phase>,
    /// The same from start to end.
    pub incident: Option<IncidentId>,
    /// How soon a person should look.
    pub severity: Severity,
    /// A stable word.
    pub reason: Option<String>,
    /// For people.
    pub detail: Option<String>,
    /// What the camera showed then.
    pub stills: Vec<Evidence>,
}

impl EventMaker {
    /// For a box, with the model in use.
    #[must_use]
    pub const fn new(device: DeviceId, site: SiteId, model: Option<ModelRef>) -> Self {
        Self { device, site, model }
    }

    /// An incident's beginning, change or end.
    #[must_use]
    pub fn incident(
        &self,
        camera: &CameraContext,
        change: &IncidentChange,
        id: IncidentId,
        times: EventTimes,
        stills: Vec<Evidence>,
        random: &mut Random,
    ) -> Draft {
        let base = self.base(change.kind, change.severity, times, random);
        Draft::new(Event {
            phase: Some(change.phase),
            incident: Some(id),
            cam: Some(camera.camera.clone()),
            lane: change.lane.clone(),
            geo: camera.geo,
            obj: change.objects.clone(),
            rule: camera.rules.get(&change.rule).cloned(),
            model: self.model.clone(),
            calib: camera.calibration.clone(),
            evidence: stills,
            signals: change.signals.clone(),
            reason: change.reason.map(|reason| reason.as_str().to_owned()),
            ..base
        })
    }

    /// What the box says of itself or of one of its cameras.
    #[must_use]
    pub fn system(
        &self,
        camera: Option<&CameraId>,
        notice: SystemNotice,
        times: EventTimes,
        random: &mut Random,
    ) -> Draft {
        let base = self.base(notice.kind, notice.severity, times, random);
        Draft::new(Event {
            phase: notice.phase,
            incident: notice.incident,
            cam: camera.cloned(),
            evidence: notice.stills,
            reason: notice.reason,
            detail: notice.detail,
            ..base
        })
    }

    /// The end of an incident that nobody goes on with, such as after a restart.
    #[must_use]
    pub fn ending(&self, start: &Event, reason: &str, times: EventTimes, random: &mut Random) -> Draft {
        let base = self.base(start.kind, start.severity, times, random);
        Draft::new(Event {
            phase: Some(Phase::End),
            incident: start.incident,
            cam: start.cam.clone(),
            lane: start.lane.clone(),
            geo: start.geo,
            rule: start.rule.clone(),
            model: start.model.clone(),
            calib: start.calib.clone(),
            reason: Some(reason.to_owned()),
            ..base
        })
    }

    fn base(&self, kind: EventType, severity: Severity, ts: EventTimes, random: &mut Random) -> Event {
        Event {
            v: V1,
            id: random.event_id(ts.detected),
            dev: self.device.clone(),
            epoch: 0,
            seq: 0,
            prev: Sha256Hash::ZERO,
            kind,
            class: kind.class(),
            phase: None,
            incident: None,
            severity,
            status: Status::Candidate,
            ts,
            site: self.site.clone(),
            cam: None,
            lane: None,
            geo: None,
            obj: Vec::new(),
            rule: None,
            model: None,
            calib: None,
            evidence: Vec::new(),
            reason: None,
            detail: None,
            signals: None,
            chain: None,
            nonce: random.nonce(),
            unknown: Unknown::new(),
        }
    }
}
