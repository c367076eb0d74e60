//! Errors as `application/problem+json` (RFC 9457) with a stable code; a client acts on the code,
//! a person reads the detail.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde::Serialize;

/// Stable words for what can go wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    /// Nobody is signed in, or the session has ended.
    SignedOut,
    /// Name or password is wrong.
    WrongCredentials,
    /// Too many attempts; `retry-after` says when to come again.
    TooManyAttempts,
    /// The role may not do this.
    Forbidden,
    /// The request comes from another site.
    CrossSite,
    /// There is no such thing.
    NotFound,
    /// The address knows no such method.
    MethodNotAllowed,
    /// The request cannot be understood; the detail names the fault.
    BadRequest,
    /// The body is longer than allowed.
    TooLarge,
    /// The device, date or signature of a device's request does not hold.
    BadSignature,
    /// The date of a device's request is too far from the centre's clock.
    BadDate,
    /// No accepted event of this device announced the hash.
    NotAnnounced,
    /// The bytes do not have the announced hash or length.
    HashMismatch,
    /// A part begins beyond what is stored; `kerege-offset` says where to go on.
    WrongOffset,
    /// It was removed after its time.
    Gone,
    /// Nothing has been received yet.
    NotYet,
    /// The centre is too busy.
    Busy,
    /// Something failed inside the centre; its log says what.
    Internal,
}

impl Code {
    /// The status and the title that go with it.
    #[must_use]
    pub const fn status_and_title(self) -> (StatusCode, &'static str) {
        match self {
            Self::SignedOut => (StatusCode::UNAUTHORIZED, "sign in first"),
            Self::WrongCredentials => (StatusCode::UNAUTHORIZED, "name or password is wrong"),
            Self::TooManyAttempts => (StatusCode::TOO_MANY_REQUESTS, "too many attempts"),
            Self::Forbidden => (StatusCode::FORBIDDEN, "your role may not do this"),
            Self::CrossSite => (StatusCode::FORBIDDEN, "the request comes from another site"),
            Self::NotFound => (StatusCode::NOT_FOUND, "there is no such thing"),
            Self::MethodNotAllowed => (StatusCode::METHOD_NOT_ALLOWED, "no such method here"),
            Self::BadRequest => (StatusCode::BAD_REQUEST, "the request cannot be understood"),
            Self::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "the body is too long"),
            Self::BadSignature => (StatusCode::UNAUTHORIZED, "the device's signature does not hold"),
            Self::BadDate => (StatusCode::UNAUTHORIZED, "the date is too far from the centre's clock"),
            Self::NotAnnounced => (StatusCode::FORBIDDEN, "no event announced this"),
            Self::HashMismatch => (StatusCode::UNPROCESSABLE_ENTITY, "the bytes are not those announced"),
            Self::WrongOffset => (StatusCode::CONFLICT, "the part does not join what is stored"),
            Self::Gone => (StatusCode::GONE, "it was removed after its time"),
            Self::NotYet => (StatusCode::NOT_FOUND, "nothing has been received yet"),
            Self::Busy => (StatusCode::SERVICE_UNAVAILABLE, "the centre is busy"),
            Self::Internal => (StatusCode::INTERNAL_SERVER_ERROR, "something failed inside the centre"),
        }
    }
}

/// A problem document.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Problem {
    /// Always `about:blank`: the code tells the kind.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// The kind of problem, for people.
    pub title: &'static str,
    /// HTTP status.
    pub status: u16,
    /// The kind of problem, for programs.
    pub code: Code,
    /// What is wrong this time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// Seconds after which to try again; sent as `retry-after`.
    #[serde(skip)]
    pub retry_after_s: Option<u64>,
    /// Where an upload is to go on; sent as `kerege-offset`.
    #[serde(skip)]
    pub offset: Option<u64>,
}

/// Header that tells an uploader how many bytes are stored.
pub const OFFSET_HEADER: &str = "kerege-offset";

impl Problem {
    /// A problem without detail.
    #[must_use]
    pub const fn new(code: Code) -> Self {
        let (status, title) = code.status_and_title();
        Self {
            kind: "about:blank",
            title,
            status: status.as_u16(),
            code,
            detail: None,
            retry_after_s: None,
            offset: None,
        }
    }

    /// A problem with what is wrong this time.
    #[must_use]
    pub fn detailed(code: Code, detail: impl Into<String>) -> Self {
        Self { detail: Some(detail.into()), ..Self::new(code) }
    }

    /// A failure inside: the log gets the whole chain, the client only that it happened.
    #[must_use]
    pub fn internal(error: &(dyn std::error::Error + 'static)) -> Self {
        tracing::error!(error = %crate::chain_of(error), "a request failed inside the centre");
        Self::new(Code::Internal)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = serde_json::to_vec(&self).unwrap_or_default();
        let kind = HeaderValue::from_static("application/problem+json");
        let mut response = (status, [(header::CONTENT_TYPE, kind)], body).into_response();
        if let Some(seconds) = self.retry_after_s {
            response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        }
        if let Some(offset) = self.offset {
            response.headers_mut().insert(OFFSET_HEADER, offset.into());
        }
        response
    }
}
