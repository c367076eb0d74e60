//! Which parts of the picture known road users cover: there the view says nothing of the camera.

use super::plane::{ACROSS, CELLS, DOWN};
use kerege_contract::Detection;

/// A box covers somewhat more than it shows: shadows, and what the model missed of it.
const MARGIN: f32 = 0.15;

/// The box of a detection with its margin, 0..1.
pub(super) fn margin(detection: &Detection) -> [f32; 4] {
    let [x1, y1, x2, y2] = <[f32; 4]>::from(detection.bbox);
    let (dx, dy) = (MARGIN * (x2 - x1).max(0.0), MARGIN * (y2 - y1).max(0.0));
    [x1 - dx, y1 - dy, x2 + dx, y2 + dy]
}

/// The cells of which road users cover more than a half, by number.
pub(super) fn cells(detections: &[Detection]) -> [bool; CELLS] {
    let boxes: Vec<[f32; 4]> = detections.iter().map(margin).collect();
    std::array::from_fn(|number| {
        let (column, row) = ((number % ACROSS) as f32, (number / ACROSS) as f32);
        let (width, height) = (1.0 / ACROSS as f32, 1.0 / DOWN as f32);
        // A raster of points is enough: boxes overlap, and their areas must not be added up.
        let points = (0..16_u8).filter(|point| {
            let x = (column + (f32::from(point % 4) + 0.5) / 4.0) * width;
            let y = (row + (f32::from(point / 4) + 0.5) / 4.0) * height;
            boxes.iter().any(|[x1, y1, x2, y2]| (*x1..=*x2).contains(&x) && (*y1..=*y2).contains(&y))
        });
        points.count() > 8
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use kerege_contract::RoadUserClass;

    #[test]
    fn a_bus_covers_the_cells_it_fills() {
        let bus = Detection { class: RoadUserClass::Bus, score: 0.8, bbox: [0.0, 0.0, 0.4, 1.0].into() };
        let covered = cells(&[bus]);
        assert!(covered[0] && covered[2] && !covered[4] && covered[ACROSS] && !covered[ACROSS - 1]);
        assert_eq!(cells(&[]), [false; CELLS]);
    }
}
