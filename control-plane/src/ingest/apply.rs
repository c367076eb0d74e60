//! What an accepted or refused message changes, inside one transaction: stored once, chain and
//! incident brought forward, alarms raised, receipt and live changes noted for after the commit.

use super::accept::{Incoming, Item, Refused, Signed, Verdict};
use super::receipts::{ReceiptItem, Receipted};
use super::{chain, project, system};
use crate::api::types::{AlarmKind, LiveBox, LiveCamera, LiveCounts, LiveIncident};
use crate::config::Config;
use crate::store::{AlarmReport, AlarmRow, EventRow, FactRow, Quarantined, Recurrence, Stored, Tx};
use kerege_contract::event::{Event, Phase, Severity};
use kerege_contract::fact::MinuteFact;
use kerege_contract::receipt::{EventReceipt, FactReceipt, Refusal, RefusalCode, UpTo};
use kerege_contract::{DeviceId, Sha256Hash, UtcTime};

/// Unknown devices named by themselves; further ones share an alarm.
const UNKNOWN_NAMED: u64 = 50;
/// Bytes kept of a message that was too large.
const SAMPLE: usize = 4096;

/// A change that the live fan-out tells after the commit.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Told {
    Incident(LiveIncident),
    Camera(LiveCamera),
    Box(LiveBox),
    Counts(LiveCounts),
    Alarm(AlarmRow),
}

/// What is to be done after the commit.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Receipts to be sent.
    pub receipts: Vec<ReceiptItem>,
    /// Changes to be told.
    pub told: Vec<Told>,
}

impl Outcome {
    pub(super) fn alarm(&mut self, row: Option<AlarmRow>) {
        self.told.extend(row.map(Told::Alarm));
    }

    fn receipt(&mut self, dev: &DeviceId, what: Receipted, upto: Option<UpTo>) {
        self.receipts.push(ReceiptItem { dev: dev.clone(), what, upto });
    }
}

/// Applies one judged message.
///
/// # Errors
/// When the store fails; the transaction must then be rolled back.
pub fn apply(
    tx: &dyn Tx,
    config: &Config,
    message: Incoming<'_>,
    verdict: &Verdict,
    now: UtcTime,
    outcome: &mut Outcome,
) -> Stored<()> {
    match verdict {
        Verdict::Accepted(Item::Event(event)) => apply_event(tx, config, message, event, now, outcome),
        Verdict::Accepted(Item::Fact(fact)) => apply_fact(tx, message, fact, now, outcome),
        Verdict::Accepted(Item::State(dev, state)) => super::boxes::state(tx, dev, state, now, outcome),
        Verdict::Accepted(Item::Health(health)) => super::boxes::health(tx, health, now, outcome),
        Verdict::Accepted(Item::Reported(reported)) => super::boxes::reported(tx, reported, now, outcome),
        Verdict::Refused(refused) => apply_refused(tx, message, refused, now, outcome),
        Verdict::UnknownDevice(dev) => apply_unknown(tx, dev, now, outcome),
        Verdict::Ignored => Ok(()),
    }
}

fn apply_event(
    tx: &dyn Tx,
    config: &Config,
    message: Incoming<'_>,
    signed: &Signed<Event>,
    now: UtcTime,
    outcome: &mut Outcome,
) -> Stored<()> {
    let event = &signed.value;
    let receipt = EventReceipt { epoch: event.epoch, seq: event.seq, hash: signed.hash };
    match tx.event_hash(&event.dev, event.epoch, event.seq)? {
        Some(known) if known == signed.hash => {
            // Sent again, or replayed: stored once, receipted again.
            let upto = upto(tx, &event.dev)?;
            outcome.receipt(&event.dev, Receipted::Event(receipt), upto);
            return Ok(());
        }
        Some(_) => return fork(tx, message, signed, now, outcome),
        None => {}
    }
    let incident = project::incident_of(event);
    tx.insert_event(&row(signed, now))?;
    for evidence in &event.evidence {
        tx.announce(&event.dev, evidence, incident, now)?;
    }
    bring_chain_forward(tx, config, event, now, outcome)?;
    if let Some(id) = incident {
        bring_incident_forward(tx, event, id, outcome)?;
    }
    outcome.alarm(system::apply(tx, event, now)?);
    let upto = upto(tx, &event.dev)?;
    outcome.receipt(&event.dev, Receipted::Event(receipt), upto);
    Ok(())
}

