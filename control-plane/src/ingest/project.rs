//! An incident out of the events that carry its id. Pure, and made again from all of them whenever
//! one arrives: so any order of arrival ends the same, also an end before its start.

use crate::store::IncidentRow;
use kerege_contract::event::{Event, EventClass, EvidenceRole, Phase};
use kerege_contract::{IncidentId, UtcTime};

/// The incident that an event belongs to: its own, or for what happens in one instant its own id.
/// None for what is no incident.
pub(super) fn incident_of(event: &Event) -> Option<IncidentId> {
    match event.class {
        EventClass::Incident | EventClass::Violation => Some(event.incident.unwrap_or(IncidentId(event.id.0))),
        EventClass::System | EventClass::Audit => None,
    }
}

/// The incident that some events of one id make; none without events.
pub(super) fn project(id: IncidentId, mut events: Vec<(Event, UtcTime)>) -> Option<IncidentRow> {
    events.sort_by_key(|(event, _)| (event.epoch, event.seq));
    let of_phase = |phase| move |(event, _): &&(Event, UtcTime)| event.phase.unwrap_or(Phase::Start) == phase;
    let (first, _) = events.first()?;
    let (latest, _) = events.last()?;
    let start = events.iter().find(of_phase(Phase::Start)).map_or(first, |(event, _)| event);
    let end = events.iter().rev().find(of_phase(Phase::End)).map(|(event, _)| event);
    let instant = start.phase.is_none() && start.incident.is_none();
    let started = if start.phase == Some(Phase::Start) || instant {
        start.ts.event
    } else {
        events.iter().map(|(event, _)| event.ts.event).min()?
    };
    let still = std::iter::once(start)
        .chain(events.iter().map(|(event, _)| event))
        .flat_map(|event| &event.evidence)
        .find(|evidence| evidence.role == EvidenceRole::Still);
    let cam = events.iter().find_map(|(event, _)| event.cam.clone());
    Some(IncidentRow {
        id,
        dev: start.dev.clone(),
        site: start.site.clone(),
        cam,
        lane: events.iter().find_map(|(event, _)| event.lane.clone()),
        kind: start.kind,
        class: start.class,
        severity: latest.severity,
        started,
        ended: end.map(|end| end.ts.event).or(instant.then_some(start.ts.event)),
        updated: events.iter().map(|(_, received)| *received).max()?,
        time_err_ms: start.ts.err_ms,
        reason: end.unwrap_or(latest).reason.clone(),
        still: still.cloned(),
        objects: start.obj.clone(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;
    use kerege_contract::event::{EventType, Severity};
    use proptest::prelude::*;

    fn life() -> Vec<(Event, UtcTime)> {
        let phases = [Phase::Start, Phase::Update, Phase::Update, Phase::End];
        let mut events = Vec::new();
        for (n, phase) in (1u32..).zip(phases) {
            let mut event = testing::event("bsk-017", u64::from(n), EventType::StoppedVehicle);
            event.phase = Some(phase);
            event.incident = Some(testing::incident_id(7));
            event.ts.event = UtcTime::from_millis(i64::from(n) * 1000);
            event.severity = if n < 3 { Severity::High } else { Severity::Critical };
            event.reason = (phase == Phase::End).then(|| "moved".to_owned());
            events.push((event, UtcTime::from_millis(i64::from(n) * 2000)));
        }
        events
    }

    proptest! {
        #[test]
        fn any_order_and_any_part_makes_sense(
            order in Just(vec![0usize, 1, 2, 3]).prop_shuffle(),
            some in 1usize..=4,
        ) {
            let life = life();
            let taken: Vec<_> = order[..some].iter().map(|n| life[*n].clone()).collect();
            let mut sorted = order[..some].to_vec();
            sorted.sort_unstable();
            let id = testing::incident_id(7);
            let row = project(id, taken).unwrap();
            prop_assert_eq!(&row, &project(id, sorted.iter().map(|n| life[*n].clone()).collect()).unwrap());
            prop_assert_eq!(row.ended.is_some(), sorted.contains(&3));
            prop_assert_eq!(row.started.millis(), 1000 * (sorted[0] as i64 + 1));
            prop_assert_eq!(row.severity, if sorted.last() >= Some(&2) { Severity::Critical } else { Severity::High });
        }
    }

    #[test]
    fn what_happens_in_one_instant_has_ended() {
        let mut event = testing::event("bsk-017", 4, EventType::Speeding);
        event.phase = None;
        event.incident = None;
        let id = incident_of(&event).unwrap();
        assert_eq!(id.0, event.id.0);
        let row = project(id, vec![(event.clone(), UtcTime::from_millis(9))]).unwrap();
        assert_eq!(row.ended, Some(event.ts.event));
    }

    #[test]
    fn the_system_makes_no_incidents() {
        assert_eq!(incident_of(&testing::event("bsk-017", 1, EventType::CameraDown)), None);
    }
}
