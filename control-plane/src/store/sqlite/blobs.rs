//! The index of blobs and pictures in SQLite; their bytes are files.

use super::SqliteTx;
use super::codec::{Columns, all, first, int, run};
use crate::store::{Announced, BlobRow, BlobTx, PictureRow, Stored};
use kerege_contract::event::Evidence;
use kerege_contract::{DeviceId, IncidentId, Sha256Hash, UtcTime};
use rusqlite::{Connection, params};

impl BlobTx for SqliteTx<'_> {
    fn announce(&self, dev: &DeviceId, evidence: &Evidence, incident: Option<IncidentId>, now: UtcTime) -> Stored<()> {
        let sql = "INSERT OR IGNORE INTO announced (sha256, dev, mime, bytes, at_ms) VALUES (?, ?, ?, ?, ?)";
        let row = params![evidence.sha256.to_string(), dev.as_str(), evidence.mime, int(evidence.bytes), now.millis()];
        run(self.0, sql, row)?;
        if let Some(incident) = incident {
            let sql = "INSERT OR IGNORE INTO evidence_of (sha256, incident) VALUES (?, ?)";
            run(self.0, sql, params![evidence.sha256.to_string(), incident.to_string()])?;
        }
        Ok(())
    }

    fn blob_stored(&self, blob: &BlobRow) -> Stored<()> {
        let sql = "INSERT OR REPLACE INTO blobs (sha256, bytes, mime, stored_ms, evicted_ms) VALUES (?, ?, ?, ?, NULL)";
        run(self.0, sql, params![blob.sha256.to_string(), int(blob.bytes), blob.mime, blob.stored.millis()]).map(drop)
    }

    fn blob_evicted(&self, sha256: &Sha256Hash, now: UtcTime) -> Stored<()> {
        let sql = "UPDATE blobs SET evicted_ms = ? WHERE sha256 = ?";
        run(self.0, sql, params![now.millis(), sha256.to_string()]).map(drop)
    }

    fn put_picture(&self, picture: &PictureRow) -> Stored<()> {
        let sql = "INSERT OR REPLACE INTO pictures (dev, cam, captured_ms, received_ms, sha256, bytes)
                   VALUES (?, ?, ?, ?, ?, ?)";
        let row = params![
            picture.dev.as_str(),
            picture.cam.as_str(),
            picture.captured.millis(),
            picture.received.millis(),
            picture.sha256.to_string(),
            int(picture.bytes),
        ];
        run(self.0, sql, row).map(drop)
    }
}

/// What a device announced under a hash.
pub(super) fn announced(connection: &Connection, sha256: &Sha256Hash, dev: &DeviceId) -> Stored<Option<Announced>> {
    let sql = "SELECT mime, bytes FROM announced WHERE sha256 = ? AND dev = ?";
    first(connection, sql, params![sha256.to_string(), dev.as_str()], |row| {
        Ok(Announced { mime: row.raw("mime")?, bytes: row.number("bytes")? })
    })
}

/// A blob that is, or was, stored.
pub(super) fn blob(connection: &Connection, sha256: &Sha256Hash) -> Stored<Option<BlobRow>> {
    first(connection, "SELECT * FROM blobs WHERE sha256 = ?", params![sha256.to_string()], blob_row)
}

/// Bytes of all stored blobs.
pub(super) fn total(connection: &Connection) -> Stored<u64> {
    let sql = "SELECT coalesce(sum(bytes), 0) AS n FROM blobs WHERE evicted_ms IS NULL";
    first(connection, sql, [], |row| row.number("n")).map(Option::unwrap_or_default)
}

/// Stored blobs, oldest first.
pub(super) fn oldest(connection: &Connection, limit: u32) -> Stored<Vec<BlobRow>> {
    all(connection, "SELECT * FROM blobs WHERE evicted_ms IS NULL ORDER BY stored_ms LIMIT ?", params![limit], blob_row)
}

/// Latest pictures of all cameras.
pub(super) fn pictures(connection: &Connection) -> Stored<Vec<PictureRow>> {
    all(connection, "SELECT * FROM pictures ORDER BY dev, cam", [], |row| {
        Ok(PictureRow {
            dev: row.parsed("dev")?,
            cam: row.parsed("cam")?,
            captured: row.time("captured_ms")?,
            received: row.time("received_ms")?,
            sha256: row.parsed("sha256")?,
            bytes: row.number("bytes")?,
        })
    })
}

fn blob_row(row: &Columns<'_>) -> Stored<BlobRow> {
    Ok(BlobRow {
        sha256: row.parsed("sha256")?,
        bytes: row.number("bytes")?,
        mime: row.raw("mime")?,
        stored: row.time("stored_ms")?,
        evicted: row.time_or_none("evicted_ms")?,
    })
}
