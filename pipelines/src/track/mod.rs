//! From detections to tracks.
//!
//! Weak detections keep tracks, as in ByteTrack, and make nobody a road user; but what only weak ones show holds its
//! place as a faint track, so that no neighbour takes its box. As in OC-SORT there is recovery by the last observation
//! and, where the belief proved wrong, a replay of the unseen stretch. All of it in seconds, so that it holds at any
//! frame rate. Classes take no part in association: a bus that the
//! model calls a truck for a moment is still the same bus; only what is surely a person takes no car's
//! box, nor the other way round. A standing vehicle that another hides is remembered until its spot is
//! seen empty, and a moving one until it comes out.

mod assign;
mod associate;
mod body;
mod double;
mod edge;
mod filter;
mod hidden;
mod history;
mod spot;
mod vote;

pub(crate) use associate::View;
pub(crate) use body::{Sighting, Track, Unseen};
pub(crate) use edge::{Edges, visible};
pub(crate) use history::{Drift, Fix, History};
use vote::Kind;

use crate::ground::GroundPlane;
use crate::{TrackId, TrackingOptions};
use assign::Assigner;
use hidden::{below, find_hidden};
use kerege_contract::{FrameSize, PixelBox};
use spot::stands_in;

/// Which unmatched tracks and detections a stage looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// Detections and where tracks are believed to be; a weak one counts for less.
    Believed,
    /// Weak detections that are left, and where tracks are believed to be or were last seen.
    Weak,
    /// Confident detections and where tracks were last seen.
    LastSeen,
    /// Confident detections beside what hides their rest, and tracks that went behind it.
    Emerging,
    /// Confident detections and tracks near by.
    Near,
}

/// What a weak detection counts beside a confident one: two neighbours of whom one is seen badly do not change places.
const WEAK_COUNTS: f64 = 0.8;
/// So often and so long seen, a track that is not confirmed has a place of its own.
const FAINT_HITS: u32 = 3;
const FAINT_LEAST_S: f64 = 0.4;
/// Who stands unseen is where he stood: a box that overlaps his place by less (IoU) is of somebody who stops before him.
const STANDS_IOU: f64 = 0.4;

/// Ended tracks whose memory is kept for new ones: enough for the next rush.
const MAX_SPARE: usize = 256;

/// The tracks of one camera.
#[derive(Debug)]
pub(crate) struct Tracker {
    options: TrackingOptions,
    horizon_s: f64,
    tracks: Vec<Track>,
    /// Confirmed tracks that ended in the last step.
    ended: Vec<Track>,
    /// Ended tracks whose memory is used again.
    spare: Vec<Track>,
    last_id: u64,
    at: f64,
    scratch: Scratch,
}

/// Buffers that every frame uses again.
#[derive(Debug, Default)]
struct Scratch {
    assigner: Assigner,
    similarity: Vec<f64>,
    pairs: Vec<(usize, usize)>,
    rows: Vec<usize>,
    cols: Vec<usize>,
    matched: Vec<Option<(usize, Stage)>>,
    taken: Vec<bool>,
    believed: Vec<PixelBox>,
    /// By track: what kind it surely is.
    kinds: Vec<Option<Kind>>,
    /// By sighting: the sides that nearer road users hide.
    hidden: Vec<Edges>,
}

impl Tracker {
    /// A tracker whose tracks remember `horizon_s` seconds of fixes.
    pub(crate) fn new(options: &TrackingOptions, horizon_s: f64) -> Self {
        Self {
            options: options.clone(),
            horizon_s,
            tracks: Vec::new(),
            ended: Vec::new(),
            spare: Vec::new(),
            last_id: 0,
            at: 0.0,
            scratch: Scratch::default(),
        }
    }

    /// The tracks that live, confirmed or not, oldest first.
    pub(crate) fn tracks(&self) -> &[Track] {
        &self.tracks
    }

    /// Confirmed tracks that ended in the last step or flush.
    pub(crate) fn ended(&self) -> &[Track] {
        &self.ended
    }

    /// How many tracks were confirmed so far.
    pub(crate) const fn confirmed(&self) -> u64 {
        self.last_id
    }

