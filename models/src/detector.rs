//! The one thing that the rest of the box needs from a model: boxes of a picture.

use crate::picture::{Picture, PictureError};
use kerege_contract::Detection;
use kerege_contract::event::ModelRef;

/// Something that finds road users in pictures. It keeps buffers between pictures and so wants
/// `&mut`; it may be moved between threads.
pub trait Detector: Send {
    /// Name and hash of the model, as events name it.
    fn model(&self) -> &ModelRef;

    /// Finds the road users of one picture: boxes 0..1 of the frame and clipped to it, each object
    /// once, best score first. The same picture gives the same answer.
    ///
    /// # Errors
    /// When the picture's planes are too short for its size, or the runtime fails.
    fn detect(&mut self, picture: &Picture<'_>) -> Result<Vec<Detection>, DetectError>;

    /// Processor time so far, by stage.
    fn timings(&self) -> StageTimes;
}

/// Processor seconds spent so far, by stage; zero when the options named no clock.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct StageTimes {
    /// Pictures.
    pub frames: u64,
    /// From planes to the model's input.
    pub preprocess_s: f64,
    /// The model itself.
    pub inference_s: f64,
    /// From the model's output to boxes.
    pub postprocess_s: f64,
}

/// Why a picture gave no detections.
#[derive(Debug, thiserror::Error)]
pub enum DetectError {
    /// The picture is not what it says.
    #[error("the picture cannot be analysed")]
    Picture(#[from] PictureError),
    /// The runtime failed.
    #[error("model '{model}' failed on a picture")]
    Run {
        /// The model's name.
        model: String,
        /// What the runtime said.
        source: crate::backend::RunError,
    },
    /// The model answered something else than its manifest says.
    #[error("model '{model}' does not answer as its manifest says")]
    Decode {
        /// The model's name.
        model: String,
        /// What differs.
        source: crate::decode::DecodeError,
    },
}
