//! A video file as a source of frames: as fast as its reader takes them, dropping none that is due.

use super::decoder::DecoderPolicy;
use super::pixels::MappedPixels;
use super::sampling::{Sampler, Verdict, seconds};
use super::tail;
use crate::frame::Pixels;
use gstreamer as gst;
use gstreamer::prelude::*;
use gstreamer_app::AppSink;
use kerege_contract::FrameSize;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Decoded frames that may wait for the reader; the decoder waits when there are more.
const QUEUE: usize = 4;

/// A file that ends this long before it should was cut off, seconds.
const CUT_OFF_S: f64 = 1.5;

/// Why a file gives no frames, or no more.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// GStreamer does not start, or an element is missing.
    #[error("cannot decode video: {0}")]
    Media(String),
    /// The file cannot be read.
    #[error("cannot read {}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// It is no video, or one that cannot be decoded.
    #[error("{} cannot be analysed: {reason}", path.display())]
    Unusable {
        /// The file.
        path: PathBuf,
        /// Why, in words.
        reason: String,
    },
    /// It ends before it should.
    #[error("{} is cut off: it ends after {found_s:.1} s of {expected_s:.1} s; get the whole file", path.display())]
    CutOff {
        /// The file.
        path: PathBuf,
        /// Seconds that could be decoded.
        found_s: f64,
        /// Seconds that it says it has.
        expected_s: f64,
    },
}

/// A frame of a file.
pub struct FileFrame {
    /// Capture time, seconds from the first frame.
    pub t: f64,
    /// Size in stored pixels and their aspect.
    pub size: FrameSize,
    /// The pixels.
    pub pixels: Arc<dyn Pixels>,
}

impl std::fmt::Debug for FileFrame {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FileFrame").field("t", &self.t).field("size", &self.size).finish_non_exhaustive()
    }
}

const NO_VIDEO: &str = "there is no video in it";

/// How often it is asked whether something went wrong while no frame comes.
const LOOK_EVERY: Duration = Duration::from_millis(200);
/// So often without a frame or a word is the end: a demuxer can pause on a damaged file in silence.
const SILENT_LOOKS: u32 = 100;

/// A file that is being decoded.
pub struct FileSource {
    path: PathBuf,
    pipeline: gst::Pipeline,
    frames: Receiver<FileFrame>,
    counts: Arc<Counts>,
    fault: Fault,
    has_video: Arc<AtomicBool>,
}

/// The first thing that went wrong outside of GStreamer's own messages.
type Fault = Arc<Mutex<Option<String>>>;

#[derive(Debug, Default)]
struct Counts {
    decoded: AtomicU64,
    bad_times: AtomicU64,
    last_ns: AtomicU64,
}

impl std::fmt::Debug for FileSource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FileSource").field("path", &self.path).finish_non_exhaustive()
    }
}

impl FileSource {
    /// Begins to decode; at most `fps` frames per second of capture time are handed over.
    ///
    /// # Errors
    /// When the file cannot be read or GStreamer does not start.
    pub fn open(path: &Path, fps: f64) -> Result<Self, FileError> {
        super::init().map_err(FileError::Media)?;
        let unreadable = |source| FileError::Unreadable { path: path.to_owned(), source };
        let length = std::fs::File::open(path).and_then(|file| file.metadata()).map_err(unreadable)?.len();
        if length == 0 {
            return Err(FileError::Unusable { path: path.to_owned(), reason: "the file is empty".into() });
        }
        let (sender, frames) = sync_channel(QUEUE);
        let (counts, fault, has_video) = (Arc::<Counts>::default(), Fault::default(), Arc::<AtomicBool>::default());
        let sink = sink(sender, Sampler::new(fps), &counts);
        let pipeline = pipeline(path, sink, &fault, &has_video).map_err(FileError::Media)?;
        let source = Self { path: path.to_owned(), pipeline, frames, counts, fault, has_video };
        match source.pipeline.set_state(gst::State::Playing) {
            Ok(_) => Ok(source),
            Err(_) => Err(source.unusable(source.heard())),
        }
    }

