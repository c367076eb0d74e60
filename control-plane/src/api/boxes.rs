//! Boxes: presence, health, chain and what waits on them.

use super::Shared;
use super::convert;
use super::problem::{Code, Problem};
use super::types::BoxStatus;
use crate::store::Stored;
use axum::Json;
use axum::extract::{Path, State};
use kerege_contract::DeviceId;
use std::collections::BTreeMap;

/// All boxes of the configuration.
#[utoipa::path(get, path = "/api/v1/boxes", tag = "boxes", responses((status = 200, body = Vec<BoxStatus>)))]
pub(super) async fn boxes(State(centre): Shared) -> Result<Json<Vec<BoxStatus>>, Problem> {
    let devices: Vec<DeviceId> = centre.config.devices.keys().cloned().collect();
    let asked = devices.clone();
    let read = centre.read(move |store| {
        let newest = |dev: &DeviceId| Ok((dev.clone(), store.chains(dev)?.pop()));
        let chains = asked.iter().map(newest).collect::<Stored<BTreeMap<_, _>>>()?;
        let alarms: BTreeMap<DeviceId, u64> = store.open_alarms_by_device()?.into_iter().collect();
        Ok((store.boxes()?, chains, alarms, store.pictures()?))
    });
    let (rows, chains, alarms, pictures) = read.await?;
    let now = centre.clock.now();
    let status = |dev: &DeviceId| {
        let row = rows.iter().find(|row| row.dev == *dev);
        let chain = chains.get(dev).and_then(Option::as_ref);
        let alarms = alarms.get(dev).copied().unwrap_or_default();
        convert::box_status(&centre.config, dev, row, chain, &pictures, alarms, now)
    };
    Ok(Json(devices.iter().filter_map(status).collect()))
}

/// One box.
#[utoipa::path(get, path = "/api/v1/boxes/{dev}", tag = "boxes", params(("dev" = String, Path)),
    responses((status = 200, body = BoxStatus)))]
pub(super) async fn box_status(state: Shared, Path(dev): Path<String>) -> Result<Json<BoxStatus>, Problem> {
    let Json(all) = boxes(state).await?;
    let found = all.into_iter().find(|status| status.dev.as_str() == dev);
    found.map(Json).ok_or_else(|| Problem::new(Code::NotFound))
}
