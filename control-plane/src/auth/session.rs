//! Sessions: a random token in a cookie, its hash in the store. It ends after twelve idle hours (a
//! shift) and after a day in any case.

use crate::config::CookiePolicy;
use crate::store::SessionRow;
use axum::http::{HeaderMap, header};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kerege_contract::{Sha256Hash, UtcTime};

/// A session ends when it was idle this long, seconds.
pub const IDLE_S: f64 = 12.0 * 3600.0;
/// A session ends this long after its beginning, seconds.
pub const ABSOLUTE_S: f64 = 24.0 * 3600.0;
/// How often use of a session is written down, seconds.
pub const TOUCH_S: f64 = 60.0;

/// The name of the cookie.
#[must_use]
pub const fn cookie_name(policy: CookiePolicy) -> &'static str {
    match policy {
        CookiePolicy::Secure => "__Host-kerege_session",
        CookiePolicy::Plain => "kerege_session",
    }
}

/// A new token: 256 random bits as text.
///
/// # Errors
/// When the machine gives no random numbers.
pub fn new_token() -> Result<String, getrandom::Error> {
    let mut random = [0u8; 32];
    getrandom::fill(&mut random)?;
    Ok(URL_SAFE_NO_PAD.encode(random))
}

/// What is stored of a token.
#[must_use]
pub fn fingerprint(token: &str) -> Sha256Hash {
    Sha256Hash::of(token.as_bytes())
}

/// The token that a request carries.
#[must_use]
pub fn token_of(headers: &HeaderMap, policy: CookiePolicy) -> Option<String> {
    let name = cookie_name(policy);
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(known, _)| *known == name)
        .map(|(_, token)| token.to_owned())
}

/// The `Set-Cookie` that hands a token out, or with none takes it back.
#[must_use]
pub fn set_cookie(token: Option<&str>, policy: CookiePolicy) -> String {
    let name = cookie_name(policy);
    let secure = match policy {
        CookiePolicy::Secure => "; Secure",
        CookiePolicy::Plain => "",
    };
    let (token, age) = token.map_or(("", 0.0), |token| (token, ABSOLUTE_S));
    format!("{name}={token}; Path=/; HttpOnly; SameSite=Strict; Max-Age={age}{secure}")
}

/// When a session ends if nothing is done until then; none when it has ended.
#[must_use]
pub fn expires(session: &SessionRow, now: UtcTime) -> Option<UtcTime> {
    let end = session.seen.plus_seconds(IDLE_S).min(session.began.plus_seconds(ABSOLUTE_S));
    (now < end).then_some(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_ends_idle_and_at_last_in_any_case() {
        let began = UtcTime::from_millis(0);
        let session = |seen| SessionRow { token: Sha256Hash::ZERO, user: "a".into(), began, seen };
        let hours = |hours: f64| began.plus_seconds(hours * 3600.0);
        assert_eq!(expires(&session(began), hours(11.9)), Some(hours(12.0)));
        assert_eq!(expires(&session(began), hours(12.0)), None);
        assert_eq!(expires(&session(hours(20.0)), hours(21.0)), Some(hours(24.0)));
        assert_eq!(expires(&session(hours(23.0)), hours(24.0)), None);
    }

    #[test]
    fn the_cookie_is_found_among_others_and_never_under_a_weaker_name() {
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, "a=b; kerege_session=plain; __Host-kerege_session=safe".parse().unwrap());
        assert_eq!(token_of(&headers, CookiePolicy::Secure).as_deref(), Some("safe"));
        assert_eq!(token_of(&headers, CookiePolicy::Plain).as_deref(), Some("plain"));
        headers.insert(header::COOKIE, "kerege_session=plain".parse().unwrap());
        assert_eq!(token_of(&headers, CookiePolicy::Secure), None);
        let cookie = set_cookie(Some("t"), CookiePolicy::Secure);
        assert_eq!(cookie, "__Host-kerege_session=t; Path=/; HttpOnly; SameSite=Strict; Max-Age=86400; Secure");
    }
}
