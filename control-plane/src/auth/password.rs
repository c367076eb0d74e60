//! Passwords: argon2id, at least twelve characters, and the same work for a name that does not
//! exist, so that the time of an answer tells nothing.

use argon2::password_hash::phc::PasswordHash;
use argon2::{Argon2, PasswordHasher as _, PasswordVerifier as _};
use std::sync::LazyLock;

/// Fewest characters of a password.
pub const MIN_CHARS: usize = 12;
/// Most bytes: longer ones only burn time.
pub const MAX_BYTES: usize = 256;

/// Why a password is not taken.
#[derive(Debug, thiserror::Error)]
pub enum BadPassword {
    /// Too short.
    #[error("the password has {0} characters: use at least {MIN_CHARS}")]
    Short(usize),
    /// Too long.
    #[error("the password is longer than {MAX_BYTES} bytes")]
    Long,
    /// One character over and over.
    #[error("the password is one character repeated: use words or --generate")]
    Monotonous,
    /// The hash could not be made.
    #[error("the password could not be hashed: {0}")]
    Hash(argon2::password_hash::Error),
}

/// Checks a new password and hashes it.
///
/// # Errors
/// When it is too short, too long or one character repeated.
pub fn hash(password: &str) -> Result<String, BadPassword> {
    let chars = password.chars().count();
    if chars < MIN_CHARS {
        return Err(BadPassword::Short(chars));
    }
    if password.len() > MAX_BYTES {
        return Err(BadPassword::Long);
    }
    let first = password.chars().next();
    if password.chars().all(|letter| Some(letter) == first) {
        return Err(BadPassword::Monotonous);
    }
    let hash = Argon2::default().hash_password(password.as_bytes()).map_err(BadPassword::Hash)?;
    Ok(hash.to_string())
}

/// What a name without user is checked against.
static NOBODY: LazyLock<String> =
    LazyLock::new(|| hash("a password that nobody has").unwrap_or_else(|_| String::new()));

/// Whether a password fits a stored hash; with none stored it takes as long and does not fit.
#[must_use]
pub fn verify(stored: Option<&str>, password: &str) -> bool {
    let fits = |phc: &str| {
        PasswordHash::new(phc).is_ok_and(|phc| Argon2::default().verify_password(password.as_bytes(), &phc).is_ok())
    };
    if password.len() > MAX_BYTES {
        return false;
    }
    match stored {
        Some(phc) => fits(phc),
        None => {
            let _same_work = fits(&NOBODY);
            false
        }
    }
}

/// Makes a password that a person can read out: four groups of five letters and digits, 100 bits.
///
/// # Errors
/// When the machine gives no random numbers.
pub fn generate() -> Result<String, getrandom::Error> {
    const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
    let mut random = [0u8; 20];
    getrandom::fill(&mut random)?;
    let letters: Vec<char> = random.iter().map(|byte| char::from(LETTERS[usize::from(byte % 32)])).collect();
    Ok(letters.chunks(5).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join("-"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_same_password_fits() {
        let stored = hash("correct horse battery").unwrap();
        assert!(stored.starts_with("$argon2id$"));
        assert!(verify(Some(&stored), "correct horse battery"));
        assert!(!verify(Some(&stored), "correct horse batterz"));
        assert!(!verify(None, "a password that nobody has"));
        assert!(!verify(Some("not a hash"), "anything at all"));
    }

    #[test]
    fn weak_passwords_are_refused() {
        assert!(matches!(hash("short"), Err(BadPassword::Short(5))));
        assert!(matches!(hash("aaaaaaaaaaaaaaaa"), Err(BadPassword::Monotonous)));
        assert!(matches!(hash(&"ab".repeat(200)), Err(BadPassword::Long)));
    }

    #[test]
    fn generated_passwords_are_taken_and_differ() {
        let (one, other) = (generate().unwrap(), generate().unwrap());
        assert_ne!(one, other);
        assert_eq!(one.len(), 23);
        hash(&one).unwrap();
    }
}
