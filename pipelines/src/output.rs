//! What goes into the pipeline with each frame and what comes out of it.

use kerege_contract::event::{EventObject, EventType, Phase, Severity};
use kerege_contract::fact::{Cell, Direction};
use kerege_contract::phase::SignalTimeline;
use kerege_contract::{
    Detection, FrameBox, FramePoint, FrameSize, LaneId, LineId, RoadUserClass, RuleId, UtcTime, ZoneId,
};
use serde::{Deserialize, Serialize};
use std::fmt;

/// When a frame was captured and what shape it has.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct FrameMeta {
    /// Rises with each reconnect of the camera; capture seconds begin anew.
    pub stream_epoch: u32,
    /// Number of the analysed frame.
    pub frame: u64,
    /// Capture time in seconds, rising within the stream epoch.
    pub t: f64,
    /// Capture time in UTC.
    pub utc: UtcTime,
    /// Size of the decoded picture.
    pub size: FrameSize,
}

/// Whether a camera's picture can be believed. [`Sight::Doubtful`] is observed but begins no incident; what is
/// worse counts as not observed, raises nothing and keeps open incidents waiting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sight {
    /// It shows the road as drawn in the scene.
    #[default]
    Clear,
    /// At a glance it does not look as it does: whether it is blind or moved is not known yet.
    Doubtful,
    /// It shows nothing: black, defocused, covered.
    Blind,
    /// The same picture over and over.
    Frozen,
    /// It shows another place than the scene was drawn on.
    Moved,
}

impl Sight {
    /// Whether what it shows counts as observed.
    pub(crate) fn sees(self) -> bool {
        matches!(self, Self::Clear | Self::Doubtful)
    }
}

/// A track's number within its camera; `t-17` on the wire. Given when the track is confirmed, from
/// 1, and never used again by the same pipeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TrackId(pub u64);

impl fmt::Display for TrackId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "t-{}", self.0)
    }
}

/// A detection whose road user is known already: from a recording of tracks, or from truth.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tracked {
    /// The track.
    pub track: TrackId,
    /// What was seen of it.
    pub detection: Detection,
}

/// Something that lies still in the picture and was not there before, whatever it is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Thing {
    /// Where.
    pub bbox: FrameBox,
    /// How long it has been still, seconds.
    pub still_s: f64,
}

/// A confirmed track in one frame.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TrackView {
    /// The track.
    pub track: TrackId,
    /// Class by the track's vote so far.
    pub class: RoadUserClass,
    /// Score of its latest detection, 0..1.
    pub score: f32,
    /// Where the model saw it, or, when it was not detected in this frame, where it is believed to be.
    #[serde(rename = "box")]
    pub bbox: FrameBox,
    /// Road coordinates of its contact point, metres, on a calibrated camera within the valid polygon.
    pub road: Option<[f64; 2]>,
    /// Speed, km/h, when known.
    pub speed_kmh: Option<f64>,
    /// Error of the speed (one standard deviation), km/h.
    pub speed_err_kmh: Option<f64>,
    /// Whether the model saw it in this frame.
    pub detected_now: bool,
}

/// A track crossed a counting line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Passage {
    /// Interpolated time of the crossing, capture seconds.
    pub t: f64,
    /// The same in UTC.
    pub utc: UtcTime,
    /// The line.
    pub line: LineId,
    /// Which way.
    pub dir: Direction,
    /// The lane in which it crossed, when one is drawn there.
    pub lane: Option<LaneId>,
    /// Class by the track's vote so far.
    pub class: RoadUserClass,
    /// Speed, km/h, when known: the median of the estimates around the crossing.
    pub speed_kmh: Option<f64>,
    /// Error of the speed (one standard deviation), km/h.
    pub speed_err_kmh: Option<f64>,
    /// The track.
    pub track: TrackId,
}

/// What makes two observations the same cause: the rule, the lane, zone or line, and the place. Of two incidents
/// that are open at once no two have the same key, and all changes of one incident carry the same.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct IncidentKey {
    /// The rule that raised it.
    pub rule: RuleId,
    /// The lane, where the rule is about lanes.
    pub lane: Option<LaneId>,
    /// The zone, where it is about zones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<ZoneId>,
    /// The line, where it is about lines.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<LineId>,
    /// Where it was when it was first confirmed, rounded to four decimals.
    pub place: FramePoint,
}

