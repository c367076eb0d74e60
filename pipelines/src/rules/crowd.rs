//! `crowd`: many people stay in a zone.

use super::judge::Judge;
use super::{Claim, Post, RoadUser, Spot, Watch};
use kerege_contract::scene::Crowd;
use kerege_contract::{PixelPoint, RoadUserClass};
use std::collections::{BTreeMap, VecDeque};

/// Over how long heads are counted, seconds: now and then one is not seen.
const COUNT_S: f64 = 2.0;

/// What is remembered of one zone.
#[derive(Debug, Clone, Default)]
struct Gathering {
    counts: VecDeque<(f64, f64)>,
    since: Option<f64>,
    held: f64,
}

/// The judge of one rule.
#[derive(Debug)]
pub(crate) struct CrowdJudge {
    thresholds: Crowd,
    zones: BTreeMap<usize, Gathering>,
}

impl CrowdJudge {
    pub(crate) fn new(thresholds: &Crowd) -> Self {
        Self { thresholds: thresholds.clone(), zones: BTreeMap::new() }
    }

    /// Counts the heads in a zone; since when they are a crowd, if they are.
    fn count(&mut self, watch: &Watch<'_>, zone: usize, heads: usize) -> Option<f64> {
        let gathering = self.zones.entry(zone).or_default();
        #[expect(clippy::cast_precision_loss, reason = "people in one picture")]
        gathering.counts.push_back((watch.now, heads as f64));
        while gathering.counts.front().is_some_and(|count| count.0 < watch.now - COUNT_S) {
            gathering.counts.pop_front();
        }
        #[expect(clippy::cast_precision_loss, reason = "two seconds of frames")]
        let mean = gathering.counts.iter().map(|count| count.1).sum::<f64>() / gathering.counts.len() as f64;
        if mean > f64::from(self.thresholds.min_people) - 0.5 {
            gathering.held = watch.now;
            return Some(*gathering.since.get_or_insert(watch.now));
        }
        if watch.now - gathering.held > watch.max_gap_s {
            gathering.since = None;
        }
        None
    }
}

impl Judge for CrowdJudge {
    fn judge(&mut self, watch: &Watch<'_>, post: &Post<'_>, claims: &mut Vec<Claim>) {
        let people: Vec<&RoadUser<'_>> =
            post.users(watch).filter(|user| user.track.class() == RoadUserClass::Person).collect();
        for zone in post.zones() {
            let shape = &watch.layout.zones[zone];
            let inside: Vec<&&RoadUser<'_>> = people.iter().filter(|user| shape.contains(user.anchor)).collect();
            let Some(since) = self.count(watch, zone, inside.len()) else { continue };
            claims.push(Claim {
                members: inside.iter().map(|user| user.id).collect(),
                confirm_s: self.thresholds.confirm_s,
                clear_s: self.thresholds.confirm_s / 2.0,
                ..Claim::of(post.number, Spot::zone(zone), middle(&inside), since)
            });
        }
    }

    #[cfg(test)]
    fn is_idle(&self) -> bool {
        self.zones.values().all(|gathering| gathering.since.is_none())
    }
}

/// The middle of where people stand.
fn middle(people: &[&&RoadUser<'_>]) -> PixelPoint {
    #[expect(clippy::cast_precision_loss, reason = "people in one picture")]
    let count = people.len().max(1) as f64;
    let sum = people
        .iter()
        .fold(PixelPoint::default(), |sum, user| PixelPoint::new(sum.x + user.anchor.x, sum.y + user.anchor.y));
    PixelPoint::new(sum.x / count, sum.y / count)
}
