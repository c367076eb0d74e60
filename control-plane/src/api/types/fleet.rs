//! Boxes: whether they are there, how they are, and whether their chain is whole.

use super::Camera;
use kerege_contract::event::Clock;
use kerege_contract::health::{ModelHealth, OutboxHealth};
use kerege_contract::{DeviceId, SiteId, UtcTime};
use schemars::JsonSchema;
use serde::Serialize;

/// Whether a box is connected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Presence {
    /// Connected.
    Online,
    /// Not connected.
    Offline,
    /// It never spoke to this centre.
    Unknown,
}

/// Whether a chain of events is whole, as far as the centre can tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChainVerdict {
    /// Every event up to here is stored, each naming the one before.
    Contiguous,
    /// An earlier event has not arrived yet.
    Pending,
    /// An event does not name the one before it, or an epoch does not begin as it must.
    Broken,
    /// Two different events claim the same place.
    Forked,
}

/// How far a box's newest chain is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ChainState {
    /// Whether it is whole.
    pub state: ChainVerdict,
    /// Its epoch.
    pub epoch: u32,
    /// Highest number up to which nothing is missing.
    pub upto: u64,
    /// Highest number that is known to exist.
    pub known: u64,
}

/// A box.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "Box")]
pub struct BoxStatus {
    /// Its id.
    pub dev: DeviceId,
    /// The intersection.
    pub site: SiteId,
    /// Whether it is connected.
    pub presence: Presence,
    /// Since when, by the centre's clock.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<UtcTime>,
    /// When its last health message was written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub health_at: Option<UtcTime>,
    /// Its software version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub software: Option<String>,
    /// Seconds since it started.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uptime_s: Option<f64>,
    /// The model in use, or why there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<ModelHealth>,
    /// Processor temperature, °C.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub temperature_c: Option<f64>,
    /// Free bytes where it keeps its data.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disk_free_bytes: Option<u64>,
    /// Resident memory of its process, bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memory_bytes: Option<u64>,
    /// What waits on it to be sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outbox: Option<OutboxHealth>,
    /// Its clock.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clock: Option<Clock>,
    /// Its chain of events.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chain: Option<ChainState>,
    /// Its cameras.
    pub cameras: Vec<Camera>,
    /// How many alarms are open about it.
    pub alarms_open: u64,
}
