//! What waits to be sent, in the order in which it should go.

use super::open::millis;
use super::schema::{int, uint};
use super::{Outbox, OutboxError, hash_of};
use kerege_contract::event::EventClass;
use kerege_contract::health::OutboxHealth;
use kerege_contract::topic::Topic;
use kerege_contract::{CameraId, DeviceId, Sha256Hash, UtcTime};
use rusqlite::{OptionalExtension as _, params};

/// The name of an event or fact within its box.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ItemKey {
    /// An event.
    Event {
        /// Epoch of the chain.
        epoch: u32,
        /// Number within the epoch.
        seq: u64,
    },
    /// A fact.
    Fact {
        /// Its number.
        fseq: u64,
    },
}

/// A message ready to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outgoing {
    /// Which.
    pub key: ItemKey,
    /// Where to.
    pub topic: Topic,
    /// The exact bytes that were signed.
    pub bytes: Vec<u8>,
    /// Their signature.
    pub jws: String,
}

impl Outbox {
    /// Incidents and violations since `since` that have no receipt, oldest first.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn fresh(&self, since: UtcTime, limit: usize) -> Result<Vec<ItemKey>, OutboxError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT epoch, seq FROM event WHERE receipted IS NULL AND refused IS NULL AND created >= ?1
             AND class IN ('incident', 'violation') ORDER BY epoch, seq LIMIT ?2",
        )?;
        let rows = statement.query_map(params![millis(since), int(limit as u64)], |row| {
            Ok(ItemKey::Event { epoch: row.get(0)?, seq: uint(row.get(1)?) })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Events after one, without receipt, in the chain's order.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn waiting_events(&self, after: (u32, u64), limit: usize) -> Result<Vec<ItemKey>, OutboxError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT epoch, seq FROM event WHERE receipted IS NULL AND refused IS NULL AND (epoch, seq) > (?1, ?2)
             ORDER BY epoch, seq LIMIT ?3",
        )?;
        let rows = statement.query_map(params![after.0, int(after.1), int(limit as u64)], |row| {
            Ok(ItemKey::Event { epoch: row.get(0)?, seq: uint(row.get(1)?) })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Facts after one, without receipt, in their order.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn waiting_facts(&self, after: u64, limit: usize) -> Result<Vec<ItemKey>, OutboxError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT fseq FROM fact WHERE receipted IS NULL AND refused IS NULL AND fseq > ?1 ORDER BY fseq LIMIT ?2",
        )?;
        let rows = statement
            .query_map(params![int(after), int(limit as u64)], |row| Ok(ItemKey::Fact { fseq: uint(row.get(0)?) }))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The messages of these items, ready to be sent; those that no longer wait are left out. From
    /// now on these facts count as sent and are not merged any more.
    ///
    /// # Errors
    /// When the database refuses, or an item does not have its hash any more.
    pub fn load(&mut self, keys: &[ItemKey]) -> Result<Vec<Outgoing>, OutboxError> {
        let tx = self.conn.transaction()?;
        let mut items = Vec::new();
        for key in keys {
            let found = match *key {
                ItemKey::Event { epoch, seq } => load_event(&tx, epoch, seq)?,
                ItemKey::Fact { fseq } => load_fact(&tx, fseq)?,
            };
            if let Some(row) = found {
                items.push(row.outgoing(*key, &self.settings.device)?);
            }
        }
        tx.commit()?;
        Ok(items)
    }

    /// What waits, for the health message.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn health(&self) -> Result<OutboxHealth, OutboxError> {
        let count = |query: &str| -> Result<u64, OutboxError> {
            Ok(uint(self.conn.prepare_cached(query)?.query_row([], |row| row.get(0))?))
        };
        let oldest: Option<i64> = self.conn.query_row(
            "SELECT min(created) FROM event WHERE receipted IS NULL AND refused IS NULL",
            [],
            |row| row.get(0),
        )?;
        Ok(OutboxHealth {
            events_waiting: count("SELECT count(*) FROM event WHERE receipted IS NULL AND refused IS NULL")?,
            facts_waiting: count("SELECT count(*) FROM fact WHERE receipted IS NULL AND refused IS NULL")?,
            quarantined: count("SELECT count(*) FROM event WHERE refused IS NOT NULL")?
                + count("SELECT count(*) FROM fact WHERE refused IS NOT NULL")?,
            blobs_waiting: count("SELECT count(*) FROM blob WHERE uploaded IS NULL AND refused IS NULL")?,
            oldest: oldest.map(UtcTime::from_millis),
        })
    }

    /// Marks everything from there on as neither receipted nor refused, so that it is sent again. Gives the number
    /// of events and facts.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn replay_from(
        &mut self,
        events: Option<(u32, u64)>,
        facts: Option<u64>,
    ) -> Result<(usize, usize), OutboxError> {
        let tx = self.conn.transaction()?;
        let events = match events {
            Some((epoch, seq)) => tx.execute(
                "UPDATE event SET receipted = NULL, refused = NULL
                 WHERE (receipted IS NOT NULL OR refused IS NOT NULL) AND (epoch, seq) >= (?1, ?2)",
                params![epoch, int(seq)],
            )?,
            None => 0,
        };
        let facts = match facts {
            Some(fseq) => tx.execute(
                "UPDATE fact SET receipted = NULL, refused = NULL
                 WHERE (receipted IS NOT NULL OR refused IS NOT NULL) AND fseq >= ?1",
                [int(fseq)],
            )?,
            None => 0,
        };
        tx.commit()?;
        Ok((events, facts))
    }
}

