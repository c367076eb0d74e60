//! Road markings: what lies between lanes and must not be driven over.

use super::{check, read};
use crate::document::Fields;
use crate::{FramePoint, MarkingId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which way over a marking is forbidden, as seen along it from its first point to its last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Forbidden {
    /// Both ways: a solid line.
    #[default]
    Both,
    /// From its left to its right: a double line that is broken on its right side.
    Forward,
    /// From its right to its left: a double line that is broken on its left side.
    Backward,
}

/// A marking that must not be crossed.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Marking {
    /// Its name.
    pub id: MarkingId,
    /// Its course, at least two points.
    pub path: Vec<FramePoint>,
    /// Which way over it is forbidden.
    #[serde(default)]
    pub forbidden: Forbidden,
}

const WAYS: &[(&str, Forbidden)] =
    &[("both", Forbidden::Both), ("forward", Forbidden::Forward), ("backward", Forbidden::Backward)];

pub(super) fn marking(mut fields: Fields<'_>) -> Option<Marking> {
    let id = fields.required_parsed("id");
    fields.required("path");
    let rows = fields.rows::<2>("path");
    read::inside(&fields, "path", &rows);
    let path: Vec<FramePoint> = rows.into_iter().map(Into::into).collect();
    check::course(&fields, "path", "a marking", &path);
    let forbidden = fields.word("forbidden", WAYS).unwrap_or_default();
    fields.finish();
    Some(Marking { id: id?, path, forbidden })
}