    /// The next frame that is due; none at the end.
    ///
    /// # Errors
    /// When the file cannot be decoded (further), holds no frame, or ends before it should.
    pub fn next(&self) -> Result<Option<FileFrame>, FileError> {
        for _ in 0..SILENT_LOOKS {
            match self.frames.recv_timeout(LOOK_EVERY) {
                Ok(frame) => return Ok(Some(frame)),
                Err(RecvTimeoutError::Disconnected) => return self.end().map(|()| None),
                Err(RecvTimeoutError::Timeout) => {
                    if let Some(reason) = self.heard() {
                        return Err(self.unusable(Some(reason)));
                    }
                }
            }
        }
        Err(self.unusable(Some("it is damaged or cut off: nothing more came out of it".into())))
    }

    /// Frames decoded so far, whether due or not.
    #[must_use]
    pub fn decoded(&self) -> u64 {
        self.counts.decoded.load(Ordering::Relaxed)
    }

    /// Frames dropped so far because their time was missing, repeated or went back.
    #[must_use]
    pub fn bad_times(&self) -> u64 {
        self.counts.bad_times.load(Ordering::Relaxed)
    }

    /// Whether the end of the stream is the end of the film.
    fn end(&self) -> Result<(), FileError> {
        if let Some(reason) = self.heard() {
            return Err(self.unusable(Some(reason)));
        }
        if self.decoded() == 0 {
            let what = if self.has_video.load(Ordering::Relaxed) { "there is no picture in it" } else { NO_VIDEO };
            return Err(self.unusable(Some(what.to_owned())));
        }
        let expected = self.pipeline.query_duration::<gst::ClockTime>().map(gst::ClockTime::nseconds);
        let found_s = seconds(self.counts.last_ns.load(Ordering::Relaxed));
        match expected.map(seconds) {
            Some(expected_s) if found_s + CUT_OFF_S < expected_s => {
                Err(FileError::CutOff { path: self.path.clone(), found_s, expected_s })
            }
            _ => Ok(()),
        }
    }

    /// What went wrong, if anything did.
    fn heard(&self) -> Option<String> {
        if let Some(reason) = self.fault.lock().unwrap_or_else(PoisonError::into_inner).clone() {
            return Some(reason);
        }
        let message = self.pipeline.bus()?.pop_filtered(&[gst::MessageType::Error])?;
        let gst::MessageView::Error(error) = message.view() else { return None };
        let flowed_nowhere = error.debug().is_some_and(|text| text.contains("not-linked"));
        let without_video = flowed_nowhere && !self.has_video.load(Ordering::Relaxed);
        Some(if without_video { NO_VIDEO.to_owned() } else { words(&error.error()) })
    }

    fn unusable(&self, reason: Option<String>) -> FileError {
        let reason = reason.unwrap_or_else(|| "it cannot be decoded".into());
        FileError::Unusable { path: self.path.clone(), reason }
    }
}

impl Drop for FileSource {
    fn drop(&mut self) {
        // The decoder may wait for room in the queue; without a reader it goes on and stops.
        let (_, nothing) = sync_channel(0);
        drop(std::mem::replace(&mut self.frames, nothing));
        let _stopped = self.pipeline.set_state(gst::State::Null);
    }
}

/// What is wrong with a file, in plain words.
pub(crate) fn words(error: &gst::glib::Error) -> String {
    match error.kind::<gst::StreamError>() {
        Some(gst::StreamError::TypeNotFound | gst::StreamError::WrongType) => "it is not a video file".into(),
        Some(gst::StreamError::Demux) => "it is damaged, cut off, or has no video in it".into(),
        Some(gst::StreamError::Decode) => "its video is damaged".into(),
        _ => error.message().to_owned(),
    }
}

