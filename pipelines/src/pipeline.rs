//! The pipeline: the order in which a frame's detections are looked at.

use crate::clock::{Advance, Clock};
use crate::count::{Heirs, Journey, Step};
use crate::intake::Seen;
use crate::layout::Layout;
use crate::minute::{Crossed, MinuteBook};
use crate::queue::Lanes;
use crate::rules::{Cast, Causes, Moment, RoadUser, Rules, Trails, Watch};
use crate::signals::Signals;
use crate::track::{Sighting, Track, Tracker};
use crate::{
    FrameMeta, GroundOptions, MinuteCells, OpenIncident, Options, Outputs, Passage, Sight, Thing, TrackId, TrackView,
    Tracked,
};
use kerege_contract::phase::SignalMessage;
use kerege_contract::{Detection, Scene, UtcTime};
use std::collections::BTreeMap;

/// A track that got less far than this and crossed no line went nowhere, own lengths.
const WENT_SOMEWHERE: f64 = 2.0;

/// What one camera's frames add up to. One pipeline per camera and scene.
#[derive(Debug)]
pub struct Pipeline {
    scene: Scene,
    options: Options,
    sight: Sight,
    clock: Clock,
    layout: Option<Layout>,
    tracker: Tracker,
    journeys: BTreeMap<TrackId, Journey>,
    heirs: Heirs,
    minutes: MinuteBook,
    rules: Rules,
    causes: Causes,
    signals: Signals,
    sightings: Vec<Sighting>,
    names: Vec<TrackId>,
    steps: Vec<Step>,
    /// Lines that were found crossed in this frame.
    crossed: Vec<(TrackId, Step)>,
    lanes: Lanes,
    /// What lies still, and when that was seen, pipeline seconds.
    things: (f64, Vec<Thing>),
}

impl Pipeline {
    /// A pipeline for a checked scene. The geometry is laid out when the first frame tells its size.
    #[must_use]
    pub fn new(scene: &Scene, options: &Options) -> Self {
        let rules = Rules::new(scene);
        Self {
            scene: scene.clone(),
            options: options.clone(),
            sight: Sight::Clear,
            clock: Clock::default(),
            layout: None,
            tracker: Tracker::new(&options.tracking, horizon_s(&rules, options)),
            journeys: BTreeMap::new(),
            heirs: Heirs::default(),
            minutes: MinuteBook::new(scene),
            rules,
            causes: Causes::default(),
            signals: Signals::default(),
            sightings: Vec::new(),
            names: Vec::new(),
            steps: Vec::new(),
            crossed: Vec::new(),
            lanes: Lanes::default(),
            things: (f64::NEG_INFINITY, Vec::new()),
        }
    }

    /// Takes one analysed frame. A frame whose time is not after the last one's adds nothing; a new
    /// stream epoch ends all tracks, and open incidents wait to be found again.
    pub fn step(&mut self, frame: &FrameMeta, detections: &[Detection]) -> Outputs {
        self.step_seen(frame, Seen::Detections(detections))
    }

    /// The same for a frame whose road users are known already, as recorded by another pipeline or
    /// told by truth: they are not tracked anew. A pipeline takes either detections or these.
    pub fn step_tracked(&mut self, frame: &FrameMeta, tracked: &[Tracked]) -> Outputs {
        self.step_seen(frame, Seen::Tracked(tracked))
    }

    fn step_seen(&mut self, frame: &FrameMeta, seen: Seen<'_>) -> Outputs {
        let mut outputs = Outputs::default();
        let resized = self.layout.as_ref().is_some_and(|layout| layout.frame != self.scene.true_size(frame.size));
        if resized || self.clock.compare(frame) == Advance::NewEpoch {
            // Before the clock moves on: what ends now is told in the old epoch's seconds.
            self.end_all_tracks(&mut outputs);
        }
        let advance = self.clock.advance(frame);
        let known = self.layout.take().filter(|_| !resized);
        let layout = known.unwrap_or_else(|| Layout::new(&self.scene, frame.size, &self.options.ground));
        if advance != Advance::Stale {
            let gap = if let Advance::Next(gap) = advance { Some(gap) } else { None };
            self.take(gap, seen, &layout, &mut outputs);
        }
        outputs.tracks = self.views(&layout);
        self.layout = Some(layout);
        outputs
    }

