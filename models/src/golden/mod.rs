//! The golden answer: what a model must see in a known picture before it is used on this machine.
//!
//! Quantised models can saturate on processors that their maker did not try, and a manifest can
//! name the wrong order of channels; both are found out at the start, not in the street. The picture
//! goes the whole way of any other, so everything between planes and boxes is tried at once.

mod compare;
mod ppm;
#[cfg(test)]
mod tests;

pub use compare::Difference;
pub use ppm::PpmError;

use crate::picture::{Picture, PictureError, PictureFormat};
use kerege_contract::Detection;
use std::fmt::Write as _;

/// A box of the answer and the box found must overlap by at least this much (intersection over
/// union): a small box that is a pixel off on each side still passes.
pub const LEAST_OVERLAP: f32 = 0.7;

/// The lowest score that [`Golden::of`] writes down: lower ones come and go by rounding.
const LEAST_SCORE: f32 = 0.25;
/// As many detections at most are written down: more prove nothing more.
const MOST_DETECTIONS: usize = 12;

/// A picture and what the model must see in it.
#[derive(Debug, Clone, PartialEq)]
pub struct Golden {
    /// What is shown to the model.
    pub picture: GoldenPicture,
    /// The largest difference of a score that is let pass, 0..0.5.
    pub tolerance: f32,
    /// All that must be seen; at least one.
    pub detections: Vec<Detection>,
}

/// A picture of R, G, B, 8 bits each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GoldenPicture {
    /// Its file's name.
    pub name: String,
    width: u32,
    height: u32,
    rgb: Vec<u8>,
}

impl GoldenPicture {
    /// Reads a binary PPM (`P6`, 8 bits a sample, at most 1024 pixels a side and 512 KiB).
    ///
    /// # Errors
    /// When it is anything else.
    pub fn from_ppm(name: &str, bytes: &[u8]) -> Result<Self, PpmError> {
        let (width, height, rgb) = ppm::read(bytes)?;
        Ok(Self { name: name.to_owned(), width, height, rgb: rgb.to_vec() })
    }

    /// As what a detector looks at.
    ///
    /// # Errors
    /// Never for a picture that was read.
    pub fn picture(&self) -> Result<Picture<'_>, PictureError> {
        Picture::packed(PictureFormat::Rgb, self.width, self.height, &self.rgb)
    }
}

impl Golden {
    /// The answer that `found` makes: the best of what was seen surely. Tolerance stays to be chosen.
    #[must_use]
    pub fn of(picture: GoldenPicture, tolerance: f32, found: &[Detection]) -> Self {
        let sure = found.iter().filter(|detection| detection.score >= LEAST_SCORE);
        Self { picture, tolerance, detections: sure.take(MOST_DETECTIONS).copied().collect() }
    }

    /// The first way in which `found` (best score first) is not this answer; none when it is.
    #[must_use]
    pub fn difference(&self, found: &[Detection]) -> Option<Difference> {
        compare::difference(&self.detections, self.tolerance, found)
    }

    /// As the `[golden]` table of a manifest.
    #[must_use]
    pub fn to_toml(&self) -> String {
        let mut text =
            format!("[golden]\npicture = \"{}\"\ntolerance = {}\ndetections = [\n", self.picture.name, self.tolerance);
        for Detection { class, score, bbox } in &self.detections {
            let [x1, y1, x2, y2] = <[f32; 4]>::from(*bbox);
            let line = format!(
                "    {{ class = \"{class}\", score = {score:.3}, box = [{x1:.4}, {y1:.4}, {x2:.4}, {y2:.4}] }},"
            );
            // Writing into a text cannot fail.
            let _done = writeln!(text, "{line}");
        }
        text + "]\n"
    }
}
