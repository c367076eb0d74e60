//! Boxes in SQLite: the last documents they sent, as JSON.

use super::SqliteTx;
use super::codec::{Columns, first, json, run};
use crate::store::{BoxRow, FleetTx, Stored};
use kerege_contract::{DeviceId, UtcTime};
use rusqlite::params;

impl FleetTx for SqliteTx<'_> {
    fn box_row(&self, dev: &DeviceId) -> Stored<Option<BoxRow>> {
        first(self.0, "SELECT * FROM boxes WHERE dev = ?", params![dev.as_str()], row)
    }

    fn put_box(&self, row: &BoxRow) -> Stored<()> {
        let sql =
            "INSERT OR REPLACE INTO boxes (dev, state, since_ms, previous_boot, health, health_received_ms, reported)
                   VALUES (?, ?, ?, ?, ?, ?, ?)";
        let columns = params![
            row.dev.as_str(),
            row.state.as_ref().map(json),
            row.since.map(UtcTime::millis),
            row.previous_boot,
            row.health.as_ref().map(json),
            row.health_received.map(UtcTime::millis),
            row.reported.as_ref().map(json),
        ];
        run(self.0, sql, columns).map(drop)
    }
}

/// Reads a box out of its row.
pub(super) fn row(row: &Columns<'_>) -> Stored<BoxRow> {
    Ok(BoxRow {
        dev: row.parsed("dev")?,
        state: row.json_or_none("state")?,
        since: row.time_or_none("since_ms")?,
        previous_boot: row.raw("previous_boot")?,
        health: row.json_or_none("health")?,
        health_received: row.time_or_none("health_received_ms")?,
        reported: row.json_or_none("reported")?,
    })
}
