//! Finding painted rectangles by standard operators; `layout.rs` writes down what is found.
//!
//! Each paint becomes a mask (a linear likeness, clipped). Around every point of the 8-pixel grid
//! a window a little larger than the paint's rectangle sums the mask and its coordinates: how much
//! of the rectangle is there (the score), where its centre is (first moments), and whether it is
//! one rectangle rather than halves of two (second moments). Sizes are known, not measured: a
//! rectangle that leaves the frame is found until half of it is gone. Rectangles of one paint need
//! about 12 input pixels between them.

use crate::graph::{Attribute, Graph, Value};
use crate::layout::Layout;
use crate::moments::{self, SUMS};
use crate::paint::Paint;

pub(crate) const STRIDE: f32 = 8.0;

/// A paint and the size of its rectangles, in pixels of the model's input.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Blob {
    /// The paint.
    pub paint: Paint,
    /// Across.
    pub width: f32,
    /// Down.
    pub height: f32,
}

impl Blob {
    /// A rectangle drawn `width` × `height` pixels large in a frame of `frame` pixels, as it
    /// appears in an input of `input` pixels behind a letterbox.
    #[must_use]
    pub fn drawn(paint: Paint, (width, height): (f32, f32), frame: (f32, f32), input: (f32, f32)) -> Self {
        let scale = (input.0 / frame.0).min(input.1 / frame.1);
        Self { paint, width: width * scale, height: height * scale }
    }
}

/// The ONNX file of a detector in YOLOX's layout: see [`crate::Layout`].
#[must_use]
pub fn colour_blob_detector(input_w: u32, input_h: u32, blobs: &[Blob]) -> Vec<u8> {
    Layout::Yolox.detector(input_w, input_h, blobs)
}

/// The manifest of such a detector: `sha256` and `bytes` are its file's.
#[must_use]
pub fn colour_blob_manifest(
    name: &str,
    file: &str,
    hash_and_bytes: (&str, usize),
    input: (u32, u32),
    blobs: &[Blob],
) -> String {
    Layout::Yolox.manifest(name, file, hash_and_bytes, input, blobs)
}

/// What is found at each cell of stride 8, all `[1, …, cells]`.
pub(crate) struct Found {
    /// Of each blob: its score, 0..1, `[1, blobs, cells]`.
    pub(crate) score: Value,
    /// The best of them, `[1, 1, cells]`.
    pub(crate) best: Value,
    /// Of each blob: 1 where it is the best, else 0.
    pub(crate) chosen: Value,
    /// The best one's centre in cells from the cell's corner, `[1, 1, cells]` each.
    pub(crate) centre: [Value; 2],
}

/// Finds the blobs in a picture of `width` × `height` pixels.
pub(crate) fn found(graph: &mut Graph, picture: &Value, blobs: &[Blob], (width, height): (i64, i64)) -> Found {
    let mask = mask(graph, picture, blobs);
    let sums = sums(graph, &mask, blobs, width / 8 * (height / 8));
    cells(graph, &sums, blobs)
}

/// The chosen blob's number out of one number a blob: `[1, 1, cells]`.
pub(crate) fn of_chosen(graph: &mut Graph, chosen: &Value, value: &Value) -> Value {
    let of_chosen = graph.node("Mul", &[chosen, value]);
    let axes = graph.wholes(&[1]);
    graph.node_with("ReduceSum", &[&of_chosen, &axes], &[Attribute::Whole("keepdims", 1)])
}

/// How much of each cell of 4 × 4 pixels each paint covers, 0..1: `[1, blobs, height/4, width/4]`.
fn mask(graph: &mut Graph, picture: &Value, blobs: &[Blob]) -> Value {
    // A tenth of noise counts as nothing, three quarters of the full colour as all.
    let (floor, gain) = (0.15, 1.6);
    let mut weights = Vec::new();
    let mut biases = Vec::new();
    for blob in blobs {
        let ([red, green, blue], summand) = blob.paint.likeness();
        for factor in [blue, green, red] {
            weights.extend([factor * gain / 4.0 / 255.0; 4]);
        }
        biases.push((summand - floor) * gain);
    }
    let classes = whole(blobs.len());
    let weights = graph.floats(&[classes, 3, 2, 2], &weights);
    let biases = graph.floats(&[classes], &biases);
    let strides = [Attribute::Wholes("strides", &[2, 2])];
    let likeness = graph.node_with("Conv", &[picture, &weights, &biases], &strides);
    let clipped = unit(graph, &likeness);
    let kernel = [Attribute::Wholes("kernel_shape", &[2, 2]), Attribute::Wholes("strides", &[2, 2])];
    graph.node_with("AveragePool", &[&clipped], &kernel)
}

