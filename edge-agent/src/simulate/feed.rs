//! The way from a file's access units into a camera's stream, and what can be made to go wrong on it.

use gstreamer as gst;
use gstreamer::prelude::*;
use gstreamer_app::AppSrc;

/// What the camera's sensor and encoder do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Picture {
    #[default]
    Moving,
    /// Nothing is sent, but nothing is closed either.
    Frozen,
    /// The same picture again and again.
    Still,
}

/// What arrives of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Content {
    #[default]
    Sound,
    /// Bytes that mean nothing.
    Garbage,
}

/// The stream that the clients of one camera share.
#[derive(Debug)]
pub(super) struct Feed {
    source: AppSrc,
    /// Running time of the stream less that of the file, nanoseconds.
    shift: Option<i64>,
    /// Nothing can be decoded before the next key picture.
    waits_for_key: bool,
    last_key: Option<gst::Buffer>,
}

impl Feed {
    /// Begins a stream. The parameter sets go first, so that a client is answered at once even when
    /// the next key picture is seconds away.
    pub(super) fn begin(source: AppSrc, caps: &gst::Caps, parameters: &[u8]) -> Self {
        source.set_caps(Some(caps));
        if !parameters.is_empty() {
            let mut head = gst::Buffer::from_slice(parameters.to_vec());
            if let Some(head) = head.get_mut() {
                head.set_pts(gst::ClockTime::ZERO);
                head.set_flags(gst::BufferFlags::HEADER);
            }
            // A stream that is gone already is noticed at the first picture.
            let _gone = source.push_buffer(head);
        }
        Self { source, shift: None, waits_for_key: true, last_key: None }
    }

    /// Sends one access unit; false when the stream is gone.
    pub(super) fn send(&mut self, unit: &gst::BufferRef, picture: Picture, content: Content) -> bool {
        let is_key = !unit.flags().contains(gst::BufferFlags::DELTA_UNIT);
        if is_key && picture != Picture::Still {
            self.last_key = Some(unit.copy());
        }
        let buffer = match picture {
            Picture::Frozen => None,
            Picture::Still => self.last_key.clone(),
            Picture::Moving if self.waits_for_key && !is_key => None,
            Picture::Moving => Some(unit.copy()),
        };
        self.waits_for_key = picture != Picture::Moving || (self.waits_for_key && !is_key);
        let Some(mut buffer) = buffer else { return true };
        if content == Content::Garbage {
            buffer = garbage(buffer.size());
        }
        let (pts, dts) = self.times(unit);
        let writable = buffer.make_mut();
        writable.set_pts(pts);
        writable.set_dts(dts);
        self.source.push_buffer(buffer).is_ok()
    }

    /// Ends the stream, as a camera that is switched off.
    pub(super) fn end(self) {
        // A stream that is gone already has ended too.
        let _gone = self.source.end_of_stream();
    }

    fn times(&mut self, unit: &gst::BufferRef) -> (Option<gst::ClockTime>, Option<gst::ClockTime>) {
        let now = self.source.current_running_time().unwrap_or(gst::ClockTime::ZERO);
        let signed = |time: gst::ClockTime| i64::try_from(time.nseconds()).unwrap_or(i64::MAX);
        let first = unit.dts_or_pts().unwrap_or(gst::ClockTime::ZERO);
        let shift = *self.shift.get_or_insert(signed(now) - signed(first));
        let shifted = |time: gst::ClockTime| {
            gst::ClockTime::from_nseconds(u64::try_from(signed(time).saturating_add(shift)).unwrap_or(0))
        };
        (unit.pts().map(shifted), unit.dts().map(shifted))
    }
}

/// Bytes that mean nothing, the same every time.
fn garbage(length: usize) -> gst::Buffer {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let bytes: Vec<u8> = (0..length.max(64))
        .map(|_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            state.to_be_bytes()[0]
        })
        .collect();
    gst::Buffer::from_slice(bytes)
}
