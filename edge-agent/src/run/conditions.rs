//! Conditions of the box and its cameras that begin, last and end: each is told once when it begins
//! and once when it is over, also over a restart. Pure.

use crate::event_maker::SystemNotice;
use kerege_contract::event::{Event, EventType, Phase, Severity};
use kerege_contract::{CameraId, IncidentId};
use std::collections::BTreeMap;

/// What lasts now.
#[derive(Debug, Default)]
pub(super) struct Conditions {
    open: BTreeMap<(EventType, Option<CameraId>), Event>,
}

impl Conditions {
    /// Takes up those that lasted when the box last ran.
    pub(super) fn restore(&mut self, starts: Vec<Event>) {
        for start in starts {
            self.open.insert((start.kind, start.cam.clone()), start);
        }
    }

    /// The notice of a condition's beginning; none when it lasts already.
    pub(super) fn begin(
        &self,
        kind: EventType,
        camera: Option<&CameraId>,
        id: IncidentId,
        reason: &str,
        detail: Option<String>,
    ) -> Option<SystemNotice> {
        (!self.open.contains_key(&(kind, camera.cloned()))).then(|| SystemNotice {
            kind,
            phase: Some(Phase::Start),
            incident: Some(id),
            severity: severity(kind),
            reason: Some(reason.to_owned()),
            detail,
            stills: Vec::new(),
        })
    }

    /// Notes that its beginning was stored.
    pub(super) fn began(&mut self, start: Event) {
        self.open.insert((start.kind, start.cam.clone()), start);
    }

    /// The beginning of what is over now; none when it did not last.
    pub(super) fn end(&mut self, kind: EventType, camera: Option<&CameraId>) -> Option<Event> {
        self.open.remove(&(kind, camera.cloned()))
    }

    /// Whether a condition of a camera lasts.
    pub(super) fn lasts(&self, kind: EventType, camera: &CameraId) -> bool {
        self.open.contains_key(&(kind, Some(camera.clone())))
    }

    /// Those of cameras that the box does not have any more.
    pub(super) fn end_strangers(&mut self, known: impl Fn(&CameraId) -> bool) -> Vec<Event> {
        let strange: Vec<_> = self
            .open
            .keys()
            .filter(|(_, camera)| camera.as_ref().is_some_and(|camera| !known(camera)))
            .cloned()
            .collect();
        strange.iter().filter_map(|key| self.open.remove(key)).collect()
    }
}

const fn severity(kind: EventType) -> Severity {
    match kind {
        EventType::CameraDown
        | EventType::CameraFrozen
        | EventType::CameraBlind
        | EventType::CameraMoved
        | EventType::DiskLow
        | EventType::OutboxHigh => Severity::High,
        _ => Severity::Medium,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event_maker::EventMaker;
    use crate::ids::Random;
    use kerege_contract::event::{Clock, ClockSource, ClockState, EventTimes, TimeSource};
    use kerege_contract::{Sha256Hash, UtcTime};

    fn start(conditions: &Conditions, random: &mut Random, camera: &CameraId) -> Option<Event> {
        let at = UtcTime::from_millis(1_800_000_000_000);
        let id = random.incident_id(at);
        let notice = conditions.begin(EventType::CameraDown, Some(camera), id, "no_frames", None)?;
        let clock = Clock { src: ClockSource::None, state: ClockState::Unsynced, off_ms: 0.0, err_ms: None };
        let times = EventTimes { event: at, detected: at, src: TimeSource::Estimated, err_ms: 0.0, clock };
        let maker = EventMaker::new("b".parse().unwrap(), "S".parse().unwrap(), None);
        Some(maker.system(Some(camera), notice, times, random).event().clone())
    }

    #[test]
    fn a_condition_is_told_once_also_over_a_restart() {
        let mut random = Random::from_seed(Sha256Hash::of(b"x"));
        let (one, other): (CameraId, CameraId) = ("c1".parse().unwrap(), "c2".parse().unwrap());
        let mut conditions = Conditions::default();
        let began = start(&conditions, &mut random, &one).unwrap();
        conditions.began(began.clone());
        assert_eq!(start(&conditions, &mut random, &one), None, "it lasts already");
        assert!(start(&conditions, &mut random, &other).is_some(), "another camera's is another");

        let mut after = Conditions::default();
        after.restore(vec![began.clone()]);
        assert_eq!(start(&after, &mut random, &one), None, "it lasts over a restart");
        assert_eq!(after.end(EventType::CameraDown, Some(&one)), Some(began.clone()));
        assert_eq!(after.end(EventType::CameraDown, Some(&one)), None, "it ends once");

        after.restore(vec![began.clone()]);
        assert_eq!(after.end_strangers(|camera| *camera == other), vec![began]);
    }
}