    /// What a frame with a new time adds; `gap` is the time since the last one of the same epoch.
    fn take(&mut self, gap: Option<f64>, seen: Seen<'_>, layout: &Layout, outputs: &mut Outputs) {
        let sees = self.sight.sees();
        let observed_s = gap.filter(|gap| sees && *gap <= self.options.rules.max_gap_s).unwrap_or(0.0);
        outputs.minutes.extend(self.minutes.advance(self.clock.utc(), observed_s, self.lanes.states()));
        self.track(if sees { seen } else { Seen::Detections(&[]) }, layout);
        self.crossed.clear();
        self.signals.log.forget(self.clock.utc());
        self.settle_ended(layout, outputs);
        self.follow(layout, outputs);
        self.lanes.look(self.tracker.tracks(), &self.journeys, layout);
        if gap.is_none_or(|gap| gap > self.options.rules.max_gap_s) {
            self.causes.interrupt();
        }
        if sees {
            self.judge(layout, outputs);
        } else {
            let (clock, options) = (&self.clock, &self.options.rules);
            self.causes.expire(&self.scene, clock, clock.utc(), options, &mut outputs.incidents);
        }
    }

    fn track(&mut self, seen: Seen<'_>, layout: &Layout) {
        let (now, plane) = (self.clock.now(), layout.plane.as_ref());
        let names = match seen {
            Seen::Detections(detections) => {
                let low = self.options.tracking.low_score;
                crate::intake::take(detections, layout, low, &mut self.sightings);
                None
            }
            Seen::Tracked(tracked) => {
                crate::intake::take_tracked(tracked, layout, &mut self.sightings, &mut self.names);
                Some(self.names.as_slice())
            }
        };
        self.tracker.step(now, layout.frame, plane, &self.sightings, names);
    }

    /// Lets the rules look at the road users, and makes incidents of what they claim.
    fn judge(&mut self, layout: &Layout, outputs: &mut Outputs) {
        let (now, utc, options) = (self.clock.now(), self.clock.utc(), &self.options.rules);
        let users: Vec<RoadUser<'_>> =
            self.tracker.tracks().iter().filter_map(|track| road_user(track, &self.journeys)).collect();
        let nobody = Trails::none();
        let watch = Watch {
            now,
            max_gap_s: options.max_gap_s,
            covered_s: self.options.tracking.covered_s,
            layout,
            clock: &self.clock,
            signals: &self.signals,
            users: &users,
            sightings: &self.sightings,
            things: (self.things.0, &self.things.1),
            met: &[],
            trails: &nobody,
            crossed: &self.crossed,
        };
        let claims = self.rules.judge(&watch, utc, options);
        let cast = Cast { tracks: self.tracker.tracks(), journeys: &self.journeys, frame: layout.frame, now };
        let doubtful = self.sight == Sight::Doubtful;
        let moment =
            Moment { scene: &self.scene, clock: &self.clock, options, frame: layout.frame, cast: &cast, doubtful };
        self.causes.advance(claims, &moment, &mut outputs.incidents);
        for (rule, class, pet_s) in self.rules.near_misses() {
            self.minutes.near_miss(&rule.id, class, pet_s);
        }
    }

    /// Follows every confirmed track that was seen, and notes what it crossed.
    fn follow(&mut self, layout: &Layout, outputs: &mut Outputs) {
        let mut steps = std::mem::take(&mut self.steps);
        for track in self.tracker.tracks() {
            let Some(id) = track.id else { continue };
            if !self.journeys.contains_key(&id) {
                let mut journey = Journey::new(layout, track);
                self.heirs.hand_on(track, self.tracker.tracks(), &mut self.journeys, &mut journey);
                self.journeys.insert(id, journey);
            }
            let Some(journey) = self.journeys.get_mut(&id) else { continue };
            if track.is_seen() {
                steps.clear();
                journey.follow(track, layout, &self.options.ground, &mut steps);
                self.crossed.extend(steps.iter().map(|step| (id, *step)));
                let ground = &self.options.ground;
                let book = &mut Book { scene: &self.scene, clock: &self.clock, ground, minutes: &mut self.minutes };
                book.note(track, id, journey, &steps, layout, outputs);
            }
        }
        self.steps = steps;
    }

    /// Notes what tracks that ended add: lines they crossed while leaving, and their movement.
    fn settle_ended(&mut self, layout: &Layout, outputs: &mut Outputs) {
        let mut steps = std::mem::take(&mut self.steps);
        for track in self.tracker.ended() {
            let Some((id, mut journey)) = track.id.and_then(|id| self.journeys.remove_entry(&id)) else { continue };
            steps.clear();
            journey.end(track, &mut steps);
            self.crossed.extend(steps.iter().map(|step| (id, *step)));
            let ground = &self.options.ground;
            let book = &mut Book { scene: &self.scene, clock: &self.clock, ground, minutes: &mut self.minutes };
            book.note(track, id, &journey, &steps, layout, outputs);
            book.end(track, &journey);
            if !track.edges.any() && !track.is_double() {
                self.heirs.wait(journey);
            }
        }
        self.steps = steps;
        self.heirs.forget(self.clock.now());
    }

