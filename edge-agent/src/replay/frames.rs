//! From lines to frames: gathers the road users of a frame, and puts back the frames in which
//! `tracks.jsonl` has nobody (their numbers are missing, and they were looked at all the same).

use super::ReplayError;
use super::lines::Lines;
use super::record::{Known, Record};
use kerege_contract::event::ModelRef;
use kerege_contract::files::Summary;
use kerege_contract::{Detection, FrameSize, Sha256Hash, UtcTime};
use kerege_pipelines::Tracked;
use std::path::{Path, PathBuf};

/// More frames than this in a second cannot be.
const MAX_FPS: f64 = 240.0;

/// What was recorded of a frame.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Content {
    Detections(Vec<Detection>),
    Tracked(Vec<Tracked>),
}

/// A recorded frame.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Recorded {
    pub(super) epoch: u32,
    pub(super) frame: u64,
    pub(super) t: f64,
    pub(super) utc: UtcTime,
    pub(super) size: FrameSize,
    pub(super) content: Content,
}

/// A frame's number and capture seconds.
type Mark = (u64, f64);

/// Frames in which nobody was seen, between two others.
#[derive(Debug, Clone, Copy)]
struct Gap {
    from: Mark,
    to: Mark,
    next: u64,
}

impl Gap {
    fn next(&mut self) -> Option<Mark> {
        let frame = self.next;
        if frame >= self.to.0 {
            return None;
        }
        self.next += 1;
        #[expect(clippy::cast_precision_loss, reason = "frames of a recording")]
        let share = (frame - self.from.0) as f64 / (self.to.0 - self.from.0) as f64;
        Some((frame, self.from.1 + share * (self.to.1 - self.from.1)))
    }
}

/// The frames of recordings, in their order.
pub(super) struct Frames {
    lines: Lines,
    known: Known,
    /// A header that was read and holds once what is ready has been given out.
    header: Option<Known>,
    /// Of tracks: the frame before, the one that is being gathered, and what is between.
    last: Option<Mark>,
    gathering: Option<(Mark, Vec<Tracked>)>,
    gap: Option<Gap>,
    ready: Option<(Mark, Vec<Tracked>)>,
    /// The last frame of a clip of which only `summary.json` tells.
    end: Option<Mark>,
    over: bool,
}

impl Frames {
    /// Opens recordings. Where `tracks.jsonl` of `analyze` has no header, `summary.json` beside it
    /// tells what a header would.
    pub(super) fn open(paths: Vec<PathBuf>, mut known: Known) -> Result<Self, ReplayError> {
        let mut end = None;
        if let [path] = paths.as_slice()
            && path.file_name().is_some_and(|name| name == "tracks.jsonl")
            && let Some(summary) = summary_beside(path)
        {
            known.size.get_or_insert(summary.size);
            known.start.get_or_insert(summary.start);
            known.model = summary.model;
            end = summary.frames_analysed.checked_sub(1).map(|last| (last, summary.duration_s));
        }
        let lines = Lines::open(paths)?;
        Ok(Self { lines, known, header: None, last: None, gathering: None, gap: None, ready: None, end, over: false })
    }

    /// The next frame; none at the end.
    pub(super) fn next(&mut self) -> Result<Option<Recorded>, ReplayError> {
        loop {
            if let Some((frame, t)) = self.gap.as_mut().and_then(Gap::next) {
                return self.tracked((frame, t), Vec::new()).map(Some);
            }
            if let Some((mark, tracked)) = self.ready.take() {
                return self.tracked(mark, tracked).map(Some);
            }
            if let Some(header) = self.header.take() {
                self.begin(header);
            }
            if self.over {
                return Ok(None);
            }
            if !self.lines.advance()? {
                self.finish()?;
                continue;
            }
            let record = match Record::parse(self.lines.text()) {
                Ok(record) => record,
                // The box was cut off while it wrote.
                Err(_) if !self.lines.is_whole() => continue,
                Err(fault) => return Err(self.lines.fault(fault)),
            };
            if let Some(frame) = self.take(record)? {
                return Ok(Some(frame));
            }
        }
    }

    /// What a header says holds from here on; frames may count from 0 again.
    fn begin(&mut self, Known { size, start, model }: Known) {
        self.known.size = size;
        self.known.start = start.or(self.known.start);
        self.known.model = model.or_else(|| self.known.model.take());
        self.last = None;
    }

