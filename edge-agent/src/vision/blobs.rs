//! Pixels that hang together.

use super::VisionError;
use opencv::core::{CV_8U, CV_32S, Mat, MatTraitConst, Point, Scalar, Size};
use opencv::imgproc::{self, CC_STAT_AREA, CC_STAT_HEIGHT, CC_STAT_LEFT, CC_STAT_TOP, CC_STAT_WIDTH};

/// Some pixels that hang together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Blob {
    /// Left, top, right and bottom, pixels; the last two are the first outside.
    pub(super) edges: [usize; 4],
    pub(super) pixels: i32,
}

/// The blobs of a mask, row by row, in which anything but zero is set. Gaps of a pixel are closed.
pub(super) fn blobs(mask: &[u8], width: usize, height: usize) -> Result<Vec<Blob>, VisionError> {
    let mask = Mat::new_rows_cols_with_data(height as i32, width as i32, mask)?;
    let kernel = Mat::new_size_with_default(Size::new(3, 3), CV_8U, Scalar::all(1.0))?;
    let mut closed = Mat::default();
    let (centre, border) = (Point::new(-1, -1), imgproc::morphology_default_border_value()?);
    imgproc::morphology_ex(&mask, &mut closed, imgproc::MORPH_CLOSE, &kernel, centre, 1, 0, border)?;
    let (mut labels, mut stats, mut centres) = (Mat::default(), Mat::default(), Mat::default());
    let count = imgproc::connected_components_with_stats(&closed, &mut labels, &mut stats, &mut centres, 8, CV_32S)?;
    let blob = |label: i32| {
        let figure = |column: i32| -> opencv::Result<usize> {
            Ok(usize::try_from(*stats.at_2d::<i32>(label, column)?).unwrap_or_default())
        };
        let (x, y) = (figure(CC_STAT_LEFT)?, figure(CC_STAT_TOP)?);
        let edges = [x, y, x + figure(CC_STAT_WIDTH)?, y + figure(CC_STAT_HEIGHT)?];
        Ok(Blob { edges, pixels: *stats.at_2d::<i32>(label, CC_STAT_AREA)? })
    };
    // The first is what is not set.
    (1..count).map(blob).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_hangs_together_is_one() {
        let mut mask = vec![0_u8; 20 * 10];
        for (x, y) in [(2, 2), (3, 2), (5, 2), (3, 3), (15, 6), (16, 7)] {
            mask[y * 20 + x] = 255;
        }
        let mut found = blobs(&mask, 20, 10).unwrap();
        found.sort_by_key(|blob| blob.edges);
        assert_eq!(found.len(), 2, "{found:?}");
        assert_eq!((found[0].edges, found[1].edges), ([2, 2, 6, 4], [15, 6, 17, 8]));
        assert!(blobs(&[0; 200], 20, 10).unwrap().is_empty());
    }
}
