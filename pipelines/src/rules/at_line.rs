//! What `red_light` and `stop_line` have in common: the vehicles before and beyond the stop lines that a rule
//! names, and what their signal showed when they came over them.

use super::approach::{Approach, Over};
use super::cast::Seen;
use super::gauge::{Gauge, StopLineShape};
use super::trail;
use super::watch::{Post, RoadUser, Sight, Watch};
use crate::TrackId;
use crate::signals::{Shown, Window};
use kerege_contract::PixelPoint;
use kerege_contract::fact::Direction;
use kerege_contract::phase::SignalTimeline;
use std::collections::BTreeMap;

/// How much of the signals' past a violation carries, seconds: yellow and red of a usual cycle.
pub(super) const CARRIED_S: f64 = 60.0;

/// What hid a contact point may hide it still for so long, seconds, unless it went on by so many box widths.
const HIDES_S: f64 = 1.0;
const HIDES_WIDTHS: f64 = 0.25;

/// Where others cover a part of it a box errs by so much more: 0.068 and 0.051 of its height, 0.055 and 0.038 of its
/// width on simulated traffic.
const COVERED_ERRS: f64 = 1.5;

/// A signal, and how sure its red must be.
#[derive(Debug, Clone, Copy)]
pub(super) struct Signal {
    pub(super) group: u16,
    pub(super) grace_s: f64,
    pub(super) stale_s: f64,
}

impl Signal {
    /// What it showed when a front was at the line, to all errors.
    pub(super) fn shown(&self, over: &Over, watch: &Watch<'_>) -> Shown {
        let (at, err_s) = (watch.clock.utc_of(over.at), watch.signals.time_err_s);
        let (before_s, after_s) = (over.at - over.from + self.grace_s + err_s, over.to - over.at + err_s);
        watch.signals.log.shown(self.group, &Window { at, before_s, after_s, stale_s: self.stale_s })
    }

    /// What some groups showed from before a front was at the line until `to`, pipeline seconds.
    pub(super) fn told(&self, groups: &[u16], over: &Over, to: f64, watch: &Watch<'_>) -> Option<SignalTimeline> {
        let (from, to) = (watch.clock.utc_of(over.at - CARRIED_S), watch.clock.utc_of(to));
        watch.signals.log.timeline(groups, from, to, self.stale_s)
    }
}

/// One vehicle and one stop line; `case` is what a judge makes of it once it is over.
#[derive(Debug)]
pub(super) struct Drive<C> {
    approach: Approach,
    /// The lane in which it came.
    pub(super) lane: Option<usize>,
    /// As it was when it was first seen beyond the line, and where.
    pub(super) came: Option<(Seen, PixelPoint)>,
    /// When and where its contact point was hidden last.
    hidden: Option<(f64, PixelPoint)>,
    pub(super) case: Option<C>,
    /// Whether its way over the line was surely one road user's (a track may go over to another); none before that was
    /// asked.
    owned: Option<bool>,
}

impl<C> Drive<C> {
    fn new() -> Self {
        Self { approach: Approach::default(), lane: None, came: None, hidden: None, case: None, owned: None }
    }

    /// Whether where its contact point seems to be can be believed.
    fn is_clear(&mut self, user: &RoadUser<'_>, sight: Sight, watch: &Watch<'_>) -> bool {
        // An edge of the frame cuts off who reaches over it, and nobody else.
        if user.is_cut() {
            return false;
        }
        if sight == Sight::Hidden {
            self.hidden = Some((watch.now, user.anchor));
        }
        let hides = |(at, place): (f64, PixelPoint)| {
            watch.now - at <= HIDES_S && place.distance(user.anchor) <= HIDES_WIDTHS * user.width
        };
        !self.hidden.is_some_and(hides) && watch.fits_class(user) && !user.track.is_double()
    }

    /// Follows it to its newest fix.
    fn follow(&mut self, user: &RoadUser<'_>, sight: Sight, line: &StopLineShape, watch: &Watch<'_>) -> Option<Gauge> {
        if !self.is_clear(user, sight, watch) {
            self.approach.wait(watch.now);
            return None;
        }
        let was_over = self.approach.over().is_some();
        let blur = if sight == Sight::Clear { 1.0 } else { COVERED_ERRS };
        let gauge = self.approach.follow(user, user.journey.lane.or(self.lane), line, watch.layout, blur);
        let is_over = self.approach.over().is_some();
        let comes = !is_over && self.approach.comes_over();
        if gauge.is_some() && (comes || is_over && !was_over && self.came.is_none()) {
            self.came = Some((Seen::of_user(user, watch.now, watch.layout.frame), user.anchor));
        }
        gauge
    }

    /// Asks whose way over the line it was, as long as more can be known of that.
    fn note_owner(&mut self, id: TrackId, watch: &Watch<'_>) {
        let Some(over) = self.approach.over() else {
            self.owned = None;
            return;
        };
        // Who is far off is known to be over it only later.
        if self.owned.is_none() || watch.now - over.to <= trail::WINDOW_S {
            self.owned = Some(watch.trails.own_since(id, over.to) <= over.from);
        }
    }

    /// Whether its way over the line was surely its own.
    pub(super) fn is_own(&self) -> bool {
        self.owned == Some(true)
    }

    /// When its front passed the line; none while it is before it.
    pub(super) const fn over(&self) -> Option<Over> {
        self.approach.over()
    }
}

/// The vehicles at the stop lines.
#[derive(Debug)]
pub(super) struct Drives<C> {
    /// By stop line and vehicle.
    pub(super) all: BTreeMap<(usize, TrackId), Drive<C>>,
}

impl<C> Drives<C> {
    pub(super) fn new() -> Self {
        Self { all: BTreeMap::new() }
    }

    /// Forgets whom `keeps` does not want.
    pub(super) fn retain(&mut self, mut keeps: impl FnMut(TrackId, &Drive<C>) -> bool) {
        self.all.retain(|(_, id), drive| keeps(*id, drive));
    }

    /// Follows the motor vehicles of a frame. `make` is asked of each that is over a stop line, with where its
    /// front is when that can be told, and may begin, change or drop its case.
    pub(super) fn follow(
        &mut self,
        watch: &Watch<'_>,
        post: &Post<'_>,
        dir: Direction,
        mut make: impl FnMut(&RoadUser<'_>, Option<Gauge>, Over, &mut Option<C>),
    ) {
        // The lines that the rule names itself; its thresholds may name others.
        let named = post.lines().filter(|number| watch.layout.is_one_of(*number, &post.rule.lines));
        let lines: Vec<(usize, StopLineShape)> =
            named.map(|number| (number, StopLineShape::of(watch.layout, number, dir))).collect();
        for user in post.users(watch).filter(|user| user.track.class().is_motor_vehicle() && user.track.is_seen()) {
            let sight = watch.sight(user);
            for (number, line) in &lines {
                let drive = self.all.entry((*number, user.id)).or_insert_with(Drive::new);
                let gauge = drive.follow(user, sight, line, watch);
                drive.note_owner(user.id, watch);
                let Some(over) = drive.approach.over() else {
                    drive.lane = user.journey.lane.or(drive.lane);
                    drive.case = None;
                    continue;
                };
                if post.rule.lanes.is_empty() || drive.lane.is_some_and(|lane| post.scope.lanes[lane]) {
                    make(user, gauge, over, &mut drive.case);
                }
            }
        }
    }
}
