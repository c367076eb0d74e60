//! Receipts: what the centre has signed for is free; what it refuses is put in quarantine.
//!
//! Only the pinned key of the centre counts, only receipts for this box, and only items whose hash
//! is that of ours. `upto` is for people: an item is free by its own hash or not at all.

use super::open::{millis, receipted_upto};
use super::schema::int;
use super::{ItemKey, Outbox, OutboxError};
use crate::crash;
use kerege_contract::jws::{self, BadSignature, ContentType, PublicKey};
use kerege_contract::receipt::{Receipt, Refusal, RefusalCode};
use kerege_contract::{DeviceId, Sha256Hash, UtcTime};
use rusqlite::{Connection, OptionalExtension as _, params};

/// Why a receipt was not taken at all.
#[derive(Debug, thiserror::Error)]
pub enum ReceiptError {
    /// It came without a signature.
    #[error("a receipt without signature")]
    Unsigned,
    /// Not signed by the pinned key.
    #[error("a receipt that the centre did not sign")]
    Signature(#[from] BadSignature),
    /// Not a receipt.
    #[error("a receipt that cannot be read")]
    Json(#[source] serde_json::Error),
    /// For another box.
    #[error("a receipt for '{0}'")]
    OtherDevice(DeviceId),
    /// The outbox could not take it; it will come again when the items are sent again.
    #[error("a receipt could not be stored")]
    Outbox(#[from] OutboxError),
}

/// What a receipt changed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ReceiptOutcome {
    /// Items that are done, by receipt or refusal, whether they were before or not.
    pub done: Vec<ItemKey>,
    /// Items that got their first receipt now.
    pub newly: usize,
    /// Items that were refused.
    pub refused: Vec<(ItemKey, RefusalCode)>,
    /// Items that are not ours as named: another hash, or a number we never gave.
    pub foreign: usize,
    /// The centre claims to have events that this box never made; ignored.
    pub upto_beyond: bool,
}

/// The centre's word to this box, or why it is none.
fn read(bytes: &[u8], jws: Option<&str>, key: &PublicKey, device: &DeviceId) -> Result<Receipt, ReceiptError> {
    jws::verify(jws.ok_or(ReceiptError::Unsigned)?, ContentType::Receipt, bytes, key)?;
    let receipt: Receipt = serde_json::from_slice(bytes).map_err(ReceiptError::Json)?;
    if receipt.dev != *device {
        return Err(ReceiptError::OtherDevice(receipt.dev));
    }
    Ok(receipt)
}

impl Outbox {
    /// Checks a receipt and frees what it names.
    ///
    /// # Errors
    /// When it is not the centre's word to this box, or the database refuses.
    pub fn receive(
        &mut self,
        bytes: &[u8],
        jws: Option<&str>,
        centre: &PublicKey,
        now: UtcTime,
    ) -> Result<ReceiptOutcome, ReceiptError> {
        let receipt = read(bytes, jws, centre, &self.settings.device)?;
        Ok(self.apply(&receipt, now)?)
    }

    fn apply(&mut self, receipt: &Receipt, now: UtcTime) -> Result<ReceiptOutcome, OutboxError> {
        let own = (self.head.epoch, self.head.seq);
        let upto_beyond = receipt.upto.is_some_and(|upto| (upto.epoch, upto.seq) > own);
        let mut outcome = ReceiptOutcome { upto_beyond, ..ReceiptOutcome::default() };
        let tx = self.conn.transaction()?;
        for item in &receipt.events {
            let key = ItemKey::Event { epoch: item.epoch, seq: item.seq };
            free(&tx, key, &item.hash, now, &mut outcome)?;
        }
        for item in &receipt.facts {
            free(&tx, ItemKey::Fact { fseq: item.fseq }, &item.hash, now, &mut outcome)?;
        }
        for refusal in &receipt.refused {
            refuse(&tx, refusal, &mut outcome)?;
        }
        let receipted = receipted_upto(&tx, self.head.epoch)?;
        crash::point("receipt.before_commit");
        tx.commit()?;
        crash::point("receipt.after_commit");
        if receipted != self.receipted {
            self.receipted = receipted;
            self.remember();
        }
        Ok(outcome)
    }
}

/// Column names never come from outside: the two tables share their shape.
fn place(key: ItemKey) -> (&'static str, &'static str, [i64; 2]) {
    match key {
        ItemKey::Event { epoch, seq } => ("event", "epoch = ?1 AND seq = ?2", [i64::from(epoch), int(seq)]),
        ItemKey::Fact { fseq } => ("fact", "?1 = 0 AND fseq = ?2", [0, int(fseq)]),
    }
}

fn stored_hash(conn: &Connection, key: ItemKey) -> Result<Option<Vec<u8>>, OutboxError> {
    let (table, condition, numbers) = place(key);
    let query = format!("SELECT hash FROM {table} WHERE {condition}");
    Ok(conn.prepare_cached(&query)?.query_row(numbers, |row| row.get(0)).optional()?)
}

fn ours(conn: &Connection, key: ItemKey, hash: &Sha256Hash) -> Result<bool, OutboxError> {
    Ok(stored_hash(conn, key)?.is_some_and(|stored| stored == hash.as_bytes()))
}

fn free(
    conn: &Connection,
    key: ItemKey,
    hash: &Sha256Hash,
    now: UtcTime,
    outcome: &mut ReceiptOutcome,
) -> Result<(), OutboxError> {
    if !ours(conn, key, hash)? {
        outcome.foreign += 1;
        return Ok(());
    }
    let (table, condition, [first, second]) = place(key);
    let update = format!("UPDATE {table} SET receipted = ?3, refused = NULL WHERE {condition} AND receipted IS NULL");
    outcome.newly += conn.prepare_cached(&update)?.execute(params![first, second, millis(now)])?;
    outcome.done.push(key);
    Ok(())
}

fn refuse(conn: &Connection, refusal: &Refusal, outcome: &mut ReceiptOutcome) -> Result<(), OutboxError> {
    let (key, hash, code) = match refusal {
        Refusal::Event { epoch, seq, hash, code } => (ItemKey::Event { epoch: *epoch, seq: *seq }, hash, *code),
        Refusal::Fact { fseq, hash, code } => (ItemKey::Fact { fseq: *fseq }, hash, *code),
    };
    if !ours(conn, key, hash)? {
        outcome.foreign += 1;
        return Ok(());
    }
    let (table, condition, [first, second]) = place(key);
    let update = format!("UPDATE {table} SET refused = ?3 WHERE {condition} AND receipted IS NULL AND refused IS NULL");
    if conn.prepare_cached(&update)?.execute(params![first, second, code.as_str()])? > 0 {
        outcome.refused.push((key, code));
    }
    outcome.done.push(key);
    Ok(())
}