/// The windows' sums at every cell of stride 8: `[1, blobs, SUMS, cells]`.
fn sums(graph: &mut Graph, mask: &Value, blobs: &[Blob], cells: i64) -> Value {
    let half = moments::half_cells(blobs);
    let (across, down, classes, parts) = (whole(half.0), whole(half.1), whole(blobs.len()), whole(SUMS));
    let kernels: Vec<f32> = blobs.iter().flat_map(|blob| moments::kernel(blob, half)).collect();
    let kernels = graph.floats(&[classes * parts, 1, 2 * down, 2 * across], &kernels);
    // A cell's centre lies on the corner of four mask cells: windows of even size are centred on it.
    let pads = [down - 1, across - 1, down - 1, across - 1];
    let attributes =
        [Attribute::Whole("group", classes), Attribute::Wholes("strides", &[2, 2]), Attribute::Wholes("pads", &pads)];
    let sums = graph.node_with("Conv", &[mask, &kernels], &attributes);
    let shape = graph.wholes(&[1, classes, parts, cells]);
    graph.node("Reshape", &[&sums, &shape])
}

/// What the sums say of every cell.
fn cells(graph: &mut Graph, sums: &Value, blobs: &[Blob]) -> Found {
    let [share, x, y, xx, yy] = [0, 1, 2, 3, 4].map(|part| {
        let index = graph.wholes(&[part]);
        let part = graph.node_with("Gather", &[sums, &index], &[Attribute::Whole("axis", 2)]);
        let axes = graph.wholes(&[2]);
        graph.node("Squeeze", &[&part, &axes])
    });
    let least = graph.floats(&[], &[1e-3]);
    let divisor = graph.node("Max", &[&share, &least]);
    let (x, wide) = axis(graph, &x, &xx, &divisor, blobs, |blob| blob.width);
    let (y, high) = axis(graph, &y, &yy, &divisor, blobs, |blob| blob.height);
    // Half of a rectangle is nothing yet, the whole of it is certain.
    let seen = linear(graph, &share, 2.0, -1.0);
    let seen = unit(graph, &seen);
    let seen = graph.node("Mul", &[&seen, &wide]);
    let score = graph.node("Mul", &[&seen, &high]);
    let axes = [Attribute::Wholes("axes", &[1]), Attribute::Whole("keepdims", 1)];
    let best = graph.node_with("ReduceMax", &[&score], &axes);
    let chosen = graph.node("Equal", &[&score, &best]);
    let chosen = graph.node_with("Cast", &[&chosen], &[Attribute::Whole("to", 1)]);
    let centre = [x, y].map(|value| of_chosen(graph, &chosen, &value));
    Found { score, best, chosen, centre }
}

/// Along one axis: the blob's centre in cells from the cell's corner, and 1 where what lies in the
/// window is as compact as one rectangle (0 where it is parts of two).
fn axis(
    graph: &mut Graph,
    first: &Value,
    second: &Value,
    share: &Value,
    blobs: &[Blob],
    side: fn(&Blob) -> f32,
) -> (Value, Value) {
    let mean = graph.node("Div", &[first, share]);
    let mean_of_squares = graph.node("Div", &[second, share]);
    let square = graph.node("Mul", &[&mean, &mean]);
    let variance = graph.node("Sub", &[&mean_of_squares, &square]);
    // A rectangle's own variance, and what blurred edges and the mask's cells add.
    let expected = per_class(graph, blobs, |blob| side(blob) * side(blob) / 12.0 + 3.0);
    let ratio = graph.node("Div", &[&variance, &expected]);
    let compact = linear(graph, &ratio, -4.0, 8.0);
    (linear(graph, &mean, 1.0 / STRIDE, 0.5), unit(graph, &compact))
}

pub(crate) fn per_class(graph: &mut Graph, blobs: &[Blob], value: impl Fn(&Blob) -> f32) -> Value {
    let values: Vec<f32> = blobs.iter().map(value).collect();
    graph.floats(&[1, whole(blobs.len()), 1], &values)
}

pub(crate) fn linear(graph: &mut Graph, value: &Value, factor: f32, summand: f32) -> Value {
    let (factor, summand) = (graph.floats(&[], &[factor]), graph.floats(&[], &[summand]));
    let scaled = graph.node("Mul", &[value, &factor]);
    graph.node("Add", &[&scaled, &summand])
}

pub(crate) fn unit(graph: &mut Graph, value: &Value) -> Value {
    let (zero, one) = (graph.floats(&[], &[0.0]), graph.floats(&[], &[1.0]));
    graph.node("Clip", &[value, &zero, &one])
}

pub(crate) fn whole(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
