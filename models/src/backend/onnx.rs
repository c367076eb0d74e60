//! ONNX Runtime, loaded from a path at run time; the only file that names the library's crate.
//!
//! The library is initialised once per process and always by path, because initialising it without
//! one panics when it is missing. One thread, no spinning and deterministic kernels are the
//! default: on a box several cameras share the cores, and a second look must give the same answer.

use super::signature::{Numbers, OutputTensor, Signature, SizesInput};
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
        "the ONNX Runtime at {} cannot compute by '{}', only by {}: name a build with it as the runtime, or set the provider to 'cpu'",
        library.display(),
        provider.as_str(),
        there.join(", ")
    )]
    ProviderAbsent {
        /// What was asked for.
        provider: Provider,
        /// The library that lacks it.
        library: PathBuf,
        /// Words of what the library has.
        there: Vec<&'static str>,
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
        what: String,
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
    /// Name and shape of the picture's tensor.
    picture: (String, [usize; 4]),
    sizes: Option<SizesInput>,
    /// Which of the model's outputs are handed on, and what they hold.
    outputs: Vec<(usize, Numbers)>,
}

impl Session {
    /// Makes a model ready and checks its tensors.
    ///
    /// # Errors
    /// Any [`BackendError`].
    pub fn new(bytes: &[u8], signature: &Signature, options: &RuntimeOptions) -> Result<Self, BackendError> {
        let environment = environment(&options.library)?;
        let mut builder = builder(&environment, options).map_err(BackendError::Setup)?;
        if let Some(provider) = dispatch(options)? {
            builder = builder
                .with_execution_providers([provider.error_on_failure()])
                .map_err(|source| BackendError::Provider { provider: options.provider, source: source.into() })?;
        }
        let session = builder.commit_from_memory(bytes).map_err(BackendError::Model)?;
        let picture = check_inputs(session.inputs(), signature)?;
        let find = |tensor: &OutputTensor| Ok((find_output(session.outputs(), tensor)?, tensor.numbers));
        let outputs = signature.outputs.iter().map(find).collect::<Result<_, _>>()?;
        Ok(Self { session, picture: (picture, signature.input), sizes: signature.sizes.clone(), outputs })
    }

    /// Runs the model on one picture's tensor, row by row as its shape says, and hands the outputs of
    /// the signature to `read`, in its order.
    ///
    /// # Errors
    /// When the runtime fails, or `input` has another length than the model's input.
    pub fn run<T>(&mut self, input: &[f32], read: impl FnOnce(&[&[f32]]) -> T) -> Result<T, RunError> {
        let (name, shape) = &self.picture;
        let picture = TensorRef::from_array_view((*shape, input))?;
        let outputs = match &self.sizes {
            None => self.session.run(ort::inputs![name.as_str() => picture])?,
            Some(SizesInput { name: second, sizes }) => {
                let sizes = TensorRef::from_array_view(([1_usize, 2], sizes.as_slice()))?;
                self.session.run(ort::inputs![name.as_str() => picture, second.as_str() => sizes])?
            }
        };
        let converted = self.outputs.iter().map(|(index, numbers)| match numbers {
            Numbers::Floats => Ok(Vec::new()),
            Numbers::Wholes => outputs[*index].try_extract_tensor::<i64>().map(|(_, data)| to_floats(data)),
        });
        let converted: Vec<Vec<f32>> = converted.collect::<Result<_, ort::Error>>()?;
        let views = self.outputs.iter().zip(&converted).map(|((index, numbers), converted)| match numbers {
            Numbers::Floats => outputs[*index].try_extract_tensor::<f32>().map(|(_, data)| data),
            Numbers::Wholes => Ok(converted.as_slice()),
        });
        let views: Vec<&[f32]> = views.collect::<Result<_, ort::Error>>()?;
        Ok(read(&views))
    }
}

#[expect(clippy::cast_precision_loss, reason = "class indices and the like: exact to 2^24")]
fn to_floats(data: &[i64]) -> Vec<f32> {
    data.iter().map(|number| *number as f32).collect()
}

/// A tensor of a model file, for people: which it is, its name, what it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TensorFacts {
    /// `input` or `output`.
    pub role: &'static str,
    /// Its name.
    pub name: String,
    /// Kind and shape, as the runtime writes them.
    pub kind: String,
}

