//! `Content-Range` of one part of an upload.

use kerege_contract::request::PART_BYTES;
use std::str::FromStr;

/// Where a part belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// `bytes a-b/total`: these bytes of the whole.
    Bytes {
        /// First byte.
        offset: u64,
        /// How many.
        length: u64,
        /// Length of the whole.
        total: u64,
    },
    /// `bytes */total`: how much is there already?
    Question {
        /// Length of the whole.
        total: u64,
    },
}

/// A text that is not such a range.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("content-range must be 'bytes first-last/total' of at most {PART_BYTES} bytes, or 'bytes */total' to ask")]
pub struct BadRange;

impl FromStr for Part {
    type Err = BadRange;

    fn from_str(text: &str) -> Result<Self, BadRange> {
        let (range, total) = text.strip_prefix("bytes ").and_then(|rest| rest.split_once('/')).ok_or(BadRange)?;
        let number = |digits: &str| {
            let plain = !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit());
            if plain { digits.parse::<u64>().map_err(|_| BadRange) } else { Err(BadRange) }
        };
        let total = number(total)?;
        if range == "*" {
            return Ok(Self::Question { total });
        }
        let (first, last) = range.split_once('-').ok_or(BadRange)?;
        let (first, last) = (number(first)?, number(last)?);
        let fits = first <= last && last < total && last - first < PART_BYTES as u64;
        if fits { Ok(Self::Bytes { offset: first, length: last - first + 1, total }) } else { Err(BadRange) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_or_refused() {
        assert_eq!("bytes 0-9/20".parse(), Ok(Part::Bytes { offset: 0, length: 10, total: 20 }));
        assert_eq!(
            "bytes 262144-300000/300001".parse(),
            Ok(Part::Bytes { offset: 262_144, length: 37_857, total: 300_001 })
        );
        assert_eq!("bytes */20".parse(), Ok(Part::Question { total: 20 }));
        for bad in [
            "",
            "bytes",
            "bytes 0-9",
            "bytes 0-9/*",
            "bytes 9-0/20",
            "bytes 0-20/20",
            "bytes 0-262144/400000",
            "bytes -5/20",
            "items 0-9/20",
            "bytes 0-9/99999999999999999999",
            "bytes +0-9/20",
        ] {
            assert_eq!(bad.parse::<Part>(), Err(BadRange), "{bad}");
        }
    }
}
