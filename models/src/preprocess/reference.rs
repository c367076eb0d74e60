//! The slow, plain way in 64-bit floats that the fast way is held to.

use super::Placement;
use crate::manifest::{ChannelOrder, InputSpec};
use crate::picture::{ColourMatrix, ColourRange, Picture, PictureFormat};

/// What the tensor should hold at a channel (of the model's order), row and column.
pub(super) fn value(picture: &Picture<'_>, spec: &InputSpec, channel: usize, row: usize, column: usize) -> f64 {
    let placement = Placement::new(picture.width, picture.height, picture.pixel_aspect, spec);
    let inside = row < placement.height as usize && column < placement.width as usize;
    let sample = if inside {
        let colour = if spec.channels == ChannelOrder::Rgb { channel } else { 2 - channel };
        colours(picture, placement, row, column)[colour]
    } else {
        f64::from(spec.fill)
    };
    (sample - f64::from(spec.mean[channel])) / f64::from(spec.std[channel])
}

fn colours(picture: &Picture<'_>, placement: Placement, row: usize, column: usize) -> [f64; 3] {
    let plane = |plane: usize, offset: usize, step: usize, part: f64| {
        let along = |length: u32, out: u32, at: usize| weights(f64::from(length) / part, out, at, part);
        let across = along(picture.width, placement.width, column);
        let down = along(picture.height, placement.height, row);
        let at = |y: usize, x: usize| {
            f64::from(picture.planes[plane].data[y * picture.planes[plane].stride + x * step + offset])
        };
        down.iter().map(|(y, wy)| across.iter().map(|(x, wx)| at(*y, *x) * wx * wy).sum::<f64>()).sum::<f64>()
    };
    let (y, u, v) = match picture.format {
        PictureFormat::Rgb => return [plane(0, 0, 3, 1.0), plane(0, 1, 3, 1.0), plane(0, 2, 3, 1.0)],
        PictureFormat::Gray8 => (plane(0, 0, 1, 1.0), 128.0, 128.0),
        PictureFormat::I420 => (plane(0, 0, 1, 1.0), plane(1, 0, 1, 2.0), plane(2, 0, 1, 2.0)),
        PictureFormat::Nv12 => (plane(0, 0, 1, 1.0), plane(1, 0, 2, 2.0), plane(1, 1, 2, 2.0)),
    };
    let (y, u, v) = match picture.range {
        ColourRange::Limited => ((y - 16.0) / 219.0, (u - 128.0) / 224.0, (v - 128.0) / 224.0),
        ColourRange::Full => (y / 255.0, (u - 128.0) / 255.0, (v - 128.0) / 255.0),
    };
    let (kr, kb) = if picture.matrix == ColourMatrix::Bt601 { (0.299, 0.114) } else { (0.2126, 0.0722) };
    let (red, blue) = (y + 2.0 * (1.0 - kr) * v, y + 2.0 * (1.0 - kb) * u);
    let green = (y - kr * red - kb * blue) / (1.0 - kr - kb);
    [red, green, blue].map(|colour| (colour * 255.0).clamp(0.0, 255.0))
}

/// Samples and weights of one output along one axis whose picture part is `extent` samples.
fn weights(extent: f64, out: u32, at: usize, part: f64) -> Vec<(usize, f64)> {
    let len = (extent * part / part).ceil() as usize;
    let scale = extent / f64::from(out);
    if scale <= 2.0 {
        let centre = ((at as f64 + 0.5) * scale - 0.5).clamp(0.0, len as f64 - 1.0);
        let near = |index: usize| (1.0 - (centre - index as f64).abs()).max(0.0);
        return parts(len, near);
    }
    let (from, to) = (at as f64 * scale, ((at + 1) as f64 * scale).min(len as f64));
    let covered = |index: usize| (to.min(index as f64 + 1.0) - from.max(index as f64)).max(0.0) / (to - from);
    parts(len, covered)
}

fn parts(len: usize, part: impl Fn(usize) -> f64) -> Vec<(usize, f64)> {
    (0..len).map(|index| (index, part(index))).filter(|(_, part)| *part > 0.0).collect()
}
