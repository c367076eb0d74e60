//! The scene: what is drawn on a camera's picture. One type everywhere.
//!
//! People write it as TOML; the same document travels as JSON. Points are 0..1 of the frame from
//! the top left. Reading gathers all faults at once ([`Scene::from_toml`]); a [`Scene`] that exists
//! has been checked: names are unique, references resolve, polygons are simple, numbers are in
//! range. `contract/golden/scene.toml` shows every key.

mod check;
mod marking;
mod points;
mod read;
mod rule;

pub use marking::{Forbidden, Marking};
pub use points::PointsFile;
pub use rule::{
    CrashSuspected, DebrisSuspected, FailureToYield, IllegalTurn, LaneViolation, NearMiss, RedLight, StopLine,
};
pub use rule::{DayOfWeek, LooksAt, Rule, RuleKind, Scope, StoppedVehicle, TimeWindow, WrongWay};
// Flow and places.
pub use rule::{Congestion, Crowd, IllegalStop, Loitering, PedestrianOnRoad, QueueSpillback, Speeding, Standstill};

use crate::document::{Fault, Faults, Node};
use crate::fact::Direction;
use crate::version::V1;
use crate::{FramePoint, LaneId, LegId, LineId, RoadUserClass, RuleId, Sha256Hash, ZoneId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A counting line from `a` to `b`.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Line {
    /// Its name.
    pub id: LineId,
    /// Where it begins.
    pub a: FramePoint,
    /// Where it ends.
    pub b: FramePoint,
    /// Name of crossing from left to right, standing at `a` and looking to `b`: `northbound`.
    pub forward: String,
    /// Name of crossing the other way.
    pub backward: String,
    /// Half the width of the counting band, in box heights of the road user that crosses.
    pub band: f64,
    /// Classes that are counted; empty for all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub classes: Vec<RoadUserClass>,
}

/// A lane: a polygon with a directed centre line.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Lane {
    /// Its name.
    pub id: LaneId,
    /// Its outline, of either winding.
    pub polygon: Vec<FramePoint>,
    /// Its centre line, in the direction of traffic; at least two points.
    pub centre: Vec<FramePoint>,
    /// Whether traffic is expected to flow in it; parking lanes are not live.
    pub live: bool,
    /// The leg it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub leg: Option<LegId>,
}

/// What a zone means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ZoneKind {
    /// Where a row may lawfully stand: before a stop line, at a bus stop, before a junction.
    Waiting,
    /// Where stopping is forbidden.
    NoStopping,
    /// A pedestrian crossing.
    Crosswalk,
    /// The carriageway.
    Carriageway,
    /// Nothing in it is looked at: a screen, a mirror, a parking lot.
    Ignore,
    /// Any other area that a rule names.
    Area,
}

/// A named area of the picture.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Zone {
    /// Its name.
    pub id: ZoneId,
    /// What it means.
    pub kind: ZoneKind,
    /// Its outline, of either winding.
    pub polygon: Vec<FramePoint>,
}

/// One way over one line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct LineWay {
    /// The line.
    pub line: LineId,
    /// Which way.
    pub dir: Direction,
}

/// An arm of the intersection, and the one line that counts it each way, so that overlapping lines
/// and cameras never count a road user twice in the site's totals.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Leg {
    /// Its name.
    pub id: LegId,
    /// Its name for people.
    pub name: String,
    /// What counts as entering the intersection from this leg.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inbound: Option<LineWay>,
    /// What counts as leaving the intersection by this leg.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outbound: Option<LineWay>,
}

/// Unit of a calibration's road points.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RoadUnit {
    /// Metres in any plane coordinates.
    Metres,
    /// Degrees, WGS 84, longitude before latitude.
    Lonlat,
}

/// The same point in the picture and on the road.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, JsonSchema)]
pub struct CalibrationPoint {
    /// In the picture.
    pub image: FramePoint,
    /// On the road, in the calibration's unit.
    pub road: [f64; 2],
}

/// What ties the picture to the road: at least four points, no three of them in a row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "serde_json::Value")]
pub struct Calibration {
    /// Unit of the road points.
    pub unit: RoadUnit,
    /// The points.
    pub points: Vec<CalibrationPoint>,
    /// Where the calibration holds; the points' hull when empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub valid: Vec<FramePoint>,
}

/// A checked scene.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "serde_json::Value")]
pub struct Scene {
    /// Schema version.
    pub v: V1,
    /// Width of a stored pixel over its height, where the camera does not tell or tells it wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pixel_aspect: Option<f64>,
    /// Where the camera's road lies: longitude, latitude (WGS 84).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub geo: Option<[f64; 2]>,
    /// Counting lines.
    #[serde(rename = "line")]
    pub lines: Vec<Line>,
    /// Lanes.
    #[serde(rename = "lane")]
    pub lanes: Vec<Lane>,
    /// Zones.
    #[serde(rename = "zone")]
    pub zones: Vec<Zone>,
    /// Markings that must not be crossed.
    #[serde(rename = "marking", skip_serializing_if = "Vec::is_empty")]
    pub markings: Vec<Marking>,
    /// Legs of the site.
    #[serde(rename = "leg")]
    pub legs: Vec<Leg>,
    /// Areas that stills and previews must not show.
    #[serde(rename = "mask")]
    pub masks: Vec<Mask>,
    /// Image to ground.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub calibration: Option<Calibration>,
    /// What to watch for.
    #[serde(rename = "rule")]
    pub rules: Vec<Rule>,
}

