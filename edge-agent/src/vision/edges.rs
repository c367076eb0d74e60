//! How much contrast there is where in a small picture, whatever its exposure.

use super::VisionError;
use super::plane::{CELLS, Plane};
use super::small::{halve, mat, plane};
use opencv::core::{self, BORDER_DEFAULT, CV_32F, Mat, Size};
use opencv::imgproc;

/// Contrasts are told as for a picture of this mean brightness; to the mean of each this much is added, so
/// that a black one has none.
const MEAN: f64 = 128.0;
const BLACK: f64 = 16.0;
/// A Sobel operator adds up eight differences.
const SOBEL: f64 = 1.0 / 8.0;

/// What one look measures.
#[derive(Debug, Clone)]
pub(super) struct Edges {
    /// Mean brightness and its standard deviation, grey levels.
    pub(super) brightness: f64,
    pub(super) spread: f64,
    /// Mean slope in each cell, grey levels a pixel as if the picture's mean were 128: at full (320) and at
    /// half width, where noise has gone but what lies out of focus has not.
    pub(super) fine: [f32; CELLS],
    pub(super) coarse: [f32; CELLS],
    /// The slopes at half width, smoothed.
    pub(super) slopes: Plane,
}

impl Edges {
    /// Measures a small picture.
    pub(super) fn of(small: &Plane) -> Result<Self, VisionError> {
        let (brightness, spread) = small.spread();
        let factor = SOBEL * MEAN / (brightness + BLACK);
        let half = halve(small)?;
        let coarse = slopes(&half, factor)?;
        let mut smooth = Mat::default();
        imgproc::gaussian_blur_def(&mat(&coarse)?, &mut smooth, Size::new(5, 5), 1.2)?;
        Ok(Self {
            brightness,
            spread,
            fine: means(&slopes(small, factor)?),
            coarse: means(&coarse),
            slopes: plane(&smooth)?,
        })
    }

    /// How much brightness spreads, as a share of its mean.
    pub(super) fn relative_spread(&self) -> f64 {
        self.spread / (self.brightness + BLACK)
    }
}

/// The slope at each pixel, whatever its direction.
fn slopes(grey: &Plane, factor: f64) -> Result<Plane, VisionError> {
    let (mut x, mut y, mut both) = (Mat::default(), Mat::default(), Mat::default());
    let grey = mat(grey)?;
    imgproc::sobel(&grey, &mut x, CV_32F, 1, 0, 3, factor, 0.0, BORDER_DEFAULT)?;
    imgproc::sobel(&grey, &mut y, CV_32F, 0, 1, 3, factor, 0.0, BORDER_DEFAULT)?;
    core::magnitude(&x, &y, &mut both)?;
    plane(&both)
}

fn means(slopes: &Plane) -> [f32; CELLS] {
    std::array::from_fn(|cell| slopes.mean(cell))
}
