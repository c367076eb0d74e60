//! Which GStreamer element decodes a stream: the machine's hardware when it has any, else software
//! with one thread, because several cameras keep the cores busy better than threads within one.

use gstreamer as gst;
use gstreamer::prelude::*;

/// Whether hardware may decode.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DecoderPolicy {
    /// Hardware when present: live cameras.
    PreferHardware,
    /// Software only: the same file must give the same pixels on every machine.
    SoftwareOnly,
}

/// Decoders of the codecs that cameras send, best first. Hardware elements exist only where their
/// driver found a device.
const KNOWN: [(&str, &[&str], &[&str]); 3] = [
    ("video/x-h264", &["vah264dec", "v4l2slh264dec", "v4l2h264dec", "nvh264dec"], &["avdec_h264", "openh264dec"]),
    ("video/x-h265", &["vah265dec", "v4l2slh265dec", "v4l2h265dec", "nvh265dec"], &["avdec_h265", "libde265dec"]),
    ("image/jpeg", &["vajpegdec", "v4l2jpegdec"], &["jpegdec", "avdec_mjpeg"]),
];

/// Makes the best decoder for parsed packets of these caps; none when nothing here decodes them.
pub(crate) fn make(caps: &gst::Caps, policy: DecoderPolicy) -> Option<gst::Element> {
    let media = caps.structure(0)?.name();
    let known = KNOWN.iter().find(|(name, ..)| media == name);
    let element = match known {
        Some((_, hardware, software)) => {
            let hardware = if policy == DecoderPolicy::PreferHardware { *hardware } else { &[] };
            hardware.iter().chain(*software).find_map(|name| gst::ElementFactory::make(name).build().ok())
        }
        None => other(caps),
    }?;
    if element.has_property("max-threads") {
        element.set_property("max-threads", 1i32);
    }
    if policy == DecoderPolicy::PreferHardware && element.has_property("output-corrupt") {
        // A damaged picture of a live camera shows what is not there.
        element.set_property("output-corrupt", false);
    }
    Some(element)
}

/// The highest ranked software decoder of an uncommon codec (files only).
fn other(caps: &gst::Caps) -> Option<gst::Element> {
    let kind = gst::ElementFactoryType::DECODER | gst::ElementFactoryType::MEDIA_VIDEO;
    let mut factories: Vec<_> = gst::ElementFactory::factories_with_type(kind, gst::Rank::MARGINAL)
        .into_iter()
        .filter(|factory| factory.can_sink_any_caps(caps))
        .filter(|factory| !factory.metadata("klass").is_some_and(|klass| klass.contains("Hardware")))
        .collect();
    factories.sort_by_key(|factory| std::cmp::Reverse(factory.rank()));
    factories.iter().find_map(|factory| factory.create().build().ok())
}
