//! Slows down guessing of passwords: failures are counted by name and by address for a while.

use kerege_contract::UtcTime;
use std::collections::HashMap;
use std::net::IpAddr;

/// Failures are forgotten after this time, seconds.
const WINDOW_S: f64 = 300.0;
/// Failures from one address for one name within the window.
const PER_PAIR: u32 = 5;
/// Failures from one address within the window: one guesser, many names.
const PER_ADDRESS: u32 = 50;
/// Failures for one name within the window: many guessers, one name. Higher, so that a stranger
/// cannot lock an officer out from one place.
const PER_NAME: u32 = 100;
/// Counters kept; when full, those whose window is over go, and then all: forgetting is bounded too.
const COUNTERS: usize = 20_000;

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Key {
    Pair(String, IpAddr),
    Address(IpAddr),
    Name(String),
}

impl Key {
    const fn limit(&self) -> u32 {
        match self {
            Self::Pair(..) => PER_PAIR,
            Self::Address(_) => PER_ADDRESS,
            Self::Name(_) => PER_NAME,
        }
    }
}

#[derive(Debug, Clone, Copy)]
struct Counter {
    began: UtcTime,
    failures: u32,
}

/// Counts failed attempts to sign in.
#[derive(Debug, Default)]
pub struct Limiter(HashMap<Key, Counter>);

impl Limiter {
    /// Whether another attempt may be made now; else seconds to wait.
    ///
    /// # Errors
    /// The seconds after which to try again.
    pub fn check(&self, name: &str, address: IpAddr, now: UtcTime) -> Result<(), u64> {
        let waits = keys(name, address).into_iter().filter_map(|key| {
            let counter = self.0.get(&key)?;
            let left = WINDOW_S - now.seconds_since(counter.began);
            (counter.failures >= key.limit() && left > 0.0).then_some(left)
        });
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 300")]
        waits.reduce(f64::max).map_or(Ok(()), |left| Err(left.ceil() as u64))
    }

    /// Counts an attempt before its password is checked, so that attempts made at once count too.
    pub fn attempt(&mut self, name: &str, address: IpAddr, now: UtcTime) {
        self.make_room(now);
        for key in keys(name, address) {
            let counter = self.0.entry(key).or_insert(Counter { began: now, failures: 0 });
            if now.seconds_since(counter.began) >= WINDOW_S {
                *counter = Counter { began: now, failures: 0 };
            }
            counter.failures += 1;
        }
    }

    /// Takes back an attempt that was right.
    pub fn succeeded(&mut self, name: &str, address: IpAddr) {
        for key in keys(name, address) {
            if let Key::Pair(..) = key {
                self.0.remove(&key);
            } else if let Some(counter) = self.0.get_mut(&key) {
                counter.failures = counter.failures.saturating_sub(1);
            }
        }
    }

    fn make_room(&mut self, now: UtcTime) {
        if self.0.len() + 3 > COUNTERS {
            self.0.retain(|_, counter| now.seconds_since(counter.began) < WINDOW_S);
        }
        if self.0.len() + 3 > COUNTERS {
            self.0.clear();
        }
    }
}

fn keys(name: &str, address: IpAddr) -> [Key; 3] {
    let name: String = name.chars().take(64).collect();
    [Key::Pair(name.clone(), address), Key::Address(address), Key::Name(name)]
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);
    const THERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(10, 0, 0, 1));

    fn at(seconds: f64) -> UtcTime {
        UtcTime::from_millis(1_000_000).plus_seconds(seconds)
    }

    #[test]
    fn guessing_is_stopped_and_the_owner_elsewhere_is_not() {
        let mut limiter = Limiter::default();
        for _ in 0..PER_PAIR {
            assert_eq!(limiter.check("aibek", HERE, at(0.0)), Ok(()));
            limiter.attempt("aibek", HERE, at(0.0));
        }
        assert_eq!(limiter.check("aibek", HERE, at(100.0)), Err(200));
        assert_eq!(limiter.check("aibek", THERE, at(100.0)), Ok(()));
        assert_eq!(limiter.check("gulnara", HERE, at(100.0)), Ok(()));
        assert_eq!(limiter.check("aibek", HERE, at(300.0)), Ok(()));
    }

    #[test]
    fn many_names_from_one_address_are_stopped() {
        let mut limiter = Limiter::default();
        for n in 0..PER_ADDRESS {
            limiter.attempt(&format!("user{n}"), HERE, at(0.0));
        }
        assert!(limiter.check("another", HERE, at(1.0)).is_err());
        assert_eq!(limiter.check("another", THERE, at(1.0)), Ok(()));
    }

    #[test]
    fn memory_is_bounded() {
        let mut limiter = Limiter::default();
        for n in 0..COUNTERS {
            limiter.attempt(&format!("user{n}"), THERE, at(0.0));
        }
        assert!(limiter.0.len() <= COUNTERS);
    }
}
