//! From the decoder's picture to a small grey one.

use super::VisionError;
use super::plane::Plane;
use kerege_models::{ColourRange, Picture, PictureError, PictureFormat};
use opencv::core::{CV_32F, Mat, MatTraitConst, MatTraitConstManual, Rect, Size};
use opencv::imgproc;

/// Widest small picture.
const WIDTH: u32 = 320;
/// Of a high picture only so many rows, or up to twice as many, are read at all.
const ROWS: usize = 360;

/// Keeps OpenCV from starting threads: a look takes a millisecond, and they would only disturb the model's.
pub(super) fn use_one_thread() -> Result<(), VisionError> {
    Ok(opencv::core::set_num_threads(1)?)
}

/// The picture's brightness, at most 320 wide, 0..255 from black to white.
pub(super) fn shrink(picture: &Picture<'_>) -> Result<Plane, VisionError> {
    picture.check()?;
    let (width, height) = (picture.width as usize, picture.height as usize);
    let channels = if picture.format == PictureFormat::Rgb { 3 } else { 1 };
    let (data, stride) = (picture.planes[0].data, picture.planes[0].stride);
    // Every so-manieth row: rows of so many rows' length, of which the first is looked at.
    let step = (height / ROWS).max(1);
    let rows = (height / step).min(data.len() / (stride * step));
    let Some(data) = data.get(..rows * stride * step).filter(|_| rows > 0) else {
        return Err(PictureError::Size { width: picture.width, height: picture.height }.into());
    };
    let all = Mat::new_rows_cols_with_data(rows as i32, (stride * step) as i32, data)?;
    let seen = Mat::roi(&all, Rect::new(0, 0, (width * channels) as i32, rows as i32))?;
    let (mut grey, mut small, mut scaled) = (Mat::default(), Mat::default(), Mat::default());
    let to = size(picture);
    if channels == 3 {
        let colour = seen.reshape(3, 0)?;
        imgproc::cvt_color_def(&colour, &mut grey, imgproc::COLOR_RGB2GRAY)?;
        imgproc::resize(&grey, &mut small, to, 0.0, 0.0, imgproc::INTER_AREA)?;
    } else {
        imgproc::resize(&seen, &mut small, to, 0.0, 0.0, imgproc::INTER_AREA)?;
    }
    let limited = channels == 1 && picture.range == ColourRange::Limited;
    let (factor, black) = if limited { (255.0 / 219.0, 16.0) } else { (1.0, 0.0) };
    small.convert_to(&mut scaled, CV_32F, factor, -black * factor)?;
    plane(&scaled)
}

/// Even sides, so that they can be halved.
fn size(picture: &Picture<'_>) -> Size {
    let width = picture.width.clamp(16, WIDTH) & !1;
    let height = (f64::from(width) * f64::from(picture.height) / f64::from(picture.width)).round();
    Size::new(width as i32, (height.clamp(16.0, 1024.0) as i32) & !1)
}

/// Half as wide and high.
pub(super) fn halve(fine: &Plane) -> Result<Plane, VisionError> {
    let mut half = Mat::default();
    let to = Size::new(fine.width as i32 / 2, fine.height as i32 / 2);
    imgproc::resize(&mat(fine)?, &mut half, to, 0.0, 0.0, imgproc::INTER_AREA)?;
    plane(&half)
}

/// A plane as OpenCV sees it.
pub(super) fn mat(plane: &Plane) -> opencv::Result<opencv::boxed_ref::BoxedRef<'_, Mat>> {
    Mat::new_rows_cols_with_data(plane.height as i32, plane.width as i32, &plane.data)
}

/// What OpenCV made, as a plane.
pub(super) fn plane(mat: &Mat) -> Result<Plane, VisionError> {
    let (width, height) = (mat.cols() as usize, mat.rows() as usize);
    Ok(Plane { width, height, data: mat.data_typed::<f32>()?.to_vec() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_may_be_padded_and_the_last_one_short() {
        let (width, height, stride) = (640_usize, 480_usize, 704_usize);
        let mut data = vec![255_u8; stride * (height - 1) + width];
        for row in data.chunks_mut(stride) {
            row[..width / 2].fill(16);
            row[width / 2..width].fill(235);
        }
        let planes = [kerege_models::Plane { data: &data, stride }, Default::default(), Default::default()];
        let whole = vec![0; width * height];
        let picture = Picture::packed(PictureFormat::Gray8, 640, 480, &whole).unwrap();
        let picture = Picture { planes, range: ColourRange::Limited, ..picture };
        let small = shrink(&picture).unwrap();
        assert_eq!((small.width, small.height), (320, 240));
        assert!(
            small.data[10].abs() < 0.5 && (small.data[310] - 255.0).abs() < 0.5,
            "{} {}",
            small.data[10],
            small.data[310]
        );
        assert_eq!((halve(&small).unwrap().width, halve(&small).unwrap().height), (160, 120));
    }

    #[test]
    fn colours_become_brightness() {
        let data = [255, 255, 255].repeat(64 * 48);
        let picture = Picture::packed(PictureFormat::Rgb, 64, 48, &data).unwrap();
        assert!((shrink(&picture).unwrap().spread().0 - 255.0).abs() < 0.5);
    }

    #[test]
    fn a_picture_without_rows_is_refused() {
        let data = vec![0; 64 * 48];
        let mut picture = Picture::packed(PictureFormat::Gray8, 64, 48, &data).unwrap();
        picture.planes[0].data = &data[..10];
        assert!(shrink(&picture).is_err());
    }
}
