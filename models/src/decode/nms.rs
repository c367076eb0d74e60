//! Non-maximum suppression: one object, one box.
//!
//! Boxes compete within a kind of road user, not within a class: a car that is also called a truck
//! is one vehicle, but a person in front of a bus is not part of it, and a cycle and its rider lie
//! on each other by nature.

use super::Candidate;
use kerege_contract::RoadUserClass;
use std::cmp::Ordering;

/// What competes with what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Vehicle,
    Cycle,
    Person,
}

const fn kind(class: RoadUserClass) -> Kind {
    match class {
        RoadUserClass::Person => Kind::Person,
        RoadUserClass::Motorcycle | RoadUserClass::Bicycle => Kind::Cycle,
        _ => Kind::Vehicle,
    }
}

/// Orders candidates by score, then by place and class, so that the answer does not depend on the
/// order in which a model lists its cells; keeps the best `most`.
pub(super) fn best_first(candidates: &mut Vec<Candidate>, most: usize) {
    if candidates.len() > most {
        candidates.select_nth_unstable_by(most, order);
        candidates.truncate(most);
    }
    candidates.sort_unstable_by(order);
}

fn order(a: &Candidate, b: &Candidate) -> Ordering {
    let places = || a.bbox.iter().zip(&b.bbox).map(|(a, b)| a.total_cmp(b)).find(|order| order.is_ne());
    b.score.total_cmp(&a.score).then_with(|| places().unwrap_or(Ordering::Equal)).then_with(|| a.class.cmp(&b.class))
}

/// Keeps of the candidates, best first, each that overlaps no better one of its kind by more than
/// `limit` (intersection over union).
pub(super) fn suppress(candidates: &[Candidate], limit: f32, kept: &mut Vec<Candidate>) {
    kept.clear();
    for candidate in candidates {
        let covers = |better: &Candidate| {
            kind(better.class) == kind(candidate.class) && overlap(&better.bbox, &candidate.bbox) > limit
        };
        if !kept.iter().any(covers) {
            kept.push(*candidate);
        }
    }
}

/// Intersection over union, 0..1.
fn overlap(a: &[f32; 4], b: &[f32; 4]) -> f32 {
    let width = a[2].min(b[2]) - a[0].max(b[0]);
    let height = a[3].min(b[3]) - a[1].max(b[1]);
    if width <= 0.0 || height <= 0.0 {
        return 0.0;
    }
    let area = |bbox: &[f32; 4]| (bbox[2] - bbox[0]) * (bbox[3] - bbox[1]);
    let shared = width * height;
    shared / (area(a) + area(b) - shared)
}
