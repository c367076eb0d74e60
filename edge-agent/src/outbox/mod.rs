//! The outbox: what the box has said and is not yet sure that the centre knows.
//!
//! One SQLite file (WAL, `synchronous=FULL`), one writer. An event takes its number, is chained,
//! signed and stored in one transaction before anything is sent; only a receipt of the centre frees
//! it, and even then it stays for seven days. Minute facts go the same way with a number series of
//! their own, unchained. Beside the database lies a [head file](head::HeadFile), so that a database
//! that is gone, damaged or older than it should be is noticed: what can be read is salvaged, the
//! damaged file is set aside, and a new epoch of the chain says what may be missing.
//!
//! [`OutboxHandle`] owns the one thread that may touch the database; everything else asks it.

mod append;
mod error;
mod handle;
mod head;
mod keep;
mod merge;
mod open;
mod pages;
mod pending;
mod receipts;
mod salvage;
mod schema;
mod state;
#[cfg(test)]
mod tests;

pub use append::{Draft, FactDraft, MAX_MESSAGE_BYTES};
pub use error::OutboxError;
pub use handle::{AsOutboxError, Moments, OutboxHandle, OutboxThread};
pub(crate) use head::write_atomically;
pub use head::{HeadFile, HeadState};
pub use keep::{Limits, Pressure, Tidied};
pub use open::{Beginning, Moment, Settings};
pub use pending::{ItemKey, Outgoing};
pub use receipts::{ReceiptError, ReceiptOutcome};
pub use state::{BlobItem, OpenIncident, RunningCells};

use ed25519_dalek::SigningKey;
use kerege_contract::Sha256Hash;
use kerege_contract::event::ChainHead;
use rusqlite::Connection;

/// The durable queue of one box. Not shared: see [`OutboxHandle`].
#[derive(Debug)]
pub struct Outbox {
    conn: Connection,
    settings: Settings,
    key: SigningKey,
    head: ChainHead,
    fseq: u64,
    /// Highest number of the epoch up to which everything has a receipt.
    receipted: u64,
}

impl Outbox {
    /// The chain's last event.
    #[must_use]
    pub const fn head(&self) -> &ChainHead {
        &self.head
    }

    /// The number of the last fact.
    #[must_use]
    pub const fn last_fact(&self) -> u64 {
        self.fseq
    }

    /// Writes the head file; called after each commit. What it says of is committed already, so a
    /// failure is told and not returned: a caller would store the same thing twice.
    fn remember(&self) {
        let head = HeadFile { chain: self.head.clone(), receipted: self.receipted, fseq: self.fseq };
        if let Err(error) = head.write(&self.settings.head_path()) {
            tracing::warn!(error = &error as &dyn std::error::Error, "the outbox's head file could not be written");
        }
    }
}

/// A hash out of a column.
fn hash_of(bytes: &[u8]) -> Result<Sha256Hash, OutboxError> {
    let bytes: [u8; 32] =
        bytes.try_into().map_err(|_| OutboxError::Damaged { what: "a hash does not have 32 bytes".into() })?;
    Ok(Sha256Hash::from_bytes(bytes))
}
