//! Taking a number, chaining, signing and storing in one transaction.

use super::open::millis;
use super::schema::int;
use super::state::{cover_incident, forget_cells};
use super::{Outbox, OutboxError};
use crate::crash;
use kerege_contract::event::{ChainHead, Event};
use kerege_contract::fact::{BootId, Cell, MinuteFact};
use kerege_contract::jws::{self, ContentType};
use kerege_contract::version::{Unknown, V1};
use kerege_contract::{CameraId, Sha256Hash, UtcTime};
use rusqlite::{Connection, TransactionBehavior, params};

/// Longest message that is taken; the rest of a packet is left for topic, signature and properties.
pub const MAX_MESSAGE_BYTES: usize = kerege_contract::topic::MAX_PACKET_BYTES as usize - 8 * 1024;

/// An event that has no place in the chain yet: its epoch, number and `prev` are set when it is stored.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    event: Event,
    state: Option<String>,
}

impl Draft {
    /// Takes an event whose epoch, number and `prev` do not matter.
    #[must_use]
    pub const fn new(event: Event) -> Self {
        Self { event, state: None }
    }

    /// With what its maker needs to go on with the incident after a restart; opaque here.
    #[must_use]
    pub fn with_state(self, state: String) -> Self {
        Self { state: Some(state), ..self }
    }

    /// The event so far.
    #[must_use]
    pub const fn event(&self) -> &Event {
        &self.event
    }
}

/// What was counted in one minute of one camera, not yet numbered.
#[derive(Debug, Clone, PartialEq)]
pub struct FactDraft {
    /// The start of the box that counted it.
    pub boot: BootId,
    /// The camera.
    pub cam: CameraId,
    /// Start of the UTC minute.
    pub start: UtcTime,
    /// Seconds observed.
    pub observed_s: f64,
    /// The counts.
    pub cells: Vec<Cell>,
}

impl Outbox {
    /// Numbers, chains, signs and stores an event. When this returns it survives a power cut.
    ///
    /// # Errors
    /// When the event is too long for a packet or the database refuses.
    pub fn append(&mut self, draft: Draft, now: UtcTime) -> Result<Event, OutboxError> {
        let Draft { mut event, state } = draft;
        event.epoch = self.head.epoch;
        event.seq = self.head.seq + 1;
        event.prev = self.head.hash;
        let bytes = event.to_bytes();
        check_length(&bytes)?;
        let hash = Sha256Hash::of(&bytes);
        let signature = jws::sign(&self.key, ContentType::Event, &bytes);
        let tx = self.conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
        insert_event(&tx, &event, &hash, &bytes, &signature, now)?;
        cover_incident(&tx, &event, state.as_deref())?;
        tx.prepare_cached("DELETE FROM meta WHERE name = 'unsettled'")?.execute([])?;
        crash::point("outbox.before_commit");
        tx.commit()?;
        crash::point("outbox.after_commit");
        self.head = ChainHead { epoch: event.epoch, seq: event.seq, hash };
        self.remember();
        Ok(event)
    }

    /// Numbers, signs and stores a minute fact, and forgets the camera's running cells of it.
    /// A minute that already has facts gets another part.
    ///
    /// # Errors
    /// When the fact is too long for a packet or the database refuses.
    pub fn append_fact(&mut self, draft: FactDraft, now: UtcTime) -> Result<MinuteFact, OutboxError> {
        let tx = self.conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let part: u32 = tx.query_row(
            "SELECT count(*) FROM fact WHERE cam = ?1 AND start = ?2",
            params![draft.cam.as_str(), millis(draft.start)],
            |row| row.get(0),
        )?;
        let fact = MinuteFact {
            v: V1,
            dev: self.settings.device.clone(),
            boot: draft.boot,
            fseq: self.fseq + 1,
            cam: draft.cam,
            start: draft.start,
            minutes: 1,
            part,
            observed_s: draft.observed_s,
            cells: draft.cells,
            replaces: Vec::new(),
            unknown: Unknown::new(),
        };
        forget_cells(&tx, &fact.cam)?;
        insert_fact(&tx, &self.key, &fact, now)?;
        crash::point("outbox.before_commit");
        tx.commit()?;
        crash::point("outbox.after_commit");
        self.fseq = fact.fseq;
        self.remember();
        Ok(fact)
    }
}

const fn check_length(bytes: &[u8]) -> Result<(), OutboxError> {
    if bytes.len() > MAX_MESSAGE_BYTES {
        return Err(OutboxError::TooLarge { bytes: bytes.len(), max: MAX_MESSAGE_BYTES });
    }
    Ok(())
}

fn insert_event(
    conn: &Connection,
    event: &Event,
    hash: &Sha256Hash,
    bytes: &[u8],
    signature: &str,
    now: UtcTime,
) -> Result<(), OutboxError> {
    conn.prepare_cached(
        "INSERT INTO event(epoch, seq, hash, bytes, jws, class, incident, created) VALUES(?1,?2,?3,?4,?5,?6,?7,?8)",
    )?
    .execute(params![
        event.epoch,
        int(event.seq),
        hash.as_bytes(),
        bytes,
        signature,
        event.class.as_str(),
        event.incident.map(|id| id.to_string()),
        millis(now)
    ])?;
    for evidence in &event.evidence {
        conn.prepare_cached("INSERT OR IGNORE INTO blob(sha256, epoch, seq, mime, created) VALUES(?1,?2,?3,?4,?5)")?
            .execute(params![evidence.sha256.as_bytes(), event.epoch, int(event.seq), evidence.mime, millis(now)])?;
    }
    Ok(())
}

/// Signs and stores a numbered fact.
pub(super) fn insert_fact(
    conn: &Connection,
    key: &ed25519_dalek::SigningKey,
    fact: &MinuteFact,
    now: UtcTime,
) -> Result<(), OutboxError> {
    let bytes = serde_json::to_vec(fact).unwrap_or_default();
    check_length(&bytes)?;
    conn.prepare_cached(
        "INSERT INTO fact(fseq, minutes, hash, bytes, jws, cam, start, created) VALUES(?1,?2,?3,?4,?5,?6,?7,?8)",
    )?
    .execute(params![
        int(fact.fseq),
        fact.minutes,
        Sha256Hash::of(&bytes).as_bytes(),
        bytes,
        jws::sign(key, ContentType::Fact, &bytes),
        fact.cam.as_str(),
        millis(fact.start),
        millis(now)
    ])?;
    Ok(())
}
