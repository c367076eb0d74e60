//! The centre's own signing key: made at the first start or the first `identity`, whichever comes
//! first, so that boxes can pin it before the centre has ever run.

use ed25519_dalek::SigningKey;
use ed25519_dalek::pkcs8::spki::der::pem::LineEnding;
use ed25519_dalek::pkcs8::{DecodePrivateKey as _, EncodePrivateKey as _};
use kerege_contract::jws::{self, ContentType, PublicKey};
use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

const FILE: &str = "centre.key";

/// The centre's signing key.
#[derive(Clone)]
pub struct CentreKey(Arc<SigningKey>);

impl std::fmt::Debug for CentreKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "CentreKey({})", self.public())
    }
}

/// Why the key cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The file.
    #[error("cannot use the key file {}: check data_dir and its owner", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Others may read it.
    #[error("the key file {} can be read by others: chmod 600 it, and if others may have, replace it", .0.display())]
    Exposed(PathBuf),
    /// It holds no key.
    #[error("the key file {} holds no Ed25519 key in PKCS#8 PEM: restore it from a backup", path.display())]
    NotAKey {
        /// The file.
        path: PathBuf,
        /// Why.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// No random numbers.
    #[error("the machine gives no random numbers")]
    Random(#[from] getrandom::Error),
}

impl CentreKey {
    /// Reads the key of a data folder, making it when there is none.
    ///
    /// # Errors
    /// When the file cannot be read, written or understood, or others may read it.
    pub fn load_or_create(data_dir: &Path) -> Result<Self, KeyError> {
        let path = data_dir.join(FILE);
        if !path.exists() {
            fs::create_dir_all(data_dir).map_err(|source| KeyError::Io { path: path.clone(), source })?;
            create(&path)?;
        }
        let failed = |source| KeyError::Io { path: path.clone(), source };
        if fs::metadata(&path).map_err(failed)?.permissions().mode() & 0o077 != 0 {
            return Err(KeyError::Exposed(path));
        }
        let text = fs::read_to_string(&path).map_err(failed)?;
        let key = SigningKey::from_pkcs8_pem(&text)
            .map_err(|error| KeyError::NotAKey { path: path.clone(), source: error.into() })?;
        Ok(Self(Arc::new(key)))
    }

    /// Its public half, which boxes pin.
    #[must_use]
    pub fn public(&self) -> PublicKey {
        PublicKey::of(&self.0)
    }

    /// Signs bytes; the detached signature.
    #[must_use]
    pub fn sign(&self, content: ContentType, bytes: &[u8]) -> String {
        jws::sign(&self.0, content, bytes)
    }
}

/// Writes a new key under a passing name and links it into place, so that of two processes that
/// start at once both end with the same key, and a power cut leaves a whole file or none.
fn create(path: &Path) -> Result<(), KeyError> {
    let mut seed = [0u8; 32];
    getrandom::fill(&mut seed)?;
    let pem = SigningKey::from_bytes(&seed)
        .to_pkcs8_pem(LineEnding::LF)
        .map_err(|error| KeyError::NotAKey { path: path.to_owned(), source: error.into() })?;
    let passing = path.with_extension(format!("{}.new", std::process::id()));
    let written =
        OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&passing).and_then(|mut file| {
            file.write_all(pem.as_bytes())?;
            file.sync_all()
        });
    let linked = written.and_then(|()| match fs::hard_link(&passing, path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        other => other,
    });
    let removed = fs::remove_file(&passing);
    linked.and(removed).map_err(|source| KeyError::Io { path: path.to_owned(), source })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_key_comes_back_and_only_the_owner_may_read_it() {
        let folder = tempfile::tempdir().unwrap();
        let first = CentreKey::load_or_create(&folder.path().join("data")).unwrap();
        let again = CentreKey::load_or_create(&folder.path().join("data")).unwrap();
        assert_eq!(first.public(), again.public());
        let file = folder.path().join("data").join(FILE);
        fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
        assert!(matches!(CentreKey::load_or_create(&folder.path().join("data")), Err(KeyError::Exposed(_))));
        assert_eq!(fs::read_dir(folder.path().join("data")).unwrap().count(), 1, "nothing is left behind");
    }

    #[test]
    fn a_damaged_key_is_never_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(FILE);
        fs::write(&file, "not a key").unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
        assert!(matches!(CentreKey::load_or_create(folder.path()), Err(KeyError::NotAKey { .. })));
        assert_eq!(fs::read_to_string(&file).unwrap(), "not a key");
    }
}
