//! REST under `/api/v1`, for people (behind the guard) and for boxes (by their signature).
//!
//! Handlers and OpenAPI come from the same macro, so that a route cannot be served without being
//! described; a route that is not in the table of `auth::policy` is denied.

mod alarms;
mod blobs;
mod boxes;
mod calibration;
mod cameras;
mod convert;
mod health;
mod incidents;
mod live;
mod pictures;
pub mod problem;
mod session;
pub mod spec;
mod statistics;
pub mod types;

use crate::auth::guard;
use crate::centre::Centre;
use axum::http::{HeaderValue, header};
use axum::middleware;
use axum::routing::get;
use axum::{Json, Router};
use problem::{Code, Problem};
use std::sync::Arc;
use tower_http::set_header::SetResponseHeaderLayer;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// What every handler shares.
pub(crate) type Shared = axum::extract::State<Arc<Centre>>;

fn collected() -> (Router<Arc<Centre>>, OpenApi) {
    OpenApiRouter::new()
        .routes(routes!(session::sign_in, session::own_session, session::sign_out))
        .routes(routes!(cameras::sites))
        .routes(routes!(cameras::cameras))
        .routes(routes!(cameras::camera))
        .routes(routes!(cameras::scene))
        .routes(routes!(calibration::fit))
        .routes(routes!(pictures::picture))
        .routes(routes!(pictures::put_picture))
        .routes(routes!(incidents::incidents))
        .routes(routes!(incidents::incident))
        .routes(routes!(statistics::counts))
        .routes(routes!(boxes::boxes))
        .routes(routes!(boxes::box_status))
        .routes(routes!(alarms::alarms))
        .routes(routes!(blobs::blob, blobs::put_blob))
        .routes(routes!(live::live))
        .split_for_parts()
}

/// The text of `dashboard/openapi.json`.
#[must_use]
pub fn openapi_text() -> String {
    spec::text(&collected().1)
}

/// Every route of the API behind the guard.
pub fn router(centre: &Arc<Centre>) -> Router {
    let (routes, api) = collected();
    let document = spec::document(&api);
    let no_store = HeaderValue::from_static("no-store");
    routes
        .route("/api/v1/openapi.json", get(move || std::future::ready(Json(document))))
        .layer(middleware::from_fn_with_state(Arc::clone(centre), guard::guard))
        .route("/api/{*rest}", axum::routing::any(|| std::future::ready(Problem::new(Code::NotFound))))
        .layer(SetResponseHeaderLayer::if_not_present(header::CACHE_CONTROL, no_store))
        .route("/healthz", get(health::healthz))
        .route("/readyz", get(health::readyz))
        .with_state(Arc::clone(centre))
}

#[cfg(test)]
mod tests;
