//! The head file: the chain's last numbers, in a small file beside the database.
//!
//! The database is the truth. The head file exists so that a database that is missing, damaged or
//! put back from a copy is noticed, and so that a new epoch can say what was last and how much may
//! be lost. It is written after each commit and so lags at most one behind.

use super::OutboxError;
use kerege_contract::event::ChainHead;
use serde::{Deserialize, Serialize};
use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;

/// What the box remembers beside its database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeadFile {
    /// The last event committed.
    pub chain: ChainHead,
    /// The highest event number of that epoch up to which everything has a receipt.
    pub receipted: u64,
    /// The last fact committed.
    pub fseq: u64,
}

/// What the head file said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HeadState {
    /// There is none.
    Absent,
    /// It cannot be read; the text says why.
    Unreadable(String),
    /// What it holds.
    Known(HeadFile),
}

impl HeadState {
    /// Reads the file.
    #[must_use]
    pub fn read(path: &Path) -> Self {
        match fs::read(path) {
            Ok(bytes) => match serde_json::from_slice(&bytes) {
                Ok(head) => Self::Known(head),
                Err(error) => Self::Unreadable(error.to_string()),
            },
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Self::Absent,
            Err(error) => Self::Unreadable(error.to_string()),
        }
    }

    /// What it holds, when it can be read.
    #[must_use]
    pub const fn known(&self) -> Option<&HeadFile> {
        if let Self::Known(head) = self { Some(head) } else { None }
    }
}

impl HeadFile {
    /// Replaces the file: a reader sees the old or the new one, never half of one.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn write(&self, path: &Path) -> Result<(), OutboxError> {
        let bytes = serde_json::to_vec(self).unwrap_or_default();
        write_atomically(path, &bytes).map_err(|source| OutboxError::file("write", path, source))
    }
}

/// Writes a file beside its place, syncs it, moves it there and syncs the folder.
pub(crate) fn write_atomically(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let beside = path.with_added_extension("new");
    let mut file = File::create(&beside)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    drop(file);
    fs::rename(&beside, path)?;
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => File::open(folder)?.sync_all(),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kerege_contract::Sha256Hash;

    #[test]
    fn it_is_absent_unreadable_or_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("head.json");
        assert_eq!(HeadState::read(&path), HeadState::Absent);
        let chain = ChainHead { epoch: 2, seq: 7, hash: Sha256Hash::of(b"x") };
        let head = HeadFile { chain, receipted: 5, fseq: 90 };
        head.write(&path).unwrap();
        assert_eq!(HeadState::read(&path), HeadState::Known(head));
        fs::write(&path, "{\"chain\":").unwrap();
        assert!(matches!(HeadState::read(&path), HeadState::Unreadable(_)));
    }
}
