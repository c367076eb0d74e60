//! Whether the process lives, and whether it can do its work: two questions, for supervisors.

use super::Shared;
use crate::ready::Readiness;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;

/// The process lives.
pub(super) async fn healthz() -> &'static str {
    "alive\n"
}

/// Store, web server and broker are there.
pub(super) async fn readyz(State(centre): Shared) -> (StatusCode, Json<Readiness>) {
    let readiness = centre.ready.look();
    let status = if readiness.ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(readiness))
}
