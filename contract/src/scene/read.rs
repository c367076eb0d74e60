//! From a document to a scene: takes every key once and reports what is wrong with it.

use super::{
    Calibration, CalibrationPoint, Lane, Leg, Line, LineWay, Mask, RoadUnit, Scene, Zone, ZoneKind, check, rule::rule,
};
use crate::document::{Faults, Fields, Node};
use crate::fact::Direction;
use crate::version::V1;
use crate::{FramePoint, RoadUserClass};

pub(super) const DIRECTIONS: &[(&str, Direction)] =
    &[("forward", Direction::Forward), ("backward", Direction::Backward)];
const ZONE_KINDS: &[(&str, ZoneKind)] = &[
    ("waiting", ZoneKind::Waiting),
    ("no_stopping", ZoneKind::NoStopping),
    ("crosswalk", ZoneKind::Crosswalk),
    ("carriageway", ZoneKind::Carriageway),
    ("ignore", ZoneKind::Ignore),
    ("area", ZoneKind::Area),
];
const UNITS: &[(&str, RoadUnit)] = &[("metres", RoadUnit::Metres), ("lonlat", RoadUnit::Lonlat)];

/// Reads a scene; none when it is not a table. Faults tell whether it may be used.
pub(super) fn scene(root: &Node, faults: &Faults) -> Option<Scene> {
    let mut fields = Fields::open(root, "", faults)?;
    version(&mut fields);
    let scene = Scene {
        v: V1,
        pixel_aspect: fields.number("pixel_aspect", 0.25..=4.0),
        geo: geo(&mut fields),
        lines: fields.tables("line").into_iter().filter_map(line).collect(),
        lanes: fields.tables("lane").into_iter().filter_map(lane).collect(),
        zones: fields.tables("zone").into_iter().filter_map(zone).collect(),
        markings: fields.tables("marking").into_iter().filter_map(super::marking::marking).collect(),
        legs: fields.tables("leg").into_iter().filter_map(leg).collect(),
        masks: fields.tables("mask").into_iter().map(mask).collect(),
        calibration: fields.table("calibration").and_then(calibration),
        rules: fields.tables("rule").into_iter().filter_map(rule).collect(),
    };
    check::scene(&scene, &mut fields);
    fields.finish();
    Some(scene)
}

pub(super) fn version(fields: &mut Fields<'_>) {
    if let Some(v) = fields.required("v")
        && v.value != crate::document::Value::Whole(1)
    {
        fields.fault("v", "this build reads scenes of version 1", "write 'v = 1', or upgrade the box");
    }
}

fn geo(fields: &mut Fields<'_>) -> Option<[f64; 2]> {
    let [longitude, latitude] = fields.numbers::<2>("geo")?;
    if longitude.abs() > 180.0 || latitude.abs() > 90.0 {
        fields.fault("geo", "not a place on Earth", "write [longitude, latitude] in degrees");
        return None;
    }
    Some([longitude, latitude])
}

pub(super) fn point(fields: &mut Fields<'_>, key: &'static str) -> Option<FramePoint> {
    let numbers = fields.required_numbers::<2>(key)?;
    inside(fields, key, &[numbers]);
    Some(numbers.into())
}

pub(super) fn inside(fields: &Fields<'_>, key: &str, points: &[[f64; 2]]) {
    if points.iter().flatten().any(|number| !(0.0..=1.0).contains(number)) {
        fields.fault(key, "a point lies outside the picture", "points are 0..1 of the frame from the top left");
    }
}

fn polygon(fields: &mut Fields<'_>, key: &'static str) -> Vec<FramePoint> {
    fields.required(key);
    let rows = fields.rows::<2>(key);
    inside(fields, key, &rows);
    let points: Vec<FramePoint> = rows.into_iter().map(Into::into).collect();
    check::polygon(fields, key, &points);
    points
}

pub(super) fn classes(fields: &mut Fields<'_>) -> Vec<RoadUserClass> {
    let words: Vec<String> = fields.parsed_list("classes");
    let known = RoadUserClass::ALL.map(RoadUserClass::as_str).join(", ");
    let mut classes = Vec::new();
    for word in words {
        match RoadUserClass::from_word(&word) {
            Some(class) => classes.push(class),
            None => fields.fault("classes", format!("'{word}' is not a class"), format!("use: {known}")),
        }
    }
    classes
}

