//! What must survive a restart beside the queue itself: open incidents, the running minute, stills
//! that wait for their upload, commands that were obeyed.

use super::open::millis;
use super::{Outbox, OutboxError, hash_of, write_atomically};
use kerege_contract::event::{Event, Phase};
use kerege_contract::fact::{BootId, Cell};
use kerege_contract::{CameraId, IncidentId, Sha256Hash, UtcTime};
use rusqlite::{Connection, OptionalExtension as _, params};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// An incident that has begun and not ended.
#[derive(Debug, Clone, PartialEq)]
pub struct OpenIncident {
    /// Its id.
    pub id: IncidentId,
    /// The event that opened it.
    pub start: Event,
    /// What its maker kept to go on with it; none when that was lost.
    pub state: Option<String>,
}

/// The counts of a minute that is not over.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunningCells {
    /// The start of the box that counts.
    pub boot: BootId,
    /// The camera.
    pub cam: CameraId,
    /// Start of the UTC minute.
    pub start: UtcTime,
    /// Seconds observed so far.
    pub observed_s: f64,
    /// The counts so far.
    pub cells: Vec<Cell>,
}

/// A still that waits for its upload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlobItem {
    /// Its hash.
    pub sha256: Sha256Hash,
    /// Its media type.
    pub mime: String,
    /// Where its bytes lie.
    pub path: PathBuf,
}

/// Keeps the table of open incidents in step with an event, in the event's own transaction.
pub(super) fn cover_incident(conn: &Connection, event: &Event, state: Option<&str>) -> Result<(), OutboxError> {
    let Some(id) = event.incident.map(|id| id.to_string()) else { return Ok(()) };
    match event.phase {
        Some(Phase::Start) => conn.execute(
            "INSERT OR REPLACE INTO open_incident(id, start, state) VALUES(?1, ?2, ?3)",
            params![id, event.to_bytes(), state],
        )?,
        Some(Phase::Update) => {
            conn.execute("UPDATE open_incident SET state = coalesce(?2, state) WHERE id = ?1", params![id, state])?
        }
        Some(Phase::End) => conn.execute("DELETE FROM open_incident WHERE id = ?1", [id])?,
        None => 0,
    };
    Ok(())
}

/// Forgets the running minute of a camera.
pub(super) fn forget_cells(conn: &Connection, cam: &CameraId) -> Result<(), OutboxError> {
    conn.prepare_cached("DELETE FROM cells WHERE cam = ?1")?.execute([cam.as_str()])?;
    Ok(())
}

