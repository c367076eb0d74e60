//! Making the configured model ready, or saying why there is none and what to do. A box without a
//! model still shows its cameras.

use crate::config::ModelConfig;
use crate::models_cli;
use kerege_models::{Detector, Provider};

/// The model, or what is wrong.
pub(super) fn prepare(config: &ModelConfig) -> Result<Box<dyn Detector>, String> {
    let Some(name) = &config.name else {
        return Err("no model is configured: add [model] with a name to the box's configuration".into());
    };
    let provider = provider(config.provider.as_deref())?;
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let threads = config.threads.unwrap_or(cores);
    models_cli::ready_with(name, config.models_dir.as_deref(), config.runtime.as_deref(), |options| {
        options.threads = threads;
        options.provider = provider;
    })
    .map_err(|error| chain(&error))
}

fn provider(word: Option<&str>) -> Result<Provider, String> {
    let Some(word) = word else { return Ok(Provider::Cpu) };
    Provider::WORDS.iter().find(|(known, _)| *known == word).map(|(_, provider)| *provider).ok_or_else(|| {
        let known: Vec<&str> = Provider::WORDS.iter().map(|(word, _)| *word).collect();
        format!("model.provider '{word}' is not known; use one of: {}", known.join(", "))
    })
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
