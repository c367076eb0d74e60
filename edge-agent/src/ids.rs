//! Random numbers, ids and nonces from one seed: the system's for a running box, a hash for the
//! analysis of a file, so that the same file gives the same ids.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use kerege_contract::fact::BootId;
use kerege_contract::{EventId, IncidentId, Sha256Hash, UtcTime};

/// SHA-256 in counter mode over a seed that nobody else knows.
#[derive(Debug)]
pub struct Random {
    seed: [u8; 32],
    counter: u64,
}

/// The system gives no random numbers.
#[derive(Debug, thiserror::Error)]
#[error("the system gives no random numbers")]
pub struct NoRandom(#[source] getrandom::Error);

impl Random {
    /// Seeded by the system.
    ///
    /// # Errors
    /// When the system gives no random numbers.
    pub fn from_system() -> Result<Self, NoRandom> {
        let mut seed = [0; 32];
        getrandom::fill(&mut seed).map_err(NoRandom)?;
        Ok(Self { seed, counter: 0 })
    }

    /// The same numbers for the same seed.
    #[must_use]
    pub const fn from_seed(seed: Sha256Hash) -> Self {
        Self { seed: *seed.as_bytes(), counter: 0 }
    }

    /// The next bytes, at most 32.
    pub fn bytes<const N: usize>(&mut self) -> [u8; N] {
        const { assert!(N <= 32, "one hash at a time") };
        let mut block = [0u8; 40];
        block[..32].copy_from_slice(&self.seed);
        block[32..].copy_from_slice(&self.counter.to_be_bytes());
        self.counter += 1;
        let hash = Sha256Hash::of(&block);
        let mut bytes = [0; N];
        bytes.copy_from_slice(&hash.as_bytes()[..N]);
        bytes
    }

    /// A number from 0 up to but without 1.
    pub fn fraction(&mut self) -> f64 {
        f64::from(u32::from_be_bytes(self.bytes())) / (f64::from(u32::MAX) + 1.0)
    }

    /// 16 bytes in base64, as every event carries them.
    pub fn nonce(&mut self) -> String {
        STANDARD.encode(self.bytes::<16>())
    }

    /// A new event id.
    pub fn event_id(&mut self, at: UtcTime) -> EventId {
        EventId::from_parts(at, self.bytes())
    }

    /// A new incident id.
    pub fn incident_id(&mut self, at: UtcTime) -> IncidentId {
        IncidentId::from_parts(at, self.bytes())
    }

    /// The name of one start of the box.
    pub fn boot_id(&mut self, at: UtcTime) -> BootId {
        BootId(EventId::from_parts(at, self.bytes()).to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_the_same_numbers_and_never_the_same_twice() {
        let seed = Sha256Hash::of(b"file");
        let (mut one, mut other) = (Random::from_seed(seed), Random::from_seed(seed));
        let first: [u8; 16] = one.bytes();
        assert_eq!(first, other.bytes::<16>());
        assert_ne!(first, one.bytes::<16>());
        assert!((0.0..1.0).contains(&one.fraction()));
        assert_ne!(Random::from_system().unwrap().nonce(), Random::from_system().unwrap().nonce());
    }
}
