//! One track: what is known of one road user over time.

use super::associate::is_like;
use super::double::Double;
use super::edge::{Edges, WholeSize, visible};
use super::filter::BoxFilter;
use super::hidden::{Coast, may_be_one, stand_apart};
use super::history::{History, fix};
use super::spot::stands_at;
use super::vote::{Kind, Pace, Votes};
use crate::ground::GroundPlane;
use crate::{TrackId, TrackingOptions};
use kerege_contract::{FrameBox, FrameSize, PixelBox, PixelPoint, RoadUserClass};

/// Where the box that is found again overlaps what was believed by this much (IoU), the belief was right
/// and goes on; elsewhere it is forgotten and the unseen stretch is replayed.
const FORESEEN: f64 = 0.3;
/// Where its box overlaps what was foreseen by less than this (IoU), or is so many times larger or smaller than
/// it was, it may be another road user's.
const UNFORESEEN: f64 = 0.2;
const UNLIKE: f64 = 1.5;
/// Faster than so many of its own heights per second nobody walks: over 2.5 m/s, as seen from the side.
const ON_FOOT: f64 = 1.5;
/// What moved by less than this share of its width a second, over so long, stood; where it is seldom seen, what moved
/// by no more between two looks so far apart, seconds.
const STOOD: f64 = 0.2;
const STOOD_S: f64 = 1.0;
const SELDOM_S: f64 = 5.0;

/// A detection in square pixels.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sighting {
    /// As the model gave it.
    pub(crate) frame_box: FrameBox,
    /// The same in square pixels.
    pub(crate) bbox: PixelBox,
    /// Which edges of the frame it touches.
    pub(crate) edges: Edges,
    /// What the model takes it for.
    pub(crate) class: RoadUserClass,
    /// How sure the model is, 0..1.
    pub(crate) score: f32,
}

/// What becomes of a track that is not seen.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) enum Unseen {
    /// It is seen.
    #[default]
    No,
    /// It was moving: it is believed to go on for a moment.
    Moving,
    /// It was standing: it is believed to stand while its spot is hidden.
    Standing {
        /// Seconds in which its spot was visible and empty.
        empty_s: f64,
    },
}

/// One road user over time.
#[derive(Debug, Clone)]
pub(crate) struct Track {
    /// Its number, once confirmed.
    pub(crate) id: Option<TrackId>,
    /// Pipeline seconds of the first sighting.
    pub(crate) first_seen: f64,
    /// Pipeline seconds of the last sighting.
    pub(crate) last_seen: f64,
    /// Sightings so far.
    pub(crate) hits: u32,
    /// Whether and how it is unseen now.
    pub(crate) unseen: Unseen,
    /// Score of the last sighting.
    pub(crate) score: f32,
    /// What the model took the last sighting for.
    pub(crate) seen_class: RoadUserClass,
    /// The last sighting as the model gave it.
    pub(crate) frame_box: FrameBox,
    /// The last sighting in square pixels, as seen.
    pub(crate) seen_box: PixelBox,
    /// The last sighting with what the frame's edge hides put back.
    pub(crate) whole_box: PixelBox,
    /// Edges that the last sighting touched.
    pub(crate) edges: Edges,
    /// Since when no edge hides its contact point, pipeline seconds; infinite while one does.
    pub(crate) clear_since: f64,
    /// Edges that the first sighting touched.
    pub(crate) first_edges: Edges,
    /// Since when it is surely one and the same road user, pipeline seconds: it may have been taken along by
    /// another that passed before it.
    pub(crate) unbroken_since: f64,
    /// Where it was lately.
    pub(crate) history: History,
    /// Whether a nearer road user hides where it must be.
    pub(crate) behind: bool,
    /// What was seen of it as another's double.
    double: Double,
    /// Confident sightings since the first that the model was sure of.
    sure_hits: u32,
    /// The scores of its sightings added up.
    worth: f64,
    votes: Votes,
    whole: WholeSize,
    filter: BoxFilter,
    filter_when_seen: BoxFilter,
    coast: Coast,
}

impl Track {
    /// An empty track that reaches back `horizon_s` seconds, to be begun with [`Self::begin`].
    pub(crate) fn new(horizon_s: f64) -> Self {
        Self {
            id: None,
            first_seen: 0.0,
            last_seen: 0.0,
            hits: 0,
            unseen: Unseen::No,
            score: 0.0,
            seen_class: RoadUserClass::Vehicle,
            frame_box: FrameBox { x1: 0.0, y1: 0.0, x2: 0.0, y2: 0.0 },
            seen_box: PixelBox::default(),
            whole_box: PixelBox::default(),
            edges: Edges::default(),
            clear_since: f64::INFINITY,
            first_edges: Edges::default(),
            unbroken_since: 0.0,
            history: History::new(horizon_s),
            behind: false,
            double: Double::default(),
            sure_hits: 0,
            worth: 0.0,
            votes: Votes::default(),
            whole: WholeSize::default(),
            filter: BoxFilter::default(),
            filter_when_seen: BoxFilter::default(),
            coast: Coast::default(),
        }
    }

