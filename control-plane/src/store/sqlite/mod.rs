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

const VERSION: i64 = 1;
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
        let found: i64 = writer.query_row("PRAGMA user_version", [], |row| row.get(0)).map_err(failed)?;
        if found > VERSION {
            return Err(StoreError::Newer { found, known: VERSION });
        }
        if found == 0 {
            let tx = writer.transaction().map_err(failed)?;
            tx.execute_batch(include_str!("schema.sql")).map_err(failed)?;
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
