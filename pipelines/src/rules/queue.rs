//! The queue of a lane: the row of standing and creeping vehicles back from its end (its stop line).
//!
//! Vehicles follow one another closely from the lane's end on, and the last of them that goes no
//! faster than a walk is the queue's tail: while its head drives off at green it is still the same
//! queue. Distances are along the lane in any one unit: metres on a calibrated lane, else pixels.

/// Who goes so many times faster than what counts as queueing drives by himself: nobody follows him in a queue.
const DRIVES: f64 = 3.0;

/// A vehicle of the lane.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Queuer {
    /// Where its rear is, from the lane's beginning.
    pub(crate) rear: f64,
    /// Its length along the lane.
    pub(crate) length: f64,
    /// The longest gap to the one ahead, or to the lane's end, with which it still follows.
    pub(crate) max_gap: f64,
    /// How fast it goes, 1 being the fastest that still counts as queueing; none when that is not known.
    pub(crate) pace: Option<f64>,
}

/// The queue of one lane at one time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Queue {
    /// Where the rear of the last vehicle is, from the lane's beginning.
    pub(crate) tail: f64,
    /// From there to the lane's end.
    pub(crate) length: f64,
    /// How many vehicles belong to it.
    pub(crate) count: usize,
}

/// The queue back from `end` among the vehicles of a lane, of which the one farthest along comes
/// first; none when nobody queues.
pub(crate) fn queue(vehicles: &[Queuer], end: f64) -> Option<Queue> {
    let (mut reached, mut tail, mut count) = (end, end, 0);
    for vehicle in vehicles {
        if reached - (vehicle.rear + vehicle.length) > vehicle.max_gap {
            break;
        }
        if vehicle.pace.is_some_and(|pace| pace >= DRIVES) {
            continue;
        }
        reached = reached.min(vehicle.rear);
        // Those who drive off at the head, or whose speed is not known yet, break no row; only
        // standing ones make it longer.
        if vehicle.pace.is_some_and(|pace| pace < 1.0) {
            (tail, count) = (reached, count + 1);
        }
    }
    (count > 0).then_some(Queue { tail, length: end - tail, count })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn car(rear: f64, pace: f64) -> Queuer {
        Queuer { rear, length: 4.5, max_gap: 15.0, pace: Some(pace) }
    }

    fn length(vehicles: &[Queuer]) -> f64 {
        queue(vehicles, 60.0).map_or(0.0, |queue| queue.length)
    }

    #[test]
    fn is_measured_from_the_stop_line_to_the_last_that_stands() {
        assert_eq!(length(&[]), 0.0);
        assert_eq!(length(&[car(54.5, 0.0)]), 5.5);
        assert_eq!(length(&[car(54.5, 0.0), car(47.5, 0.1), car(40.0, 0.9)]), 20.0);
        // The last one still drives up.
        assert_eq!(length(&[car(54.5, 0.0), car(47.5, 0.1), car(30.0, 3.0)]), 12.5);
        // One stands far behind: it is not of this queue.
        assert_eq!(length(&[car(54.5, 0.0), car(20.0, 0.0)]), 5.5);
        // Nobody waits at the line: those far back do not queue before it.
        assert_eq!(length(&[car(20.0, 0.0), car(13.0, 0.0)]), 0.0);
        // One who drives out of the lane is no link to who stands behind him.
        assert_eq!(length(&[car(50.0, 4.0), car(33.0, 0.0)]), 0.0);
        // One drives off over the line while the others still stand.
        assert_eq!(length(&[car(56.0, 2.0), car(47.5, 0.0), car(40.0, 0.0)]), 20.0);
        // A new one, of which no speed is known, breaks nothing.
        let unknown = Queuer { pace: None, ..car(47.5, 0.0) };
        assert_eq!(length(&[car(54.5, 0.0), unknown, car(40.0, 0.0)]), 20.0);
    }
}
