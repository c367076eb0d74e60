//! Everything that the web server says: the API, and the dashboard built into this binary, with the
//! headers that keep a page from doing what it should not.

use crate::api;
use crate::api::problem::{Code, Problem};
use crate::centre::Centre;
use crate::config::CookiePolicy;
use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rust_embed::{Embed, EmbeddedFile};
use std::sync::Arc;
use tower_http::compression::CompressionLayer;
use tower_http::trace::{DefaultOnFailure, TraceLayer};

/// What a built page holds in place of the nonce of its scripts and styles.
const NONCE_PLACE: &str = "__CSP_NONCE__";

#[derive(Embed)]
#[folder = "../dashboard/dist"]
struct Dashboard;

/// The whole web server.
pub fn app(centre: &Arc<Centre>) -> Router {
    let secure = centre.config.http.cookies == CookiePolicy::Secure;
    let trace = TraceLayer::new_for_http()
        .make_span_with(|request: &Request| {
            // The path only: a query may name what somebody looked for.
            tracing::debug_span!("http", method = %request.method(), path = request.uri().path())
        })
        // What failed inside was logged with its cause; that a probe is told "not yet" is no error.
        .on_failure(DefaultOnFailure::new().level(tracing::Level::DEBUG));
    api::router(centre)
        .fallback(dashboard)
        .layer(CompressionLayer::new())
        .layer(middleware::from_fn(move |request, next| harden(secure, request, next)))
        .layer(trace)
}

/// A file of the dashboard, or for any other path its page: the application routes by itself.
async fn dashboard(method: Method, uri: axum::http::Uri, headers: HeaderMap) -> Response {
    if !matches!(method, Method::GET | Method::HEAD) {
        return Problem::new(Code::MethodNotAllowed).into_response();
    }
    let path = uri.path().trim_start_matches('/');
    match Dashboard::get(path).filter(|_| path != "index.html") {
        Some(file) => asset(path, &file, &headers),
        // A missing file is missing; only addresses of pages are the application's.
        None if path.starts_with("assets/") => Problem::new(Code::NotFound).into_response(),
        None => page(),
    }
}

/// Files under `assets/` have a hash of their content in their name and never change.
fn asset(path: &str, file: &EmbeddedFile, headers: &HeaderMap) -> Response {
    let digest = file.metadata.sha256_hash();
    let tag = format!("\"{}\"", kerege_contract::Sha256Hash::from_bytes(digest));
    if headers.get(header::IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == tag.as_bytes()) {
        return StatusCode::NOT_MODIFIED.into_response();
    }
    let keep = if path.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
    let headers = [
        (header::CONTENT_TYPE, mime_of(path).to_owned()),
        (header::CACHE_CONTROL, keep.to_owned()),
        (header::ETAG, tag),
    ];
    (headers, file.data.clone()).into_response()
}

fn mime_of(path: &str) -> &'static str {
    match path.rsplit_once('.').map(|(_, extension)| extension) {
        Some("js" | "mjs") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("html") => "text/html; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("ico") => "image/x-icon",
        Some("json" | "webmanifest") => "application/json",
        Some("woff2") => "font/woff2",
        Some("txt") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

/// The application's page with a nonce that was never used before.
fn page() -> Response {
    let mut random = [0u8; 16];
    if let Err(error) = getrandom::fill(&mut random) {
        return Problem::internal(&error).into_response();
    }
    let nonce = STANDARD.encode(random);
    let Some(file) = Dashboard::get("index.html") else { return Problem::new(Code::NotFound).into_response() };
    let html = String::from_utf8_lossy(&file.data).replace(NONCE_PLACE, &nonce);
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8".to_owned()),
        (header::CACHE_CONTROL, "no-store".to_owned()),
        (header::CONTENT_SECURITY_POLICY, policy(&nonce)),
    ];
    (headers, html).into_response()
}

/// Only our own files; scripts and style elements that carry the nonce; pictures also from memory.
fn policy(nonce: &str) -> String {
    format!(
        "default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}'; \
         img-src 'self' blob: data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; \
         base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )
}

/// Headers of every answer. What is no page may load nothing at all.
async fn harden(secure: bool, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let fixed = [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "same-origin"),
        ("x-frame-options", "DENY"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
        ("permissions-policy", "camera=(), microphone=(), geolocation=()"),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if secure {
        let year = HeaderValue::from_static("max-age=31536000; includeSubDomains");
        headers.insert(header::STRICT_TRANSPORT_SECURITY, year);
    }
    if !headers.contains_key(header::CONTENT_SECURITY_POLICY) {
        let nothing = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'");
        headers.insert(header::CONTENT_SECURITY_POLICY, nothing);
    }
    response
}
