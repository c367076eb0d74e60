//! Sites, cameras and the scenes drawn on them, as boxes report them.

use super::Shared;
use super::convert;
use super::problem::{Code, Problem};
use super::types::{Camera, Site};
use crate::centre::Centre;
use crate::store::{BoxRow, Reads};
use axum::Json;
use axum::extract::{Path, State};
use kerege_contract::{CameraId, DeviceId, Scene};
use std::sync::Arc;

/// A camera's place in an address; anything that cannot be a name is simply not there.
pub(super) fn names(dev: &str, cam: &str) -> Result<(DeviceId, CameraId), Problem> {
    match (DeviceId::new(dev), CameraId::new(cam)) {
        (Ok(dev), Ok(cam)) => Ok((dev, cam)),
        _ => Err(Problem::new(Code::NotFound)),
    }
}

/// The intersections.
#[utoipa::path(get, path = "/api/v1/sites", tag = "cameras", responses((status = 200, body = Vec<Site>)))]
pub(super) async fn sites(State(centre): Shared) -> Json<Vec<Site>> {
    let site =
        |entry: &crate::config::SiteEntry| Site { site: entry.id.clone(), name: entry.name.clone(), geo: entry.geo };
    Json(centre.config.sites.iter().map(site).collect())
}

/// All cameras.
#[utoipa::path(get, path = "/api/v1/cameras", tag = "cameras", responses((status = 200, body = Vec<Camera>)))]
pub(super) async fn cameras(State(centre): Shared) -> Result<Json<Vec<Camera>>, Problem> {
    let (boxes, pictures) = centre.read(|store| Ok((store.boxes()?, store.pictures()?))).await?;
    let now = centre.clock.now();
    let of = |(dev, entry): (&DeviceId, &crate::config::DeviceEntry)| {
        let row = boxes.iter().find(|row| row.dev == *dev);
        convert::cameras(dev, &entry.site, row, &pictures, now)
    };
    Ok(Json(centre.config.devices.iter().flat_map(of).collect()))
}

/// One camera.
#[utoipa::path(get, path = "/api/v1/cameras/{dev}/{cam}", tag = "cameras",
    params(("dev" = String, Path), ("cam" = String, Path)), responses((status = 200, body = Camera)))]
pub(super) async fn camera(state: Shared, Path((dev, cam)): Path<(String, String)>) -> Result<Json<Camera>, Problem> {
    let (dev, cam) = names(&dev, &cam)?;
    let Json(all) = cameras(state).await?;
    let found = all.into_iter().find(|camera| camera.dev == dev && camera.cam == cam);
    found.map(Json).ok_or_else(|| Problem::new(Code::NotFound))
}

/// The scene in force on a camera.
#[utoipa::path(get, path = "/api/v1/cameras/{dev}/{cam}/scene", tag = "cameras",
    params(("dev" = String, Path), ("cam" = String, Path)),
    responses((status = 200, content_type = "application/json", body = ref("#/components/schemas/Scene"))))]
pub(super) async fn scene(
    State(centre): Shared,
    Path((dev, cam)): Path<(String, String)>,
) -> Result<Json<Scene>, Problem> {
    let (dev, cam) = names(&dev, &cam)?;
    let row = box_row(&centre, &dev).await?;
    let reported = row.and_then(|row| row.reported).ok_or_else(|| Problem::new(Code::NotFound))?;
    let camera = reported.cameras.into_iter().find(|camera| camera.cam == cam);
    let camera = camera.ok_or_else(|| Problem::new(Code::NotFound))?;
    camera.scene.map(Json).ok_or_else(|| Problem::detailed(Code::NotYet, "the box has not reported a scene"))
}

/// What is known of a configured box.
pub(super) async fn box_row(centre: &Arc<Centre>, dev: &DeviceId) -> Result<Option<BoxRow>, Problem> {
    if !centre.config.devices.contains_key(dev) {
        return Err(Problem::new(Code::NotFound));
    }
    let boxes = centre.read(Reads::boxes).await?;
    Ok(boxes.into_iter().find(|row| row.dev == *dev))
}
