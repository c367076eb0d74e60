//! Counts of one camera.

use super::Shared;
use super::cameras::box_row;
use super::problem::{Code, Problem};
use super::types::{BinLength, Counts};
use crate::bins::{bin_end, bin_start, counts as add_up};
use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use kerege_contract::fact::MinuteFact;
use kerege_contract::{CameraId, DeviceId, UtcTime};
use serde::Deserialize;
use utoipa::IntoParams;

/// Bins given at once: eight days of quarter hours, a month of hours.
const BINS: i64 = 768;

/// Which counts are asked for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct CountsQuery {
    /// The box.
    #[param(value_type = String)]
    dev: DeviceId,
    /// The camera.
    #[param(value_type = String)]
    cam: CameraId,
    /// Start; the bin it lies in is the first.
    #[param(value_type = String, format = DateTime)]
    from: UtcTime,
    /// End, exclusive; the bin it lies in is the last.
    #[param(value_type = String, format = DateTime)]
    to: UtcTime,
    /// Length of a bin: `15m` or `1h`.
    #[param(schema_with = super::spec::bin_length, required = false)]
    #[serde(default)]
    bin: BinLength,
}

/// Counts by bin, line, direction and class; a bin without data is absent.
#[utoipa::path(get, path = "/api/v1/statistics/counts", tag = "statistics", params(CountsQuery),
    responses((status = 200, body = Counts)))]
pub(super) async fn counts(
    State(centre): Shared,
    query: Result<Query<CountsQuery>, QueryRejection>,
) -> Result<Json<Counts>, Problem> {
    let Query(query) = query.map_err(|error| Problem::detailed(Code::BadRequest, error.body_text()))?;
    let CountsQuery { dev, cam, from, to, bin } = query;
    let zone = &centre.config.time_zone;
    let (from, to) = (bin_start(from, bin, zone), bin_end(to, bin, zone));
    if to <= from {
        return Err(Problem::detailed(Code::BadRequest, "'to' must be later than 'from'"));
    }
    if (to.millis() - from.millis()) / bin.millis() > BINS {
        let detail = format!("more than {BINS} bins: ask for a shorter time or longer bins");
        return Err(Problem::detailed(Code::BadRequest, detail));
    }
    let row = box_row(&centre, &dev).await?;
    let cameras = row.and_then(|row| row.reported).map(|reported| reported.cameras).unwrap_or_default();
    let scene = cameras.into_iter().find(|camera| camera.cam == cam).and_then(|camera| camera.scene);
    let asked = (dev.clone(), cam.clone());
    let zone = zone.clone();
    let bins = centre
        .read(move |store| {
            let rows = store.facts(&asked.0, &asked.1, from, to)?;
            let facts = rows.iter().filter_map(|row| serde_json::from_slice::<MinuteFact>(&row.bytes).ok());
            Ok(add_up(facts, bin, &zone, scene.as_ref()))
        })
        .await?;
    Ok(Json(Counts { dev, cam, from, to, bin, bins }))
}
