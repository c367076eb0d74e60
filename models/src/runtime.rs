//! Which inference runtime is used, where its library lies, and on what it computes.
//!
//! The library is looked for by a rule that does not touch the file system itself, so that the
//! whole order can be tested; what was found is always loaded by its path.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

/// What computes. Asking for one that is not there is an error, never a silent change to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Provider {
    /// The processor.
    #[default]
    Cpu,
    /// NVIDIA, CUDA.
    Cuda,
    /// NVIDIA, TensorRT.
    TensorRt,
    /// Intel, OpenVINO.
    OpenVino,
}

impl Provider {
    /// The words of a configuration, for its reader.
    pub const WORDS: [(&'static str, Self); 4] =
        [("cpu", Self::Cpu), ("cuda", Self::Cuda), ("tensorrt", Self::TensorRt), ("openvino", Self::OpenVino)];

    /// Its word in a configuration.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Cpu => "cpu",
            Self::Cuda => "cuda",
            Self::TensorRt => "tensorrt",
            Self::OpenVino => "openvino",
        }
    }
}

/// How a model is run.
#[derive(Debug, Clone)]
pub struct RuntimeOptions {
    /// The runtime's shared library, as [`find_runtime`] gives it.
    pub library: PathBuf,
    /// Threads inside one run; 1 costs the least processor time per frame.
    pub threads: usize,
    /// What computes.
    pub provider: Provider,
    /// Which device of the provider, from 0; none for its usual one. Without meaning for the processor.
    pub device: Option<u32>,
    /// A folder in which a provider keeps what it compiles for this machine; none to compile at each start.
    pub cache: Option<PathBuf>,
    /// Processor seconds of the calling thread since any fixed moment; stage times are its
    /// differences. [`no_clock`] when nobody asks.
    pub clock: fn() -> f64,
}

impl RuntimeOptions {
    /// One thread on the processor, without stage times.
    #[must_use]
    pub fn new(library: impl Into<PathBuf>) -> Self {
        Self {
            library: library.into(),
            threads: 1,
            provider: Provider::Cpu,
            device: None,
            cache: None,
            clock: no_clock,
        }
    }
}

/// A clock that stands still: stage times stay zero.
#[must_use]
pub const fn no_clock() -> f64 {
    0.0
}

/// The runtime's library is nowhere.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RuntimeNotFound {
    /// A place was named and holds nothing.
    #[error("no ONNX Runtime library at {}, which {named_by} names: correct the path, or run './kerege setup'", path.display())]
    Named {
        /// The place.
        path: PathBuf,
        /// Who named it.
        named_by: &'static str,
    },
    /// No usual place holds it.
    #[error(
        "no ONNX Runtime library was found: run './kerege setup', or name it by KEREGE_ONNXRUNTIME (looked at {})",
        looked_at.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(", ")
    )]
    Nowhere {
        /// Every place that was looked at.
        looked_at: Vec<PathBuf>,
    },
}

/// Finds the runtime's library: the configured path, else the value of `KEREGE_ONNXRUNTIME`, else
/// `.kerege/onnxruntime/libonnxruntime.so` in each of `start_dirs` (the current folder, the
/// program's) and all folders above, else `/usr/lib/kerege/libonnxruntime.so`. `is_file` tells
/// whether a file is there.
///
/// # Errors
/// When a named file is not there (no other is tried then), or none of the usual ones is.
pub fn find_runtime(
    configured: Option<&Path>,
    env_value: Option<&OsStr>,
    start_dirs: &[PathBuf],
    is_file: impl Fn(&Path) -> bool,
) -> Result<PathBuf, RuntimeNotFound> {
    let env_value = env_value.filter(|value| !value.is_empty()).map(Path::new);
    let named = configured.map(|path| (path, "the configuration"));
    if let Some((path, named_by)) = named.or_else(|| env_value.map(|path| (path, "KEREGE_ONNXRUNTIME"))) {
        let path = path.to_path_buf();
        return if is_file(&path) { Ok(path) } else { Err(RuntimeNotFound::Named { path, named_by }) };
    }
    let mut looked_at = Vec::new();
    let above = start_dirs.iter().flat_map(|dir| dir.ancestors());
    let usual = above.map(|dir| dir.join(".kerege/onnxruntime/libonnxruntime.so"));
    for path in usual.chain([PathBuf::from("/usr/lib/kerege/libonnxruntime.so")]) {
        if looked_at.contains(&path) {
            continue;
        }
        if is_file(&path) {
            return Ok(path);
        }
        looked_at.push(path);
    }
    Err(RuntimeNotFound::Nowhere { looked_at })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(configured: Option<&str>, env: Option<&str>, there: &[&str]) -> Result<String, String> {
        let start = [PathBuf::from("/srv/a/b"), PathBuf::from("/opt/x")];
        find_runtime(configured.map(Path::new), env.map(OsStr::new), &start, |path| {
            there.iter().any(|file| Path::new(file) == path)
        })
        .map(|path| path.display().to_string())
        .map_err(|error| error.to_string())
    }

    const HERE: &str = "/srv/a/b/.kerege/onnxruntime/libonnxruntime.so";
    const ABOVE: &str = "/srv/.kerege/onnxruntime/libonnxruntime.so";
    const PROGRAM: &str = "/opt/x/.kerege/onnxruntime/libonnxruntime.so";
    const SYSTEM: &str = "/usr/lib/kerege/libonnxruntime.so";

    #[test]
    fn the_order_is_configuration_environment_folders_system() {
        let all = ["/c.so", "/e.so", HERE, ABOVE, PROGRAM, SYSTEM];
        assert_eq!(find(Some("/c.so"), Some("/e.so"), &all).unwrap(), "/c.so");
        assert_eq!(find(None, Some("/e.so"), &all).unwrap(), "/e.so");
        assert_eq!(find(None, Some(""), &all).unwrap(), HERE);
        assert_eq!(find(None, None, &[ABOVE, PROGRAM, SYSTEM]).unwrap(), ABOVE);
        assert_eq!(find(None, None, &[PROGRAM, SYSTEM]).unwrap(), PROGRAM);
        assert_eq!(find(None, None, &[SYSTEM]).unwrap(), SYSTEM);
    }

    #[test]
    fn a_named_library_that_is_missing_is_not_replaced_by_another() {
        let error = find(Some("/c.so"), None, &[HERE]).unwrap_err();
        assert!(error.contains("/c.so") && error.contains("the configuration"), "{error}");
        let error = find(None, Some("/e.so"), &[HERE]).unwrap_err();
        assert!(error.contains("/e.so") && error.contains("KEREGE_ONNXRUNTIME"), "{error}");
    }

    #[test]
    fn nothing_anywhere_says_how_to_mend_it() {
        let error = find(None, None, &[]).unwrap_err();
        assert!(error.contains("./kerege setup") && error.contains(ABOVE), "{error}");
    }
}