fn line(mut fields: Fields<'_>) -> Option<Line> {
    let id = fields.required_parsed("id");
    let (a, b) = (point(&mut fields, "a"), point(&mut fields, "b"));
    if a.is_some() && a == b {
        fields.fault("b", "the line has no length", "draw it between two different points");
    }
    let forward = fields.text("forward").unwrap_or_else(|| "forward".into());
    let backward = fields.text("backward").unwrap_or_else(|| "backward".into());
    if forward == backward {
        fields.fault(
            "backward",
            "both directions have the same name",
            "name them apart, such as northbound and southbound",
        );
    }
    let band = fields.number("band", 0.0..=2.0).unwrap_or(0.25);
    let classes = classes(&mut fields);
    fields.finish();
    Some(Line { id: id?, a: a?, b: b?, forward, backward, band, classes })
}

fn lane(mut fields: Fields<'_>) -> Option<Lane> {
    let id = fields.required_parsed("id");
    let polygon = polygon(&mut fields, "polygon");
    fields.required("centre");
    let rows = fields.rows::<2>("centre");
    inside(&fields, "centre", &rows);
    let centre: Vec<FramePoint> = rows.into_iter().map(Into::into).collect();
    check::course(&fields, "centre", "a centre line", &centre);
    let live = fields.truth("live").unwrap_or(true);
    let leg = fields.parsed("leg");
    fields.finish();
    Some(Lane { id: id?, polygon, centre, live, leg })
}

fn zone(mut fields: Fields<'_>) -> Option<Zone> {
    let id = fields.required_parsed("id");
    let kind = fields.required_word("kind", ZONE_KINDS);
    let polygon = polygon(&mut fields, "polygon");
    fields.finish();
    Some(Zone { id: id?, kind: kind?, polygon })
}

fn leg(mut fields: Fields<'_>) -> Option<Leg> {
    let id: Option<crate::LegId> = fields.required_parsed("id");
    let name = fields.text("name");
    let inbound = fields.table("inbound").and_then(line_way);
    let outbound = fields.table("outbound").and_then(line_way);
    fields.finish();
    let id = id?;
    Some(Leg { name: name.unwrap_or_else(|| id.to_string()), id, inbound, outbound })
}

fn line_way(mut fields: Fields<'_>) -> Option<LineWay> {
    let line = fields.required_parsed("line");
    let dir = fields.required_word("dir", DIRECTIONS);
    fields.finish();
    Some(LineWay { line: line?, dir: dir? })
}

fn mask(mut fields: Fields<'_>) -> Mask {
    let polygon = polygon(&mut fields, "polygon");
    fields.finish();
    Mask { polygon }
}

pub(super) fn calibration(mut fields: Fields<'_>) -> Option<Calibration> {
    let unit = unit(&mut fields);
    fields.required("points");
    let points: Vec<CalibrationPoint> = fields.tables("points").into_iter().filter_map(calibration_point).collect();
    check::calibration(&fields, &points);
    let valid = valid(&mut fields);
    fields.finish();
    Some(Calibration { unit: unit?, points, valid })
}

pub(super) fn unit(fields: &mut Fields<'_>) -> Option<RoadUnit> {
    fields.required_word("unit", UNITS)
}

/// Where a calibration holds; empty when nobody drew it.
pub(super) fn valid(fields: &mut Fields<'_>) -> Vec<FramePoint> {
    let rows = fields.rows::<2>("valid");
    inside(fields, "valid", &rows);
    let valid: Vec<FramePoint> = rows.into_iter().map(Into::into).collect();
    if !valid.is_empty() {
        check::polygon(fields, "valid", &valid);
    }
    valid
}

fn calibration_point(mut fields: Fields<'_>) -> Option<CalibrationPoint> {
    let image = point(&mut fields, "image");
    let road = fields.required_numbers::<2>("road");
    fields.finish();
    Some(CalibrationPoint { image: image?, road: road? })
}
