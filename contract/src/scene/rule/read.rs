//! From a table of a scene to a rule, and what must hold between it and the rest of the scene.

use super::schedule::window;
use super::{Rule, TYPES, scope};
use crate::RoadUserClass;
use crate::document::Fields;
use crate::event::Severity;
use crate::scene::{Scene, read};

const SEVERITIES: &[(&str, Severity)] =
    &[("low", Severity::Low), ("medium", Severity::Medium), ("high", Severity::High), ("critical", Severity::Critical)];

/// Reads a rule; none when its name, its type or a threshold that must be given is missing.
pub(in crate::scene) fn rule(mut fields: Fields<'_>) -> Option<Rule> {
    let id = fields.required_parsed("id");
    // Thresholds cannot be told from misspelt keys when nobody knows the type.
    let entry = fields.required_word("type", TYPES)?;
    let ver = fields.whole("ver", 1..=i64::from(u32::MAX)).and_then(|ver| u32::try_from(ver).ok()).unwrap_or(1);
    let severity = fields.word("severity", SEVERITIES).unwrap_or(entry.severity);
    let (lanes, zones, lines) = (fields.parsed_list("lanes"), fields.parsed_list("zones"), fields.parsed_list("lines"));
    let classes = read::classes(&mut fields);
    let schedule = fields.tables("schedule").into_iter().filter_map(window).collect();
    let cooldown_s = fields.number("cooldown_s", 0.0..=3600.0).unwrap_or(30.0);
    let min_box_height = fields.number("min_box_height", 0.0..=0.5).unwrap_or(0.0);
    let min_box_heights = fields.table("min_box_heights").map(heights).unwrap_or_default();
    let kind = (entry.read)(&mut fields);
    fields.finish();
    Some(Rule {
        id: id?,
        ver,
        severity,
        lanes,
        zones,
        lines,
        classes,
        schedule,
        cooldown_s,
        min_box_height,
        min_box_heights,
        kind: kind?,
    })
}

fn heights(mut fields: Fields<'_>) -> std::collections::BTreeMap<RoadUserClass, f64> {
    let given = RoadUserClass::ALL.map(|class| (class, fields.number(class.as_str(), 0.0..=0.5)));
    fields.finish();
    given.into_iter().filter_map(|(class, height)| Some((class, height?))).collect()
}

/// What is wrong between a rule and the rest of its scene, each with the remedy.
pub(in crate::scene) fn check(rule: &Rule, scene: &Scene) -> Vec<(String, String)> {
    let mut wrong = Vec::new();
    let known = |kind: &str, name: &str, exists: bool| {
        (!exists).then(|| (format!("there is no {kind} '{name}'"), format!("draw it as [[{kind}]], or name another")))
    };
    wrong.extend(
        rule.lanes.iter().filter_map(|id| known("lane", id.as_str(), scene.lanes.iter().any(|lane| lane.id == *id))),
    );
    wrong.extend(
        rule.zones.iter().filter_map(|id| known("zone", id.as_str(), scene.zones.iter().any(|zone| zone.id == *id))),
    );
    wrong.extend(
        rule.lines.iter().filter_map(|id| known("line", id.as_str(), scene.lines.iter().any(|line| line.id == *id))),
    );
    if !wrong.is_empty() {
        return wrong;
    }
    if let Some(key) = scope::foreign_key(rule) {
        wrong.push((format!("rules of its type do not look at {key}"), format!("leave '{key}' out")));
    } else if rule.scope(scene).is_empty() {
        let (message, remedy) = scope::nothing_drawn(&rule.kind);
        wrong.push((message.into(), remedy.into()));
    }
    wrong.extend(rule.kind.misses(rule, scene).map(|(message, remedy)| (message, remedy.to_owned())));
    wrong
}
