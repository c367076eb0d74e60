//! The camera's sender reports (RTCP): which UTC its clock showed at which stream time.

use gstreamer as gst;
use gstreamer::glib;
use gstreamer::prelude::*;

/// Seconds from 1900, where NTP begins, to 1970.
const NTP_TO_UNIX_S: f64 = 2_208_988_800.0;

/// Tells `on_report` the stream time (seconds, as the packets' time stamps) and the camera's UTC
/// (seconds since 1970) of each report that an RTSP source receives.
pub(super) fn watch(rtspsrc: &gst::Element, on_report: impl Fn(f64, f64) + Send + Sync + Clone + 'static) {
    rtspsrc.connect("new-manager", false, move |values| {
        let manager = values.get(1)?.get::<gst::Element>().ok()?;
        let on_report = on_report.clone();
        manager.connect("new-jitterbuffer", false, move |values| {
            let jitterbuffer = values.get(1)?.get::<gst::Element>().ok()?;
            let on_report = on_report.clone();
            jitterbuffer.connect("handle-sync", false, move |values| {
                let sync = values.iter().find_map(|value| value.get::<gst::Structure>().ok())?;
                if let Some((stream_s, utc_s)) = read(&sync) {
                    on_report(stream_s, utc_s);
                }
                None::<glib::Value>
            });
            None::<glib::Value>
        });
        None::<glib::Value>
    });
}

/// Stream time and camera UTC of the report in a jitter buffer's notice.
fn read(sync: &gst::StructureRef) -> Option<(f64, f64)> {
    let rate = f64::from(sync.get::<u32>("clock-rate").ok()?);
    let base_rtp = sync.get::<u64>("base-rtptime").ok()?;
    let base_time = super::sampling::seconds(sync.get::<u64>("base-time").ok()?);
    let report_rtp = sync.get::<u64>("sr-ext-rtptime").ok()?;
    let packet = sync.get::<gst::Buffer>("sr-buffer").ok()?;
    let utc_s = ntp_of(&packet.map_readable().ok()?)?;
    #[expect(clippy::cast_precision_loss, reason = "days of RTP ticks fit an f64")]
    let ticks = if report_rtp >= base_rtp { (report_rtp - base_rtp) as f64 } else { -((base_rtp - report_rtp) as f64) };
    (rate > 0.0).then_some((base_time + ticks / rate, utc_s))
}

/// UTC in an RTCP packet that begins with a sender report; a camera without a clock sends zero.
fn ntp_of(packet: &[u8]) -> Option<f64> {
    const SENDER_REPORT: u8 = 200;
    let head = packet.first_chunk::<16>()?;
    let seconds = u32::from_be_bytes([head[8], head[9], head[10], head[11]]);
    let fraction = u32::from_be_bytes([head[12], head[13], head[14], head[15]]);
    let told = head[1] == SENDER_REPORT && seconds != 0;
    told.then(|| f64::from(seconds) - NTP_TO_UNIX_S + f64::from(fraction) / 4_294_967_296.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sender_report_tells_utc() {
        let mut packet = vec![0x80, 200, 0, 6, 1, 2, 3, 4];
        packet.extend_from_slice(&3_981_686_400_u32.to_be_bytes());
        packet.extend_from_slice(&0x8000_0000_u32.to_be_bytes());
        assert!((ntp_of(&packet).unwrap() - 1_772_697_600.5).abs() < 1e-6);
        packet[1] = 201;
        assert_eq!(ntp_of(&packet), None, "a receiver report");
        packet[1] = 200;
        packet[8..12].fill(0);
        assert_eq!(ntp_of(&packet), None, "a camera without a clock");
        assert_eq!(ntp_of(&packet[..12]), None);
    }
}
