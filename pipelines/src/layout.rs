//! The scene laid out in the square pixels of one frame size.

use crate::GroundOptions;
use crate::ground::GroundPlane;
use crate::queue::LaneGauge;
use crate::ruler::Ruler;
use crate::rules::LaneSignals;
use kerege_contract::geometry::{polygon_contains, polygon_distance};
use kerege_contract::scene::{Forbidden, Lane, Line, Marking, Zone, ZoneKind};
use kerege_contract::{FrameSize, LineId, MarkingId, PixelPoint, RoadUserClass, Scene};

/// Everything that is drawn, where it lies in the picture.
#[derive(Debug)]
pub(crate) struct Layout {
    /// The size in which everything is computed.
    pub(crate) frame: FrameSize,
    /// The road, on a calibrated camera.
    pub(crate) plane: Option<GroundPlane>,
    /// Counting lines, in the scene's order.
    pub(crate) lines: Vec<LineShape>,
    /// Lanes, in the scene's order.
    pub(crate) lanes: Vec<LaneShape>,
    /// Markings, in the scene's order.
    pub(crate) markings: Vec<MarkingShape>,
    line_ids: Vec<LineId>,
    /// Where each lane leaves its last waiting area, pixels along its centre line; none where it has none.
    pub(crate) stops: Vec<Option<f64>>,
    /// By which signals each lane's traffic goes, in the scene's order.
    pub(crate) signals: Vec<LaneSignals>,
    /// How positions along each lane are measured.
    pub(crate) gauges: Vec<LaneGauge>,
    /// Zones, in the scene's order.
    pub(crate) zones: Vec<ZoneShape>,
}

/// A marking that must not be crossed.
#[derive(Debug, Clone)]
pub(crate) struct MarkingShape {
    pub(crate) id: MarkingId,
    pub(crate) path: Vec<PixelPoint>,
    pub(crate) forbidden: Forbidden,
}

/// A zone.
#[derive(Debug, Clone)]
pub(crate) struct ZoneShape {
    pub(crate) kind: ZoneKind,
    pub(crate) polygon: Vec<PixelPoint>,
}

impl ZoneShape {
    pub(crate) fn new(zone: &Zone, frame: FrameSize) -> Self {
        Self { kind: zone.kind, polygon: frame.pixels(&zone.polygon) }
    }

    /// Whether a contact point is in the zone.
    pub(crate) fn contains(&self, point: PixelPoint) -> bool {
        polygon_contains(&self.polygon, point)
    }

    /// How far a contact point is from the zone, square pixels; 0 inside.
    pub(crate) fn distance(&self, point: PixelPoint) -> f64 {
        polygon_distance(&self.polygon, point)
    }
}

/// A counting line.
#[derive(Debug, Clone)]
pub(crate) struct LineShape {
    pub(crate) a: PixelPoint,
    pub(crate) b: PixelPoint,
    /// Half the counting band, box heights.
    pub(crate) band: f64,
    classes: Vec<RoadUserClass>,
}

impl LineShape {
    pub(crate) fn new(line: &Line, frame: FrameSize) -> Self {
        Self { a: frame.pixel(line.a), b: frame.pixel(line.b), band: line.band, classes: line.classes.clone() }
    }

    /// A line that counts every class.
    #[cfg(test)]
    pub(crate) const fn from_parts(a: PixelPoint, b: PixelPoint, band: f64) -> Self {
        Self { a, b, band, classes: Vec::new() }
    }

    /// Whether a class is counted on it.
    pub(crate) fn counts(&self, class: RoadUserClass) -> bool {
        self.classes.is_empty() || self.classes.contains(&class)
    }
}

/// A lane.
#[derive(Debug, Clone)]
pub(crate) struct LaneShape {
    pub(crate) polygon: Vec<PixelPoint>,
    /// Its centre line, in the direction of traffic.
    pub(crate) centre: Vec<PixelPoint>,
    /// Pixels along it in metres, on a calibrated camera.
    pub(crate) ruler: Option<Ruler>,
}