fn row(signed: &Signed<Event>, now: UtcTime) -> EventRow {
    let event = &signed.value;
    EventRow {
        dev: event.dev.clone(),
        epoch: event.epoch,
        seq: event.seq,
        hash: signed.hash,
        prev: event.prev,
        class: event.class,
        incident: project::incident_of(event),
        at: event.ts.event,
        received: now,
        bytes: signed.bytes.clone(),
        jws: signed.jws.clone(),
    }
}

fn upto(tx: &dyn Tx, dev: &DeviceId) -> Stored<Option<UpTo>> {
    let newest = tx.newest_chain(dev)?;
    Ok(newest.filter(|chain| chain.upto > 0).map(|chain| UpTo { epoch: chain.epoch, seq: chain.upto }))
}

fn bring_chain_forward(tx: &dyn Tx, config: &Config, event: &Event, now: UtcTime, outcome: &mut Outcome) -> Stored<()> {
    let (dev, epoch) = (&event.dev, event.epoch);
    let mut chain = tx.chain(dev, epoch)?.unwrap_or_else(|| chain::fresh(dev.clone(), epoch));
    let (broken_before, gap_before) = (chain.broken, chain.gap_since);
    let mut fault = None;
    if event.seq == 1
        && let Some(entry) = config.devices.get(dev)
    {
        let last = event.chain.as_ref().and_then(|start| start.last.as_ref());
        let ours = last.map(|last| tx.event_hash(dev, last.epoch, last.seq)).transpose()?.flatten();
        fault = chain::start_fault(event, &entry.public_key, ours);
        if fault.is_some() {
            chain.broken = Some(1);
        }
    }
    chain.known = chain.known.max(event.seq);
    chain::extend(&mut chain, |seq| tx.link(dev, epoch, seq))?;
    chain::note_gap(&mut chain, now);
    tx.put_chain(&chain)?;
    if let (None, Some(at)) = (broken_before, chain.broken) {
        let detail = fault.unwrap_or_else(|| format!("event {epoch}/{at} does not name the event before it"));
        outcome.alarm(raise(tx, dev, AlarmKind::ChainBroken, &epoch.to_string(), Severity::Critical, detail, now)?);
    }
    if gap_before.is_some() && chain.gap_since.is_none() {
        outcome.alarm(tx.clear(Some(dev), AlarmKind::ChainGap, &epoch.to_string(), now)?);
    }
    Ok(())
}

fn bring_incident_forward(
    tx: &dyn Tx,
    event: &Event,
    id: kerege_contract::IncidentId,
    outcome: &mut Outcome,
) -> Stored<()> {
    let rows = tx.incident_events(&event.dev, id)?;
    let events = rows.iter().filter_map(|row| Event::from_bytes(&row.bytes).ok().map(|event| (event, row.received)));
    if let Some(row) = project::project(id, events.collect()) {
        tx.put_incident(&row)?;
        outcome.told.push(Told::Incident(row.changed(event.phase.unwrap_or(Phase::Start))));
    }
    Ok(())
}

/// Two different events at one place: both are kept, the second in quarantine.
fn fork(tx: &dyn Tx, message: Incoming<'_>, signed: &Signed<Event>, now: UtcTime, outcome: &mut Outcome) -> Stored<()> {
    let event = &signed.value;
    let (dev, epoch, seq) = (&event.dev, event.epoch, event.seq);
    let mut chain = tx.chain(dev, epoch)?.unwrap_or_else(|| chain::fresh(dev.clone(), epoch));
    chain.forked = Some(chain.forked.map_or(seq, |at| at.min(seq)));
    tx.put_chain(&chain)?;
    let refused = Refused {
        dev: dev.clone(),
        code: RefusalCode::Fork,
        detail: format!(
            "two different events are numbered {epoch}/{seq}: the box's store or key was copied or altered"
        ),
        refusal: Some(Refusal::Event { epoch, seq, hash: signed.hash, code: RefusalCode::Fork }),
    };
    apply_refused(tx, message, &refused, now, outcome)
}

