//! A video file as a camera would send it: access units of H.264, H.265 or MJPEG, in real time.
//!
//! What is one of these already is passed on untouched; anything else is encoded as H.264.

use crate::capture::{DecoderPolicy, make_decoder};
use gstreamer as gst;
use gstreamer::prelude::*;
use gstreamer_app::AppSink;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

/// What a camera can send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Codec {
    H264,
    H265,
    Jpeg,
}

impl Codec {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::H264 => "h264",
            Self::H265 => "h265",
            Self::Jpeg => "mjpeg",
        }
    }

    /// The pipeline of a camera's stream, fed by `appsrc name=source`.
    pub(super) fn launch_line(self) -> String {
        let payloader = match self {
            Self::H264 => "rtph264pay config-interval=-1 aggregate-mode=zero-latency",
            Self::H265 => "rtph265pay config-interval=-1 aggregate-mode=zero-latency",
            Self::Jpeg => "rtpjpegpay",
        };
        format!("( appsrc name=source format=time is-live=true ! {payloader} name=pay0 pt=96 )")
    }

    fn of(caps: &gst::CapsRef) -> Option<Self> {
        match caps.structure(0)?.name().as_str() {
            "video/x-h264" => Some(Self::H264),
            "video/x-h265" => Some(Self::H265),
            "image/jpeg" => Some(Self::Jpeg),
            _ => None,
        }
    }
}

/// How a file's pictures get into the stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Carry {
    /// Untouched, where cameras can send them.
    AsTheyAre,
    /// Encoded as H.264.
    Encoded,
}

/// Why a file cannot be played as a camera.
#[derive(Debug, thiserror::Error)]
pub enum ClipError {
    /// Nothing could be read or understood.
    #[error("cannot play {}: {reason}", path.display())]
    Unplayable {
        /// The file.
        path: PathBuf,
        /// Why, in words.
        reason: String,
    },
    /// A GStreamer element is missing.
    #[error("GStreamer's element '{0}' is missing: install the GStreamer plugins (good, bad, ugly, libav)")]
    Element(String),
}

/// A file that can be played.
#[derive(Debug)]
pub(super) struct Clip {
    pub(super) path: PathBuf,
    pub(super) codec: Codec,
    pub(super) caps: gst::Caps,
    /// SPS and PPS (and VPS) of the first picture: enough for a client to be answered by.
    pub(super) parameters: Vec<u8>,
    carry: Carry,
}

impl Clip {
    /// Opens the file and looks at its first picture.
    pub(super) fn open(path: &Path) -> Result<Self, ClipError> {
        let clip = Self::open_as(path, Carry::AsTheyAre)?;
        if can_be_carried(&clip.caps) { Ok(clip) } else { Self::open_as(path, Carry::Encoded) }
    }

    fn open_as(path: &Path, carry: Carry) -> Result<Self, ClipError> {
        let unplayable = |reason: String| ClipError::Unplayable { path: path.to_owned(), reason };
        std::fs::File::open(path).map_err(|error| unplayable(error.to_string()))?;
        let pass = Pass::prepare(path, carry)?;
        let first = pass.first_unit().map_err(unplayable)?;
        let caps = first.caps().map(gst::CapsRef::to_owned).ok_or_else(|| unplayable("no video in it".into()))?;
        let codec = Codec::of(&caps).ok_or_else(|| unplayable("no video in it".into()))?;
        let bytes = first.buffer().and_then(|buffer| buffer.map_readable().ok());
        let parameters = bytes.map(|bytes| super::access::parameter_sets(&bytes, codec)).unwrap_or_default();
        Ok(Self { path: path.to_owned(), codec, caps, parameters, carry })
    }

    /// Starts to play it from its beginning.
    pub(super) fn play(&self) -> Result<Pass, ClipError> {
        let pass = Pass::prepare(&self.path, self.carry)?;
        pass.start().map_err(|reason| ClipError::Unplayable { path: self.path.clone(), reason })?;
        Ok(pass)
    }
}

/// What came next of a pass.
#[derive(Debug)]
pub(super) enum Next {
    Unit(gst::Sample),
    /// Nothing yet.
    Wait,
    End,
    Failed(String),
}

/// One play through a file.
#[derive(Debug)]
pub(super) struct Pass {
    pipeline: gst::Pipeline,
    sink: AppSink,
}

impl Pass {
    fn prepare(path: &Path, carry: Carry) -> Result<Self, ClipError> {
        let pipeline = gst::Pipeline::new();
        let source = make("filesrc")?;
        source.set_property("location", path);
        let parse = make("parsebin")?;
        let sink = AppSink::builder().caps(&sendable_caps()).sync(true).max_buffers(8).build();
        let unplayable =
            |error: gst::glib::BoolError| ClipError::Unplayable { path: path.to_owned(), reason: error.to_string() };
        pipeline.add_many([&source, &parse, sink.upcast_ref()]).map_err(unplayable)?;
        source.link(&parse).map_err(unplayable)?;
        let (weak, target, taken) = (pipeline.downgrade(), sink.downgrade(), AtomicBool::new(false));
        parse.connect_pad_added(move |_, pad| {
            let (Some(pipeline), Some(sink)) = (weak.upgrade(), target.upgrade()) else { return };
            // Sound and further pictures stay unlinked and are dropped where they come from.
            if !is_video(pad) || taken.swap(true, Ordering::Relaxed) {
                return;
            }
            if let Err(reason) = link_video(&pipeline, pad, &sink, carry) {
                gst::element_error!(pipeline, gst::StreamError::Format, ("{reason}"));
            }
        });
        Ok(Self { pipeline, sink })
    }

