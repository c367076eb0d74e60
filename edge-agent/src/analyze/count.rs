//! What the summary says: counts by line, direction and class, incidents, observed time.

use kerege_contract::event::{EventType, Phase};
use kerege_contract::fact::Direction;
use kerege_contract::files::{IncidentSummary, LineCount};
use kerege_contract::{IncidentId, Scene};
use kerege_pipelines::{IncidentChange, Passage};

/// Gathers the summary while frames go by.
#[derive(Debug)]
pub(super) struct Tally {
    counts: Vec<LineCount>,
    incidents: Vec<IncidentSummary>,
    pub(super) observed_s: f64,
}

impl Tally {
    /// A row for each line and direction, so that zeros are said.
    pub(super) fn new(scene: &Scene) -> Self {
        let ways = scene.lines.iter().flat_map(|line| {
            [(Direction::Forward, &line.forward), (Direction::Backward, &line.backward)].map(|(dir, name)| LineCount {
                line: line.id.clone(),
                dir,
                name: name.clone(),
                total: 0,
                classes: std::collections::BTreeMap::new(),
            })
        });
        Self { counts: ways.collect(), incidents: Vec::new(), observed_s: 0.0 }
    }

    /// Counts a passage; gives its direction's name.
    pub(super) fn passage(&mut self, passage: &Passage) -> String {
        let row = self.counts.iter_mut().find(|row| row.line == passage.line && row.dir == passage.dir);
        let Some(row) = row else { return String::new() };
        row.total += 1;
        *row.classes.entry(passage.class).or_default() += 1;
        row.name.clone()
    }

    /// Notes a change of an incident.
    pub(super) fn incident(&mut self, id: IncidentId, change: &IncidentChange) {
        if change.phase == Phase::Start {
            self.incidents.push(IncidentSummary {
                id,
                kind: change.kind,
                rule: Some(change.rule.clone()),
                lane: change.lane.clone(),
                start_t: change.t,
                end_t: None,
                tracks: Vec::new(),
            });
        }
        let Some(incident) = self.incidents.iter_mut().rev().find(|incident| incident.id == id) else { return };
        if change.phase == Phase::End {
            incident.end_t = Some(change.t);
        }
        for object in &change.objects {
            if !incident.tracks.contains(&object.track) {
                incident.tracks.push(object.track.clone());
            }
        }
    }

    /// Notes that the camera is blind or moved, or is not any more, `t` seconds from the clip's start.
    pub(super) fn condition(&mut self, id: IncidentId, kind: EventType, phase: Phase, t: f64) {
        if phase == Phase::Start {
            let (rule, lane, end_t, tracks) = (None, None, None, Vec::new());
            self.incidents.push(IncidentSummary { id, kind, rule, lane, start_t: t, end_t, tracks });
        } else if let Some(incident) = self.incidents.iter_mut().find(|incident| incident.id == id) {
            incident.end_t = Some(t);
        }
    }

    /// Counts and incidents.
    pub(super) fn finish(self) -> (Vec<LineCount>, Vec<IncidentSummary>) {
        (self.counts, self.incidents)
    }
}
