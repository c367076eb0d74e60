//! From the store's rows to what the API says. Pure: time comes in as an argument.

use super::types::{Alarm, BoxStatus, Camera, CameraState, ChainState, ChainVerdict, Evidence, Incident, Presence};
use crate::config::Config;
use crate::store::{AlarmRow, BoxRow, ChainRow, IncidentRow, PictureRow};
use kerege_contract::health::CameraHealth;
use kerege_contract::state;
use kerege_contract::{CameraId, DeviceId, Sha256Hash, SiteId, UtcTime, event};
use std::collections::BTreeSet;

/// Health older than this says nothing about now, seconds: it comes every 30 s and expires after 120.
const HEALTH_HOLDS_S: f64 = 120.0;

/// An alarm as the API says it.
pub(super) fn alarm(row: AlarmRow) -> Alarm {
    Alarm {
        id: row.id.to_string(),
        kind: row.kind,
        severity: row.severity,
        dev: row.dev,
        detail: Some(row.detail).filter(|detail| !detail.is_empty()),
        raised: row.raised,
        last: row.last,
        count: row.count,
        open: row.cleared.is_none(),
        cleared: row.cleared,
    }
}

/// Evidence as the API says it.
pub(super) fn evidence(of: &event::Evidence, stored: &BTreeSet<Sha256Hash>) -> Evidence {
    Evidence {
        role: of.role,
        mime: of.mime.clone(),
        bytes: of.bytes,
        sha256: of.sha256,
        masked: of.masked,
        stored: stored.contains(&of.sha256),
    }
}

/// An incident as the API says it.
pub(super) fn incident(row: IncidentRow, camera_name: Option<String>, stored: &BTreeSet<Sha256Hash>) -> Incident {
    Incident {
        still: row.still.as_ref().map(|still| evidence(still, stored)),
        id: row.id,
        kind: row.kind,
        class: row.class,
        severity: row.severity,
        dev: row.dev,
        site: row.site,
        cam: row.cam,
        camera_name,
        lane: row.lane,
        started: row.started,
        open: row.ended.is_none(),
        ended: row.ended,
        updated: row.updated,
        time_err_ms: row.time_err_ms,
        reason: row.reason,
        objects: row.objects,
    }
}

/// How a chain stands as a whole.
pub(super) const fn chain_state(chain: &ChainRow) -> ChainState {
    let state = match (chain.forked, chain.broken) {
        (Some(_), _) => ChainVerdict::Forked,
        (None, Some(_)) => ChainVerdict::Broken,
        (None, None) if chain.upto < chain.known => ChainVerdict::Pending,
        (None, None) => ChainVerdict::Contiguous,
    };
    ChainState { state, epoch: chain.epoch, upto: chain.upto, known: chain.known }
}

/// How a chain stands up to one of its events: what went wrong later says nothing about it.
pub(super) fn verdict_at(chain: Option<&ChainRow>, seq: u64) -> ChainVerdict {
    let Some(chain) = chain else { return ChainVerdict::Pending };
    if chain.forked.is_some_and(|at| at <= seq) {
        ChainVerdict::Forked
    } else if chain.broken.is_some_and(|at| at <= seq) {
        ChainVerdict::Broken
    } else if seq > chain.upto {
        ChainVerdict::Pending
    } else {
        ChainVerdict::Contiguous
    }
}

/// Whether a box is connected.
fn presence(row: Option<&BoxRow>) -> Presence {
    match row.and_then(|row| row.state.as_ref()).map(|state| state.state) {
        Some(state::Presence::Online) => Presence::Online,
        Some(state::Presence::Offline) => Presence::Offline,
        None => Presence::Unknown,
    }
}

/// The name that people gave a camera.
pub(super) fn camera_name(row: Option<&BoxRow>, cam: &CameraId) -> Option<String> {
    let reported = row?.reported.as_ref()?;
    reported.cameras.iter().find(|known| known.cam == *cam).map(|known| known.name.clone())
}

