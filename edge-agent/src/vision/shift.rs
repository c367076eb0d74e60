//! By how much one view is shifted against another.

use super::VisionError;
use super::plane::Plane;
use super::small::mat;
use opencv::core::{CV_32F, Mat, MatTraitConst, Size};
use opencv::imgproc;

/// Measures shifts between planes of one size.
#[derive(Debug, Default)]
pub(super) struct Shifts {
    /// Fades the picture's rim out, which would else be its strongest edge.
    window: Mat,
}

impl Shifts {
    /// The most likely shift from one plane to another, whole pixels across and down: what lies at a place
    /// in the first lies there plus the shift in the second. Says nothing of how likely it is.
    pub(super) fn between(&mut self, first: &Plane, second: &Plane) -> Result<[i32; 2], VisionError> {
        let size = Size::new(first.width as i32, first.height as i32);
        if (self.window.cols(), self.window.rows()) != (size.width, size.height) {
            imgproc::create_hanning_window(&mut self.window, size, CV_32F)?;
        }
        // OpenCV 4.6 multiplies the window into what it is given, so it is given copies.
        let (first, second) = (mat(first)?.try_clone()?, mat(second)?.try_clone()?);
        let shift = imgproc::phase_correlate(&first, &second, &self.window, None)?;
        Ok([shift.x.round() as i32, shift.y.round() as i32])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shift_is_measured_with_its_sign() {
        // Tiles of every level, so that no place looks like another.
        let at = |x: i32, y: i32| ((x / 5 * 7919 + y / 4 * 104_729 + (x / 5) * (y / 4) * 31) % 251) as f32;
        let drawn = |dx: i32, dy: i32| {
            let places = (0..90).flat_map(|y| (0..160).map(move |x| (x - dx + 100, y - dy + 100)));
            Plane { width: 160, height: 90, data: places.map(|(x, y)| at(x, y)).collect() }
        };
        let mut shifts = Shifts::default();
        assert_eq!(shifts.between(&drawn(0, 0), &drawn(12, -5)).unwrap(), [12, -5]);
        assert_eq!(shifts.between(&drawn(3, 2), &drawn(3, 2)).unwrap(), [0, 0]);
    }
}
