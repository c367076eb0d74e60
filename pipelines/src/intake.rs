//! From a model's detections to sightings in square pixels: what cannot be is dropped, what lies in
//! an ignored zone is not looked at, and a vehicle seen twice (as a bus and as a truck) is one.

use crate::layout::Layout;
use crate::track::{Edges, Sighting};
use crate::{TrackId, Tracked};
use kerege_contract::{Detection, RoadUserClass};

/// Boxes of vehicles that overlap more than this (IoU) are the same vehicle.
const SAME_IOU: f64 = 0.75;
/// Smallest side of a box that is looked at, square pixels.
const MIN_SIDE: f64 = 2.0;

/// What was seen in one frame.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Seen<'s> {
    /// As a model gives it.
    Detections(&'s [Detection]),
    /// With the road users known.
    Tracked(&'s [Tracked]),
}

/// Fills `sightings` and `names` (cleared first) with the known road users of a frame, each once.
pub(crate) fn take_tracked(
    tracked: &[Tracked],
    layout: &Layout,
    sightings: &mut Vec<Sighting>,
    names: &mut Vec<TrackId>,
) {
    sightings.clear();
    names.clear();
    for one in tracked {
        if let Some(sighting) = sighting(&one.detection, layout, 0.0)
            && !names.contains(&one.track)
        {
            sightings.push(sighting);
            names.push(one.track);
        }
    }
}

/// Fills `sightings` (cleared first) with what can be tracked, the most certain first.
pub(crate) fn take(detections: &[Detection], layout: &Layout, least_score: f32, sightings: &mut Vec<Sighting>) {
    sightings.clear();
    sightings.extend(detections.iter().filter_map(|detection| sighting(detection, layout, least_score)));
    sightings.sort_by(|a, b| b.score.total_cmp(&a.score));
    let mut kept = 0;
    for index in 0..sightings.len() {
        let candidate = sightings[index];
        if !sightings[..kept].iter().any(|other| same_vehicle(other, &candidate)) {
            sightings[kept] = candidate;
            kept += 1;
        }
    }
    sightings.truncate(kept);
}

fn sighting(detection: &Detection, layout: &Layout, least_score: f32) -> Option<Sighting> {
    let edges = <[f32; 4]>::from(detection.bbox);
    if !edges.iter().all(|edge| edge.is_finite()) || !detection.score.is_finite() || detection.score < least_score {
        return None;
    }
    let [x1, y1, x2, y2] = edges.map(|edge| edge.clamp(0.0, 1.0));
    let frame_box = [x1, y1, x2, y2].into();
    let bbox = layout.frame.pixel_box(frame_box);
    let large = bbox.width() >= MIN_SIDE && bbox.height() >= MIN_SIDE;
    (large && !layout.is_ignored(bbox.anchor())).then(|| Sighting {
        frame_box,
        bbox,
        edges: Edges::touched(bbox, layout.frame),
        class: detection.class,
        score: detection.score,
    })
}

fn same_vehicle(a: &Sighting, b: &Sighting) -> bool {
    let person = |sighting: &Sighting| sighting.class == RoadUserClass::Person;
    person(a) == person(b) && a.bbox.iou(b.bbox) > SAME_IOU
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::GroundOptions;
    use kerege_contract::{FrameSize, Scene};

    fn detection(class: RoadUserClass, score: f32, bbox: [f32; 4]) -> Detection {
        Detection { class, score, bbox: bbox.into() }
    }

    fn taken(detections: &[Detection]) -> Vec<(RoadUserClass, f32)> {
        let scene = Scene::from_toml(
            "v = 1\n[[zone]]\nid = 'sign'\nkind = 'ignore'\npolygon = [[0.8, 0.0], [1.0, 0.0], [1.0, 0.3], [0.8, 0.3]]",
        )
        .unwrap();
        let layout = Layout::new(&scene, FrameSize::new(640, 360), &GroundOptions::default());
        let mut sightings = Vec::new();
        take(detections, &layout, 0.1, &mut sightings);
        sightings.iter().map(|sighting| (sighting.class, sighting.score)).collect()
    }

    #[test]
    fn one_vehicle_of_two_classes_is_one() {
        let bus = detection(RoadUserClass::Bus, 0.5, [0.2, 0.2, 0.4, 0.5]);
        let truck = detection(RoadUserClass::Truck, 0.7, [0.2, 0.21, 0.4, 0.5]);
        let passenger = detection(RoadUserClass::Person, 0.6, [0.2, 0.2, 0.4, 0.5]);
        assert_eq!(taken(&[bus, truck, passenger]), [(RoadUserClass::Truck, 0.7), (RoadUserClass::Person, 0.6)]);
    }

    #[test]
    fn impossible_faint_and_ignored_boxes_are_dropped() {
        let car = RoadUserClass::Car;
        assert_eq!(
            taken(&[
                detection(car, 0.9, [f32::NAN, 0.2, 0.4, 0.5]),
                detection(car, f32::NAN, [0.2, 0.2, 0.4, 0.5]),
                detection(car, 0.05, [0.2, 0.2, 0.4, 0.5]),
                detection(car, 0.9, [0.4, 0.5, 0.2, 0.2]),
                detection(car, 0.9, [0.85, 0.1, 0.95, 0.2]),
                detection(car, 0.9, [-0.2, 0.5, 0.2, 1.7]),
            ]),
            [(car, 0.9)]
        );
    }
}
