//! The table of judges: who looks at the road for each type of rule.

use super::Claim;
use super::congestion::CongestionJudge;
use super::crash::CrashJudge;
use super::crowd::CrowdJudge;
use super::debris::DebrisJudge;
use super::failure_to_yield::FailureToYieldJudge;
use super::illegal_stop::IllegalStopJudge;
use super::illegal_turn::IllegalTurnJudge;
use super::lane_violation::LaneViolationJudge;
use super::loitering::LoiteringJudge;
use super::near_miss::NearMissJudge;
use super::pedestrian_on_road::PedestrianJudge;
use super::queue_spillback::SpillbackJudge;
use super::red_light::RedLightJudge;
use super::speeding::SpeedingJudge;
use super::stop_line::StopLineJudge;
use super::stopped::StoppedJudge;
use super::watch::{Post, Watch};
use super::wrong_way::WrongWayJudge;
use kerege_contract::RoadUserClass;
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

    /// The near misses that it counted since it was asked last: the class of who came second, and the
    /// post-encroachment time in seconds.
    fn near_misses(&mut self) -> Vec<(RoadUserClass, f64)> {
        Vec::new()
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
        RuleKind::RedLight(thresholds) => Box::new(RedLightJudge::new(thresholds)),
        RuleKind::StopLine(thresholds) => Box::new(StopLineJudge::new(thresholds)),
        RuleKind::IllegalTurn(thresholds) => Box::new(IllegalTurnJudge::new(thresholds)),
        RuleKind::LaneViolation(thresholds) => Box::new(LaneViolationJudge::new(thresholds)),
        RuleKind::FailureToYield(thresholds) => Box::new(FailureToYieldJudge::new(thresholds)),
        RuleKind::NearMiss(thresholds) => Box::new(NearMissJudge::new(thresholds)),
        RuleKind::CrashSuspected(thresholds) => Box::new(CrashJudge::new(thresholds)),
        RuleKind::DebrisSuspected(thresholds) => Box::new(DebrisJudge::new(thresholds)),
    }
}
