//! Points, boxes, lines and polygons of a picture.
//!
//! What people draw and what the wire carries is 0..1 of the frame from the top left ([`FramePoint`],
//! [`FrameBox`]). Everything that is computed is computed in square pixels ([`PixelPoint`],
//! [`PixelBox`]): x grows to the right, y grows downward, and an anamorphic frame is stretched to
//! its true shape first, because angles and distances in 0..1 mean nothing.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A point, 0..1 of the frame from the top left; `[x, y]` on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(from = "[f64; 2]", into = "[f64; 2]")]
#[schemars(with = "[f64; 2]")]
pub struct FramePoint {
    /// From the left edge, 0..1.
    pub x: f64,
    /// From the top edge, 0..1.
    pub y: f64,
}

impl From<[f64; 2]> for FramePoint {
    fn from([x, y]: [f64; 2]) -> Self {
        Self { x, y }
    }
}

impl From<FramePoint> for [f64; 2] {
    fn from(point: FramePoint) -> Self {
        [point.x, point.y]
    }
}

/// A box, 0..1 of the frame; `[x1, y1, x2, y2]` on the wire, top left then bottom right.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(from = "[f32; 4]", into = "[f32; 4]")]
#[schemars(with = "[f32; 4]")]
pub struct FrameBox {
    /// Left edge.
    pub x1: f32,
    /// Top edge.
    pub y1: f32,
    /// Right edge.
    pub x2: f32,
    /// Bottom edge.
    pub y2: f32,
}

impl From<[f32; 4]> for FrameBox {
    fn from([x1, y1, x2, y2]: [f32; 4]) -> Self {
        Self { x1, y1, x2, y2 }
    }
}

impl From<FrameBox> for [f32; 4] {
    fn from(bbox: FrameBox) -> Self {
        [bbox.x1, bbox.y1, bbox.x2, bbox.y2]
    }
}

impl FrameBox {
    /// Rounded to four decimals (a tenth of a pixel in full HD), which is what is sent and stored.
    #[must_use]
    pub fn rounded(self) -> Self {
        let round = |value: f32| (value * 10_000.0).round() / 10_000.0;
        Self { x1: round(self.x1), y1: round(self.y1), x2: round(self.x2), y2: round(self.y2) }
    }
}

/// A frame's size in stored pixels, and the width of one stored pixel in heights.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FrameSize {
    /// Stored pixels across.
    pub width: u32,
    /// Stored pixels down.
    pub height: u32,
    /// Pixel aspect ratio: width of a pixel over its height; 1 for square pixels.
    #[serde(default = "square")]
    pub pixel_aspect: f64,
}

const fn square() -> f64 {
    1.0
}

impl FrameSize {
    /// A frame of square pixels.
    #[must_use]
    pub const fn new(width: u32, height: u32) -> Self {
        Self { width, height, pixel_aspect: 1.0 }
    }

    /// Its width in square pixels.
    #[must_use]
    pub fn square_width(self) -> f64 {
        f64::from(self.width) * self.pixel_aspect
    }

    /// A point of the frame in square pixels.
    #[must_use]
    pub fn pixel(self, point: FramePoint) -> PixelPoint {
        PixelPoint { x: point.x * self.square_width(), y: point.y * f64::from(self.height) }
    }

    /// Several points of the frame in square pixels.
    #[must_use]
    pub fn pixels(self, points: &[FramePoint]) -> Vec<PixelPoint> {
        points.iter().map(|point| self.pixel(*point)).collect()
    }

    /// A point in square pixels back as 0..1 of the frame.
    #[must_use]
    pub fn frame_point(self, point: PixelPoint) -> FramePoint {
        FramePoint { x: point.x / self.square_width(), y: point.y / f64::from(self.height) }
    }

    /// A box of the frame in square pixels.
    #[must_use]
    pub fn pixel_box(self, bbox: FrameBox) -> PixelBox {
        let (width, height) = (self.square_width(), f64::from(self.height));
        PixelBox {
            x1: f64::from(bbox.x1) * width,
            y1: f64::from(bbox.y1) * height,
            x2: f64::from(bbox.x2) * width,
            y2: f64::from(bbox.y2) * height,
        }
    }

    /// A box in square pixels back as 0..1 of the frame.
    #[must_use]
    #[expect(clippy::cast_possible_truncation, reason = "four decimals are sent")]
    pub fn frame_box(self, bbox: PixelBox) -> FrameBox {
        let (width, height) = (self.square_width(), f64::from(self.height));
        FrameBox {
            x1: (bbox.x1 / width) as f32,
            y1: (bbox.y1 / height) as f32,
            x2: (bbox.x2 / width) as f32,
            y2: (bbox.y2 / height) as f32,
        }
    }
}

