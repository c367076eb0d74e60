//! The latest picture of a camera: boxes overwrite it, people look at it, and every look is logged.

use super::Shared;
use super::cameras::names;
use super::problem::{Code, Problem};
use super::types::LiveCamera;
use crate::auth::device;
use crate::auth::guard::Person;
use crate::centre::Centre;
use crate::store::{PictureRow, Reads};
use axum::Extension;
use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use kerege_contract::request::CAPTURED_HEADER;
use kerege_contract::{CameraId, DeviceId, UtcTime};
use std::sync::Arc;

/// Largest picture, bytes.
const LARGEST: usize = 4 * 1024 * 1024;
/// Cameras of one box that may have a picture.
const CAMERAS_OF_A_BOX: usize = 64;
/// A picture may be dated this far into the future, seconds: two clocks are never the same.
const AHEAD_S: f64 = 300.0;

/// The latest picture; header `kerege-captured` tells its capture time.
#[utoipa::path(get, path = "/api/v1/cameras/{dev}/{cam}/picture", tag = "cameras",
    params(("dev" = String, Path), ("cam" = String, Path)),
    responses((status = 200, content_type = "image/jpeg", description = "The picture.",
        headers(("kerege-captured" = String, description = "Capture time.")))))]
pub(super) async fn picture(
    State(centre): Shared,
    Extension(person): Extension<Person>,
    Path((dev, cam)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let (dev, cam) = names(&dev, &cam)?;
    if !centre.config.devices.contains_key(&dev) {
        return Err(Problem::new(Code::NotFound));
    }
    // It may be overwritten between index and file; the second look finds the newer one.
    for _ in 0..2 {
        let Some(row) = latest(&centre, &dev, &cam).await? else {
            return Err(Problem::detailed(Code::NotYet, "the camera has sent no picture yet"));
        };
        let files = Arc::clone(&centre);
        let wanted = row.clone();
        let read = move || files.blobs.read_picture(&wanted.dev, &wanted.cam, &wanted.sha256);
        let jpeg = tokio::task::spawn_blocking(read).await.map_err(|error| Problem::internal(&error))?;
        let Some(jpeg) = jpeg.map_err(|error| Problem::internal(&error))? else { continue };
        let now = centre.clock.now();
        let object = format!("{dev}/{cam}");
        centre.write(move |tx| tx.log_act(&person.name, "view_picture", &object, now)).await?;
        let headers =
            [(header::CONTENT_TYPE.as_str(), "image/jpeg".to_owned()), (CAPTURED_HEADER, row.captured.to_string())];
        return Ok((headers, jpeg).into_response());
    }
    Err(Problem::new(Code::NotYet))
}

async fn latest(centre: &Arc<Centre>, dev: &DeviceId, cam: &CameraId) -> Result<Option<PictureRow>, Problem> {
    let pictures = centre.read(Reads::pictures).await?;
    Ok(pictures.into_iter().find(|row| row.dev == *dev && row.cam == *cam))
}

/// A box replaces a camera's picture. Signed by the device; an older one changes nothing.
#[utoipa::path(put, path = "/api/v1/devices/{dev}/cameras/{cam}/picture", tag = "devices",
    params(("dev" = String, Path), ("cam" = String, Path)),
    request_body(content_type = "image/jpeg"), responses((status = 204)))]
pub(super) async fn put_picture(
    State(centre): Shared,
    method: Method,
    uri: Uri,
    Path((dev, cam)): Path<(String, String)>,
    headers: HeaderMap,
    body: Body,
) -> Result<StatusCode, Problem> {
    let taken = take(&centre, &method, &uri, (&dev, &cam), &headers, body).await;
    taken.inspect_err(|problem| device::alarm_refused(&centre, &headers, problem))
}

async fn take(
    centre: &Arc<Centre>,
    method: &Method,
    uri: &Uri,
    (dev, cam): (&str, &str),
    headers: &HeaderMap,
    body: Body,
) -> Result<StatusCode, Problem> {
    let (dev, cam) = names(dev, cam)?;
    let _turn = centre.uploads.acquire().await.map_err(|_| Problem::new(Code::Busy))?;
    let jpeg = super::blobs::whole_body(body, LARGEST).await?;
    let now = centre.clock.now();
    let signed = device::verify(&centre.config, method, uri, headers, &jpeg, now)?;
    if signed.device != dev {
        return Err(Problem::detailed(Code::Forbidden, "a box may only send pictures of its own cameras"));
    }
    let captured = signed.captured.ok_or_else(|| {
        Problem::detailed(Code::BadRequest, format!("the header {CAPTURED_HEADER} with the capture time is missing"))
    })?;
    check(&jpeg, captured, now)?;
    if store(centre, &dev, &cam, captured, &jpeg, now).await? {
        centre.live.camera(&LiveCamera { dev, cam });
    }
    Ok(StatusCode::NO_CONTENT)
}

fn check(jpeg: &[u8], captured: UtcTime, now: UtcTime) -> Result<(), Problem> {
    if !jpeg.starts_with(&[0xff, 0xd8, 0xff]) {
        return Err(Problem::detailed(Code::BadRequest, "the body is not a JPEG"));
    }
    if captured.seconds_since(now) > AHEAD_S {
        return Err(Problem::detailed(Code::BadDate, "the picture was captured in the future: check the box's clock"));
    }
    Ok(())
}

/// File first, then the index, then the file before goes. Whether it is the newest.
async fn store(
    centre: &Arc<Centre>,
    dev: &DeviceId,
    cam: &CameraId,
    captured: UtcTime,
    jpeg: &Bytes,
    now: UtcTime,
) -> Result<bool, Problem> {
    let all = centre.read(Reads::pictures).await?;
    let before = all.iter().find(|row| row.dev == *dev && row.cam == *cam).cloned();
    if before.is_none() && all.iter().filter(|row| row.dev == *dev).count() >= CAMERAS_OF_A_BOX {
        return Err(Problem::detailed(Code::Forbidden, format!("a box has at most {CAMERAS_OF_A_BOX} cameras")));
    }
    if before.as_ref().is_some_and(|before| before.captured >= captured) {
        return Ok(false);
    }
    let files = Arc::clone(centre);
    let (owner, camera, bytes) = (dev.clone(), cam.clone(), jpeg.clone());
    let written = tokio::task::spawn_blocking(move || files.blobs.write_picture(&owner, &camera, &bytes)).await;
    let sha256 = written.map_err(|error| Problem::internal(&error))?.map_err(|error| Problem::internal(&error))?;
    let row =
        PictureRow { dev: dev.clone(), cam: cam.clone(), captured, received: now, sha256, bytes: jpeg.len() as u64 };
    centre.write(move |tx| tx.put_picture(&row)).await?;
    if let Some(before) = before.filter(|before| before.sha256 != sha256)
        && let Err(error) = centre.blobs.remove_picture(&before.dev, &before.cam, &before.sha256)
    {
        tracing::warn!(error = %crate::chain_of(&error), "an older picture could not be removed");
    }
    Ok(true)
}
