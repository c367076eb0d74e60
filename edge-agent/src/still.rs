//! JPEG pictures of frames: stills of incidents and the latest picture of a camera.
//!
//! At most 1280 pixels wide and of true shape, so that a still travels over a thin link and a
//! person sees cars, not stretched cars.

use crate::frame::Frame;
use image::codecs::jpeg::JpegEncoder;
use image::{ExtendedColorType, ImageError, RgbImage};
use kerege_models::{ColourMatrix, ColourRange, Picture, PictureError, PictureFormat};

/// Widest still, pixels.
const MOST_WIDTH: f64 = 1280.0;

const QUALITY: u8 = 80;

/// Why no JPEG could be made.
#[derive(Debug, thiserror::Error)]
pub enum StillError {
    /// The frame's planes are not what its size promises.
    #[error("the frame cannot be shown")]
    Picture(#[from] PictureError),
    /// The encoder gave up.
    #[error("the picture cannot be encoded as JPEG")]
    Encode(#[source] ImageError),
}

/// The frame as JPEG, at most 1280 pixels wide, of square pixels.
///
/// # Errors
/// When the frame's planes are too short or the encoder gives up.
pub fn jpeg(frame: &Frame) -> Result<Vec<u8>, StillError> {
    jpeg_of(&frame.pixels.picture())
}

/// A picture as JPEG, at most 1280 pixels wide, of square pixels.
///
/// # Errors
/// When the picture's planes are too short or the encoder gives up.
pub fn jpeg_of(picture: &Picture<'_>) -> Result<Vec<u8>, StillError> {
    picture.check()?;
    let rgb = RgbImage::from_fn(picture.width, picture.height, colour_reader(picture));
    let rgb = match shown_size(picture) {
        size if size == rgb.dimensions() => rgb,
        (width, height) => image::imageops::thumbnail(&rgb, width, height),
    };
    let mut bytes = Vec::with_capacity(96 * 1024);
    let mut encoder = JpegEncoder::new_with_quality(&mut bytes, QUALITY);
    encoder.encode(&rgb, rgb.width(), rgb.height(), ExtendedColorType::Rgb8).map_err(StillError::Encode)?;
    Ok(bytes)
}

/// Width and height of true shape, within the limit.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "held within 1..=65535 first")]
fn shown_size(picture: &Picture<'_>) -> (u32, u32) {
    let (width, height) = (f64::from(picture.width) * picture.pixel_aspect, f64::from(picture.height));
    let scale = (MOST_WIDTH / width).min(1.0);
    let whole = |side: f64| (side * scale).round().clamp(1.0, 65_535.0) as u32;
    (whole(width), whole(height))
}

/// What tells the colour of a pixel of a checked picture.
fn colour_reader<'a>(picture: &'a Picture<'_>) -> impl Fn(u32, u32) -> image::Rgb<u8> + use<'a> {
    let [first, second, third] = picture.planes;
    let convert = Converter::new(picture.matrix, picture.range);
    let format = picture.format;
    move |x, y| {
        let (x, y) = (x as usize, y as usize);
        let at = |plane: kerege_models::Plane<'_>, x: usize, y: usize| {
            plane.data.get(y * plane.stride + x).copied().unwrap_or_default()
        };
        match format {
            PictureFormat::Rgb => image::Rgb([0, 1, 2].map(|channel| at(first, 3 * x + channel, y))),
            PictureFormat::Gray8 => convert.rgb(at(first, x, y), 128, 128),
            PictureFormat::I420 => convert.rgb(at(first, x, y), at(second, x / 2, y / 2), at(third, x / 2, y / 2)),
            PictureFormat::Nv12 => {
                let pair = x / 2 * 2;
                convert.rgb(at(first, x, y), at(second, pair, y / 2), at(second, pair + 1, y / 2))
            }
        }
    }
}

/// From Y, U and V to R, G and B in 16.16 fixed point.
#[derive(Debug, Clone, Copy)]
struct Converter {
    black: i32,
    y: i32,
    red_v: i32,
    green_u: i32,
    green_v: i32,
    blue_u: i32,
}

impl Converter {
    fn new(matrix: ColourMatrix, range: ColourRange) -> Self {
        let (red, blue) = match matrix {
            ColourMatrix::Bt601 => (0.299, 0.114),
            ColourMatrix::Bt709 => (0.2126, 0.0722),
        };
        let (black, y, colour) = match range {
            ColourRange::Limited => (16, 255.0 / 219.0, 255.0 / 224.0),
            ColourRange::Full => (0, 1.0, 1.0),
        };
        let green = 1.0 - red - blue;
        #[expect(clippy::cast_possible_truncation, reason = "factors are below 3")]
        let fixed = |factor: f64| (factor * 65_536.0).round() as i32;
        Self {
            black,
            y: fixed(y),
            red_v: fixed(2.0 * (1.0 - red) * colour),
            green_u: fixed(2.0 * (1.0 - blue) * blue / green * colour),
            green_v: fixed(2.0 * (1.0 - red) * red / green * colour),
            blue_u: fixed(2.0 * (1.0 - blue) * colour),
        }
    }

