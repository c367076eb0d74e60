//! What a model answers and how boxes are made of it: the layouts that can be read.

use kerege_contract::RoadUserClass;

/// The model's output and how boxes are made of it.
#[derive(Debug, Clone, PartialEq)]
pub struct OutputSpec {
    /// The layout.
    pub family: Family,
    /// Names of the output tensors in the order of the layout; none for the names that are usual.
    pub names: Option<Vec<String>>,
    /// What the numbers of classes are.
    pub scores: Scores,
    /// What each class index means; none for what is not looked at.
    pub classes: Vec<Option<RoadUserClass>>,
    /// Boxes of a lower score are dropped, 0.001..1.
    pub score_threshold: f32,
    /// Of two boxes of one kind that overlap by more (intersection over union), the lower goes.
    pub nms_iou: f32,
    /// How the model marks a person on a bicycle or motorcycle.
    pub riders: Riders,
}

/// The layouts of outputs that can be read. Where cells are named, they are those of each stride in
/// turn, row by row; a side of the input that a stride does not divide has one more cell.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Family {
    /// `[1, cells, 5 + classes]`: x, y in cells from the cell's corner, logarithms of width and
    /// height in cells, objectness and classes.
    Yolox {
        /// Pixels per cell, in the order of the output.
        strides: Vec<u32>,
    },
    /// `[1, cells, classes + 4 × bins]`: classes, then left, top, right, bottom from the cell's
    /// corner in cells, each as logits of a distribution over 0, 1, … `bins - 1` (NanoDet-Plus).
    NanoDet {
        /// Pixels per cell, in the order of the output.
        strides: Vec<u32>,
        /// Numbers of each distribution, at least 2.
        bins: usize,
    },
    /// `[1, cells, classes + 4]`: classes, then left, top, right, bottom from the cell's middle, in
    /// cells.
    Ltrb {
        /// Pixels per cell, in the order of the output.
        strides: Vec<u32>,
    },
    /// `boxes` `[1, boxes, 4]`: left, top, right, bottom, 0..1 of the input; `scores`
    /// `[1, boxes, classes]`.
    BoxesScores {
        /// Boxes in the output.
        boxes: usize,
    },
    /// End to end with its own choice (DEIM, D-FINE, RT-DETR as their authors export them): `labels`
    /// `[1, boxes]` of 64-bit whole numbers, `boxes` `[1, boxes, 4]` left, top, right, bottom,
    /// `scores` `[1, boxes]`; and a second input, `[1, 2]` of 64-bit whole numbers, that says in
    /// which width and height boxes are told. It is given the input's, so they are input pixels.
    DetrLabels {
        /// Boxes in the output.
        boxes: usize,
        /// Name of that second input.
        sizes_input: String,
    },
    /// End to end without a choice: `logits` `[1, boxes, classes]`, `boxes` `[1, boxes, 4]` centre,
    /// width, height, 0..1 of the input.
    DetrLogits {
        /// Boxes in the output.
        boxes: usize,
    },
}

/// What the numbers of classes (and objectness) are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Scores {
    /// 0..1.
    #[default]
    Probabilities,
    /// Their logits: the sigmoid is left to the box, which needs it for a few cells only.
    Logits,
}

/// How a model marks a person who rides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Riders {
    /// As a person beside the cycle: the two are joined into one cycle with its rider.
    Apart,
    /// As part of the cycle, or not at all.
    Together,
}

impl Family {
    /// Pixels per cell of the layouts that have cells.
    #[must_use]
    pub fn strides(&self) -> &[u32] {
        match self {
            Self::Yolox { strides } | Self::NanoDet { strides, .. } | Self::Ltrb { strides } => strides,
            Self::BoxesScores { .. } | Self::DetrLabels { .. } | Self::DetrLogits { .. } => &[],
        }
    }

    /// The usual names of the output tensors, in the order of the layout; none where there is one
    /// tensor, whatever its name.
    #[must_use]
    pub const fn usual_names(&self) -> &'static [&'static str] {
        match self {
            Self::Yolox { .. } | Self::NanoDet { .. } | Self::Ltrb { .. } => &[],
            Self::BoxesScores { .. } => &["boxes", "scores"],
            Self::DetrLabels { .. } => &["labels", "boxes", "scores"],
            Self::DetrLogits { .. } => &["logits", "boxes"],
        }
    }
}
