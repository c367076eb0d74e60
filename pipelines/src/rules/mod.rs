//! Rules: what is worth a person's attention.
//!
//! A judge per rule looks at every frame and makes *claims*: this road user, in this lane, has been
//! doing this since then. One state machine for all rules ([`causes`]) makes incidents of them: it
//! waits for the confirm time, bridges gaps, attaches what belongs to the same cause, holds ends
//! back for the cooldown and continues what a restart interrupted.

mod cast;
mod causes;
mod claim;
mod schedule;
mod stopped;
mod wrong_way;

pub(crate) use cast::Cast;
pub(crate) use causes::{Causes, Moment};
pub(crate) use claim::{Claim, Subject, Watch};

use crate::RuleOptions;
use kerege_contract::scene::{Rule, RuleKind};
use kerege_contract::{Scene, UtcTime};
use stopped::StoppedJudge;
use wrong_way::WrongWayJudge;

/// The rules of one scene.
#[derive(Debug)]
pub(crate) struct Rules {
    watched: Vec<Watched>,
    claims: Vec<Claim>,
}

#[derive(Debug)]
struct Watched {
    rule: Rule,
    /// By number of the lane: whether the rule looks at it.
    lanes: Vec<bool>,
    judge: Judge,
}

#[derive(Debug)]
enum Judge {
    Stopped(StoppedJudge),
    WrongWay(WrongWayJudge),
}

impl Judge {
    fn new(kind: &RuleKind) -> Self {
        match kind {
            RuleKind::StoppedVehicle(thresholds) => Self::Stopped(StoppedJudge::new(thresholds)),
            RuleKind::WrongWay(thresholds) => Self::WrongWay(WrongWayJudge::new(thresholds)),
        }
    }
}

impl Rules {
    pub(crate) fn new(scene: &Scene) -> Self {
        let watched = scene.rules.iter().map(|rule| Watched {
            rule: rule.clone(),
            lanes: scene.lanes.iter().map(|lane| rule.watches(lane)).collect(),
            judge: Judge::new(&rule.kind),
        });
        Self { watched: watched.collect(), claims: Vec::new() }
    }

    /// What all rules in force claim of this frame's road users, in the rules' order.
    pub(crate) fn judge(&mut self, watch: &Watch<'_>, utc: UtcTime, options: &RuleOptions) -> &[Claim] {
        self.claims.clear();
        for (index, watched) in self.watched.iter_mut().enumerate() {
            if !schedule::in_force(&watched.rule.schedule, utc, options.utc_offset_min) {
                watched.judge = Judge::new(&watched.rule.kind);
                continue;
            }
            let least = watched.rule.min_box_height * f64::from(watch.layout.frame.height);
            let looks_at = |subject: &&Subject<'_>| watched.lanes[subject.lane] && subject.height >= least;
            let subjects = watch.subjects.iter().filter(looks_at);
            match &mut watched.judge {
                Judge::Stopped(judge) => judge.judge(index, watch, subjects, &mut self.claims),
                Judge::WrongWay(judge) => judge.judge(index, watch, subjects, &mut self.claims),
            }
        }
        &self.claims
    }

    /// Whether no judge remembers anybody.
    #[cfg(test)]
    pub(crate) fn is_idle(&self) -> bool {
        self.watched.iter().all(|watched| match &watched.judge {
            Judge::Stopped(judge) => judge.is_idle(),
            Judge::WrongWay(judge) => judge.is_idle(),
        })
    }

    /// Forgets what was seen of all road users: the camera was interrupted.
    pub(crate) fn forget(&mut self) {
        for watched in &mut self.watched {
            watched.judge = Judge::new(&watched.rule.kind);
        }
    }
}
