//! Rules as data: what to watch for, with which thresholds, when. Defaults are those of the design.
//!
//! Each type of rule has a file that says what its thresholds are and how they are read; the table
//! at the end of this file is the only place that lists them.

mod crash_suspected;
mod debris_suspected;
mod failure_to_yield;
mod illegal_turn;
mod lane_violation;
mod near_miss;
mod read;
mod red_light;
mod schedule;
mod scope;
mod stop_line;
mod stopped_vehicle;
mod wrong_way;
// Flow and places.
mod congestion;
mod crowd;
mod illegal_stop;
mod loitering;
mod pedestrian_on_road;
mod queue_spillback;
mod speeding;
mod standstill;
// Conflicts and signals.

pub use crash_suspected::CrashSuspected;
pub use debris_suspected::DebrisSuspected;
pub use failure_to_yield::FailureToYield;
pub use illegal_turn::IllegalTurn;
pub use lane_violation::LaneViolation;
pub use near_miss::NearMiss;
pub use red_light::RedLight;
pub use schedule::{DayOfWeek, TimeWindow};
pub use scope::{LooksAt, Scope};
pub use stop_line::StopLine;
pub use stopped_vehicle::StoppedVehicle;
pub use wrong_way::WrongWay;
// Flow and places.
pub use congestion::Congestion;
pub use crowd::Crowd;
pub use illegal_stop::IllegalStop;
pub use loitering::Loitering;
pub use pedestrian_on_road::PedestrianOnRoad;
pub use queue_spillback::QueueSpillback;
pub use speeding::Speeding;
pub use standstill::Standstill;
// Conflicts and signals.

pub(super) use read::{check, rule};

use crate::document::Fields;
use crate::event::{EventType, Severity};
use crate::scene::Scene;
use crate::{LaneId, LineId, RoadUserClass, RuleId, ZoneId};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;

/// A rule of a scene.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Rule {
    /// Its name.
    pub id: RuleId,
    /// Its version; raised by whoever changes it.
    pub ver: u32,
    /// How soon a person should look.
    pub severity: Severity,
    /// Lanes it watches. When it names nothing it watches what its type does: every live lane, say.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lanes: Vec<LaneId>,
    /// Zones it watches.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub zones: Vec<ZoneId>,
    /// Lines it watches.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<LineId>,
    /// Classes it judges, of those that its type does; empty for all of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub classes: Vec<RoadUserClass>,
    /// When it is in force; empty for always.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub schedule: Vec<TimeWindow>,
    /// The same cause within this time after an end continues the incident instead of raising
    /// another, seconds.
    pub cooldown_s: f64,
    /// Road users whose box is lower than this share of the frame's height are not judged.
    pub min_box_height: f64,
    /// The same for single classes, where it is another share.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub min_box_heights: BTreeMap<RoadUserClass, f64>,
    /// What it watches for, and its thresholds.
    #[serde(flatten)]
    pub kind: RuleKind,
}

impl Rule {
    /// Whether it judges road users of a class whose box has this share of the frame's height.
    #[must_use]
    pub fn judges(&self, class: RoadUserClass, box_height: f64) -> bool {
        let least = self.min_box_heights.get(&class).copied().unwrap_or(self.min_box_height);
        (self.classes.is_empty() || self.classes.contains(&class)) && box_height >= least
    }
}

/// What a type of rule is called, what it looks at and how its thresholds are read.
trait RuleType: Sized {
    /// Its word in a scene: that of the events it raises.
    const WORD: &'static str;
    /// The events it raises.
    const EVENT: EventType;
    /// How soon a person should look, unless the scene says otherwise.
    const SEVERITY: Severity;
    /// What it looks at.
    const LOOKS_AT: LooksAt;

    /// Reads its thresholds; none when one that must be given is not.
    fn read(fields: &mut Fields<'_>) -> Option<Self>;

    /// Whether its thresholds name a line, beside those that every rule may name.
    fn names(&self, _line: &LineId) -> bool {
        false
    }

    /// What it misses in a scene whose parts are sound by themselves: what is wrong, and the remedy.
    fn misses(&self, _rule: &Rule, _scene: &Scene) -> Option<(String, &'static str)> {
        None
    }
}

/// How a word of a scene becomes a rule.
#[derive(Clone, Copy)]
struct Entry {
    severity: Severity,
    read: fn(&mut Fields<'_>) -> Option<RuleKind>,
}

macro_rules! rule_types {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {
        /// What a rule watches for.
        #[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
        #[serde(tag = "type", rename_all = "snake_case")]
        pub enum RuleKind {
            $($(#[$doc])* $name($name),)*
        }

        impl RuleKind {
            /// The type of the events it raises.
            #[must_use]
            pub const fn event_type(&self) -> EventType {
                match self {
                    $(Self::$name(_) => $name::EVENT,)*
                }
            }

            /// What it looks at.
            #[must_use]
            pub const fn looks_at(&self) -> LooksAt {
                match self {
                    $(Self::$name(_) => $name::LOOKS_AT,)*
                }
            }

            /// Whether its thresholds name a line, beside those that every rule may name.
            fn names(&self, line: &LineId) -> bool {
                match self {
                    $(Self::$name(thresholds) => thresholds.names(line),)*
                }
            }

            fn misses(&self, rule: &Rule, scene: &Scene) -> Option<(String, &'static str)> {
                match self {
                    $(Self::$name(thresholds) => thresholds.misses(rule, scene),)*
                }
            }
        }

        /// Every type of rule by its word.
        const TYPES: &[(&str, Entry)] = &[
            $(($name::WORD, Entry { severity: $name::SEVERITY, read: |fields| $name::read(fields).map(RuleKind::$name) }),)*
        ];
    };
}

rule_types! {
    /// A vehicle stands in a live lane and is not part of a lawful queue.
    StoppedVehicle,
    /// A vehicle drives against its lane.
    WrongWay,
    // Flow and places.
    /// A vehicle stays where stopping is forbidden.
    IllegalStop,
    /// A person is on the carriageway, away from crossings.
    PedestrianOnRoad,
    /// A vehicle is faster than the limit, its error and the tolerance taken off.
    Speeding,
    /// A lane is full and slow.
    Congestion,
    /// A queue reaches back beyond a mark.
    QueueSpillback,
    /// Many people stay in a zone.
    Crowd,
    /// A person stays in a zone.
    Loitering,
    // Conflicts and signals.
    /// A vehicle drives over its stop line while its signal is red.
    RedLight,
    /// A vehicle stands beyond its stop line, over which it came on red.
    StopLine,
    /// A forbidden movement from one line to another.
    IllegalTurn,
    /// A lane change over a marking that must not be crossed.
    LaneViolation,
    /// A vehicle passes a person on a crosswalk without giving way.
    FailureToYield,
    /// Two road users come to the place where their ways cross shortly after one another.
    NearMiss,
    /// Vehicles stop harder than anybody brakes, and stay where they are.
    CrashSuspected,
    /// Something of no known class lies in a live lane.
    DebrisSuspected,
}
#[cfg(test)]
mod tests;