/// What a model file wants and answers, without a manifest.
///
/// # Errors
/// Any [`BackendError`] of a file that cannot be made ready.
pub fn inspect(bytes: &[u8], options: &RuntimeOptions) -> Result<Vec<TensorFacts>, BackendError> {
    let environment = environment(&options.library)?;
    let mut builder = builder(&environment, options).map_err(BackendError::Setup)?;
    let session = builder.commit_from_memory(bytes).map_err(BackendError::Model)?;
    let facts = |role, outlets: &[Outlet]| -> Vec<TensorFacts> {
        let fact = |outlet: &Outlet| TensorFacts { role, name: outlet.name().into(), kind: outlet.dtype().to_string() };
        outlets.iter().map(fact).collect()
    };
    Ok([facts("input", session.inputs()), facts("output", session.outputs())].concat())
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

/// What to hand the runtime so that it computes by the provider asked for; none for the processor.
fn dispatch(options: &RuntimeOptions) -> Result<Option<ExecutionProviderDispatch>, BackendError> {
    let provider = options.provider;
    if provider == Provider::Cpu {
        return Ok(None);
    }
    if !is_available(provider)? {
        let there = Provider::WORDS.iter().map(|(_, provider)| *provider);
        let there = there.filter(|other| is_available(*other).unwrap_or(false)).map(Provider::as_str).collect();
        return Err(BackendError::ProviderAbsent { provider, library: options.library.clone(), there });
    }
    let device = i32::try_from(options.device.unwrap_or(0)).unwrap_or(i32::MAX);
    Ok(match provider {
        Provider::Cpu => None,
        Provider::Cuda => Some(ep::CUDA::default().with_device_id(device).build()),
        Provider::TensorRt => Some(tensorrt(device, options.cache.as_deref())),
        Provider::OpenVino => Some(openvino(options)),
    })
}

fn is_available(provider: Provider) -> Result<bool, BackendError> {
    let available = match provider {
        Provider::Cpu => return Ok(true),
        Provider::Cuda => ep::CUDA::is_available(),
        Provider::TensorRt => ep::TensorRT::is_available(),
        Provider::OpenVino => ep::OpenVINO::is_available(),
    };
    available.map_err(BackendError::Setup)
}

/// An engine takes minutes to build, so it is kept where a folder is named.
fn tensorrt(device: i32, cache: Option<&Path>) -> ExecutionProviderDispatch {
    let provider = ep::TensorRT::default().with_device_id(device);
    let Some(cache) = cache else { return provider.build() };
    let cache = cache.display().to_string();
    let provider = provider.with_engine_cache(true).with_engine_cache_path(&cache);
    provider.with_timing_cache(true).with_timing_cache_path(&cache).build()
}

/// Its first processor, or a graphics card of Intel's where a device is named.
fn openvino(options: &RuntimeOptions) -> ExecutionProviderDispatch {
    let device = options.device.map_or_else(|| "CPU".to_owned(), |device| format!("GPU.{device}"));
    let provider = ep::OpenVINO::default().with_device_type(device).with_num_threads(options.threads.max(1));
    match &options.cache {
        Some(cache) => provider.with_cache_dir(cache.display()).build(),
        None => provider.build(),
    }
}

/// The name of the picture's input, when the inputs are those of the signature.
fn check_inputs(inputs: &[Outlet], signature: &Signature) -> Result<String, BackendError> {
    let second = signature.sizes.as_ref().map(|sizes| sizes.name.as_str());
    let expected = 1 + usize::from(second.is_some());
    if inputs.len() != expected {
        let listed: Vec<&str> = inputs.iter().map(Outlet::name).collect();
        let found = format!("{} ({})", inputs.len(), listed.join(", "));
        return Err(BackendError::Shape { what: "number of inputs".into(), found, expected: expected.to_string() });
    }
    let (mut seconds, pictures): (Vec<&Outlet>, Vec<&Outlet>) =
        inputs.iter().partition(|input| Some(input.name()) == second);
    let Some(picture) = pictures.first().filter(|_| pictures.len() == 1) else {
        let listed: Vec<&str> = inputs.iter().map(Outlet::name).collect();
        let expected = second.map_or_else(String::new, |name| format!("one '{name}'"));
        return Err(BackendError::Shape { what: "inputs".into(), found: listed.join(", "), expected });
    };
    check_shape("input", picture, Numbers::Floats, &signature.input)?;
    if let Some(second) = seconds.pop() {
        check_shape("second input", second, Numbers::Wholes, &[1, 2])?;
    }
    Ok(picture.name().to_owned())
}

/// The place of an output among the model's.
fn find_output(outputs: &[Outlet], tensor: &OutputTensor) -> Result<usize, BackendError> {
    let at = match &tensor.name {
        None => Some(0).filter(|_| !outputs.is_empty()),
        Some(name) => outputs.iter().position(|output| output.name() == name),
    };
    let Some(at) = at else {
        let listed: Vec<&str> = outputs.iter().map(Outlet::name).collect();
        let found = if listed.is_empty() { "nothing".into() } else { listed.join(", ") };
        let expected = tensor.name.as_ref().map_or_else(|| "one".into(), |name| format!("one '{name}'"));
        return Err(BackendError::Shape { what: "outputs".into(), found, expected });
    };
    let what = tensor.name.as_ref().map_or_else(|| "output".into(), |name| format!("output '{name}'"));
    check_shape(&what, &outputs[at], tensor.numbers, &tensor.shape)?;
    Ok(at)
}

fn check_shape(what: &str, outlet: &Outlet, numbers: Numbers, expected: &[usize]) -> Result<(), BackendError> {
    let (kind, words) = match numbers {
        Numbers::Floats => (TensorElementType::Float32, "32-bit floats"),
        Numbers::Wholes => (TensorElementType::Int64, "64-bit whole numbers"),
    };
    let found: Option<&[i64]> = match (outlet.dtype().tensor_type(), outlet.dtype().tensor_shape()) {
        (Some(found), Some(shape)) if found == kind => Some(shape),
        _ => None,
    };
    let fits = |(found, expected): (&i64, &usize)| *found < 0 || usize::try_from(*found) == Ok(*expected);
    if found.is_some_and(|found| found.len() == expected.len() && found.iter().zip(expected).all(fits)) {
        return Ok(());
    }
    let found = found.map_or_else(|| outlet.dtype().to_string(), |shape| format!("{shape:?}"));
    Err(BackendError::Shape { what: what.to_owned(), found, expected: format!("{expected:?} of {words}") })
}
