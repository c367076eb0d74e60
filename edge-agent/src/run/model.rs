//! Making the configured model ready, or saying why there is none and what to do. A box without a
//! model still shows its cameras.

use crate::config::ModelConfig;
use crate::models_cli::{self, Ready};
use kerege_models::Provider;
use std::path::Path;

/// The model, or what is wrong. What a provider compiles for this machine is kept in `data_dir`.
pub(super) fn prepare(config: &ModelConfig, data_dir: &Path) -> Result<Ready, String> {
    let Some(name) = &config.name else {
        return Err("no model is configured: add [model] with a name to the box's configuration".into());
    };
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let cache = compiled(config.provider, data_dir)?;
    models_cli::ready_with(name, config.models_dir.as_deref(), config.runtime.as_deref(), |options| {
        options.threads = config.threads.unwrap_or(cores);
        options.provider = config.provider;
        options.device = config.device;
        options.cache = cache;
    })
    .map_err(|error| chain(&error))
}

/// The folder of compiled models, made if need be; none for providers that compile nothing.
fn compiled(provider: Provider, data_dir: &Path) -> Result<Option<std::path::PathBuf>, String> {
    if !matches!(provider, Provider::TensorRt | Provider::OpenVino) {
        return Ok(None);
    }
    let folder = data_dir.join("compiled");
    match std::fs::create_dir_all(&folder) {
        Ok(()) => Ok(Some(folder)),
        Err(error) => Err(format!("cannot make the folder {}: {error}", folder.display())),
    }
}

/// A fault with all that is behind it, in one line.
pub(super) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}
