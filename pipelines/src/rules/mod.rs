//! Rules: what is worth a person's attention.
//!
//! A judge per rule ([`judge`]) looks at every frame and makes *claims*: these road users, or this
//! lane or zone as a whole, there, since then. One state machine for all rules ([`causes`]) makes
//! incidents of them: it waits for the confirm time, bridges gaps, attaches what belongs to the same
//! cause, holds ends back for the clear time and the cooldown, and continues what a restart interrupted.

mod ahead;
mod approach;
mod at_line;
mod cast;
mod causes;
mod claim;
mod congestion;
mod crash;
mod crowd;
mod debris;
mod failure_to_yield;
mod gauge;
mod groups;
mod heirs;
mod illegal_stop;
mod illegal_turn;
mod in_lane;
mod judge;
mod lane_signals;
mod lane_violation;
mod loitering;
mod meetings;
mod near_miss;
mod neighbours;
mod passage;
mod pedestrian_on_road;
mod queue;
mod queue_spillback;
mod red_light;
mod row;
mod schedule;
mod speeding;
mod standing;
mod stop_line;
mod stopped;
mod trail;
mod trails;
mod trend;
mod turn;
mod watch;
mod wrong_way;

pub(crate) use cast::Cast;
pub(crate) use causes::{Causes, Moment};
pub(crate) use claim::{About, Claim, Course, Evidence, Spot};
pub(crate) use lane_signals::LaneSignals;
pub(crate) use trails::Trails;
pub(crate) use watch::{LaneUser, Post, RoadUser, Watch};

use crate::RuleOptions;
use judge::{Judge, judge_of};
use kerege_contract::scene::{Rule, RuleKind, Scope};
use kerege_contract::{RoadUserClass, Scene, UtcTime};
use meetings::{Meeting, Meetings};

/// The rules of one scene.
#[derive(Debug)]
pub(crate) struct Rules {
    watched: Vec<Watched>,
    /// For the rules that ask who met whom.
    meetings: Meetings,
    /// For the rules that ask whose way it was.
    trails: Trails,
    claims: Vec<Claim>,
}

#[derive(Debug)]
struct Watched {
    rule: Rule,
    scope: Scope,
    judge: Box<dyn Judge>,
}

impl Watched {
    fn is_in_force(&self, utc: UtcTime, options: &RuleOptions) -> bool {
        schedule::in_force(&self.rule.schedule, utc, options.utc_offset_min)
    }

    const fn asks_who_met(&self) -> bool {
        matches!(self.rule.kind, RuleKind::NearMiss(_) | RuleKind::FailureToYield(_))
    }

    const fn asks_whose_way(&self) -> bool {
        matches!(
            self.rule.kind,
            RuleKind::RedLight(_)
                | RuleKind::StopLine(_)
                | RuleKind::IllegalTurn(_)
                | RuleKind::LaneViolation(_)
                | RuleKind::PedestrianOnRoad(_)
        )
    }
}

impl Rules {
    pub(crate) fn new(scene: &Scene) -> Self {
        let watched = scene.rules.iter().map(|rule| Watched {
            rule: rule.clone(),
            scope: rule.scope(scene),
            judge: judge_of(&rule.kind),
        });
        Self { watched: watched.collect(), meetings: Meetings::default(), trails: Trails::none(), claims: Vec::new() }
    }

    /// What all rules in force claim of this frame, in the rules' order.
    pub(crate) fn judge(&mut self, watch: &Watch<'_>, utc: UtcTime, options: &RuleOptions) -> &[Claim] {
        self.claims.clear();
        let met = self.meetings(watch, utc, options);
        if self.watched.iter().any(|watched| watched.asks_whose_way() && watched.is_in_force(utc, options)) {
            self.trails.follow(watch);
        } else {
            self.trails = Trails::none();
        }
        let watch = &Watch { met: &met, trails: &self.trails, ..*watch };
        for (number, watched) in self.watched.iter_mut().enumerate() {
            let in_force = watched.is_in_force(utc, options);
            let Watched { rule, scope, judge } = watched;
            if in_force {
                judge.judge(watch, &Post { number, rule, scope }, &mut self.claims);
            } else {
                *judge = judge_of(&rule.kind);
            }
        }
        &self.claims
    }

    /// Who met whom of late; nobody is followed while no rule asks.
    fn meetings(&mut self, watch: &Watch<'_>, utc: UtcTime, options: &RuleOptions) -> Vec<Meeting> {
        let asks = |watched: &&Watched| watched.asks_who_met() && watched.is_in_force(utc, options);
        let asking: Vec<&Rule> = self.watched.iter().filter(asks).map(|watched| &watched.rule).collect();
        if asking.is_empty() {
            self.meetings = Meetings::default();
            return Vec::new();
        }
        self.meetings.follow(watch, |class, tall| asking.iter().any(|rule| rule.judges(class, tall)))
    }

    /// The near misses of this frame by the rule that counts them: the class of who came second, and the
    /// post-encroachment time in seconds.
    pub(crate) fn near_misses(&mut self) -> impl Iterator<Item = (&Rule, RoadUserClass, f64)> {
        self.watched.iter_mut().flat_map(|Watched { rule, judge, .. }| {
            let rule = &*rule;
            judge.near_misses().into_iter().map(move |(class, pet_s)| (rule, class, pet_s))
        })
    }

    /// The longest time over which any judge looks back at tracks, seconds.
    pub(crate) fn window_s(&self) -> f64 {
        self.watched.iter().map(|watched| watched.judge.window_s()).fold(0.0, f64::max)
    }

    /// Whether no judge remembers anybody.
    #[cfg(test)]
    pub(crate) fn is_idle(&self) -> bool {
        self.meetings.is_empty() && self.trails.is_empty() && self.watched.iter().all(|watched| watched.judge.is_idle())
    }

    /// Forgets what was seen of all road users: the camera was interrupted.
    pub(crate) fn forget(&mut self) {
        self.meetings = Meetings::default();
        self.trails = Trails::none();
        for watched in &mut self.watched {
            watched.judge = judge_of(&watched.rule.kind);
        }
    }
}
