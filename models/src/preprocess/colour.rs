//! From resampled samples to the model's channels: colour equations, limits, normalisation.

use super::Placement;
use crate::manifest::{ChannelOrder, InputSpec};
use crate::picture::{ColourMatrix, ColourRange, Picture, PictureFormat};

/// What one in 8.16 fixed point is worth.
const UNIT: f32 = 1.0 / 65_536.0;

/// Red, green and blue (0..255) as sums of the three resampled lines: `rows[c] · (a, b, c) + offset[c]`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Affine {
    rows: [[f32; 3]; 3],
    offset: [f32; 3],
}

impl Affine {
    /// The equations of a picture's format, matrix and range.
    pub(super) fn of(picture: &Picture<'_>) -> Self {
        let (black, luma, chroma) = match picture.range {
            ColourRange::Limited => (16.0, 255.0 / 219.0, 255.0 / 224.0),
            ColourRange::Full => (0.0, 1.0, 1.0),
        };
        let rows = match picture.format {
            PictureFormat::Rgb => {
                return Self { rows: [[UNIT, 0.0, 0.0], [0.0, UNIT, 0.0], [0.0, 0.0, UNIT]], offset: [0.0; 3] };
            }
            PictureFormat::Gray8 => [[luma, 0.0, 0.0]; 3],
            PictureFormat::I420 | PictureFormat::Nv12 => {
                let (red, blue) = match picture.matrix {
                    ColourMatrix::Bt601 => (0.299_f32, 0.114_f32),
                    ColourMatrix::Bt709 => (0.2126, 0.0722),
                };
                let (from_v, from_u) = (2.0 * (1.0 - red) * chroma, 2.0 * (1.0 - blue) * chroma);
                let green = 1.0 - red - blue;
                [[luma, 0.0, from_v], [luma, -from_u * blue / green, -from_v * red / green], [luma, from_u, 0.0]]
            }
        };
        let offset = rows.map(|[y, u, v]| -y * black - (u + v) * 128.0);
        Self { rows: rows.map(|row| row.map(|factor| factor * UNIT)), offset }
    }
}

/// How the three colours lie in the tensor and are normalised.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Output {
    /// Which plane of the tensor holds red, green, blue.
    planes: [usize; 3],
    /// Of red, green, blue: factor and summand.
    factor: [f32; 3],
    summand: [f32; 3],
}

impl Output {
    pub(super) fn new(spec: &InputSpec) -> Self {
        let planes = match spec.channels {
            ChannelOrder::Rgb => [0, 1, 2],
            ChannelOrder::Bgr => [2, 1, 0],
        };
        let factor = planes.map(|plane| 1.0 / spec.std[plane]);
        let summand = planes.map(|plane| -spec.mean[plane] / spec.std[plane]);
        Self { planes, factor, summand }
    }

    /// Writes one row of red, green and blue at `start` of each plane of `plane` floats.
    pub(super) fn write_row(
        &self,
        lines: &[Vec<i32>; 3],
        affine: &Affine,
        tensor: &mut [f32],
        start: usize,
        plane: usize,
    ) {
        let [first, second, third] = lines;
        for colour in 0..3 {
            let out = &mut tensor[self.planes[colour] * plane + start..][..first.len()];
            let ([a, b, c], offset) = (affine.rows[colour], affine.offset[colour]);
            let (factor, summand) = (self.factor[colour], self.summand[colour]);
            for (((out, first), second), third) in out.iter_mut().zip(first).zip(second).zip(third) {
                let value = to_f32(*first) * a + to_f32(*second) * b + to_f32(*third) * c + offset;
                *out = value.clamp(0.0, 255.0) * factor + summand;
            }
        }
    }

    /// Writes the fill wherever the picture does not lie.
    pub(super) fn fill_margins(&self, tensor: &mut [f32], spec: &InputSpec, placement: Placement) {
        let (width, plane) = (spec.width as usize, tensor.len() / 3);
        for colour in 0..3 {
            let fill = f32::from(spec.fill) * self.factor[colour] + self.summand[colour];
            let plane = &mut tensor[self.planes[colour] * plane..][..plane];
            for (row, line) in plane.chunks_exact_mut(width).enumerate() {
                let from = if row < placement.height as usize { placement.width as usize } else { 0 };
                line[from..].fill(fill);
            }
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "24 bits at most")]
const fn to_f32(value: i32) -> f32 {
    value as f32
}