/// Where a point is with respect to a lane's centre line.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct OnLane {
    /// Pixels along the centre line, in the direction of traffic.
    pub(crate) along: f64,
    /// Pixels beside it.
    pub(crate) beside: f64,
    /// Direction of traffic there, a unit vector.
    pub(crate) direction: PixelPoint,
}

impl LaneShape {
    pub(crate) fn new(lane: &Lane, frame: FrameSize, plane: Option<&GroundPlane>) -> Self {
        let centre = frame.pixels(&lane.centre);
        let ruler = plane.and_then(|plane| Ruler::new(&centre, plane));
        Self { polygon: frame.pixels(&lane.polygon), centre, ruler }
    }

    /// Whether a contact point is in the lane.
    pub(crate) fn contains(&self, point: PixelPoint) -> bool {
        polygon_contains(&self.polygon, point)
    }

    /// Length of its centre line, pixels.
    pub(crate) fn length(&self) -> f64 {
        self.centre.windows(2).map(|pair| pair[0].distance(pair[1])).sum()
    }

    /// The place so many pixels along the centre line, and the direction of traffic there.
    pub(crate) fn at(&self, along: f64) -> (PixelPoint, PixelPoint) {
        let mut rest = along.max(0.0);
        let mut found = (PixelPoint::default(), PixelPoint::default());
        for pair in self.centre.windows(2) {
            let (a, b, length) = (pair[0], pair[1], pair[0].distance(pair[1]));
            let direction = PixelPoint::new((b.x - a.x) / length, (b.y - a.y) / length);
            found = (a.toward(b, (rest / length).min(1.0)), direction);
            if rest <= length {
                break;
            }
            rest -= length;
        }
        found
    }

    /// The nearest place on the centre line.
    pub(crate) fn locate(&self, point: PixelPoint) -> OnLane {
        let mut nearest = OnLane { along: 0.0, beside: f64::INFINITY, direction: PixelPoint::new(0.0, 0.0) };
        let mut before = 0.0;
        for pair in self.centre.windows(2) {
            let (a, b) = (pair[0], pair[1]);
            let length = a.distance(b);
            let direction = PixelPoint::new((b.x - a.x) / length, (b.y - a.y) / length);
            let along = ((point.x - a.x) * direction.x + (point.y - a.y) * direction.y).clamp(0.0, length);
            let beside = point.distance(a.toward(b, along / length));
            if beside < nearest.beside {
                nearest = OnLane { along: before + along, beside, direction };
            }
            before += length;
        }
        nearest
    }
}

impl Layout {
    /// Lays a scene out for frames of a size.
    pub(crate) fn new(scene: &Scene, frame: FrameSize, options: &GroundOptions) -> Self {
        let frame = scene.true_size(frame);
        let fit = |calibration| GroundPlane::fit(calibration, frame, options.max_metres_per_pixel);
        let plane: Option<GroundPlane> = scene.calibration.as_ref().and_then(fit);
        let shape = |lane: &Lane| LaneShape::new(lane, frame, plane.as_ref());
        let lanes: Vec<LaneShape> = scene.lanes.iter().map(shape).collect();
        let zones: Vec<ZoneShape> = scene.zones.iter().map(|zone| ZoneShape::new(zone, frame)).collect();
        let waiting: Vec<Vec<PixelPoint>> =
            zones.iter().filter(|zone| zone.kind == ZoneKind::Waiting).map(|zone| zone.polygon.clone()).collect();
        let stops: Vec<Option<f64>> = lanes.iter().map(|lane| stop_of(lane, &waiting)).collect();
        let gauge = |(lane, stop): (&LaneShape, &Option<f64>)| {
            LaneGauge::new(lane, stop.unwrap_or_else(|| lane.length()), plane.as_ref())
        };
        let lines: Vec<LineShape> = scene.lines.iter().map(|line| LineShape::new(line, frame)).collect();
        Self {
            frame,
            signals: LaneSignals::of(scene, &lanes, &lines, &stops),
            gauges: lanes.iter().zip(&stops).map(gauge).collect(),
            stops,
            plane,
            markings: scene.markings.iter().map(|marking| marking_shape(marking, frame)).collect(),
            line_ids: scene.lines.iter().map(|line| line.id.clone()).collect(),
            lines,
            lanes,
            zones,
        }
    }

