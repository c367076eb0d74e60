//! Incidents: pages of them, and one with all that can be checked about it.

use super::Shared;
use super::convert;
use super::problem::{Code, Problem};
use super::types::{ChainVerdict, Evidence, Incident, IncidentDetail, IncidentEvent, IncidentPage, IncidentState};
use crate::config::Config;
use crate::store::{BoxRow, ChainRow, Cursor, EventRow, IncidentFilter, IncidentRow, Store, Stored};
use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use kerege_contract::event::{Event, EventType, Phase, Severity};
use kerege_contract::jws::{self, ContentType};
use kerege_contract::{CameraId, IncidentId, Sha256Hash, SiteId, UtcTime};
use serde::Deserialize;
use std::collections::BTreeSet;
use std::str::FromStr;
use utoipa::IntoParams;

const PAGE: u32 = 50;
const LARGEST_PAGE: u32 = 200;

/// Which incidents are asked for; what is absent is not asked.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct IncidentQuery {
    /// Open, ended or all.
    #[param(schema_with = super::spec::incident_state, required = false)]
    #[serde(default)]
    state: IncidentState,
    /// Of one type.
    #[serde(rename = "type")]
    #[param(schema_with = super::spec::event_type, required = false)]
    kind: Option<EventType>,
    /// At one site.
    #[param(value_type = String, required = false, nullable = false)]
    site: Option<SiteId>,
    /// Of one camera.
    #[param(value_type = String, required = false, nullable = false)]
    cam: Option<CameraId>,
    /// Of one severity.
    #[param(schema_with = super::spec::severity, required = false)]
    severity: Option<Severity>,
    /// Begun at or after.
    #[param(value_type = String, format = DateTime, required = false, nullable = false)]
    from: Option<UtcTime>,
    /// Begun before.
    #[param(value_type = String, format = DateTime, required = false, nullable = false)]
    to: Option<UtcTime>,
    /// `next` of the page before.
    #[param(required = false, nullable = false)]
    before: Option<String>,
    /// How many, at most 200.
    #[param(required = false, nullable = false)]
    limit: Option<u32>,
}

/// Incidents, newest first.
#[utoipa::path(get, path = "/api/v1/incidents", tag = "incidents", params(IncidentQuery),
    responses((status = 200, body = IncidentPage)))]
pub(super) async fn incidents(
    State(centre): Shared,
    query: Result<Query<IncidentQuery>, QueryRejection>,
) -> Result<Json<IncidentPage>, Problem> {
    let Query(query) = query.map_err(|error| Problem::detailed(Code::BadRequest, error.body_text()))?;
    let before = query.before.as_deref().map(Cursor::from_str).transpose();
    let before = before.map_err(|()| Problem::detailed(Code::BadRequest, "'before' is not the 'next' of a page"))?;
    let limit = query.limit.unwrap_or(PAGE).clamp(1, LARGEST_PAGE);
    let IncidentQuery { state, kind, site, cam, severity, from, to, .. } = query;
    let filter = IncidentFilter { state, kind, site, cam, severity, from, to };
    let read = centre.read(move |store| {
        let rows = store.incidents(&filter, before.as_ref(), limit + 1)?;
        let stored = stored_of(store, rows.iter().filter_map(|row| row.still.as_ref()).map(|still| still.sha256))?;
        Ok((rows, store.boxes()?, stored))
    });
    let (mut rows, boxes, stored) = read.await?;
    let more = rows.len() > limit as usize;
    rows.truncate(limit as usize);
    let next = rows.last().filter(|_| more).map(|row| Cursor { started: row.started, id: row.id }.to_string());
    let items = rows.into_iter().map(|row| shown(row, &boxes, &stored)).collect();
    Ok(Json(IncidentPage { items, next }))
}

/// One incident with its events, its evidence and what the centre could check.
#[utoipa::path(get, path = "/api/v1/incidents/{id}", tag = "incidents", params(("id" = String, Path)),
    responses((status = 200, body = IncidentDetail)))]
