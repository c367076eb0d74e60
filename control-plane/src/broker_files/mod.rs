//! `broker-files`: everything that Mosquitto needs to serve this configuration, and nothing open.
//!
//! Two listeners: boxes (their user name becomes their client id, so that nobody takes over
//! another's) and services. Each has its own accounts and rules. Passwords are made once and kept;
//! running it again after adding a device only adds that device.

mod passwords;
mod text;

use crate::config::Config;
use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

/// Why the files cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum BrokerFilesError {
    /// A file or folder.
    #[error("cannot write {}: check --out and its owner", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// No random numbers.
    #[error("the machine gives no random numbers")]
    Random(#[from] getrandom::Error),
}

/// Writes all files into a folder, keeping the passwords that are there.
///
/// # Errors
/// When a file cannot be written.
pub fn write(config: &Config, out: &Path) -> Result<(), BrokerFilesError> {
    let out = absolute(out)?;
    for folder in ["passwords", "data"] {
        make_folder(&out.join(folder))?;
    }
    let devices: Vec<&str> = config.devices.keys().map(kerege_contract::DeviceId::as_str).collect();
    let services = [config.broker.ingest.user.as_str(), config.broker.fleet.user.as_str()];
    write_private(&out.join("devices.passwd"), &accounts(&out, &devices)?)?;
    write_private(&out.join("services.passwd"), &accounts(&out, &services)?)?;
    write_private(&out.join("devices.acl"), &text::device_rules(config))?;
    write_private(&out.join("services.acl"), &text::service_rules(config))?;
    let by_root = rustix::process::geteuid().is_root();
    write_private(&out.join("mosquitto.conf"), &text::mosquitto(config, &out, by_root))
}

/// The password lines of some accounts; a password is made when its file is not there.
fn accounts(out: &Path, users: &[&str]) -> Result<String, BrokerFilesError> {
    let mut lines = String::new();
    for user in users {
        let path = out.join("passwords").join(user);
        if !path.exists() {
            write_private(&path, &format!("{}\n", passwords::generate()?))?;
        }
        let kept = fs::read_to_string(&path).map_err(|source| BrokerFilesError::Io { path, source })?;
        lines.push_str(&passwords::line(user, kept.lines().next().unwrap_or_default())?);
    }
    Ok(lines)
}

fn absolute(out: &Path) -> Result<PathBuf, BrokerFilesError> {
    make_folder(out)?;
    fs::canonicalize(out).map_err(|source| BrokerFilesError::Io { path: out.to_owned(), source })
}

fn make_folder(path: &Path) -> Result<(), BrokerFilesError> {
    let made = fs::DirBuilder::new().recursive(true).mode(0o700).create(path);
    made.map_err(|source| BrokerFilesError::Io { path: path.to_owned(), source })
}

/// Replaces a file that only its owner may read, whole or not at all.
fn write_private(path: &Path, text: &str) -> Result<(), BrokerFilesError> {
    let passing = path
        .with_file_name(format!(".{}.new", path.file_name().map(std::ffi::OsStr::to_string_lossy).unwrap_or_default()));
    let written =
        OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&passing).and_then(|mut file| {
            file.write_all(text.as_bytes())?;
            file.sync_all()
        });
    let replaced = written.and_then(|()| fs::rename(&passing, path));
    replaced.map_err(|source| BrokerFilesError::Io { path: path.to_owned(), source })
}

#[cfg(test)]
mod tests;
