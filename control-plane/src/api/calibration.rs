//! Fitting a calibration: what `kerege-edge calibrate` says, for the page on which points are drawn.
//! It changes nothing.

use super::problem::{Code, Problem};
use super::types::CalibrationQuestion;
use axum::Json;
use axum::extract::rejection::JsonRejection;
use kerege_contract::calibration::CalibrationReport;
use kerege_pipelines::{GroundOptions, calibrate};

/// How well points of the picture and of the road fit, where that holds, and what would make it
/// better. Points that make no calibration are a problem that says why.
#[utoipa::path(post, path = "/api/v1/calibration/fit", tag = "cameras", request_body = CalibrationQuestion,
    responses((status = 200, content_type = "application/json", body = ref("#/components/schemas/CalibrationReport"))))]
pub(super) async fn fit(
    question: Result<Json<CalibrationQuestion>, JsonRejection>,
) -> Result<Json<CalibrationReport>, Problem> {
    let Json(question) = question.map_err(|error| Problem::detailed(Code::BadRequest, error.body_text()))?;
    let size = question.size;
    if !(16..=16_384).contains(&size.width)
        || !(16..=16_384).contains(&size.height)
        || !(0.25..=4.0).contains(&size.pixel_aspect)
    {
        return Err(Problem::detailed(Code::BadRequest, "size: not the size of a picture"));
    }
    if question.calibration.points.len() > MAX_POINTS {
        let detail = format!("more than {MAX_POINTS} points");
        return Err(Problem::detailed(Code::BadRequest, detail));
    }
    let coarsest = GroundOptions::default().max_metres_per_pixel;
    let report = tokio::task::spawn_blocking(move || calibrate(&question.calibration, size, coarsest)).await;
    match report {
        Ok(Ok(report)) => Ok(Json(report)),
        Ok(Err(error)) => Err(Problem::detailed(Code::BadRequest, error.to_string())),
        Err(error) => Err(Problem::internal(&error)),
    }
}

/// Nobody measures more at one camera.
const MAX_POINTS: usize = 200;
