//! The rows of the store, as the rest of the centre sees them.

use crate::api::types::{AlarmKind, IncidentState, LiveIncident, Role};
use kerege_contract::event::{EventClass, EventObject, EventType, Evidence, Phase, Severity};
use kerege_contract::health::Health;
use kerege_contract::receipt::RefusalCode;
use kerege_contract::reported::Reported;
use kerege_contract::state::DeviceState;
use kerege_contract::{CameraId, DeviceId, IncidentId, LaneId, Sha256Hash, SiteId, UtcTime};

/// A stored event: its exact bytes, and what it is looked up by.
#[derive(Debug, Clone, PartialEq)]
pub struct EventRow {
    /// The box.
    pub dev: DeviceId,
    /// Epoch of its chain.
    pub epoch: u32,
    /// Its number.
    pub seq: u64,
    /// Hash of its bytes.
    pub hash: Sha256Hash,
    /// Hash it names as the one before.
    pub prev: Sha256Hash,
    /// Its class.
    pub class: EventClass,
    /// The incident it belongs to.
    pub incident: Option<IncidentId>,
    /// Capture time.
    pub at: UtcTime,
    /// When the centre stored it.
    pub received: UtcTime,
    /// Its exact bytes.
    pub bytes: Vec<u8>,
    /// Its detached signature.
    pub jws: String,
}

/// An event as a link of its chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Link {
    /// Hash of its bytes.
    pub hash: Sha256Hash,
    /// Hash it names as the one before.
    pub prev: Sha256Hash,
}

/// What is known of one epoch of a box's chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainRow {
    /// The box.
    pub dev: DeviceId,
    /// The epoch.
    pub epoch: u32,
    /// Highest number up to which nothing is missing; 0 for none.
    pub upto: u64,
    /// Hash of that event.
    pub upto_hash: Sha256Hash,
    /// Highest number known to exist.
    pub known: u64,
    /// First event that does not name the one before it.
    pub broken: Option<u64>,
    /// First place that two events claim.
    pub forked: Option<u64>,
    /// Since when something is missing.
    pub gap_since: Option<UtcTime>,
}

/// An incident as lists show it.
#[derive(Debug, Clone, PartialEq)]
pub struct IncidentRow {
    /// Its id.
    pub id: IncidentId,
    /// The box.
    pub dev: DeviceId,
    /// The intersection.
    pub site: SiteId,
    /// The camera.
    pub cam: Option<CameraId>,
    /// The lane.
    pub lane: Option<LaneId>,
    /// What it is.
    pub kind: EventType,
    /// Its class.
    pub class: EventClass,
    /// How soon a person should look.
    pub severity: Severity,
    /// Capture time of its start.
    pub started: UtcTime,
    /// Capture time of its end.
    pub ended: Option<UtcTime>,
    /// When the centre last heard of it.
    pub updated: UtcTime,
    /// Error bound of its start, milliseconds.
    pub time_err_ms: f64,
    /// Why it ended.
    pub reason: Option<String>,
    /// The still that shows why.
    pub still: Option<Evidence>,
    /// Who takes part.
    pub objects: Vec<EventObject>,
}

impl IncidentRow {
    /// What listeners are told when it has changed.
    #[must_use]
    pub fn changed(self, phase: Phase) -> LiveIncident {
        let Self { id, kind, severity, dev, site, cam, .. } = self;
        LiveIncident { id, kind, phase, severity, dev, site, cam }
    }
}

/// Which incidents.
#[derive(Debug, Clone, Default)]
pub struct IncidentFilter {
    /// Open, ended or both.
    pub state: IncidentState,
    /// Of one type.
    pub kind: Option<EventType>,
    /// At one site.
    pub site: Option<SiteId>,
    /// Of one camera.
    pub cam: Option<CameraId>,
    /// Of one severity.
    pub severity: Option<Severity>,
    /// Begun at or after.
    pub from: Option<UtcTime>,
    /// Begun before.
    pub to: Option<UtcTime>,
}

/// A place in the list of incidents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    /// Start of the last incident seen.
    pub started: UtcTime,
    /// Its id.
    pub id: IncidentId,
}

