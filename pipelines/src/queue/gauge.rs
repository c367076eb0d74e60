//! The scale of a lane: where along it something is, in metres where the ground plane reaches, else
//! in pixels; and where its stop line is.

use crate::ground::{GroundPlane, Size};
use crate::layout::LaneShape;
use kerege_contract::{PixelPoint, RoadUserClass};

/// Distance between the marks of a scale, pixels.
const SPACING_PX: f64 = 6.0;
/// Farther away than where a pixel is so many metres, no length is claimed.
const MAX_METRES_PER_PIXEL: f64 = 1.0;

/// From rear to front along a lane, in its unit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Span {
    pub(crate) rear: f64,
    pub(crate) front: f64,
}

/// A mark of the scale.
#[derive(Debug, Clone, Copy)]
struct Mark {
    along_px: f64,
    along_m: f64,
    /// Direction of the lane on the road times that of the view: 1 leads away from the camera.
    away: f64,
}

/// How positions along one lane are measured.
#[derive(Debug, Clone)]
pub(crate) struct LaneGauge {
    /// Along the centre line, in its direction; empty without a ground plane.
    marks: Vec<Mark>,
    length_px: f64,
    stop: f64,
}

impl LaneGauge {
    /// The scale of a lane, which ends at `stop_px` along its centre line.
    pub(crate) fn new(lane: &LaneShape, stop_px: f64, plane: Option<&GroundPlane>) -> Self {
        let length_px = lane.length();
        let marks = plane.map(|plane| marks(lane, length_px, plane)).unwrap_or_default();
        let mut gauge = Self { marks, length_px, stop: stop_px };
        if !gauge.marks.is_empty() {
            gauge.stop = gauge.metres(stop_px);
        }
        gauge
    }

    /// A lane without a scale.
    #[cfg(test)]
    pub(crate) const fn plain(length_px: f64, stop: f64) -> Self {
        Self { marks: Vec::new(), length_px, stop }
    }

    /// Where its stop line is, in its unit.
    pub(crate) const fn stop(&self) -> f64 {
        self.stop
    }

    /// Its length in its unit.
    pub(crate) fn extent(&self) -> f64 {
        self.length_m().unwrap_or(self.length_px)
    }

    /// Its length as far as the scale reaches, metres; none without a ground plane.
    pub(crate) fn length_m(&self) -> Option<f64> {
        self.marks.last().map(|mark| mark.along_m).filter(|length| *length > 0.0)
    }

    /// The span of a road user whose contact point lies `along_px` along the centre line and whose
    /// box is `own_px` long in its direction; none beyond the scale's reach.
    pub(crate) fn span(&self, class: RoadUserClass, along_px: f64, own_px: f64) -> Option<Span> {
        let (Some(first), Some(last)) = (self.marks.first(), self.marks.last()) else {
            return Some(Span { rear: along_px - own_px / 2.0, front: along_px + own_px / 2.0 });
        };
        if along_px < first.along_px - SPACING_PX || along_px > last.along_px + SPACING_PX {
            return None;
        }
        let (along_m, away) = self.interpolated(along_px);
        let size = Size::of(class);
        let depth = f64::midpoint(size.length * away.abs(), size.width * (1.0 - away * away).max(0.0).sqrt());
        let (middle, half) = (along_m + depth * away, size.length / 2.0);
        Some(Span { rear: middle - half, front: middle + half })
    }

    /// Metres along the lane at some pixels along it.
    fn metres(&self, along_px: f64) -> f64 {
        self.interpolated(along_px).0
    }

    fn interpolated(&self, along_px: f64) -> (f64, f64) {
        let next = self.marks.partition_point(|mark| mark.along_px < along_px).clamp(1, self.marks.len() - 1);
        let (a, b) = (self.marks[next - 1], self.marks[next]);
        let share = ((along_px - a.along_px) / (b.along_px - a.along_px)).clamp(0.0, 1.0);
        (a.along_m + share * (b.along_m - a.along_m), a.away + share * (b.away - a.away))
    }

    /// Pixels along the centre line of a position in the lane's unit.
    pub(crate) fn pixels(&self, along: f64) -> f64 {
        if self.marks.is_empty() {
            return along;
        }
        let next = self.marks.partition_point(|mark| mark.along_m < along).clamp(1, self.marks.len() - 1);
        let (a, b) = (self.marks[next - 1], self.marks[next]);
        let share = ((along - a.along_m) / (b.along_m - a.along_m)).clamp(0.0, 1.0);
        a.along_px + share * (b.along_px - a.along_px)
    }
}

/// Marks along the longest stretch of the centre line that the ground plane reaches; none when that
/// is no stretch.
fn marks(lane: &LaneShape, length_px: f64, plane: &GroundPlane) -> Vec<Mark> {
    let steps = (length_px / SPACING_PX).ceil().max(1.0);
    let (mut best, mut run): (Vec<Mark>, Vec<Mark>) = (Vec::new(), Vec::new());
    let mut before: Option<PixelPoint> = None;
    let mut step = 0.0;
    while step <= steps {
        let along_px = length_px * step / steps;
        let (point, direction) = lane.at(along_px);
        step += 1.0;
        let Some(road) = plane.reach(point, MAX_METRES_PER_PIXEL) else {
            best = longer(best, std::mem::take(&mut run));
            before = None;
            continue;
        };
        let on = plane.vector(point, direction);
        let (view, length) = (plane.view(road), on.distance(PixelPoint::default()).max(f64::MIN_POSITIVE));
        let along_m = run.last().map_or(0.0, |mark| mark.along_m) + before.map_or(0.0, |place| place.distance(road));
        run.push(Mark { along_px, along_m, away: (on.x * view.x + on.y * view.y) / length });
        before = Some(road);
    }
    best = longer(best, run);
    if best.len() < 2 { Vec::new() } else { best }
}

fn longer(a: Vec<Mark>, b: Vec<Mark>) -> Vec<Mark> {
    if b.len() > a.len() { b } else { a }
}