    /// The lane a contact point is in; where lanes overlap, the one whose centre line is nearest.
    pub(crate) fn lane_at(&self, point: PixelPoint) -> Option<usize> {
        let inside = self.lanes.iter().enumerate().filter(|(_, lane)| lane.contains(point));
        inside
            .min_by(|(_, a), (_, b)| a.locate(point).beside.total_cmp(&b.locate(point).beside))
            .map(|(index, _)| index)
    }

    /// Whether a line, by number, is one of those named.
    pub(crate) fn is_one_of(&self, line: usize, names: &[LineId]) -> bool {
        names.contains(&self.line_ids[line])
    }

    /// Whether a row may lawfully stand there.
    pub(crate) fn is_waiting(&self, point: PixelPoint) -> bool {
        self.is_in(ZoneKind::Waiting, point)
    }

    /// Whether who stands there, and came by a lane, may lawfully do so: in a waiting area, beside one on his lane
    /// (seen obliquely, a contact point lies beside the lane), or beyond the stop line of his lane, where he waits
    /// for the junction ahead to clear.
    pub(crate) fn waits(&self, lane: usize, foot: PixelPoint) -> bool {
        let shape = &self.lanes[lane];
        let along = shape.locate(foot).along;
        self.is_waiting(foot)
            || self.stops[lane].is_some_and(|stop| along >= stop || self.is_waiting(shape.at(along).0))
    }

    /// Whether nothing is looked at there.
    pub(crate) fn is_ignored(&self, point: PixelPoint) -> bool {
        self.is_in(ZoneKind::Ignore, point)
    }

    fn is_in(&self, kind: ZoneKind, point: PixelPoint) -> bool {
        self.zones.iter().any(|zone| zone.kind == kind && zone.contains(point))
    }
}

fn marking_shape(marking: &Marking, frame: FrameSize) -> MarkingShape {
    let (id, forbidden) = (marking.id.clone(), marking.forbidden);
    MarkingShape { id, path: frame.pixels(&marking.path), forbidden }
}

/// Where a lane's stop line is, pixels along its centre line: where it leaves the last waiting area
/// that it runs through; none where it runs through none.
fn stop_of(lane: &LaneShape, waiting: &[Vec<PixelPoint>]) -> Option<f64> {
    let mut along = lane.length();
    while along > 0.0 {
        let place = lane.at(along).0;
        if waiting.iter().any(|zone| polygon_contains(zone, place)) {
            return Some(along);
        }
        along -= 1.0;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stop_line_is_the_end_of_the_waiting_area_or_of_the_lane() {
        let p = PixelPoint::new;
        let centre = vec![p(0.0, 0.0), p(0.0, 50.0), p(80.0, 50.0)];
        let lane = LaneShape { polygon: Vec::new(), centre, ruler: None };
        assert_eq!((lane.length(), lane.at(90.0)), (130.0, (p(40.0, 50.0), p(1.0, 0.0))));
        assert_eq!(stop_of(&lane, &[]), None);
        let zone = vec![p(20.0, 40.0), p(60.5, 40.0), p(60.5, 60.0), p(20.0, 60.0)];
        assert_eq!(stop_of(&lane, &[zone]), Some(110.0));
    }

    #[test]
    fn locates_along_a_bent_centre_line() {
        let p = PixelPoint::new;
        let lane = LaneShape {
            polygon: vec![p(0.0, 0.0), p(120.0, 0.0), p(120.0, 120.0), p(0.0, 120.0)],
            centre: vec![p(0.0, 100.0), p(100.0, 100.0), p(100.0, 0.0)],
            ruler: None,
        };
        let first = lane.locate(p(40.0, 110.0));
        assert_eq!((first.along, first.beside, first.direction), (40.0, 10.0, p(1.0, 0.0)));
        let second = lane.locate(p(105.0, 30.0));
        assert_eq!((second.along, second.beside, second.direction), (170.0, 5.0, p(0.0, -1.0)));
        assert_eq!(lane.locate(p(-20.0, 100.0)).along, 0.0);
        assert!(lane.contains(p(40.0, 110.0)) && !lane.contains(p(130.0, 10.0)));
    }
}
