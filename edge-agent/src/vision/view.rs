//! The view that is normal for a camera, and how a look compares to it.
//!
//! What is remembered is one averaged picture: traffic, rain and headlamps are gone from it, and it follows
//! the light within minutes. Edges are compared, not brightness, and each cell for itself: a bus that fills
//! half of the picture says nothing about the other half, and the cells that road users cover do not vote.

use super::VisionError;
use super::edges::Edges;
use super::plane::{CELLS, Extent, Plane};
use super::shift::Shifts;

/// Looks of which the first view is made.
const LEARN: u32 = 8;
/// How long until the view has followed a change of the light by two thirds, seconds.
const FOLLOW_S: f64 = 120.0;
/// How often the edges of the view are measured anew, seconds.
const REFRESH_S: f64 = 10.0;
/// A cell with less contrast than this, grey levels a pixel, is asphalt or sky and does not vote.
const STRUCTURE: f32 = 1.2;
/// Fewer cells with structure than this tell nothing.
const LEAST_CELLS: usize = 6;
/// Of the cells with structure at least this share must be free of road users.
const LEAST_FREE: f64 = 0.25;
/// A cell has lost its edges when less than this share of their contrast is left.
const LOST: f32 = 0.3;
/// Edges that correlate at least so well are the same.
const SAME: f64 = 0.35;
/// When cells correlate less well than this in the mean, a shift is looked for.
const LOOK_FOR_SHIFT: f64 = 0.8;
/// A shift is believed when with it so many cells are the same, and they correlate so much better than without.
const SHIFT_SAME: f64 = 0.4;
const SHIFT_BETTER: f64 = 0.1;

/// The normal view.
#[derive(Debug, Default)]
pub(super) struct View {
    normal: Option<Normal>,
    shifts: Shifts,
    /// By how much the normal view is shifted against the first, and the look against the normal view,
    /// shares of width and height.
    nudged: [f64; 2],
    shift: Option<[f64; 2]>,
}

#[derive(Debug)]
struct Normal {
    picture: Plane,
    edges: Edges,
    looks: u32,
    measured: f64,
    last: f64,
}

/// How a look compares to the normal view; what cannot be told is none.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Comparison {
    /// Share of the voting cells that have lost their edges, 0..1.
    pub(super) lost: Option<f64>,
    /// How much of all edges' contrast is left, and how much of the brightness's spread; 1 being as much as
    /// normal. What is out of focus keeps its spread.
    pub(super) left: f64,
    pub(super) spread_left: f64,
    /// Share of the voting cells that show what they normally do, 0..1.
    pub(super) same: Option<f64>,
    /// By how much the view is shifted against the first one, as a share of the picture's width or height,
    /// the larger; none when no shift explains what is seen.
    pub(super) shift: Option<f64>,
}

impl View {
    /// A view that was kept.
    pub(super) fn kept(picture: Plane) -> Result<Self, VisionError> {
        let edges = Edges::of(&picture)?;
        let normal = Normal { picture, edges, looks: LEARN, measured: f64::NEG_INFINITY, last: f64::NEG_INFINITY };
        Ok(Self { normal: Some(normal), ..Self::default() })
    }

    /// Whether it knows the normal view.
    pub(super) fn is_known(&self) -> bool {
        self.normal.as_ref().is_some_and(|normal| normal.looks >= LEARN)
    }

    /// Its averaged picture, once it knows it.
    pub(super) fn picture(&self) -> Option<&Plane> {
        self.normal.as_ref().filter(|normal| normal.looks >= LEARN).map(|normal| &normal.picture)
    }

    pub(super) fn forget(&mut self) {
        *self = Self::default();
    }

    /// Learns the view anew that lies beside the normal one by the last look's shift.
    pub(super) fn follow(&mut self) {
        let [x, y] = self.shift.take().unwrap_or_default();
        self.nudged = [self.nudged[0] + x, self.nudged[1] + y];
        self.normal = None;
    }

    /// Takes a look that shows the normal view into it.
    pub(super) fn learn(&mut self, t: f64, small: &Plane, edges: &Edges) -> Result<(), VisionError> {
        let Some(normal) = self.normal.as_mut().filter(|normal| normal.picture.is_like(small)) else {
            let (picture, edges) = (small.clone(), edges.clone());
            self.normal = Some(Normal { picture, edges, looks: 1, measured: t, last: t });
            return Ok(());
        };
        let share = if normal.looks < LEARN {
            1.0 / f64::from(normal.looks + 1)
        } else {
            (t - normal.last).clamp(0.0, 2.0) / FOLLOW_S
        };
        for (known, seen) in normal.picture.data.iter_mut().zip(&small.data) {
            *known += (seen - *known) * share as f32;
        }
        normal.looks = normal.looks.saturating_add(1);
        normal.last = t;
        if normal.looks <= LEARN || (t - normal.measured).abs() >= REFRESH_S {
            normal.measured = t;
            normal.edges = Edges::of(&normal.picture)?;
        }
        Ok(())
    }

