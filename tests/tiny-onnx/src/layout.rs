//! The output layouts of real model families, for the same painted rectangles.
//!
//! Families with grids have cells of stride 8, 16 and 32, as in life; those of 16 and 32 stay silent.

use crate::blob::{self, Blob, Found, STRIDE};
use crate::graph::{Attribute, Graph, Value};

/// A layout, by its word in a manifest. Inputs are `[1, 3, height, width]` (BGR, 0..255; both sides
/// multiples of 32), class `i` is the paint of the `i`-th blob.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// `yolox`.
    Yolox,
    /// `nanodet` with 16 bins.
    NanoDet,
    /// `ltrb` with logits as scores.
    Ltrb,
    /// `boxes_scores`.
    BoxesScores,
    /// `detr_labels`.
    DetrLabels,
    /// `detr_logits`.
    DetrLogits,
}

/// Numbers of a distribution in NanoDet's layout: distances up to 15 cells.
const BINS: i64 = 16;

impl Layout {
    /// All layouts.
    pub const ALL: [Self; 6] =
        [Self::Yolox, Self::NanoDet, Self::Ltrb, Self::BoxesScores, Self::DetrLabels, Self::DetrLogits];

    /// The ONNX file of a detector of these blobs.
    #[must_use]
    pub fn detector(self, input_w: u32, input_h: u32, blobs: &[Blob]) -> Vec<u8> {
        let size = (i64::from(input_w), i64::from(input_h));
        let mut graph = Graph::default();
        let picture = graph.input("picture", &[1, 3, size.1, size.0]);
        let found = blob::found(&mut graph, &picture, blobs, size);
        match self {
            Self::Yolox => yolox(graph, &found, blobs, size),
            Self::NanoDet => nanodet(graph, &found, blobs, size),
            Self::Ltrb => ltrb(graph, &found, blobs, size),
            Self::BoxesScores => boxes_scores(graph, &found, blobs, size),
            Self::DetrLabels => detr_labels(graph, &found, blobs, size),
            Self::DetrLogits => detr_logits(graph, &found, blobs, size),
        }
    }

    /// The manifest of such a detector: `sha256` and `bytes` are its file's.
    #[must_use]
    pub fn manifest(
        self,
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
        let grid = "strides = [8, 16, 32]";
        let boxes = input_w / 8 * (input_h / 8);
        let family = match self {
            Self::Yolox => format!("\"yolox\"\n{grid}"),
            Self::NanoDet => format!("\"nanodet\"\n{grid}\nbins = {BINS}"),
            Self::Ltrb => format!("\"ltrb\"\n{grid}\nscores = \"logits\""),
            Self::BoxesScores => format!("\"boxes_scores\"\nboxes = {boxes}"),
            Self::DetrLabels => format!("\"detr_labels\"\nboxes = {boxes}"),
            Self::DetrLogits => format!("\"detr_logits\"\nboxes = {boxes}\noutputs = [\"logits\", \"pred_boxes\"]"),
        };
        format!(
            "name = \"{name}\"\nfile = \"{file}\"\nsha256 = \"{sha256}\"\nbytes = {bytes}\nlicence = \"Apache-2.0\"\n\n\
             [input]\nlayout = \"nchw\"\nwidth = {input_w}\nheight = {input_h}\nchannels = \"bgr\"\n\
             resize = \"letterbox_top_left\"\nfill = 114\n\n\
             [output]\nfamily = {family}\nclasses = {}\nscore_threshold = 0.25\nnms_iou = 0.45\n{classes}",
            blobs.len()
        )
    }
}

fn concat(graph: &mut Graph, parts: &[&Value], axis: i64) -> Value {
    graph.node_with("Concat", parts, &[Attribute::Whole("axis", axis)])
}

/// `[1, numbers, cells]` as `[1, cells, numbers]`.
fn cells_first(graph: &mut Graph, value: &Value) -> Value {
    graph.node_with("Transpose", &[value], &[Attribute::Wholes("perm", &[0, 2, 1])])
}

