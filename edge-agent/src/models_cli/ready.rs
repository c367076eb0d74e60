//! Making a model ready by its name, or the one that its manifest names to stand in for it.

use super::places::{Places, runtime_library};
use super::{ModelError, thread_seconds};
use kerege_models::{Detector, LoadError, RuntimeOptions};
use std::path::Path;

/// A model that is ready.
pub struct Ready {
    /// What looks.
    pub detector: Box<dyn Detector>,
    /// Why it is another than the one asked for; none when it is that.
    pub instead: Option<Instead>,
}

impl std::fmt::Debug for Ready {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Ready").field("model", self.detector.model()).field("instead", &self.instead).finish()
    }
}

/// Why another model looks.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason}; '{fallback}' is used instead")]
pub struct Instead {
    /// What is wrong with the one asked for.
    pub reason: String,
    /// The one that looks.
    pub fallback: String,
}

/// Makes a model ready on the processor with one thread. `library` and `models_dir` are what the
/// configuration names; without them the environment and the usual places decide.
///
/// # Errors
/// When model or runtime are missing or wrong; each message says what to do.
pub fn ready(name: &str, models_dir: Option<&Path>, library: Option<&Path>) -> Result<Ready, ModelError> {
    ready_with(name, models_dir, library, |_| {})
}

/// As [`ready`], on other processors or with more threads.
///
/// # Errors
/// As [`ready`].
pub fn ready_with(
    name: &str,
    models_dir: Option<&Path>,
    library: Option<&Path>,
    adjust: impl FnOnce(&mut RuntimeOptions),
) -> Result<Ready, ModelError> {
    let places = Places::new(models_dir)?;
    let mut options = RuntimeOptions { clock: thread_seconds, ..RuntimeOptions::new(runtime_library(library)?) };
    adjust(&mut options);
    ready_among(&places, name, &options)
}

/// A quantised model may saturate on this processor; only then another stands in, and never a second.
fn ready_among(places: &Places, name: &str, options: &RuntimeOptions) -> Result<Ready, ModelError> {
    let manifest = places.catalogue.get(name)?;
    let load = |name: &str| -> Result<Box<dyn Detector>, ModelError> {
        let manifest = places.catalogue.get(name)?;
        Ok(kerege_models::load(manifest, &places.file(manifest)?, options)?)
    };
    match (load(name), &manifest.fallback) {
        (Ok(detector), _) => Ok(Ready { detector, instead: None }),
        (Err(ModelError::Load(LoadError::Golden { model, picture, difference })), Some(fallback)) => {
            let reason = format!("model '{model}' computes wrongly on this machine (in {picture} {difference})");
            match load(fallback) {
                Ok(detector) => Ok(Ready { detector, instead: Some(Instead { reason, fallback: fallback.clone() }) }),
                Err(source) => {
                    Err(ModelError::Fallback { reason, fallback: fallback.clone(), source: Box::new(source) })
                }
            }
        }
        (Err(error), _) => Err(error),
    }
}