struct Row {
    hash: Vec<u8>,
    bytes: Vec<u8>,
    jws: String,
    /// The event's class or the fact's camera.
    subject: String,
}

impl Row {
    fn outgoing(self, key: ItemKey, device: &DeviceId) -> Result<Outgoing, OutboxError> {
        if Sha256Hash::of(&self.bytes) != hash_of(&self.hash)? {
            return Err(OutboxError::Damaged { what: format!("{key:?} does not have its hash any more") });
        }
        let topic = match key {
            ItemKey::Event { .. } => EventClass::ALL
                .into_iter()
                .find(|class| class.as_str() == self.subject)
                .map(|class| Topic::Event(device.clone(), class)),
            ItemKey::Fact { .. } => CameraId::new(&self.subject).ok().map(|cam| Topic::Fact(device.clone(), cam)),
        };
        let Some(topic) = topic else {
            return Err(OutboxError::Damaged { what: format!("{key:?} belongs to '{}'", self.subject) });
        };
        Ok(Outgoing { key, topic, bytes: self.bytes, jws: self.jws })
    }
}

fn row(row: &rusqlite::Row<'_>) -> rusqlite::Result<Row> {
    Ok(Row { hash: row.get(0)?, bytes: row.get(1)?, jws: row.get(2)?, subject: row.get(3)? })
}

fn load_event(conn: &rusqlite::Connection, epoch: u32, seq: u64) -> Result<Option<Row>, OutboxError> {
    Ok(conn
        .prepare_cached(
            "SELECT hash, bytes, jws, class FROM event
             WHERE epoch = ?1 AND seq = ?2 AND receipted IS NULL AND refused IS NULL",
        )?
        .query_row(params![epoch, int(seq)], row)
        .optional()?)
}

fn load_fact(conn: &rusqlite::Connection, fseq: u64) -> Result<Option<Row>, OutboxError> {
    let found = conn
        .prepare_cached(
            "SELECT hash, bytes, jws, cam FROM fact WHERE fseq = ?1 AND receipted IS NULL AND refused IS NULL",
        )?
        .query_row([int(fseq)], row)
        .optional()?;
    if found.is_some() {
        conn.prepare_cached("UPDATE fact SET sent = 1 WHERE fseq = ?1 AND sent = 0")?.execute([int(fseq)])?;
    }
    Ok(found)
}