/// An area that stills and previews must not show.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Mask {
    /// Its outline.
    pub polygon: Vec<FramePoint>,
}

/// A scene that cannot be used, with all of its faults.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.faults.iter().map(Fault::line).collect::<Vec<_>>().join("; "))]
pub struct BadScene {
    /// What is wrong, in the order of the text.
    pub faults: Vec<Fault>,
}

impl BadScene {
    /// Shows all faults with file, line, column and caret.
    #[must_use]
    pub fn render(&self, file: &str, text: &str) -> String {
        let faults = Faults::default();
        for fault in &self.faults {
            faults.add(&fault.path, fault.span.clone(), &fault.message, &fault.remedy);
        }
        faults.render(file, text)
    }
}

impl Scene {
    /// Reads and checks a scene that a person wrote.
    ///
    /// # Errors
    /// All faults of the text at once, each with its place.
    pub fn from_toml(text: &str) -> Result<Self, BadScene> {
        let faults = Faults::default();
        let root = Node::from_toml(text, &faults);
        Self::from_node(&root, faults)
    }

    /// Reads and checks a scene that travelled as JSON.
    ///
    /// # Errors
    /// All faults at once, each with the key it is about.
    pub fn from_json(value: &serde_json::Value) -> Result<Self, BadScene> {
        Self::from_node(&Node::from_json(value), Faults::default())
    }

    fn from_node(root: &Node, faults: Faults) -> Result<Self, BadScene> {
        let scene = read::scene(root, &faults);
        match scene {
            Some(scene) if faults.is_empty() => Ok(scene),
            _ => Err(BadScene { faults: faults.into_list() }),
        }
    }

    /// A scene with nothing drawn: no counts, no rules.
    #[must_use]
    pub const fn empty() -> Self {
        Self {
            v: V1,
            pixel_aspect: None,
            geo: None,
            lines: Vec::new(),
            lanes: Vec::new(),
            zones: Vec::new(),
            markings: Vec::new(),
            legs: Vec::new(),
            masks: Vec::new(),
            calibration: None,
            rules: Vec::new(),
        }
    }

    /// Hash of the whole scene.
    #[must_use]
    pub fn hash(&self) -> Sha256Hash {
        hash_of(self)
    }

    /// Hash of a rule: its type, thresholds and schedule, the lanes, lines and markings it looks at,
    /// and all zones.
    /// None when the scene has no such rule.
    #[must_use]
    pub fn rule_hash(&self, id: &RuleId) -> Option<Sha256Hash> {
        let rule = self.rules.iter().find(|rule| rule.id == *id)?;
        let scope = rule.scope(self);
        let lanes = watched(&self.lanes, &scope.lanes);
        let (lines, markings) = (watched(&self.lines, &scope.lines), watched(&self.markings, &scope.markings));
        Some(hash_of(&(rule, lanes, lines, markings, &self.zones, self.pixel_aspect)))
    }

    /// Hash of the calibration in force.
    #[must_use]
    pub fn calibration_hash(&self) -> Option<Sha256Hash> {
        self.calibration.as_ref().map(hash_of)
    }

    /// The size in which geometry is computed: the frame's, with the scene's own pixel aspect where
    /// it gives one.
    #[must_use]
    pub fn true_size(&self, frame: crate::FrameSize) -> crate::FrameSize {
        crate::FrameSize { pixel_aspect: self.pixel_aspect.unwrap_or(frame.pixel_aspect), ..frame }
    }
}

fn watched<'s, T>(all: &'s [T], scope: &[bool]) -> Vec<&'s T> {
    all.iter().zip(scope).filter(|(_, watched)| **watched).map(|(item, _)| item).collect()
}

fn hash_of(value: &impl Serialize) -> Sha256Hash {
    Sha256Hash::of(&serde_json::to_vec(value).unwrap_or_default())
}

impl TryFrom<serde_json::Value> for Calibration {
    type Error = BadScene;

    fn try_from(value: serde_json::Value) -> Result<Self, BadScene> {
        let (faults, root) = (Faults::default(), Node::from_json(&value));
        let calibration = crate::document::Fields::open(&root, "", &faults).and_then(read::calibration);
        calibration.filter(|_| faults.is_empty()).ok_or_else(|| BadScene { faults: faults.into_list() })
    }
}

impl TryFrom<serde_json::Value> for Scene {
    type Error = BadScene;

    fn try_from(value: serde_json::Value) -> Result<Self, BadScene> {
        Self::from_json(&value)
    }
}

#[cfg(test)]
mod tests;