/// A point in square pixels.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct PixelPoint {
    /// To the right.
    pub x: f64,
    /// Downward.
    pub y: f64,
}

impl PixelPoint {
    /// A point.
    #[must_use]
    pub const fn new(x: f64, y: f64) -> Self {
        Self { x, y }
    }

    /// Distance to another point, in square pixels.
    #[must_use]
    pub fn distance(self, other: Self) -> f64 {
        let (x, y) = (self.x - other.x, self.y - other.y);
        // Pixels and metres are far from where squares overflow, which `hypot` guards against at twice the time.
        (x * x + y * y).sqrt()
    }

    /// The point at `t` of the way to another: 0 is here, 1 is there.
    #[must_use]
    pub fn toward(self, other: Self, t: f64) -> Self {
        Self { x: self.x + (other.x - self.x) * t, y: self.y + (other.y - self.y) * t }
    }
}

/// A box in square pixels.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct PixelBox {
    /// Left edge.
    pub x1: f64,
    /// Top edge.
    pub y1: f64,
    /// Right edge.
    pub x2: f64,
    /// Bottom edge.
    pub y2: f64,
}

impl PixelBox {
    /// Width, never negative.
    #[must_use]
    pub fn width(self) -> f64 {
        (self.x2 - self.x1).max(0.0)
    }

    /// Height, never negative.
    #[must_use]
    pub fn height(self) -> f64 {
        (self.y2 - self.y1).max(0.0)
    }

    /// Area, never negative.
    #[must_use]
    pub fn area(self) -> f64 {
        self.width() * self.height()
    }

    /// Where a road user touches the road: the middle of the bottom edge.
    #[must_use]
    pub fn anchor(self) -> PixelPoint {
        PixelPoint { x: f64::midpoint(self.x1, self.x2), y: self.y2 }
    }

    /// The middle.
    #[must_use]
    pub fn centre(self) -> PixelPoint {
        PixelPoint { x: f64::midpoint(self.x1, self.x2), y: f64::midpoint(self.y1, self.y2) }
    }

    /// Area shared with another box.
    #[must_use]
    pub fn intersection(self, other: Self) -> f64 {
        let width = self.x2.min(other.x2) - self.x1.max(other.x1);
        let height = self.y2.min(other.y2) - self.y1.max(other.y1);
        if width > 0.0 && height > 0.0 { width * height } else { 0.0 }
    }

    /// Intersection over union, 0..1; 0 when both are empty.
    #[must_use]
    pub fn iou(self, other: Self) -> f64 {
        let shared = self.intersection(other);
        let union = self.area() + other.area() - shared;
        if union > 0.0 { shared / union } else { 0.0 }
    }
}

/// On which side of the line from `a` to `b` a point lies, as seen in the picture standing at `a`
/// and looking to `b`: positive to the right, negative to the left, 0 on it. The magnitude is the
/// distance in square pixels (0 when the line has no length).
#[must_use]
pub fn side_of_line(a: PixelPoint, b: PixelPoint, point: PixelPoint) -> f64 {
    let length = a.distance(b);
    if length == 0.0 {
        return 0.0;
    }
    ((b.x - a.x) * (point.y - a.y) - (b.y - a.y) * (point.x - a.x)) / length
}

/// Where the step `from`→`to` meets the segment `a`–`b`: the fraction of the step, 0..1; none when
/// they do not meet or are parallel.
#[must_use]
pub fn crossing_fraction(from: PixelPoint, to: PixelPoint, a: PixelPoint, b: PixelPoint) -> Option<f64> {
    let (step_x, step_y) = (to.x - from.x, to.y - from.y);
    let (line_x, line_y) = (b.x - a.x, b.y - a.y);
    let denominator = step_x * line_y - step_y * line_x;
    if denominator == 0.0 {
        return None;
    }
    let (gap_x, gap_y) = (a.x - from.x, a.y - from.y);
    let along_step = (gap_x * line_y - gap_y * line_x) / denominator;
    let along_line = (gap_x * step_y - gap_y * step_x) / denominator;
    ((0.0..=1.0).contains(&along_step) && (0.0..=1.0).contains(&along_line)).then_some(along_step)
}

