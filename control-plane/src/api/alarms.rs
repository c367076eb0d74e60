//! Alarms, open ones first.

use super::Shared;
use super::convert;
use super::problem::Problem;
use super::types::Alarm;
use axum::Json;
use axum::extract::State;

/// Alarms shown at most; open ones come first.
const SHOWN: u32 = 500;

/// All alarms that hold, and the latest that held.
#[utoipa::path(get, path = "/api/v1/alarms", tag = "boxes", responses((status = 200, body = Vec<Alarm>)))]
pub(super) async fn alarms(State(centre): Shared) -> Result<Json<Vec<Alarm>>, Problem> {
    let rows = centre.read(|store| store.alarms(SHOWN)).await?;
    Ok(Json(rows.into_iter().map(convert::alarm).collect()))
}