/// A stored fact.
#[derive(Debug, Clone, PartialEq)]
pub struct FactRow {
    /// The box.
    pub dev: DeviceId,
    /// Its number.
    pub fseq: u64,
    /// Hash of its bytes.
    pub hash: Sha256Hash,
    /// The camera.
    pub cam: CameraId,
    /// Start of the minute.
    pub start: UtcTime,
    /// When the centre stored it.
    pub received: UtcTime,
    /// Its exact bytes.
    pub bytes: Vec<u8>,
    /// Its detached signature.
    pub jws: String,
}

/// A refused item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quarantined {
    /// The box whose topic it came by.
    pub dev: DeviceId,
    /// The topic.
    pub topic: String,
    /// Why.
    pub code: RefusalCode,
    /// Hash of its bytes.
    pub hash: Sha256Hash,
    /// When.
    pub received: UtcTime,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Its signature.
    pub jws: Option<String>,
}

/// What is known of a box.
#[derive(Debug, Clone, PartialEq)]
pub struct BoxRow {
    /// The box.
    pub dev: DeviceId,
    /// Its birth or last will.
    pub state: Option<DeviceState>,
    /// Since when it is so, by the centre's clock.
    pub since: Option<UtcTime>,
    /// The start before the current one, to tell two boxes of one name.
    pub previous_boot: Option<String>,
    /// Its last health message.
    pub health: Option<Health>,
    /// When that arrived.
    pub health_received: Option<UtcTime>,
    /// Its configuration in force.
    pub reported: Option<Reported>,
}

impl BoxRow {
    /// A box of which nothing is known.
    #[must_use]
    pub const fn new(dev: DeviceId) -> Self {
        Self { dev, state: None, since: None, previous_boot: None, health: None, health_received: None, reported: None }
    }
}

/// Whether an alarm may come back after it was cleared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recurrence {
    /// Yes, as a new one.
    Returns,
    /// No: its key names one occurrence, and its end may arrive before its start.
    Once,
}

/// Something to be alarmed about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlarmReport {
    /// The box it is about.
    pub dev: Option<DeviceId>,
    /// What it is about.
    pub kind: AlarmKind,
    /// Tells alarms of the same kind and box apart.
    pub key: String,
    /// How soon a person should look.
    pub severity: Severity,
    /// What happened, for people.
    pub detail: String,
    /// Whether it may come back.
    pub recurrence: Recurrence,
}

/// A stored alarm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlarmRow {
    /// Its number.
    pub id: i64,
    /// The box it is about.
    pub dev: Option<DeviceId>,
    /// What it is about.
    pub kind: AlarmKind,
    /// How soon a person should look.
    pub severity: Severity,
    /// What happened last.
    pub detail: String,
    /// When it was first met.
    pub raised: UtcTime,
    /// When it was last met.
    pub last: UtcTime,
    /// How often it was met.
    pub count: u64,
    /// When it was cleared.
    pub cleared: Option<UtcTime>,
}

/// A user.
#[derive(Clone, PartialEq, Eq)]
pub struct UserRow {
    /// The name.
    pub name: String,
    /// What they do.
    pub role: Role,
    /// The password's argon2id hash (PHC text).
    pub password: String,
    /// When the user was added.
    pub created: UtcTime,
}

impl std::fmt::Debug for UserRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("UserRow").field("name", &self.name).field("role", &self.role).finish_non_exhaustive()
    }
}

/// A session; the token itself is never stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionRow {
    /// Hash of the token.
    pub token: Sha256Hash,
    /// Whose it is.
    pub user: String,
    /// When it began.
    pub began: UtcTime,
    /// When it was last used.
    pub seen: UtcTime,
}

/// What an accepted event announced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Announced {
    /// Media type.
    pub mime: String,
    /// Length in bytes.
    pub bytes: u64,
}

/// A blob in the index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlobRow {
    /// Its name.
    pub sha256: Sha256Hash,
    /// Length in bytes.
    pub bytes: u64,
    /// Media type.
    pub mime: String,
    /// When it was complete.
    pub stored: UtcTime,
    /// When it was removed.
    pub evicted: Option<UtcTime>,
}

/// A camera's latest picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PictureRow {
    /// The box.
    pub dev: DeviceId,
    /// The camera.
    pub cam: CameraId,
    /// Capture time.
    pub captured: UtcTime,
    /// When the centre had it.
    pub received: UtcTime,
    /// Hash of its bytes; its file is named by it.
    pub sha256: Sha256Hash,
    /// Length in bytes.
    pub bytes: u64,
}
