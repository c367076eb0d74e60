//! Instants: UTC milliseconds, RFC 3339 with `Z` on the wire.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

/// An instant in UTC, to the millisecond.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct UtcTime(i64);

/// A text that is not an RFC 3339 instant.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is not a time: write RFC 3339, such as 2026-03-05T08:13:58.412Z")]
pub struct BadTime(String);

/// 1970 to the end of 9999: nothing here is older, and RFC 3339 cannot write what is later.
const RANGE_MS: std::ops::RangeInclusive<i64> = 0..=253_402_207_199_999;

impl UtcTime {
    /// From milliseconds since 1970-01-01T00:00:00Z, held within 1970 to 9999.
    #[must_use]
    pub fn from_millis(millis: i64) -> Self {
        Self(millis.clamp(*RANGE_MS.start(), *RANGE_MS.end()))
    }

    /// Milliseconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// This instant moved by some seconds, rounded to the millisecond.
    #[must_use]
    #[expect(clippy::cast_possible_truncation, reason = "float to int saturates, and the range is clamped")]
    pub fn plus_seconds(self, seconds: f64) -> Self {
        Self::from_millis(self.0.saturating_add((seconds * 1000.0).round() as i64))
    }

    /// Seconds from `earlier` to this instant; negative when `earlier` is later.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "milliseconds of a few centuries fit an f64 exactly")]
    pub fn seconds_since(self, earlier: Self) -> f64 {
        (self.0 - earlier.0) as f64 / 1000.0
    }

    /// The start of the UTC minute it lies in.
    #[must_use]
    pub const fn minute_start(self) -> Self {
        Self(self.0 - self.0.rem_euclid(60_000))
    }
}

impl fmt::Display for UtcTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let instant = jiff::Timestamp::from_millisecond(self.0).map_err(|_| fmt::Error)?;
        write!(f, "{instant:.3}")
    }
}

impl fmt::Debug for UtcTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl FromStr for UtcTime {
    type Err = BadTime;

    fn from_str(text: &str) -> Result<Self, BadTime> {
        let instant: jiff::Timestamp = text.parse().map_err(|_| BadTime(text.chars().take(40).collect()))?;
        Ok(Self::from_millis(instant.as_millisecond()))
    }
}

impl Serialize for UtcTime {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for UtcTime {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Cow::<'_, str>::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl JsonSchema for UtcTime {
    fn schema_name() -> Cow<'static, str> {
        "UtcTime".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "format": "date-time" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_three_decimals_and_z() {
        let at: UtcTime = "2026-03-05T14:13:58.4129+06:00".parse().unwrap();
        assert_eq!(at.to_string(), "2026-03-05T08:13:58.412Z");
        assert_eq!(at.plus_seconds(0.588).to_string(), "2026-03-05T08:13:59.000Z");
        assert_eq!(at.minute_start().to_string(), "2026-03-05T08:13:00.000Z");
        assert!("yesterday".parse::<UtcTime>().is_err());
    }

    #[test]
    fn extremes_can_be_written() {
        for millis in [i64::MIN, i64::MAX] {
            let at = UtcTime::from_millis(millis);
            assert_eq!(at.to_string().parse::<UtcTime>().unwrap(), at);
        }
    }
}
