//! A detector of painted rectangles with YOLOX's input and output, made of standard operators.
//!
//! Each paint becomes a mask (a linear likeness, clipped). Around every point of the 8-pixel grid
//! a window a little larger than the paint's rectangle sums the mask and its coordinates: how much
//! of the rectangle is there (the score), where its centre is (first moments), and whether it is
//! one rectangle rather than halves of two (second moments). Sizes are known, not measured: a
//! rectangle that leaves the frame is found until half of it is gone. Cells of stride 16 and 32
//! are there, as in YOLOX, and stay silent. Rectangles of one paint need about 12 input pixels
//! between them.

use crate::graph::{Attribute, Graph, Value};
use crate::moments::{self, SUMS};
use crate::paint::Paint;

const STRIDE: f32 = 8.0;

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

/// The ONNX file of a detector: input `[1, 3, input_h, input_w]` (BGR, 0..255; both sides
/// multiples of 32), output `[1, cells, 5 + blobs]` in YOLOX's layout for strides 8, 16 and 32.
/// Class `i` is the paint of `blobs[i]`.
#[must_use]
pub fn colour_blob_detector(input_w: u32, input_h: u32, blobs: &[Blob]) -> Vec<u8> {
    let (width, height, classes) = (i64::from(input_w), i64::from(input_h), whole(blobs.len()));
    let mut graph = Graph::default();
    let picture = graph.input("picture", &[1, 3, height, width]);
    let mask = mask(&mut graph, &picture, blobs);
    let sums = sums(&mut graph, &mask, blobs, width / 8 * (height / 8));
    let cells = cells(&mut graph, &sums, blobs);
    let silent = width / 16 * (height / 16) + width / 32 * (height / 32);
    let zeros = vec![0.0; usize::try_from((5 + classes) * silent).unwrap_or(0)];
    let zeros = graph.floats(&[1, 5 + classes, silent], &zeros);
    let all = graph.node_with("Concat", &[&cells, &zeros], &[Attribute::Whole("axis", 2)]);
    let output = graph.node_with("Transpose", &[&all], &[Attribute::Wholes("perm", &[0, 2, 1])]);
    graph.finish(&output, &[1, width / 8 * (height / 8) + silent, 5 + classes])
}

/// The manifest of such a detector: `sha256` and `bytes` are its file's.
#[must_use]
pub fn colour_blob_manifest(
    name: &str,
    file: &str,
    (sha256, bytes): (&str, usize),
    (input_w, input_h): (u32, u32),
    blobs: &[Blob],
) -> String {
    let classes = blobs.iter().enumerate().map(|(index, blob)| {
        let (name, means) = (format!("{:?}", blob.paint).to_lowercase(), blob.paint.class());
        format!("\n[[class]]\nindex = {index}\nname = \"{name}\"\nmeans = \"{means}\"\n")
    });
    let classes: String = classes.collect();
    format!(
        "name = \"{name}\"\nfile = \"{file}\"\nsha256 = \"{sha256}\"\nbytes = {bytes}\nlicence = \"Apache-2.0\"\n\n\
         [input]\nlayout = \"nchw\"\nwidth = {input_w}\nheight = {input_h}\nchannels = \"bgr\"\n\
         resize = \"letterbox_top_left\"\nfill = 114\n\n\
         [output]\nfamily = \"yolox\"\nstrides = [8, 16, 32]\nclasses = {}\nscore_threshold = 0.25\nnms_iou = 0.45\n{classes}",
        blobs.len()
    )
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

/// YOLOX's numbers of every cell: `[1, 5 + blobs, cells]`.
fn cells(graph: &mut Graph, sums: &Value, blobs: &[Blob]) -> Value {
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
    let log = |graph: &mut Graph, side: fn(&Blob) -> f32| per_class(graph, blobs, |blob| (side(blob) / STRIDE).ln());
    let (width, height) = (log(graph, |blob| blob.width), log(graph, |blob| blob.height));
    let numbers = [x, y, width, height].map(|value| {
        let of_chosen = graph.node("Mul", &[&chosen, &value]);
        let axes = graph.wholes(&[1]);
        graph.node_with("ReduceSum", &[&of_chosen, &axes], &[Attribute::Whole("keepdims", 1)])
    });
    let [x, y, width, height] = &numbers;
    graph.node_with("Concat", &[x, y, width, height, &best, &chosen], &[Attribute::Whole("axis", 1)])
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

fn per_class(graph: &mut Graph, blobs: &[Blob], value: impl Fn(&Blob) -> f32) -> Value {
    let values: Vec<f32> = blobs.iter().map(value).collect();
    graph.floats(&[1, whole(blobs.len()), 1], &values)
}

fn linear(graph: &mut Graph, value: &Value, factor: f32, summand: f32) -> Value {
    let (factor, summand) = (graph.floats(&[], &[factor]), graph.floats(&[], &[summand]));
    let scaled = graph.node("Mul", &[value, &factor]);
    graph.node("Add", &[&scaled, &summand])
}

fn unit(graph: &mut Graph, value: &Value) -> Value {
    let (zero, one) = (graph.floats(&[], &[0.0]), graph.floats(&[], &[1.0]));
    graph.node("Clip", &[value, &zero, &one])
}

fn whole(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
