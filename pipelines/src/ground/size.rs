//! How large road users are: the one table of class sizes.

use kerege_contract::RoadUserClass;

/// How large the road users of a class are, metres.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Size {
    pub(crate) length: f64,
    /// One standard deviation of the length within the class.
    pub(crate) spread: f64,
    pub(crate) width: f64,
    /// With whoever rides on it.
    pub(crate) height: f64,
}

impl Size {
    /// Usual sizes: European passenger cars and minibuses, rigid buses and trucks up to the 12 m and
    /// the width of 2.55 m that directive 96/53/EC allows, articulated ones within the spread.
    pub(crate) const fn of(class: RoadUserClass) -> Self {
        let (length, spread, width, height) = match class {
            RoadUserClass::Car => (4.5, 0.35, 1.8, 1.5),
            RoadUserClass::Van => (5.6, 0.6, 2.0, 2.2),
            RoadUserClass::Bus => (11.0, 1.7, 2.5, 3.0),
            RoadUserClass::Truck => (8.5, 2.5, 2.5, 3.2),
            RoadUserClass::Motorcycle => (2.1, 0.2, 0.8, 1.6),
            RoadUserClass::Bicycle => (1.8, 0.15, 0.6, 1.7),
            RoadUserClass::Person => (0.5, 0.1, 0.5, 1.7),
            RoadUserClass::Vehicle => (4.8, 1.0, 1.9, 1.7),
        };
        Self { length, spread, width, height }
    }

    /// Its outline where nobody knows which way it heads: a square of the mean of its sides.
    pub(crate) const fn unheaded(self) -> Self {
        let side = f64::midpoint(self.length, self.width);
        Self { length: side, width: side, ..self }
    }
}
