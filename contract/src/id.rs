//! Typed identifiers. Names given by people are slugs that are safe in topics, paths and URLs.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

/// Why a text cannot be an identifier.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "'{text}' cannot be a name: use 1 to 64 letters a-z A-Z, digits, '-', '_' or '.', beginning with a letter or digit"
)]
pub struct BadName {
    /// The text as given, shortened.
    pub text: String,
}

fn check(text: &str) -> Result<(), BadName> {
    let good = (1..=64).contains(&text.len())
        && text.starts_with(|first: char| first.is_ascii_alphanumeric())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
    if good { Ok(()) } else { Err(BadName { text: text.chars().take(80).collect() }) }
}

macro_rules! name {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// Checks a text and takes it as the name.
            ///
            /// # Errors
            /// When the text is empty, longer than 64 characters or has a character other than
            /// letters, digits, `-`, `_` and `.`.
            pub fn new(text: impl Into<String>) -> Result<Self, BadName> {
                let text = text.into();
                check(&text)?;
                Ok(Self(text))
            }

            /// The name as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl FromStr for $name {
            type Err = BadName;

            fn from_str(text: &str) -> Result<Self, BadName> {
                Self::new(text)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Self::new(String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
            }
        }

        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({ "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$" })
            }
        }
    };
}

name!(/** An edge box, such as `bsk-017`; also its MQTT client id and user name. */ DeviceId);
name!(/** A camera of one box, such as `c2`. */ CameraId);
name!(/** An intersection, such as `BSK-017`. */ SiteId);
name!(/** A line drawn on a camera's picture. */ LineId);
name!(/** A lane drawn on a camera's picture. */ LaneId);
name!(/** A zone drawn on a camera's picture. */ ZoneId);
name!(/** A road marking drawn on a camera's picture. */ MarkingId);
name!(/** An arm of the intersection, such as `N`. */ LegId);
name!(/** A rule of a scene. */ RuleId);

macro_rules! uuid_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub uuid::Uuid);

        impl $name {
            /// A version 7 UUID from its time and 10 random bytes, so that ids sort by time and
            /// tests and file analysis can make the same ones again.
            #[must_use]
            pub fn from_parts(at: crate::UtcTime, random: [u8; 10]) -> Self {
                let millis = u64::try_from(at.millis()).unwrap_or(0);
                Self(uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, uuid::Error> {
                text.parse().map(Self)
            }
        }

        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({ "type": "string", "format": "uuid" })
            }
        }
    };
}

uuid_id!(/** One signed message; version 7, so ids sort by time. */ EventId);
uuid_id!(/** One cause worth a person's attention, the same from its start to its end. */ IncidentId);
