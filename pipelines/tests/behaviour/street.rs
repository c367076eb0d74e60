//! A street seen by a pinhole camera: road users with known ways, and what a detector makes of them.
//!
//! Ground coordinates are metres: x to the right, y away from the camera. The camera hangs over
//! x = 0, y = 0 and looks along y, a little downward.

use crate::rng::Rng;
use kerege_contract::{Detection, FrameBox, FrameSize, RoadUserClass};

/// The camera: where a point of the world is in the picture.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pinhole {
    pub(crate) size: FrameSize,
    pub(crate) focal: f64,
    pub(crate) height_m: f64,
    pub(crate) pitch_deg: f64,
}

impl Default for Pinhole {
    fn default() -> Self {
        Self { size: FrameSize::new(1280, 720), focal: 1000.0, height_m: 8.0, pitch_deg: 18.0 }
    }
}

impl Pinhole {
    /// 0..1 of the frame (and beyond it), or none behind the camera.
    pub(crate) fn project(&self, x: f64, y: f64, z: f64) -> Option<[f64; 2]> {
        let (sin, cos) = self.pitch_deg.to_radians().sin_cos();
        let down = self.height_m - z;
        let depth = y * cos + down * sin;
        let lower = down * cos - y * sin;
        (depth > 0.5).then(|| {
            [
                0.5 + self.focal * x / depth / self.size.square_width(),
                0.5 + self.focal * lower / depth / f64::from(self.size.height),
            ]
        })
    }

    /// A ground point for a scene's text, `[0.1234, 0.5678]`, held within the picture.
    pub(crate) fn point(&self, x: f64, y: f64) -> String {
        let [u, v] = self.project(x, y, 0.0).unwrap();
        format!("[{:.5}, {:.5}]", u.clamp(0.0, 1.0), v.clamp(0.0, 1.0))
    }

    /// A rectangle on the ground for a scene's text.
    pub(crate) fn rectangle(&self, x1: f64, y1: f64, x2: f64, y2: f64) -> String {
        let corners = [(x1, y1), (x2, y1), (x2, y2), (x1, y2)].map(|(x, y)| self.point(x, y));
        format!("[{}]", corners.join(", "))
    }

    /// The whole box of a cuboid standing on the road, 0..1 and beyond; none behind the camera.
    fn cuboid(&self, place: &Place, body: Body) -> Option<[f64; 4]> {
        let (sin, cos) = place.heading.sin_cos();
        let mut bounds = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];
        for along in [-0.5, 0.5] {
            for across in [-0.5, 0.5] {
                for z in [0.0, body.height] {
                    let (l, w) = (along * body.length, across * body.width);
                    let [u, v] = self.project(place.x + l * cos - w * sin, place.y + l * sin + w * cos, z)?;
                    bounds = [bounds[0].min(u), bounds[1].min(v), bounds[2].max(u), bounds[3].max(v)];
                }
            }
        }
        Some(bounds)
    }
}

/// Length, width and height in metres.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Body {
    pub(crate) length: f64,
    pub(crate) width: f64,
    pub(crate) height: f64,
}

impl Body {
    pub(crate) fn of(class: RoadUserClass) -> Self {
        let (length, width, height) = match class {
            RoadUserClass::Bus => (12.0, 2.5, 3.1),
            RoadUserClass::Truck => (9.0, 2.5, 3.4),
            RoadUserClass::Van => (5.6, 2.0, 2.4),
            RoadUserClass::Bicycle | RoadUserClass::Motorcycle => (1.9, 0.6, 1.7),
            RoadUserClass::Person => (0.5, 0.5, 1.75),
            RoadUserClass::Car | RoadUserClass::Vehicle => (4.5, 1.8, 1.5),
        };
        Self { length, width, height }
    }
}

/// Where a road user is on the ground, and where it heads (radians from the x axis).
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    pub(crate) x: f64,
    pub(crate) y: f64,
    pub(crate) heading: f64,
}

/// A road user that goes from fix to fix in straight stretches; it is there from the first to the last.
#[derive(Debug, Clone)]
pub(crate) struct Actor {
    pub(crate) class: RoadUserClass,
    pub(crate) body: Body,
    /// Seconds, x, y.
    pub(crate) way: Vec<[f64; 3]>,
    /// Shaking of its box, share of its size, on top of the detector's.
    pub(crate) shake: f64,
}

impl Actor {
    pub(crate) fn new(class: RoadUserClass, way: &[[f64; 3]]) -> Self {
        Self { class, body: Body::of(class), way: way.to_vec(), shake: 0.0 }
    }

    /// Drives straight from one place to another at a speed.
    pub(crate) fn drive(class: RoadUserClass, start_s: f64, from: [f64; 2], to: [f64; 2], kmh: f64) -> Self {
        let seconds = (to[0] - from[0]).hypot(to[1] - from[1]) / (kmh / 3.6);
        Self::new(class, &[[start_s, from[0], from[1]], [start_s + seconds, to[0], to[1]]])
    }

