//! The tree of a document: values that remember where they stand in the text.

use super::Faults;
use std::ops::Range;
use toml::de::{DeTable, DeValue};

/// A key of a table and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Key {
    /// The key.
    pub name: String,
    /// Bytes of the text; none for JSON.
    pub span: Option<Range<usize>>,
}

/// What a node holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// A text.
    Text(String),
    /// A whole number.
    Whole(i64),
    /// A number with a fraction.
    Number(f64),
    /// True or false.
    Truth(bool),
    /// A list.
    List(Vec<Node>),
    /// A table, in the order of the text.
    Table(Vec<(Key, Node)>),
    /// A date, a null or a number too large to read: nothing that any key wants.
    Other(&'static str),
}

/// A value and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// The value.
    pub value: Value,
    /// Bytes of the text; none for JSON.
    pub span: Option<Range<usize>>,
}

impl Node {
    /// Reads a TOML text as far as it can be read; syntax errors become faults.
    #[must_use]
    pub fn from_toml(text: &str, faults: &Faults) -> Self {
        let (table, errors) = DeTable::parse_recoverable(text);
        for error in errors {
            faults.add("", error.span(), error.message().trim_end_matches('\n'), "");
        }
        let span = table.span();
        Self { value: from_table(table.into_inner()), span: Some(span) }
    }

    /// Takes a JSON value as a document; its faults name keys instead of lines.
    #[must_use]
    pub fn from_json(value: &serde_json::Value) -> Self {
        use serde_json::Value as Json;
        let value = match value {
            Json::Null => Value::Other("null"),
            Json::Bool(truth) => Value::Truth(*truth),
            Json::Number(number) => match (number.as_i64(), number.as_f64()) {
                (Some(whole), _) => Value::Whole(whole),
                (None, Some(number)) => Value::Number(number),
                (None, None) => Value::Other("a number too large"),
            },
            Json::String(text) => Value::Text(text.clone()),
            Json::Array(items) => Value::List(items.iter().map(Self::from_json).collect()),
            Json::Object(entries) => Value::Table(
                entries
                    .iter()
                    .map(|(name, value)| (Key { name: name.clone(), span: None }, Self::from_json(value)))
                    .collect(),
            ),
        };
        Self { value, span: None }
    }

    /// What it is, for a sentence such as "expected a number, found a list".
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match &self.value {
            Value::Text(_) => "a text",
            Value::Whole(_) => "a whole number",
            Value::Number(_) => "a number",
            Value::Truth(_) => "true or false",
            Value::List(_) => "a list",
            Value::Table(_) => "a table",
            Value::Other(kind) => kind,
        }
    }
}

fn from_table(table: DeTable<'_>) -> Value {
    let entries = table.into_iter().map(|(key, value)| {
        let key = Key { span: Some(key.span()), name: key.into_inner().into_owned() };
        let span = value.span();
        (key, Node { value: from_value(value.into_inner()), span: Some(span) })
    });
    let mut entries: Vec<_> = entries.collect();
    entries.sort_by_key(|(key, _)| key.span.as_ref().map(|span| span.start));
    Value::Table(entries)
}

fn from_value(value: DeValue<'_>) -> Value {
    match value {
        DeValue::String(text) => Value::Text(text.into_owned()),
        DeValue::Integer(number) => i64::from_str_radix(&number.as_str().replace('_', ""), number.radix())
            .map_or(Value::Other("a number too large"), Value::Whole),
        DeValue::Float(number) => {
            number.as_str().replace('_', "").parse().map_or(Value::Other("a number too large"), Value::Number)
        }
        DeValue::Boolean(truth) => Value::Truth(truth),
        DeValue::Datetime(_) => Value::Other("a date"),
        DeValue::Array(items) => Value::List(
            items
                .into_iter()
                .map(|item| {
                    let span = item.span();
                    Node { value: from_value(item.into_inner()), span: Some(span) }
                })
                .collect(),
        ),
        DeValue::Table(table) => from_table(table),
    }
}
