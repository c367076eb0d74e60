//! The layouts behind one face: which tensors are read, and boxes out of them.

use super::boxes_scores::BoxesScores;
use super::detr::{Labels, Logits};
use super::distances::{Distances, Side};
use super::yolox::Yolox;
use super::{Candidate, DecodeError};
use crate::backend::{Numbers, OutputTensor, Signature, SizesInput};
use crate::manifest::{Family, InputSpec, Manifest, OutputSpec};

/// One of the layouts.
#[derive(Debug)]
pub(super) enum Layout {
    Yolox(Yolox),
    Distances(Distances),
    BoxesScores(BoxesScores),
    Labels(Labels),
    Logits(Logits),
}

impl Layout {
    pub(super) fn new(input: &InputSpec, output: &OutputSpec) -> Self {
        match &output.family {
            Family::Yolox { strides } => Self::Yolox(Yolox::new(input, strides, output)),
            Family::Ltrb { strides } => Self::Distances(Distances::new(input, strides, output, Side::Plain)),
            Family::NanoDet { strides, bins } => {
                Self::Distances(Distances::new(input, strides, output, Side::Distribution(*bins)))
            }
            Family::BoxesScores { boxes } => Self::BoxesScores(BoxesScores::new(input, *boxes, output)),
            Family::DetrLabels { boxes, .. } => Self::Labels(Labels::new(*boxes, output)),
            Family::DetrLogits { boxes } => Self::Logits(Logits::new(input, *boxes, output)),
        }
    }

    /// What they hold and their shapes, in the layout's order.
    fn tensors(&self) -> Vec<(Numbers, Vec<usize>)> {
        let floats = |shape| (Numbers::Floats, shape);
        match self {
            Self::Yolox(layout) => vec![floats(layout.shape())],
            Self::Distances(layout) => vec![floats(layout.shape())],
            Self::BoxesScores(layout) => layout.shapes().map(floats).to_vec(),
            Self::Logits(layout) => layout.shapes().map(floats).to_vec(),
            Self::Labels(layout) => {
                let [labels, boxes, scores] = layout.shapes();
                vec![(Numbers::Wholes, labels), floats(boxes), floats(scores)]
            }
        }
    }

    /// Appends the boxes at or over the threshold.
    pub(super) fn read(&self, outputs: &[&[f32]], candidates: &mut Vec<Candidate>) -> Result<(), DecodeError> {
        let output = |at: usize| outputs.get(at).copied().unwrap_or_default();
        match self {
            Self::Yolox(layout) => layout.read(output(0), candidates),
            Self::Distances(layout) => layout.read(output(0), candidates),
            Self::BoxesScores(layout) => layout.read(output(0), output(1), candidates),
            Self::Labels(layout) => layout.read([output(0), output(1), output(2)], candidates),
            Self::Logits(layout) => layout.read(output(0), output(1), candidates),
        }
    }
}

/// The tensors that a model must have to be read as its manifest says.
pub(super) fn signature(manifest: &Manifest, layout: &Layout) -> Signature {
    let (input, output) = (&manifest.input, &manifest.output);
    let usual = || output.family.usual_names().iter().map(|name| (*name).to_owned()).collect();
    let names: Vec<String> = output.names.clone().unwrap_or_else(usual);
    let tensors = layout.tensors().into_iter().enumerate();
    let outputs = tensors.map(|(at, (numbers, shape))| OutputTensor { name: names.get(at).cloned(), numbers, shape });
    let sizes = match &output.family {
        Family::DetrLabels { sizes_input, .. } => {
            Some(SizesInput { name: sizes_input.clone(), sizes: [i64::from(input.width), i64::from(input.height)] })
        }
        _ => None,
    };
    Signature { input: input.shape(), sizes, outputs: outputs.collect() }
}
