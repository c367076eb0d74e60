//! Alarms in SQLite: at most one open row for each (device, kind, key).

use super::SqliteTx;
use super::codec::{Columns, all, first, run, word};
use crate::api::types::AlarmKind;
use crate::store::{AlarmReport, AlarmRow, AlarmTx, Recurrence, Stored};
use kerege_contract::{DeviceId, UtcTime};
use rusqlite::params;

/// Longest text of an alarm, characters; it may quote what a stranger sent.
const DETAIL_CHARS: usize = 500;

/// An alarm about no device has an empty one, so that the unique index holds it too.
fn name_of(dev: Option<&DeviceId>) -> &str {
    dev.map_or("", DeviceId::as_str)
}

impl SqliteTx<'_> {
    fn was_cleared(&self, report: &AlarmReport) -> Stored<bool> {
        let sql = "SELECT id FROM alarms WHERE dev = ? AND kind = ? AND key = ? AND cleared_ms IS NOT NULL";
        let key = params![name_of(report.dev.as_ref()), word(&report.kind), report.key];
        first(self.0, sql, key, |row| row.raw::<i64>("id")).map(|found| found.is_some())
    }
}

impl AlarmTx for SqliteTx<'_> {
    fn raise(&self, report: &AlarmReport, now: UtcTime) -> Stored<Option<AlarmRow>> {
        if report.recurrence == Recurrence::Once && self.was_cleared(report)? {
            return Ok(None);
        }
        let sql = "INSERT INTO alarms (dev, kind, key, severity, detail, raised_ms, last_ms, count)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6, 1)
                   ON CONFLICT (dev, kind, key) WHERE cleared_ms IS NULL
                   DO UPDATE SET severity = ?4, detail = ?5, last_ms = ?6, count = count + 1
                   RETURNING *";
        let detail: String = report.detail.chars().take(DETAIL_CHARS).collect();
        let row = params![
            name_of(report.dev.as_ref()),
            word(&report.kind),
            report.key,
            word(&report.severity),
            detail,
            now.millis(),
        ];
        first(self.0, sql, row, alarm)
    }

    fn clear(&self, dev: Option<&DeviceId>, kind: AlarmKind, key: &str, now: UtcTime) -> Stored<Option<AlarmRow>> {
        let sql = "UPDATE alarms SET cleared_ms = ? WHERE dev = ? AND kind = ? AND key = ? AND cleared_ms IS NULL
                   RETURNING *";
        first(self.0, sql, params![now.millis(), name_of(dev), word(&kind), key], alarm)
    }

    fn open_alarms(&self, kind: AlarmKind) -> Stored<u64> {
        let sql = "SELECT count(*) AS n FROM alarms WHERE kind = ? AND cleared_ms IS NULL";
        first(self.0, sql, params![word(&kind)], |row| row.number("n")).map(Option::unwrap_or_default)
    }

    fn clear_quiet(&self, kinds: &[AlarmKind], since: UtcTime, now: UtcTime) -> Stored<Vec<AlarmRow>> {
        let sql = "UPDATE alarms SET cleared_ms = ? WHERE kind = ? AND last_ms < ? AND cleared_ms IS NULL RETURNING *";
        let mut cleared = Vec::new();
        for kind in kinds {
            cleared.extend(all(self.0, sql, params![now.millis(), word(kind), since.millis()], alarm)?);
        }
        Ok(cleared)
    }

    fn forget_alarms(&self, before: UtcTime) -> Stored<u64> {
        run(self.0, "DELETE FROM alarms WHERE cleared_ms < ?", params![before.millis()])
    }
}

/// Reads an alarm out of its row.
pub(super) fn alarm(row: &Columns<'_>) -> Stored<AlarmRow> {
    let dev: String = row.raw("dev")?;
    Ok(AlarmRow {
        id: row.raw("id")?,
        dev: if dev.is_empty() { None } else { Some(row.parsed("dev")?) },
        kind: row.word("kind")?,
        severity: row.word("severity")?,
        detail: row.raw("detail")?,
        raised: row.time("raised_ms")?,
        last: row.time("last_ms")?,
        count: row.number("count")?,
        cleared: row.time_or_none("cleared_ms")?,
    })
}
