//! Where a picture lies in the model's input, and the way back to the frame.

use crate::manifest::{InputSpec, Resize};
use kerege_contract::FrameBox;

/// The part of the input that the picture covers: from the top left, in input pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Placement {
    /// Input pixels across, at least 1.
    pub width: u32,
    /// Input pixels down, at least 1.
    pub height: u32,
}

impl Placement {
    /// Places a picture by the manifest's policy; a letterbox keeps the true shape of pixels that
    /// are not square.
    #[must_use]
    pub fn new(width: u32, height: u32, pixel_aspect: f64, spec: &InputSpec) -> Self {
        if spec.resize == Resize::Stretch {
            return Self { width: spec.width, height: spec.height };
        }
        let (shown_width, shown_height) = (f64::from(width) * pixel_aspect, f64::from(height));
        let scale = (f64::from(spec.width) / shown_width).min(f64::from(spec.height) / shown_height);
        Self { width: side(shown_width * scale, spec.width), height: side(shown_height * scale, spec.height) }
    }

    /// A box in input pixels as 0..1 of the frame, clipped to it; none when nothing of it is inside.
    #[must_use]
    pub fn to_frame(self, [x1, y1, x2, y2]: [f32; 4]) -> Option<FrameBox> {
        #[expect(clippy::cast_precision_loss, reason = "an input has at most 4096 pixels a side")]
        let (width, height) = (self.width as f32, self.height as f32);
        let clip = |value: f32, side: f32| (value / side).clamp(0.0, 1.0);
        let bbox = FrameBox { x1: clip(x1, width), y1: clip(y1, height), x2: clip(x2, width), y2: clip(y2, height) };
        (bbox.x2 > bbox.x1 && bbox.y2 > bbox.y1).then_some(bbox)
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "within 1..=4096")]
fn side(length: f64, most: u32) -> u32 {
    (length.round() as u32).clamp(1, most)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::BUILT_IN;
    use crate::manifest::Manifest;

    fn spec() -> InputSpec {
        Manifest::from_toml(BUILT_IN[0].1, "m").unwrap().input
    }

    #[test]
    fn the_true_shape_is_kept() {
        let cases = [
            ((640, 360, 1.0), (416, 234)),
            ((1920, 1080, 1.0), (416, 234)),
            ((360, 640, 1.0), (234, 416)),
            ((416, 416, 1.0), (416, 416)),
            ((100, 50, 1.0), (416, 208)),
            ((720, 576, 16.0 / 11.0), (416, 229)),
            ((16_384, 1, 1.0), (416, 1)),
        ];
        for ((width, height, aspect), (out_width, out_height)) in cases {
            let placed = Placement::new(width, height, aspect, &spec());
            assert_eq!((placed.width, placed.height), (out_width, out_height), "{width}x{height} {aspect}");
        }
        let stretched = Placement::new(640, 360, 1.0, &InputSpec { resize: Resize::Stretch, ..spec() });
        assert_eq!((stretched.width, stretched.height), (416, 416));
    }

    #[test]
    fn boxes_come_back_clipped_to_the_frame() {
        let placed = Placement { width: 416, height: 234 };
        let whole = placed.to_frame([-5.0, -5.0, 500.0, 500.0]).unwrap();
        assert_eq!(<[f32; 4]>::from(whole), [0.0, 0.0, 1.0, 1.0]);
        let quarter = placed.to_frame([104.0, 117.0, 208.0, 234.0]).unwrap();
        assert_eq!(<[f32; 4]>::from(quarter), [0.25, 0.5, 0.5, 1.0]);
        assert!(placed.to_frame([10.0, 240.0, 50.0, 300.0]).is_none(), "inside the fill only");
        assert!(placed.to_frame([f32::NAN, 0.0, 10.0, 10.0]).is_none());
    }
}
