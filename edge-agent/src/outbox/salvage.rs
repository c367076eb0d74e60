//! After damage: everything that still has its hash is carried into a new database.
//!
//! Rows are read page by page, past SQLite. Free pages may hold rows that were removed long ago;
//! taking them back is harmless, because sending is idempotent. A merged fact wins over those it
//! replaces, or they would count twice.

use super::open::{log_of, millis};
use super::pages::{self, Column};
use super::schema::{int, uint};
use super::state::cover_incident;
use super::{OutboxError, Settings};
use kerege_contract::event::{Event, Phase};
use kerege_contract::fact::MinuteFact;
use kerege_contract::{DeviceId, IncidentId, Sha256Hash, UtcTime};
use rusqlite::{Connection, params};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// How many damaged databases are kept for people to look at.
const KEPT_ASIDE: usize = 2;

/// What was read out of a damaged database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Salvaged {
    pub events: u64,
    pub facts: u64,
}

/// Moves the database and its log out of the way; older ones that were set aside go.
pub(super) fn set_aside(database: &Path, now: UtcTime) -> Result<PathBuf, OutboxError> {
    let stamp: String = now.to_string().chars().filter(char::is_ascii_alphanumeric).collect();
    let aside = database.with_extension(format!("db.damaged-{stamp}"));
    fs::rename(database, &aside).map_err(|source| OutboxError::file("rename", database, source))?;
    if log_of(database).exists() {
        fs::rename(log_of(database), log_of(&aside)).map_err(|source| OutboxError::file("rename", database, source))?;
    }
    let mut shared = database.as_os_str().to_owned();
    shared.push("-shm");
    // It only indexes the log and is made again.
    let _gone = fs::remove_file(&shared);
    remove_older(database);
    Ok(aside)
}

/// The databases that were set aside, oldest first.
fn set_aside_files(database: &Path) -> Vec<PathBuf> {
    let is_aside = |path: &PathBuf| {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        name.starts_with("outbox.db.damaged-") && !name.ends_with("-wal")
    };
    let entries = database.parent().and_then(|folder| fs::read_dir(folder).ok()).into_iter().flatten().flatten();
    let mut aside: Vec<PathBuf> = entries.map(|entry| entry.path()).filter(is_aside).collect();
    aside.sort();
    aside
}

fn remove_older(database: &Path) {
    for old in set_aside_files(database).iter().rev().skip(KEPT_ASIDE) {
        let _gone = (fs::remove_file(old), fs::remove_file(log_of(old)));
    }
}

/// Salvages the newest database that was set aside, unless this one has it already.
pub(super) fn resume(conn: &Connection, settings: &Settings) -> Result<Option<(PathBuf, Salvaged)>, OutboxError> {
    let Some(aside) = set_aside_files(&settings.database_path()).pop() else { return Ok(None) };
    let salvaged = salvage(conn, &aside, settings)?;
    Ok(Some((aside, salvaged)))
}

/// Carries all that is whole into a new database. Doing it twice changes nothing.
fn salvage(conn: &Connection, aside: &Path, settings: &Settings) -> Result<Salvaged, OutboxError> {
    let mut failure = None;
    conn.execute_batch("BEGIN IMMEDIATE")?;
    pages::scan(aside, &log_of(aside), |row| {
        let taken = match row.len() {
            11 => take_event(conn, &row, &settings.device),
            12 => take_fact(conn, &row, &settings.device),
            _ => Ok(()),
        };
        if let Err(error) = taken {
            failure.get_or_insert(error);
        }
    });
    if let Some(error) = failure {
        return Err(error);
    }
    drop_replaced(conn)?;
    restore_incidents(conn)?;
    restore_blobs(conn, settings)?;
    conn.execute_batch("COMMIT")?;
    let count = |table: &str| -> Result<u64, OutboxError> {
        Ok(uint(conn.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0))?))
    };
    Ok(Salvaged { events: count("event")?, facts: count("fact")? })
}

/// The columns that events and facts have in common, when they hold what they should.
struct Common<'a> {
    hash: &'a [u8],
    bytes: &'a [u8],
    jws: &'a str,
    created: i64,
    receipted: Option<i64>,
    refused: Option<&'a str>,
}

fn text(column: &Column) -> Option<&str> {
    if let Column::Text(bytes) = column { std::str::from_utf8(bytes).ok() } else { None }
}