fn apply_fact(
    tx: &dyn Tx,
    message: Incoming<'_>,
    signed: &Signed<MinuteFact>,
    now: UtcTime,
    outcome: &mut Outcome,
) -> Stored<()> {
    let fact = &signed.value;
    let receipt = Receipted::Fact(FactReceipt { fseq: fact.fseq, hash: signed.hash });
    match tx.fact_hash(&fact.dev, fact.fseq)? {
        Some(known) if known != signed.hash => {
            let refused = Refused {
                dev: fact.dev.clone(),
                code: RefusalCode::Fork,
                detail: format!("two different facts are numbered {}", fact.fseq),
                refusal: Some(Refusal::Fact { fseq: fact.fseq, hash: signed.hash, code: RefusalCode::Fork }),
            };
            return apply_refused(tx, message, &refused, now, outcome);
        }
        Some(_) => {}
        None => {
            tx.insert_fact(&FactRow {
                dev: fact.dev.clone(),
                fseq: fact.fseq,
                hash: signed.hash,
                cam: fact.cam.clone(),
                start: fact.start,
                received: now,
                bytes: signed.bytes.clone(),
                jws: signed.jws.clone(),
            })?;
            let told = LiveCounts { dev: fact.dev.clone(), cam: fact.cam.clone(), start: fact.start };
            outcome.told.push(Told::Counts(told));
        }
    }
    outcome.receipt(&fact.dev, receipt, None);
    Ok(())
}

fn apply_refused(
    tx: &dyn Tx,
    message: Incoming<'_>,
    refused: &Refused,
    now: UtcTime,
    outcome: &mut Outcome,
) -> Stored<()> {
    let kept = if refused.code == RefusalCode::TooLarge { SAMPLE } else { message.payload.len() };
    tx.quarantine(&Quarantined {
        dev: refused.dev.clone(),
        topic: message.topic.to_owned(),
        code: refused.code,
        hash: Sha256Hash::of(message.payload),
        received: now,
        bytes: message.payload.iter().take(kept).copied().collect(),
        jws: message.jws.map(|jws| jws.chars().take(SAMPLE).collect()),
    })?;
    let (kind, severity) = alarm_of(refused.code);
    outcome.alarm(raise(tx, &refused.dev, kind, "", severity, refused.detail.clone(), now)?);
    if let Some(refusal) = &refused.refusal {
        outcome.receipt(&refused.dev, Receipted::Refused(refusal.clone()), None);
    }
    Ok(())
}

const fn alarm_of(code: RefusalCode) -> (AlarmKind, Severity) {
    match code {
        RefusalCode::Malformed => (AlarmKind::Malformed, Severity::Medium),
        RefusalCode::UnknownVersion => (AlarmKind::UnknownVersion, Severity::Medium),
        RefusalCode::BadSignature => (AlarmKind::BadSignature, Severity::High),
        RefusalCode::WrongDevice => (AlarmKind::WrongDevice, Severity::Critical),
        RefusalCode::WrongClass => (AlarmKind::WrongClass, Severity::Medium),
        RefusalCode::Fork => (AlarmKind::Fork, Severity::Critical),
        RefusalCode::TooLarge => (AlarmKind::TooLarge, Severity::Medium),
    }
}

/// A device that nobody configured speaks: one alarm each, up to a number, then one for all others.
fn apply_unknown(tx: &dyn Tx, dev: &DeviceId, now: UtcTime, outcome: &mut Outcome) -> Stored<()> {
    let named = tx.open_alarms(AlarmKind::UnknownDevice)? < UNKNOWN_NAMED;
    let key = if named { dev.to_string() } else { "others".to_owned() };
    let report = AlarmReport {
        dev: None,
        kind: AlarmKind::UnknownDevice,
        key,
        severity: Severity::High,
        detail: format!("'{dev}' is not in the configuration: add a [[device]] with its key, or take its account away"),
        recurrence: Recurrence::Returns,
    };
    outcome.alarm(tx.raise(&report, now)?);
    Ok(())
}

/// Raises an alarm about a box.
pub(super) fn raise(
    tx: &dyn Tx,
    dev: &DeviceId,
    kind: AlarmKind,
    key: &str,
    severity: Severity,
    detail: String,
    now: UtcTime,
) -> Stored<Option<AlarmRow>> {
    let (dev, key) = (Some(dev.clone()), key.to_owned());
    tx.raise(&AlarmReport { dev, kind, key, severity, detail, recurrence: Recurrence::Returns }, now)
}

#[cfg(test)]
mod tests;
