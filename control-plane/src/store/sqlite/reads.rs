//! What the API asks of the SQLite store.

use super::codec::{Columns, all, first};
use super::{SqliteStore, accounts, alarms, blobs, fleet, incidents, journal};
use crate::store::{
    AlarmRow, Announced, BlobRow, BoxRow, ChainRow, Cursor, EventRow, FactRow, IncidentFilter, IncidentRow, PictureRow,
    Reads, SessionRow, Stored, UserRow,
};
use kerege_contract::{CameraId, DeviceId, IncidentId, Sha256Hash, UtcTime};
use rusqlite::{Connection, params};

impl Reads for SqliteStore {
    fn incidents(&self, filter: &IncidentFilter, before: Option<&Cursor>, limit: u32) -> Stored<Vec<IncidentRow>> {
        self.read(|db| incidents::list(db, filter, before, limit))
    }

    fn incident(&self, id: IncidentId) -> Stored<Option<IncidentRow>> {
        let sql = "SELECT * FROM incidents WHERE id = ?";
        self.read(|db| first(db, sql, params![id.to_string()], incidents::incident))
    }

    fn events_of(&self, dev: &DeviceId, incident: IncidentId) -> Stored<Vec<EventRow>> {
        self.read(|db| events_of(db, dev, incident))
    }

    fn chains(&self, dev: &DeviceId) -> Stored<Vec<ChainRow>> {
        let sql = "SELECT * FROM chains WHERE dev = ? ORDER BY epoch";
        self.read(|db| all(db, sql, params![dev.as_str()], journal::chain))
    }

    fn facts(&self, dev: &DeviceId, cam: &CameraId, from: UtcTime, to: UtcTime) -> Stored<Vec<FactRow>> {
        let sql = "SELECT * FROM facts WHERE dev = ? AND cam = ? AND start_ms >= ? AND start_ms < ? ORDER BY start_ms";
        self.read(|db| all(db, sql, params![dev.as_str(), cam.as_str(), from.millis(), to.millis()], fact))
    }

    fn boxes(&self) -> Stored<Vec<BoxRow>> {
        self.read(|db| all(db, "SELECT * FROM boxes ORDER BY dev", [], fleet::row))
    }

    fn alarms(&self, limit: u32) -> Stored<Vec<AlarmRow>> {
        let sql = "SELECT * FROM alarms ORDER BY cleared_ms IS NOT NULL, last_ms DESC, id DESC LIMIT ?";
        self.read(|db| all(db, sql, params![limit], alarms::alarm))
    }

    fn open_alarms_by_device(&self) -> Stored<Vec<(DeviceId, u64)>> {
        let sql = "SELECT dev, count(*) AS n FROM alarms WHERE cleared_ms IS NULL AND dev <> '' GROUP BY dev";
        self.read(|db| all(db, sql, [], |row| Ok((row.parsed("dev")?, row.number("n")?))))
    }

    fn user(&self, name: &str) -> Stored<Option<UserRow>> {
        self.read(|db| accounts::user(db, name))
    }

    fn session(&self, token: &Sha256Hash) -> Stored<Option<(SessionRow, UserRow)>> {
        self.read(|db| accounts::session(db, token))
    }

    fn incidents_showing(&self, sha256: &Sha256Hash) -> Stored<Vec<IncidentRow>> {
        self.read(|db| incidents::showing(db, sha256))
    }

    fn announced(&self, sha256: &Sha256Hash, dev: &DeviceId) -> Stored<Option<Announced>> {
        self.read(|db| blobs::announced(db, sha256, dev))
    }

    fn blob(&self, sha256: &Sha256Hash) -> Stored<Option<BlobRow>> {
        self.read(|db| blobs::blob(db, sha256))
    }

    fn blob_bytes(&self) -> Stored<u64> {
        self.read(blobs::total)
    }

    fn oldest_blobs(&self, limit: u32) -> Stored<Vec<BlobRow>> {
        self.read(|db| blobs::oldest(db, limit))
    }

    fn pictures(&self) -> Stored<Vec<PictureRow>> {
        self.read(blobs::pictures)
    }
}

/// The events of an incident, in the order of their chain.
pub(super) fn events_of(connection: &Connection, dev: &DeviceId, incident: IncidentId) -> Stored<Vec<EventRow>> {
    let sql = "SELECT * FROM events WHERE dev = ? AND incident = ? ORDER BY epoch, seq";
    all(connection, sql, params![dev.as_str(), incident.to_string()], |row| {
        Ok(EventRow {
            dev: row.parsed("dev")?,
            epoch: row.number("epoch")?,
            seq: row.number("seq")?,
            hash: row.parsed("hash")?,
            prev: row.parsed("prev")?,
            class: row.word("class")?,
            incident: row.parsed_or_none("incident")?,
            at: row.time("at_ms")?,
            received: row.time("received_ms")?,
            bytes: row.raw("bytes")?,
            jws: row.raw("jws")?,
        })
    })
}

fn fact(row: &Columns<'_>) -> Stored<FactRow> {
    Ok(FactRow {
        dev: row.parsed("dev")?,
        fseq: row.number("fseq")?,
        hash: row.parsed("hash")?,
        cam: row.parsed("cam")?,
        start: row.time("start_ms")?,
        received: row.time("received_ms")?,
        bytes: row.raw("bytes")?,
        jws: row.raw("jws")?,
    })
}
