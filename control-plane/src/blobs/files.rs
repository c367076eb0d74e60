//! The files themselves. A blob grows under `partial/` and is renamed to its place once its bytes
//! have the announced hash; a reader never sees half of one, a crash never leaves one behind.

use kerege_contract::{CameraId, DeviceId, Sha256Hash};
use sha2::{Digest as _, Sha256};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

/// Unfinished uploads are forgotten after this time without a part.
const PARTIAL_KEPT: Duration = Duration::from_secs(48 * 3600);

/// Why a blob cannot be stored or read.
#[derive(Debug, thiserror::Error)]
pub enum BlobError {
    /// The disk.
    #[error("cannot use {}: check data_dir, its owner and the free space", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A part begins beyond what is stored.
    #[error("the part begins at byte {offset}, stored are {have}: go on from there")]
    Beyond {
        /// Where it begins.
        offset: u64,
        /// How much is stored.
        have: u64,
    },
    /// All bytes are there, and they are not those announced; they were dropped.
    #[error("the bytes do not have the announced hash: upload it again from the start")]
    Mismatch,
}

/// How far an upload is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// This many bytes are stored.
    Have(u64),
    /// The blob is stored.
    Complete,
}

/// The files of the centre.
#[derive(Debug)]
pub struct BlobFiles {
    root: PathBuf,
    /// Parts are written one at a time: two uploads of one blob must not mix.
    writing: Mutex<()>,
}

impl BlobFiles {
    /// Uses a folder, making what is missing.
    ///
    /// # Errors
    /// When the folders cannot be made.
    pub fn open(root: &Path) -> Result<Self, BlobError> {
        for folder in ["blobs", "partial", "pictures"] {
            let path = root.join(folder);
            fs::create_dir_all(&path).map_err(|source| BlobError::Io { path, source })?;
        }
        Ok(Self { root: root.to_owned(), writing: Mutex::default() })
    }

    fn blob_path(&self, sha256: &Sha256Hash) -> PathBuf {
        let name = sha256.to_string();
        let (folder, _) = name.split_at(2);
        self.root.join("blobs").join(folder).join(&name)
    }

    fn partial_path(&self, sha256: &Sha256Hash) -> PathBuf {
        self.root.join("partial").join(sha256.to_string())
    }

    fn picture_path(&self, dev: &DeviceId, cam: &CameraId, sha256: &Sha256Hash) -> PathBuf {
        self.root.join("pictures").join(dev.as_str()).join(format!("{cam}_{sha256}.jpg"))
    }

    /// How far the upload of a blob is.
    #[must_use]
    pub fn progress(&self, sha256: &Sha256Hash) -> Progress {
        if self.blob_path(sha256).is_file() {
            return Progress::Complete;
        }
        Progress::Have(fs::metadata(self.partial_path(sha256)).map_or(0, |meta| meta.len()))
    }

    /// Adds a part; a part that is already there changes nothing. With the last byte the whole is
    /// verified and takes its place.
    ///
    /// # Errors
    /// When the part begins beyond what is stored, the whole has another hash, or the disk fails.
    pub fn add(&self, sha256: &Sha256Hash, offset: u64, total: u64, bytes: &[u8]) -> Result<Progress, BlobError> {
        let _one_at_a_time = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let Progress::Have(have) = self.progress(sha256) else { return Ok(Progress::Complete) };
        if offset > have {
            return Err(BlobError::Beyond { offset, have });
        }
        let path = self.partial_path(sha256);
        let end = offset + bytes.len() as u64;
        write_at(&path, offset, bytes).map_err(|source| BlobError::Io { path: path.clone(), source })?;
        if have.max(end) < total {
            return Ok(Progress::Have(have.max(end)));
        }
        self.complete(sha256, &path)
    }

    fn complete(&self, sha256: &Sha256Hash, partial: &Path) -> Result<Progress, BlobError> {
        let failed = |source| BlobError::Io { path: partial.to_owned(), source };
        if hash_of(partial).map_err(failed)? != *sha256 {
            fs::remove_file(partial).map_err(failed)?;
            return Err(BlobError::Mismatch);
        }
        let path = self.blob_path(sha256);
        take_place(partial, &path).map_err(|source| BlobError::Io { path, source })?;
        Ok(Progress::Complete)
    }

