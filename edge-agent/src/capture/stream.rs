//! One connection to an RTSP camera: the pipeline and what is heard of it.

use super::decoder::DecoderPolicy;
use super::live::{Epoch, FrameTaker};
use super::options::{CameraOptions, Transport};
use super::{reason, reports, tail};
use gstreamer as gst;
use gstreamer::prelude::*;
use gstreamer_app::AppSink;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::sync_channel;
use std::time::Duration;

/// How long an element may take to stop before it is left to itself.
const STOP_LIMIT: Duration = Duration::from_secs(5);

/// What cameras may send: RTP encoding, depayloader, parser.
const ENCODINGS: [(&str, &str, Option<&str>); 3] = [
    ("H264", "rtph264depay", Some("h264parse")),
    ("H265", "rtph265depay", Some("h265parse")),
    ("JPEG", "rtpjpegdepay", None),
];

/// A connection at work; it is taken down when dropped.
pub(super) struct Stream {
    pipeline: gst::Pipeline,
    address: String,
}

impl Stream {
    /// Begins to connect.
    pub(super) fn connect(epoch: &Arc<Epoch>, options: &CameraOptions) -> Result<Self, String> {
        let stream = Self { pipeline: gst::Pipeline::new(), address: options.address.clone() };
        let source = source(options)?;
        let mut taker = FrameTaker::new(epoch);
        let sink = tail::sink(Box::new(move |sample| taker.take(&sample)), Box::new(|| {}));
        stream.pipeline.add_many([&source, sink.upcast_ref()]).map_err(|error| error.to_string())?;
        let reporting = Arc::clone(epoch);
        reports::watch(&source, move |stream_s, utc_s| reporting.report(stream_s, utc_s));
        choose_stream(&source, epoch);
        link_when_offered(&stream.pipeline, &source, sink, epoch);
        match stream.pipeline.set_state(gst::State::Playing) {
            Ok(_) => Ok(stream),
            Err(_) => Err(stream.heard(Duration::ZERO).unwrap_or_else(|| "the stream cannot be started".into())),
        }
    }

    /// Why the stream was lost, if that is heard within `patience`.
    pub(super) fn heard(&self, patience: Duration) -> Option<String> {
        let patience = gst::ClockTime::from_nseconds(u64::try_from(patience.as_nanos()).unwrap_or(u64::MAX));
        let wanted = [gst::MessageType::Error, gst::MessageType::Eos];
        let message = self.pipeline.bus()?.timed_pop_filtered(Some(patience), &wanted)?;
        Some(match message.view() {
            gst::MessageView::Error(error) => {
                tracing::debug!(message = %error.error().message(), debug = ?error.debug(), "stream error");
                reason::of_error(error, &self.address)
            }
            _ => "the camera ended the stream".into(),
        })
    }
}

impl Drop for Stream {
    /// Stops the pipeline in a thread of its own, because an element that hangs must not hang the
    /// camera. One that does is left behind, and said.
    fn drop(&mut self) {
        let (pipeline, (done, stopped)) = (self.pipeline.clone(), sync_channel(1));
        let stop = move || {
            let _state = pipeline.set_state(gst::State::Null);
            let _nobody_waits = done.send(());
        };
        if let Err(error) = std::thread::Builder::new().name("take-down".into()).spawn(stop) {
            tracing::error!(%error, "no thread to take a stream down");
        } else if stopped.recv_timeout(STOP_LIMIT).is_err() {
            tracing::error!("a stream does not stop and is left behind");
        }
    }
}

/// The RTSP source. User name and password are properties: an address ends up in logs.
fn source(options: &CameraOptions) -> Result<gst::Element, String> {
    let source = tail::element("rtspsrc")?;
    source.set_property("location", &options.address);
    source.set_property("latency", options.jitter_ms);
    source.set_property("user-agent", concat!("kerege/", env!("CARGO_PKG_VERSION")));
    // Spacing comes from RTP time alone; what the network does to it is the time map's business.
    source.set_property_from_str("buffer-mode", "none");
    source.set_property("tcp-timeout", 5_000_000u64);
    let protocols = match options.transport {
        Transport::Tcp => "tcp",
        Transport::Udp => "udp",
    };
    source.set_property_from_str("protocols", protocols);
    if let Some(credentials) = &options.credentials {
        source.set_property("user-id", &credentials.user);
        source.set_property("user-pw", &credentials.password.0);
    }
    Ok(source)
}