    /// How many ended tracks are kept for their memory.
    #[cfg(test)]
    pub(crate) fn spares(&self) -> usize {
        self.spare.len() + self.ended.len()
    }

    /// Ends all tracks.
    pub(crate) fn flush(&mut self) {
        self.recycle();
        self.ended.extend(self.tracks.extract_if(.., |track| track.id.is_some()));
        self.spare.append(&mut self.tracks);
    }

    /// Takes one frame's sightings at `now` pipeline seconds, which rise from call to call. With
    /// `names` (one for each sighting, no two alike) it is known whom they show, and nothing is
    /// associated.
    pub(crate) fn step(
        &mut self,
        now: f64,
        frame: FrameSize,
        plane: Option<&GroundPlane>,
        sightings: &[Sighting],
        names: Option<&[TrackId]>,
    ) {
        self.recycle();
        let before = std::mem::replace(&mut self.at, now);
        let dt = now - before;
        self.expire(now, frame);
        for track in &mut self.tracks {
            track.predict(dt);
        }
        let mut scratch = std::mem::take(&mut self.scratch);
        scratch.prepare(&self.tracks, sightings.len());
        if let Some(names) = names {
            scratch.recognise(&self.tracks, names);
        } else {
            let view = View { options: &self.options, frame, plane, now, before };
            let Scratch { hidden, believed, .. } = &mut scratch;
            find_hidden(hidden, sightings, self.options.high_score, &self.tracks, believed, now);
            for stage in [Stage::Believed, Stage::Weak, Stage::LastSeen, Stage::Emerging, Stage::Near] {
                scratch.associate(stage, &self.tracks, sightings, &view);
            }
        }
        self.recognise_faint(&mut scratch);
        self.apply(&scratch, sightings, now, plane);
        self.find_doubles(dt, plane);
        self.begin(&scratch, sightings, names, now, plane);
        self.settle_unseen(now, dt, frame);
        self.scratch = scratch;
    }

    fn recycle(&mut self) {
        self.spare.append(&mut self.ended);
        self.spare.truncate(MAX_SPARE);
    }

    /// Ends tracks that have been away too long by the time of this frame.
    fn expire(&mut self, now: f64, frame: FrameSize) {
        let options = self.options.clone();
        self.end_if(|track| {
            let away = now - track.last_seen;
            match (track.id, track.unseen) {
                (None, _) if track.is_faint() => away > options.faint_s,
                (None, _) => away > options.tentative_s,
                (Some(_), Unseen::Standing { empty_s }) => away > options.covered_s || empty_s > options.empty_s,
                (Some(_), Unseen::Moving) if track.behind => away > options.hidden_s || has_left(track, frame),
                (Some(_), Unseen::Moving) => away > options.lost_s || has_left(track, frame),
                (Some(_), Unseen::No) => away > options.empty_s,
            }
        });
    }

    fn end_if(&mut self, over: impl Fn(&Track) -> bool) {
        for track in self.tracks.extract_if(.., |track| over(track)) {
            if track.id.is_some() {
                self.ended.push(track);
            } else {
                self.spare.push(track);
            }
        }
    }

    /// Gives what a track that is not confirmed would take to the one that it must be: a road user of whom the model
    /// sees sometimes the whole and sometimes a part, never both at once.
    fn recognise_faint(&mut self, scratch: &mut Scratch) {
        for index in 0..self.tracks.len() {
            let faint = &self.tracks[index];
            if scratch.matched[index].is_none() || faint.id.is_some() || faint.hits < FAINT_HITS {
                continue;
            }
            let is_it = |(number, other): &(usize, &Track)| {
                scratch.matched[*number].is_none() && other.id.is_some() && other.may_be(faint)
            };
            let nearest =
                self.tracks.iter().enumerate().filter(is_it).max_by(|a, b| a.1.last_seen.total_cmp(&b.1.last_seen));
            if let Some((number, _)) = nearest {
                scratch.matched[number] = scratch.matched[index].take();
                self.tracks[index].forget();
            }
        }
    }

