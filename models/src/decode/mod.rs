//! From the model's output to detections: read the layout, keep each object once, back to the frame.

mod boxes_scores;
mod classes;
mod detr;
mod distances;
mod grid;
mod layout;
mod nms;
mod riders;
mod yolox;

use crate::backend::Signature;
use crate::manifest::{Manifest, OutputSpec, Riders};
use crate::preprocess::Placement;
use kerege_contract::{Detection, RoadUserClass};
use layout::Layout;

/// At most so many boxes of a picture go into suppression, the best ones: a bound on the time that
/// a picture full of noise can take.
const MOST_CANDIDATES: usize = 1000;

/// A box in input pixels (left, top, right, bottom) before suppression.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Candidate {
    pub(crate) class: RoadUserClass,
    pub(crate) score: f32,
    pub(crate) bbox: [f32; 4],
}

impl Candidate {
    /// None of a box without finite edges or without an inside.
    fn new(class: RoadUserClass, score: f32, bbox: [f32; 4]) -> Option<Self> {
        let whole = bbox.iter().all(|edge| edge.is_finite()) && bbox[0] < bbox[2] && bbox[1] < bbox[3];
        whole.then_some(Self { class, score, bbox })
    }
}

/// Reads one model's outputs.
#[derive(Debug)]
pub struct Decoder {
    layout: Layout,
    signature: Signature,
    spec: OutputSpec,
    candidates: Vec<Candidate>,
    kept: Vec<Candidate>,
}

/// An output of another size than the manifest promises.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the model answered {found} numbers where its manifest means {expected}: correct the manifest")]
pub struct DecodeError {
    /// Numbers in the output.
    pub found: usize,
    /// Numbers that the layout has.
    pub expected: usize,
}

impl Decoder {
    /// For one model.
    #[must_use]
    pub fn new(manifest: &Manifest) -> Self {
        let layout = Layout::new(&manifest.input, &manifest.output);
        let signature = layout::signature(manifest, &layout);
        Self { layout, signature, spec: manifest.output.clone(), candidates: Vec::new(), kept: Vec::new() }
    }

    /// The tensors that the model must have.
    #[must_use]
    pub const fn signature(&self) -> &Signature {
        &self.signature
    }

    /// Detections of a picture that lies at `placement` in the input: best score first, each object
    /// once, boxes clipped to the frame.
    ///
    /// # Errors
    /// When an output has another size than the layout.
    pub fn decode(&mut self, outputs: &[&[f32]], placement: Placement) -> Result<Vec<Detection>, DecodeError> {
        self.candidates.clear();
        self.layout.read(outputs, &mut self.candidates)?;
        nms::best_first(&mut self.candidates, MOST_CANDIDATES);
        nms::suppress(&self.candidates, self.spec.nms_iou, &mut self.kept);
        if self.spec.riders == Riders::Apart {
            riders::join(&mut self.kept);
            // Grown boxes may cover others, and a rider's score may lift a cycle's.
            std::mem::swap(&mut self.candidates, &mut self.kept);
            nms::best_first(&mut self.candidates, MOST_CANDIDATES);
            nms::suppress(&self.candidates, self.spec.nms_iou, &mut self.kept);
        }
        let detection = |candidate: &Candidate| {
            let bbox = placement.to_frame(candidate.bbox)?;
            Some(Detection { class: candidate.class, score: candidate.score, bbox })
        };
        Ok(self.kept.iter().filter_map(detection).collect())
    }
}

fn check_length(output: &[f32], expected: usize) -> Result<(), DecodeError> {
    if output.len() == expected { Ok(()) } else { Err(DecodeError { found: output.len(), expected }) }
}

#[cfg(test)]
mod tests;
