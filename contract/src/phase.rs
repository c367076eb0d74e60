//! Signal phases: what the lamps of an intersection showed, when, and how sure that is.
//!
//! A box gets them from a source on site (a local adapter, a recording or the simulator), as one
//! JSON message a line, on every change and as a heartbeat each second.

use crate::version::{Unknown, V1};
use crate::{SiteId, UtcTime};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What one signal group shows (the words of SAE J2735's movement phase states).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PhaseState {
    /// Nobody knows.
    Unavailable,
    /// The lamps are off.
    Dark,
    /// Flashing red.
    StopThenProceed,
    /// Red.
    StopAndRemain,
    /// Red and yellow.
    PreMovement,
    /// Green, giving way.
    PermissiveMovementAllowed,
    /// Green.
    ProtectedMovementAllowed,
    /// Yellow after a permissive green.
    PermissiveClearance,
    /// Yellow.
    ProtectedClearance,
    /// Flashing yellow.
    CautionConflictingTraffic,
}

impl PhaseState {
    /// Whether it forbids to go on, without a doubt. Flashing red asks to stop and then to proceed,
    /// red with yellow is about to be green, and dark or unknown lamps forbid nothing.
    #[must_use]
    pub const fn is_red(self) -> bool {
        matches!(self, Self::StopAndRemain)
    }
}

/// How the controller runs; anything but normal suspends the rules that need it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SignalMode {
    /// The programme runs.
    Normal,
    /// Flashing.
    Flash,
    /// Lamps off.
    Dark,
    /// A person switches.
    Manual,
    /// The controller reports a fault.
    Fault,
}

/// Where phases come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SignalSource {
    /// The controller over RSMP.
    Rsmp,
    /// The controller over NTCIP 1202.
    Ntcip,
    /// Sensing of the lamps' current.
    Contact,
    /// Lamps seen in a picture; never enforceable by itself.
    Video,
    /// A simulator or a recording of one.
    Simulated,
}

/// What a signal group showed from an instant on, until its next span or the timeline's end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SignalSpan {
    /// Its number in the controller.
    pub g: u16,
    /// What it showed; `unavailable` where the messages leave it open.
    pub s: PhaseState,
    /// From when on.
    pub from: UtcTime,
}

/// What signal groups showed over a time, by the source's own messages: the copy that a violation
/// carries of what it was judged by.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SignalTimeline {
    /// The intersection.
    pub site: SiteId,
    /// Where the messages came from.
    pub src: SignalSource,
    /// The greatest error bound of their times, milliseconds.
    pub err_ms: f64,
    /// Numbers of the first and the last message used.
    pub seq: [u64; 2],
    /// The first instant that is told of.
    pub from: UtcTime,
    /// The last one.
    pub to: UtcTime,
    /// What each group showed, group by group and in the order of time.
    pub spans: Vec<SignalSpan>,
}

/// One signal group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SignalGroup {
    /// Its number in the controller.
    pub g: u16,
    /// What it shows.
    pub s: PhaseState,
    /// Since when.
    pub since: UtcTime,
}

/// One message of a signal source.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SignalMessage {
    /// Schema version.
    pub v: V1,
    /// The intersection.
    pub site: SiteId,
    /// Gapless number of the source.
    pub seq: u64,
    /// When it was true.
    pub ts: UtcTime,
    /// Where it comes from.
    pub src: SignalSource,
    /// Error bound of its times, milliseconds.
    pub err_ms: f64,
    /// How the controller runs.
    pub mode: SignalMode,
    /// All its groups.
    pub groups: Vec<SignalGroup>,
    /// Fields this build does not know.
    #[serde(flatten)]
    #[schemars(skip)]
    pub unknown: Unknown,
}
