//! The outbox tried: whatever happens to it, the chain is whole, nothing unreceipted is forgotten,
//! and what was lost is said.

mod damage;
mod order;
mod receipts;

use super::*;
use ed25519_dalek::SigningKey;
use kerege_contract::event::{
    Clock, ClockSource, ClockState, Event, EventTimes, EventType, Phase, Severity, Status, TimeSource,
};
use kerege_contract::fact::BootId;
use kerege_contract::version::{Unknown, V1};
use kerege_contract::{IncidentId, Sha256Hash, UtcTime};
use std::path::Path;
use tempfile::TempDir;

pub(super) const EPOCH_MS: i64 = 1_800_000_000_000;

/// A data folder with what the tests know of it.
pub(super) struct Rig {
    pub(super) folder: TempDir,
    pub(super) key: SigningKey,
    pub(super) settings: Settings,
    at: i64,
}

impl Rig {
    pub(super) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let settings = Settings {
            data_dir: folder.path().to_owned(),
            device: "bsk-017".parse().unwrap(),
            site: "BSK-017".parse().unwrap(),
        };
        Self { folder, key: SigningKey::from_bytes(&[7; 32]), settings, at: EPOCH_MS }
    }

    pub(super) fn now(&mut self) -> UtcTime {
        self.at += 1000;
        UtcTime::from_millis(self.at)
    }

    pub(super) fn open(&mut self) -> (Outbox, Beginning) {
        Outbox::open(&self.settings, &self.key, &moment(self.at)).unwrap()
    }

    pub(super) fn path(&self) -> &Path {
        self.folder.path()
    }
}

pub(super) fn moment(at: i64) -> Moment {
    Moment { now: UtcTime::from_millis(at), clock: clock(), nonce: "AAAAAAAAAAAAAAAAAAAAAA==".into(), random: [1; 10] }
}

fn clock() -> Clock {
    Clock { src: ClockSource::Ntp, state: ClockState::Locked, off_ms: 0.0, err_ms: Some(5.0) }
}

pub(super) fn incident(number: u64, phase: Phase, at: UtcTime) -> Draft {
    let mut bytes = [0; 10];
    bytes[2..].copy_from_slice(&number.to_be_bytes());
    let kind = EventType::StoppedVehicle;
    let id = IncidentId::from_parts(UtcTime::from_millis(EPOCH_MS), bytes);
    Draft::new(Event {
        v: V1,
        id: kerege_contract::EventId::from_parts(at, bytes),
        dev: "bsk-017".parse().unwrap(),
        epoch: 0,
        seq: 0,
        prev: Sha256Hash::ZERO,
        kind,
        class: kind.class(),
        phase: Some(phase),
        incident: Some(id),
        severity: Severity::High,
        status: Status::Candidate,
        ts: EventTimes { event: at, detected: at, src: TimeSource::Estimated, err_ms: 40.0, clock: clock() },
        site: "BSK-017".parse().unwrap(),
        cam: Some("c1".parse().unwrap()),
        lane: None,
        geo: None,
        obj: Vec::new(),
        rule: None,
        signals: None,
        model: None,
        calib: None,
        evidence: Vec::new(),
        reason: None,
        // Long enough now and then to need overflow pages.
        detail: Some("x".repeat(usize::try_from(number % 7).unwrap() * 1500)),
        chain: None,
        nonce: "AAAAAAAAAAAAAAAAAAAAAA==".into(),
        unknown: Unknown::new(),
    })
}

pub(super) fn fact(start: UtcTime) -> FactDraft {
    FactDraft {
        boot: BootId("boot".into()),
        cam: "c1".parse().unwrap(),
        start: start.minute_start(),
        observed_s: 60.0,
        cells: Vec::new(),
    }
}

/// Every stored event, in order: epoch, number, hash and the event itself.
pub(super) fn journal(outbox: &Outbox) -> Vec<(u32, u64, Sha256Hash, Event)> {
    let mut statement = outbox.conn.prepare("SELECT bytes, jws FROM event ORDER BY epoch, seq").unwrap();
    let rows = statement.query_map([], |row| Ok((row.get::<_, Vec<u8>>(0)?, row.get::<_, String>(1)?))).unwrap();
    rows.map(|row| {
        let (bytes, jws) = row.unwrap();
        let key = kerege_contract::jws::PublicKey::of(&outbox.key);
        kerege_contract::jws::verify(&jws, kerege_contract::jws::ContentType::Event, &bytes, &key).unwrap();
        let event = Event::from_bytes(&bytes).unwrap();
        (event.epoch, event.seq, Sha256Hash::of(&bytes), event)
    })
    .collect()
}

/// Within each epoch the numbers have no gap from the first that is there, and each names the hash
/// of the one before.
pub(super) fn assert_chained(outbox: &Outbox) {
    let journal = journal(outbox);
    for pair in journal.windows(2) {
        let ((epoch, seq, hash, _), (next_epoch, next_seq, _, next)) = (&pair[0], &pair[1]);
        if epoch == next_epoch {
            assert_eq!(*next_seq, seq + 1, "a gap in epoch {epoch}");
            assert_eq!(next.prev, *hash, "the chain is torn at {epoch}/{next_seq}");
        } else {
            assert_eq!((*next_seq, next.kind), (1, EventType::ChainStart));
        }
    }
}
