//! What must hold between the parts of a scene: unique names, resolved references, sound shapes.

use super::{CalibrationPoint, Scene};
use crate::document::Fields;
use crate::geometry::{polygon_area, polygon_is_simple, side_of_line};
use crate::{FramePoint, FrameSize, PixelPoint};
use std::collections::HashSet;

/// Shapes are checked at this size; whether a polygon is simple does not depend on it.
const CHECK_SIZE: FrameSize = FrameSize::new(1000, 1000);

/// A polygon must have three corners, an area and no crossing edges.
pub(super) fn polygon(fields: &Fields<'_>, key: &str, points: &[FramePoint]) {
    let corners = CHECK_SIZE.pixels(points);
    if corners.len() < 3 {
        fields.fault(key, "a polygon needs at least three corners", "");
    } else if !polygon_is_simple(&corners) {
        fields.fault(key, "the polygon's edges cross or touch", "list its corners in order around it, each once");
    } else if polygon_area(&corners) < 1.0 {
        fields.fault(key, "the polygon has no area", "draw it larger");
    }
}

/// A course needs two different points.
pub(super) fn course(fields: &Fields<'_>, key: &str, what: &str, points: &[FramePoint]) {
    let travels = points.windows(2).all(|pair| pair[0] != pair[1]);
    if points.len() < 2 || !travels {
        fields.fault(key, format!("{what} needs at least two different points"), "draw it in the direction of traffic");
    }
}

/// A calibration needs four points of which no three lie in a row, in the picture and on the road.
pub(super) fn calibration(fields: &Fields<'_>, points: &[CalibrationPoint]) {
    if points.len() < 4 {
        fields.fault("points", format!("{} points are too few", points.len()), "give at least 4, better 6 or more");
        return;
    }
    let image: Vec<PixelPoint> = points.iter().map(|point| CHECK_SIZE.pixel(point.image)).collect();
    let road: Vec<PixelPoint> = points.iter().map(|point| PixelPoint::new(point.road[0], point.road[1])).collect();
    for (name, side) in [("picture", &image), ("road", &road)] {
        if !spans_plane(side) {
            let message =
                format!("the points lie in a row {}", if name == "road" { "on the road" } else { "in the picture" });
            fields.fault("points", message, "choose four that form a quadrangle");
        }
    }
}

/// Whether four of the points form a quadrangle without three corners in a row.
fn spans_plane(points: &[PixelPoint]) -> bool {
    let extent = points.iter().map(|point| point.distance(points[0])).fold(0.0, f64::max);
    let tolerance = extent * 1e-3;
    let apart = |a: PixelPoint, b: PixelPoint, c: PixelPoint| side_of_line(a, b, c).abs() > tolerance;
    let count = points.len();
    extent > 0.0
        && (0..count).any(|i| {
            (i + 1..count).any(|j| {
                (j + 1..count).any(|k| {
                    let (a, b, c) = (points[i], points[j], points[k]);
                    apart(a, b, c)
                        && points[k + 1..].iter().any(|&d| apart(a, b, d) && apart(b, c, d) && apart(a, c, d))
                })
            })
        })
}

/// Names are unique within their kind, and what is named exists.
pub(super) fn scene(scene: &Scene, fields: &mut Fields<'_>) {
    unique(fields, "line", scene.lines.iter().map(|line| line.id.as_str()));
    unique(fields, "lane", scene.lanes.iter().map(|lane| lane.id.as_str()));
    unique(fields, "zone", scene.zones.iter().map(|zone| zone.id.as_str()));
    unique(fields, "marking", scene.markings.iter().map(|marking| marking.id.as_str()));
    unique(fields, "leg", scene.legs.iter().map(|leg| leg.id.as_str()));
    unique(fields, "rule", scene.rules.iter().map(|rule| rule.id.as_str()));
    for (index, lane) in scene.lanes.iter().enumerate() {
        if let Some(leg) = &lane.leg
            && !scene.legs.iter().any(|known| known.id == *leg)
        {
            at(fields, "lane", index, format!("there is no leg '{leg}'"), "draw it as [[leg]], or name another");
        }
    }
    for (index, leg) in scene.legs.iter().enumerate() {
        for way in [&leg.inbound, &leg.outbound].into_iter().flatten() {
            if !scene.lines.iter().any(|line| line.id == way.line) {
                at(
                    fields,
                    "leg",
                    index,
                    format!("there is no line '{}'", way.line),
                    "draw it as [[line]], or name another",
                );
            }
        }
    }
    for (index, rule) in scene.rules.iter().enumerate() {
        for (message, remedy) in super::rule::check(rule, scene) {
            at(fields, "rule", index, message, &remedy);
        }
    }
}

fn unique<'n>(fields: &mut Fields<'_>, key: &'static str, names: impl Iterator<Item = &'n str>) {
    let mut seen = HashSet::new();
    for (index, name) in names.enumerate() {
        if !seen.insert(name) {
            at(fields, key, index, format!("the name '{name}' is taken"), "give each its own name");
        }
    }
}

/// A fault about one item of a list, at its place in the text. The index is exact while every item
/// could be read; where one could not, its own faults come first anyway.
fn at(fields: &mut Fields<'_>, key: &'static str, index: usize, message: String, remedy: &str) {
    let span = fields.list(key).get(index).and_then(|node| node.span.clone());
    let path = format!("{}[{index}]", fields.path_of(key));
    fields.faults().add(path, span, message, remedy);
}