    fn take(&mut self, record: Record) -> Result<Option<Recorded>, ReplayError> {
        match record {
            Record::Header(header) => {
                // What was gathered still belongs to the header before.
                self.complete(None)?;
                self.header = Some(header);
                Ok(None)
            }
            Record::Frame { epoch, frame, t, utc, detections } => {
                if self.gathering.is_some() || self.last.is_some() {
                    return Err(self.lines.fault("a frame among tracks: a recording has one form"));
                }
                let utc = utc.unwrap_or_else(|| self.known.start.unwrap_or_default().plus_seconds(t));
                let (size, content) = (self.size()?, Content::Detections(detections));
                Ok(Some(Recorded { epoch, frame, t, utc, size, content }))
            }
            Record::Track { frame, t, tracked } => {
                match &mut self.gathering {
                    Some((mark, gathered)) if mark.0 == frame => gathered.push(tracked),
                    _ => self.complete(Some(((frame, t), vec![tracked])))?,
                }
                Ok(None)
            }
        }
    }

    /// The frame that was gathered is complete; another begins.
    fn complete(&mut self, next: Option<(Mark, Vec<Tracked>)>) -> Result<(), ReplayError> {
        if let Some((mark, _)) = &next {
            let before = self.gathering.as_ref().map(|(mark, _)| *mark).or(self.last);
            let (from, first) = before.map_or(((0, 0.0), true), |mark| (mark, false));
            if !((first && mark.0 == 0) || follows(from, *mark)) {
                let fault = format!(
                    "frame {} at {} s cannot follow frame {} at {} s: numbers and times rise together",
                    mark.0, mark.1, from.0, from.1
                );
                return Err(self.lines.fault(fault));
            }
        }
        if let Some((mark, tracked)) = std::mem::replace(&mut self.gathering, next) {
            let (from, skip) = self.last.map_or(((0, 0.0), 0), |last| (last, 1));
            self.gap = Some(Gap { from, to: mark, next: from.0 + skip });
            self.last = Some(mark);
            self.ready = Some((mark, tracked));
        }
        Ok(())
    }

    /// The end of the last file: the last frame, and those after it in which nobody was seen.
    fn finish(&mut self) -> Result<(), ReplayError> {
        if self.gathering.is_some() {
            return self.complete(None);
        }
        self.over = true;
        if let (Some(last), Some(end)) = (self.last, self.end)
            && end.0 > last.0
            && follows(last, end)
        {
            self.gap = Some(Gap { from: last, to: end, next: last.0 + 1 });
            self.ready = Some((end, Vec::new()));
        }
        Ok(())
    }

    fn tracked(&self, (frame, t): Mark, tracked: Vec<Tracked>) -> Result<Recorded, ReplayError> {
        let utc = self.known.start.unwrap_or_default().plus_seconds(t);
        Ok(Recorded { epoch: 0, frame, t, utc, size: self.size()?, content: Content::Tracked(tracked) })
    }

    fn size(&self) -> Result<FrameSize, ReplayError> {
        self.known.size.ok_or_else(|| {
            self.lines.fault(
                "the size of the frames is not known: begin with a header such as \
                 {\"v\":1,\"size\":{\"width\":1280,\"height\":720}}, or give --size 1280x720",
            )
        })
    }

    /// The model, as far as it was told.
    pub(super) const fn model(&self) -> Option<&ModelRef> {
        self.known.model.as_ref()
    }

    /// The file that is being read.
    pub(super) fn path(&self) -> &Path {
        self.lines.path()
    }

    /// Hash of the first bytes, which tells recordings apart.
    pub(super) const fn beginning(&self) -> Sha256Hash {
        self.lines.beginning()
    }

    /// Hash of all bytes read.
    pub(super) fn hash(&self) -> Sha256Hash {
        self.lines.hash()
    }
}

/// Whether a frame may come after another.
fn follows(from: Mark, to: Mark) -> bool {
    #[expect(clippy::cast_precision_loss, reason = "frames of a recording")]
    let frames = to.0.saturating_sub(from.0) as f64;
    to.0 > from.0 && to.1 > from.1 && frames <= (to.1 - from.1) * MAX_FPS + 1.0
}

fn summary_beside(path: &Path) -> Option<Summary> {
    let text = std::fs::read(path.with_file_name("summary.json")).ok()?;
    serde_json::from_slice(&text).ok()
}

#[cfg(test)]
mod tests;
