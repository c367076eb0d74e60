//! What a model is: its file, what it wants to see, what it answers, what its classes mean.
//!
//! Swapping the model is naming another manifest, so everything that differs between models stands
//! here and nothing of it in code. A [`Manifest`] that exists has been checked; reading tells all
//! faults at once. `models/manifests/yolox-nano.toml` shows every key.

mod read;

use kerege_contract::document::{Fault, Faults, Node};
use kerege_contract::event::ModelRef;
use kerege_contract::{RoadUserClass, Sha256Hash};

/// A model's description.
#[derive(Debug, Clone, PartialEq)]
pub struct Manifest {
    /// Its name: what configuration and events call it.
    pub name: String,
    /// Its file.
    pub file: ModelFile,
    /// Licence of the file, as an SPDX expression.
    pub licence: String,
    /// Where the file can be fetched (`https://…`); none for a model that only a mirror holds.
    pub source: Option<String>,
    /// What the model wants to see.
    pub input: InputSpec,
    /// What the model answers.
    pub output: OutputSpec,
    /// An answer that it must give on this machine before it is used; none leaves it untried.
    pub golden: Option<Golden>,
}

/// Some numbers of the answer to a picture of noise. Quantised models can saturate on processors
/// that their maker did not try; this is found out at the start, not in the street.
#[derive(Debug, Clone, PartialEq)]
pub struct Golden {
    /// Where the noise begins.
    pub seed: u32,
    /// The largest difference that is let pass, in units of the output.
    pub tolerance: f32,
    /// Index in the first output, row by row, and the number there.
    pub values: Vec<(usize, f32)>,
}

/// The file of a model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelFile {
    /// Its name, without folders.
    pub name: String,
    /// Its hash.
    pub sha256: Sha256Hash,
    /// Its size.
    pub bytes: u64,
}

/// The model's input tensor: `[1, 3, height, width]` of 32-bit floats.
#[derive(Debug, Clone, PartialEq)]
pub struct InputSpec {
    /// Pixels across, 16..4096.
    pub width: u32,
    /// Pixels down, 16..4096.
    pub height: u32,
    /// Order of the three channels.
    pub channels: ChannelOrder,
    /// How a picture of another shape gets in.
    pub resize: Resize,
    /// The sample, 0..255, of what a letterbox leaves over.
    pub fill: u8,
    /// Taken from each sample 0..255, by channel in the model's order.
    pub mean: [f32; 3],
    /// What the rest is divided by, by channel in the model's order; not 0.
    pub std: [f32; 3],
}

/// Order of colour channels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChannelOrder {
    /// Red first.
    Rgb,
    /// Blue first.
    Bgr,
}

/// How a picture of any shape becomes the model's shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resize {
    /// Keeps the true shape, at the top left; the rest is filled.
    LetterboxTopLeft,
    /// Fills the input, whatever that does to the shape.
    Stretch,
}

/// The model's output and how boxes are made of it.
#[derive(Debug, Clone, PartialEq)]
pub struct OutputSpec {
    /// The layout.
    pub family: Family,
    /// What each class index means; none for what is not looked at.
    pub classes: Vec<Option<RoadUserClass>>,
    /// Boxes of a lower score are dropped, 0.001..1.
    pub score_threshold: f32,
    /// Of two boxes of one kind that overlap by more (intersection over union), the lower goes.
    pub nms_iou: f32,
    /// How the model marks a person on a bicycle or motorcycle.
    pub riders: Riders,
}

/// The layouts of outputs that can be read.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Family {
    /// `[1, cells, 5 + classes]`: x, y in cells from the cell's corner, logarithms of width and
    /// height in cells, objectness and class scores 0..1; the cells of each stride, row by row.
    Yolox {
        /// Pixels per cell, in the order of the output.
        strides: Vec<u32>,
    },
}

/// How a model marks a person who rides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Riders {
    /// As a person beside the cycle: the two are joined into one cycle with its rider.
    Apart,
    /// As part of the cycle, or not at all.
    Together,
}

/// A manifest with mistakes, shown with file, line and caret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{rendered}")]
pub struct ManifestError {
    /// The mistakes in the order of the text.
    pub faults: Vec<Fault>,
    rendered: String,
}

impl Manifest {
    /// Reads a manifest; `origin` is the name of the file in messages.
    ///
    /// # Errors
    /// All mistakes together.
    pub fn from_toml(text: &str, origin: &str) -> Result<Self, ManifestError> {
        let faults = Faults::default();
        let root = Node::from_toml(text, &faults);
        let manifest = read::manifest(&root, &faults);
        match manifest {
            Some(manifest) if faults.is_empty() => Ok(manifest),
            _ => {
                let faults = faults.into_list();
                let shown: Vec<String> = faults.iter().map(|fault| fault.render(origin, text)).collect();
                Err(ManifestError { faults, rendered: shown.join("\n") })
            }
        }
    }

    /// Name and hash, as events carry them.
    #[must_use]
    pub fn model_ref(&self) -> ModelRef {
        ModelRef { id: self.name.clone(), hash: format!("sha256:{}", self.file.sha256) }
    }

    /// Whether the model tells this class.
    #[must_use]
    pub fn tells(&self, class: RoadUserClass) -> bool {
        self.output.classes.contains(&Some(class))
    }
}

impl Golden {
    /// The input: for each number of the tensor in turn `state = state × 1664525 + 1013904223`
    /// (32 bits, beginning with the seed), its upper 8 bits the sample, normalised like any other.
    #[must_use]
    pub fn input(&self, spec: &InputSpec) -> Vec<f32> {
        let mut state = self.seed;
        let plane = spec.len() / 3;
        let mut sample = |index: usize| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let [_, _, _, sample] = state.to_le_bytes();
            let channel = index / plane;
            (f32::from(sample) - spec.mean[channel]) / spec.std[channel]
        };
        (0..spec.len()).map(&mut sample).collect()
    }

    /// The number that is furthest from what it must be, when that is too far: index, expected and
    /// found (no number when the output is too short).
    #[must_use]
    pub fn worst(&self, output: &[f32]) -> Option<(usize, f32, f32)> {
        let found = self.values.iter().map(|(index, expected)| {
            let found = output.get(*index).copied().unwrap_or(f32::NAN);
            let off = (found - expected).abs();
            (if off.is_nan() { f32::INFINITY } else { off }, (*index, *expected, found))
        });
        let worst = found.max_by(|(a, _), (b, _)| a.total_cmp(b))?;
        (worst.0 > self.tolerance).then_some(worst.1)
    }
}

impl InputSpec {
    /// Floats of the input tensor.
    #[must_use]
    pub const fn len(&self) -> usize {
        3 * self.width as usize * self.height as usize
    }

    /// Never: both sides are at least 16.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Shape of the input tensor.
    #[must_use]
    pub fn shape(&self) -> [usize; 4] {
        [1, 3, self.height as usize, self.width as usize]
    }
}

#[cfg(test)]
mod tests;
