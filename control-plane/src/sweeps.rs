//! What has to be looked at now and then: chains with a gap, alarms that fell quiet, sessions that
//! ended, stills beyond their time.

use crate::api::types::AlarmKind;
use crate::auth::session::{ABSOLUTE_S, IDLE_S};
use crate::blobs::sweep;
use crate::centre::{Centre, in_transaction};
use crate::store::{AlarmReport, AlarmRow, Recurrence, Stored, Tx};
use kerege_contract::UtcTime;
use kerege_contract::event::Severity;
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use tokio::time::{MissedTickBehavior, interval};

const EVERY: Duration = Duration::from_secs(30);
/// Events may be missing this long before it is alarmed, seconds: longer than the box's first
/// attempts to send again take.
const GAP_S: f64 = 300.0;
const DAY_S: f64 = 86_400.0;
/// Alarms about single messages are over when nothing like it came for a day.
const QUIET_DAY: &[AlarmKind] = &[
    AlarmKind::UnknownDevice,
    AlarmKind::Malformed,
    AlarmKind::UnknownVersion,
    AlarmKind::BadSignature,
    AlarmKind::WrongDevice,
    AlarmKind::WrongClass,
    AlarmKind::TooLarge,
    AlarmKind::DuplicateDevice,
    AlarmKind::BrokerRefused,
    AlarmKind::UploadRefused,
    AlarmKind::StillsEvicted,
];
/// Alarms about the chain stay for a month.
const QUIET_MONTH: &[AlarmKind] = &[AlarmKind::Fork, AlarmKind::ChainBroken, AlarmKind::ChainRestarted];
/// Cleared alarms are forgotten after this time, seconds.
const ALARMS_KEPT_S: f64 = 365.0 * DAY_S;

/// Sweeps until the end.
pub(crate) async fn run(centre: Arc<Centre>) {
    let mut tick = interval(EVERY);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = centre.shutdown.cancelled() => return,
            _ = tick.tick() => {}
        }
        let swept = Arc::clone(&centre);
        if let Err(error) = tokio::task::spawn_blocking(move || once(&swept)).await {
            tracing::error!(%error, "a sweep ended by a panic");
        }
    }
}

/// One round; a part that fails is logged and does not hold up the others.
fn once(centre: &Centre) {
    let now = centre.clock.now();
    match in_transaction(&*centre.store, |tx| look(tx, now)) {
        Ok(alarms) => alarms.iter().for_each(|row| centre.live.alarm(row)),
        Err(error) => tracing::error!(error = %crate::chain_of(&error), "the alarms could not be swept"),
    }
    match sweep(&*centre.store, &centre.blobs, &centre.config.blobs, now) {
        Ok(done) => {
            if done.expired + done.evicted > 0 {
                tracing::info!(expired = done.expired, evicted = done.evicted, "stills were removed");
            }
            done.alarm.iter().for_each(|row| centre.live.alarm(row));
        }
        Err(error) => tracing::error!(error = %crate::chain_of(&error), "stills could not be swept"),
    }
    if let Err(error) = centre.blobs.forget_partials(SystemTime::now()) {
        tracing::error!(error = %crate::chain_of(&error), "unfinished uploads could not be swept");
    }
}

fn look(tx: &dyn Tx, now: UtcTime) -> Stored<Vec<AlarmRow>> {
    let mut alarms = Vec::new();
    for chain in tx.chains_with_gap(now.plus_seconds(-GAP_S))? {
        let detail = format!(
            "of epoch {} everything up to {} is here and {} is known: the events between have not arrived",
            chain.epoch, chain.upto, chain.known
        );
        let report = AlarmReport {
            dev: Some(chain.dev),
            kind: AlarmKind::ChainGap,
            key: chain.epoch.to_string(),
            severity: Severity::High,
            detail,
            recurrence: Recurrence::Returns,
        };
        alarms.extend(tx.raise(&report, now)?);
    }
    alarms.extend(tx.clear_quiet(QUIET_DAY, now.plus_seconds(-DAY_S), now)?);
    alarms.extend(tx.clear_quiet(QUIET_MONTH, now.plus_seconds(-30.0 * DAY_S), now)?);
    tx.forget_alarms(now.plus_seconds(-ALARMS_KEPT_S))?;
    tx.sweep_sessions(now.plus_seconds(-IDLE_S), now.plus_seconds(-ABSOLUTE_S))?;
    Ok(alarms)
}