fn sink(sender: SyncSender<FileFrame>, mut sampler: Sampler, counts: &Arc<Counts>) -> AppSink {
    let counts = Arc::clone(counts);
    let sender = Arc::new(Mutex::new(Some(sender)));
    let ending = Arc::clone(&sender);
    let on_sample = move |sample: gst::Sample| {
        counts.decoded.fetch_add(1, Ordering::Relaxed);
        let Some(stamp) = running_time(&sample) else {
            counts.bad_times.fetch_add(1, Ordering::Relaxed);
            return Ok(gst::FlowSuccess::Ok);
        };
        counts.last_ns.fetch_max(stamp, Ordering::Relaxed);
        match sampler.judge(Some(stamp)) {
            Verdict::Due(t) => {
                let pixels = MappedPixels::map(&sample).ok_or(gst::FlowError::NotNegotiated)?;
                let frame = FileFrame { t, size: pixels.size, pixels: Arc::new(pixels) };
                let sender = sender.lock().unwrap_or_else(PoisonError::into_inner);
                let sent = sender.as_ref().map(|sender| sender.send(frame));
                if matches!(sent, Some(Ok(()))) { Ok(gst::FlowSuccess::Ok) } else { Err(gst::FlowError::Eos) }
            }
            Verdict::Skip => Ok(gst::FlowSuccess::Ok),
            // A file's time does not begin anew: what lies back is dropped.
            Verdict::BadTime | Verdict::Restarted(_) => {
                counts.bad_times.fetch_add(1, Ordering::Relaxed);
                Ok(gst::FlowSuccess::Ok)
            }
        }
    };
    let on_end = move || drop(ending.lock().unwrap_or_else(PoisonError::into_inner).take());
    tail::sink(Box::new(on_sample), Box::new(on_end))
}

/// The picture's time from the start of the film, nanoseconds: edit lists and offsets taken in.
fn running_time(sample: &gst::Sample) -> Option<u64> {
    let pts = sample.buffer()?.pts()?;
    let segment = sample.segment()?.downcast_ref::<gst::ClockTime>()?;
    segment.to_running_time(pts).map(gst::ClockTime::nseconds)
}

fn pipeline(path: &Path, sink: AppSink, fault: &Fault, has_video: &Arc<AtomicBool>) -> Result<gst::Pipeline, String> {
    let pipeline = gst::Pipeline::new();
    let source = tail::element("filesrc")?;
    source.set_property("location", path);
    let parse = tail::element("parsebin")?;
    pipeline.add_many([&source, &parse, sink.upcast_ref()]).map_err(|error| error.to_string())?;
    source.link(&parse).map_err(|error| error.to_string())?;
    // parsebin can swallow the complaint of a demuxer that pushes sound to nobody, when it ends before the start is done.
    let (found, told) = (Arc::clone(has_video), Arc::clone(fault));
    parse.connect("drained", false, move |_| {
        if !found.load(Ordering::Relaxed) {
            told.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert_with(|| NO_VIDEO.to_owned());
        }
        None
    });
    let (weak, taken, fault) = (pipeline.downgrade(), Arc::clone(has_video), Arc::clone(fault));
    parse.connect_pad_added(move |_, pad| {
        let Some(pipeline) = weak.upgrade() else { return };
        let caps = pad.current_caps().unwrap_or_else(|| pad.query_caps(None));
        let is_video = caps
            .structure(0)
            .is_some_and(|first| first.name().starts_with("video/") || first.name().starts_with("image/"));
        // Sound and further pictures stay unlinked and are dropped where they come from.
        if !is_video || taken.swap(true, Ordering::Relaxed) {
            return;
        }
        if let Err(reason) = tail::link(&pipeline, pad, &sink, DecoderPolicy::SoftwareOnly) {
            fault.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(reason);
        }
    });
    Ok(pipeline)
}
