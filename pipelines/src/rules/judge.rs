//! The table of judges: who looks at the road for each type of rule.

use super::Claim;
use super::congestion::CongestionJudge;
use super::crowd::CrowdJudge;
use super::illegal_stop::IllegalStopJudge;
use super::loitering::LoiteringJudge;
use super::pedestrian_on_road::PedestrianJudge;
use super::queue_spillback::SpillbackJudge;
use super::speeding::SpeedingJudge;
use super::stopped::StoppedJudge;
use super::watch::{Post, Watch};
use super::wrong_way::WrongWayJudge;
use kerege_contract::scene::RuleKind;
use std::fmt::Debug;

/// Looks at every frame and claims what its rule is about. It holds in memory only road users that
/// are in the watch, or were a moment ago.
pub(crate) trait Judge: Debug + Send {
    /// Adds this frame's claims.
    fn judge(&mut self, watch: &Watch<'_>, post: &Post<'_>, claims: &mut Vec<Claim>);

    /// Over how long it looks back at tracks, seconds.
    fn window_s(&self) -> f64 {
        0.0
    }

    /// Whether it remembers nobody.
    #[cfg(test)]
    fn is_idle(&self) -> bool;
}

/// A judge for a rule, who has seen nothing yet.
pub(crate) fn judge_of(kind: &RuleKind) -> Box<dyn Judge> {
    match kind {
        RuleKind::StoppedVehicle(thresholds) => Box::new(StoppedJudge::new(thresholds)),
        RuleKind::WrongWay(thresholds) => Box::new(WrongWayJudge::new(thresholds)),
        // Flow and places.
        RuleKind::IllegalStop(thresholds) => Box::new(IllegalStopJudge::new(thresholds)),
        RuleKind::PedestrianOnRoad(thresholds) => Box::new(PedestrianJudge::new(thresholds)),
        RuleKind::Speeding(thresholds) => Box::new(SpeedingJudge::new(thresholds)),
        RuleKind::Congestion(thresholds) => Box::new(CongestionJudge::new(thresholds)),
        RuleKind::QueueSpillback(thresholds) => Box::new(SpillbackJudge::new(thresholds)),
        RuleKind::Crowd(thresholds) => Box::new(CrowdJudge::new(thresholds)),
        RuleKind::Loitering(thresholds) => Box::new(LoiteringJudge::new(thresholds)),
        // Conflicts and signals.
    }
}
