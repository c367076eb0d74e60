//! Whether what was found is the golden answer.

use super::LEAST_OVERLAP;
use kerege_contract::{Detection, FrameBox};

/// How an answer differs.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Difference {
    /// A road user that must be seen is not.
    #[error("{} is not seen", place(expected))]
    Missing {
        /// What must be seen.
        expected: Detection,
    },
    /// It is seen with another score.
    #[error("{} is seen with a score of {found:.3}", place(expected))]
    Score {
        /// What must be seen.
        expected: Detection,
        /// The score it has here.
        found: f32,
    },
    /// Something is seen that is not in the picture.
    #[error("{} is seen, but must not be", place(found))]
    Surplus {
        /// What was seen.
        found: Detection,
    },
}

fn place(Detection { class, score, bbox }: &Detection) -> String {
    let [x1, y1, x2, y2] = <[f32; 4]>::from(*bbox);
    format!("the {class} at ({:.2}, {:.2}) of score {score:.3}", f32::midpoint(x1, x2), f32::midpoint(y1, y2))
}

/// Each expected one takes the nearest of its class that is left; what is left over must not be
/// surely better than the lowest that was expected.
pub(super) fn difference(expected: &[Detection], tolerance: f32, found: &[Detection]) -> Option<Difference> {
    let mut left: Vec<&Detection> = found.iter().collect();
    for wanted in expected {
        let candidates = left.iter().enumerate().filter(|(_, one)| one.class == wanted.class);
        let nearest = candidates
            .map(|(at, one)| (at, overlap(&one.bbox, &wanted.bbox)))
            .filter(|(_, overlap)| *overlap >= LEAST_OVERLAP)
            .max_by(|(_, a), (_, b)| a.total_cmp(b));
        let Some((at, _)) = nearest else { return Some(Difference::Missing { expected: *wanted }) };
        let score = left.swap_remove(at).score;
        // A score that is no number is no match.
        if (score - wanted.score).abs() <= tolerance {
            continue;
        }
        return Some(Difference::Score { expected: *wanted, found: score });
    }
    let lowest = expected.iter().map(|wanted| wanted.score).fold(1.0, f32::min);
    let surplus = left.into_iter().find(|one| one.score > lowest + tolerance);
    surplus.map(|found| Difference::Surplus { found: *found })
}

/// Intersection over union, 0..1.
fn overlap(a: &FrameBox, b: &FrameBox) -> f32 {
    let (width, height) = (a.x2.min(b.x2) - a.x1.max(b.x1), a.y2.min(b.y2) - a.y1.max(b.y1));
    if width <= 0.0 || height <= 0.0 {
        return 0.0;
    }
    let area = |bbox: &FrameBox| (bbox.x2 - bbox.x1) * (bbox.y2 - bbox.y1);
    let shared = width * height;
    shared / (area(a) + area(b) - shared)
}
