//! A drawn street with houses, markings, lamps and traffic.

use super::grey::Grey;
use kerege_contract::{Detection, RoadUserClass};

pub(super) const WIDTH: f64 = 640.0;
pub(super) const HEIGHT: f64 = 360.0;

/// A street.
#[derive(Debug, Clone)]
pub(super) struct Street {
    light: f64,
    pub(super) empty: Grey,
}

impl Street {
    /// `light` is 1 by day and 0 at night, when lamps and windows shine.
    pub(super) fn new(light: f64) -> Self {
        let lamp = |x: f64, y: f64, lx: f64, ly: f64| 200.0 * (-((x - lx).powi(2) + (y - ly).powi(2)) / 900.0).exp();
        let empty = Grey::drawn(WIDTH as usize, HEIGHT as usize, |x, y| {
            let day = ground(x, y);
            let window = y < 110.0 && ((x * 0.031).floor() + (y * 0.05).floor()) as i64 % 3 == 0;
            let lamps = lamp(x, y, 90.0, 60.0) + lamp(x, y, 420.0, 50.0);
            let night = 0.14 * day + lamps + if window { 60.0 } else { 0.0 };
            light * day + (1.0 - light) * night
        });
        Self { light, empty }
    }

    /// With cars that drive by, one every few seconds.
    pub(super) fn busy(&self, t: f64) -> Grey {
        let mut street = self.empty.clone();
        let body = |y: f64| if y as i64 % 24 < 10 { 60.0 } else { 190.0 } * (0.2 + 0.8 * self.light);
        (0..4).for_each(|number| street.fill(car(t, number), body));
        street
    }
}

fn car(t: f64, number: u32) -> [f64; 4] {
    let x = (t * 90.0 + f64::from(number) * 260.0) % 1000.0 - 150.0;
    let y = 220.0 + 30.0 * f64::from(number % 3);
    [x, y, x + 90.0, y + 48.0]
}

/// The cars of a busy street, as a model sees them.
pub(super) fn cars(t: f64) -> Vec<Detection> {
    let share = |[x1, y1, x2, y2]: [f64; 4]| [x1 / WIDTH, y1 / HEIGHT, x2 / WIDTH, y2 / HEIGHT].map(|side| side as f32);
    let detection = |number| Detection { class: RoadUserClass::Car, score: 0.8, bbox: share(car(t, number)).into() };
    (0..4).map(detection).collect()
}

/// Houses, a kerb, a road with markings, a tree.
fn ground(x: f64, y: f64) -> f64 {
    if y < 120.0 {
        let house = 110.0 + 35.0 * ((x / 83.0).floor() * 2.7).sin();
        let window = x % 27.0 > 9.0 && y % 31.0 > 13.0 && y > 20.0;
        return if window { house - 55.0 } else { house };
    }
    let tree = ((x - 560.0).powi(2) + (y - 150.0).powi(2)).sqrt();
    if tree < 45.0 {
        return 55.0 + 25.0 * (x * 0.9).sin() * (y * 0.7).cos();
    }
    if y < 180.0 {
        return 150.0 + if ((x + y) / 20.0).floor() as i64 % 2 == 0 { 18.0 } else { 0.0 };
    }
    let dash = (y - 255.0).abs() < 3.0 && x % 90.0 < 45.0;
    let edge = (y - 195.0).abs() < 2.5 || (y - 335.0).abs() < 3.0;
    let crossing = (300.0..350.0).contains(&x) && y > 200.0 && y < 330.0 && y % 22.0 < 11.0;
    if dash || edge || crossing { 205.0 } else { 92.0 + 3.0 * (x * 0.21).sin() * (y * 0.33).sin() }
}
