//! The paints that the blob detector tells apart, and what each stands for.
//!
//! Six corners of the colour cube: far from every grey and from each other, so that they survive
//! 4:2:0 and H.264. Not quite saturated, so that no conversion clips them.

/// A paint; each stands for one kind of road user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Paint {
    /// A car.
    Red,
    /// A bus.
    Blue,
    /// A truck.
    Yellow,
    /// A person.
    Magenta,
    /// A motorcycle.
    Green,
    /// A van.
    Cyan,
}

const HIGH: u8 = 235;
const LOW: u8 = 20;

impl Paint {
    /// All paints.
    pub const ALL: [Self; 6] = [Self::Red, Self::Blue, Self::Yellow, Self::Magenta, Self::Green, Self::Cyan];

    /// A grey for the road that no paint is mistaken for; any other grey will do as well.
    pub const ROAD: [u8; 3] = [96, 96, 96];

    /// Red, green, blue: what to draw with.
    #[must_use]
    pub const fn rgb(self) -> [u8; 3] {
        match self {
            Self::Red => [HIGH, LOW, LOW],
            Self::Blue => [LOW, LOW, HIGH],
            Self::Yellow => [HIGH, HIGH, LOW],
            Self::Magenta => [HIGH, LOW, HIGH],
            Self::Green => [LOW, HIGH, LOW],
            Self::Cyan => [LOW, HIGH, HIGH],
        }
    }

    /// The word of the class it stands for.
    #[must_use]
    pub const fn class(self) -> &'static str {
        match self {
            Self::Red => "car",
            Self::Blue => "bus",
            Self::Yellow => "truck",
            Self::Magenta => "person",
            Self::Green => "motorcycle",
            Self::Cyan => "van",
        }
    }

    /// Factors of red, green and blue (0..1) and a summand, whose sum is 1 for the full colour and
    /// at most 0 for every grey and every other paint.
    pub(crate) const fn likeness(self) -> ([f32; 3], f32) {
        match self {
            Self::Red => ([1.0, -1.0, -1.0], 0.0),
            Self::Blue => ([-1.0, -1.0, 1.0], 0.0),
            Self::Yellow => ([1.0, 1.0, -1.0], -1.0),
            Self::Magenta => ([1.0, -1.0, 1.0], -1.0),
            Self::Green => ([-1.0, 1.0, -1.0], 0.0),
            Self::Cyan => ([-1.0, 1.0, 1.0], -1.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn likeness(paint: Paint, rgb: [u8; 3]) -> f32 {
        let (factors, summand) = paint.likeness();
        factors.iter().zip(rgb).map(|(factor, value)| factor * f32::from(value) / 255.0).sum::<f32>() + summand
    }

    #[test]
    fn each_paint_is_like_itself_alone() {
        for paint in Paint::ALL {
            for other in Paint::ALL {
                let alike = likeness(paint, other.rgb());
                assert!(if paint == other { alike > 0.7 } else { alike < 0.0 }, "{paint:?} {other:?}: {alike}");
            }
            for grey in 0..=255 {
                assert!(likeness(paint, [grey; 3]) <= 1e-6, "{paint:?} and grey {grey}");
            }
        }
    }
}