    fn rgb(self, y: u8, u: u8, v: u8) -> image::Rgb<u8> {
        let (y, u, v) = ((i32::from(y) - self.black) * self.y + 32_768, i32::from(u) - 128, i32::from(v) - 128);
        let clip = |value: i32| u8::try_from((value >> 16).clamp(0, 255)).unwrap_or(u8::MAX);
        image::Rgb([clip(y + self.red_v * v), clip(y - self.green_u * u - self.green_v * v), clip(y + self.blue_u * u)])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(picture: &Picture<'_>) -> RgbImage {
        image::load_from_memory(&jpeg_of(picture).unwrap()).unwrap().into_rgb8()
    }

    /// A picture of one colour: Y 81, U 90, V 240 is red in BT.601 limited.
    fn red(format: PictureFormat, width: u32, height: u32) -> Vec<u8> {
        let (w, h) = (width.div_ceil(2) as usize, height.div_ceil(2) as usize);
        let mut data = vec![81; (width * height) as usize];
        match format {
            PictureFormat::Nv12 => data.extend([90, 240].repeat(w * h)),
            _ => data.extend([vec![90; w * h], vec![240; w * h]].concat()),
        }
        data
    }

    #[test]
    fn colours_are_true_in_both_layouts() {
        for format in [PictureFormat::I420, PictureFormat::Nv12] {
            let data = red(format, 33, 17);
            let picture = Picture::packed(format, 33, 17, &data).unwrap();
            let still = shown(&picture);
            assert_eq!(still.dimensions(), (33, 17));
            let [r, g, b] = still.get_pixel(16, 8).0;
            assert!(r > 245 && g < 12 && b < 12, "{format:?}: {r} {g} {b}");
        }
    }

    #[test]
    fn a_still_is_bounded_and_of_true_shape() {
        let data = red(PictureFormat::I420, 1920, 1080);
        let picture = Picture::packed(PictureFormat::I420, 1920, 1080, &data).unwrap();
        assert_eq!(shown(&picture).dimensions(), (1280, 720));
        let data = red(PictureFormat::I420, 704, 576);
        let picture =
            Picture { pixel_aspect: 12.0 / 11.0, ..Picture::packed(PictureFormat::I420, 704, 576, &data).unwrap() };
        assert_eq!(shown(&picture).dimensions(), (768, 576));
    }

    #[test]
    fn planes_that_are_too_short_are_refused() {
        let data = red(PictureFormat::I420, 64, 64);
        let mut picture = Picture::packed(PictureFormat::I420, 64, 64, &data).unwrap();
        picture.height = 65;
        assert!(jpeg_of(&picture).is_err());
    }
}
