//! Drawn traffic with exact truth: coloured vehicles moving over a grey road, seen from above.
//!
//! The road runs up and down the picture. Lane `S` (left) leads down, lane `N` (right) leads up; the
//! line `L` lies across both, so that going down is `forward` and going up is `backward`. Every
//! actor follows straight pieces between keyframes, so counts and incidents are known exactly.

use kerege_contract::fact::Direction;
use kerege_contract::{RoadUserClass, Scene};
use kerege_tiny_onnx::Paint;
use std::collections::BTreeMap;

/// Width of the drawn picture, pixels.
pub const WIDTH: u32 = 640;
/// Height of the drawn picture, pixels.
pub const HEIGHT: u32 = 360;
/// Frames per second.
pub const FPS: u32 = 10;
/// Where the line lies, pixels from the top.
pub const LINE_Y: f64 = 180.0;

/// The scene that belongs to the drawn road.
pub const SCENE: &str = r#"v = 1
geo = [74.5698, 42.8746]

[[line]]
id = "L"
a = [0.20, 0.50]
b = [0.80, 0.50]
forward = "southbound"
backward = "northbound"

[[lane]]
id = "S"
polygon = [[0.25, 0.0], [0.50, 0.0], [0.50, 1.0], [0.25, 1.0]]
centre = [[0.375, 0.0], [0.375, 1.0]]

[[lane]]
id = "N"
polygon = [[0.50, 0.0], [0.75, 0.0], [0.75, 1.0], [0.50, 1.0]]
centre = [[0.625, 1.0], [0.625, 0.0]]

[[rule]]
id = "stop"
type = "stopped_vehicle"
confirm_s = 4

[[rule]]
id = "wrong"
type = "wrong_way"
"#;

/// Which lane an actor drives in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DrawnLane {
    /// The left one, leading down.
    South,
    /// The right one, leading up.
    North,
}

/// One vehicle: its kind, its lane, and where its bottom edge is at which time.
#[derive(Debug, Clone)]
pub struct Actor {
    /// Its kind, which decides colour and size.
    pub class: RoadUserClass,
    /// Its lane.
    pub lane: DrawnLane,
    /// Seconds from the start, and pixels from the top of its bottom edge.
    pub path: Vec<(f64, f64)>,
}

/// A drawn clip.
#[derive(Debug, Clone)]
pub struct Scenario {
    /// Its length, seconds.
    pub seconds: f64,
    /// Who drives.
    pub actors: Vec<Actor>,
    /// From when until when something covers the lens, seconds.
    pub covered: [f64; 2],
}

/// The paint and size in which a kind of vehicle is drawn.
#[derive(Debug, Clone, Copy)]
pub struct Swatch {
    /// The kind.
    pub class: RoadUserClass,
    /// Its paint.
    pub paint: Paint,
    /// Across, pixels.
    pub width: u32,
    /// Along the road, pixels.
    pub height: u32,
}

/// Every kind that can be drawn.
pub const SWATCHES: [Swatch; 3] = [
    Swatch { class: RoadUserClass::Car, paint: Paint::Red, width: 44, height: 60 },
    Swatch { class: RoadUserClass::Bus, paint: Paint::Blue, width: 56, height: 110 },
    Swatch { class: RoadUserClass::Truck, paint: Paint::Yellow, width: 52, height: 92 },
];

/// A drawn box in pixels: left, top, right, bottom.
pub type DrawnBox = [f64; 4];

/// The paint and size in which a class is drawn.
///
/// # Panics
/// When the class is not drawn at all.
#[must_use]
pub fn swatch(class: RoadUserClass) -> &'static Swatch {
    SWATCHES.iter().find(|swatch| swatch.class == class).expect("the class is drawn")
}

impl Actor {
    /// One that drives through at an even speed.
    #[must_use]
    pub fn through(class: RoadUserClass, lane: DrawnLane, start: f64, pixels_per_second: f64) -> Self {
        let (from, to) = ends(class, lane);
        Self { class, lane, path: vec![(start, from), (start + (to - from).abs() / pixels_per_second, to)] }
    }

    /// One that stops with its bottom edge at `y` for some seconds, then goes on.
    #[must_use]
    pub fn stopping(
        class: RoadUserClass,
        lane: DrawnLane,
        start: f64,
        pixels_per_second: f64,
        y: f64,
        seconds: f64,
    ) -> Self {
        let (from, to) = ends(class, lane);
        let arrives = start + (y - from).abs() / pixels_per_second;
        let leaves = arrives + seconds;
        let gone = leaves + (to - y).abs() / pixels_per_second;
        Self { class, lane, path: vec![(start, from), (arrives, y), (leaves, y), (gone, to)] }
    }

