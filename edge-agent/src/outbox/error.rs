//! What can go wrong in the outbox, and which of it means damage.

use kerege_contract::DeviceId;
use std::path::{Path, PathBuf};

/// Why the outbox did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum OutboxError {
    /// The database file cannot be trusted; what can be read is salvaged.
    #[error("the outbox is damaged: {what}")]
    Damaged {
        /// How it shows.
        what: String,
    },
    /// The database refuses for another reason, such as a full disk.
    #[error("the outbox cannot be used")]
    Database(#[source] rusqlite::Error),
    /// A file beside it cannot be used.
    #[error("cannot {doing} {path}")]
    File {
        /// What was tried: `write`, `rename`.
        doing: &'static str,
        /// Which file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The data folder is another box's.
    #[error("{path} is the outbox of '{found}', not of '{wanted}': set 'device' back, or choose another data_dir")]
    OtherDevice {
        /// The outbox.
        path: PathBuf,
        /// Whose it is.
        found: String,
        /// Who asked.
        wanted: DeviceId,
    },
    /// Made by a later build.
    #[error("{path} has version {version}, this build knows {known}: install the newer kerege-edge again")]
    Newer {
        /// The outbox.
        path: PathBuf,
        /// Its version.
        version: i64,
        /// What this build knows.
        known: i64,
    },
    /// An item that no broker would take.
    #[error("a message of {bytes} bytes is too long to be sent: at most {max}")]
    TooLarge {
        /// Its length.
        bytes: usize,
        /// The bound.
        max: usize,
    },
    /// The thread that owns the outbox has ended.
    #[error("the outbox is closed")]
    Closed,
}

impl OutboxError {
    /// Whether salvaging is the remedy.
    #[must_use]
    pub const fn is_damage(&self) -> bool {
        matches!(self, Self::Damaged { .. })
    }

    /// A file operation that failed.
    pub(super) fn file(doing: &'static str, path: &Path, source: std::io::Error) -> Self {
        Self::File { doing, path: path.to_owned(), source }
    }
}

impl From<rusqlite::Error> for OutboxError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode::{DatabaseCorrupt, NotADatabase};
        use rusqlite::types::Type;
        match &error {
            rusqlite::Error::SqliteFailure(failure, _) if matches!(failure.code, DatabaseCorrupt | NotADatabase) => {
                Self::Damaged { what: error.to_string() }
            }
            // A column that holds another type than the one it was written with.
            rusqlite::Error::InvalidColumnType(
                _,
                _,
                Type::Null | Type::Integer | Type::Real | Type::Text | Type::Blob,
            )
            | rusqlite::Error::FromSqlConversionFailure(..)
            | rusqlite::Error::Utf8Error(..) => Self::Damaged { what: error.to_string() },
            _ => Self::Database(error),
        }
    }
}
