//! From resampled samples to the model's channels: colour equations, limits, normalisation.

use super::Placement;
use crate::manifest::{ChannelOrder, InputSpec};
use crate::picture::{ColourMatrix, ColourRange, Picture, PictureFormat};

/// What one in 8.16 fixed point is worth.
const UNIT: f32 = 1.0 / 65_536.0;

/// How the three resampled lines become red, green and blue, 0..255.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Equations {
    /// They are red, green and blue.
    Rgb,
    /// They are Y, U and V.
    Yuv(Yuv),
}

/// The factors of Y, U and V, and the summand of each colour.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Yuv {
    luma: f32,
    red_v: f32,
    green_u: f32,
    green_v: f32,
    blue_u: f32,
    offset: [f32; 3],
}

impl Equations {
    /// Those of a picture's format, matrix and range.
    pub(super) fn of(picture: &Picture<'_>) -> Self {
        let (black, luma, chroma) = match picture.range {
            ColourRange::Limited => (16.0, 255.0 / 219.0, 255.0 / 224.0),
            ColourRange::Full => (0.0, 1.0, 1.0),
        };
        let (red, blue) = match picture.matrix {
            ColourMatrix::Bt601 => (0.299_f32, 0.114_f32),
            ColourMatrix::Bt709 => (0.2126, 0.0722),
        };
        let chroma = match picture.format {
            PictureFormat::Rgb => return Self::Rgb,
            PictureFormat::Gray8 => 0.0,
            PictureFormat::I420 | PictureFormat::Nv12 => chroma,
        };
        let (red_v, blue_u) = (2.0 * (1.0 - red) * chroma, 2.0 * (1.0 - blue) * chroma);
        let green = 1.0 - red - blue;
        let (green_u, green_v) = (-blue_u * blue / green, -red_v * red / green);
        let offset = [red_v, green_u + green_v, blue_u].map(|chroma| -luma * black - chroma * 128.0);
        Self::Yuv(Yuv {
            luma: luma * UNIT,
            red_v: red_v * UNIT,
            green_u: green_u * UNIT,
            green_v: green_v * UNIT,
            blue_u: blue_u * UNIT,
            offset,
        })
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
        equations: &Equations,
        tensor: &mut [f32],
        start: usize,
        plane: usize,
    ) {
        let (first, rest) = tensor.split_at_mut(plane);
        let (second, third) = rest.split_at_mut(plane);
        let width = lines[0].len();
        let mut rows = [first, second, third].map(|plane| &mut plane[start..][..width]);
        if self.planes[0] == 2 {
            rows.reverse();
        }
        match equations {
            Equations::Yuv(yuv) => self.write_yuv(lines, yuv, rows),
            Equations::Rgb => {
                for ((row, line), (factor, summand)) in
                    rows.into_iter().zip(lines).zip(self.factor.iter().zip(&self.summand))
                {
                    for (out, value) in row.iter_mut().zip(line) {
                        *out = to_f32(*value) * UNIT * factor + summand;
                    }
                }
            }
        }
    }

    /// One pass over the row for all three colours, so that each sample is converted once.
    fn write_yuv(&self, [y, u, v]: &[Vec<i32>; 3], yuv: &Yuv, [red, green, blue]: [&mut [f32]; 3]) {
        let ([red_factor, green_factor, blue_factor], [red_add, green_add, blue_add]) = (self.factor, self.summand);
        let [red_offset, green_offset, blue_offset] = yuv.offset;
        let samples = y.iter().zip(u).zip(v);
        for ((((y, u), v), red), (green, blue)) in samples.zip(red).zip(green.iter_mut().zip(blue)) {
            let (y, u, v) = (to_f32(*y) * yuv.luma, to_f32(*u), to_f32(*v));
            let (r, b) = (y + v * yuv.red_v + red_offset, y + u * yuv.blue_u + blue_offset);
            let g = y + u * yuv.green_u + v * yuv.green_v + green_offset;
            *red = r.clamp(0.0, 255.0) * red_factor + red_add;
            *green = g.clamp(0.0, 255.0) * green_factor + green_add;
            *blue = b.clamp(0.0, 255.0) * blue_factor + blue_add;
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
