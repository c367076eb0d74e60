//! Where models are on this machine: `kerege-edge models`, and making one ready by its name.

use kerege_models::catalogue::CatalogueError;
use kerege_models::store::{self, StoreError};
use kerege_models::{Catalogue, Detector, LoadError, Manifest, RuntimeNotFound, RuntimeOptions};
use std::io::{Read, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The model that is used when none is named.
pub const DEFAULT_MODEL: &str = "yolox-nano";

/// A folder that models are taken from instead of their source addresses.
const MIRROR: &str = "KEREGE_MODEL_MIRROR";

/// Arguments of `kerege-edge models`.
#[derive(Debug, Clone, clap::Args)]
pub struct ModelsArguments {
    #[command(subcommand)]
    action: Action,
    /// Folder of models and of manifests of your own; else $KEREGE_MODELS, else ~/.cache/kerege/models.
    #[arg(long, global = true)]
    models_dir: Option<PathBuf>,
}

#[derive(Debug, Clone, clap::Subcommand)]
enum Action {
    /// Fetch a model from the folder in $KEREGE_MODEL_MIRROR, or from its source address, and check it.
    Fetch {
        /// The model.
        name: String,
    },
    /// List the models and whether their files are there.
    List,
}

/// Why a model cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    /// The manifests.
    #[error(transparent)]
    Catalogue(#[from] CatalogueError),
    /// The file.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The runtime's library.
    #[error(transparent)]
    Runtime(#[from] RuntimeNotFound),
    /// The file or the runtime.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// The mirror lacks it.
    #[error("model '{model}' is not in the mirror: no file {} (the folder comes from {MIRROR})", path.display())]
    NotInMirror {
        /// The model.
        model: String,
        /// Where it should be.
        path: PathBuf,
        /// Why it cannot be opened.
        source: std::io::Error,
    },
    /// There is no source address.
    #[error("model '{model}' has no source address: put its file into a folder and name that by {MIRROR}")]
    NoSource {
        /// The model.
        model: String,
    },
    /// The source does not give it.
    #[error(
        "model '{model}' cannot be fetched from {address}; without a way there put its file into a folder and \
         name that by {MIRROR}"
    )]
    Download {
        /// The model.
        model: String,
        /// The source.
        address: String,
        /// Why.
        source: Box<ureq::Error>,
    },
    /// Nobody listens.
    #[error("cannot write to standard output")]
    Output(#[from] std::io::Error),
}

/// Fetches or lists models.
///
/// # Errors
/// When a model cannot be had; each message says what to do.
pub fn command(arguments: &ModelsArguments) -> Result<(), ModelError> {
    let folder = models_folder(arguments.models_dir.as_deref());
    let catalogue = catalogue(&folder)?;
    let mut out = std::io::stdout().lock();
    match &arguments.action {
        Action::Fetch { name } => {
            let path = fetch(catalogue.get(name)?, &folder)?;
            writeln!(out, "{}", path.display())?;
        }
        Action::List => {
            for manifest in catalogue.iter() {
                let file = store::locate(manifest, &folder);
                let state = if store::verify(manifest, &file).is_ok() { "ready" } else { "not fetched" };
                writeln!(out, "{}\t{state}\t{}", manifest.name, manifest.licence)?;
            }
        }
    }
    Ok(())
}

/// Makes a model ready on the processor with one thread. `library` and `models_dir` are what the
/// configuration names; without them the environment and the usual places decide.
///
/// # Errors
/// When model or runtime are missing or wrong; each message says what to do.
pub fn ready(name: &str, models_dir: Option<&Path>, library: Option<&Path>) -> Result<Box<dyn Detector>, ModelError> {
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
) -> Result<Box<dyn Detector>, ModelError> {
    let folder = models_folder(models_dir);
    let catalogue = catalogue(&folder)?;
    let manifest = catalogue.get(name)?;
    let mut options = RuntimeOptions { clock: thread_seconds, ..RuntimeOptions::new(runtime_library(library)?) };
    adjust(&mut options);
    Ok(kerege_models::load(manifest, &store::locate(manifest, &folder), &options)?)
}

/// The models that ship, and those whose manifests lie in the folder.
fn catalogue(folder: &Path) -> Result<Catalogue, ModelError> {
    let mut catalogue = Catalogue::built_in()?;
    if folder.is_dir() {
        catalogue.add_folder(folder)?;
    }
    Ok(catalogue)
}

/// The folder named, else that of the environment, else the user's cache.
fn models_folder(named: Option<&Path>) -> PathBuf {
    let environment = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let cache = || environment("XDG_CACHE_HOME").or_else(|| environment("HOME").map(|home| home.join(".cache")));
    named
        .map(Path::to_path_buf)
        .or_else(|| environment("KEREGE_MODELS"))
        .or_else(|| cache().map(|cache| cache.join("kerege/models")))
        .unwrap_or_else(|| PathBuf::from("/var/cache/kerege/models"))
}

fn runtime_library(configured: Option<&Path>) -> Result<PathBuf, RuntimeNotFound> {
    let program = std::env::current_exe().ok().and_then(|path| path.parent().map(Path::to_path_buf));
    let start: Vec<PathBuf> = std::env::current_dir().ok().into_iter().chain(program).collect();
    let named = std::env::var_os("KEREGE_ONNXRUNTIME");
    kerege_models::find_runtime(configured, named.as_deref(), &start, Path::is_file)
}

fn fetch(manifest: &Manifest, folder: &Path) -> Result<PathBuf, ModelError> {
    let place = store::locate(manifest, folder);
    if store::verify(manifest, &place).is_ok() {
        return Ok(place);
    }
    let reader = match std::env::var_os(MIRROR).filter(|value| !value.is_empty()) {
        Some(mirror) => from_mirror(manifest, Path::new(&mirror))?,
        None => from_source(manifest)?,
    };
    Ok(store::install_from_reader(reader, manifest, folder)?)
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

/// Processor seconds of the calling thread.
#[must_use]
pub fn thread_seconds() -> f64 {
    seconds_of(rustix::time::ClockId::ThreadCPUTime)
}

/// Processor seconds of the whole process.
#[must_use]
pub fn process_seconds() -> f64 {
    seconds_of(rustix::time::ClockId::ProcessCPUTime)
}

#[expect(clippy::cast_precision_loss, reason = "processor time is small")]
fn seconds_of(clock: rustix::time::ClockId) -> f64 {
    let time = rustix::time::clock_gettime(clock);
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}
