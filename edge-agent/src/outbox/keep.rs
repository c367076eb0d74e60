//! Keeping the outbox within its bounds.
//!
//! What has its receipt goes after seven days, or sooner when the disk bound is passed. What has
//! none stays: nothing is thinned. Only minute facts that were never sent are merged into quarter
//! hours when space runs short, and the merged fact names those it replaces.

use super::append::insert_fact;
use super::merge::{merge, quarter};
use super::open::{millis, set_meta};
use super::schema::{int, uint};
use super::{Outbox, OutboxError};
use kerege_contract::fact::MinuteFact;
use kerege_contract::{CameraId, UtcTime};
use rusqlite::{TransactionBehavior, params};

/// Bounds of the outbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the database that are not to be passed.
    pub max_bytes: u64,
    /// How long receipted items stay, seconds.
    pub keep_s: u32,
    /// How old facts must be to be merged, seconds.
    pub merge_after_s: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self { max_bytes: 1 << 30, keep_s: 7 * 24 * 3600, merge_after_s: 3600 }
    }
}

/// How full it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Pressure {
    /// Room enough.
    Normal,
    /// Over four fifths of the bound: facts are merged.
    High,
    /// Over the bound: receipted items go before their time too.
    Full,
}

/// What tidying did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tidied {
    /// Receipted items removed.
    pub removed: usize,
    /// Minute facts that were merged into others.
    pub merged: usize,
    /// Bytes in use now.
    pub used_bytes: u64,
    /// How full it was before.
    pub pressure: Pressure,
}

/// Facts that one round of merging reads at most, so that the thread is soon free again.
const MERGE_ROUND: usize = 2000;

impl Outbox {
    /// Removes what may go and, under pressure, merges what may be merged.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn tidy(&mut self, limits: Limits, now: UtcTime) -> Result<Tidied, OutboxError> {
        let mut removed = self.remove_before(now.plus_seconds(-f64::from(limits.keep_s)))?;
        let pressure = pressure(self.used_bytes()?, limits);
        let mut merged = 0;
        if pressure >= Pressure::High {
            merged = self.merge_old_facts(now.plus_seconds(-f64::from(limits.merge_after_s)), now)?;
        }
        if pressure == Pressure::Full {
            removed += self.remove_oldest_receipted(1000)?;
        }
        self.conn.execute_batch("PRAGMA incremental_vacuum(1000)")?;
        Ok(Tidied { removed, merged, used_bytes: self.used_bytes()?, pressure })
    }

    fn used_bytes(&self) -> Result<u64, OutboxError> {
        let pragma = |name: &str| -> Result<u64, OutboxError> {
            Ok(uint(self.conn.query_row(&format!("PRAGMA {name}"), [], |row| row.get(0))?))
        };
        Ok((pragma("page_count")? - pragma("freelist_count")?) * pragma("page_size")?)
    }

    /// The newest event stays in any case: the chain goes on from it.
    fn remove_before(&mut self, limit: UtcTime) -> Result<usize, OutboxError> {
        let tx = self.conn.transaction()?;
        let mut removed = tx.execute(
            "DELETE FROM event WHERE receipted < ?1 AND NOT (epoch = ?2 AND seq = ?3)",
            params![millis(limit), self.head.epoch, int(self.head.seq)],
        )?;
        set_meta(&tx, "fseq", &self.fseq.to_string())?;
        removed += tx.execute("DELETE FROM fact WHERE receipted < ?1", [millis(limit)])?;
        tx.execute("DELETE FROM blob WHERE uploaded < ?1", [millis(limit)])?;
        tx.commit()?;
        Ok(removed)
    }

    fn remove_oldest_receipted(&mut self, count: u32) -> Result<usize, OutboxError> {
        let tx = self.conn.transaction()?;
        set_meta(&tx, "fseq", &self.fseq.to_string())?;
        let facts = tx.execute(
            "DELETE FROM fact WHERE id IN (SELECT id FROM fact WHERE receipted IS NOT NULL ORDER BY receipted LIMIT ?1)",
            [count],
        )?;
        let events = tx.execute(
            "DELETE FROM event WHERE id IN (SELECT id FROM event WHERE receipted IS NOT NULL ORDER BY receipted LIMIT ?1)
             AND NOT (epoch = ?2 AND seq = ?3)",
            params![count, self.head.epoch, int(self.head.seq)],
        )?;
        tx.commit()?;
        Ok(events + facts)
    }

    /// Merges the oldest quarter hours of never-sent minute facts.
    fn merge_old_facts(&mut self, before: UtcTime, now: UtcTime) -> Result<usize, OutboxError> {
        let tx = self.conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let facts = {
            let mut statement = tx.prepare(
                "SELECT bytes FROM fact WHERE receipted IS NULL AND refused IS NULL AND sent = 0 AND minutes = 1
                 AND start < ?1 ORDER BY cam, start LIMIT ?2",
            )?;
            let rows = statement
                .query_map(params![millis(quarter(before)), int(MERGE_ROUND as u64)], |row| row.get::<_, Vec<u8>>(0))?;
            rows.collect::<Result<Vec<_>, _>>()?
        };
        let facts: Vec<MinuteFact> = facts.iter().filter_map(|bytes| serde_json::from_slice(bytes).ok()).collect();
        let (mut fseq, mut merged) = (self.fseq, 0);
        let place = |fact: &MinuteFact| -> (CameraId, UtcTime) { (fact.cam.clone(), quarter(fact.start)) };
        for group in facts.chunk_by(|one, other| place(one) == place(other)) {
            let Some(sum) = (group.len() > 1).then(|| merge(group, fseq + 1)).flatten() else { continue };
            insert_fact(&tx, &self.key, &sum, now)?;
            for fact in group {
                tx.prepare_cached("DELETE FROM fact WHERE fseq = ?1")?.execute([int(fact.fseq)])?;
            }
            fseq += 1;
            merged += group.len();
        }
        tx.commit()?;
        self.fseq = fseq;
        self.remember();
        Ok(merged)
    }
}

const fn pressure(used: u64, limits: Limits) -> Pressure {
    if used > limits.max_bytes {
        Pressure::Full
    } else if used > limits.max_bytes / 5 * 4 {
        Pressure::High
    } else {
        Pressure::Normal
    }
}
