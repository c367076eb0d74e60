//! `stop_line`: a vehicle that stands beyond its stop line, over which its front came while its signal
//! was red.
//!
//! Who was over the line before it turned red, or goes on, is not meant: the first waits for the
//! junction to clear, the second is a matter of `red_light`.

use super::approach::{Approach, StopLineShape};
use super::judge::Judge;
use super::red_light::{CARRIED_S, shown, stop_lines};
use super::watch::{Post, RoadUser, Watch};
use super::{About, Claim, Evidence, Spot};
use crate::signals::{PATIENCE_S, Shown, Window};
use crate::{Reason, TrackId};
use kerege_contract::PixelPoint;
use kerege_contract::event::EventObject;
use kerege_contract::scene::StopLine;
use std::collections::BTreeMap;

/// Over how long standing is measured, seconds.
const WINDOW_S: f64 = 1.0;
/// Slower than this it stands, m/s; or, without a ground plane, box widths per second. It goes again
/// when it is twice as fast.
const STANDS_MS: f64 = 0.8;
const STANDS_WIDTHS: f64 = 0.15;
const RELEASE: f64 = 2.0;

/// The judge of one rule.
#[derive(Debug)]
pub(crate) struct StopLineJudge {
    thresholds: StopLine,
    drives: BTreeMap<(usize, TrackId), Drive>,
}

/// One vehicle and one stop line.
#[derive(Debug, Default)]
struct Drive {
    approach: Approach,
    lane: Option<usize>,
    stand: Option<Stand>,
}

/// A vehicle that stands beyond the line.
#[derive(Debug)]
struct Stand {
    since: f64,
    object: EventObject,
    place: PixelPoint,
    /// Whether it came and stood while it was red; none while that is not known.
    red: Option<bool>,
}

impl StopLineJudge {
    pub(crate) fn new(thresholds: &StopLine) -> Self {
        Self { thresholds: thresholds.clone(), drives: BTreeMap::new() }
    }

    fn follow(&mut self, user: &RoadUser<'_>, number: usize, line: &StopLineShape, watch: &Watch<'_>, post: &Post<'_>) {
        let drive = self.drives.entry((number, user.id)).or_default();
        let gauge = drive.approach.follow(user, line, watch.layout);
        let Some(gauge) = gauge.filter(|_| drive.approach.over().is_some()) else {
            drive.lane = user.journey.lane.or(drive.lane);
            drive.stand = None;
            return;
        };
        let its_lane = post.rule.lanes.is_empty() || drive.lane.is_some_and(|lane| post.scope.lanes[lane]);
        let beyond = gauge.is_beyond() && gauge.beyond < gauge.length;
        // While its pace is not known, frames being few, it does what it did.
        let limit = if drive.stand.is_some() { RELEASE } else { 1.0 };
        let pace = pace(user).unwrap_or(if drive.stand.is_some() { 0.0 } else { f64::INFINITY });
        if !its_lane || pace >= limit || (!beyond && drive.stand.is_none()) {
            drive.stand = None;
            return;
        }
        drive.stand.get_or_insert_with(|| Stand {
            since: watch.now - WINDOW_S,
            object: user.object(watch.layout.frame, watch.now),
            place: user.anchor,
            red: None,
        });
    }

    fn judge_stand(thresholds: &StopLine, approach: &Approach, stand: &mut Stand, watch: &Watch<'_>) {
        let Some(over) = approach.over().filter(|_| stand.red.is_none()) else { return };
        let came = shown(thresholds.group, &over, thresholds.grace_s, thresholds.stale_s, watch);
        let half_s = thresholds.confirm_s / 2.0;
        let at = watch.clock.utc_of(stand.since + half_s);
        let stood = Window { at, before_s: half_s, after_s: half_s, stale_s: thresholds.stale_s };
        let stood = watch.signals.log.shown(thresholds.group, &stood);
        let patient = watch.now - stand.since < thresholds.confirm_s + PATIENCE_S;
        stand.red = match (came, stood) {
            (Shown::Red, Shown::Red) => Some(true),
            (Shown::Other, _) | (_, Shown::Other) => Some(false),
            _ => (!patient).then_some(false),
        };
    }
}

impl Judge for StopLineJudge {
    fn judge(&mut self, watch: &Watch<'_>, post: &Post<'_>, claims: &mut Vec<Claim>) {
        let lines: Vec<(usize, StopLineShape)> = stop_lines(watch, post)
            .map(|number| (number, StopLineShape::of(watch.layout, number, self.thresholds.dir)))
            .collect();
        for user in post.users(watch).filter(|user| user.track.class().is_motor_vehicle() && user.track.is_seen()) {
            for (number, line) in &lines {
                self.follow(user, *number, line, watch, post);
            }
        }
        self.drives.retain(|(_, id), _| watch.users.iter().any(|user| user.id == *id));
        for ((number, id), drive) in &mut self.drives {
            let (Some(stand), Some(over)) = (&mut drive.stand, drive.approach.over()) else { continue };
            if watch.now - stand.since < self.thresholds.confirm_s {
                continue;
            }
            Self::judge_stand(&self.thresholds, &drive.approach, stand, watch);
            if stand.red != Some(true) {
                continue;
            }
            let from = watch.clock.utc_of(over.at - CARRIED_S);
            let to = watch.clock.utc_of(stand.since + self.thresholds.confirm_s);
            let signals = watch.signals.log.timeline(&[self.thresholds.group], from, to, self.thresholds.stale_s);
            claims.push(Claim {
                about: About::One(*id),
                over: Reason::Moved,
                evidence: Some(Box::new(Evidence { objects: vec![stand.object.clone()], signals })),
                ..Claim::of(post.number, Spot::line(*number, drive.lane), stand.place, over.at)
            });
        }
    }

    #[cfg(test)]
    fn is_idle(&self) -> bool {
        self.drives.is_empty()
    }
}

/// How fast it goes, 1 being what counts as standing; none while that is not known.
fn pace(user: &RoadUser<'_>) -> Option<f64> {
    let (drift, origin) = (user.track.history.drift(WINDOW_S)?, PixelPoint::default());
    Some(match drift.metres {
        Some(metres) => metres.distance(origin) / drift.seconds / STANDS_MS,
        None => drift.pixels.distance(origin) / drift.seconds / (drift.width * STANDS_WIDTHS),
    })
}
