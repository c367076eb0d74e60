//! Stills are removed after their time, and before it when they would not fit: oldest first,
//! counted, and with an alarm in the second case.

use super::{BlobError, BlobFiles};
use crate::api::types::AlarmKind;
use crate::centre::in_transaction;
use crate::config::Blobs;
use crate::store::{AlarmReport, AlarmRow, BlobRow, Recurrence, Store, StoreError};
use kerege_contract::UtcTime;
use kerege_contract::event::Severity;

/// Blobs looked at in one step.
const STEP: u32 = 200;
const DAY_S: f64 = 86_400.0;

/// What a sweep did.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Sweep {
    /// Removed after their time.
    pub expired: u64,
    /// Removed before their time.
    pub evicted: u64,
    /// The alarm about those.
    pub alarm: Option<AlarmRow>,
}

/// Why a sweep failed.
#[derive(Debug, thiserror::Error)]
pub enum SweepError {
    /// The store.
    #[error("the index of stills cannot be used")]
    Store(#[from] StoreError),
    /// The disk.
    #[error("a still cannot be removed")]
    Files(#[from] BlobError),
}

/// Removes what is too old or too much.
///
/// # Errors
/// When the store or the disk fails; what was done until then holds.
pub fn sweep(store: &dyn Store, files: &BlobFiles, bounds: &Blobs, now: UtcTime) -> Result<Sweep, SweepError> {
    let mut done = Sweep::default();
    let mut total = store.blob_bytes()?;
    let oldest_kept = now.plus_seconds(-f64::from(bounds.keep_days) * DAY_S);
    loop {
        let oldest = store.oldest_blobs(STEP)?;
        let mut removed = 0;
        for blob in oldest {
            let expired = blob.stored < oldest_kept;
            if !expired && total <= bounds.max_total_bytes {
                break;
            }
            remove(store, files, &blob, now)?;
            total = total.saturating_sub(blob.bytes);
            if expired {
                done.expired += 1;
            } else {
                done.evicted += 1;
            }
            removed += 1;
        }
        if removed == 0 {
            break;
        }
    }
    if done.evicted > 0 {
        let report = eviction(done.evicted, bounds);
        done.alarm = in_transaction(store, |tx| tx.raise(&report, now))?;
    }
    Ok(done)
}

/// The index first: a file without row is only waste, a row without file would be a broken promise.
fn remove(store: &dyn Store, files: &BlobFiles, blob: &BlobRow, now: UtcTime) -> Result<(), SweepError> {
    in_transaction(store, |tx| tx.blob_evicted(&blob.sha256, now))?;
    files.remove(&blob.sha256)?;
    Ok(())
}

fn eviction(count: u64, bounds: &Blobs) -> AlarmReport {
    AlarmReport {
        dev: None,
        kind: AlarmKind::StillsEvicted,
        key: String::new(),
        severity: Severity::Medium,
        detail: format!(
            "{count} stills were removed before their {} days: raise blobs.max_total_mib or add disk",
            bounds.keep_days
        ),
        recurrence: Recurrence::Returns,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::SqliteStore;
    use kerege_contract::Sha256Hash;

    #[test]
    fn old_ones_go_first_and_only_eviction_is_alarmed() {
        let folder = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(&folder.path().join("s.db")).unwrap();
        let files = BlobFiles::open(folder.path()).unwrap();
        let day = |n: f64| UtcTime::from_millis(0).plus_seconds(n * DAY_S);
        let mut names = Vec::new();
        for n in 0..10u8 {
            let bytes = [n; 100];
            let sha256 = Sha256Hash::of(&bytes);
            files.add(&sha256, 0, 100, &bytes).unwrap();
            let blob = BlobRow { sha256, bytes: 100, mime: "image/jpeg".into(), stored: day(n.into()), evicted: None };
            in_transaction(&store, |tx| tx.blob_stored(&blob)).unwrap();
            names.push(sha256);
        }
        let bounds = Blobs { max_total_bytes: 600, max_bytes: 100, keep_days: 30 };
        let done = sweep(&store, &files, &bounds, day(32.5)).unwrap();
        assert_eq!((done.expired, done.evicted), (3, 1));
        assert_eq!(done.alarm.unwrap().kind, AlarmKind::StillsEvicted);
        for (n, name) in names.iter().enumerate() {
            assert_eq!(files.read(name).unwrap().is_some(), n >= 4, "{n}");
        }
        assert_eq!(crate::store::Reads::blob_bytes(&store).unwrap(), 600);
        assert_eq!(sweep(&store, &files, &bounds, day(32.5)).unwrap(), Sweep::default());
    }
}
