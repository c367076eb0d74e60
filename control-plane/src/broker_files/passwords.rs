//! Passwords of broker accounts, and how Mosquitto stores them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::Sha512;

/// Mosquitto's own default. More would only slow the broker down: the passwords are 192 random
/// bits, which no number of rounds makes harder to guess.
const ROUNDS: u32 = 101;
const SALT_BYTES: usize = 12;
const HASH_BYTES: usize = 64;

/// A new password: 192 random bits in hexadecimal, so that no program takes it for an option.
pub(super) fn generate() -> Result<String, getrandom::Error> {
    let mut random = [0u8; 24];
    getrandom::fill(&mut random)?;
    Ok(random.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// The line of a password file: `user:$7$rounds$salt$hash`, PBKDF2 with SHA-512.
pub(super) fn line(user: &str, password: &str) -> Result<String, getrandom::Error> {
    let mut salt = [0u8; SALT_BYTES];
    getrandom::fill(&mut salt)?;
    Ok(line_with(user, password, &salt))
}

fn line_with(user: &str, password: &str, salt: &[u8]) -> String {
    let hash = pbkdf2::pbkdf2_hmac_array::<Sha512, HASH_BYTES>(password.as_bytes(), salt, ROUNDS);
    format!("{user}:$7${ROUNDS}${}${}\n", STANDARD.encode(salt), STANDARD.encode(hash))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_is_what_mosquitto_makes() {
        // Compared with hashlib.pbkdf2_hmac("sha512", b"secret", bytes(range(12)), 101, 64) in Python.
        let salt: Vec<u8> = (0..12).collect();
        let line = line_with("ingest", "secret", &salt);
        assert_eq!(line, format!("ingest:$7$101$AAECAwQFBgcICQoL${EXPECTED}\n"));
    }

    const EXPECTED: &str = "Xr99N9ym9ys8TWxis5ajETJq6EVYzmc6nb8t3pUYnPBbCAbICS4xejTltonXWCtJNBvA+By+TXUqU6qCblO00w==";
}
