//! `stop_line`: a vehicle that stands beyond its stop line, over which its front came while its signal
//! was red.
//!
//! Who was over the line before it turned red, or goes on, is not meant: the first waits for the
//! junction to clear, the second is a matter of `red_light`.

use super::approach::Over;
use super::at_line::{Drives, Signal};
use super::gauge::Looks;
use super::judge::Judge;
use super::watch::{Post, RoadUser, Watch};
use super::{About, Claim, Evidence, Spot};
use crate::Reason;
use crate::signals::{PATIENCE_S, Shown, Window};
use kerege_contract::PixelPoint;
use kerege_contract::event::EventObject;
use kerege_contract::scene::StopLine;

/// Over how long standing is measured, seconds.
const WINDOW_S: f64 = 1.0;
/// Slower than this it stands, m/s; or, without a ground plane, box widths per second. It goes again
/// when it is twice as fast.
const STANDS_MS: f64 = 0.8;
const STANDS_WIDTHS: f64 = 0.15;
const RELEASE: f64 = 2.0;
/// As often is it measured while it stands, at least.
const MIN_LOOKS: u32 = 3;
/// And beyond the line by so many errors.
const ERRORS: f64 = 2.0;

/// The judge of one rule.
#[derive(Debug)]
pub(crate) struct StopLineJudge {
    thresholds: StopLine,
    drives: Drives<Stand>,
}

/// A vehicle that stands beyond the line.
#[derive(Debug)]
struct Stand {
    since: f64,
    /// How far it was measured to be beyond the line since.
    looks: Looks,
    object: EventObject,
    place: PixelPoint,
    /// Whether it came and stood while it was red; none while that is not known.
    red: Option<bool>,
}

impl Stand {
    /// Whether all looks together show it surely beyond the line.
    fn is_beyond(&self) -> bool {
        self.looks.count >= MIN_LOOKS && self.looks.are_beyond(ERRORS)
    }
}

impl StopLineJudge {
    pub(crate) fn new(thresholds: &StopLine) -> Self {
        Self { thresholds: thresholds.clone(), drives: Drives::new() }
    }

    fn follow(&mut self, watch: &Watch<'_>, post: &Post<'_>) {
        self.drives.follow(watch, post, self.thresholds.dir, |user, gauge, _, stand| {
            let beyond = gauge.is_some_and(|gauge| gauge.beyond > 0.0 && gauge.beyond < gauge.length);
            // While its pace is not known, frames being few, it does what it did.
            let limit = if stand.is_some() { RELEASE } else { 1.0 };
            let pace = pace(user).unwrap_or(if stand.is_some() { 0.0 } else { f64::INFINITY });
            if pace >= limit || (!beyond && stand.is_none()) {
                *stand = None;
                return;
            }
            let stand = stand.get_or_insert_with(|| Stand {
                since: watch.now - WINDOW_S,
                looks: Looks::none(watch.now),
                object: user.object(watch.layout.frame, watch.now),
                place: user.anchor,
                red: None,
            });
            if let Some(gauge) = gauge {
                stand.looks.note(watch.now, &gauge);
            }
        });
    }

    fn signal(&self) -> Signal {
        Signal { group: self.thresholds.group, grace_s: self.thresholds.grace_s, stale_s: self.thresholds.stale_s }
    }

    fn judge_stand(signal: &Signal, confirm_s: f64, over: &Over, stand: &mut Stand, watch: &Watch<'_>) {
        if stand.red.is_some() {
            return;
        }
        let came = signal.shown(over, watch);
        let half_s = confirm_s / 2.0;
        let at = watch.clock.utc_of(stand.since + half_s);
        let stood = Window { at, before_s: half_s, after_s: half_s, stale_s: signal.stale_s };
        let stood = watch.signals.log.shown(signal.group, &stood);
        let patient = watch.now - stand.since < confirm_s + PATIENCE_S;
        stand.red = match (came, stood) {
            (Shown::Red, Shown::Red) => Some(true),
            (Shown::Other, _) | (_, Shown::Other) => Some(false),
            _ => (!patient).then_some(false),
        };
    }
}

impl Judge for StopLineJudge {
    fn judge(&mut self, watch: &Watch<'_>, post: &Post<'_>, claims: &mut Vec<Claim>) {
        self.follow(watch, post);
        self.drives.retain(|id, _| watch.users.iter().any(|user| user.id == id));
        let (signal, confirm_s) = (self.signal(), self.thresholds.confirm_s);
        for ((number, id), drive) in &mut self.drives.all {
            let (over, lane, is_own) = (drive.over(), drive.lane, drive.is_own());
            let (Some(stand), Some(over)) = (&mut drive.case, over) else { continue };
            if watch.now - stand.since < confirm_s || !stand.is_beyond() {
                continue;
            }
            // Whoever came over the line is surely there yet.
            let is_own = || is_own && watch.trails.own_since(*id, watch.now) <= over.from;
            if stand.red.is_none() && !is_own() {
                continue;
            }
            Self::judge_stand(&signal, confirm_s, &over, stand, watch);
            if stand.red != Some(true) {
                continue;
            }
            let signals = signal.told(&[signal.group], &over, stand.since + confirm_s, watch);
            claims.push(Claim {
                about: About::One(*id),
                over: Reason::Moved,
                evidence: Some(Box::new(Evidence { objects: vec![stand.object.clone()], signals })),
                ..Claim::of(post.number, Spot::line(*number, lane), stand.place, over.at)
            });
        }
    }

    #[cfg(test)]
    fn is_idle(&self) -> bool {
        self.drives.all.is_empty()
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