fn common(row: &[Column]) -> Option<Common<'_>> {
    let (Column::Blob(hash), Column::Blob(bytes), Column::Int(created)) = (&row[3], &row[4], &row[8]) else {
        return None;
    };
    let receipted = if let Column::Int(at) = row[9] { Some(at) } else { None };
    let whole = Sha256Hash::of(bytes).as_bytes() == hash.as_slice();
    whole.then_some(())?;
    Some(Common { hash, bytes, jws: text(&row[5])?, created: *created, receipted, refused: text(&row[10]) })
}

fn take_event(conn: &Connection, row: &[Column], device: &DeviceId) -> Result<(), OutboxError> {
    let Some(common) = common(row) else { return Ok(()) };
    let Ok(event) = Event::from_bytes(common.bytes) else { return Ok(()) };
    if event.dev != *device {
        return Ok(());
    }
    let incident = event.incident.map(|id| id.to_string());
    conn.prepare_cached(
        "INSERT INTO event(epoch, seq, hash, bytes, jws, class, incident, created, receipted, refused)
         VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10) ON CONFLICT(epoch, seq) DO UPDATE SET
         receipted = coalesce(receipted, excluded.receipted), refused = coalesce(refused, excluded.refused)
         WHERE hash = excluded.hash",
    )?
    .execute(params![
        event.epoch,
        int(event.seq),
        common.hash,
        common.bytes,
        common.jws,
        event.class.as_str(),
        incident,
        common.created,
        common.receipted,
        common.refused
    ])?;
    Ok(())
}

fn take_fact(conn: &Connection, row: &[Column], device: &DeviceId) -> Result<(), OutboxError> {
    let Some(common) = common(row) else { return Ok(()) };
    let Ok(fact) = serde_json::from_slice::<MinuteFact>(common.bytes) else { return Ok(()) };
    if fact.dev != *device {
        return Ok(());
    }
    conn.prepare_cached(
        "INSERT INTO fact(fseq, minutes, hash, bytes, jws, cam, start, created, receipted, refused, sent)
         VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,1) ON CONFLICT(fseq) DO UPDATE SET
         receipted = coalesce(receipted, excluded.receipted), refused = coalesce(refused, excluded.refused)
         WHERE hash = excluded.hash",
    )?
    .execute(params![
        int(fact.fseq),
        fact.minutes,
        common.hash,
        common.bytes,
        common.jws,
        fact.cam.as_str(),
        millis(fact.start),
        common.created,
        common.receipted,
        common.refused
    ])?;
    Ok(())
}

fn drop_replaced(conn: &Connection) -> Result<(), OutboxError> {
    let merged: Vec<Vec<u8>> = conn
        .prepare("SELECT bytes FROM fact WHERE minutes > 1")?
        .query_map([], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    for bytes in merged {
        let Ok(fact) = serde_json::from_slice::<MinuteFact>(&bytes) else { continue };
        for fseq in fact.replaces {
            conn.prepare_cached("DELETE FROM fact WHERE fseq = ?1")?.execute([int(fseq)])?;
        }
    }
    Ok(())
}

/// Incidents whose end was not found are open, as far as anyone can tell.
fn restore_incidents(conn: &Connection) -> Result<(), OutboxError> {
    let events: Vec<Vec<u8>> = conn
        .prepare("SELECT bytes FROM event WHERE incident IS NOT NULL ORDER BY epoch, seq")?
        .query_map([], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    let mut open: BTreeMap<IncidentId, Vec<Event>> = BTreeMap::new();
    for event in events.iter().filter_map(|bytes| Event::from_bytes(bytes).ok()) {
        let Some(id) = event.incident else { continue };
        if event.phase == Some(Phase::End) {
            open.remove(&id);
        } else {
            open.entry(id).or_default().push(event);
        }
    }
    for event in open.into_values().flatten() {
        cover_incident(conn, &event, None)?;
    }
    Ok(())
}

/// Stills that still lie on disk wait for their upload again.
fn restore_blobs(conn: &Connection, settings: &Settings) -> Result<(), OutboxError> {
    let rows: Vec<Vec<u8>> =
        conn.prepare("SELECT bytes FROM event")?.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
    for event in rows.iter().filter_map(|bytes| Event::from_bytes(bytes).ok()) {
        for evidence in &event.evidence {
            if settings.blobs_dir().join(evidence.sha256.to_string()).exists() {
                conn.execute(
                    "INSERT OR IGNORE INTO blob(sha256, epoch, seq, mime, created) VALUES(?1,?2,?3,?4,?5)",
                    params![
                        evidence.sha256.as_bytes(),
                        event.epoch,
                        int(event.seq),
                        evidence.mime,
                        millis(event.ts.event)
                    ],
                )?;
            }
        }
    }
    Ok(())
}