    /// The bytes of a blob; none when it is not stored.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn read(&self, sha256: &Sha256Hash) -> Result<Option<Vec<u8>>, BlobError> {
        read(&self.blob_path(sha256))
    }

    /// Removes a blob.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn remove(&self, sha256: &Sha256Hash) -> Result<(), BlobError> {
        remove(&self.blob_path(sha256))
    }

    /// Stores a picture beside the one before.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn write_picture(&self, dev: &DeviceId, cam: &CameraId, jpeg: &[u8]) -> Result<Sha256Hash, BlobError> {
        let sha256 = Sha256Hash::of(jpeg);
        let path = self.picture_path(dev, cam, &sha256);
        let partial = self.partial_path(&sha256);
        let written = fs::write(&partial, jpeg).and_then(|()| take_place(&partial, &path));
        written.map_err(|source| BlobError::Io { path, source })?;
        Ok(sha256)
    }

    /// The bytes of a picture; none when it was overwritten meanwhile.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn read_picture(
        &self,
        dev: &DeviceId,
        cam: &CameraId,
        sha256: &Sha256Hash,
    ) -> Result<Option<Vec<u8>>, BlobError> {
        read(&self.picture_path(dev, cam, sha256))
    }

    /// Removes an older picture.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn remove_picture(&self, dev: &DeviceId, cam: &CameraId, sha256: &Sha256Hash) -> Result<(), BlobError> {
        remove(&self.picture_path(dev, cam, sha256))
    }

    /// Forgets uploads that nobody went on with; how many.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn forget_partials(&self, now: SystemTime) -> Result<u64, BlobError> {
        let folder = self.root.join("partial");
        let failed = |source| BlobError::Io { path: folder.clone(), source };
        let mut forgotten = 0;
        for entry in fs::read_dir(&folder).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let modified = entry.metadata().and_then(|meta| meta.modified()).map_err(failed)?;
            if now.duration_since(modified).is_ok_and(|age| age > PARTIAL_KEPT) {
                remove(&entry.path())?;
                forgotten += 1;
            }
        }
        Ok(forgotten)
    }
}

fn write_at(path: &Path, offset: u64, bytes: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create(true).truncate(false).open(path)?;
    file.seek(SeekFrom::Start(offset))?;
    file.write_all(bytes)
}

fn hash_of(path: &Path) -> io::Result<Sha256Hash> {
    let mut file = File::open(path)?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let read = file.read(&mut buffer)?;
        let Some(bytes) = buffer.get(..read).filter(|bytes| !bytes.is_empty()) else { break };
        hasher.update(bytes);
    }
    Ok(Sha256Hash::from_bytes(hasher.finalize().into()))
}

/// Makes a written file permanent under its own name: file and folder are flushed, so that what the
/// index says is stored survives a power cut.
fn take_place(partial: &Path, path: &Path) -> io::Result<()> {
    let folder = path.parent().unwrap_or_else(|| Path::new("."));
    fs::create_dir_all(folder)?;
    File::open(partial)?.sync_all()?;
    fs::rename(partial, path)?;
    File::open(folder)?.sync_all()
}

fn read(path: &Path) -> Result<Option<Vec<u8>>, BlobError> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(BlobError::Io { path: path.to_owned(), source }),
    }
}

fn remove(path: &Path) -> Result<(), BlobError> {
    match fs::remove_file(path) {
        Err(source) if source.kind() != io::ErrorKind::NotFound => Err(BlobError::Io { path: path.to_owned(), source }),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files() -> (tempfile::TempDir, BlobFiles) {
        let folder = tempfile::tempdir().unwrap();
        let files = BlobFiles::open(folder.path()).unwrap();
        (folder, files)
    }

    #[test]
    fn parts_join_whatever_is_repeated() {
        let (_folder, files) = files();
        let bytes: Vec<u8> = (0..1000u32).map(|n| n as u8).collect();
        let sha256 = Sha256Hash::of(&bytes);
        assert_eq!(files.add(&sha256, 0, 1000, &bytes[..400]).unwrap(), Progress::Have(400));
        assert_eq!(files.add(&sha256, 0, 1000, &bytes[..400]).unwrap(), Progress::Have(400));
        assert!(matches!(files.add(&sha256, 500, 1000, &bytes[500..]), Err(BlobError::Beyond { have: 400, .. })));
        assert_eq!(files.read(&sha256).unwrap(), None);
        assert_eq!(files.add(&sha256, 300, 1000, &bytes[300..800]).unwrap(), Progress::Have(800));
        assert_eq!(files.add(&sha256, 800, 1000, &bytes[800..]).unwrap(), Progress::Complete);
        assert_eq!(files.add(&sha256, 0, 1000, &bytes[..400]).unwrap(), Progress::Complete);
        assert_eq!(files.read(&sha256).unwrap(), Some(bytes));
    }

    #[test]
    fn other_bytes_are_dropped_and_may_come_again() {
        let (_folder, files) = files();
        let sha256 = Sha256Hash::of(b"right");
        assert!(matches!(files.add(&sha256, 0, 5, b"wrong"), Err(BlobError::Mismatch)));
        assert_eq!(files.progress(&sha256), Progress::Have(0));
        assert_eq!(files.add(&sha256, 0, 5, b"right").unwrap(), Progress::Complete);
    }

    #[test]
    fn abandoned_uploads_are_forgotten() {
        let (_folder, files) = files();
        files.add(&Sha256Hash::ZERO, 0, 10, b"five.").unwrap();
        assert_eq!(files.forget_partials(SystemTime::now()).unwrap(), 0);
        assert_eq!(files.forget_partials(SystemTime::now() + PARTIAL_KEPT * 2).unwrap(), 1);
        assert_eq!(files.progress(&Sha256Hash::ZERO), Progress::Have(0));
    }
}
