//! One track and one line: a crossing is a full traverse of the band around the line.
//!
//! A line by itself counts a shaking box again and again. Here a track belongs to the side on which
//! it was last seen outside the band, and crosses when it comes out on the other side, having cut
//! the drawn segment on its way and gone at least its own length since it was deepest on its old
//! side. It counts once each way. One that is first seen inside the band has no side and does not
//! count, unless it is just coming into the picture there.

use crate::layout::LineShape;
use crate::track::Fix;
use kerege_contract::PixelPoint;
use kerege_contract::fact::Direction;
use kerege_contract::geometry::{crossing_fraction, side_of_line};

/// Least half width of the band, square pixels: no detector is steadier.
const MIN_BAND: f64 = 1.0;

/// Size of a road user for bands and lengths, square pixels: steadier than its latest box.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Body {
    pub(crate) width: f64,
    pub(crate) height: f64,
}

impl Body {
    /// How long it is along a way in the picture, square pixels.
    pub(crate) fn length_along(self, from: PixelPoint, to: PixelPoint) -> f64 {
        let distance = from.distance(to);
        if distance == 0.0 {
            return self.width.min(self.height);
        }
        let (along_x, along_y) = ((to.x - from.x) / distance, (to.y - from.y) / distance);
        (self.width * along_x).hypot(self.height * along_y)
    }
}

/// Where a track first appeared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Birth {
    /// At the frame's edge: it came into the picture.
    AtEdge,
    /// Somewhere else: nobody knows where it came from.
    Within,
}

/// The moment at which the line itself was passed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Cut {
    /// Pipeline seconds.
    pub(crate) at: f64,
    /// Where, square pixels.
    pub(crate) place: PixelPoint,
    /// Whether within the drawn segment, not on its extension.
    within: bool,
}

#[cfg(test)]
impl Cut {
    /// Somewhere on a line, at a time.
    pub(crate) fn at_time(at: f64) -> Self {
        Self { at, place: PixelPoint::default(), within: true }
    }
}

/// The side a track belongs to: +1 right of the line, −1 left of it.
#[derive(Debug, Clone, Copy)]
struct Side {
    sign: f64,
    /// The point deepest on that side, and how deep.
    deepest: PixelPoint,
    depth: f64,
}

/// One track and one line.
#[derive(Debug, Clone, Default)]
pub(crate) struct Crossing {
    side: Option<Side>,
    last: Option<(Fix, f64)>,
    cut: Option<Cut>,
    counted: Vec<Direction>,
}

impl Crossing {
    /// Takes the track's next fix; tells when that completes a crossing.
    pub(crate) fn advance(
        &mut self,
        line: &LineShape,
        fix: &Fix,
        body: Body,
        birth: Birth,
    ) -> Option<(Direction, Cut)> {
        let offset = side_of_line(line.a, line.b, fix.anchor);
        let band = (line.band * body.height).max(MIN_BAND);
        match self.last.replace((*fix, offset)) {
            None if birth == Birth::AtEdge && offset != 0.0 => self.belong(offset, fix.anchor),
            Some((before, was)) if (was < 0.0) != (offset < 0.0) => self.cut(line, band, (&before, was), (fix, offset)),
            _ => {}
        }
        let Some(side) = &mut self.side else {
            if offset.abs() > band {
                self.belong(offset, fix.anchor);
            }
            return None;
        };
        if offset * side.sign > side.depth {
            (side.deepest, side.depth) = (fix.anchor, offset * side.sign);
        }
        if offset * side.sign > band {
            self.cut = None;
        }
        if offset * side.sign >= -band {
            return None;
        }
        self.complete(fix.anchor, offset, body)
    }

    /// The track left the picture or drove on unseen: what has passed the line is across, though
    /// nobody saw it come out of the band.
    pub(crate) fn leave(&mut self, body: Body) -> Option<(Direction, Cut)> {
        let (fix, offset) = self.last?;
        let across = self.side.is_some_and(|side| offset * side.sign < 0.0);
        if across { self.complete(fix.anchor, offset, body) } else { None }
    }

    /// Whether it is known from which side it comes.
    pub(crate) const fn has_side(&self) -> bool {
        self.side.is_some()
    }

    fn belong(&mut self, offset: f64, place: PixelPoint) {
        self.side = Some(Side { sign: offset.signum(), deepest: place, depth: offset.abs() });
        self.cut = None;
    }

    fn cut(&mut self, line: &LineShape, band: f64, (before, was): (&Fix, f64), (fix, offset): (&Fix, f64)) {
        // The band goes round the ends of the line: a body is wider than its middle.
        let beyond = band / line.a.distance(line.b).max(band);
        let (a, b) = (line.a.toward(line.b, -beyond), line.b.toward(line.a, -beyond));
        let share = was / (was - offset);
        self.cut = Some(Cut {
            at: before.at + share * (fix.at - before.at),
            place: before.anchor.toward(fix.anchor, share),
            within: crossing_fraction(before.anchor, fix.anchor, a, b).is_some(),
        });
    }

    /// It is across. Having gone its own length it belongs to the other side from now on.
    fn complete(&mut self, place: PixelPoint, offset: f64, body: Body) -> Option<(Direction, Cut)> {
        let side = self.side?;
        if side.deepest.distance(place) < body.length_along(side.deepest, place) {
            return None;
        }
        let cut = self.cut;
        self.belong(offset, place);
        let direction = if offset > 0.0 { Direction::Forward } else { Direction::Backward };
        let cut = cut.filter(|cut| cut.within && !self.counted.contains(&direction))?;
        self.counted.push(direction);
        Some((direction, cut))
    }
}

#[cfg(test)]
mod tests;
