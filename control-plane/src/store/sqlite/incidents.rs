//! Incidents in SQLite: a row each, made again from its events whenever one arrives.

use super::codec::{Columns, all, json, run, word};
use crate::api::types::IncidentState;
use crate::store::{Cursor, IncidentFilter, IncidentRow, Stored};
use kerege_contract::{Sha256Hash, UtcTime};
use rusqlite::types::Value;
use rusqlite::{Connection, params, params_from_iter};

/// Writes an incident, unless another device owns its id.
pub(super) fn put(connection: &Connection, incident: &IncidentRow) -> Stored<()> {
    let sql = "INSERT INTO incidents (id, dev, site, cam, lane, kind, class, severity, started_ms, ended_ms,
                 updated_ms, time_err_ms, reason, still, objects)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)
               ON CONFLICT (id) DO UPDATE SET site = ?3, cam = ?4, lane = ?5, kind = ?6, class = ?7, severity = ?8,
                 started_ms = ?9, ended_ms = ?10, updated_ms = ?11, time_err_ms = ?12, reason = ?13, still = ?14,
                 objects = ?15
               WHERE dev = ?2";
    let row = params![
        incident.id.to_string(),
        incident.dev.as_str(),
        incident.site.as_str(),
        incident.cam.as_ref().map(|cam| cam.as_str().to_owned()),
        incident.lane.as_ref().map(|lane| lane.as_str().to_owned()),
        word(&incident.kind),
        incident.class.as_str(),
        word(&incident.severity),
        incident.started.millis(),
        incident.ended.map(UtcTime::millis),
        incident.updated.millis(),
        incident.time_err_ms,
        incident.reason,
        incident.still.as_ref().map(json),
        json(&incident.objects),
    ];
    run(connection, sql, row).map(drop)
}

/// Incidents, newest first.
pub(super) fn list(
    connection: &Connection,
    filter: &IncidentFilter,
    before: Option<&Cursor>,
    limit: u32,
) -> Stored<Vec<IncidentRow>> {
    let (conditions, values) = conditions(filter, before);
    let conditions = if conditions.is_empty() { "1".to_owned() } else { conditions.join(" AND ") };
    let sql = format!("SELECT * FROM incidents WHERE {conditions} ORDER BY started_ms DESC, id DESC LIMIT {limit}");
    all(connection, &sql, params_from_iter(values), incident)
}

/// The incidents to which a piece of evidence belongs.
pub(super) fn showing(connection: &Connection, sha256: &Sha256Hash) -> Stored<Vec<IncidentRow>> {
    let sql = "SELECT incidents.* FROM evidence_of JOIN incidents ON incidents.id = evidence_of.incident
               WHERE evidence_of.sha256 = ? ORDER BY incidents.id";
    all(connection, sql, params![sha256.to_string()], incident)
}

/// Conditions with place holders only; what a person gave goes into the values.
fn conditions(filter: &IncidentFilter, before: Option<&Cursor>) -> (Vec<&'static str>, Vec<Value>) {
    let mut conditions = Vec::new();
    let mut values = Vec::new();
    let mut add = |condition: &'static str, value: Option<Value>| {
        if let Some(value) = value {
            conditions.push(condition);
            values.push(value);
        }
    };
    add("kind = ?", filter.kind.as_ref().map(|kind| word(kind).into()));
    add("site = ?", filter.site.as_ref().map(|site| site.to_string().into()));
    add("cam = ?", filter.cam.as_ref().map(|cam| cam.to_string().into()));
    add("severity = ?", filter.severity.as_ref().map(|severity| word(severity).into()));
    add("started_ms >= ?", filter.from.map(|from| from.millis().into()));
    add("started_ms < ?", filter.to.map(|to| to.millis().into()));
    if let Some(cursor) = before {
        conditions.push("(started_ms, id) < (?, ?)");
        values.push(cursor.started.millis().into());
        values.push(cursor.id.to_string().into());
    }
    match filter.state {
        IncidentState::Open => conditions.push("ended_ms IS NULL"),
        IncidentState::Ended => conditions.push("ended_ms IS NOT NULL"),
        IncidentState::All => {}
    }
    (conditions, values)
}

/// Reads an incident out of its row.
pub(super) fn incident(row: &Columns<'_>) -> Stored<IncidentRow> {
    Ok(IncidentRow {
        id: row.parsed("id")?,
        dev: row.parsed("dev")?,
        site: row.parsed("site")?,
        cam: row.parsed_or_none("cam")?,
        lane: row.parsed_or_none("lane")?,
        kind: row.word("kind")?,
        class: row.word("class")?,
        severity: row.word("severity")?,
        started: row.time("started_ms")?,
        ended: row.time_or_none("ended_ms")?,
        updated: row.time("updated_ms")?,
        time_err_ms: row.raw("time_err_ms")?,
        reason: row.raw("reason")?,
        still: row.json_or_none("still")?,
        objects: row.json("objects")?,
    })
}
