//! Where model files lie, whether they are what their manifest promises, and how they get there.
//!
//! A file that was cut off while it was copied, or was replaced, must never be run: it is told
//! apart here by size and hash before anything else reads it. A new file is written beside its
//! place and renamed only when its hash is right, so that a cache never holds half a model.

use crate::manifest::Manifest;
use kerege_contract::Sha256Hash;
use sha2::{Digest, Sha256};
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

/// Why a model file cannot be used, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// There is no such file.
    #[error(
        "model '{model}' is not there: no file {}; run 'kerege-edge models fetch {model}'",
        looked_at.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(", ")
    )]
    Missing {
        /// The model.
        model: String,
        /// Where it should be.
        looked_at: Vec<PathBuf>,
    },
    /// The file is shorter or longer than the manifest says.
    #[error(
        "model '{model}': {} has {found} bytes where {expected} are expected{}; run 'kerege-edge models fetch {model}'",
        path.display(),
        if found < expected { " (it was cut off)" } else { "" }
    )]
    Size {
        /// The model.
        model: String,
        /// The file.
        path: PathBuf,
        /// Bytes it has.
        found: u64,
        /// Bytes it should have.
        expected: u64,
    },
    /// The file has the right size and other bytes.
    #[error(
        "model '{model}': {} is another file than the manifest names (SHA-256 {found}, expected {expected}); \
         run 'kerege-edge models fetch {model}', or correct the manifest",
        path.display()
    )]
    Hash {
        /// The model.
        model: String,
        /// The file.
        path: PathBuf,
        /// Its hash.
        found: Sha256Hash,
        /// The manifest's hash.
        expected: Sha256Hash,
    },
    /// What was fetched is not the model.
    #[error("what was fetched for model '{model}' is not its file ({found}); nothing was kept; check the source")]
    Fetched {
        /// The model.
        model: String,
        /// What differs.
        found: String,
    },
    /// Reading or writing failed.
    #[error("model '{model}': cannot {action} {}", path.display())]
    Io {
        /// The model.
        model: String,
        /// What was tried.
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// Where the model's file lies in a cache folder (or mirror), whether it is there or not.
#[must_use]
pub fn locate(manifest: &Manifest, folder: &Path) -> PathBuf {
    folder.join(&manifest.file.name)
}

/// Where weights that ship with an installed box lie.
const INSTALLED: &str = "/usr/lib/kerege/models";

/// The folders in which a model's file is looked for, in order: the folder of fetched models; then
/// `models/weights`, where a tree carries its own, in each of `start_dirs` (the current folder, the
/// program's) and all folders above; then an installed box's own. `is_dir` tells whether a folder is
/// there; of the latter ones only those that are there are given.
#[must_use]
pub fn folders(fetched: &Path, start_dirs: &[PathBuf], is_dir: impl Fn(&Path) -> bool) -> Vec<PathBuf> {
    let above = start_dirs.iter().flat_map(|dir| dir.ancestors()).map(|dir| dir.join("models/weights"));
    let mut folders = vec![fetched.to_path_buf()];
    for folder in above.chain([PathBuf::from(INSTALLED)]) {
        if is_dir(&folder) && !folders.contains(&folder) {
            folders.push(folder);
        }
    }
    folders
}

/// The model's file in the first of the folders that holds the right one.
///
/// # Errors
/// When none does: what is wrong with the first file of its name, or [`StoreError::Missing`].
pub fn find(manifest: &Manifest, folders: &[PathBuf]) -> Result<PathBuf, StoreError> {
    let (mut looked_at, mut wrong) = (Vec::new(), None);
    for folder in folders {
        let file = locate(manifest, folder);
        match verify(manifest, &file) {
            Ok(()) => return Ok(file),
            Err(StoreError::Missing { .. }) => looked_at.push(file),
            Err(error) => wrong = wrong.or(Some(error)),
        }
    }
    Err(wrong.unwrap_or_else(|| StoreError::Missing { model: manifest.name.clone(), looked_at }))
}

/// Reads the whole file and checks size and hash: what is returned is what the manifest names.
///
/// # Errors
/// [`StoreError::Missing`], [`StoreError::Size`], [`StoreError::Hash`] or [`StoreError::Io`].
pub fn read_verified(manifest: &Manifest, file: &Path) -> Result<Vec<u8>, StoreError> {
    let mut bytes = Vec::new();
    let sink = |part: &[u8]| {
        bytes.extend_from_slice(part);
        Ok(())
    };
    check(manifest, file, sink)?;
    Ok(bytes)
}

/// Checks size and hash of a model's file, reading it in parts.
///
/// # Errors
/// [`StoreError::Missing`], [`StoreError::Size`], [`StoreError::Hash`] or [`StoreError::Io`].
pub fn verify(manifest: &Manifest, file: &Path) -> Result<(), StoreError> {
    check(manifest, file, |_| Ok(()))
}

fn check(manifest: &Manifest, file: &Path, sink: impl FnMut(&[u8]) -> io::Result<()>) -> Result<(), StoreError> {
    let failed = |source| io_error(manifest, "read", file, source);
    let (model, path) = (manifest.name.clone(), file.to_path_buf());
    let metadata = match fs::metadata(file) {
        Ok(metadata) if metadata.is_file() => metadata,
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(error)),
        _ => return Err(StoreError::Missing { model, looked_at: vec![path] }),
    };
    let expected = manifest.file.bytes;
    if metadata.len() != expected {
        return Err(StoreError::Size { model, path, found: metadata.len(), expected });
    }
    let (found_bytes, found) = copy_hashed(File::open(file).map_err(failed)?, expected, sink).map_err(failed)?;
    if found_bytes != expected {
        return Err(StoreError::Size { model, path, found: found_bytes, expected });
    }
    if found != manifest.file.sha256 {
        return Err(StoreError::Hash { model, path, found, expected: manifest.file.sha256 });
    }
    Ok(())
}

