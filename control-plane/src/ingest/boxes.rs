//! What boxes say of themselves outside the chain: presence, health and the configuration in force.

use super::apply::{Outcome, Told, raise};
use super::chain;
use crate::api::types::{AlarmKind, LiveBox, LiveCamera};
use crate::store::{BoxRow, Stored, Tx};
use kerege_contract::event::{ChainHead, Severity};
use kerege_contract::health::Health;
use kerege_contract::reported::{ConfigStatus, Reported};
use kerege_contract::state::{DeviceState, Presence};
use kerege_contract::{CameraId, DeviceId, UtcTime};

/// A birth or last will.
pub(super) fn state(
    tx: &dyn Tx,
    dev: &DeviceId,
    state: &DeviceState,
    now: UtcTime,
    outcome: &mut Outcome,
) -> Stored<()> {
    let mut row = tx.box_row(dev)?.unwrap_or_else(|| BoxRow::new(dev.clone()));
    if row.state.as_ref() == Some(state) || is_outdated(&row, state) {
        return Ok(());
    }
    if let Some(before) = &row.state
        && before.boot != state.boot
    {
        if row.previous_boot.as_deref() == Some(state.boot.0.as_str()) {
            let detail = "two starts of this box take turns: another machine may use its name and key".to_owned();
            outcome.alarm(raise(tx, dev, AlarmKind::DuplicateDevice, "", Severity::Critical, detail, now)?);
        }
        row.previous_boot = Some(before.boot.0.clone());
    }
    if row.state.as_ref().map(|before| before.state) != Some(state.state) {
        row.since = Some(now);
    }
    row.state = Some(state.clone());
    tx.put_box(&row)?;
    outcome.alarm(match state.state {
        Presence::Online => tx.clear(Some(dev), AlarmKind::BoxOffline, "", now)?,
        Presence::Offline => {
            let detail = "the box is not connected: look at its power and its link".to_owned();
            raise(tx, dev, AlarmKind::BoxOffline, "", Severity::High, detail, now)?
        }
    });
    tell(dev, row.health.as_ref(), outcome);
    Ok(())
}

/// Whether a will belongs to a connection before the one that is known: it may come late.
fn is_outdated(row: &BoxRow, state: &DeviceState) -> bool {
    let Some(known) = row.state.as_ref().filter(|_| state.state == Presence::Offline) else { return false };
    if known.boot == state.boot {
        state.bd < known.bd
    } else {
        row.previous_boot.as_deref() == Some(state.boot.0.as_str())
    }
}

/// A health message; one that overtook a newer one is dropped.
pub(super) fn health(tx: &dyn Tx, health: &Health, now: UtcTime, outcome: &mut Outcome) -> Stored<()> {
    let dev = &health.dev;
    let mut row = tx.box_row(dev)?.unwrap_or_else(|| BoxRow::new(dev.clone()));
    if row.health.as_ref().is_some_and(|known| known.boot == health.boot && known.at >= health.at) {
        return Ok(());
    }
    let before = row.health.replace(health.clone());
    row.health_received = Some(now);
    tx.put_box(&row)?;
    if let Some(head) = &health.chain {
        check_head(tx, dev, head, now, outcome)?;
    }
    outcome.told.push(Told::Box(LiveBox { dev: dev.clone() }));
    let before = before.map(|before| before.cameras).unwrap_or_default();
    for camera in &health.cameras {
        let known = before.iter().find(|known| known.cam == camera.cam);
        if known.map(|known| (known.state, &known.reason)) != Some((camera.state, &camera.reason)) {
            tell_camera(dev, &camera.cam, outcome);
        }
    }
    Ok(())
}

/// The head of the chain as the box tells it: what it names must arrive, and must be what is stored.
fn check_head(tx: &dyn Tx, dev: &DeviceId, head: &ChainHead, now: UtcTime, outcome: &mut Outcome) -> Stored<()> {
    let stored = tx.event_hash(dev, head.epoch, head.seq)?;
    let mut row = tx.chain(dev, head.epoch)?.unwrap_or_else(|| chain::fresh(dev.clone(), head.epoch));
    let before = row.clone();
    row.known = row.known.max(head.seq);
    chain::note_gap(&mut row, now);
    if stored.is_some_and(|stored| stored != head.hash) {
        row.forked = Some(row.forked.map_or(head.seq, |at| at.min(head.seq)));
        let detail = format!("the box names another event {}/{} as its head than it sent", head.epoch, head.seq);
        outcome.alarm(raise(tx, dev, AlarmKind::Fork, "", Severity::Critical, detail, now)?);
    }
    if row == before { Ok(()) } else { tx.put_chain(&row) }
}

/// A configuration in force.
pub(super) fn reported(tx: &dyn Tx, reported: &Reported, now: UtcTime, outcome: &mut Outcome) -> Stored<()> {
    let dev = &reported.dev;
    let mut row = tx.box_row(dev)?.unwrap_or_else(|| BoxRow::new(dev.clone()));
    if row.reported.as_ref() == Some(reported) {
        return Ok(());
    }
    row.reported = Some(reported.clone());
    tx.put_box(&row)?;
    outcome.alarm(match reported.status {
        ConfigStatus::Rejected => {
            let detail = format!("configuration {}: {}", reported.version, reported.faults.join("; "));
            raise(tx, dev, AlarmKind::ConfigRejected, "reported", Severity::High, detail, now)?
        }
        ConfigStatus::Applied => tx.clear(Some(dev), AlarmKind::ConfigRejected, "reported", now)?,
        ConfigStatus::Pending => None,
    });
    outcome.told.push(Told::Box(LiveBox { dev: dev.clone() }));
    for camera in &reported.cameras {
        tell_camera(dev, &camera.cam, outcome);
    }
    Ok(())
}

/// A box's presence is its cameras' too.
fn tell(dev: &DeviceId, health: Option<&Health>, outcome: &mut Outcome) {
    outcome.told.push(Told::Box(LiveBox { dev: dev.clone() }));
    for camera in health.into_iter().flat_map(|health| &health.cameras) {
        tell_camera(dev, &camera.cam, outcome);
    }
}

fn tell_camera(dev: &DeviceId, cam: &CameraId, outcome: &mut Outcome) {
    outcome.told.push(Told::Camera(LiveCamera { dev: dev.clone(), cam: cam.clone() }));
}
