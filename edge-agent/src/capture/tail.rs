//! The end of every pipeline: decoder, conversion where the decoder gives another format, and the sink
//! that hands pictures over.

use super::decoder::{self, DecoderPolicy};
use gstreamer as gst;
use gstreamer::prelude::*;
use gstreamer_app::{AppSink, AppSinkCallbacks};
use gstreamer_video as video;

/// What is done with each decoded picture, in the decoder's thread.
pub(super) type OnSample = Box<dyn FnMut(gst::Sample) -> Result<gst::FlowSuccess, gst::FlowError> + Send>;

/// What happens at the end of the stream.
pub(super) type OnEnd = Box<dyn FnMut() + Send>;

/// A sink for I420 and NV12 that hands over every picture as soon as it is decoded. It must be in the
/// pipeline from the start: one that is added later may miss that the pipeline plays and wait for ever.
pub(super) fn sink(mut on_sample: OnSample, mut on_end: OnEnd) -> AppSink {
    let formats = [video::VideoFormat::I420, video::VideoFormat::Nv12];
    let caps = video::VideoCapsBuilder::new().format_list(formats).build();
    let sink =
        AppSink::builder().caps(&caps).sync(false).async_(false).max_buffers(1).enable_last_sample(false).build();
    let new_sample = move |sink: &AppSink| on_sample(sink.pull_sample().map_err(|_| gst::FlowError::Eos)?);
    sink.set_callbacks(AppSinkCallbacks::builder().new_sample(new_sample).eos(move |_| on_end()).build());
    if let Some(pad) = sink.static_pad("sink") {
        accept_strides(&pad);
    }
    sink
}

/// Tells decoders that rows may be padded, so that they need not copy their pictures into tight ones.
fn accept_strides(pad: &gst::Pad) {
    pad.add_probe(gst::PadProbeType::QUERY_DOWNSTREAM, |_, info| {
        let Some(query) = info.query_mut() else { return gst::PadProbeReturn::Ok };
        let gst::QueryViewMut::Allocation(allocation) = query.view_mut() else { return gst::PadProbeReturn::Ok };
        allocation.add_allocation_meta::<video::VideoMeta>(None);
        gst::PadProbeReturn::Handled
    });
}

/// Adds a decoder for the pad's parsed packets and links it to the sink, which is in the pipeline already.
pub(super) fn link(
    pipeline: &gst::Pipeline,
    pad: &gst::Pad,
    sink: &AppSink,
    policy: DecoderPolicy,
) -> Result<(), String> {
    let caps = pad.current_caps().unwrap_or_else(|| pad.query_caps(None));
    let named = || caps.structure(0).map_or_else(|| "nothing".into(), |first| first.name().to_string());
    let decoder = decoder::make(&caps, policy).ok_or_else(|| format!("no decoder for {} is installed", named()))?;
    let convert = element("videoconvert")?;
    pipeline.add_many([&decoder, &convert]).map_err(|error| error.to_string())?;
    gst::Element::link_many([&decoder, &convert, sink.upcast_ref()]).map_err(|error| error.to_string())?;
    for part in [&convert, &decoder] {
        part.sync_state_with_parent().map_err(|error| error.to_string())?;
    }
    let input = decoder.static_pad("sink").ok_or("the decoder takes nothing")?;
    pad.link(&input).map(drop).map_err(|error| error.to_string())
}

/// An element by its factory's name.
pub(super) fn element(name: &str) -> Result<gst::Element, String> {
    let missing = |_| format!("GStreamer's element '{name}' is missing: install its plugins (good, bad, ugly, libav)");
    gst::ElementFactory::make(name).build().map_err(missing)
}