    fn end_all_tracks(&mut self, outputs: &mut Outputs) {
        self.tracker.flush();
        if let Some(layout) = self.layout.take() {
            self.settle_ended(&layout, outputs);
            self.layout = Some(layout);
        }
        self.heirs.forget(f64::INFINITY);
        self.lanes.forget();
        self.causes.interrupt();
        self.rules.forget();
    }

    fn views(&self, layout: &Layout) -> Vec<TrackView> {
        self.tracker.tracks().iter().filter_map(|track| self.view(track, layout)).collect()
    }

    fn view(&self, track: &Track, layout: &Layout) -> Option<TrackView> {
        let id = track.id?;
        let detected_now = track.is_seen();
        let road = track.history.last().filter(|_| detected_now).and_then(|fix| fix.road);
        let speed = self.journeys.get(&id).and_then(|journey| journey.speed).filter(|_| detected_now);
        Some(TrackView {
            track: id,
            class: track.class(),
            score: track.score,
            bbox: track.shown_box(layout.frame),
            road: road.map(|place| [place.x, place.y]),
            speed_kmh: speed.map(|speed| speed.kmh),
            speed_err_kmh: speed.map(|speed| speed.err_kmh),
            detected_now,
        })
    }

    /// Tells that time passes without frames (call it about once a second while a camera is away):
    /// completes minutes, and ends incidents that have waited too long to be found again.
    pub fn idle(&mut self, now: UtcTime) -> Outputs {
        let mut outputs = Outputs::default();
        if self.minutes.running_start().is_some_and(|start| start < now.minute_start()) {
            outputs.minutes.extend(self.minutes.take());
        }
        if now.seconds_since(self.clock.utc()) > self.options.rules.max_gap_s {
            self.causes.interrupt();
        }
        self.causes.expire(&self.scene, &self.clock, now, &self.options.rules, &mut outputs.incidents);
        outputs
    }

    /// The end of a clip, or of the box: ends all tracks, completes the running minute and gives out
    /// ends that waited for their cooldown. Incidents whose cause still stands stay open, as they do
    /// in [`Self::open_incidents`]. The pipeline can go on with another stream epoch.
    pub fn finish(&mut self) -> Outputs {
        let mut outputs = Outputs::default();
        self.end_all_tracks(&mut outputs);
        self.causes.settle(&self.clock, &mut outputs.incidents);
        outputs.minutes.extend(self.minutes.take());
        outputs
    }

    /// Takes a message of the site's signals. They are judged by their own time: what is told here may
    /// arrive before or after the frames of that time, in any order, but no later than five seconds.
    pub fn take_signal(&mut self, message: SignalMessage) {
        self.signals.log.take(message);
    }

    /// Takes what lies still in the picture as of the newest frame; asked for by scenes with a rule
    /// `debris_suspected` only. It holds until it is told again, for [`RuleOptions::max_gap_s`] at most.
    ///
    /// [`RuleOptions::max_gap_s`]: crate::RuleOptions::max_gap_s
    pub fn take_things(&mut self, things: Vec<Thing>) {
        self.things = (self.clock.now(), things);
    }

    /// Tells how far off the frames' UTC may be from now on, seconds; what is judged by signals must hold
    /// for so much longer.
    pub fn set_time_error(&mut self, seconds: f64) {
        self.signals.time_err_s = if seconds.is_finite() { seconds.max(0.0) } else { f64::MAX };
    }

    /// Tells whether the picture can be believed from now on.
    pub fn set_sight(&mut self, sight: Sight) {
        let known = std::mem::replace(&mut self.sight, sight) == sight;
        if !known && !sight.sees() {
            self.causes.interrupt();
            self.rules.forget();
        }
    }

    /// The minute that is not complete yet, with what was counted in it so far; none when nothing
    /// was observed. The box commits it at each passage.
    #[must_use]
    pub fn running_minute(&self) -> Option<MinuteCells> {
        self.minutes.peek()
    }

    /// Incidents that began and have not ended, to be persisted by the box.
    #[must_use]
    pub fn open_incidents(&self) -> Vec<OpenIncident> {
        self.causes.open()
    }

    /// Takes up incidents that were open before a restart. Those whose cause is found within
    /// [`crate::RuleOptions::resume_s`] of their last sight continue (an update with the same key),
    /// the others end.
    pub fn resume(&mut self, open: Vec<OpenIncident>) {
        self.causes.resume(open, &self.scene);
    }

    /// How many tracks were confirmed since the pipeline began.
    #[must_use]
    pub fn confirmed_tracks(&self) -> u64 {
        self.tracker.confirmed()
    }

    /// Seconds observed since the pipeline began: gaps between frames of at most 1 s in which the
    /// camera could see.
    #[must_use]
    pub fn observed_s(&self) -> f64 {
        self.minutes.total_observed_s()
    }

    /// The scene in force.
    #[must_use]
    pub fn scene(&self) -> &Scene {
        &self.scene
    }

