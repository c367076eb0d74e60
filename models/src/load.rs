//! A model made ready: preprocessing, runtime and decoding behind the [`Detector`] trait.

use crate::backend::{BackendError, Session};
use crate::decode::Decoder;
use crate::detector::{DetectError, Detector, StageTimes};
use crate::golden::{Difference, GoldenPicture};
use crate::manifest::Manifest;
use crate::picture::Picture;
use crate::preprocess::Preprocessor;
use crate::runtime::RuntimeOptions;
use crate::store::{self, StoreError};
use kerege_contract::Detection;
use kerege_contract::event::ModelRef;
use std::path::Path;

/// Why a model cannot be made ready.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// Its file is missing or not the one that the manifest names.
    #[error(transparent)]
    File(#[from] StoreError),
    /// The runtime, or the model in the file.
    #[error("model '{model}' cannot be made ready")]
    Backend {
        /// The model.
        model: String,
        /// Why.
        source: BackendError,
    },
    /// The model runs, but does not see what it must on this machine.
    #[error(
        "model '{model}' computes wrongly on this machine: in {picture} {difference}; use another model for this \
         processor, or another ONNX Runtime; if its file or manifest was changed, make [golden] anew"
    )]
    Golden {
        /// The model.
        model: String,
        /// The picture that was shown.
        picture: String,
        /// How the answer differs.
        difference: Difference,
    },
    /// The model failed on the golden picture.
    #[error("model '{model}' failed on its golden picture")]
    Run {
        /// The model.
        model: String,
        /// Why.
        source: DetectError,
    },
}

/// Makes a model ready: checks the file against the manifest, loads the runtime, checks the
/// model's tensors against the manifest, and shows it the golden picture when there is one. What was
/// checked is what runs: the file is read once.
///
/// # Errors
/// Any [`LoadError`]; each message says what to do.
pub fn load(manifest: &Manifest, file: &Path, options: &RuntimeOptions) -> Result<Box<dyn Detector>, LoadError> {
    let mut detector = open(manifest, file, options)?;
    if let Some(golden) = &manifest.golden {
        let found = detector.look(&golden.picture)?;
        if let Some(difference) = golden.difference(&found) {
            let (model, picture) = (manifest.name.clone(), golden.picture.name.clone());
            return Err(LoadError::Golden { model, picture, difference });
        }
        detector.times = StageTimes::default();
    }
    Ok(Box::new(detector))
}

/// What the model sees on this machine in a picture, whatever its manifest says that it must: the
/// golden answer to write down, on a processor that is known to compute rightly.
///
/// # Errors
/// Any [`LoadError`] but [`LoadError::Golden`].
pub fn look(
    manifest: &Manifest,
    file: &Path,
    options: &RuntimeOptions,
    picture: &GoldenPicture,
) -> Result<Vec<Detection>, LoadError> {
    open(manifest, file, options)?.look(picture)
}

fn open(manifest: &Manifest, file: &Path, options: &RuntimeOptions) -> Result<OnnxDetector, LoadError> {
    let bytes = store::read_verified(manifest, file)?;
    let decoder = Decoder::new(manifest);
    let session = Session::new(&bytes, decoder.signature(), options)
        .map_err(|source| LoadError::Backend { model: manifest.name.clone(), source })?;
    Ok(OnnxDetector {
        model: manifest.model_ref(),
        preprocessor: Preprocessor::new(&manifest.input),
        session,
        decoder,
        clock: options.clock,
        times: StageTimes::default(),
    })
}

struct OnnxDetector {
    model: ModelRef,
    preprocessor: Preprocessor,
    session: Session,
    decoder: Decoder,
    clock: fn() -> f64,
    times: StageTimes,
}

impl OnnxDetector {
    fn look(&mut self, shown: &GoldenPicture) -> Result<Vec<Detection>, LoadError> {
        let found = shown.picture().map_err(DetectError::from).and_then(|picture| self.detect(&picture));
        found.map_err(|source| LoadError::Run { model: self.model.id.clone(), source })
    }
}

impl Detector for OnnxDetector {
    fn model(&self) -> &ModelRef {
        &self.model
    }

    fn detect(&mut self, picture: &Picture<'_>) -> Result<Vec<Detection>, DetectError> {
        let (clock, decoder) = (self.clock, &mut self.decoder);
        let started = clock();
        let (input, placement) = self.preprocessor.run(picture)?;
        let prepared = clock();
        let answer = self.session.run(input, |outputs| (clock(), decoder.decode(outputs, placement)));
        let (answered, decoded) = answer.map_err(|source| DetectError::Run { model: self.model.id.clone(), source })?;
        let detections = decoded.map_err(|source| DetectError::Decode { model: self.model.id.clone(), source })?;
        self.times.frames += 1;
        self.times.preprocess_s += prepared - started;
        self.times.inference_s += answered - prepared;
        self.times.postprocess_s += clock() - answered;
        Ok(detections)
    }

    fn timings(&self) -> StageTimes {
        self.times
    }
}