/// Puts a model's bytes into the cache folder, which is made if need be: written beside its place,
/// checked, made durable, renamed. What was there before stays until then.
///
/// # Errors
/// [`StoreError::Fetched`] when the bytes are not the manifest's; [`StoreError::Io`].
pub fn install_from_reader(reader: impl Read, manifest: &Manifest, cache: &Path) -> Result<PathBuf, StoreError> {
    let place = locate(manifest, cache);
    fs::create_dir_all(cache).map_err(|source| io_error(manifest, "make the folder", cache, source))?;
    let part = cache.join(format!(".{}.{}.part", manifest.file.name, std::process::id()));
    let installed = write_checked(reader, manifest, &part)
        .and_then(|()| fs::rename(&part, &place).map_err(|source| io_error(manifest, "write", &place, source)));
    if installed.is_err() && part.exists() {
        fs::remove_file(&part).map_err(|source| io_error(manifest, "remove", &part, source))?;
    }
    installed.map(|()| place)
}

fn write_checked(reader: impl Read, manifest: &Manifest, part: &Path) -> Result<(), StoreError> {
    let failed = |source| io_error(manifest, "write", part, source);
    let expected = manifest.file.bytes;
    let mut file = File::create(part).map_err(failed)?;
    let (bytes, hash) = copy_hashed(reader, expected, |part| file.write_all(part)).map_err(failed)?;
    let wrong = |found| StoreError::Fetched { model: manifest.name.clone(), found };
    if bytes > expected {
        return Err(wrong(format!("more than {expected} bytes")));
    }
    if bytes < expected {
        return Err(wrong(format!("{bytes} bytes where {expected} are expected: cut off, or a page about an error")));
    }
    if hash != manifest.file.sha256 {
        return Err(wrong(format!("SHA-256 {hash}, expected {}", manifest.file.sha256)));
    }
    file.sync_all().map_err(failed)
}

/// Hands on what is read, part by part, until the end or one byte over `expected`; gives the number
/// of bytes read and their hash.
fn copy_hashed(
    reader: impl Read,
    expected: u64,
    mut sink: impl FnMut(&[u8]) -> io::Result<()>,
) -> io::Result<(u64, Sha256Hash)> {
    let mut reader = reader.take(expected.saturating_add(1));
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 64 << 10];
    let mut bytes = 0;
    loop {
        let read = match reader.read(&mut buffer) {
            Ok(0) => return Ok((bytes, Sha256Hash::from_bytes(hasher.finalize().into()))),
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        let part = buffer.get(..read).unwrap_or_default();
        bytes += read as u64;
        hasher.update(part);
        sink(part)?;
    }
}

fn io_error(manifest: &Manifest, action: &'static str, path: &Path, source: io::Error) -> StoreError {
    StoreError::Io { model: manifest.name.clone(), action, path: path.to_path_buf(), source }
}

#[cfg(test)]
mod tests;