    /// The options in force.
    #[must_use]
    pub fn options(&self) -> &Options {
        &self.options
    }
}

/// How far back tracks must remember for the longest window that anything looks at, seconds.
fn horizon_s(rules: &Rules, options: &Options) -> f64 {
    options.ground.speed_window_s[1].max(2.0).max(rules.window_s()) + 0.5
}

/// A confirmed track as the rules see it.
fn road_user<'t>(track: &'t Track, journeys: &'t BTreeMap<TrackId, Journey>) -> Option<RoadUser<'t>> {
    let id = track.id?;
    let (journey, anchor, steady) = (journeys.get(&id)?, track.history.last()?.anchor, track.steady_box());
    Some(RoadUser { id, track, journey, anchor, width: steady.width(), height: steady.height() })
}

/// Where passages and movements are noted.
struct Book<'p> {
    scene: &'p Scene,
    clock: &'p Clock,
    ground: &'p GroundOptions,
    minutes: &'p mut MinuteBook,
}

impl Book<'_> {
    /// Notes the lines a track crossed. The double of another track counts nothing.
    fn note(
        &mut self,
        track: &Track,
        id: TrackId,
        journey: &Journey,
        steps: &[Step],
        layout: &Layout,
        out: &mut Outputs,
    ) {
        let class = track.class();
        let steps = if track.is_double() { &[] } else { steps };
        for step in steps.iter().filter(|step| layout.lines[step.line].counts(class)) {
            let lane = layout.lane_at(step.cut.place);
            let speed = journey.speed_at(step.cut.at, layout, self.ground);
            let (line, dir, at) = (step.line, step.dir, step.cut.at);
            self.minutes.crossed(&Crossed { line, dir, lane, class, speed, at });
            out.passages.push(Passage {
                t: self.clock.t_of(at),
                utc: self.clock.utc_of(at),
                line: self.scene.lines[line].id.clone(),
                dir,
                lane: lane.map(|lane| self.scene.lanes[lane].id.clone()),
                class,
                speed_kmh: speed.map(|speed| speed.kmh),
                speed_err_kmh: speed.map(|speed| speed.err_kmh),
                track: id,
            });
        }
    }

    /// Notes where a track that ended came from and went to. One line alone makes no movement.
    fn end(&mut self, track: &Track, journey: &Journey) {
        if self.scene.lines.len() < 2 || track.is_double() {
            return;
        }
        let class = track.class();
        let movements = journey.movements();
        for (from, to) in &movements {
            self.minutes.moved(*from, *to, class);
        }
        if movements.is_empty() && (journey.first_line().is_some() || journey.reach() >= WENT_SOMEWHERE) {
            self.minutes.unassigned(journey.first_line(), class);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kerege_contract::{FrameSize, RoadUserClass};

    /// A busy picture: boxes that come, drift and go without end.
    fn churn(frame: u32) -> Vec<Detection> {
        (0..30_u16)
            .map(|n| {
                let born = (frame + 37 * u32::from(n)) / 50;
                let (x, y) = ((born * 7 + u32::from(n) * 13) % 17, (born * 11 + u32::from(n) * 5) % 13);
                let drift = f32::from(u16::try_from((frame + 37 * u32::from(n)) % 50).unwrap()) * 0.004;
                let (x, y) = (f32::from(u16::try_from(x).unwrap()) / 18.0, f32::from(u16::try_from(y).unwrap()) / 15.0);
                Detection {
                    class: RoadUserClass::Car,
                    score: 0.8,
                    bbox: [x, y + drift, x + 0.05, y + drift + 0.06].into(),
                }
            })
            .collect()
    }

    #[test]
    fn nothing_is_kept_of_what_has_gone() {
        let scene = Scene::from_toml(include_str!("../../contract/golden/scene.toml")).unwrap();
        let mut pipeline = Pipeline::new(&scene, &Options::default());
        let mut run = |frames: std::ops::Range<u32>, detections: &dyn Fn(u32) -> Vec<Detection>| {
            for frame in frames {
                let t = 0.1 * f64::from(frame);
                let utc = UtcTime::from_millis(1_772_697_600_000).plus_seconds(t);
                let meta =
                    FrameMeta { stream_epoch: 0, frame: u64::from(frame), t, utc, size: FrameSize::new(1280, 720) };
                pipeline.step(&meta, &detections(frame));
            }
        };
        run(0..1200, &churn);
        run(1200..1900, &|_| Vec::new());
        assert!(pipeline.confirmed_tracks() > 300, "{}", pipeline.confirmed_tracks());
        assert!(pipeline.tracker.tracks().is_empty() && pipeline.tracker.spares() <= 256);
        assert!(pipeline.journeys.is_empty() && pipeline.heirs.is_empty() && pipeline.open_incidents().is_empty());
        assert!(pipeline.rules.is_idle());
    }
}
