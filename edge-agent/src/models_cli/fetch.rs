//! Getting a model's file that is not on this machine yet.

use super::places::Places;
use super::{MIRROR, ModelError};
use kerege_models::Manifest;
use kerege_models::store;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The model's file: where it lies already, else fetched from the mirror, else from its source.
pub(super) fn fetch(manifest: &Manifest, places: &Places) -> Result<PathBuf, ModelError> {
    if let Ok(file) = places.file(manifest) {
        return Ok(file);
    }
    let reader = match std::env::var_os(MIRROR).filter(|value| !value.is_empty()) {
        Some(mirror) => from_mirror(manifest, Path::new(&mirror))?,
        None => from_source(manifest)?,
    };
    Ok(store::install_from_reader(reader, manifest, &places.fetched)?)
}

fn from_mirror(manifest: &Manifest, mirror: &Path) -> Result<Box<dyn Read>, ModelError> {
    let path = store::locate(manifest, mirror);
    match std::fs::File::open(&path) {
        Ok(file) => Ok(Box::new(file)),
        Err(source) => Err(ModelError::NotInMirror { model: manifest.name.clone(), path, source }),
    }
}

fn from_source(manifest: &Manifest) -> Result<Box<dyn Read>, ModelError> {
    let model = || manifest.name.clone();
    let address = manifest.source.clone().ok_or_else(|| ModelError::NoSource { model: model() })?;
    let timeouts = ureq::Agent::config_builder()
        .timeout_connect(Some(Duration::from_secs(15)))
        .timeout_global(Some(Duration::from_secs(600)))
        .https_only(true);
    let agent = ureq::Agent::new_with_config(timeouts.build());
    match agent.get(&address).call() {
        Ok(answer) => Ok(Box::new(answer.into_body().into_reader())),
        Err(error) => Err(ModelError::Download { model: model(), address, source: Box::new(error) }),
    }
}