impl Outbox {
    /// Incidents that have begun and not ended.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn open_incidents(&self) -> Result<Vec<OpenIncident>, OutboxError> {
        let mut statement = self.conn.prepare("SELECT start, state FROM open_incident ORDER BY id")?;
        let rows = statement.query_map([], |row| Ok((row.get::<_, Vec<u8>>(0)?, row.get(1)?)))?;
        let mut open = Vec::new();
        for row in rows {
            let (start, state) = row?;
            let start = Event::from_bytes(&start).map_err(|error| OutboxError::Damaged { what: error.to_string() })?;
            if let Some(id) = start.incident {
                open.push(OpenIncident { id, start, state });
            }
        }
        Ok(open)
    }

    /// Keeps what is needed to go on with open incidents.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn keep_states(&mut self, states: &[(IncidentId, String)]) -> Result<(), OutboxError> {
        let tx = self.conn.transaction()?;
        for (id, state) in states {
            tx.prepare_cached("UPDATE open_incident SET state = ?2 WHERE id = ?1")?
                .execute(params![id.to_string(), state])?;
        }
        Ok(tx.commit()?)
    }

    /// Keeps the running minute of a camera, in place of what was kept of it before.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn keep_cells(&mut self, cells: &RunningCells) -> Result<(), OutboxError> {
        let body = serde_json::to_string(cells).unwrap_or_default();
        self.conn
            .prepare_cached("INSERT OR REPLACE INTO cells(cam, body) VALUES(?1, ?2)")?
            .execute(params![cells.cam.as_str(), body])?;
        Ok(())
    }

    /// The running minutes that were kept.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn kept_cells(&self) -> Result<Vec<RunningCells>, OutboxError> {
        let mut statement = self.conn.prepare("SELECT body FROM cells ORDER BY cam")?;
        let rows = statement.query_map([], |row| row.get::<_, String>(0))?;
        let mut kept = Vec::new();
        for body in rows {
            let cells = serde_json::from_str(&body?);
            kept.push(cells.map_err(|error| OutboxError::Damaged { what: error.to_string() })?);
        }
        Ok(kept)
    }

    /// Puts a still on disk under its hash. Do this before the event that names it.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn store_blob(&self, bytes: &[u8]) -> Result<Sha256Hash, OutboxError> {
        let hash = Sha256Hash::of(bytes);
        let path = self.blob_path(&hash);
        if !path.exists() {
            write_atomically(&path, bytes).map_err(|source| OutboxError::file("write", &path, source))?;
        }
        Ok(hash)
    }

    fn blob_path(&self, hash: &Sha256Hash) -> PathBuf {
        self.settings.blobs_dir().join(hash.to_string())
    }

    /// The oldest still whose event has its receipt and that is not among those to be skipped.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn next_blob(&self, skip: &[Sha256Hash]) -> Result<Option<BlobItem>, OutboxError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT blob.sha256, blob.mime FROM blob LEFT JOIN event ON event.epoch = blob.epoch AND event.seq = blob.seq
             WHERE blob.uploaded IS NULL AND blob.refused IS NULL AND (event.id IS NULL OR event.receipted IS NOT NULL)
             ORDER BY blob.created",
        )?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let sha256 = hash_of(&row.get::<_, Vec<u8>>(0)?)?;
            if !skip.contains(&sha256) {
                return Ok(Some(BlobItem { sha256, mime: row.get(1)?, path: self.blob_path(&sha256) }));
            }
        }
        Ok(None)
    }

    /// Notes that the centre has a still; its bytes are removed.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn blob_done(&mut self, sha256: &Sha256Hash, now: UtcTime) -> Result<(), OutboxError> {
        self.conn
            .execute("UPDATE blob SET uploaded = ?2 WHERE sha256 = ?1", params![sha256.as_bytes(), millis(now)])?;
        let path = self.blob_path(sha256);
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(OutboxError::file("remove", &path, error))
            }
            _ => Ok(()),
        }
    }

    /// Notes that a still cannot be uploaded and why; its bytes stay.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn blob_refused(&mut self, sha256: &Sha256Hash, why: &str) -> Result<(), OutboxError> {
        self.conn.execute("UPDATE blob SET refused = ?2 WHERE sha256 = ?1", params![sha256.as_bytes(), why])?;
        Ok(())
    }

    /// Notes a command; false when it was noted before.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn note_command(&mut self, id: &str, exp: UtcTime, now: UtcTime) -> Result<bool, OutboxError> {
        // An hour longer than it is valid, so that a clock set back does not let it in again.
        self.conn.execute("DELETE FROM command WHERE exp < ?1", [millis(now.plus_seconds(-3600.0))])?;
        let added =
            self.conn.execute("INSERT OR IGNORE INTO command(id, exp) VALUES(?1, ?2)", params![id, millis(exp)])?;
        Ok(added > 0)
    }

    /// Whether an event is stored, for tests and the journal.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn event_hash(&self, epoch: u32, seq: u64) -> Result<Option<Sha256Hash>, OutboxError> {
        let hash: Option<Vec<u8>> = self
            .conn
            .query_row(
                "SELECT hash FROM event WHERE epoch = ?1 AND seq = ?2",
                params![epoch, super::schema::int(seq)],
                |row| row.get(0),
            )
            .optional()?;
        hash.map(|hash| hash_of(&hash)).transpose()
    }
}
