//! Receipts: the centre's signed word that it has stored an event or fact. Only they free the box.

use crate::version::{Unknown, V1};
use crate::{DeviceId, Sha256Hash};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How far the centre has an epoch without a gap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct UpTo {
    /// The epoch.
    pub epoch: u32,
    /// The highest contiguous sequence number.
    pub seq: u64,
}

/// One event that is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct EventReceipt {
    /// Its epoch.
    pub epoch: u32,
    /// Its number.
    pub seq: u64,
    /// Hash of its bytes.
    pub hash: Sha256Hash,
}

/// One fact that is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FactReceipt {
    /// Its number.
    pub fseq: u64,
    /// Hash of its bytes.
    pub hash: Sha256Hash,
}

/// Why an item was refused; stable words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RefusalCode {
    /// Not JSON of this kind, or fields are missing.
    Malformed,
    /// A schema version that the centre does not read.
    UnknownVersion,
    /// The signature does not fit.
    BadSignature,
    /// The topic's device, the payload's and the key's are not the same.
    WrongDevice,
    /// The class does not fit the type or the topic.
    WrongClass,
    /// Another event with the same epoch and number is stored: a fork.
    Fork,
    /// Longer than the centre takes.
    TooLarge,
}

impl RefusalCode {
    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::UnknownVersion => "unknown_version",
            Self::BadSignature => "bad_signature",
            Self::WrongDevice => "wrong_device",
            Self::WrongClass => "wrong_class",
            Self::Fork => "fork",
            Self::TooLarge => "too_large",
        }
    }
}

/// An item that the centre will not store as it is; quarantined on both sides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Refusal {
    /// An event.
    Event {
        /// Its epoch.
        epoch: u32,
        /// Its number.
        seq: u64,
        /// Hash of the bytes that were refused.
        hash: Sha256Hash,
        /// Why.
        code: RefusalCode,
    },
    /// A fact.
    Fact {
        /// Its number.
        fseq: u64,
        /// Hash of the bytes that were refused.
        hash: Sha256Hash,
        /// Why.
        code: RefusalCode,
    },
}

/// What the centre has stored and refused of one device.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Receipt {
    /// Schema version.
    pub v: V1,
    /// The device it is for; a box ignores those of others.
    pub dev: DeviceId,
    /// How far the newest epoch is stored without a gap.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub upto: Option<UpTo>,
    /// Events stored.
    #[serde(default)]
    pub events: Vec<EventReceipt>,
    /// Facts stored.
    #[serde(default)]
    pub facts: Vec<FactReceipt>,
    /// Items refused.
    #[serde(default)]
    pub refused: Vec<Refusal>,
    /// Fields this build does not know.
    #[serde(flatten)]
    #[schemars(skip)]
    pub unknown: Unknown,
}
