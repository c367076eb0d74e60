//! When a rule is in force, as people write it and as it travels.

use crate::document::Fields;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A day of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum DayOfWeek {
    Mon,
    Tue,
    Wed,
    Thu,
    Fri,
    Sat,
    Sun,
}

const DAYS: &[(&str, DayOfWeek)] = &[
    ("mon", DayOfWeek::Mon),
    ("tue", DayOfWeek::Tue),
    ("wed", DayOfWeek::Wed),
    ("thu", DayOfWeek::Thu),
    ("fri", DayOfWeek::Fri),
    ("sat", DayOfWeek::Sat),
    ("sun", DayOfWeek::Sun),
];

/// When a rule is in force, in the site's local time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct TimeWindow {
    /// On which days; the day on which the window begins.
    pub days: Vec<DayOfWeek>,
    /// Minutes after local midnight at which it begins, 0..1439.
    pub from_min: u16,
    /// Minutes after local midnight at which it ends; at or before the beginning means the next day.
    pub to_min: u16,
}

/// Reads one window of a schedule.
pub(super) fn window(mut fields: Fields<'_>) -> Option<TimeWindow> {
    let words: Vec<String> = fields.parsed_list("days");
    let mut days = Vec::new();
    for word in words {
        match DAYS.iter().find(|(day, _)| *day == word) {
            Some((_, day)) => days.push(*day),
            None => fields.fault("days", format!("'{word}' is not a day"), "use: mon, tue, wed, thu, fri, sat, sun"),
        }
    }
    if days.is_empty() {
        days = DAYS.iter().map(|(_, day)| *day).collect();
    }
    // A checked scene travels with minutes; people write clock times.
    let from_min = minute(&mut fields, "from", "from_min");
    let to_min = minute(&mut fields, "to", "to_min");
    fields.finish();
    Some(TimeWindow { days, from_min: from_min?, to_min: to_min? })
}

fn minute(fields: &mut Fields<'_>, clock: &'static str, minutes: &'static str) -> Option<u16> {
    if let Some(given) = fields.whole(minutes, 0..=1440) {
        fields.text(clock);
        return u16::try_from(given).ok();
    }
    let text = fields.required_text(clock)?;
    let parsed = text.split_once(':').and_then(|(hours, minutes)| {
        let (hours, minutes) = (hours.parse::<u16>().ok()?, minutes.parse::<u16>().ok()?);
        ((hours < 24 && minutes < 60) || (hours == 24 && minutes == 0)).then_some(hours * 60 + minutes)
    });
    if parsed.is_none() {
        fields.fault(clock, format!("'{text}' is not a time of day"), "write hours and minutes, such as 07:30");
    }
    parsed
}