/// Takes the first video stream that can be used, and says what is wrong when none can.
fn choose_stream(source: &gst::Element, epoch: &Arc<Epoch>) {
    let (taken, epoch) = (AtomicBool::new(false), Arc::clone(epoch));
    source.connect("select-stream", false, move |values| {
        let caps = values.get(2).and_then(|value| value.get::<gst::Caps>().ok());
        let wanted = caps.is_some_and(|caps| match encoding(&caps) {
            Some(name) if ENCODINGS.iter().any(|(known, ..)| *known == name) => !taken.swap(true, Ordering::Relaxed),
            Some(name) => {
                if !taken.load(Ordering::Relaxed) {
                    epoch.fail(format!("the camera sends {name}; only H.264, H.265 and MJPEG can be used"));
                }
                false
            }
            None => false,
        });
        Some(wanted.to_value())
    });
}

/// The RTP encoding of a video stream; none for audio and metadata.
fn encoding(caps: &gst::Caps) -> Option<String> {
    let first = caps.structure(0)?;
    let is_video = first.get::<&str>("media").is_ok_and(|media| media == "video");
    is_video.then(|| first.get::<String>("encoding-name").ok()).flatten()
}

fn link_when_offered(pipeline: &gst::Pipeline, source: &gst::Element, sink: AppSink, epoch: &Arc<Epoch>) {
    let (pipeline, epoch) = (pipeline.downgrade(), Arc::clone(epoch));
    source.connect_pad_added(move |_, pad| {
        let Some(pipeline) = pipeline.upgrade() else { return };
        watch_packets(pad, &epoch);
        if let Err(reason) = link(&pipeline, pad, &sink) {
            epoch.fail(reason);
        }
    });
}

/// Tells the epoch when each packet arrived.
fn watch_packets(pad: &gst::Pad, epoch: &Arc<Epoch>) {
    let epoch = Arc::clone(epoch);
    pad.add_probe(gst::PadProbeType::BUFFER | gst::PadProbeType::BUFFER_LIST, move |_, info| {
        let stamp = match &info.data {
            Some(gst::PadProbeData::Buffer(buffer)) => buffer.pts(),
            Some(gst::PadProbeData::BufferList(list)) => list.get(0).and_then(gst::BufferRef::pts),
            _ => None,
        };
        if let Some(stamp) = stamp {
            epoch.packet(stamp);
        }
        gst::PadProbeReturn::Ok
    });
}

/// Depayloader, parser and the decoding tail behind the source's pad.
fn link(pipeline: &gst::Pipeline, pad: &gst::Pad, sink: &AppSink) -> Result<(), String> {
    let name = encoding(&pad.current_caps().unwrap_or_else(|| pad.query_caps(None))).unwrap_or_default();
    let (_, depay, parse) =
        *ENCODINGS.iter().find(|(known, ..)| *known == name).ok_or("the camera sends no video that can be used")?;
    let depay = tail::element(depay)?;
    let mut parts = vec![depay.clone()];
    if let Some(parse) = parse {
        parts.push(tail::element(parse)?);
    }
    pipeline.add_many(&parts).map_err(|error| error.to_string())?;
    gst::Element::link_many(&parts).map_err(|error| error.to_string())?;
    let last = parts.last().and_then(|last| last.static_pad("src")).ok_or("the parser gives nothing")?;
    tail::link(pipeline, &last, sink, DecoderPolicy::PreferHardware)?;
    for part in parts.iter().rev() {
        part.sync_state_with_parent().map_err(|error| error.to_string())?;
    }
    let input = depay.static_pad("sink").ok_or("the depayloader takes nothing")?;
    pad.link(&input).map(drop).map_err(|error: gst::PadLinkError| error.to_string())
}
