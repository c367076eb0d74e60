//! The box's configuration: a TOML file, read once into a form in which everything is checked.
//!
//! All faults are told at once with file, line and caret, those of the scenes it names included;
//! unknown keys are refused. `deploy/examples/edge.toml` shows every key and a test reads it.

mod read;
#[cfg(test)]
mod tests;

use crate::capture::{CameraOptions, Secret};
use kerege_contract::document::{Faults, Node};
use kerege_contract::jws::PublicKey;
use kerege_contract::{DeviceId, Scene, Sha256Hash, SiteId};
use kerege_models::Provider;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// A checked configuration.
#[derive(Debug, Clone)]
pub struct Config {
    /// The box's name.
    pub device: DeviceId,
    /// Its intersection.
    pub site: SiteId,
    /// Its name for people.
    pub name: String,
    /// Where it keeps its data.
    pub data_dir: PathBuf,
    /// Where `/healthz` and `/readyz` are answered; a loopback address.
    pub status: Option<SocketAddr>,
    /// The site's local time less UTC, minutes.
    pub local_time_offset_min: i32,
    /// Bytes of the outbox that are not to be passed.
    pub outbox_max_bytes: u64,
    /// Bytes of detection logs that are not to be passed, all cameras together.
    pub log_max_bytes: u64,
    /// Which model looks, and with what.
    pub model: ModelConfig,
    /// The broker.
    pub broker: BrokerConfig,
    /// The centre.
    pub centre: CentreConfig,
    /// The cameras.
    pub cameras: Vec<CameraConfig>,
    /// Where signal phases come from.
    pub signals: Option<String>,
    /// Hash of the file and of the scenes in force.
    pub hash: Sha256Hash,
}

/// Which model looks, and with what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelConfig {
    /// The manifest's name; none for a box that only shows pictures.
    pub name: Option<String>,
    /// ONNX Runtime's library, when it is not where it is looked for.
    pub runtime: Option<PathBuf>,
    /// A folder of models, when it is not the usual cache.
    pub models_dir: Option<PathBuf>,
    /// Threads of one inference; as many as there are cores when absent.
    pub threads: Option<usize>,
    /// What computes.
    pub provider: Provider,
    /// Which device of the provider; its usual one when absent.
    pub device: Option<u32>,
}

/// The broker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrokerConfig {
    /// Host name or address.
    pub host: String,
    /// Port.
    pub port: u16,
    /// The box's password there.
    pub password: Secret,
}

/// The centre.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CentreConfig {
    /// `http://host:port`, without a path.
    pub url: String,
    /// The key that signs receipts and commands.
    pub public_key: PublicKey,
}

/// One camera.
#[derive(Debug, Clone)]
pub struct CameraConfig {
    /// Its name for people.
    pub name: String,
    /// How to get its pictures.
    pub options: CameraOptions,
    /// What is drawn on its picture; none yet for a new camera.
    pub scene: Option<Scene>,
}

/// A configuration that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read {path}: {source}; write it after deploy/examples/edge.toml")]
    Read {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Its faults, each with file, line and caret.
    #[error("the configuration cannot be used\n{0}")]
    Faults(String),
}

/// Reads and checks a configuration, and the files it names.
///
/// # Errors
/// All faults at once.
pub fn load(path: &Path) -> Result<Config, ConfigError> {
    read_file(path, Passwords::Needed)
}

/// As [`load`], before there are passwords: the broker's account is made only once the box's key is known.
///
/// # Errors
/// All faults at once, but for passwords that are not there.
pub fn load_before_passwords(path: &Path) -> Result<Config, ConfigError> {
    read_file(path, Passwords::NotYet)
}

fn read_file(path: &Path, passwords: Passwords) -> Result<Config, ConfigError> {
    let text = std::fs::read_to_string(path).map_err(|source| ConfigError::Read { path: path.to_owned(), source })?;
    let folder = path.parent().unwrap_or(Path::new("."));
    check(&text, &path.display().to_string(), folder, passwords)
}

/// Reads and checks a text; relative paths in it start from `folder`.
///
/// # Errors
/// All faults at once.
pub fn parse(text: &str, name: &str, folder: &Path) -> Result<Config, ConfigError> {
    check(text, name, folder, Passwords::Needed)
}

/// Whether the files of passwords must be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Passwords {
    /// They are read, and a missing one is a fault.
    Needed,
    /// They are not looked at.
    NotYet,
}

fn check(text: &str, name: &str, folder: &Path, passwords: Passwords) -> Result<Config, ConfigError> {
    let faults = Faults::default();
    let root = Node::from_toml(text, &faults);
    let mut reader = read::Reader { folder, passwords, scene_faults: Vec::new() };
    let config = reader.config(&root, &faults, text);
    let mut told: Vec<String> = if faults.is_empty() { Vec::new() } else { vec![faults.render(name, text)] };
    told.append(&mut reader.scene_faults);
    match config {
        Some(config) if told.is_empty() => Ok(config),
        _ => Err(ConfigError::Faults(told.join("\n"))),
    }
}