    fn start(&self) -> Result<(), String> {
        self.pipeline.set_state(gst::State::Playing).map(drop).map_err(|_| self.reason())
    }

    /// The first picture; what goes wrong is said at once, silence after a while.
    fn first_unit(&self) -> Result<gst::Sample, String> {
        self.pipeline.set_state(gst::State::Paused).map_err(|_| self.reason())?;
        for _ in 0..100 {
            if let Some(sample) = self.sink.try_pull_preroll(gst::ClockTime::from_mseconds(100)) {
                return Ok(sample);
            }
            if let Some(reason) = self.error() {
                return Err(reason);
            }
        }
        Err(self.reason())
    }

    /// What comes next, waiting at most a tenth of a second.
    pub(super) fn next(&self) -> Next {
        if let Some(sample) = self.sink.try_pull_sample(gst::ClockTime::from_mseconds(100)) {
            return Next::Unit(sample);
        }
        match self.error() {
            Some(reason) => Next::Failed(reason),
            None if self.sink.is_eos() => Next::End,
            None => Next::Wait,
        }
    }

    fn error(&self) -> Option<String> {
        let message = self.pipeline.bus()?.pop_filtered(&[gst::MessageType::Error])?;
        match message.view() {
            gst::MessageView::Error(error) => Some(crate::capture::file_words(&error.error())),
            _ => None,
        }
    }

    fn reason(&self) -> String {
        self.error().unwrap_or_else(|| "no video in it".into())
    }
}

impl Drop for Pass {
    fn drop(&mut self) {
        // Nothing can be done about an element that will not stop.
        let _stopped = self.pipeline.set_state(gst::State::Null);
    }
}

fn make(name: &str) -> Result<gst::Element, ClipError> {
    gst::ElementFactory::make(name).build().map_err(|_| ClipError::Element(name.to_owned()))
}

fn sendable_caps() -> gst::Caps {
    let unit = |name: &str| {
        gst::Structure::builder(name).field("stream-format", "byte-stream").field("alignment", "au").build()
    };
    let mut caps = gst::Caps::builder_full().structure(unit("video/x-h264")).structure(unit("video/x-h265")).build();
    caps.merge(gst::Caps::new_empty_simple("image/jpeg"));
    caps
}

/// RTP carries only two of JPEG's ways of sampling colour (RFC 2435).
fn can_be_carried(caps: &gst::CapsRef) -> bool {
    let sampling = caps.structure(0).and_then(|first| first.get::<String>("sampling").ok());
    sampling.is_none_or(|sampling| ["YCbCr-4:2:0", "YCbCr-4:2:2"].contains(&sampling.as_str()))
}

fn is_video(pad: &gst::Pad) -> bool {
    let caps = pad.current_caps().unwrap_or_else(|| pad.query_caps(None));
    caps.structure(0).is_some_and(|first| first.name().starts_with("video/") || first.name().starts_with("image/"))
}

/// From a parsed video stream to the sink, encoding what cameras do not send.
fn link_video(pipeline: &gst::Pipeline, pad: &gst::Pad, sink: &AppSink, carry: Carry) -> Result<(), String> {
    let caps = pad.current_caps().unwrap_or_else(|| pad.query_caps(None));
    let chain: &[&str] = match Codec::of(&caps).filter(|_| carry == Carry::AsTheyAre) {
        Some(Codec::H264) => &["h264parse"],
        Some(Codec::H265) => &["h265parse"],
        Some(Codec::Jpeg) => &["jpegparse"],
        None => {
            let decoder = make_decoder(&caps, DecoderPolicy::SoftwareOnly)
                .ok_or_else(|| format!("no decoder for {}", caps.structure(0).map_or("it", |s| s.name().as_str())))?;
            pipeline.add(&decoder).map_err(|error| error.to_string())?;
            let input = decoder.static_pad("sink").ok_or("the decoder has no sink")?;
            pad.link(&input).map_err(|error| error.to_string())?;
            decoder.sync_state_with_parent().map_err(|error| error.to_string())?;
            let output = decoder.static_pad("src").ok_or("the decoder has no source")?;
            return link_chain(pipeline, &output, &["videoconvert", "x264enc", "h264parse"], sink);
        }
    };
    link_chain(pipeline, pad, chain, sink)
}

/// Adds elements behind a pad, one after another, and starts them.
fn link_chain(pipeline: &gst::Pipeline, pad: &gst::Pad, names: &[&str], sink: &AppSink) -> Result<(), String> {
    let mut from = pad.clone();
    for name in names {
        let element = make(name).map_err(|error| error.to_string())?;
        match *name {
            "x264enc" => {
                element.set_property_from_str("tune", "zerolatency");
                element.set_property_from_str("speed-preset", "veryfast");
                element.set_property("key-int-max", 50u32);
            }
            "h264parse" | "h265parse" => element.set_property("config-interval", -1i32),
            _ => {}
        }
        pipeline.add(&element).map_err(|error| error.to_string())?;
        element.sync_state_with_parent().map_err(|error| error.to_string())?;
        let input = element.static_pad("sink").ok_or("an element has no sink")?;
        from.link(&input).map_err(|error| error.to_string())?;
        from = element.static_pad("src").ok_or("an element has no source")?;
    }
    let input = sink.static_pad("sink").ok_or("the end has no sink")?;
    from.link(&input).map(drop).map_err(|error| error.to_string())
}
