//! From the decoder's planes to the model's input tensor, in one pass.
//!
//! No RGB picture is made in between and nothing is allocated per frame: each row of the tensor is
//! blended from the source rows it needs (vectorised, 8.8 fixed point), resampled across by tables
//! made once per picture size, and converted to colour while it is written. Up to a factor of two
//! the resampling is bilinear, as in the models' training; beyond it every source sample counts
//! (area average), because bilinear would then skip rows and make small road users flicker.

mod axis;
mod colour;
mod placement;
mod rows;

pub use placement::Placement;

use crate::manifest::InputSpec;
use crate::picture::{Picture, PictureError, PictureFormat};
use axis::Axis;
use colour::{Equations, Output};
use rows::{blend_plane_rows, gather, gather_pairs, gather_triples};

/// As many picture sizes keep their tables; a box rarely has more kinds of camera.
const PLANS: usize = 8;

/// Turns pictures of any size and format into one model's input.
#[derive(Debug)]
pub struct Preprocessor {
    spec: InputSpec,
    output: Output,
    tensor: Vec<f32>,
    filled: Option<Placement>,
    plans: Vec<Plan>,
    scratch: Scratch,
}

/// What depends on a picture's size and format only.
#[derive(Debug)]
struct Plan {
    key: (u32, u32, PictureFormat, u64),
    placement: Placement,
    across: Axis,
    down: Axis,
    chroma: Option<(Axis, Axis)>,
}

/// Rows on their way, reused for every row of every picture.
#[derive(Debug, Default)]
struct Scratch {
    blended: Vec<u16>,
    second: Vec<u16>,
    pairs: Vec<u64>,
    lines: [Vec<i32>; 3],
}

impl Preprocessor {
    /// For one model's input.
    #[must_use]
    pub fn new(spec: &InputSpec) -> Self {
        Self {
            spec: spec.clone(),
            output: Output::new(spec),
            tensor: vec![0.0; spec.len()],
            filled: None,
            plans: Vec::new(),
            scratch: Scratch::default(),
        }
    }

    /// Fills the input tensor (`[3, height, width]`, channels in the model's order) from a picture
    /// and says where in it the picture lies.
    ///
    /// # Errors
    /// When the picture's planes are too short for its size.
    pub fn run(&mut self, picture: &Picture<'_>) -> Result<(&[f32], Placement), PictureError> {
        picture.check()?;
        let index = self.plan_for(picture);
        let plan = &self.plans[index];
        if self.filled != Some(plan.placement) {
            self.output.fill_margins(&mut self.tensor, &self.spec, plan.placement);
            self.filled = Some(plan.placement);
        }
        let equations = Equations::of(picture);
        let (width, height) = (plan.placement.width as usize, plan.placement.height as usize);
        self.scratch.lines.iter_mut().for_each(|line| line.resize(width, 0));
        for row in 0..height {
            self.scratch.sample(picture, plan, row);
            let (stride, plane) = (self.spec.width as usize, self.tensor.len() / 3);
            self.output.write_row(&self.scratch.lines, &equations, &mut self.tensor, row * stride, plane);
        }
        Ok((&self.tensor, plan.placement))
    }

    /// The place of the picture's plan in the list, making it when its size is new.
    fn plan_for(&mut self, picture: &Picture<'_>) -> usize {
        let key = Plan::key(picture);
        if let Some(index) = self.plans.iter().position(|plan| plan.key == key) {
            return index;
        }
        if self.plans.len() == PLANS {
            self.plans.remove(0);
        }
        self.plans.push(Plan::new(picture, &self.spec));
        self.plans.len() - 1
    }
}

impl Plan {
    const fn key(picture: &Picture<'_>) -> (u32, u32, PictureFormat, u64) {
        (picture.width, picture.height, picture.format, picture.pixel_aspect.to_bits())
    }

    fn new(picture: &Picture<'_>, spec: &InputSpec) -> Self {
        let placement = Placement::new(picture.width, picture.height, picture.pixel_aspect, spec);
        let (width, height) = (picture.width as usize, picture.height as usize);
        let (out_width, out_height) = (placement.width as usize, placement.height as usize);
        let subsampled = matches!(picture.format, PictureFormat::I420 | PictureFormat::Nv12);
        // An odd side has half a chroma sample beyond the picture's edge: the extent stays true.
        let half =
            |side: usize, out| Axis::new(side.div_ceil(2), f64::from(u32::try_from(side).unwrap_or(0)) / 2.0, out);
        let whole = |side: usize, out| Axis::new(side, f64::from(u32::try_from(side).unwrap_or(0)), out);
        Self {
            key: Self::key(picture),
            placement,
            across: whole(width, out_width),
            down: whole(height, out_height),
            chroma: subsampled.then(|| (half(width, out_width), half(height, out_height))),
        }
    }
}

impl Scratch {
    /// Resamples one row of the output: brightness or red, then U or green, then V or blue.
    fn sample(&mut self, picture: &Picture<'_>, plan: &Plan, row: usize) {
        let (width, format) = (picture.width, picture.format);
        let [first, second, third] = &mut self.lines;
        let bytes = |plane| format.plane_extent(plane, width, picture.height).0;
        blend_plane_rows(&picture.planes[0], bytes(0), plan.down.at(row), &mut self.blended);
        match (format, &plan.chroma) {
            (PictureFormat::Rgb, _) => gather_triples(&self.blended, &plan.across, [first, second, third]),
            (_, None) => gather(&self.blended, &plan.across, first),
            (_, Some((across, down))) => {
                gather(&self.blended, &plan.across, first);
                blend_plane_rows(&picture.planes[1], bytes(1), down.at(row), &mut self.blended);
                if format == PictureFormat::I420 {
                    blend_plane_rows(&picture.planes[2], bytes(2), down.at(row), &mut self.second);
                    rows::pair(&self.blended, &self.second, &mut self.pairs);
                } else {
                    rows::pair_interleaved(&self.blended, &mut self.pairs);
                }
                gather_pairs(&self.pairs, across, second, third);
            }
        }
    }
}

#[cfg(test)]
mod reference;
#[cfg(test)]
mod tests;