    /// Begins anew with a first sighting, reusing the memory.
    pub(crate) fn begin(&mut self, at: f64, sighting: &Sighting, road: Option<PixelPoint>) {
        self.id = None;
        self.first_seen = at;
        self.last_seen = at;
        self.hits = 1;
        self.unseen = Unseen::No;
        self.clear_since = f64::INFINITY;
        self.first_edges = sighting.edges;
        self.unbroken_since = at;
        self.whole = WholeSize::new(sighting.bbox);
        self.votes = Votes::default();
        self.filter = BoxFilter::new(sighting.bbox);
        self.coast = Coast::new(self.filter, sighting.bbox, at);
        (self.behind, self.double, self.worth, self.sure_hits) = (false, Double::default(), 0.0, 0);
        self.history.clear();
        self.note(at, sighting, sighting.bbox, road);
    }

    /// Moves what is believed of it on by `dt` seconds.
    pub(crate) fn predict(&mut self, dt: f64) {
        self.filter.predict(dt);
        self.coast.predict(dt);
    }

    /// Takes a sighting in, of which nearer road users hide some sides. `road` finds the road place of a
    /// contact point.
    pub(crate) fn see(
        &mut self,
        at: f64,
        sighting: &Sighting,
        hidden: Edges,
        road: impl Fn(PixelPoint) -> Option<PixelPoint>,
    ) {
        let whole = self.whole.restore(sighting.bbox, sighting.edges);
        if !self.foresees(whole, sighting.edges.any() || hidden.any()) {
            self.unbroken_since = at;
        }
        if self.unseen == Unseen::No || self.filter.bbox().iou(whole) >= FORESEEN {
            self.filter.update(whole, sighting.score);
        } else {
            self.filter = self.filter_when_seen;
            self.filter.replay(self.whole_box, whole, at - self.last_seen);
        }
        self.coast.note(self.filter, whole, hidden, at);
        self.note_again(at, sighting, whole, road(whole.anchor()));
    }

    /// Takes in that it has come out from behind a nearer road user.
    pub(crate) fn emerge(
        &mut self,
        at: f64,
        sighting: &Sighting,
        hidden: Edges,
        road: impl Fn(PixelPoint) -> Option<PixelPoint>,
    ) {
        self.filter = self.coast.found(sighting, hidden);
        self.unbroken_since = at;
        let whole = self.whole.restore(sighting.bbox, sighting.edges);
        self.coast.note(self.filter, whole, hidden, at);
        self.note_again(at, sighting, whole, road(whole.anchor()));
    }

    /// Whether a box is where it was foreseen, or still where it was (who brakes hard), and as large as it was where
    /// all of it is seen.
    fn foresees(&self, whole: PixelBox, partly: bool) -> bool {
        let ratio = (whole.area() / self.whole_box.area().max(f64::MIN_POSITIVE)).sqrt();
        let alike = (1.0 / UNLIKE..=UNLIKE).contains(&ratio);
        let there = self.filter.bbox().iou(whole).max(self.whole_box.iou(whole)) >= UNFORESEEN;
        there && (partly || self.edges.any() || alike)
    }

    fn note_again(&mut self, at: f64, sighting: &Sighting, whole: PixelBox, road: Option<PixelPoint>) {
        self.hits = self.hits.saturating_add(1);
        self.unseen = Unseen::No;
        self.last_seen = at;
        self.note(at, sighting, whole, road);
    }

    fn note(&mut self, at: f64, sighting: &Sighting, whole: PixelBox, road: Option<PixelPoint>) {
        self.score = sighting.score;
        self.seen_class = sighting.class;
        self.worth += f64::from(sighting.score);
        let passed_s = self.history.last().map_or(0.0, |last| at - last.at);
        self.votes.add(sighting.class, sighting.score, self.pace(), passed_s);
        self.frame_box = sighting.frame_box;
        self.seen_box = sighting.bbox;
        self.whole_box = whole;
        self.edges = sighting.edges;
        self.filter_when_seen = self.filter;
        self.clear_since = if sighting.edges.moves_anchor() { f64::INFINITY } else { self.clear_since.min(at) };
        // Where an edge of the frame hides the contact point, it is put back for counting; a place on the
        // road is no guess.
        let road = road.filter(|_| !sighting.edges.moves_anchor());
        self.history.push(fix(at, whole, road, sighting.score));
    }

    /// Counts the newest sighting where the model was sure of it, and after such a one where it was confident.
    pub(crate) fn count_sure(&mut self, options: &TrackingOptions) {
        let least = if self.sure_hits == 0 { options.birth_score } else { options.high_score };
        if self.score < least {
            return;
        }
        if self.sure_hits == 0 {
            // What was seen badly before may have been another.
            self.unbroken_since = self.last_seen;
        }
        self.sure_hits = self.sure_hits.saturating_add(1);
    }

