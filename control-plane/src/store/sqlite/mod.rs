//! The store in one SQLite file: WAL, `synchronous=FULL` (a receipt must survive a power cut), one
//! writing connection behind a lock and a few reading ones.

mod accounts;
mod alarms;
mod blobs;
mod codec;
mod fleet;
mod incidents;
mod journal;
mod reads;

use super::{Store, StoreError, Stored, Tx};
use rusqlite::{Connection, OpenFlags};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

const VERSION: u32 = 2;
/// What each version of the store added.
const STEPS: [&str; VERSION as usize] = [include_str!("schema.sql"), include_str!("schema-2.sql")];
/// Reading connections kept open; more are made when all are in use, and closed after it.
const READERS_KEPT: usize = 4;

/// The store in one SQLite file.
#[derive(Debug)]
pub struct SqliteStore {
    path: PathBuf,
    writer: Mutex<Connection>,
    readers: Mutex<Vec<Connection>>,
}

impl SqliteStore {
    /// Opens the file, making it when it is absent.
    ///
    /// # Errors
    /// When it cannot be opened, or was written by a newer build.
    pub fn open(path: &Path) -> Stored<Self> {
        let failed = |source: rusqlite::Error| StoreError::Open { path: path.to_owned(), source: source.into() };
        let mut writer = Connection::open(path).map_err(failed)?;
        prepare(&writer).map_err(failed)?;
        writer.pragma_update(None, "journal_mode", "WAL").map_err(failed)?;
        writer.pragma_update(None, "synchronous", "FULL").map_err(failed)?;
        let found: u32 = writer.query_row("PRAGMA user_version", [], |row| row.get(0)).map_err(failed)?;
        let Some(missing) = STEPS.get(found as usize..) else {
            return Err(StoreError::Newer { found, known: VERSION });
        };
        if !missing.is_empty() {
            let tx = writer.transaction().map_err(failed)?;
            missing.iter().try_for_each(|step| tx.execute_batch(step)).map_err(failed)?;
            tx.pragma_update(None, "user_version", VERSION).map_err(failed)?;
            tx.commit().map_err(failed)?;
        }
        Ok(Self { path: path.to_owned(), writer: Mutex::new(writer), readers: Mutex::default() })
    }

    /// Runs some reads on a connection of their own.
    fn read<T>(&self, work: impl FnOnce(&Connection) -> Stored<T>) -> Stored<T> {
        let idle = lock(&self.readers).pop();
        let connection = match idle {
            Some(connection) => connection,
            None => self.open_reader()?,
        };
        let result = work(&connection);
        let mut readers = lock(&self.readers);
        if readers.len() < READERS_KEPT {
            readers.push(connection);
        }
        result
    }

    fn open_reader(&self) -> Stored<Connection> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(&self.path, flags)?;
        prepare(&connection)?;
        Ok(connection)
    }
}

fn prepare(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(std::time::Duration::from_secs(10))?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(())
}

/// A poisoned lock only means that another thread panicked between statements: SQLite rolled back.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Backend(error.into())
    }
}

/// A transaction on the writing connection.
struct SqliteTx<'a>(&'a Connection);

impl Tx for SqliteTx<'_> {}

impl Store for SqliteStore {
    fn transaction(&self, work: &mut dyn FnMut(&dyn Tx) -> Stored<()>) -> Stored<()> {
        let mut writer = lock(&self.writer);
        let tx = writer.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        work(&SqliteTx(&tx))?;
        tx.commit()?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Reads as _;

    #[test]
    fn a_store_of_each_earlier_version_is_brought_forward_and_a_newer_one_refused() {
        for version in 0..=VERSION + 1 {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("store.db");
            let old = Connection::open(&path).unwrap();
            STEPS.iter().take(version as usize).for_each(|step| old.execute_batch(step).unwrap());
            old.pragma_update(None, "user_version", version).unwrap();
            if version > 0 {
                old.execute("INSERT INTO users VALUES ('aibek', 'officer', 'x', 0)", []).unwrap();
            }
            drop(old);
            let opened = SqliteStore::open(&path);
            if version > VERSION {
                assert!(matches!(opened, Err(StoreError::Newer { .. })));
                continue;
            }
            let store = opened.unwrap();
            assert_eq!(store.user("aibek").unwrap().is_some(), version > 0, "version {version}");
            assert!(store.incidents_showing(&kerege_contract::Sha256Hash::of(b"")).unwrap().is_empty());
        }
    }
}
