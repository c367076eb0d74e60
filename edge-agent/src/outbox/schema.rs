//! The tables of the outbox, and how a connection to it is set up.
//!
//! `synchronous=FULL` in WAL mode: a commit that has returned survives a power cut. The columns of
//! `event` and `fact` keep their places for ever, because salvage reads them without SQLite.

use super::OutboxError;
use rusqlite::Connection;
use rusqlite::config::DbConfig;
use std::path::Path;
use std::time::Duration;

/// Version of the tables, kept as `user_version`.
pub(super) const VERSION: i64 = 1;

const TABLES: &str = "
CREATE TABLE meta(name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE event(
    id INTEGER PRIMARY KEY, epoch INTEGER NOT NULL, seq INTEGER NOT NULL,
    hash BLOB NOT NULL, bytes BLOB NOT NULL, jws TEXT NOT NULL,
    class TEXT NOT NULL, incident TEXT, created INTEGER NOT NULL,
    receipted INTEGER, refused TEXT, UNIQUE(epoch, seq));
CREATE INDEX event_waiting ON event(epoch, seq) WHERE receipted IS NULL AND refused IS NULL;
CREATE INDEX event_receipted ON event(receipted) WHERE receipted IS NOT NULL;
CREATE TABLE fact(
    id INTEGER PRIMARY KEY, fseq INTEGER NOT NULL UNIQUE, minutes INTEGER NOT NULL,
    hash BLOB NOT NULL, bytes BLOB NOT NULL, jws TEXT NOT NULL,
    cam TEXT NOT NULL, start INTEGER NOT NULL, created INTEGER NOT NULL,
    receipted INTEGER, refused TEXT, sent INTEGER NOT NULL DEFAULT 0);
CREATE INDEX fact_waiting ON fact(fseq) WHERE receipted IS NULL AND refused IS NULL;
CREATE INDEX fact_receipted ON fact(receipted) WHERE receipted IS NOT NULL;
CREATE INDEX fact_minute ON fact(cam, start);
CREATE TABLE blob(
    sha256 BLOB PRIMARY KEY, epoch INTEGER NOT NULL, seq INTEGER NOT NULL,
    mime TEXT NOT NULL, created INTEGER NOT NULL, uploaded INTEGER, refused TEXT) WITHOUT ROWID;
CREATE INDEX blob_waiting ON blob(created) WHERE uploaded IS NULL AND refused IS NULL;
CREATE TABLE cells(cam TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE open_incident(id TEXT PRIMARY KEY, start BLOB NOT NULL, state TEXT) WITHOUT ROWID;
CREATE TABLE command(id TEXT PRIMARY KEY, exp INTEGER NOT NULL) WITHOUT ROWID;
INSERT INTO meta VALUES('unsettled', 'no event of this build of the tables yet');
PRAGMA user_version = 1;
";

/// Opens the database, making its tables when it is new, and checks every page.
pub(super) fn connect(path: &Path) -> Result<Connection, OutboxError> {
    let conn = Connection::open(path)?;
    conn.busy_timeout(Duration::from_secs(5))?;
    // A log that cannot be read to its end stays, so that salvage can look at the rest of it.
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    conn.execute_batch(
        "PRAGMA page_size=4096; PRAGMA auto_vacuum=INCREMENTAL; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;
         PRAGMA wal_autocheckpoint=256; PRAGMA journal_size_limit=4194304; PRAGMA cache_size=-2048;
         PRAGMA cell_size_check=ON; PRAGMA trusted_schema=OFF;",
    )?;
    let version: i64 = conn.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    if version > VERSION {
        return Err(OutboxError::Newer { path: path.to_owned(), version, known: VERSION });
    }
    if version == 0 {
        let objects: i64 = conn.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
        if objects > 0 {
            return Err(OutboxError::Damaged { what: "it has tables but no version".into() });
        }
        conn.execute_batch(&format!("BEGIN IMMEDIATE; {TABLES} COMMIT;"))?;
    }
    let verdict: String = conn.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
    if verdict != "ok" {
        return Err(OutboxError::Damaged { what: verdict });
    }
    Ok(conn)
}

/// A count or number as SQLite keeps it.
pub(super) fn int(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// A count or number as it came from SQLite.
pub(super) fn uint(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}
