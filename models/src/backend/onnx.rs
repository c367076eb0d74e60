//! ONNX Runtime, loaded from a path at run time; the only file that names the library's crate.
//!
//! The library is initialised once per process and always by path, because initialising it without
//! one panics when it is missing. One thread, no spinning and deterministic kernels are the
//! default: on a box several cameras share the cores, and a second look must give the same answer.

use crate::runtime::{Provider, RuntimeOptions};
use ort::environment::Environment;
use ort::ep::{self, ExecutionProvider, ExecutionProviderDispatch};
use ort::logging::LogLevel;
use ort::session::builder::{GraphOptimizationLevel, SessionBuilder};
use ort::value::{Outlet, TensorElementType, TensorRef};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// Why a model cannot be made ready.
#[derive(Debug, thiserror::Error)]
pub enum BackendError {
    /// The library is missing, broken or too old.
    #[error("cannot load ONNX Runtime from {}: run './kerege setup', or correct the path", path.display())]
    Library {
        /// Its path.
        path: PathBuf,
        /// What the loader said.
        source: ort::LoadDynamicError,
    },
    /// A process holds one runtime for life.
    #[error("ONNX Runtime is loaded from {} already and cannot also be loaded from {}: restart with one path", loaded.display(), asked.display())]
    AnotherLibrary {
        /// The one in use.
        loaded: PathBuf,
        /// The one asked for.
        asked: PathBuf,
    },
    /// What was asked to compute is not in this build of the runtime.
    #[error(
        "this ONNX Runtime cannot compute by '{}': install a build with it, or set the provider to 'cpu'",
        provider.as_str()
    )]
    ProviderAbsent {
        /// What was asked for.
        provider: Provider,
    },
    /// It is in the build but does not start: no device, no driver, a library of its own missing.
    #[error("'{}' does not start: check its driver and libraries, or set the provider to 'cpu'", provider.as_str())]
    Provider {
        /// What was asked for.
        provider: Provider,
        /// What the runtime said.
        source: ort::Error,
    },
    /// The runtime refuses the options.
    #[error("ONNX Runtime cannot be set up")]
    Setup(#[source] ort::Error),
    /// The file is not a model that this runtime can run.
    #[error("the file is not a model that this ONNX Runtime can run: fetch it again, or use a newer runtime")]
    Model(#[source] ort::Error),
    /// The model is another than its manifest describes.
    #[error("the model's {what} is {found}, but its manifest means {expected}: correct the manifest")]
    Shape {
        /// Which tensor.
        what: &'static str,
        /// What the model has.
        found: String,
        /// What the manifest needs.
        expected: String,
    },
}

/// Why a run failed.
#[derive(Debug, thiserror::Error)]
#[error("ONNX Runtime could not run the model")]
pub struct RunError(#[from] ort::Error);

/// A model that is ready to run.
#[derive(Debug)]
pub struct Session {
    session: ort::session::Session,
    input_shape: [usize; 4],
    outputs: usize,
}

impl Session {
    /// Makes a model ready and checks its tensors: one input of `input_shape`, and outputs of at
    /// least `output_shapes` in this order (all 32-bit floats; sizes that the model leaves open fit).
    ///
    /// # Errors
    /// Any [`BackendError`].
    pub fn new(
        bytes: &[u8],
        input_shape: [usize; 4],
        output_shapes: &[Vec<usize>],
        options: &RuntimeOptions,
    ) -> Result<Self, BackendError> {
        let environment = environment(&options.library)?;
        let mut builder = builder(&environment, options).map_err(BackendError::Setup)?;
        if let Some(provider) = dispatch(options.provider)? {
            builder = builder
                .with_execution_providers([provider.error_on_failure()])
                .map_err(|source| BackendError::Provider { provider: options.provider, source: source.into() })?;
        }
        let session = builder.commit_from_memory(bytes).map_err(BackendError::Model)?;
        check_count("number of inputs", session.inputs().len(), 1..=1)?;
        check_count("number of outputs", session.outputs().len(), output_shapes.len()..=usize::MAX)?;
        for input in session.inputs() {
            check_shape("input", input, &input_shape)?;
        }
        for (output, shape) in session.outputs().iter().zip(output_shapes) {
            check_shape("output", output, shape)?;
        }
        Ok(Self { session, input_shape, outputs: output_shapes.len() })
    }

    /// Runs the model on one input, row by row as its shape says, and hands its outputs to `read`.
    ///
    /// # Errors
    /// When the runtime fails, or `input` has another length than the model's input.
    pub fn run<T>(&mut self, input: &[f32], read: impl FnOnce(&[&[f32]]) -> T) -> Result<T, RunError> {
        let tensor = TensorRef::from_array_view((self.input_shape, input))?;
        let outputs = self.session.run(ort::inputs![tensor])?;
        let values: Vec<_> = outputs.values().take(self.outputs).collect();
        let views: Result<Vec<&[f32]>, ort::Error> =
            values.iter().map(|value| value.try_extract_tensor().map(|(_, data)| data)).collect();
        Ok(read(&views?))
    }
}

/// The process's one environment and the library it came from.
static LOADED: Mutex<Option<(PathBuf, Environment)>> = Mutex::new(None);

fn environment(library: &Path) -> Result<Environment, BackendError> {
    // A relative path would be taken from the program's folder; the caller means the current one.
    let asked = std::path::absolute(library).unwrap_or_else(|_| library.to_path_buf());
    let mut loaded = LOADED.lock().unwrap_or_else(PoisonError::into_inner);
    match &*loaded {
        Some((path, environment)) if *path == asked => return Ok(environment.clone()),
        Some((path, _)) => return Err(BackendError::AnotherLibrary { loaded: path.clone(), asked }),
        None => {}
    }
    let builder = ort::init_from(&asked).map_err(|source| BackendError::Library { path: asked.clone(), source })?;
    let environment = builder.with_name("kerege").with_telemetry(false).build().map_err(BackendError::Setup)?;
    // What the runtime complains about also comes back as an error; its own lines would say it twice.
    environment.set_log_level(LogLevel::Fatal);
    *loaded = Some((asked, environment.clone()));
    Ok(environment)
}

fn builder(environment: &Environment, options: &RuntimeOptions) -> Result<SessionBuilder, ort::Error> {
    Ok(SessionBuilder::new(environment)?
        .with_optimization_level(GraphOptimizationLevel::All)?
        .with_intra_threads(options.threads.max(1))?
        .with_inter_threads(1)?
        .with_intra_op_spinning(false)?
        .with_inter_op_spinning(false)?
        .with_deterministic_compute(true)?
        .with_log_level(LogLevel::Fatal)?)
}

fn dispatch(provider: Provider) -> Result<Option<ExecutionProviderDispatch>, BackendError> {
    let (available, dispatch) = match provider {
        Provider::Cpu => return Ok(None),
        Provider::Cuda => (ep::CUDA::is_available(), ep::CUDA::default().build()),
        Provider::TensorRt => (ep::TensorRT::is_available(), ep::TensorRT::default().build()),
        Provider::OpenVino => (ep::OpenVINO::is_available(), ep::OpenVINO::default().build()),
    };
    if available.map_err(BackendError::Setup)? {
        Ok(Some(dispatch))
    } else {
        Err(BackendError::ProviderAbsent { provider })
    }
}

fn check_count(what: &'static str, found: usize, allowed: std::ops::RangeInclusive<usize>) -> Result<(), BackendError> {
    if allowed.contains(&found) {
        return Ok(());
    }
    Err(BackendError::Shape { what, found: found.to_string(), expected: allowed.start().to_string() })
}

fn check_shape(what: &'static str, outlet: &Outlet, expected: &[usize]) -> Result<(), BackendError> {
    let found: Option<&[i64]> = match (outlet.dtype().tensor_type(), outlet.dtype().tensor_shape()) {
        (Some(TensorElementType::Float32), Some(shape)) => Some(shape),
        _ => None,
    };
    let fits = |(found, expected): (&i64, &usize)| *found < 0 || usize::try_from(*found) == Ok(*expected);
    if found.is_some_and(|found| found.len() == expected.len() && found.iter().zip(expected).all(fits)) {
        return Ok(());
    }
    let found = found.map_or_else(|| outlet.dtype().to_string(), |shape| format!("{shape:?}"));
    Err(BackendError::Shape { what, found, expected: format!("{expected:?} of 32-bit floats") })
}