/// Whether a point lies inside a simple polygon of either winding (even-odd rule; an edge may go
/// either way). Fewer than three corners hold nothing.
#[must_use]
pub fn polygon_contains(polygon: &[PixelPoint], point: PixelPoint) -> bool {
    let Some(mut previous) = polygon.last() else { return false };
    let mut inside = false;
    for corner in polygon {
        if (corner.y > point.y) != (previous.y > point.y) {
            let x = corner.x + (point.y - corner.y) / (previous.y - corner.y) * (previous.x - corner.x);
            if point.x < x {
                inside = !inside;
            }
        }
        previous = corner;
    }
    inside && polygon.len() >= 3
}

/// How far a point is from a simple polygon, square pixels; 0 inside.
#[must_use]
pub fn polygon_distance(polygon: &[PixelPoint], point: PixelPoint) -> f64 {
    if polygon_contains(polygon, point) {
        return 0.0;
    }
    let edges = polygon.iter().zip(polygon.iter().cycle().skip(1));
    edges.map(|(a, b)| segment_distance(*a, *b, point)).fold(f64::INFINITY, f64::min)
}

/// How far a point is from the segment `a`–`b`, square pixels.
#[must_use]
pub fn segment_distance(a: PixelPoint, b: PixelPoint, point: PixelPoint) -> f64 {
    let length = a.distance(b);
    let along = ((point.x - a.x) * (b.x - a.x) + (point.y - a.y) * (b.y - a.y)) / (length * length);
    if (0.0..=1.0).contains(&along) {
        side_of_line(a, b, point).abs()
    } else {
        a.distance(point).min(b.distance(point))
    }
}

/// Area of a simple polygon in square pixels, of either winding.
#[must_use]
pub fn polygon_area(polygon: &[PixelPoint]) -> f64 {
    let Some(mut previous) = polygon.last() else { return 0.0 };
    let mut doubled = 0.0;
    for corner in polygon {
        doubled += previous.x * corner.y - corner.x * previous.y;
        previous = corner;
    }
    (doubled / 2.0).abs()
}

/// Whether no two edges of a polygon cross or touch, but for neighbours at their shared corner.
#[must_use]
pub fn polygon_is_simple(polygon: &[PixelPoint]) -> bool {
    let count = polygon.len();
    let edge = |index: usize| (polygon[index], polygon[(index + 1) % count]);
    (0..count).all(|first| {
        (first + 1..count).all(|second| {
            let neighbours = second == first + 1 || (first == 0 && second == count - 1);
            let ((a, b), (c, d)) = (edge(first), edge(second));
            if neighbours { !folds_back(a, b, c, d) } else { !segments_touch(a, b, c, d) }
        })
    })
}

/// Whether two edges that share a corner lie on each other.
fn folds_back(a: PixelPoint, b: PixelPoint, c: PixelPoint, d: PixelPoint) -> bool {
    let (shared, first, second) = if b == c { (b, a, d) } else { (a, b, c) };
    let (first_x, first_y) = (first.x - shared.x, first.y - shared.y);
    let (second_x, second_y) = (second.x - shared.x, second.y - shared.y);
    let cross = first_x * second_y - first_y * second_x;
    let dot = first_x * second_x + first_y * second_y;
    cross == 0.0 && dot >= 0.0
}

fn segments_touch(a: PixelPoint, b: PixelPoint, c: PixelPoint, d: PixelPoint) -> bool {
    let turn = |p: PixelPoint, q: PixelPoint, r: PixelPoint| (q.x - p.x) * (r.y - p.y) - (q.y - p.y) * (r.x - p.x);
    let within = |p: PixelPoint, q: PixelPoint, r: PixelPoint| {
        r.x >= p.x.min(q.x) && r.x <= p.x.max(q.x) && r.y >= p.y.min(q.y) && r.y <= p.y.max(q.y)
    };
    let (abc, abd, cda, cdb) = (turn(a, b, c), turn(a, b, d), turn(c, d, a), turn(c, d, b));
    if ((abc > 0.0) != (abd > 0.0))
        && ((cda > 0.0) != (cdb > 0.0))
        && abc != 0.0
        && abd != 0.0
        && cda != 0.0
        && cdb != 0.0
    {
        return true;
    }
    (abc == 0.0 && within(a, b, c))
        || (abd == 0.0 && within(a, b, d))
        || (cda == 0.0 && within(c, d, a))
        || (cdb == 0.0 && within(c, d, b))
}

#[cfg(test)]
mod tests;