    /// The same path driven the other way: against the lane.
    #[must_use]
    pub fn against(class: RoadUserClass, lane: DrawnLane, start: f64, pixels_per_second: f64) -> Self {
        let (to, from) = ends(class, lane);
        Self { class, lane, path: vec![(start, from), (start + (to - from).abs() / pixels_per_second, to)] }
    }

    /// Where its bottom edge is at a time; none before it comes and after it has gone.
    #[must_use]
    pub fn bottom_at(&self, t: f64) -> Option<f64> {
        self.path.windows(2).find_map(|step| {
            let ((t0, y0), (t1, y1)) = (step[0], step[1]);
            (t >= t0 && t < t1).then(|| y0 + (y1 - y0) * (t - t0) / (t1 - t0))
        })
    }

    /// Its box at a time.
    #[must_use]
    pub fn box_at(&self, t: f64) -> Option<DrawnBox> {
        let bottom = self.bottom_at(t)?;
        let swatch = swatch(self.class);
        let middle = match self.lane {
            DrawnLane::South => 240.0,
            DrawnLane::North => 400.0,
        };
        let (width, height) = (f64::from(swatch.width), f64::from(swatch.height));
        Some([middle - width / 2.0, bottom - height, middle + width / 2.0, bottom])
    }

    fn crossings(&self) -> Vec<Direction> {
        let side = |y: f64| y > LINE_Y;
        let steps = self.path.windows(2).filter(|step| side(step[0].1) != side(step[1].1));
        steps.map(|step| if step[1].1 > step[0].1 { Direction::Forward } else { Direction::Backward }).collect()
    }
}

/// Bottom edge outside the picture before and after driving with the lane.
fn ends(class: RoadUserClass, lane: DrawnLane) -> (f64, f64) {
    let above = -2.0;
    let below = f64::from(HEIGHT) + f64::from(swatch(class).height) + 2.0;
    match lane {
        DrawnLane::South => (above, below),
        DrawnLane::North => (below, above),
    }
}

impl Scenario {
    /// Two cars, a bus and a truck go down, three cars and a bus go up; one car stands in lane S for
    /// ten seconds, and one drives up lane S against the traffic.
    #[must_use]
    pub fn busy() -> Self {
        use DrawnLane::{North, South};
        use RoadUserClass::{Bus, Car, Truck};
        Self {
            seconds: 44.0,
            covered: [0.0, 0.0],
            actors: vec![
                Actor::through(Car, South, 1.0, 110.0),
                Actor::through(Bus, South, 5.0, 90.0),
                Actor::stopping(Car, South, 10.0, 100.0, 120.0, 10.0),
                Actor::through(Truck, South, 27.0, 100.0),
                Actor::against(Car, South, 36.0, 80.0),
                Actor::through(Car, North, 2.0, 120.0),
                Actor::through(Car, North, 6.0, 80.0),
                Actor::through(Bus, North, 13.0, 90.0),
                Actor::through(Car, North, 24.0, 140.0),
            ],
        }
    }

    /// A short one for many loops: cars down and up, and one that stands long enough to be an incident.
    #[must_use]
    pub fn short() -> Self {
        use DrawnLane::{North, South};
        use RoadUserClass::{Bus, Car};
        Self {
            seconds: 16.0,
            covered: [0.0, 0.0],
            actors: vec![
                Actor::stopping(Car, South, 0.5, 140.0, 120.0, 7.0),
                Actor::through(Car, North, 1.0, 120.0),
                Actor::through(Bus, North, 6.0, 110.0),
            ],
        }
    }

    /// What crosses the line, by direction and class.
    #[must_use]
    pub fn counts(&self) -> BTreeMap<(Direction, RoadUserClass), u64> {
        let mut counts = BTreeMap::new();
        for actor in &self.actors {
            for direction in actor.crossings() {
                *counts.entry((direction, actor.class)).or_default() += 1;
            }
        }
        counts
    }

    /// The boxes at a time, with their kinds.
    #[must_use]
    pub fn boxes_at(&self, t: f64) -> Vec<(RoadUserClass, DrawnBox)> {
        self.actors.iter().filter_map(|actor| Some((actor.class, actor.box_at(t)?))).collect()
    }

    /// The checked scene.
    ///
    /// # Panics
    /// Never: the text is a constant that a test reads.
    #[must_use]
    pub fn scene() -> Scene {
        Scene::from_toml(SCENE).expect("the drawn road's scene is sound")
    }
}