    /// Gives matched tracks their sightings.
    fn apply(&mut self, scratch: &Scratch, sightings: &[Sighting], now: f64, plane: Option<&GroundPlane>) {
        let road = |anchor| plane.and_then(|plane| plane.road(anchor));
        for (track, found) in self.tracks.iter_mut().zip(&scratch.matched) {
            match *found {
                Some((index, stage)) => {
                    let (sighting, hidden) = (&sightings[index], scratch.hidden[index]);
                    if stage == Stage::Emerging {
                        track.emerge(now, sighting, hidden, road);
                    } else {
                        track.see(now, sighting, hidden, road);
                    }
                    track.count_sure(&self.options);
                    if track.id.is_none() && track.is_sure() {
                        self.last_id += 1;
                        track.id = Some(TrackId(self.last_id));
                    }
                }
                None => track.miss(),
            }
        }
    }

    /// Notes which tracks that were seen may be doubles of others.
    fn find_doubles(&mut self, dt: f64, plane: Option<&GroundPlane>) {
        for index in 0..self.tracks.len() {
            let mine = &self.tracks[index];
            if mine.id.is_some() && mine.is_seen() {
                let other = self.tracks.iter().find(|other| mine.is_covered_by(other, plane));
                let below = other.map(|other| below(mine.seen_box, other.seen_box));
                self.tracks[index].note_double(below, dt);
            }
        }
    }

    /// Lets sightings that belong to no track begin one, if only a faint one; a named one needs no second hit.
    fn begin(
        &mut self,
        scratch: &Scratch,
        sightings: &[Sighting],
        names: Option<&[TrackId]>,
        now: f64,
        plane: Option<&GroundPlane>,
    ) {
        for (at, sighting) in sightings.iter().enumerate().filter(|(at, _)| !scratch.taken[*at]) {
            let name = names.map(|names| names[at]);
            let mut track = self.spare.pop().unwrap_or_else(|| Track::new(self.horizon_s));
            track.begin(now, sighting, plane.and_then(|plane| plane.road(sighting.bbox.anchor())));
            track.count_sure(&self.options);
            track.id = name;
            self.last_id += u64::from(name.is_some());
            self.tracks.push(track);
        }
    }

    /// Decides about standing tracks that were not seen: hidden, gone, or replaced.
    fn settle_unseen(&mut self, now: f64, dt: f64, frame: FrameSize) {
        for index in 0..self.tracks.len() {
            if self.tracks[index].unseen == Unseen::Moving {
                let coast = *self.tracks[index].coast();
                let nearer = |track: &Track| track.id.is_some() && track.is_seen() && coast.is_behind(track.seen_box);
                self.tracks[index].behind = self.tracks.iter().any(nearer);
            }
            let Unseen::Standing { empty_s } = self.tracks[index].unseen else { continue };
            let (spot, lost_at) = (self.tracks[index].seen_box, self.tracks[index].last_seen);
            let (mut covered, mut replaced) = (false, false);
            for (number, other) in self.tracks.iter().enumerate() {
                // What covers it may itself be missed for a moment.
                if number == index || other.id.is_none() || now - other.last_seen > self.options.lost_s {
                    continue;
                }
                covered |= spot.intersection(other.seen_box) >= self.options.covered_share * spot.area();
                // Who stood there before has not come.
                let comes = || !other.stood_at(spot, lost_at);
                replaced |= other.is_seen() && stands_in(spot, other.whole_box.anchor()) && comes();
            }
            // One that takes its place ends it as surely as seeing the spot empty.
            let more = if replaced {
                f64::INFINITY
            } else if covered {
                0.0
            } else {
                dt
            };
            self.tracks[index].unseen = Unseen::Standing { empty_s: empty_s + more };
        }
        let empty_s = self.options.empty_s;
        self.end_if(|track| match track.unseen {
            Unseen::Standing { empty_s: empty } => empty > empty_s,
            Unseen::Moving => track.id.is_some() && has_left(track, frame),
            Unseen::No => false,
        });
    }
}

/// Whether what is believed of a track lies outside the frame.
fn has_left(track: &Track, frame: FrameSize) -> bool {
    let believed = track.believed_box();
    visible(believed, frame).area() < 0.1 * believed.area()
}

