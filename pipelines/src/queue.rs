//! What stands and drives in each lane: the queue before its stop line, how much of it is covered,
//! how many there are and how fast.
//!
//! A vehicle joins a queue when it stands or creeps within reach of the stop line, or of one ahead
//! that is in the queue. It stays in it until it drives on, although those ahead have left already:
//! when the lights turn green the queue is dissolved from its head, and still grows at its tail. The
//! length reaches from the stop line to the rear of the last one. Measured in metres where the lane
//! has a scale, else in pixels along the lane, for marks that are drawn in the picture.
//!
//! Joining below 5 km/h and within 10 m are what the lane area detectors of SUMO take for a jam.

mod gauge;

pub(crate) use gauge::{LaneGauge, Span};

use crate::TrackId;
use crate::count::Journey;
use crate::layout::Layout;
use crate::track::{Track, Unseen};
use kerege_contract::PixelPoint;
use std::collections::{BTreeMap, BTreeSet};

/// Slower than this is standing or creeping, km/h; without a scale, box widths a second.
const CREEPING_KMH: f64 = 5.0;
const CREEPING_WIDTHS: f64 = 0.6;
/// It drives on when it is this many times faster than that.
const RELEASE: f64 = 3.0;
/// How long movement is looked at, seconds.
const WINDOW_S: f64 = 1.0;
/// How far from the stop line, or from the one ahead, the next may stand: metres, or own lengths.
const REACH_M: f64 = 10.0;
const REACH_LENGTHS: f64 = 2.0;

/// One vehicle of a lane.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct InLane {
    pub(crate) id: TrackId,
    /// Where it is along the lane.
    pub(crate) span: Span,
    /// How fast it goes, 1 being creeping; none when it was seen for too short a time to tell.
    pub(crate) pace: Option<f64>,
    /// How far ahead the stop line or the next one may be, in the unit of the span.
    pub(crate) reach: f64,
}

/// The queue of one lane.
#[derive(Debug, Clone, Copy, PartialEq)]
#[allow(dead_code, reason = "rules look at all of it")]
pub(crate) struct Queue {
    /// How many are in it.
    pub(crate) vehicles: usize,
    /// From the stop line to its tail, metres; none where the lane has no scale.
    pub(crate) length_m: Option<f64>,
    /// Where its tail is, pixels along the lane's centre line.
    pub(crate) tail_px: f64,
    /// The last one in it.
    pub(crate) last: TrackId,
}

/// The state of one lane in one frame.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[allow(dead_code, reason = "rules look at all of it")]
pub(crate) struct LaneState {
    /// Road users in it.
    pub(crate) vehicles: usize,
    /// Share of its length that they cover, 0..1.
    pub(crate) covered: f64,
    /// Vehicles per kilometre, where it has a scale.
    pub(crate) density: Option<f64>,
    /// Mean speed of those in it whose speed is known, km/h: the space mean.
    pub(crate) space_mean_kmh: Option<f64>,
    /// The queue before its stop line.
    pub(crate) queue: Option<Queue>,
}

/// All lanes of one camera.
#[derive(Debug, Default)]
pub(crate) struct Lanes {
    states: Vec<LaneState>,
    joined: Vec<BTreeSet<TrackId>>,
    vehicles: Vec<Vec<InLane>>,
    speeds: Vec<(f64, f64)>,
}

impl Lanes {
    /// Looks at a frame: all confirmed tracks, and the lanes they are in.
    pub(crate) fn look(&mut self, tracks: &[Track], journeys: &BTreeMap<TrackId, Journey>, layout: &Layout) {
        self.clear(layout.lanes.len());
        for track in tracks {
            let Some((id, journey)) = track.id.and_then(|id| Some((id, journeys.get(&id)?))) else { continue };
            let Some(lane) = journey.lane.filter(|_| track.class() != kerege_contract::RoadUserClass::Person) else {
                continue;
            };
            if let Some(vehicle) = in_lane(id, track, lane, layout) {
                self.vehicles[lane].push(vehicle);
            }
            if let Some(speed) = journey.speed.filter(|_| track.is_seen()) {
                self.speeds[lane] = (self.speeds[lane].0 + speed.kmh, self.speeds[lane].1 + 1.0);
            }
        }
        for (lane, vehicles) in self.vehicles.iter_mut().enumerate() {
            let gauge = &layout.gauges[lane];
            vehicles.sort_by(|a, b| b.span.front.total_cmp(&a.span.front).then(a.id.cmp(&b.id)));
            let (sum, n) = self.speeds[lane];
            #[expect(clippy::cast_precision_loss, reason = "vehicles of a lane")]
            let density = gauge.length_m().map(|length| vehicles.len() as f64 / length * 1000.0);
            self.states[lane] = LaneState {
                vehicles: vehicles.len(),
                covered: covered(vehicles, gauge.extent()),
                density,
                space_mean_kmh: (n > 0.0).then(|| sum / n),
                queue: queue(vehicles, gauge, &mut self.joined[lane]),
            };
        }
    }

