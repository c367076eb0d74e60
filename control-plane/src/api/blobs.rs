//! Stills: boxes upload those that an accepted event of theirs announced, in parts that may be
//! repeated; people whose role allows it look at them, and every look is logged.

use super::Shared;
use super::problem::{Code, Problem};
use crate::auth::device::{self, SignedRequest};
use crate::auth::guard::Person;
use crate::blobs::{BlobError, Part, Progress};
use crate::centre::Centre;
use crate::store::{Announced, BlobRow};
use axum::Extension;
use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use kerege_contract::Sha256Hash;
use kerege_contract::event::Phase;
use kerege_contract::request::PART_BYTES;
use std::sync::Arc;

/// A still or clip by its hash.
#[utoipa::path(get, path = "/api/v1/blobs/{sha256}", tag = "incidents", params(("sha256" = String, Path)),
    responses((status = 200, content_type = "image/jpeg", description = "The bytes.")))]
pub(super) async fn blob(
    State(centre): Shared,
    Extension(person): Extension<Person>,
    Path(name): Path<String>,
) -> Result<Response, Problem> {
    let sha256: Sha256Hash = name.parse().map_err(|_| Problem::new(Code::NotFound))?;
    let row = centre.read(move |store| store.blob(&sha256)).await?.ok_or_else(|| Problem::new(Code::NotFound))?;
    if row.evicted.is_some() {
        return Err(Problem::new(Code::Gone));
    }
    let files = Arc::clone(&centre);
    let bytes = tokio::task::spawn_blocking(move || files.blobs.read(&sha256)).await;
    let bytes = bytes.map_err(|error| Problem::internal(&error))?.map_err(|error| Problem::internal(&error))?;
    let bytes = bytes.ok_or_else(|| Problem::new(Code::NotFound))?;
    let now = centre.clock.now();
    centre.write(move |tx| tx.log_act(&person.name, "view_still", &name, now)).await?;
    let mime = known_mime(&row.mime);
    // A hash names the same bytes for ever, but a session that ended must not see them again.
    Ok(([(header::CONTENT_TYPE, mime), (header::CACHE_CONTROL, "private, no-cache")], bytes).into_response())
}

/// What a box calls its bytes never makes a browser run them.
fn known_mime(announced: &str) -> &'static str {
    match announced {
        "image/jpeg" => "image/jpeg",
        "video/mp4" => "video/mp4",
        _ => "application/octet-stream",
    }
}

/// A box uploads a part (`content-range`) or the whole of a blob. 202: stored so far, see header
/// `kerege-offset`; 201: complete.
#[utoipa::path(put, path = "/api/v1/blobs/{sha256}", tag = "devices", params(("sha256" = String, Path)),
    request_body(content_type = "application/octet-stream"),
    responses((status = 201, description = "Complete."), (status = 202, description = "Stored so far.",
        headers(("kerege-offset" = u64, description = "Bytes stored.")))))]
pub(super) async fn put_blob(
    State(centre): Shared,
    method: Method,
    uri: Uri,
    Path(name): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let taken = take(&centre, &method, &uri, &name, &headers, body).await;
    taken.inspect_err(|problem| device::alarm_refused(&centre, &headers, problem))
}

async fn take(
    centre: &Arc<Centre>,
    method: &Method,
    uri: &Uri,
    name: &str,
    headers: &HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let sha256: Sha256Hash = name.parse().map_err(|_| Problem::new(Code::NotFound))?;
    let _turn = centre.uploads.acquire().await.map_err(|_| Problem::new(Code::Busy))?;
    let bytes = whole_body(body, PART_BYTES).await?;
    let signed = device::verify(&centre.config, method, uri, headers, &bytes, centre.clock.now())?;
    let device = signed.device.clone();
    let announced = centre.read(move |store| store.announced(&sha256, &device)).await?;
    let announced = announced.ok_or_else(|| Problem::new(Code::NotAnnounced))?;
    let part = part_of(centre, &signed, &announced, &bytes)?;
    let stored = centre.read(move |store| store.blob(&sha256)).await?;
    if let Some(stored) = stored {
        // Once complete it stays complete, also when retention has removed it since.
        return Ok(if stored.evicted.is_some() { StatusCode::NO_CONTENT } else { StatusCode::CREATED }.into_response());
    }
    match add(centre, sha256, part, bytes).await? {
        Progress::Have(have) => {
            Ok((StatusCode::ACCEPTED, [(super::problem::OFFSET_HEADER, have.to_string())]).into_response())
        }
        Progress::Complete => {
            let row = BlobRow {
                sha256,
                bytes: announced.bytes,
                mime: announced.mime,
                stored: centre.clock.now(),
                evicted: None,
            };
            centre.write(move |tx| tx.blob_stored(&row)).await?;
            for incident in centre.read(move |store| store.incidents_showing(&sha256)).await? {
                let phase = incident.ended.map_or(Phase::Update, |_| Phase::End);
                centre.live.incident(&incident.changed(phase));
            }
            Ok(StatusCode::CREATED.into_response())
        }
    }
}

/// Where the body belongs, checked against what was announced.
fn part_of(centre: &Centre, signed: &SignedRequest, announced: &Announced, bytes: &Bytes) -> Result<Part, Problem> {
    let refuse = |code, detail: String| Err(Problem::detailed(code, detail));
    if announced.bytes > centre.config.blobs.max_bytes {
        return refuse(Code::TooLarge, format!("at most {} bytes are taken", centre.config.blobs.max_bytes));
    }
    let sent = bytes.len() as u64;
    let part = match &signed.range {
        Some(range) => range.parse().map_err(|error| Problem::detailed(Code::BadRequest, format!("{error}")))?,
        None => Part::Bytes { offset: 0, length: sent, total: sent },
    };
    let (length, total) = match part {
        Part::Bytes { length, total, .. } => (length, total),
        Part::Question { total } => (0, total),
    };
    if length != sent {
        return refuse(Code::BadRequest, format!("the range tells of {length} bytes, the body has {sent}"));
    }
    if total != announced.bytes {
        return refuse(Code::HashMismatch, format!("announced were {} bytes, this is of {total}", announced.bytes));
    }
    Ok(part)
}

async fn add(centre: &Arc<Centre>, sha256: Sha256Hash, part: Part, bytes: Bytes) -> Result<Progress, Problem> {
    let files = Arc::clone(centre);
    let work = move || match part {
        Part::Question { .. } => Ok(files.blobs.progress(&sha256)),
        Part::Bytes { offset, total, .. } => files.blobs.add(&sha256, offset, total, &bytes),
    };
    let added = tokio::task::spawn_blocking(work).await.map_err(|error| Problem::internal(&error))?;
    added.map_err(|error| match error {
        BlobError::Beyond { have, .. } => {
            Problem { offset: Some(have), ..Problem::detailed(Code::WrongOffset, error.to_string()) }
        }
        BlobError::Mismatch => Problem::detailed(Code::HashMismatch, error.to_string()),
        BlobError::Io { .. } => Problem::internal(&error),
    })
}

/// A whole body in memory, up to a limit.
pub(super) async fn whole_body(body: Body, limit: usize) -> Result<Bytes, Problem> {
    axum::body::to_bytes(body, limit).await.map_err(|_| {
        Problem::detailed(Code::TooLarge, format!("at most {limit} bytes are taken at once, and all must arrive"))
    })
}
