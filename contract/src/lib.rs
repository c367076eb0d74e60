//! The words that boxes, the centre and other systems say to each other.
//!
//! Everything here is data, its checks and its exact bytes: no files, sockets, clocks or threads.
//! Time, randomness and keys come in as arguments. Each wire message carries `v` (its schema
//! version), keeps fields it does not know, and has a JSON Schema under `contract/schema/` and a
//! golden file under `contract/golden/`; tests re-make both and compare.

pub mod calibration;
pub mod class;
pub mod command;
pub mod detection;
pub mod digest;
pub mod document;
pub mod event;
pub mod fact;
pub mod files;
pub mod geometry;
pub mod health;
pub mod id;
pub mod jws;
pub mod phase;
pub mod receipt;
pub mod recording;
pub mod reported;
pub mod request;
pub mod scene;
pub mod schema;
pub mod state;
pub mod time;
pub mod topic;
pub mod truth;
pub mod version;

pub use class::RoadUserClass;
pub use detection::Detection;
pub use digest::Sha256Hash;
pub use geometry::{FrameBox, FramePoint, FrameSize, PixelBox, PixelPoint};
pub use id::{CameraId, DeviceId, EventId, IncidentId, LaneId, LegId, LineId, MarkingId, RuleId, SiteId, ZoneId};
pub use scene::Scene;
pub use time::UtcTime;