/// Appends the silent cells of strides 16 and 32, each number of them `silence`, and finishes.
fn finish_grid(mut graph: Graph, cells: &Value, numbers: i64, silence: f32, (width, height): (i64, i64)) -> Vec<u8> {
    let silent = width / 16 * (height / 16) + width / 32 * (height / 32);
    let others = vec![silence; usize::try_from(numbers * silent).unwrap_or(0)];
    let others = graph.floats(&[1, numbers, silent], &others);
    let all = concat(&mut graph, &[cells, &others], 2);
    let output = cells_first(&mut graph, &all);
    graph.finish(&output, &[1, width / 8 * (height / 8) + silent, numbers])
}

fn yolox(mut graph: Graph, found: &Found, blobs: &[Blob], size: (i64, i64)) -> Vec<u8> {
    let log = |graph: &mut Graph, side: fn(&Blob) -> f32| {
        let sides = blob::per_class(graph, blobs, |blob| (side(blob) / STRIDE).ln());
        blob::of_chosen(graph, &found.chosen, &sides)
    };
    let (width, height) = (log(&mut graph, |blob| blob.width), log(&mut graph, |blob| blob.height));
    let [x, y] = &found.centre;
    let cells = concat(&mut graph, &[x, y, &width, &height, &found.best, &found.chosen], 1);
    finish_grid(graph, &cells, 5 + blob::whole(blobs.len()), 0.0, size)
}

/// Left, top, right, bottom in cells from the point `from` cells right of and below the cell's corner.
fn sides(graph: &mut Graph, found: &Found, blobs: &[Blob], from: f32) -> [Value; 4] {
    let half = |graph: &mut Graph, side: fn(&Blob) -> f32| {
        let halves = blob::per_class(graph, blobs, |blob| side(blob) / STRIDE / 2.0);
        blob::of_chosen(graph, &found.chosen, &halves)
    };
    let [x, y] = [&found.centre[0], &found.centre[1]].map(|centre| blob::linear(graph, centre, 1.0, -from));
    let (across, down) = (half(graph, |blob| blob.width), half(graph, |blob| blob.height));
    let (left, top) = (graph.node("Sub", &[&across, &x]), graph.node("Sub", &[&down, &y]));
    [left, top, graph.node("Add", &[&across, &x]), graph.node("Add", &[&down, &y])]
}

fn ltrb(mut graph: Graph, found: &Found, blobs: &[Blob], size: (i64, i64)) -> Vec<u8> {
    let [left, top, right, bottom] = sides(&mut graph, found, blobs, 0.5);
    let logits = logits(&mut graph, &found.score);
    let cells = concat(&mut graph, &[&logits, &left, &top, &right, &bottom], 1);
    finish_grid(graph, &cells, 4 + blob::whole(blobs.len()), -20.0, size)
}

/// Scores 0..1 before the sigmoid.
fn logits(graph: &mut Graph, score: &Value) -> Value {
    let (low, high) = (graph.floats(&[], &[1e-6]), graph.floats(&[], &[1.0 - 1e-6]));
    let score = graph.node("Clip", &[score, &low, &high]);
    let rest = blob::linear(graph, &score, -1.0, 1.0);
    let odds = graph.node("Div", &[&score, &rest]);
    graph.node("Log", &[&odds])
}

fn nanodet(mut graph: Graph, found: &Found, blobs: &[Blob], size: (i64, i64)) -> Vec<u8> {
    let distributions = sides(&mut graph, found, blobs, 0.0).map(|side| distribution(&mut graph, &side));
    let [left, top, right, bottom] = &distributions;
    let cells = concat(&mut graph, &[&found.score, left, top, right, bottom], 1);
    finish_grid(graph, &cells, blob::whole(blobs.len()) + 4 * BINS, 0.0, size)
}

/// Logits over 0, 1, 2, … whose mean is the number: the two whole numbers beside it share it.
fn distribution(graph: &mut Graph, side: &Value) -> Value {
    let steps: Vec<f32> = (0..BINS).map(number).collect();
    let steps = graph.floats(&[1, BINS, 1], &steps);
    let apart = graph.node("Sub", &[side, &steps]);
    let apart = graph.node("Abs", &[&apart]);
    let share = blob::linear(graph, &apart, -1.0, 1.0);
    let least = graph.floats(&[], &[1e-9]);
    let share = graph.node("Max", &[&share, &least]);
    graph.node("Log", &[&share])
}

