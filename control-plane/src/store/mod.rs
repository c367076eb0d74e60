//! Where the centre keeps what it knows, behind one contract: SQLite on one machine now, PostgreSQL
//! for a city later. `suite` is what every backend must pass.
//!
//! A store offers primitives inside a transaction ([`Tx`]) and reads ([`Reads`]); what they mean
//! (chains, projections, alarms) is decided above it, in `ingest`, without SQL. All calls block.

mod records;
mod sqlite;
#[cfg(test)]
mod suite;

pub use records::{
    AlarmReport, AlarmRow, Announced, BlobRow, BoxRow, ChainRow, Cursor, EventRow, FactRow, IncidentFilter,
    IncidentRow, Link, PictureRow, Quarantined, Recurrence, SessionRow, UserRow,
};
pub use sqlite::SqliteStore;

use crate::api::types::AlarmKind;
use kerege_contract::event::Evidence;
use kerege_contract::{CameraId, DeviceId, IncidentId, Sha256Hash, UtcTime};

/// Why the store failed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The data folder or file cannot be used.
    #[error("cannot open the store {}: check data_dir, its owner and the free space", path.display())]
    Open {
        /// The file.
        path: std::path::PathBuf,
        /// Why.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The store was written by a newer build.
    #[error("the store is of version {found}, this build knows {known}: use the newer build")]
    Newer {
        /// Its version.
        found: u32,
        /// The newest that this build knows.
        known: u32,
    },
    /// A statement failed.
    #[error("the store failed")]
    Backend(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A stored value cannot be read.
    #[error("the store holds a {what} that cannot be read")]
    Corrupt {
        /// What it should be.
        what: &'static str,
        /// Why.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

/// Result of a store call.
pub type Stored<T> = Result<T, StoreError>;

/// A store.
pub trait Store: Reads + std::fmt::Debug + Send + Sync + 'static {
    /// Runs some work in one transaction: all of it is on disk when this returns, or none.
    ///
    /// # Errors
    /// When the work fails or the commit does.
    fn transaction(&self, work: &mut dyn FnMut(&dyn Tx) -> Stored<()>) -> Stored<()>;
}

/// Everything that is written.
pub trait Tx: JournalTx + FleetTx + AlarmTx + AccountTx + BlobTx {}

/// Events, chains, incidents and facts.
#[expect(clippy::missing_errors_doc, reason = "each fails when the backend does")]
pub trait JournalTx {
    /// Hash of the event at a place.
    fn event_hash(&self, dev: &DeviceId, epoch: u32, seq: u64) -> Stored<Option<Sha256Hash>>;
    /// Adds an event at a free place.
    fn insert_event(&self, event: &EventRow) -> Stored<()>;
    /// The event at a place as a link of its chain.
    fn link(&self, dev: &DeviceId, epoch: u32, seq: u64) -> Stored<Option<Link>>;
    /// The chain of an epoch.
    fn chain(&self, dev: &DeviceId, epoch: u32) -> Stored<Option<ChainRow>>;
    /// The chain of the newest epoch.
    fn newest_chain(&self, dev: &DeviceId) -> Stored<Option<ChainRow>>;
    /// Writes a chain.
    fn put_chain(&self, chain: &ChainRow) -> Stored<()>;
    /// Chains with a gap that began before some time.
    fn chains_with_gap(&self, before: UtcTime) -> Stored<Vec<ChainRow>>;
    /// The events of an incident of a device.
    fn incident_events(&self, dev: &DeviceId, incident: IncidentId) -> Stored<Vec<EventRow>>;
    /// Writes an incident, unless another device owns its id.
    fn put_incident(&self, incident: &IncidentRow) -> Stored<()>;
    /// Hash of the fact with a number.
    fn fact_hash(&self, dev: &DeviceId, fseq: u64) -> Stored<Option<Sha256Hash>>;
    /// Adds a fact under a free number.
    fn insert_fact(&self, fact: &FactRow) -> Stored<()>;
    /// Sets a refused item aside, once for each (device, code, hash); the oldest go when full.
    fn quarantine(&self, item: &Quarantined) -> Stored<()>;
}

/// Boxes.
#[expect(clippy::missing_errors_doc, reason = "each fails when the backend does")]
pub trait FleetTx {
    /// What is known of a box.
    fn box_row(&self, dev: &DeviceId) -> Stored<Option<BoxRow>>;
    /// Writes what is known of a box.
    fn put_box(&self, row: &BoxRow) -> Stored<()>;
}

/// Alarms.
#[expect(clippy::missing_errors_doc, reason = "each fails when the backend does")]
pub trait AlarmTx {
    /// Raises an alarm, or counts it once more when it is open. None when it was cleared before and
    /// may not come back.
    fn raise(&self, report: &AlarmReport, now: UtcTime) -> Stored<Option<AlarmRow>>;
    /// Clears an alarm; the alarm if it was open.
    fn clear(&self, dev: Option<&DeviceId>, kind: AlarmKind, key: &str, now: UtcTime) -> Stored<Option<AlarmRow>>;
    /// How many alarms of a kind are open.
    fn open_alarms(&self, kind: AlarmKind) -> Stored<u64>;
    /// Clears alarms of some kinds that were not met since some time.
    fn clear_quiet(&self, kinds: &[AlarmKind], since: UtcTime, now: UtcTime) -> Stored<Vec<AlarmRow>>;
    /// Forgets alarms that were cleared before some time.
    fn forget_alarms(&self, before: UtcTime) -> Stored<u64>;
}

/// Users, sessions and what people did.
#[expect(clippy::missing_errors_doc, reason = "each fails when the backend does")]
pub trait AccountTx {
    /// Adds a user or replaces one; their sessions end.
    fn put_user(&self, user: &UserRow) -> Stored<()>;
    /// Begins a session.
    fn put_session(&self, session: &SessionRow) -> Stored<()>;
    /// Notes that a session is in use.
    fn touch_session(&self, token: &Sha256Hash, now: UtcTime) -> Stored<()>;
    /// Ends a session.
    fn end_session(&self, token: &Sha256Hash) -> Stored<()>;
    /// Ends sessions that were idle since, or began before, some times.
    fn sweep_sessions(&self, idle_since: UtcTime, began_before: UtcTime) -> Stored<u64>;
    /// Logs what a person did. The same again within a window of five minutes is counted.
    fn log_act(&self, user: &str, act: &str, object: &str, now: UtcTime) -> Stored<()>;
}

/// The index of blobs and latest pictures.
#[expect(clippy::missing_errors_doc, reason = "each fails when the backend does")]
pub trait BlobTx {
    /// Notes that an accepted event of a device names a piece of evidence, and of which incident.
    fn announce(&self, dev: &DeviceId, evidence: &Evidence, incident: Option<IncidentId>, now: UtcTime) -> Stored<()>;
    /// Notes that a blob is stored.
    fn blob_stored(&self, blob: &BlobRow) -> Stored<()>;
    /// Notes that a blob was removed.
    fn blob_evicted(&self, sha256: &Sha256Hash, now: UtcTime) -> Stored<()>;
    /// Notes a camera's latest picture.
    fn put_picture(&self, picture: &PictureRow) -> Stored<()>;
}

/// Everything that is read.
#[expect(clippy::missing_errors_doc, reason = "each fails when the backend does")]
pub trait Reads {
    /// Incidents, newest first, after a place in the list.
    fn incidents(&self, filter: &IncidentFilter, before: Option<&Cursor>, limit: u32) -> Stored<Vec<IncidentRow>>;
    /// One incident.
    fn incident(&self, id: IncidentId) -> Stored<Option<IncidentRow>>;
    /// The events of an incident, in the order of their chain.
    fn events_of(&self, dev: &DeviceId, incident: IncidentId) -> Stored<Vec<EventRow>>;
    /// The chains of a device, oldest first.
    fn chains(&self, dev: &DeviceId) -> Stored<Vec<ChainRow>>;
    /// Facts of a camera that begin within a time, end exclusive, oldest first.
    fn facts(&self, dev: &DeviceId, cam: &CameraId, from: UtcTime, to: UtcTime) -> Stored<Vec<FactRow>>;
    /// All boxes.
    fn boxes(&self) -> Stored<Vec<BoxRow>>;
    /// Alarms, open ones first, then the latest.
    fn alarms(&self, limit: u32) -> Stored<Vec<AlarmRow>>;
    /// How many alarms are open about each device.
    fn open_alarms_by_device(&self) -> Stored<Vec<(DeviceId, u64)>>;
    /// A user.
    fn user(&self, name: &str) -> Stored<Option<UserRow>>;
    /// A session with its user, when both hold.
    fn session(&self, token: &Sha256Hash) -> Stored<Option<(SessionRow, UserRow)>>;
    /// What a device announced under a hash.
    fn announced(&self, sha256: &Sha256Hash, dev: &DeviceId) -> Stored<Option<Announced>>;
    /// The incidents to which a piece of evidence belongs.
    fn incidents_showing(&self, sha256: &Sha256Hash) -> Stored<Vec<IncidentRow>>;
    /// A blob that is, or was, stored.
    fn blob(&self, sha256: &Sha256Hash) -> Stored<Option<BlobRow>>;
    /// Bytes of all stored blobs.
    fn blob_bytes(&self) -> Stored<u64>;
    /// Stored blobs, oldest first.
    fn oldest_blobs(&self, limit: u32) -> Stored<Vec<BlobRow>>;
    /// Latest pictures of all cameras.
    fn pictures(&self) -> Stored<Vec<PictureRow>>;
}
