//! A model made ready: preprocessing, runtime and decoding behind the [`Detector`] trait.

use crate::backend::{BackendError, RunError, Session};
use crate::decode::Decoder;
use crate::detector::{DetectError, Detector, StageTimes};
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
    /// The model runs, but not as it should on this machine.
    #[error(
        "model '{model}' computes wrongly on this machine: number {index} of its answer to the golden input is {found}, \
         not {expected}; use another model for this processor, or another ONNX Runtime"
    )]
    Golden {
        /// The model.
        model: String,
        /// Index in the output.
        index: usize,
        /// What the manifest says.
        expected: f32,
        /// What came.
        found: f32,
    },
    /// The model failed on the golden input.
    #[error("model '{model}' failed on its golden input")]
    Run {
        /// The model.
        model: String,
        /// What the runtime said.
        source: RunError,
    },
}

/// Makes a model ready: checks the file against the manifest, loads the runtime, checks the
/// model's tensors against the manifest, and tries the golden input when there is one. What was
/// checked is what runs: the file is read once.
///
/// # Errors
/// Any [`LoadError`]; each message says what to do.
pub fn load(manifest: &Manifest, file: &Path, options: &RuntimeOptions) -> Result<Box<dyn Detector>, LoadError> {
    let bytes = store::read_verified(manifest, file)?;
    let decoder = Decoder::new(manifest);
    let mut session = Session::new(&bytes, manifest.input.shape(), &decoder.output_shapes(), options)
        .map_err(|source| LoadError::Backend { model: manifest.name.clone(), source })?;
    check_golden(manifest, &mut session)?;
    Ok(Box::new(OnnxDetector {
        model: manifest.model_ref(),
        preprocessor: Preprocessor::new(&manifest.input),
        session,
        decoder,
        clock: options.clock,
        times: StageTimes::default(),
    }))
}

fn check_golden(manifest: &Manifest, session: &mut Session) -> Result<(), LoadError> {
    let Some(golden) = &manifest.golden else { return Ok(()) };
    let model = manifest.name.clone();
    let worst = session.run(&golden.input(&manifest.input), |outputs| golden.worst(outputs.first()?));
    match worst {
        Ok(None) => Ok(()),
        Ok(Some((index, expected, found))) => Err(LoadError::Golden { model, index, expected, found }),
        Err(source) => Err(LoadError::Run { model, source }),
    }
}

struct OnnxDetector {
    model: ModelRef,
    preprocessor: Preprocessor,
    session: Session,
    decoder: Decoder,
    clock: fn() -> f64,
    times: StageTimes,
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
