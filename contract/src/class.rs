//! What kind of road user a detection, track or count is about.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The kinds of road user that Kerege tells apart; on the wire in snake case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RoadUserClass {
    /// Passenger car, taxi, sport utility vehicle, pickup.
    Car,
    /// Minibus (marshrutka) or van.
    Van,
    /// Bus or trolleybus.
    Bus,
    /// Rigid or articulated truck.
    Truck,
    /// Motorcycle, scooter, moped.
    Motorcycle,
    /// Bicycle with its rider.
    Bicycle,
    /// A person on foot.
    Person,
    /// A motor vehicle whose kind the model does not tell.
    Vehicle,
}

impl RoadUserClass {
    /// Every class, in the order of tables and charts.
    pub const ALL: [Self; 8] =
        [Self::Car, Self::Van, Self::Bus, Self::Truck, Self::Motorcycle, Self::Bicycle, Self::Person, Self::Vehicle];

    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Car => "car",
            Self::Van => "van",
            Self::Bus => "bus",
            Self::Truck => "truck",
            Self::Motorcycle => "motorcycle",
            Self::Bicycle => "bicycle",
            Self::Person => "person",
            Self::Vehicle => "vehicle",
        }
    }

    /// The class that a wire word names.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|class| class.as_str() == word)
    }

    /// Whether it has an engine and more than two wheels.
    #[must_use]
    pub const fn is_motor_vehicle(self) -> bool {
        matches!(self, Self::Car | Self::Van | Self::Bus | Self::Truck | Self::Motorcycle | Self::Vehicle)
    }

    /// Whether it is a bicycle or motorcycle, which may lawfully pass where cars may not.
    #[must_use]
    pub const fn is_cycle(self) -> bool {
        matches!(self, Self::Motorcycle | Self::Bicycle)
    }
}

impl fmt::Display for RoadUserClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
