//! The centre's configuration: a TOML file, read once, with all of its faults told together.
//!
//! What cannot be told from the text alone (whether a folder can be written, a password file read,
//! an address bound) is found out when it is used, and says then which key is meant.

mod example;
mod read;

pub use example::example;

use kerege_contract::document::Faults;
use kerege_contract::jws::PublicKey;
use kerege_contract::{DeviceId, SiteId};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// A checked configuration; paths are relative to the file's folder no more.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where everything is kept.
    pub data_dir: PathBuf,
    /// The city's time zone; bins and screens follow its wall clock.
    pub time_zone: jiff::tz::TimeZone,
    /// The zone's name.
    pub time_zone_name: String,
    /// The web server.
    pub http: Http,
    /// The broker.
    pub broker: Broker,
    /// Stills and latest pictures.
    pub blobs: Blobs,
    /// The intersections.
    pub sites: Vec<SiteEntry>,
    /// The boxes and their keys; nobody else is believed.
    pub devices: BTreeMap<DeviceId, DeviceEntry>,
}

/// Whether cookies may travel in clear.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CookiePolicy {
    /// Only over TLS, with the `__Host-` prefix.
    Secure,
    /// Over plain HTTP too: for a browser on the same machine.
    Plain,
}

/// The web server.
#[derive(Debug, Clone)]
pub struct Http {
    /// Where it listens.
    pub listen: SocketAddr,
    /// The address by which browsers reach it, when a proxy stands in front; scheme and host only.
    pub public_origin: Option<String>,
    /// Whether cookies may travel in clear.
    pub cookies: CookiePolicy,
}

/// A user of the broker and where its password stands.
#[derive(Debug, Clone)]
pub struct Account {
    /// The user name.
    pub user: String,
    /// A file with the password on its first line.
    pub password_file: PathBuf,
}

/// The broker.
#[derive(Debug, Clone)]
pub struct Broker {
    /// Host of the services' listener.
    pub host: String,
    /// Port of the services' listener.
    pub port: u16,
    /// Where the devices' listener is to be, for `broker-files`.
    pub device_listen: SocketAddr,
    /// The account that reads what boxes send.
    pub ingest: Account,
    /// The account that writes to boxes.
    pub fleet: Account,
}

/// Bounds of what is kept as files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Blobs {
    /// All stills together, bytes; the oldest go first.
    pub max_total_bytes: u64,
    /// One still, bytes.
    pub max_bytes: u64,
    /// Days after which a still is removed.
    pub keep_days: u32,
}

/// An intersection.
#[derive(Debug, Clone, PartialEq)]
pub struct SiteEntry {
    /// Its id.
    pub id: SiteId,
    /// Its name for people.
    pub name: String,
    /// Longitude and latitude (WGS 84).
    pub geo: Option<[f64; 2]>,
}

/// A box.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceEntry {
    /// Its intersection.
    pub site: SiteId,
    /// Its key, as `kerege-edge identity` prints it.
    pub public_key: PublicKey,
}

/// A configuration that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum BadConfig {
    /// The file cannot be read.
    #[error("cannot read the configuration {}: give an existing file with --config", file.display())]
    File {
        /// The file.
        file: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Its faults, shown with line and caret.
    #[error("{0}")]
    Faults(String),
}

impl Config {
    /// Reads and checks a configuration file.
    ///
    /// # Errors
    /// When the file cannot be read, or with all of its faults.
    pub fn load(file: &Path) -> Result<Self, BadConfig> {
        let text = std::fs::read_to_string(file).map_err(|source| BadConfig::File { file: file.to_owned(), source })?;
        let folder = file.parent().unwrap_or_else(|| Path::new("."));
        Self::parse(&text, &file.display().to_string(), folder)
    }

    /// Checks a configuration's text; `folder` is what its relative paths start from.
    ///
    /// # Errors
    /// All faults, each with its place.
    pub fn parse(text: &str, name: &str, folder: &Path) -> Result<Self, BadConfig> {
        let faults = Faults::default();
        let config = read::config(text, folder, &faults);
        match config {
            Some(config) if faults.is_empty() => Ok(config),
            _ => Err(BadConfig::Faults(faults.render(name, text))),
        }
    }

    /// The site of a device.
    #[must_use]
    pub fn site_of(&self, device: &DeviceId) -> Option<&SiteId> {
        self.devices.get(device).map(|entry| &entry.site)
    }
}

#[cfg(test)]
mod tests;
