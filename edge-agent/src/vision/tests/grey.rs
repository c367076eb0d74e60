//! Grey pictures and what can happen to them: turned cameras, covered lenses, the light of the day.

use kerege_models::{ColourRange, Picture, PictureFormat};

/// A grey picture, 0..255 from black to white.
#[derive(Debug, Clone)]
pub(super) struct Grey {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) data: Vec<u8>,
}

impl Grey {
    pub(super) fn drawn(width: usize, height: usize, level: impl Fn(f64, f64) -> f64) -> Self {
        let places = (0..height).flat_map(|y| (0..width).map(move |x| (x as f64, y as f64)));
        Self { width, height, data: places.map(|(x, y)| level(x, y).round().clamp(0.0, 255.0) as u8).collect() }
    }

    /// The brightness of a decoded picture.
    pub(super) fn of(picture: &Picture<'_>) -> Self {
        let (width, height) = (picture.width as usize, picture.height as usize);
        let plane = picture.planes[0];
        let limited = picture.range == ColourRange::Limited;
        let level = |byte: u8| if limited { (f64::from(byte) - 16.0) * 255.0 / 219.0 } else { f64::from(byte) };
        let rows = plane.data.chunks(plane.stride).take(height).flat_map(|row| &row[..width]);
        Self { width, height, data: rows.map(|byte| level(*byte).round().clamp(0.0, 255.0) as u8).collect() }
    }

    /// Paints a rectangle: left, top, right, bottom; rows by a function of how far down.
    pub(super) fn fill(&mut self, [x1, y1, x2, y2]: [f64; 4], level: impl Fn(f64) -> f64) {
        let inside = |value: f64, side: usize| (value.max(0.0) as usize).min(side);
        let (x1, x2) = (inside(x1, self.width), inside(x2, self.width));
        for y in inside(y1, self.height)..inside(y2, self.height) {
            self.data[y * self.width + x1..y * self.width + x2.max(x1)].fill(level(y as f64) as u8);
        }
    }

    pub(super) fn picture(&self) -> Picture<'_> {
        let picture = Picture::packed(PictureFormat::Gray8, self.width as u32, self.height as u32, &self.data);
        Picture { range: ColourRange::Full, ..picture.unwrap() }
    }

    pub(super) fn at(&self, x: f64, y: f64) -> f64 {
        let inside = |value: f64, side: usize| (value.max(0.0) as usize).min(side - 1);
        f64::from(self.data[inside(y, self.height) * self.width + inside(x, self.width)])
    }

    /// Every level changed; `x` and `y` are 0..1.
    pub(super) fn toned(&self, tone: impl Fn(f64, f64, f64) -> f64) -> Self {
        let size = (self.width as f64, self.height as f64);
        Self::drawn(self.width, self.height, |x, y| tone(self.at(x, y), x / size.0, y / size.1))
    }

    /// What a camera sees of this picture that sees four fifths of it, 320 by 180: turned by shares of its own view,
    /// rolled by an angle (radians) and zoomed.
    pub(super) fn seen(&self, turn: Turn) -> Self {
        let (w, h) = (self.width as f64, self.height as f64);
        let (sin, cos) = turn.roll.sin_cos();
        let view = 0.8 / turn.zoom;
        Self::drawn(320, 180, |x, y| {
            let (x, y) = ((x / 320.0 - 0.5) * view * w, (y / 180.0 - 0.5) * view * h);
            let (x, y) = (x * cos - y * sin, x * sin + y * cos);
            self.at(x + (0.5 + 0.8 * turn.pan) * w, y + (0.5 + 0.8 * turn.tilt) * h)
        })
    }

    /// Out of focus: the mean over squares of so many pixels to each side, twice.
    pub(super) fn blurred(&self, reach: usize) -> Self {
        let once = |grey: &Self| grey.along(reach, 1, grey.width).along(reach, grey.width, grey.height);
        once(&once(self))
    }

    fn along(&self, reach: usize, step: usize, length: usize) -> Self {
        let mut data = self.data.clone();
        let lines = self.data.len() / length;
        for line in 0..lines {
            let start = if step == 1 { line * self.width } else { line };
            let at = |place: usize| u32::from(self.data[start + place * step]);
            let mut sum: u32 = (0..=reach.min(length - 1)).map(at).sum();
            let mut count = reach.min(length - 1) as u32 + 1;
            for place in 0..length {
                data[start + place * step] = (sum / count) as u8;
                if place + reach + 1 < length {
                    sum += at(place + reach + 1);
                    count += 1;
                }
                if place >= reach {
                    sum -= at(place - reach);
                    count -= 1;
                }
            }
        }
        Self { data, ..*self }
    }

    /// With the noise of a sensor, of about so many levels.
    pub(super) fn noisy(&self, levels: f64, seed: u64) -> Self {
        let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
        let mut grey = self.clone();
        for level in &mut grey.data {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            let noise = ((state % 1000) as f64 / 500.0 - 1.0) * 1.73 * levels;
            *level = (f64::from(*level) + noise).round().clamp(0.0, 255.0) as u8;
        }
        grey
    }
}

/// Where a camera looks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Turn {
    pub(super) pan: f64,
    pub(super) tilt: f64,
    pub(super) roll: f64,
    pub(super) zoom: f64,
}

impl Turn {
    pub(super) const NONE: Self = Self { pan: 0.0, tilt: 0.0, roll: 0.0, zoom: 1.0 };
}