impl fmt::Display for IncidentKey {
    /// `rule/lane/x,y`, for a database key or a map; zones and lines stand behind the lane: `rule/-:zone:line/x,y`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.rule, self.lane.as_ref().map_or("-", LaneId::as_str))?;
        if self.zone.is_some() || self.line.is_some() {
            let (zone, line) =
                (self.zone.as_ref().map_or("", ZoneId::as_str), self.line.as_ref().map_or("", LineId::as_str));
            write!(f, ":{zone}:{line}")?;
        }
        write!(f, "/{:.4},{:.4}", self.place.x, self.place.y)
    }
}

/// Why an incident changed; a stable word on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// Update: other road users attached to the same cause.
    Attached,
    /// Update: it was found again after a restart or an interruption.
    Continued,
    /// End: it drives again, or drives the right way again.
    Moved,
    /// End: it is no longer so: the queue has gone, the crowd is small again, the speed was driven.
    Cleared,
    /// End: it is no longer to be seen, or no longer in the zone.
    Left,
    /// End: the rule's schedule ended.
    Unscheduled,
    /// End: it was not found again after a restart or an interruption of the camera.
    Restarted,
}

impl Reason {
    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Attached => "attached",
            Self::Continued => "continued",
            Self::Moved => "moved",
            Self::Cleared => "cleared",
            Self::Left => "left",
            Self::Unscheduled => "unscheduled",
            Self::Restarted => "restarted",
        }
    }
}

/// An incident began, changed or ended: exactly one start, any number of updates, at most one end.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct IncidentChange {
    /// Which incident.
    pub key: IncidentKey,
    /// Where it stands in its life.
    pub phase: Phase,
    /// What it is.
    #[serde(rename = "type")]
    pub kind: EventType,
    /// The rule that raised it.
    pub rule: RuleId,
    /// The lane.
    pub lane: Option<LaneId>,
    /// How soon a person should look.
    pub severity: Severity,
    /// The road users that take part, the one that causes it first.
    pub objects: Vec<EventObject>,
    /// When it happened, capture seconds of the stream epoch: of a start, when the road user came to
    /// stand or turned; of an end, when that ceased, which is before the cooldown.
    pub t: f64,
    /// The same in UTC.
    pub utc: UtcTime,
    /// When the pipeline was sure of it, capture seconds.
    pub detected_t: f64,
    /// The same in UTC.
    pub detected_utc: UtcTime,
    /// Why it changed or ended; none for a start.
    pub reason: Option<Reason>,
    /// Of a start that hangs on signals: what they showed, as it was judged by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signals: Option<SignalTimeline>,
}

/// An open incident as the box persists it, so that a restart continues it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OpenIncident {
    /// Which incident.
    pub key: IncidentKey,
    /// What it is.
    #[serde(rename = "type")]
    pub kind: EventType,
    /// How soon a person should look.
    pub severity: Severity,
    /// When it began, UTC.
    pub since: UtcTime,
    /// When its cause was last seen, UTC.
    pub last_seen: UtcTime,
    /// The road users that took part when it was last seen.
    pub objects: Vec<EventObject>,
}

/// The counts of one UTC minute, or of that part of it which this pipeline saw. The same minute can
/// come more than once (after a restart, or when the camera's time stepped back on reconnecting):
/// the parts add up.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MinuteCells {
    /// Start of the UTC minute.
    pub start: UtcTime,
    /// Seconds in which gaps between analysed frames were at most 1 s and the camera could see.
    pub observed_s: f64,
    /// The cells, in the order of the scene: lines, lanes, movements, unassigned.
    pub cells: Vec<Cell>,
}

/// What follows from one frame.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Outputs {
    /// Every confirmed track that lives, by number.
    pub tracks: Vec<TrackView>,
    /// Lines that were crossed.
    pub passages: Vec<Passage>,
    /// What began, changed or ended.
    pub incidents: Vec<IncidentChange>,
    /// Minutes that are complete.
    pub minutes: Vec<MinuteCells>,
}
