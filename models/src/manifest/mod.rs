//! What a model is: its file, what it wants to see, what it answers, what its classes mean.
//!
//! Swapping the model is naming another manifest, so everything that differs between models stands
//! here and nothing of it in code. A [`Manifest`] that exists has been checked; reading tells all
//! faults at once. `models/manifests/yolox-nano.toml` shows every key.

mod output;
mod read;
mod read_output;

pub use output::{Family, OutputSpec, Riders, Scores};

use crate::catalogue;
use crate::golden::Golden;
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
    /// Where the file can be fetched (`https://…`); none for a model that ships or that only a mirror holds.
    pub source: Option<String>,
    /// What its weights are.
    pub precision: Precision,
    /// The model that is used instead where this one's golden answer does not come out.
    pub fallback: Option<String>,
    /// What the model wants to see.
    pub input: InputSpec,
    /// What the model answers.
    pub output: OutputSpec,
    /// An answer that it must give on this machine before it is used; none leaves it untried.
    pub golden: Option<Golden>,
}

/// What a model's weights are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Precision {
    /// 32-bit floats.
    #[default]
    Fp32,
    /// 16-bit floats.
    Fp16,
    /// Quantised to 8-bit whole numbers.
    Int8,
}

impl Precision {
    /// The words of a manifest, for its reader.
    pub const WORDS: [(&'static str, Self); 3] = [("fp32", Self::Fp32), ("fp16", Self::Fp16), ("int8", Self::Int8)];

    /// Its word in a manifest.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Fp32 => "fp32",
            Self::Fp16 => "fp16",
            Self::Int8 => "int8",
        }
    }
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

/// A manifest with mistakes, shown with file, line and caret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{rendered}")]
pub struct ManifestError {
    /// The mistakes in the order of the text.
    pub faults: Vec<Fault>,
    rendered: String,
}

impl Manifest {
    /// Reads a manifest whose golden picture, if any, is one that ships; `origin` is the name of the
    /// file in messages.
    ///
    /// # Errors
    /// All mistakes together.
    pub fn from_toml(text: &str, origin: &str) -> Result<Self, ManifestError> {
        Self::read(text, origin, &catalogue::built_in_picture)
    }

    /// As [`Manifest::from_toml`], with the bytes of golden pictures from `picture`, which is given a
    /// file name.
    ///
    /// # Errors
    /// All mistakes together.
    pub fn read(
        text: &str,
        origin: &str,
        picture: &dyn Fn(&str) -> Result<Vec<u8>, String>,
    ) -> Result<Self, ManifestError> {
        let faults = Faults::default();
        let root = Node::from_toml(text, &faults);
        let manifest = read::manifest(&root, &faults, picture);
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

    /// Pixels across and down.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "at most 4096")]
    pub const fn size(&self) -> (f32, f32) {
        (self.width as f32, self.height as f32)
    }

    /// Shape of the input tensor.
    #[must_use]
    pub fn shape(&self) -> [usize; 4] {
        [1, 3, self.height as usize, self.width as usize]
    }
}

#[cfg(test)]
mod tests;
