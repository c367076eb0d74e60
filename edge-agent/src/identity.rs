//! The box's signing key: made once on the box, never overwritten, never leaving it.

use crate::config::{self, ConfigError};
use crate::outbox::write_atomically;
use ed25519_dalek::SigningKey;
use ed25519_dalek::pkcs8::{DecodePrivateKey as _, EncodePrivateKey as _, spki::der::pem::LineEnding};
use kerege_contract::jws::PublicKey;
use std::fs;
use std::io::Write as _;
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    /// The configuration cannot be used.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// A file cannot be used.
    #[error("cannot {doing} {path}")]
    File {
        /// What was tried.
        doing: &'static str,
        /// Which file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The file is not a key.
    #[error(
        "{path} is not an Ed25519 key in PKCS#8: put the box's key back from its backup; a new key must be made known to the centre"
    )]
    NotAKey {
        /// Which file.
        path: PathBuf,
    },
    /// Others than the box's user may read the key.
    #[error("others may read {path} (mode {mode:o}): run `chmod 600 {path}`")]
    Exposed {
        /// Which file.
        path: PathBuf,
        /// Its mode.
        mode: u32,
    },
    /// The system gives no random numbers.
    #[error("no key can be made")]
    Random(#[from] crate::ids::NoRandom),
}

/// The key of the box whose data lie in a folder, made when there is none.
///
/// # Errors
/// When the folder cannot be written, or the key there cannot be used or may be read by others.
pub fn load_or_make(data_dir: &Path) -> Result<SigningKey, IdentityError> {
    let path = data_dir.join("key.pem");
    let file = |doing, source| IdentityError::File { doing, path: path.clone(), source };
    fs::create_dir_all(data_dir).map_err(|source| file("create the folder of", source))?;
    match fs::read_to_string(&path) {
        Ok(text) => read(&path, &text),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => make(&path),
        Err(error) if error.kind() == std::io::ErrorKind::InvalidData => Err(IdentityError::NotAKey { path }),
        Err(error) => Err(file("read", error)),
    }
}

fn read(path: &Path, text: &str) -> Result<SigningKey, IdentityError> {
    let path = path.to_owned();
    let data =
        fs::metadata(&path).map_err(|source| IdentityError::File { doing: "look at", path: path.clone(), source })?;
    let mode = data.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(IdentityError::Exposed { path, mode });
    }
    SigningKey::from_pkcs8_pem(text).map_err(|_| IdentityError::NotAKey { path })
}

/// Writes the key beside its place and links it there, which fails when another was faster: a key
/// is never overwritten.
fn make(path: &Path) -> Result<SigningKey, IdentityError> {
    let file = |doing, source| IdentityError::File { doing, path: path.to_owned(), source };
    let key = SigningKey::from_bytes(&crate::ids::Random::from_system()?.bytes());
    let pem = key.to_pkcs8_pem(LineEnding::LF).map_err(|_| IdentityError::NotAKey { path: path.to_owned() })?;
    let beside = path.with_extension(format!("new-{}", std::process::id()));
    let written = fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&beside).and_then(
        |mut open| {
            open.write_all(pem.as_bytes())?;
            open.sync_all()
        },
    );
    written.map_err(|source| file("write", source))?;
    let linked = fs::hard_link(&beside, path);
    fs::remove_file(&beside).map_err(|source| file("tidy up beside", source))?;
    match linked {
        Ok(()) => {}
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            let text = fs::read_to_string(path).map_err(|source| file("read", source))?;
            return read(path, &text);
        }
        Err(error) => return Err(file("write", error)),
    }
    sync_folder(path).map_err(|source| file("sync the folder of", source))?;
    Ok(key)
}

fn sync_folder(path: &Path) -> std::io::Result<()> {
    path.parent().map_or(Ok(()), |folder| fs::File::open(folder)?.sync_all())
}

/// `kerege-edge identity`: prints the box's name and public key, for the centre's configuration.
///
/// # Errors
/// When the configuration or the key cannot be used.
#[expect(clippy::print_stdout, reason = "it is what the command is for")]
pub fn command(config: &Path) -> Result<(), IdentityError> {
    let config = config::load_before_passwords(config)?;
    let key = load_or_make(&config.data_dir)?;
    println!("device = \"{}\"", config.device);
    println!("public_key = \"{}\"", PublicKey::of(&key));
    // Kept beside the key for whoever sets up the centre.
    let path = config.data_dir.join("key.pub");
    let text = format!("{}\n", PublicKey::of(&key));
    write_atomically(&path, text.as_bytes()).map_err(|source| IdentityError::File { doing: "write", path, source })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_made_once_and_kept_from_others() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("box");
        let key = load_or_make(&data).unwrap();
        assert_eq!(load_or_make(&data).unwrap(), key);
        let path = data.join("key.pem");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(&data).unwrap().count(), 1, "nothing is left beside it");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        let error = load_or_make(&data).unwrap_err().to_string();
        assert!(error.contains("chmod 600"), "{error}");
    }

    #[test]
    fn a_damaged_key_is_never_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key.pem");
        for text in [&b"rubbish"[..], b"", b"\xff\xfe"] {
            fs::write(&path, text).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
            let error = load_or_make(folder.path()).unwrap_err().to_string();
            assert!(error.contains("is not an Ed25519 key"), "{error}");
            assert_eq!(fs::read(&path).unwrap(), text);
        }
    }
}