    /// Whether what another track shows may be this one: their boxes may show one road user, and they were never seen
    /// at once.
    pub(crate) fn may_be(&self, faint: &Self) -> bool {
        let together = faint.history.iter().any(|fix| (fix.at - self.last_seen).abs() < 1e-9);
        !together
            && is_like(self.seen_box, faint.seen_box)
            && (self.kind().is_none() || faint.kind().is_none() || self.kind() == faint.kind())
            && [self.seen_box, self.believed_box()]
                .iter()
                .any(|mine| may_be_one((*mine, self.class()), (faint.seen_box, self.class())))
    }

    /// Lets it end with the next frame.
    pub(crate) const fn forget(&mut self) {
        self.last_seen = f64::NEG_INFINITY;
    }

    /// Whether only weak detections have shown it: it holds its place, but is nobody yet.
    pub(crate) const fn is_faint(&self) -> bool {
        self.sure_hits == 0
    }

    /// Whether the model saw it again with confidence since it was sure of it.
    pub(crate) const fn is_sure(&self) -> bool {
        self.sure_hits > 1
    }

    fn pace(&self) -> Pace {
        let speed = self.filter.velocity().distance(PixelPoint::default());
        if self.hits > 3 && speed > ON_FOOT * self.filter.bbox().height() { Pace::InHaste } else { Pace::Any }
    }

    /// Notes, `dt` seconds after it did so last, whether its box may show the road user of another track; and if so by
    /// how much of its height the smaller of the two ends below the larger one.
    pub(crate) fn note_double(&mut self, below: Option<f64>, dt: f64) {
        if self.unbroken_since >= self.last_seen {
            self.double.begin();
        }
        self.double.note(below, dt);
    }

    /// Whether another track, surer than this one, shows the same road user in the newest frame.
    pub(crate) fn is_covered_by(&self, other: &Self, plane: Option<&GroundPlane>) -> bool {
        other.id.is_some()
            && other.is_seen()
            && other.worth > self.worth
            && other.seen_box.intersection(self.seen_box) > 0.0
            && may_be_one((other.seen_box, other.class()), (self.seen_box, self.class()))
            && !plane.is_some_and(|plane| stand_apart(plane, other.seen_box, self.seen_box))
    }

    /// Whether it is but the double of another track. It counts nothing.
    pub(crate) fn is_double(&self) -> bool {
        self.double.is_sure()
    }

    /// Whether it drives before the one whose double it may be.
    pub(crate) fn is_before(&self) -> bool {
        self.double.is_before()
    }

    /// Notes that a frame passed without a sighting; what it did last decides what is believed.
    pub(crate) fn miss(&mut self) {
        if self.unseen != Unseen::No {
            return;
        }
        if self.stood() {
            self.filter = self.filter_when_seen;
            self.filter.hold();
            self.unseen = Unseen::Standing { empty_s: 0.0 };
        } else {
            self.unseen = Unseen::Moving;
        }
    }

    /// Whether it stood still over its last second, or since it was seen before.
    fn stood(&self) -> bool {
        if let Some(drift) = self.history.drift(STOOD_S) {
            return drift.pixels.distance(PixelPoint::default()) / drift.seconds < STOOD * drift.width;
        }
        let before = self.history.iter().rev().find(|fix| self.last_seen - fix.at >= STOOD_S);
        self.history.last().zip(before).is_some_and(|(now, before)| {
            now.at - before.at <= SELDOM_S && now.anchor.distance(before.anchor) < STOOD * now.width
        })
    }

    /// Whether by `at` (pipeline seconds) it stood in the footprint of a box already, or right beside it.
    pub(crate) fn stood_at(&self, spot: PixelBox, at: f64) -> bool {
        self.history.iter().rev().find(|fix| fix.at <= at).is_some_and(|fix| stands_at(spot, fix.anchor))
    }

    /// Whether it is seen in the newest frame.
    pub(crate) fn is_seen(&self) -> bool {
        self.unseen == Unseen::No
    }

    /// Its class by the vote so far.
    pub(crate) fn class(&self) -> RoadUserClass {
        self.votes.class()
    }

    /// Its kind, where the votes are sure of it.
    pub(crate) fn kind(&self) -> Option<Kind> {
        self.votes.kind()
    }

    /// What is believed of it since it was last seen whole.
    pub(crate) const fn coast(&self) -> &Coast {
        &self.coast
    }

    /// Mean score of its sightings, 0..1.
    pub(crate) fn mean_score(&self) -> f64 {
        self.worth / f64::from(self.hits.max(1))
    }

    /// How sure that is, 0..1.
    pub(crate) fn class_confidence(&self) -> f64 {
        self.votes.confidence()
    }

    /// Where its box is believed to be, square pixels; may reach out of the frame.
    pub(crate) fn believed_box(&self) -> PixelBox {
        self.filter.bbox()
    }

    /// Its box when it was last seen, smoothed over what was seen before; may reach out of the frame.
    pub(crate) fn steady_box(&self) -> PixelBox {
        self.filter_when_seen.bbox()
    }

    /// Its box in the newest frame: as the model gave it, or the visible part of what is believed.
    pub(crate) fn shown_box(&self, frame: FrameSize) -> FrameBox {
        if self.is_seen() { self.frame_box } else { frame.frame_box(visible(self.believed_box(), frame)) }
    }
}