    /// Compares a look to the normal view.
    pub(super) fn compare(&mut self, edges: &Edges, covered: &[bool; CELLS]) -> Result<Comparison, VisionError> {
        let Some(normal) = self.normal.as_ref().filter(|normal| normal.looks >= LEARN) else {
            return Ok(Comparison::default());
        };
        let known = &normal.edges;
        if !known.slopes.is_like(&edges.slopes) {
            // The camera was told to send pictures of another size.
            self.forget();
            return Ok(Comparison::default());
        }
        let structured: Vec<usize> = (0..CELLS).filter(|cell| known.coarse[*cell] >= STRUCTURE).collect();
        let votes: Vec<usize> = structured.iter().copied().filter(|cell| !covered[*cell]).collect();
        let free = votes.len() as f64 / structured.len().max(1) as f64;
        if votes.len() < LEAST_CELLS || free < LEAST_FREE {
            return Ok(Comparison::default());
        }
        self.shift = None;
        let mut comparison = contrast(known, edges, &votes);
        let Some(likeness) = likeness(known, edges, &votes, [0, 0]) else { return Ok(comparison) };
        comparison.same = Some(likeness.same);
        if likeness.mean < LOOK_FOR_SHIFT {
            comparison.shift = self.shift(edges, &votes, likeness)?;
        }
        Ok(comparison)
    }

    /// The shift that explains what is seen, if one does.
    fn shift(&mut self, edges: &Edges, votes: &[usize], without: Likeness) -> Result<Option<f64>, VisionError> {
        let Some(normal) = &self.normal else { return Ok(None) };
        let known = &normal.edges;
        let shift = self.shifts.between(&known.slopes, &edges.slopes)?;
        let better = |with: Likeness| with.same >= SHIFT_SAME && with.mean >= without.mean + SHIFT_BETTER;
        let believed = likeness(known, edges, votes, shift).is_some_and(better);
        let size = [edges.slopes.width as f64, edges.slopes.height as f64];
        self.shift = believed.then_some([f64::from(shift[0]) / size[0], f64::from(shift[1]) / size[1]]);
        Ok(self.shift.map(|[x, y]| (x + self.nudged[0]).abs().max((y + self.nudged[1]).abs())))
    }
}

/// How much of the contrast is left.
fn contrast(known: &Edges, edges: &Edges, votes: &[usize]) -> Comparison {
    let gone = |known: &[f32; CELLS], seen: &[f32; CELLS], cell: usize| seen[cell] < LOST * known[cell];
    let lost = votes
        .iter()
        .filter(|cell| gone(&known.fine, &edges.fine, **cell) || gone(&known.coarse, &edges.coarse, **cell))
        .count();
    let sum = |numbers: &[f32; CELLS]| votes.iter().map(|cell| f64::from(numbers[*cell])).sum::<f64>();
    let left = |known, seen| sum(seen) / sum(known).max(0.001);
    Comparison {
        lost: Some(lost as f64 / votes.len() as f64),
        left: left(&known.fine, &edges.fine).min(left(&known.coarse, &edges.coarse)),
        spread_left: edges.relative_spread() / known.relative_spread().max(0.001),
        ..Comparison::default()
    }
}

/// How alike the cells of two pictures are.
#[derive(Debug, Clone, Copy)]
struct Likeness {
    /// Share of the cells that are the same, 0..1, and the mean correlation of all, -1..1.
    same: f64,
    mean: f64,
}

/// How alike the cells are when what was at a place is looked for beside it; none when too few of them lie
/// in the picture then.
fn likeness(known: &Edges, edges: &Edges, votes: &[usize], shift: [i32; 2]) -> Option<Likeness> {
    let there = votes.iter().filter_map(|cell| correlation(&known.slopes, &edges.slopes, *cell, shift));
    let correlations: Vec<f64> = there.collect();
    let count = correlations.len();
    let same = correlations.iter().filter(|correlation| **correlation >= SAME).count();
    (count >= LEAST_CELLS / 2)
        .then(|| Likeness { same: same as f64 / count as f64, mean: correlations.iter().sum::<f64>() / count as f64 })
}

/// How well a cell of one plane correlates with the place beside it in another, -1..1; none when that
/// place is not in the picture.
fn correlation(known: &Plane, seen: &Plane, cell: usize, shift: [i32; 2]) -> Option<f64> {
    let from = known.cell(cell);
    let moved = |side: [usize; 2], by: i32, most: usize| -> Option<[usize; 2]> {
        let moved = side.map(|edge| i32::try_from(edge).unwrap_or(i32::MAX).saturating_add(by));
        (moved[0] >= 0 && moved[1] <= most as i32).then(|| moved.map(|edge| edge as usize))
    };
    let to = Extent { x: moved(from.x, shift[0], seen.width)?, y: moved(from.y, shift[1], seen.height)? };
    let (mut n, mut a, mut b, mut aa, mut bb, mut ab) = (0.0_f64, 0.0_f64, 0.0_f64, 0.0_f64, 0.0_f64, 0.0_f64);
    for (row, other) in known.rows(from).zip(seen.rows(to)) {
        for (x, y) in row.iter().zip(other) {
            let (x, y) = (f64::from(*x), f64::from(*y));
            n += 1.0;
            a += x;
            b += y;
            aa += x * x;
            bb += y * y;
            ab += x * y;
        }
    }
    let (va, vb) = (aa - a * a / n.max(1.0), bb - b * b / n.max(1.0));
    let together = ab - a * b / n.max(1.0);
    Some(if va > 1e-6 && vb > 1e-6 { together / (va * vb).sqrt() } else { 0.0 })
}
