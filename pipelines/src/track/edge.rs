//! Boxes at the frame's edge are cut off, and a cut box has its contact point in the wrong place: a
//! car that leaves through the bottom would seem to brake. What is hidden is put back from the size
//! the track had when it was whole.

use kerege_contract::{FrameSize, PixelBox};

/// How far a box may end from an edge and still be cut by it: share of the frame, and of the box.
const SHORT_OF_FRAME: f64 = 0.004;
const SHORT_OF_BOX: f64 = 0.04;

/// Which edges of the frame a box touches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Edges {
    pub(crate) left: bool,
    pub(crate) top: bool,
    pub(crate) right: bool,
    pub(crate) bottom: bool,
}

impl Edges {
    /// The edges that a box touches, or of which it falls as little short as detectors do.
    pub(crate) fn touched(bbox: PixelBox, frame: FrameSize) -> Self {
        let (width, height) = (frame.square_width(), f64::from(frame.height));
        let near_x = (SHORT_OF_FRAME * width).max(SHORT_OF_BOX * bbox.width());
        let near_y = (SHORT_OF_FRAME * height).max(SHORT_OF_BOX * bbox.height());
        Self {
            left: bbox.x1 <= near_x,
            top: bbox.y1 <= near_y,
            right: bbox.x2 >= width - near_x,
            bottom: bbox.y2 >= height - near_y,
        }
    }

    /// Whether it touches any.
    pub(crate) const fn any(self) -> bool {
        self.left || self.top || self.right || self.bottom
    }

    /// Whether it touches an edge that moves its contact point.
    pub(crate) const fn moves_anchor(self) -> bool {
        self.left || self.right || self.bottom
    }
}

/// The size of a track where no edge cuts it, square pixels.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct WholeSize {
    width: f64,
    height: f64,
}

impl WholeSize {
    /// From the first box that was seen.
    pub(crate) fn new(bbox: PixelBox) -> Self {
        Self { width: bbox.width(), height: bbox.height() }
    }

    /// Learns from a box and returns it with its hidden part put back.
    pub(crate) fn restore(&mut self, bbox: PixelBox, edges: Edges) -> PixelBox {
        let (cut_x, cut_y) = (edges.left || edges.right, edges.top || edges.bottom);
        // Nearer means larger: the side that is whole tells by how much.
        let growth = |now: f64, whole: f64| if whole > 0.0 { (now / whole).clamp(0.8, 1.25) } else { 1.0 };
        let scale_x = if cut_y { 1.0 } else { growth(bbox.height(), self.height) };
        let scale_y = if cut_x { 1.0 } else { growth(bbox.width(), self.width) };
        let width = if cut_x { bbox.width().max(self.width * scale_x) } else { bbox.width() };
        let height = if cut_y { bbox.height().max(self.height * scale_y) } else { bbox.height() };
        *self = Self { width, height };
        let (x1, x2) = match (edges.left, edges.right) {
            (true, false) => (bbox.x2 - width, bbox.x2),
            (false, true) => (bbox.x1, bbox.x1 + width),
            _ => (bbox.x1, bbox.x2),
        };
        let (y1, y2) = match (edges.top, edges.bottom) {
            (true, false) => (bbox.y2 - height, bbox.y2),
            (false, true) => (bbox.y1, bbox.y1 + height),
            _ => (bbox.y1, bbox.y2),
        };
        PixelBox { x1, y1, x2, y2 }
    }
}

/// The part of a box that lies in the frame.
pub(crate) fn visible(bbox: PixelBox, frame: FrameSize) -> PixelBox {
    let (width, height) = (frame.square_width(), f64::from(frame.height));
    PixelBox {
        x1: bbox.x1.clamp(0.0, width),
        y1: bbox.y1.clamp(0.0, height),
        x2: bbox.x2.clamp(0.0, width),
        y2: bbox.y2.clamp(0.0, height),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRAME: FrameSize = FrameSize::new(640, 360);

    #[test]
    fn the_anchor_goes_on_below_the_frame() {
        let mut whole = WholeSize::new(PixelBox { x1: 100.0, y1: 250.0, x2: 180.0, y2: 310.0 });
        for top in [260.0, 290.0, 320.0, 340.0] {
            let seen = visible(PixelBox { x1: 100.0, y1: top, x2: 180.0, y2: top + 60.0 }, FRAME);
            let restored = whole.restore(seen, Edges::touched(seen, FRAME));
            assert_eq!(restored.y2, top + 60.0);
        }
    }

    #[test]
    fn a_box_that_enters_is_taken_as_it_is_seen() {
        let mut whole = WholeSize::new(PixelBox { x1: 0.0, y1: 100.0, x2: 10.0, y2: 140.0 });
        let mut width = 10.0_f64;
        while width < 90.0 {
            width += 20.0;
            let seen = PixelBox { x1: (width - 80.0).max(0.0), y1: 100.0, x2: width, y2: 140.0 };
            assert_eq!(whole.restore(seen, Edges::touched(seen, FRAME)), seen);
        }
    }
}