    fn clear(&mut self, lanes: usize) {
        self.states.resize(lanes, LaneState::default());
        self.joined.resize(lanes, BTreeSet::new());
        self.vehicles.resize(lanes, Vec::new());
        self.vehicles.iter_mut().for_each(Vec::clear);
        self.speeds.clear();
        self.speeds.resize(lanes, (0.0, 0.0));
    }

    /// The lanes as they were in the frame looked at last, in the scene's order; none before the first.
    pub(crate) fn states(&self) -> &[LaneState] {
        &self.states
    }

    /// Nobody is known any more.
    pub(crate) fn forget(&mut self) {
        *self = Self::default();
    }
}

/// Where a vehicle is in its lane, and how fast; none where the lane's scale does not reach.
fn in_lane(id: TrackId, track: &Track, lane: usize, layout: &Layout) -> Option<InLane> {
    let anchor = track.history.last()?.anchor;
    let (on, gauge, steady) = (layout.lanes[lane].locate(anchor), &layout.gauges[lane], track.steady_box());
    let own = (steady.width() * on.direction.x).hypot(steady.height() * on.direction.y);
    let span = gauge.span(track.class(), on.along, own)?;
    let reach = if gauge.length_m().is_some() { REACH_M } else { REACH_LENGTHS * own };
    Some(InLane { id, span, pace: pace(track), reach })
}

/// How fast it goes, 1 being creeping. What is hidden does what it did last.
fn pace(track: &Track) -> Option<f64> {
    match track.unseen {
        Unseen::Standing { .. } => return Some(0.0),
        Unseen::Moving => return Some(f64::INFINITY),
        Unseen::No => {}
    }
    if track.last_seen - track.clear_since < WINDOW_S - 1e-6 {
        // While the frame's edge hides where it is, it would seem to wait there.
        return None;
    }
    let drift = track.history.drift(WINDOW_S)?;
    let origin = PixelPoint::default();
    Some(drift.metres.map_or_else(
        || drift.pixels.distance(origin) / drift.seconds / (drift.width * CREEPING_WIDTHS),
        |metres| 3.6 * metres.distance(origin) / drift.seconds / CREEPING_KMH,
    ))
}

/// Share of a lane from 0 to `extent` that vehicles, the one ahead first, cover, 0..1.
fn covered(vehicles: &[InLane], extent: f64) -> f64 {
    if extent <= 0.0 {
        return 0.0;
    }
    let (mut sum, mut free_below) = (0.0, extent);
    for vehicle in vehicles {
        let front = vehicle.span.front.min(free_below);
        let rear = vehicle.span.rear.max(0.0);
        if front > rear {
            sum += front - rear;
            free_below = rear;
        }
    }
    (sum / extent).clamp(0.0, 1.0)
}

/// The queue of vehicles, the one ahead first; `joined` remembers who is in it.
fn queue(vehicles: &[InLane], gauge: &LaneGauge, joined: &mut BTreeSet<TrackId>) -> Option<Queue> {
    let stop = gauge.stop();
    joined.retain(|id| vehicles.iter().any(|vehicle| vehicle.id == *id && vehicle.span.rear < stop));
    // What a queue can be attached to: the stop line, then the rear of the last one in it.
    let mut tail = stop;
    let (mut count, mut last) = (0, None);
    for vehicle in vehicles.iter().filter(|vehicle| vehicle.span.rear < stop) {
        let Some(pace) = vehicle.pace else { continue };
        let known = joined.contains(&vehicle.id);
        let stays = known && pace < RELEASE;
        let joins = pace < 1.0 && tail - vehicle.span.front <= vehicle.reach;
        if stays || joins {
            joined.insert(vehicle.id);
            tail = tail.min(vehicle.span.rear);
            (count, last) = (count + 1, Some(vehicle.id));
        } else {
            joined.remove(&vehicle.id);
        }
    }
    let last = last?;
    let length_m = gauge.length_m().map(|_| (stop - tail).max(0.0));
    Some(Queue { vehicles: count, length_m, tail_px: gauge.pixels(tail), last })
}

#[cfg(test)]
mod tests;
