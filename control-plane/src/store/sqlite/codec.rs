//! Between typed values and what SQLite holds.

use super::super::{StoreError, Stored};
use kerege_contract::UtcTime;
use rusqlite::Row;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fmt::Display;
use std::str::FromStr;

/// A number as SQLite holds it; the contract's numbers fit.
pub(super) fn int(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// A word of an enum, as on the wire.
pub(super) fn word(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        other => other.map(|value| value.to_string()).unwrap_or_default(),
    }
}

/// A value as JSON text.
pub(super) fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

/// Columns of a row, turned into typed values.
pub(super) struct Columns<'a>(pub(super) &'a Row<'a>);

impl Columns<'_> {
    pub(super) fn raw<T: rusqlite::types::FromSql>(&self, name: &str) -> Stored<T> {
        Ok(self.0.get(name)?)
    }

    pub(super) fn number<T: TryFrom<i64>>(&self, name: &str) -> Stored<T>
    where
        T::Error: std::error::Error + Send + Sync + 'static,
    {
        T::try_from(self.raw::<i64>(name)?).map_err(|error| corrupt("number", error))
    }

    pub(super) fn time(&self, name: &str) -> Stored<UtcTime> {
        self.raw(name).map(UtcTime::from_millis)
    }

    pub(super) fn time_or_none(&self, name: &str) -> Stored<Option<UtcTime>> {
        Ok(self.raw::<Option<i64>>(name)?.map(UtcTime::from_millis))
    }

    pub(super) fn parsed<T: FromStr<Err: Display>>(&self, name: &str) -> Stored<T> {
        parse(&self.raw::<String>(name)?)
    }

    pub(super) fn parsed_or_none<T: FromStr<Err: Display>>(&self, name: &str) -> Stored<Option<T>> {
        self.raw::<Option<String>>(name)?.as_deref().map(parse).transpose()
    }

    pub(super) fn word<T: DeserializeOwned>(&self, name: &str) -> Stored<T> {
        let word = serde_json::Value::String(self.raw(name)?);
        serde_json::from_value(word).map_err(|error| corrupt("word", error))
    }

    pub(super) fn json<T: DeserializeOwned>(&self, name: &str) -> Stored<T> {
        serde_json::from_str(&self.raw::<String>(name)?).map_err(|error| corrupt("document", error))
    }

    /// A document, or none when it is absent or of a form that this build no longer reads: boxes
    /// send such documents again.
    pub(super) fn json_or_none<T: DeserializeOwned>(&self, name: &str) -> Stored<Option<T>> {
        Ok(self.raw::<Option<String>>(name)?.and_then(|text| serde_json::from_str(&text).ok()))
    }
}

fn parse<T: FromStr<Err: Display>>(text: &str) -> Stored<T> {
    text.parse().map_err(|error: T::Err| corrupt("name", std::io::Error::other(error.to_string())))
}

fn corrupt(what: &'static str, error: impl std::error::Error + Send + Sync + 'static) -> StoreError {
    StoreError::Corrupt { what, source: Box::new(error) }
}

/// All rows of a query.
pub(super) fn all<T>(
    connection: &rusqlite::Connection,
    sql: &str,
    params: impl rusqlite::Params,
    read: impl Fn(&Columns<'_>) -> Stored<T>,
) -> Stored<Vec<T>> {
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(params)?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(read(&Columns(row))?);
    }
    Ok(found)
}

/// The first row of a query.
pub(super) fn first<T>(
    connection: &rusqlite::Connection,
    sql: &str,
    params: impl rusqlite::Params,
    read: impl Fn(&Columns<'_>) -> Stored<T>,
) -> Stored<Option<T>> {
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(params)?;
    rows.next()?.map(|row| read(&Columns(row))).transpose()
}

/// Runs a statement; how many rows it changed.
pub(super) fn run(connection: &rusqlite::Connection, sql: &str, params: impl rusqlite::Params) -> Stored<u64> {
    Ok(connection.prepare_cached(sql)?.execute(params)? as u64)
}
