//! What a box says of itself (events of class `system`) as alarms: raised at a start, cleared at its
//! end, in whichever order the two arrive.

use super::chain::restart_text;
use crate::api::types::AlarmKind;
use crate::store::{AlarmReport, AlarmRow, Recurrence, Stored, Tx};
use kerege_contract::UtcTime;
use kerege_contract::event::{Event, EventType, Phase, Severity};

const fn kind_of(kind: EventType) -> Option<AlarmKind> {
    Some(match kind {
        EventType::CameraDown => AlarmKind::CameraDown,
        EventType::CameraBlind => AlarmKind::CameraBlind,
        EventType::CameraMoved => AlarmKind::CameraMoved,
        EventType::CameraFrozen => AlarmKind::CameraFrozen,
        EventType::ClockUnsynced => AlarmKind::ClockUnsynced,
        EventType::SignalStale => AlarmKind::SignalStale,
        EventType::DiskLow => AlarmKind::DiskLow,
        EventType::OutboxHigh => AlarmKind::OutboxHigh,
        EventType::ConfigRejected => AlarmKind::ConfigRejected,
        EventType::Tamper => AlarmKind::Tamper,
        _ => return None,
    })
}

/// The alarm that an event raises or clears.
pub(super) fn apply(tx: &dyn Tx, event: &Event, now: UtcTime) -> Stored<Option<AlarmRow>> {
    if let (EventType::ChainStart, Some(start)) = (event.kind, &event.chain) {
        let Some(detail) = restart_text(event.epoch, start) else { return Ok(None) };
        return tx.raise(&report(event, AlarmKind::ChainRestarted, event.epoch.to_string(), detail), now);
    }
    let Some(kind) = kind_of(event.kind) else { return Ok(None) };
    // One occurrence is named by its incident; without one by the camera.
    let camera = || event.cam.as_ref().map(ToString::to_string).unwrap_or_default();
    let key = event.incident.map_or_else(camera, |id| id.to_string());
    let mut report = report(event, kind, key, text(event));
    if event.incident.is_some() {
        report.recurrence = Recurrence::Once;
    }
    match event.phase {
        Some(Phase::End) => end(tx, &report, now),
        _ => tx.raise(&report, now),
    }
}

/// Clears the alarm, or when its start has not arrived yet raises it first: so that the start, when
/// it comes, finds that it is over.
fn end(tx: &dyn Tx, report: &AlarmReport, now: UtcTime) -> Stored<Option<AlarmRow>> {
    let cleared = tx.clear(report.dev.as_ref(), report.kind, &report.key, now)?;
    if cleared.is_some() || report.recurrence == Recurrence::Returns {
        return Ok(cleared);
    }
    tx.raise(report, now)?;
    tx.clear(report.dev.as_ref(), report.kind, &report.key, now)
}

fn report(event: &Event, kind: AlarmKind, key: String, detail: String) -> AlarmReport {
    let severity = if kind == AlarmKind::ChainRestarted { Severity::High } else { event.severity };
    let recurrence = Recurrence::Returns;
    AlarmReport { dev: Some(event.dev.clone()), kind, key, severity, detail, recurrence }
}

fn text(event: &Event) -> String {
    let camera = event.cam.as_ref().map(|cam| format!("camera {cam}"));
    let parts = [camera, event.reason.clone(), event.detail.clone()];
    parts.into_iter().flatten().collect::<Vec<_>>().join(": ")
}
