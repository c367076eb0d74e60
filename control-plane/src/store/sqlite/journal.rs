//! Events, chains and facts in SQLite.

use super::SqliteTx;
use super::codec::{Columns, all, first, int, run, word};
use crate::store::{ChainRow, EventRow, FactRow, IncidentRow, JournalTx, Link, Quarantined, Stored};
use kerege_contract::{DeviceId, IncidentId, Sha256Hash, UtcTime};
use rusqlite::params;

/// Refused items kept; the oldest go first. At 256 KiB each this is at most 640 MB.
const QUARANTINE_ROWS: i64 = 2500;

impl JournalTx for SqliteTx<'_> {
    fn event_hash(&self, dev: &DeviceId, epoch: u32, seq: u64) -> Stored<Option<Sha256Hash>> {
        let sql = "SELECT hash FROM events WHERE dev = ? AND epoch = ? AND seq = ?";
        first(self.0, sql, params![dev.as_str(), epoch, int(seq)], |row| row.parsed("hash"))
    }

    fn insert_event(&self, event: &EventRow) -> Stored<()> {
        let sql = "INSERT INTO events (dev, epoch, seq, hash, prev, class, incident, at_ms, received_ms, bytes, jws)
                   VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
        let row = params![
            event.dev.as_str(),
            event.epoch,
            int(event.seq),
            event.hash.to_string(),
            event.prev.to_string(),
            event.class.as_str(),
            event.incident.map(|id| id.to_string()),
            event.at.millis(),
            event.received.millis(),
            event.bytes,
            event.jws,
        ];
        run(self.0, sql, row).map(drop)
    }

    fn link(&self, dev: &DeviceId, epoch: u32, seq: u64) -> Stored<Option<Link>> {
        let sql = "SELECT hash, prev FROM events WHERE dev = ? AND epoch = ? AND seq = ?";
        first(self.0, sql, params![dev.as_str(), epoch, int(seq)], |row| {
            Ok(Link { hash: row.parsed("hash")?, prev: row.parsed("prev")? })
        })
    }

    fn chain(&self, dev: &DeviceId, epoch: u32) -> Stored<Option<ChainRow>> {
        first(self.0, "SELECT * FROM chains WHERE dev = ? AND epoch = ?", params![dev.as_str(), epoch], chain)
    }

    fn newest_chain(&self, dev: &DeviceId) -> Stored<Option<ChainRow>> {
        let sql = "SELECT * FROM chains WHERE dev = ? ORDER BY epoch DESC LIMIT 1";
        first(self.0, sql, params![dev.as_str()], chain)
    }

    fn put_chain(&self, chain: &ChainRow) -> Stored<()> {
        let sql = "INSERT OR REPLACE INTO chains (dev, epoch, upto, upto_hash, known, broken, forked, gap_since_ms)
                   VALUES (?, ?, ?, ?, ?, ?, ?, ?)";
        let row = params![
            chain.dev.as_str(),
            chain.epoch,
            int(chain.upto),
            chain.upto_hash.to_string(),
            int(chain.known),
            chain.broken.map(int),
            chain.forked.map(int),
            chain.gap_since.map(UtcTime::millis),
        ];
        run(self.0, sql, row).map(drop)
    }

    fn chains_with_gap(&self, before: UtcTime) -> Stored<Vec<ChainRow>> {
        all(self.0, "SELECT * FROM chains WHERE gap_since_ms < ?", params![before.millis()], chain)
    }

    fn incident_events(&self, dev: &DeviceId, incident: IncidentId) -> Stored<Vec<EventRow>> {
        super::reads::events_of(self.0, dev, incident)
    }

    fn put_incident(&self, incident: &IncidentRow) -> Stored<()> {
        super::incidents::put(self.0, incident)
    }

    fn fact_hash(&self, dev: &DeviceId, fseq: u64) -> Stored<Option<Sha256Hash>> {
        let sql = "SELECT hash FROM facts WHERE dev = ? AND fseq = ?";
        first(self.0, sql, params![dev.as_str(), int(fseq)], |row| row.parsed("hash"))
    }

    fn insert_fact(&self, fact: &FactRow) -> Stored<()> {
        let sql = "INSERT INTO facts (dev, fseq, hash, cam, start_ms, received_ms, bytes, jws)
                   VALUES (?, ?, ?, ?, ?, ?, ?, ?)";
        let row = params![
            fact.dev.as_str(),
            int(fact.fseq),
            fact.hash.to_string(),
            fact.cam.as_str(),
            fact.start.millis(),
            fact.received.millis(),
            fact.bytes,
            fact.jws,
        ];
        run(self.0, sql, row).map(drop)
    }

    fn quarantine(&self, item: &Quarantined) -> Stored<()> {
        let sql = "INSERT OR IGNORE INTO quarantine (dev, topic, code, hash, received_ms, bytes, jws)
                   VALUES (?, ?, ?, ?, ?, ?, ?)";
        let row = params![
            item.dev.as_str(),
            item.topic,
            word(&item.code),
            item.hash.to_string(),
            item.received.millis(),
            item.bytes,
            item.jws,
        ];
        if run(self.0, sql, row)? > 0 {
            let full = "DELETE FROM quarantine WHERE n <= (SELECT max(n) FROM quarantine) - ?";
            run(self.0, full, params![QUARANTINE_ROWS])?;
        }
        Ok(())
    }
}

/// Reads a chain out of its row.
pub(super) fn chain(row: &Columns<'_>) -> Stored<ChainRow> {
    let place = |name| row.raw::<Option<i64>>(name).map(|seq| seq.and_then(|seq| u64::try_from(seq).ok()));
    Ok(ChainRow {
        dev: row.parsed("dev")?,
        epoch: row.number("epoch")?,
        upto: row.number("upto")?,
        upto_hash: row.parsed("upto_hash")?,
        known: row.number("known")?,
        broken: place("broken")?,
        forked: place("forked")?,
        gap_since: row.time_or_none("gap_since_ms")?,
    })
}