impl Scratch {
    fn prepare(&mut self, tracks: &[Track], sightings: usize) {
        self.matched.clear();
        self.matched.resize(tracks.len(), None);
        self.taken.clear();
        self.taken.resize(sightings, false);
        self.believed.clear();
        self.believed.extend(tracks.iter().map(Track::believed_box));
        self.kinds.clear();
        self.kinds.extend(tracks.iter().map(|track| track.kind().filter(|_| track.hits > 2)));
        self.hidden.clear();
        self.hidden.resize(sightings, Edges::default());
    }

    /// Matches tracks with the sightings that bear their names.
    fn recognise(&mut self, tracks: &[Track], names: &[TrackId]) {
        for (track, matched) in tracks.iter().zip(&mut self.matched) {
            if let Some(at) = names.iter().position(|name| track.id == Some(*name)) {
                *matched = Some((at, Stage::Believed));
                self.taken[at] = true;
            }
        }
    }

    /// Runs one stage over what is still unmatched.
    fn associate(&mut self, stage: Stage, tracks: &[Track], sightings: &[Sighting], view: &View<'_>) {
        let Self { assigner, similarity, pairs, rows, cols, matched, taken, believed, kinds, hidden } = self;
        rows.clear();
        rows.extend((0..tracks.len()).filter(|row| matched[*row].is_none() && stage.looks_at(&tracks[*row], view)));
        cols.clear();
        cols.extend(
            (0..sightings.len()).filter(|col| !taken[*col] && stage.accepts(&sightings[*col], hidden[*col], view)),
        );
        if rows.is_empty() || cols.is_empty() {
            return;
        }
        similarity.clear();
        for row in rows.iter() {
            let (track, believed) = (&tracks[*row], believed[*row]);
            let unlike = |class| kinds[*row].zip(Kind::of(class)).is_some_and(|(mine, other)| mine != other);
            similarity.extend(cols.iter().map(|col| match (&sightings[*col], hidden[*col]) {
                (sighting, _) if unlike(sighting.class) => 0.0,
                (sighting, hidden) if stage == Stage::Emerging => view.emergence(track, sighting, hidden),
                (sighting, _) => stage.similarity(view, track, believed, sighting),
            }));
        }
        assigner.solve(rows.len(), cols.len(), similarity, pairs);
        for (row, col) in pairs.iter() {
            matched[rows[*row]] = Some((cols[*col], stage));
            taken[cols[*col]] = true;
        }
    }
}

impl Stage {
    fn looks_at(self, track: &Track, view: &View<'_>) -> bool {
        let away = view.now - track.last_seen;
        let confirmed = track.id.is_some();
        let known = confirmed || (track.hits >= FAINT_HITS && view.now - track.first_seen >= FAINT_LEAST_S);
        match self {
            Self::Believed => known && away <= view.options.lost_s,
            Self::Weak => away <= view.options.lost_s || matches!(track.unseen, Unseen::Standing { .. }),
            Self::LastSeen => known,
            Self::Emerging => confirmed && track.behind && track.hits > 2 && track.unseen == Unseen::Moving,
            Self::Near => !confirmed || away <= view.options.lost_s,
        }
    }

    fn accepts(self, sighting: &Sighting, hidden: Edges, view: &View<'_>) -> bool {
        let strong = sighting.score >= view.options.high_score;
        match self {
            Self::Weak => !strong,
            Self::Emerging => strong && hidden.any(),
            Self::Believed => true,
            Self::LastSeen | Self::Near => strong,
        }
    }

    fn similarity(self, view: &View<'_>, track: &Track, believed: PixelBox, sighting: &Sighting) -> f64 {
        match self {
            Self::Believed if sighting.score < view.options.high_score => {
                WEAK_COUNTS * view.weak_overlap(track, believed, sighting)
            }
            Self::Believed => {
                let stands = matches!(track.unseen, Unseen::Standing { .. });
                view.overlap(believed, sighting, if stands { STANDS_IOU } else { view.options.min_iou })
            }
            Self::Weak => view.left_overlap(track, believed, sighting),
            Self::LastSeen => view.recovery(track, sighting),
            Self::Near => view.nearness(track, sighting),
            Self::Emerging => 0.0,
        }
    }
}
