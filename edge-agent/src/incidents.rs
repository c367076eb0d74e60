//! Which id an incident has: one per cause, from its start over a restart to its end.
//!
//! The pipeline knows causes (rule, lane, place), the wire knows ids. What is needed to go on after
//! a restart travels with each event into the outbox and comes back from it.

use crate::ids::Random;
use crate::outbox::OpenIncident as Stored;
use kerege_contract::event::{Event, Phase};
use kerege_contract::{CameraId, IncidentId};
use kerege_pipelines::{IncidentChange, IncidentKey, OpenIncident};
use std::collections::BTreeMap;

/// The open incidents of all cameras.
#[derive(Debug, Default)]
pub struct IncidentIds {
    open: BTreeMap<(CameraId, String), IncidentId>,
}

/// What was open when the box last ran.
#[derive(Debug, Default)]
pub struct Restored {
    /// Incidents that the cameras' pipelines wait to find again.
    pub resumed: BTreeMap<CameraId, Vec<OpenIncident>>,
    /// Conditions of box or camera that last until they are seen to be over.
    pub conditions: Vec<Event>,
    /// Incidents that nobody can go on with.
    pub orphans: Vec<Event>,
}

impl IncidentIds {
    /// Takes up what the outbox has kept. `knows` tells whether a camera still runs a rule.
    pub fn restore(&mut self, stored: Vec<Stored>, knows: impl Fn(&CameraId, &IncidentKey) -> bool) -> Restored {
        let mut restored = Restored::default();
        for incident in stored {
            if incident.start.class == kerege_contract::event::EventClass::System {
                restored.conditions.push(incident.start);
                continue;
            }
            let state: Option<OpenIncident> = incident.state.and_then(|state| serde_json::from_str(&state).ok());
            match (incident.start.cam.clone(), state) {
                (Some(camera), Some(state)) if knows(&camera, &state.key) => {
                    self.open.insert((camera.clone(), state.key.to_string()), incident.id);
                    restored.resumed.entry(camera).or_default().push(state);
                }
                _ => restored.orphans.push(incident.start),
            }
        }
        restored
    }

    /// The id of a change; none for a change of an incident that never began here.
    pub fn id_of(&mut self, camera: &CameraId, change: &IncidentChange, random: &mut Random) -> Option<IncidentId> {
        let key = (camera.clone(), change.key.to_string());
        match change.phase {
            Phase::Start => {
                let id = random.incident_id(change.detected_utc);
                self.open.insert(key, id);
                Some(id)
            }
            Phase::Update => self.open.get(&key).copied(),
            Phase::End => self.open.remove(&key),
        }
    }

    /// What the outbox must keep of a camera's open incidents, by id.
    #[must_use]
    pub fn states(&self, camera: &CameraId, open: &[OpenIncident]) -> Vec<(IncidentId, String)> {
        let id = |incident: &OpenIncident| self.open.get(&(camera.clone(), incident.key.to_string())).copied();
        open.iter().filter_map(|incident| Some((id(incident)?, state_of(incident)))).collect()
    }
}

/// What the outbox must keep of one open incident.
#[must_use]
pub fn state_of(incident: &OpenIncident) -> String {
    serde_json::to_string(incident).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use kerege_contract::event::{EventType, Severity};
    use kerege_contract::{FramePoint, Sha256Hash, UtcTime};

    fn change(phase: Phase, x: f64) -> IncidentChange {
        let at = UtcTime::from_millis(1_800_000_000_000);
        IncidentChange {
            key: IncidentKey {
                rule: "stop".parse().unwrap(),
                lane: None,
                zone: None,
                line: None,
                place: FramePoint { x, y: 0.5 },
            },
            phase,
            kind: EventType::StoppedVehicle,
            rule: "stop".parse().unwrap(),
            lane: None,
            severity: Severity::High,
            objects: Vec::new(),
            t: 1.0,
            utc: at,
            detected_t: 9.0,
            detected_utc: at,
            reason: None,
            signals: None,
        }
    }

    #[test]
    fn an_id_lasts_from_start_to_end_and_is_the_cameras_own() {
        let mut random = Random::from_seed(Sha256Hash::of(b"x"));
        let (c1, c2) = ("c1".parse().unwrap(), "c2".parse().unwrap());
        let mut ids = IncidentIds::default();
        let one = ids.id_of(&c1, &change(Phase::Start, 0.1), &mut random).unwrap();
        let other = ids.id_of(&c2, &change(Phase::Start, 0.1), &mut random).unwrap();
        assert_ne!(one, other);
        assert_eq!(ids.id_of(&c1, &change(Phase::Update, 0.1), &mut random), Some(one));
        assert_eq!(ids.id_of(&c1, &change(Phase::Update, 0.2), &mut random), None);
        assert_eq!(ids.id_of(&c1, &change(Phase::End, 0.1), &mut random), Some(one));
        assert_eq!(ids.id_of(&c1, &change(Phase::End, 0.1), &mut random), None);
    }
}
