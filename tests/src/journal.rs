//! The two ledgers that must agree: the box's journal and the centre's table.

use anyhow::Context as _;
use kerege_contract::event::Event;
use kerege_contract::jws::{self, ContentType, PublicKey};
use kerege_contract::{IncidentId, Sha256Hash};
use rusqlite::{Connection, OpenFlags};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// One stored event.
#[derive(Debug, Clone)]
pub struct Entry {
    /// What it says.
    pub event: Event,
    /// Hash of its bytes.
    pub hash: Sha256Hash,
    /// Its signature.
    pub jws: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

fn read(database: &Path, query: &str) -> anyhow::Result<Vec<Entry>> {
    let connection = Connection::open_with_flags(database, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    connection.busy_timeout(std::time::Duration::from_secs(5))?;
    let mut statement = connection.prepare(query)?;
    let rows = statement.query_map([], |row| Ok((row.get::<_, Vec<u8>>(0)?, row.get::<_, String>(1)?)))?;
    rows.map(|row| {
        let (bytes, jws) = row?;
        let event = Event::from_bytes(&bytes).context("a stored event cannot be read")?;
        Ok(Entry { event, hash: Sha256Hash::of(&bytes), jws, bytes })
    })
    .collect()
}

/// The events of a box's journal, in order.
///
/// # Errors
/// When the journal cannot be read.
pub fn of_box(data: &Path) -> anyhow::Result<Vec<Entry>> {
    read(&data.join("outbox.db"), "SELECT bytes, jws FROM event ORDER BY epoch, seq")
}

/// The events of the centre's table, in order.
///
/// # Errors
/// When the table cannot be read.
pub fn of_centre(data: &Path) -> anyhow::Result<Vec<Entry>> {
    read(&data.join("kerege.db"), "SELECT bytes, jws FROM events ORDER BY dev, epoch, seq")
}

/// Events of a box's journal that have no receipt yet.
///
/// # Errors
/// When the journal cannot be read.
pub fn waiting(data: &Path) -> anyhow::Result<u64> {
    let connection = Connection::open_with_flags(data.join("outbox.db"), OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    connection.busy_timeout(std::time::Duration::from_secs(5))?;
    let query = "SELECT (SELECT count(*) FROM event WHERE receipted IS NULL AND refused IS NULL)
                      + (SELECT count(*) FROM fact WHERE receipted IS NULL AND refused IS NULL)";
    Ok(connection.query_row(query, [], |row| row.get::<_, i64>(0))?.unsigned_abs())
}

/// What names an event beyond doubt.
#[must_use]
pub fn names(entries: &[Entry]) -> BTreeSet<(u32, u64, Sha256Hash)> {
    entries.iter().map(|entry| (entry.event.epoch, entry.event.seq, entry.hash)).collect()
}

/// Checks signatures, gapless numbers and the chain of hashes.
///
/// # Errors
/// Says which event breaks what.
pub fn check_chain(entries: &[Entry], key: &PublicKey) -> anyhow::Result<()> {
    let mut last: Option<&Entry> = None;
    for entry in entries {
        let event = &entry.event;
        let name = format!("event {}/{}", event.epoch, event.seq);
        jws::verify(&entry.jws, ContentType::Event, &entry.bytes, key).with_context(|| name.clone())?;
        match last.filter(|last| last.event.epoch == event.epoch) {
            Some(last) => {
                anyhow::ensure!(event.seq == last.event.seq + 1, "{name} follows {}", last.event.seq);
                anyhow::ensure!(event.prev == last.hash, "{name} does not name the hash of the one before");
            }
            None => anyhow::ensure!(event.seq == 1, "epoch {} begins at {}", event.epoch, event.seq),
        }
        last = Some(entry);
    }
    Ok(())
}

/// Checks that no incident starts or ends twice, and that none ends before it started.
///
/// # Errors
/// Says which incident does.
pub fn check_incidents(entries: &[Entry]) -> anyhow::Result<()> {
    use kerege_contract::event::Phase;
    let mut seen: BTreeMap<IncidentId, (u32, u32)> = BTreeMap::new();
    for entry in entries {
        let Some(id) = entry.event.incident else { continue };
        let (starts, ends) = seen.entry(id).or_default();
        match entry.event.phase {
            Some(Phase::Start) => *starts += 1,
            Some(Phase::End) => *ends += 1,
            _ => {}
        }
        anyhow::ensure!(*starts == 1 && *ends <= 1, "incident {id} has {starts} starts and {ends} ends");
    }
    Ok(())
}