pub(super) async fn incident(State(centre): Shared, Path(id): Path<String>) -> Result<Json<IncidentDetail>, Problem> {
    let id: IncidentId = id.parse().map_err(|_| Problem::new(Code::NotFound))?;
    let read = centre.read(move |store| {
        let Some(row) = store.incident(id)? else { return Ok(None) };
        let events = store.events_of(&row.dev, id)?;
        let chains = store.chains(&row.dev)?;
        Ok(Some((row, events, chains, store.boxes()?)))
    });
    let (row, rows, chains, boxes) = read.await?.ok_or_else(|| Problem::new(Code::NotFound))?;
    let parsed: Vec<(EventRow, Event)> =
        rows.into_iter().filter_map(|row| Event::from_bytes(&row.bytes).ok().map(|event| (row, event))).collect();
    let names: Vec<Sha256Hash> =
        parsed.iter().flat_map(|(_, event)| &event.evidence).map(|evidence| evidence.sha256).collect();
    let stored = centre.read(move |store| stored_of(store, names.into_iter())).await?;
    let events: Vec<IncidentEvent> = parsed
        .into_iter()
        .map(|(row, event)| {
            let chain = chains.iter().find(|chain| chain.epoch == row.epoch);
            shown_event(&centre.config, &row, event, chain, &stored)
        })
        .collect();
    let chain = events.iter().map(|event| event.chain).max().unwrap_or(ChainVerdict::Pending);
    let signature_ok = events.iter().all(|event| event.signature_ok);
    Ok(Json(IncidentDetail { incident: shown(row, &boxes, &stored), events, chain, signature_ok }))
}

fn stored_of(store: &dyn Store, names: impl Iterator<Item = Sha256Hash>) -> Stored<BTreeSet<Sha256Hash>> {
    let mut stored = BTreeSet::new();
    for name in names {
        if store.blob(&name)?.is_some_and(|blob| blob.evicted.is_none()) {
            stored.insert(name);
        }
    }
    Ok(stored)
}

fn shown(row: IncidentRow, boxes: &[BoxRow], stored: &BTreeSet<Sha256Hash>) -> Incident {
    let known = boxes.iter().find(|known| known.dev == row.dev);
    let name = row.cam.as_ref().and_then(|cam| convert::camera_name(known, cam));
    convert::incident(row, name, stored)
}

/// The signature is checked now, over the stored bytes, with the key in force now.
fn shown_event(
    config: &Config,
    row: &EventRow,
    event: Event,
    chain: Option<&ChainRow>,
    stored: &BTreeSet<Sha256Hash>,
) -> IncidentEvent {
    let key = config.devices.get(&row.dev).map(|entry| entry.public_key);
    let signature_ok = key.is_some_and(|key| jws::verify(&row.jws, ContentType::Event, &row.bytes, &key).is_ok())
        && Sha256Hash::of(&row.bytes) == row.hash;
    let evidence: Vec<Evidence> = event.evidence.iter().map(|of| convert::evidence(of, stored)).collect();
    IncidentEvent {
        id: event.id,
        epoch: row.epoch,
        seq: row.seq,
        hash: row.hash,
        kind: event.kind,
        phase: event.phase.unwrap_or(Phase::Start),
        severity: event.severity,
        ts: event.ts,
        received: row.received,
        signature_ok,
        chain: convert::verdict_at(chain, row.seq),
        obj: event.obj,
        evidence,
        lane: event.lane,
        rule: event.rule,
        model: event.model,
        reason: event.reason,
        detail: event.detail,
    }
}

impl std::fmt::Display for Cursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}_{}", self.started.millis(), self.id)
    }
}

impl FromStr for Cursor {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (started, id) = text.split_once('_').ok_or(())?;
        let started = UtcTime::from_millis(started.parse().map_err(|_| ())?);
        Ok(Self { started, id: id.parse().map_err(|_| ())? })
    }
}
