//! Requests that change something must come from our own pages. Browsers say where a request comes
//! from (`Sec-Fetch-Site`, else `Origin`); a client that says neither is no browser and carries
//! nobody's cookies by accident.

use axum::http::{HeaderMap, header};

/// Whether a request may come from another site's page.
#[must_use]
pub fn is_cross_site(headers: &HeaderMap, public_origin: Option<&str>) -> bool {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    if let Some(site) = text("sec-fetch-site") {
        return !matches!(site, "same-origin" | "none");
    }
    let Some(origin) = text(header::ORIGIN.as_str()) else { return false };
    if let Some(public) = public_origin {
        return origin != public;
    }
    let host = text(header::HOST.as_str()).unwrap_or_default();
    host.is_empty() || origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://")) != Some(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_pages_and_plain_clients_pass() {
        let ours = Some("https://kerege.example");
        type Case<'a> = (&'a [(&'a str, &'a str)], Option<&'a str>, bool);
        let cases: &[Case<'_>] = &[
            (&[], None, false),
            (&[("sec-fetch-site", "same-origin")], None, false),
            (&[("sec-fetch-site", "none")], None, false),
            (&[("sec-fetch-site", "same-site")], None, true),
            (&[("sec-fetch-site", "cross-site"), ("origin", "http://a:1"), ("host", "a:1")], None, true),
            (&[("origin", "http://127.0.0.1:8080"), ("host", "127.0.0.1:8080")], None, false),
            (&[("origin", "http://127.0.0.1:8081"), ("host", "127.0.0.1:8080")], None, true),
            (&[("origin", "null"), ("host", "127.0.0.1:8080")], None, true),
            (&[("origin", "http://127.0.0.1:8080")], None, true),
            (&[("origin", "https://kerege.example"), ("host", "127.0.0.1:8080")], ours, false),
            (&[("origin", "http://127.0.0.1:8080"), ("host", "127.0.0.1:8080")], ours, true),
        ];
        for (given, public, wanted) in cases {
            let mut headers = HeaderMap::new();
            for (name, value) in *given {
                headers.insert(axum::http::HeaderName::from_static(name), value.parse().unwrap());
            }
            assert_eq!(is_cross_site(&headers, *public), *wanted, "{given:?} {public:?}");
        }
    }
}
