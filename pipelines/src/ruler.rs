//! How far along a lane things are in metres, where the ground plane holds.

use crate::ground::GroundPlane;
use kerege_contract::PixelPoint;

/// Stretches into which a centre line is cut.
const STRETCHES: u32 = 48;

/// Pixels along a centre line, in metres.
#[derive(Debug, Clone)]
pub(crate) struct Ruler {
    /// Pixels and metres along, of points where the plane holds; both rise.
    marks: Vec<(f64, f64)>,
}

impl Ruler {
    /// For a centre line; none when less than two of its points lie where the plane holds.
    pub(crate) fn new(centre: &[PixelPoint], plane: &GroundPlane) -> Option<Self> {
        let total: f64 = centre.windows(2).map(|pair| pair[0].distance(pair[1])).sum();
        let mut marks: Vec<(f64, f64)> = Vec::new();
        let mut last: Option<PixelPoint> = None;
        for number in 0..=STRETCHES {
            let along = total * f64::from(number) / f64::from(STRETCHES);
            let Some(road) = plane.far(at(centre, along)) else {
                // Beyond a hole distances no longer add up.
                if marks.len() >= 2 {
                    break;
                }
                marks.clear();
                last = None;
                continue;
            };
            let before = marks.last().map_or(0.0, |mark| mark.1);
            marks.push((along, before + last.map_or(0.0, |last| last.distance(road))));
            last = Some(road);
        }
        (marks.len() >= 2).then_some(Self { marks })
    }

    /// Metres along from where the plane begins to hold; none where it does not.
    pub(crate) fn metres(&self, along: f64) -> Option<f64> {
        let (first, last) = (self.marks.first()?, self.marks.last()?);
        if along < first.0 || along > last.0 {
            return None;
        }
        let next = self.marks.partition_point(|mark| mark.0 < along).clamp(1, self.marks.len() - 1);
        let (a, b) = (self.marks[next - 1], self.marks[next]);
        Some(a.1 + (b.1 - a.1) * (along - a.0) / (b.0 - a.0))
    }

    /// Metres from where the plane begins to hold to where it ceases.
    pub(crate) fn length(&self) -> f64 {
        self.marks.last().map_or(0.0, |mark| mark.1)
    }
}

/// The point some pixels along a line.
fn at(line: &[PixelPoint], along: f64) -> PixelPoint {
    let mut before = 0.0;
    for pair in line.windows(2) {
        let length = pair[0].distance(pair[1]);
        if along <= before + length {
            return pair[0].toward(pair[1], if length > 0.0 { (along - before) / length } else { 0.0 });
        }
        before += length;
    }
    line.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use kerege_contract::scene::{Calibration, CalibrationPoint, RoadUnit};
    use kerege_contract::{FramePoint, FrameSize};

    #[test]
    fn pixels_become_metres_where_the_plane_holds() {
        let frame = FrameSize::new(1000, 1000);
        let corner =
            |x: f64, y: f64| CalibrationPoint { image: FramePoint { x, y }, road: [20.0 * x, 50.0 * (1.0 - y)] };
        let points = vec![corner(0.2, 0.2), corner(0.8, 0.2), corner(0.8, 0.8), corner(0.2, 0.8)];
        let undrawn = Calibration { unit: RoadUnit::Metres, points: points.clone(), valid: Vec::new() };
        let valid = points.iter().map(|point| point.image).collect();
        let calibration = Calibration { unit: RoadUnit::Metres, points, valid };
        let plane = GroundPlane::fit(&calibration, frame, 10.0).unwrap();
        // From below the valid polygon up through it and out: 100..900 px, of which 200..800 hold.
        let centre = [PixelPoint::new(500.0, 900.0), PixelPoint::new(500.0, 100.0)];
        let ruler = Ruler::new(&centre, &plane).unwrap();
        assert!((ruler.length() - 30.0).abs() < 1.7, "{}", ruler.length());
        let (near, far) = (ruler.metres(200.0).unwrap(), ruler.metres(600.0).unwrap());
        assert!((far - near - 20.0).abs() < 1e-6, "{near} {far}");
        assert_eq!((ruler.metres(20.0), ruler.metres(790.0)), (None, None));
        assert!(Ruler::new(&[PixelPoint::new(0.0, 0.0), PixelPoint::new(100.0, 0.0)], &plane).is_none());
        // Where nobody drew how far it holds, a queue is measured as far as pixels are fine enough.
        let plane = GroundPlane::fit(&undrawn, frame, 10.0).unwrap();
        assert!((Ruler::new(&centre, &plane).unwrap().length() - 40.0).abs() < 0.1);
    }
}
