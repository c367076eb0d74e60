//! The lines by which a test or a person makes simulated cameras fail.

use super::camera::Door;
use super::feed::{Content, Picture};

/// What is to happen to one camera.
#[derive(Debug, Clone, PartialEq)]
pub struct Order {
    /// The camera.
    pub camera: String,
    /// What.
    pub(super) fault: Fault,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Fault {
    Picture(Picture),
    Content(Content),
    Door(Door),
    Drop,
    /// Seconds that its clock is wrong by.
    Clock(f64),
}

/// A line that is no order.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "'{0}' is not an order: write freeze|thaw|still|drop CAMERA, refuse|garbage CAMERA on|off, or clock CAMERA SECONDS"
)]
pub struct BadOrder(String);

impl std::str::FromStr for Order {
    type Err = BadOrder;

    fn from_str(line: &str) -> Result<Self, BadOrder> {
        let words: Vec<&str> = line.split_whitespace().collect();
        let bad = || BadOrder(line.trim().chars().take(80).collect());
        let (camera, fault) = match *words.as_slice() {
            ["freeze", camera] => (camera, Fault::Picture(Picture::Frozen)),
            ["still", camera] => (camera, Fault::Picture(Picture::Still)),
            ["thaw", camera] => (camera, Fault::Picture(Picture::Moving)),
            ["drop", camera] => (camera, Fault::Drop),
            ["refuse", camera, switch @ ("on" | "off")] => {
                (camera, Fault::Door(if switch == "on" { Door::Refusing } else { Door::Open }))
            }
            ["garbage", camera, switch @ ("on" | "off")] => {
                (camera, Fault::Content(if switch == "on" { Content::Garbage } else { Content::Sound }))
            }
            ["clock", camera, seconds] => {
                let seconds: f64 = seconds.parse().map_err(|_| bad())?;
                if !seconds.is_finite() {
                    return Err(bad());
                }
                (camera, Fault::Clock(seconds))
            }
            _ => return Err(bad()),
        };
        Ok(Self { camera: camera.to_owned(), fault })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(line: &str) -> Option<Fault> {
        line.parse::<Order>().ok().filter(|order| order.camera == "cam1").map(|order| order.fault)
    }

    #[test]
    fn every_order_is_understood() {
        for (line, wanted) in [
            ("freeze cam1", Fault::Picture(Picture::Frozen)),
            ("  thaw   cam1 ", Fault::Picture(Picture::Moving)),
            ("still cam1", Fault::Picture(Picture::Still)),
            ("drop cam1", Fault::Drop),
            ("refuse cam1 on", Fault::Door(Door::Refusing)),
            ("refuse cam1 off", Fault::Door(Door::Open)),
            ("garbage cam1 on", Fault::Content(Content::Garbage)),
            ("garbage cam1 off", Fault::Content(Content::Sound)),
            ("clock cam1 +5.0", Fault::Clock(5.0)),
            ("clock cam1 -0.25", Fault::Clock(-0.25)),
        ] {
            assert_eq!(fault(line), Some(wanted), "{line}");
        }
    }

    #[test]
    fn anything_else_is_refused() {
        for line in
            ["", "freeze", "freeze cam1 now", "refuse cam1", "refuse cam1 perhaps", "clock cam1 NaN", "dance cam1"]
        {
            assert!(line.parse::<Order>().is_err(), "{line}");
        }
    }
}
