//! Where manifests, model files and the runtime's library lie on this machine.

use kerege_models::catalogue::CatalogueError;
use kerege_models::store::{self, StoreError};
use kerege_models::{Catalogue, Manifest, RuntimeNotFound};
use std::path::{Path, PathBuf};

/// Manifests and the folders of model files.
pub(super) struct Places {
    /// The folder of fetched models and of manifests of one's own.
    pub(super) fetched: PathBuf,
    /// The models that ship, and those whose manifests lie in the folder.
    pub(super) catalogue: Catalogue,
    /// Where files are looked for, in order.
    folders: Vec<PathBuf>,
}

impl Places {
    /// `models_dir` is the folder that is named; without it the environment and the usual cache decide.
    pub(super) fn new(models_dir: Option<&Path>) -> Result<Self, CatalogueError> {
        let fetched = fetched(models_dir);
        let mut catalogue = Catalogue::built_in()?;
        if fetched.is_dir() {
            catalogue.add_folder(&fetched)?;
        }
        let folders = store::folders(&fetched, &start_folders(), Path::is_dir);
        Ok(Self { fetched, catalogue, folders })
    }

    /// The model's file, checked.
    pub(super) fn file(&self, manifest: &Manifest) -> Result<PathBuf, StoreError> {
        store::find(manifest, &self.folders)
    }
}

/// The folder named, else that of the environment, else the user's cache.
fn fetched(named: Option<&Path>) -> PathBuf {
    let environment = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let cache = || environment("XDG_CACHE_HOME").or_else(|| environment("HOME").map(|home| home.join(".cache")));
    named
        .map(Path::to_path_buf)
        .or_else(|| environment("KEREGE_MODELS"))
        .or_else(|| cache().map(|cache| cache.join("kerege/models")))
        .unwrap_or_else(|| PathBuf::from("/var/cache/kerege/models"))
}

/// The current folder and the program's.
fn start_folders() -> Vec<PathBuf> {
    let program = std::env::current_exe().ok().and_then(|path| path.parent().map(Path::to_path_buf));
    std::env::current_dir().ok().into_iter().chain(program).collect()
}

/// The runtime's library: the configured one, else the environment's, else in the usual places.
pub(super) fn runtime_library(configured: Option<&Path>) -> Result<PathBuf, RuntimeNotFound> {
    let named = std::env::var_os("KEREGE_ONNXRUNTIME");
    kerege_models::find_runtime(configured, named.as_deref(), &start_folders(), Path::is_file)
}