    /// Where it is at a time.
    pub(crate) fn place(&self, t: f64) -> Option<Place> {
        let index = self.way.windows(2).position(|pair| t >= pair[0][0] && t <= pair[1][0])?;
        let (a, b) = (self.way[index], self.way[index + 1]);
        let share = (t - a[0]) / (b[0] - a[0]).max(1e-9);
        // While it stands it keeps the heading of the stretch on which it came, or will go.
        let moving = |pair: &&[[f64; 3]]| (pair[1][1] - pair[0][1]).hypot(pair[1][2] - pair[0][2]) > 1e-6;
        let stretch = self.way[..index + 2].windows(2).rev().find(moving).or_else(|| self.way.windows(2).find(moving));
        let heading = stretch.map_or(0.0, |pair| (pair[1][2] - pair[0][2]).atan2(pair[1][1] - pair[0][1]));
        Some(Place { x: a[1] + (b[1] - a[1]) * share, y: a[2] + (b[2] - a[2]) * share, heading })
    }
}

/// What a detector adds to the truth.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Detector {
    /// Error of each side of a box, share of the box's size (one standard deviation).
    pub(crate) noise: f64,
    /// Share of road users that are missed in a frame.
    pub(crate) missed: f64,
    /// Boxes of nothing, per frame.
    pub(crate) false_boxes: f64,
    /// Share of frames in which a bus is called a truck or a car a van.
    pub(crate) flips: f64,
    /// More of a box than this hidden by nearer ones, and it is not seen.
    pub(crate) hidden: f64,
}

impl Detector {
    pub(crate) const PERFECT: Self = Self { noise: 0.0, missed: 0.0, false_boxes: 0.0, flips: 0.0, hidden: 0.6 };
    pub(crate) const USUAL: Self = Self { noise: 0.02, missed: 0.05, false_boxes: 0.05, flips: 0.1, hidden: 0.6 };

    /// What it sees at a time.
    pub(crate) fn see(&self, camera: &Pinhole, actors: &[Actor], t: f64, rng: &mut Rng) -> Vec<Detection> {
        let mut seen: Vec<(&Actor, f64, [f64; 4])> = actors
            .iter()
            .filter_map(|actor| {
                let place = actor.place(t)?;
                Some((actor, place.y, camera.cuboid(&place, actor.body)?))
            })
            .collect();
        seen.sort_by(|a, b| a.1.total_cmp(&b.1));
        let mut detections = Vec::new();
        for (index, (actor, _, whole)) in seen.iter().enumerate() {
            let nearer = seen[..index].iter().map(|(_, _, other)| shared(*whole, *other) / area(*whole));
            let covered = nearer.fold(0.0, f64::max);
            let visible = whole.map(|edge| edge.clamp(0.0, 1.0));
            if covered > self.hidden || area(visible) < 0.15 * area(*whole) || rng.chance(self.missed) {
                continue;
            }
            let error = self.noise.hypot(actor.shake);
            let (width, height) = (visible[2] - visible[0], visible[3] - visible[1]);
            let moved =
                |edge: f64, size: f64, rng: &mut Rng| (edge + error * size * rng.normal()).clamp(0.0, 1.0) as f32;
            let bbox = FrameBox {
                x1: moved(visible[0], width, rng),
                y1: moved(visible[1], height, rng),
                x2: moved(visible[2], width, rng),
                y2: moved(visible[3], height, rng),
            };
            let class = if rng.chance(self.flips) { flipped(actor.class) } else { actor.class };
            detections.push(Detection { class, score: rng.between(0.5, 0.95) as f32, bbox });
        }
        if rng.chance(self.false_boxes) {
            let (x, y) = (rng.between(0.0, 0.9) as f32, rng.between(0.0, 0.9) as f32);
            let bbox = FrameBox { x1: x, y1: y, x2: x + 0.06, y2: y + 0.07 };
            detections.push(Detection { class: RoadUserClass::Car, score: 0.55, bbox });
        }
        detections
    }
}

fn flipped(class: RoadUserClass) -> RoadUserClass {
    match class {
        RoadUserClass::Bus => RoadUserClass::Truck,
        RoadUserClass::Truck => RoadUserClass::Bus,
        RoadUserClass::Car => RoadUserClass::Van,
        RoadUserClass::Van => RoadUserClass::Car,
        other => other,
    }
}

fn area(b: [f64; 4]) -> f64 {
    (b[2] - b[0]).max(0.0) * (b[3] - b[1]).max(0.0)
}

fn shared(a: [f64; 4], b: [f64; 4]) -> f64 {
    area([a[0].max(b[0]), a[1].max(b[1]), a[2].min(b[2]), a[3].min(b[3])])
}