/// The cameras of a box: those of its configuration in force, and those it speaks of.
pub(super) fn cameras(
    dev: &DeviceId,
    site: &SiteId,
    row: Option<&BoxRow>,
    pictures: &[PictureRow],
    now: UtcTime,
) -> Vec<Camera> {
    let reported = row.and_then(|row| row.reported.as_ref()).into_iter().flat_map(|reported| &reported.cameras);
    let health = row.and_then(|row| row.health.as_ref());
    let known: BTreeSet<&CameraId> = reported
        .map(|camera| &camera.cam)
        .chain(health.into_iter().flat_map(|health| &health.cameras).map(|camera| &camera.cam))
        .collect();
    let online = presence(row) == Presence::Online;
    let fresh =
        online && row.and_then(|row| row.health_received).is_some_and(|at| now.seconds_since(at) <= HEALTH_HOLDS_S);
    let cameras = known.into_iter().map(|cam| {
        let figures = health.into_iter().flat_map(|health| &health.cameras).find(|camera| camera.cam == *cam);
        let name = camera_name(row, cam).unwrap_or_else(|| cam.to_string());
        let picture = pictures.iter().find(|picture| picture.dev == *dev && picture.cam == *cam);
        Camera {
            dev: dev.clone(),
            cam: cam.clone(),
            site: site.clone(),
            name,
            box_online: online,
            picture_captured: picture.map(|picture| picture.captured),
            ..figures_of(figures, fresh, dev, cam, site)
        }
    });
    cameras.collect()
}

/// What the health message says of a camera; its state only while the message is fresh.
fn figures_of(figures: Option<&CameraHealth>, fresh: bool, dev: &DeviceId, cam: &CameraId, site: &SiteId) -> Camera {
    let state = figures.filter(|_| fresh).map_or(CameraState::Unknown, |figures| figures.state.into());
    Camera {
        dev: dev.clone(),
        cam: cam.clone(),
        site: site.clone(),
        name: String::new(),
        state,
        box_online: false,
        since: figures.filter(|_| fresh).map(|figures| figures.since),
        reason: figures.filter(|_| fresh).and_then(|figures| figures.reason.clone()),
        last_frame: figures.and_then(|figures| figures.last_frame),
        picture_captured: None,
        fps_in: figures.filter(|_| fresh).map(|figures| figures.fps_in),
        fps_analysed: figures.filter(|_| fresh).map(|figures| figures.fps_analysed),
        dropped: figures.map(|figures| figures.dropped),
        reconnects: figures.map(|figures| figures.reconnects),
        latency_ms: figures.filter(|_| fresh).and_then(|figures| figures.latency_ms),
        size: figures.and_then(|figures| figures.size),
        time_src: figures.and_then(|figures| figures.time.as_ref()).map(|time| time.src),
        time_err_ms: figures.and_then(|figures| figures.time.as_ref()).map(|time| time.err_ms),
    }
}

/// Everything about a box.
pub(super) fn box_status(
    config: &Config,
    dev: &DeviceId,
    row: Option<&BoxRow>,
    chain: Option<&ChainRow>,
    pictures: &[PictureRow],
    alarms_open: u64,
    now: UtcTime,
) -> Option<BoxStatus> {
    let site = config.site_of(dev)?.clone();
    let health = row.and_then(|row| row.health.as_ref());
    let born = row.and_then(|row| row.state.as_ref());
    Some(BoxStatus {
        cameras: cameras(dev, &site, row, pictures, now),
        dev: dev.clone(),
        site,
        presence: presence(row),
        since: row.and_then(|row| row.since),
        health_at: health.map(|health| health.at),
        software: born.map(|born| born.software.clone()).or_else(|| health.map(|health| health.software.clone())),
        uptime_s: health.map(|health| health.uptime_s),
        model: health.map(|health| health.model.clone()),
        temperature_c: health.and_then(|health| health.temperature_c),
        disk_free_bytes: health.map(|health| health.disk_free_bytes),
        memory_bytes: health.map(|health| health.memory_bytes),
        outbox: health.map(|health| health.outbox.clone()),
        clock: health.map(|health| health.clock.clone()),
        chain: chain.map(chain_state),
        alarms_open,
    })
}
