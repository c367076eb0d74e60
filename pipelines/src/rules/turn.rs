//! Whether who drives off from where a vehicle stood may be that vehicle: nobody turns on the spot.
//!
//! Two who pass within a metre of one another while one of them stands differ neither in place nor in speed, so that a
//! track may go over from one to the other unseen. But who stood heading north cannot be a few metres farther west a
//! moment later: a car's way bends with a radius of five metres at least. So the way by which a vehicle came to stand is
//! compared with the one by which it leaves.

use crate::ground::{dot, unit};
use kerege_contract::PixelPoint;
use std::collections::VecDeque;

/// Somebody drives who gets so far in so many seconds, metres, and so many errors of a place.
const WAY_S: f64 = 2.0;
const WAY_M: f64 = 3.0;
const WAY_ERRORS: f64 = 6.0;
/// How who stood leaves is told when he is so far away, metres.
const LEFT_M: f64 = 4.0;
/// No car turns more sharply, metres.
const RADIUS_M: f64 = 5.0;
/// By how much the two ways may differ besides, degrees: which part of a vehicle touches the road first changes as it
/// turns, and a course is that of the last metres.
const ERR_DEG: f64 = 36.0;

/// Where somebody was, metres, and how far that may be off (one standard deviation).
#[derive(Debug, Clone, Copy)]
pub(super) struct At {
    pub(super) at: f64,
    pub(super) place: PixelPoint,
    pub(super) err: f64,
}

/// The ways of one vehicle before and after it stands.
#[derive(Debug, Default)]
pub(super) struct Turn {
    recent: VecDeque<At>,
    /// Which way it drove last, a unit vector, and when.
    course: Option<(PixelPoint, f64)>,
}

impl Turn {
    /// Follows a vehicle; since when it is another that goes on, if it cannot be the one who stood.
    pub(super) fn follow(&mut self, is: At) -> Option<f64> {
        self.recent.push_back(is);
        while self.recent.front().is_some_and(|was| is.at - was.at > WAY_S) {
            self.recent.pop_front();
        }
        let was = *self.recent.front()?;
        let gone = was.place.distance(is.place);
        if gone < WAY_M.max(WAY_ERRORS * is.err.max(was.err)) {
            return None;
        }
        let way = unit(PixelPoint::new(is.place.x - was.place.x, is.place.y - was.place.y))?;
        // Who drove when this way began turns as he likes.
        let stood = self.course.filter(|(_, at)| *at < was.at);
        if stood.is_some() && gone < LEFT_M {
            return None;
        }
        self.course = Some((way, is.at));
        // The chord of an arc that begins along the course.
        let most = (gone / (2.0 * RADIUS_M)).min(1.0).asin() + ERR_DEG.to_radians();
        stood.filter(|(course, _)| dot(*course, way).clamp(-1.0, 1.0).acos() > most).map(|_| was.at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Looks five times a second at who drives along some points, metres, with the times when he is there.
    fn broken(way: &[(f64, f64, f64)]) -> Option<f64> {
        let mut turn = Turn::default();
        let mut found = None;
        let mut t = way[0].0;
        while t <= way[way.len() - 1].0 {
            let next = way.iter().position(|fix| fix.0 > t).unwrap_or(way.len() - 1).max(1);
            let (a, b) = (way[next - 1], way[next]);
            let share = ((t - a.0) / (b.0 - a.0)).clamp(0.0, 1.0);
            let place = PixelPoint::new(a.1 + share * (b.1 - a.1), a.2 + share * (b.2 - a.2));
            found = turn.follow(At { at: t, place, err: 0.2 }).or(found);
            t += 0.2;
        }
        found
    }

    #[test]
    fn who_stood_heading_north_does_not_leave_to_the_west() {
        let found = broken(&[(0.0, 0.0, -20.0), (4.0, 0.0, 0.0), (20.0, 0.2, 0.3), (24.0, -12.0, 0.6)]);
        assert!(found.is_some_and(|at| (19.0..21.5).contains(&at)), "{found:?}");
    }

    #[test]
    fn who_goes_on_as_he_came_or_turns_as_cars_do_is_the_same() {
        assert_eq!(broken(&[(0.0, 0.0, -20.0), (4.0, 0.0, 0.0), (20.0, 0.0, 0.0), (24.0, 0.0, 20.0)]), None);
        // A left turn on an arc of six metres after a stop, and one of who stops half way.
        let arc = |t: f64, deg: f64| (t, 6.0 * (deg.to_radians().cos() - 1.0), 6.0 * deg.to_radians().sin());
        let come = [(0.0, 0.0, -20.0), (4.0, 0.0, 0.0)];
        let turns: Vec<_> = (1..=9).map(|n| arc(20.0 + 0.4 * f64::from(n), 10.0 * f64::from(n))).collect();
        assert_eq!(broken(&[&come[..], &[(20.0, 0.0, 0.0)], &turns, &[(27.0, -20.0, 6.0)]].concat()), None);
        let (first, second) = (arc(5.5, 40.0), arc(20.0, 40.0));
        let rest: Vec<_> = (5..=9).map(|n| arc(18.0 + 0.5 * f64::from(n), 10.0 * f64::from(n))).collect();
        assert_eq!(broken(&[&come[..], &[first, second], &rest, &[(25.0, -20.0, 6.0)]].concat()), None);
    }

    #[test]
    fn who_was_never_seen_to_come_may_leave_wherever_he_likes() {
        assert_eq!(broken(&[(0.0, 0.0, 0.0), (20.0, 0.2, 0.3), (24.0, -12.0, 0.6)]), None);
    }
}
