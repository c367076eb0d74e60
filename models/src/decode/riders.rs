//! A cycle and the person on it are one road user.
//!
//! Models trained on COCO mark them apart, and a cyclist would be counted twice: once as a bicycle,
//! once as a pedestrian on the carriageway.

use super::Candidate;
use kerege_contract::RoadUserClass;

/// Joins each cycle with the person who sits on it: the cycle's box grows by the rider's, the score
/// is the better of the two (whichever was seen well, someone is there), the rider goes. A cycle
/// takes one rider, the best; persons beside it stay.
pub(super) fn join(kept: &mut Vec<Candidate>) {
    let mut taken = vec![false; kept.len()];
    for index in 0..kept.len() {
        if !kept[index].class.is_cycle() {
            continue;
        }
        let cycle = kept[index].bbox;
        let free = |(at, other): &(usize, &Candidate)| !taken[*at] && other.class == RoadUserClass::Person;
        let rider = kept.iter().enumerate().filter(free).find(|(_, person)| rides(&person.bbox, &cycle));
        if let Some((at, person)) = rider {
            let (rider, score) = (person.bbox, person.score);
            taken[at] = true;
            kept[index].score = kept[index].score.max(score);
            kept[index].bbox =
                [cycle[0].min(rider[0]), cycle[1].min(rider[1]), cycle[2].max(rider[2]), cycle[3].max(rider[3])];
        }
    }
    let mut taken = taken.into_iter();
    kept.retain(|_| !taken.next().unwrap_or(false));
}

/// Whether a person is on a cycle: the middle of the person is over the cycle's inner width, the
/// head above the cycle, and the feet between the cycle's middle and just under its wheels.
fn rides(person: &[f32; 4], cycle: &[f32; 4]) -> bool {
    let (width, height) = (cycle[2] - cycle[0], cycle[3] - cycle[1]);
    let middle = f32::midpoint(person[0], person[2]);
    let inside = middle > cycle[0] + 0.1 * width && middle < cycle[2] - 0.1 * width;
    let feet = person[3] > cycle[1] + 0.3 * height && person[3] < cycle[3] + 0.1 * height;
    inside && feet && person[1] < cycle[1]
}
