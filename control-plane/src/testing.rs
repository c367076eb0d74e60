//! Makes the messages of a box for tests: signed by a key derived from its name, chained when asked.

use ed25519_dalek::SigningKey;
use kerege_contract::event::{
    Clock, ClockSource, ClockState, Event, EventTimes, EventType, Evidence, EvidenceRole, Phase, Severity, Status,
    TimeSource,
};
use kerege_contract::fact::{BootId, Cell, CellKind, ClassCount, Direction, MinuteFact};
use kerege_contract::jws::{self, ContentType, PublicKey};
use kerege_contract::version::V1;
use kerege_contract::{CameraId, DeviceId, EventId, IncidentId, RoadUserClass, Sha256Hash, SiteId, UtcTime};
use std::collections::BTreeMap;

/// The signing key of a box.
pub(crate) fn key(dev: &str) -> SigningKey {
    SigningKey::from_bytes(Sha256Hash::of(dev.as_bytes()).as_bytes())
}

/// Its public half.
pub(crate) fn public(dev: &str) -> PublicKey {
    PublicKey::of(&key(dev))
}

/// Signs bytes as a box.
pub(crate) fn sign(dev: &str, content: ContentType, bytes: &[u8]) -> String {
    jws::sign(&key(dev), content, bytes)
}

/// Some incident.
pub(crate) fn incident_id(n: u8) -> IncidentId {
    IncidentId::from_parts(UtcTime::from_millis(1_700_000_000_000), [n; 10])
}

/// An event of camera `c1` in epoch 1, whose `prev` is zeros.
pub(crate) fn event(dev: &str, seq: u64, kind: EventType) -> Event {
    let at = UtcTime::from_millis(1_770_000_000_000).plus_seconds(seq as f64);
    let clock = Clock { src: ClockSource::Ntp, state: ClockState::Locked, off_ms: 1.0, err_ms: Some(5.0) };
    let mut random = [0u8; 10];
    random[..8].copy_from_slice(&seq.to_be_bytes());
    Event {
        v: V1,
        id: EventId::from_parts(at, random),
        dev: DeviceId::new(dev).unwrap(),
        epoch: 1,
        seq,
        prev: Sha256Hash::ZERO,
        kind,
        class: kind.class(),
        phase: Some(Phase::Start),
        incident: Some(IncidentId::from_parts(at, random)),
        severity: Severity::High,
        status: Status::Candidate,
        ts: EventTimes { event: at, detected: at, src: TimeSource::File, err_ms: 0.0, clock },
        site: SiteId::new("A").unwrap(),
        cam: Some(CameraId::new("c1").unwrap()),
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
        nonce: "AAAAAAAAAAAAAAAAAAAAAA==".into(),
        unknown: serde_json::Map::new(),
    }
}

/// A whole chain: `chain_start`, then incidents that start and end at once.
pub(crate) fn chain(dev: &str, length: u64) -> Vec<Event> {
    let mut events: Vec<Event> = Vec::new();
    for seq in 1..=length {
        let kind = if seq == 1 { EventType::ChainStart } else { EventType::StoppedVehicle };
        let mut event = event(dev, seq, kind);
        event.prev = events.last().map_or(Sha256Hash::ZERO, |before| Sha256Hash::of(&before.to_bytes()));
        if seq == 1 {
            (event.phase, event.incident) = (None, None);
            event.chain = Some(kerege_contract::event::ChainStart {
                reason: kerege_contract::event::EpochReason::FirstStart,
                key: public(dev),
                last: None,
                lost_at_most: None,
            });
        }
        events.push(event);
    }
    events
}

/// A still of some bytes.
pub(crate) fn still(bytes: &[u8]) -> Evidence {
    Evidence {
        role: EvidenceRole::Still,
        mime: "image/jpeg".into(),
        bytes: bytes.len() as u64,
        sha256: Sha256Hash::of(bytes),
        masked: false,
    }
}

/// A minute of camera `c1` with some cars northbound over line `N`.
pub(crate) fn fact(dev: &str, fseq: u64, start: UtcTime, cars: u64) -> MinuteFact {
    let classes = BTreeMap::from([(RoadUserClass::Car, ClassCount { n: cars, ..ClassCount::default() })]);
    let cell = Cell { dir: Some(Direction::Forward), classes, ..Cell::new(CellKind::Line, "N") };
    MinuteFact {
        v: V1,
        dev: DeviceId::new(dev).unwrap(),
        boot: BootId("boot".into()),
        fseq,
        cam: CameraId::new("c1").unwrap(),
        start: start.minute_start(),
        minutes: 1,
        part: 0,
        observed_s: 60.0,
        cells: vec![cell],
        replaces: Vec::new(),
        unknown: serde_json::Map::new(),
    }
}
