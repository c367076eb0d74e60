//! `kerege-edge models`: what a person does with models.

use super::places::{Places, runtime_library};
use super::{ModelError, fetch};
use kerege_contract::Sha256Hash;
use kerege_models::golden::Golden;
use kerege_models::manifest::Precision;
use kerege_models::{Detector, GoldenPicture, Manifest, Provider, RuntimeOptions, backend, catalogue};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Instant;

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
    /// List the models, whether their files are there, their precision and licence.
    List,
    /// Try a model on this machine: its golden answer, and how long a picture takes.
    Try {
        /// The model.
        name: String,
        /// What computes: cpu, cuda, tensorrt or openvino.
        #[arg(long, default_value = "cpu", value_parser = provider)]
        provider: Provider,
        /// Which device of the provider, from 0.
        #[arg(long)]
        device: Option<u32>,
        /// Threads of one inference.
        #[arg(long, default_value_t = 1)]
        threads: usize,
    },
    /// Show a picture to a model and print the [golden] table of its manifest.
    Golden {
        /// The model.
        name: String,
        /// A binary PPM; else the picture of the manifest, else the street that ships.
        #[arg(long)]
        picture: Option<PathBuf>,
    },
    /// Print what a manifest needs to know of a model file: hash, size, inputs and outputs.
    Inspect {
        /// The ONNX file.
        file: PathBuf,
    },
}

fn provider(word: &str) -> Result<Provider, String> {
    let known = Provider::WORDS.iter().find(|(known, _)| *known == word);
    known.map(|(_, provider)| *provider).ok_or_else(|| {
        let words: Vec<&str> = Provider::WORDS.iter().map(|(word, _)| *word).collect();
        format!("use one of: {}", words.join(", "))
    })
}

/// Does what the arguments say.
///
/// # Errors
/// When a model cannot be had; each message says what to do.
pub fn command(arguments: &ModelsArguments) -> Result<(), ModelError> {
    let places = Places::new(arguments.models_dir.as_deref())?;
    let mut out = std::io::stdout().lock();
    match &arguments.action {
        Action::Fetch { name } => {
            let path = fetch::fetch(places.catalogue.get(name)?, &places)?;
            writeln!(out, "{}", path.display())?;
        }
        Action::List => list(&places, &mut out)?,
        Action::Try { name, provider, device, threads } => {
            let library = runtime_library(None)?;
            let options = RuntimeOptions {
                provider: *provider,
                device: *device,
                threads: *threads,
                ..RuntimeOptions::new(library)
            };
            try_out(&places, places.catalogue.get(name)?, &options, &mut out)?;
        }
        Action::Golden { name, picture } => {
            let golden = golden(&places, places.catalogue.get(name)?, picture.as_deref())?;
            write!(out, "{}", golden.to_toml())?;
        }
        Action::Inspect { file } => inspect(file, &mut out)?,
    }
    Ok(())
}

fn list(places: &Places, out: &mut impl Write) -> Result<(), ModelError> {
    for manifest in places.catalogue.iter() {
        let state = if places.file(manifest).is_ok() { "ready" } else { "not fetched" };
        writeln!(out, "{}\t{state}\t{}\t{}", manifest.name, manifest.precision.as_str(), manifest.licence)?;
    }
    Ok(())
}

/// Pictures that are timed, after as many that are not.
const TIMED: u32 = 20;

fn try_out(
    places: &Places,
    manifest: &Manifest,
    options: &RuntimeOptions,
    out: &mut impl Write,
) -> Result<(), ModelError> {
    let mut detector = kerege_models::load(manifest, &places.file(manifest)?, options)?;
    let golden = match &manifest.golden {
        Some(golden) => format!("sees in {} what it must", golden.picture.name),
        None => "has no golden answer, so nothing was compared".to_owned(),
    };
    let shown = match &manifest.golden {
        Some(golden) => golden.picture.clone(),
        None => street()?,
    };
    let milliseconds = timed(&mut *detector, &shown)?;
    writeln!(
        out,
        "{}: {golden}; {milliseconds:.1} ms a picture by {}, {} thread(s)",
        manifest.name,
        options.provider.as_str(),
        options.threads
    )?;
    Ok(())
}

/// Median milliseconds of a picture, from planes to boxes.
fn timed(detector: &mut dyn Detector, shown: &GoldenPicture) -> Result<f64, ModelError> {
    let picture = shown.picture().map_err(kerege_models::DetectError::from)?;
    for _ in 0..TIMED {
        detector.detect(&picture)?;
    }
    let mut times = Vec::new();
    for _ in 0..TIMED {
        let began = Instant::now();
        detector.detect(&picture)?;
        times.push(began.elapsed().as_secs_f64() * 1000.0);
    }
    times.sort_by(f64::total_cmp);
    Ok(times.get(times.len() / 2).copied().unwrap_or_default())
}

/// The picture that every model that ships is tried with.
fn street() -> Result<GoldenPicture, ModelError> {
    let name = catalogue::STREET;
    let bytes = catalogue::built_in_picture(name).unwrap_or_default();
    GoldenPicture::from_ppm(name, &bytes).map_err(|source| ModelError::Picture { path: name.into(), source })
}

fn golden(places: &Places, manifest: &Manifest, picture: Option<&Path>) -> Result<Golden, ModelError> {
    let shown = match (picture, &manifest.golden) {
        (Some(path), _) => read_picture(path)?,
        (None, Some(golden)) => golden.picture.clone(),
        (None, None) => street()?,
    };
    // Rounding moves a score by thousandths; of an INT8 model it may flip a step here and there.
    let usual = if manifest.precision == Precision::Int8 { 0.05 } else { 0.02 };
    let tolerance = manifest.golden.as_ref().map_or(usual, |golden| golden.tolerance);
    let options = RuntimeOptions::new(runtime_library(None)?);
    let found = kerege_models::look(manifest, &places.file(manifest)?, &options, &shown)?;
    let golden = Golden::of(shown, tolerance, &found);
    if golden.detections.is_empty() {
        return Err(ModelError::Blind { model: manifest.name.clone(), picture: golden.picture.name });
    }
    Ok(golden)
}

fn read_picture(path: &Path) -> Result<GoldenPicture, ModelError> {
    let bytes = std::fs::read(path).map_err(|source| ModelError::Read { path: path.into(), source })?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    GoldenPicture::from_ppm(&name, &bytes).map_err(|source| ModelError::Picture { path: path.into(), source })
}

fn inspect(file: &Path, out: &mut impl Write) -> Result<(), ModelError> {
    let bytes = std::fs::read(file).map_err(|source| ModelError::Read { path: file.into(), source })?;
    let options = RuntimeOptions::new(runtime_library(None)?);
    let tensors =
        backend::inspect(&bytes, &options).map_err(|source| ModelError::Inspect { path: file.into(), source })?;
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    writeln!(out, "file = \"{name}\"\nsha256 = \"{}\"\nbytes = {}", Sha256Hash::of(&bytes), bytes.len())?;
    for tensor in tensors {
        writeln!(out, "# {} '{}': {}", tensor.role, tensor.name, tensor.kind)?;
    }
    Ok(())
}
