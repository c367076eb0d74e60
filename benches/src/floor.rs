//! The floor: what no box can do without. Parser and decoder over all frames, the model once per
//! analysed frame; nothing fetched from the decoder, nothing prepared, nothing read from the answer.

use crate::{child, clock};
use anyhow::{Context as _, Result};
use kerege_models::backend::Session;
use kerege_models::decode::Decoder;
use kerege_models::{Manifest, RuntimeOptions, store};
use std::path::Path;
use std::process::Command;

/// Processor seconds of parsing and decoding a whole clip with one decoder thread.
///
/// # Errors
/// When GStreamer cannot play the clip with that decoder.
pub fn decode(video: &Path, decoder: &str) -> Result<f64> {
    let mut command = Command::new("gst-launch-1.0");
    command.arg("-q").arg("filesrc").arg(format!("location={}", video.display()));
    command.args(["!", "parsebin", "!", decoder, "max-threads=1", "!", "fakesink", "sync=false"]);
    let cost = child::run(&mut command)
        .with_context(|| format!("cannot decode {} with {decoder}: choose another --decoder", video.display()))?;
    Ok(cost.cpu_s)
}

/// A model that runs on the same input again and again.
#[derive(Debug)]
pub struct Model {
    session: Session,
    input: Vec<f32>,
}

impl Model {
    /// Makes the model ready as the box does: same runtime, one thread.
    ///
    /// # Errors
    /// When the file or the runtime is not right.
    pub fn open(manifest: &Manifest, file: &Path, options: &RuntimeOptions) -> Result<Self> {
        let bytes = store::read_verified(manifest, file)?;
        let session = Session::new(&bytes, Decoder::new(manifest).signature(), options)?;
        Ok(Self { session, input: vec![f32::from(manifest.input.fill); manifest.input.len()] })
    }

    /// Processor seconds of so many runs.
    ///
    /// # Errors
    /// When the runtime fails.
    pub fn run(&mut self, times: u64) -> Result<f64> {
        let started = clock::thread_seconds();
        for _ in 0..times {
            self.session.run(&self.input, |_| ())?;
        }
        Ok(clock::thread_seconds() - started)
    }
}
