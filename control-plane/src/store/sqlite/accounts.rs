//! Users, sessions and acts in SQLite.

use super::SqliteTx;
use super::codec::{Columns, first, run};
use crate::store::{AccountTx, SessionRow, Stored, UserRow};
use kerege_contract::{Sha256Hash, UtcTime};
use rusqlite::{Connection, params};

/// The same act of the same person within this time is one row with a count.
const ACT_WINDOW_MS: i64 = 5 * 60 * 1000;

impl AccountTx for SqliteTx<'_> {
    fn put_user(&self, user: &UserRow) -> Stored<()> {
        run(self.0, "DELETE FROM sessions WHERE user = ?", params![user.name])?;
        let sql = "INSERT INTO users (name, role, password, created_ms) VALUES (?1, ?2, ?3, ?4)
                   ON CONFLICT (name) DO UPDATE SET role = ?2, password = ?3";
        run(self.0, sql, params![user.name, user.role.as_str(), user.password, user.created.millis()]).map(drop)
    }

    fn put_session(&self, session: &SessionRow) -> Stored<()> {
        let sql = "INSERT INTO sessions (token, user, began_ms, seen_ms) VALUES (?, ?, ?, ?)";
        let row = params![session.token.to_string(), session.user, session.began.millis(), session.seen.millis()];
        run(self.0, sql, row).map(drop)
    }

    fn touch_session(&self, token: &Sha256Hash, now: UtcTime) -> Stored<()> {
        let sql = "UPDATE sessions SET seen_ms = max(seen_ms, ?) WHERE token = ?";
        run(self.0, sql, params![now.millis(), token.to_string()]).map(drop)
    }

    fn end_session(&self, token: &Sha256Hash) -> Stored<()> {
        run(self.0, "DELETE FROM sessions WHERE token = ?", params![token.to_string()]).map(drop)
    }

    fn sweep_sessions(&self, idle_since: UtcTime, began_before: UtcTime) -> Stored<u64> {
        let sql = "DELETE FROM sessions WHERE seen_ms < ? OR began_ms < ?";
        run(self.0, sql, params![idle_since.millis(), began_before.millis()])
    }

    fn log_act(&self, user: &str, act: &str, object: &str, now: UtcTime) -> Stored<()> {
        let window = now.millis() - now.millis().rem_euclid(ACT_WINDOW_MS);
        let sql =
            "INSERT INTO acts (window_ms, user, act, object, first_ms, last_ms, n) VALUES (?1, ?2, ?3, ?4, ?5, ?5, 1)
                   ON CONFLICT (window_ms, user, act, object) DO UPDATE SET last_ms = ?5, n = n + 1";
        run(self.0, sql, params![window, user, act, object, now.millis()]).map(drop)
    }
}

/// A user by name.
pub(super) fn user(connection: &Connection, name: &str) -> Stored<Option<UserRow>> {
    first(connection, "SELECT * FROM users WHERE name = ?", params![name], user_row)
}

/// A session with its user.
pub(super) fn session(connection: &Connection, token: &Sha256Hash) -> Stored<Option<(SessionRow, UserRow)>> {
    let sql = "SELECT * FROM sessions JOIN users ON users.name = sessions.user WHERE token = ?";
    first(connection, sql, params![token.to_string()], |row| {
        let session = SessionRow {
            token: row.parsed("token")?,
            user: row.raw("user")?,
            began: row.time("began_ms")?,
            seen: row.time("seen_ms")?,
        };
        Ok((session, user_row(row)?))
    })
}

fn user_row(row: &Columns<'_>) -> Stored<UserRow> {
    Ok(UserRow {
        name: row.raw("name")?,
        role: row.word("role")?,
        password: row.raw("password")?,
        created: row.time("created_ms")?,
    })
}
