//! A decoder's buffer as a picture, without copying it.

use crate::frame::Pixels;
use gstreamer as gst;
use gstreamer_video as video;
use gstreamer_video::prelude::*;
use kerege_contract::FrameSize;
use kerege_models::{ColourMatrix, ColourRange, Picture, PictureFormat, Plane};

/// A mapped buffer of I420 or NV12; unmapped when the last frame that shares it goes.
pub(super) struct MappedPixels {
    frame: video::VideoFrame<video::video_frame::Readable>,
    format: PictureFormat,
    pub(super) size: FrameSize,
}

impl MappedPixels {
    /// Maps the sample's buffer; none when it holds no picture of a format that we take.
    pub(super) fn map(sample: &gst::Sample) -> Option<Self> {
        let info = video::VideoInfo::from_caps(sample.caps()?).ok()?;
        let format = match info.format() {
            video::VideoFormat::I420 => PictureFormat::I420,
            video::VideoFormat::Nv12 => PictureFormat::Nv12,
            _ => return None,
        };
        let size = FrameSize { width: info.width(), height: info.height(), pixel_aspect: pixel_aspect(&info) };
        let frame = video::VideoFrame::from_buffer_readable(sample.buffer_owned()?, &info).ok()?;
        Some(Self { frame, format, size })
    }
}

/// Width of a stored pixel over its height; nonsense counts as square.
fn pixel_aspect(info: &video::VideoInfo) -> f64 {
    let aspect = f64::from(info.par().numer()) / f64::from(info.par().denom());
    if (0.1..=10.0).contains(&aspect) { aspect } else { 1.0 }
}

impl Pixels for MappedPixels {
    fn picture(&self) -> Picture<'_> {
        let mut planes = [Plane::default(); 3];
        for (index, plane) in planes.iter_mut().take(self.format.plane_count()).enumerate() {
            let at = u32::try_from(index).unwrap_or(0);
            let stride = self.frame.plane_stride().get(index).copied().unwrap_or(0);
            plane.data = self.frame.plane_data(at).unwrap_or_default();
            plane.stride = usize::try_from(stride).unwrap_or(0);
        }
        let colours = self.frame.info().colorimetry();
        Picture {
            width: self.size.width,
            height: self.size.height,
            format: self.format,
            planes,
            pixel_aspect: self.size.pixel_aspect,
            matrix: match colours.matrix() {
                video::VideoColorMatrix::Bt601 | video::VideoColorMatrix::Fcc => ColourMatrix::Bt601,
                video::VideoColorMatrix::Bt709 => ColourMatrix::Bt709,
                _ => ColourMatrix::customary(self.size.height),
            },
            range: match colours.range() {
                video::VideoColorRange::Range0_255 => ColourRange::Full,
                _ => ColourRange::Limited,
            },
        }
    }
}