/// Centre x, y, width, height, 0..1 of the input, `[1, 1, cells]` each.
fn places(graph: &mut Graph, found: &Found, blobs: &[Blob], (width, height): (i64, i64)) -> [Value; 4] {
    let (across, down) = (width / 8, height / 8);
    let cells = (0..down).flat_map(|y| (0..across).map(move |x| (number(x), number(y))));
    let (columns, rows): (Vec<f32>, Vec<f32>) = cells.unzip();
    let [columns, rows] = [columns, rows].map(|of_cells| graph.floats(&[1, 1, across * down], &of_cells));
    let (x, y) = (graph.node("Add", &[&found.centre[0], &columns]), graph.node("Add", &[&found.centre[1], &rows]));
    let part = |graph: &mut Graph, side: fn(&Blob) -> f32, whole: i64| {
        let sides = blob::per_class(graph, blobs, |blob| side(blob) / number(whole));
        blob::of_chosen(graph, &found.chosen, &sides)
    };
    [
        blob::linear(graph, &x, 1.0 / number(across), 0.0),
        blob::linear(graph, &y, 1.0 / number(down), 0.0),
        part(graph, |blob| blob.width, width),
        part(graph, |blob| blob.height, height),
    ]
}

/// Left, top, right, bottom, 0..1 of the input, `[1, cells, 4]`.
fn corners(graph: &mut Graph, found: &Found, blobs: &[Blob], size: (i64, i64)) -> Value {
    let [x, y, width, height] = places(graph, found, blobs, size);
    let [width, height] = [width, height].map(|side| blob::linear(graph, &side, 0.5, 0.0));
    let (left, top) = (graph.node("Sub", &[&x, &width]), graph.node("Sub", &[&y, &height]));
    let (right, bottom) = (graph.node("Add", &[&x, &width]), graph.node("Add", &[&y, &height]));
    let corners = concat(graph, &[&left, &top, &right, &bottom], 1);
    cells_first(graph, &corners)
}

fn boxes_scores(mut graph: Graph, found: &Found, blobs: &[Blob], size: (i64, i64)) -> Vec<u8> {
    let (cells, classes) = (size.0 / 8 * (size.1 / 8), blob::whole(blobs.len()));
    let boxes = corners(&mut graph, found, blobs, size);
    let scores = cells_first(&mut graph, &found.score);
    // Not in the order of the layout: outputs are found by their names.
    graph.output("scores", &scores, &[1, cells, classes]);
    graph.output("boxes", &boxes, &[1, cells, 4]);
    graph.into_file()
}

fn detr_logits(mut graph: Graph, found: &Found, blobs: &[Blob], size: (i64, i64)) -> Vec<u8> {
    let (cells, classes) = (size.0 / 8 * (size.1 / 8), blob::whole(blobs.len()));
    let [x, y, width, height] = places(&mut graph, found, blobs, size);
    let places = concat(&mut graph, &[&x, &y, &width, &height], 1);
    let places = cells_first(&mut graph, &places);
    let logits = logits(&mut graph, &found.score);
    let logits = cells_first(&mut graph, &logits);
    graph.output("logits", &logits, &[1, cells, classes]);
    graph.output("pred_boxes", &places, &[1, cells, 4]);
    graph.into_file()
}

fn detr_labels(mut graph: Graph, found: &Found, blobs: &[Blob], size: (i64, i64)) -> Vec<u8> {
    let cells = size.0 / 8 * (size.1 / 8);
    let sizes = graph.input_of_wholes("orig_target_sizes", &[1, 2]);
    let sizes = graph.node_with("Cast", &[&sizes], &[Attribute::Whole("to", 1)]);
    let sizes = concat(&mut graph, &[&sizes, &sizes], 1);
    let corners = corners(&mut graph, found, blobs, size);
    let boxes = graph.node("Mul", &[&corners, &sizes]);
    let attributes = [Attribute::Whole("axis", 1), Attribute::Whole("keepdims", 0)];
    let labels = graph.node_with("ArgMax", &[&found.score], &attributes);
    let axes = graph.wholes(&[1]);
    let scores = graph.node("Squeeze", &[&found.best, &axes]);
    graph.output_of_wholes("labels", &labels, &[1, cells]);
    graph.output("boxes", &boxes, &[1, cells, 4]);
    graph.output("scores", &scores, &[1, cells]);
    graph.into_file()
}

#[expect(clippy::cast_precision_loss, reason = "sides of pictures")]
fn number(whole: i64) -> f32 {
    whole as f32
}
