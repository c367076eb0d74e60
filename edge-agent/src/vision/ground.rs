//! What the road looks like where nobody is, and what lies on it that was not there before.
//!
//! Each pixel knows its background, learnt only while no known road user covers it, and the last other
//! value it showed and for how long. What shows the same other value for some seconds lies still. A change
//! of exposure is taken out first; what is large, or fades out at its rim as the light of headlamps does,
//! is light and no thing, and becomes background after a minute.

use super::VisionError;
use super::blobs::{Blob, blobs};
use super::covered::margin;
use super::plane::Plane;
use kerege_contract::{Detection, FrameBox};
use kerege_pipelines::Thing;

/// What differs from the background by more than this, grey levels, is something else.
const DIFFERS: f32 = 14.0;
/// What differs from the last other value by less than this is the same.
const SAME: f32 = 10.0;
/// A pixel's background is its mean at first, over so many looks; then it follows this slowly, seconds.
const LEARN: f32 = 6.0;
const FOLLOW_S: f64 = 20.0;
/// From when on something lies still, seconds.
const STILL_S: f32 = 3.0;
/// When what lies still becomes background: what is no thing, and what is one, seconds.
const ABSORB_S: f32 = 60.0;
const ABSORB_THING_S: f32 = 1800.0;
/// Pixels of a thing at least, and at most as a share of the picture.
const LEAST_PIXELS: i32 = 8;
const MOST_SHARE: f64 = 0.03;
/// What a thing's outermost pixels differ by at least, and those beyond at most, as a share of all of it.
const RIM: f32 = 0.6;
const BEYOND: f32 = 0.35;
/// When more of what is free differs than this, the light has changed, and all is learnt anew.
const ALL_DIFFERS: f64 = 0.35;
/// A longer gap between looks counts as this, seconds.
const MAX_GAP_S: f64 = 1.0;

/// One pixel's memory.
#[derive(Debug, Clone, Copy, Default)]
struct Pixel {
    background: f32,
    /// Looks that made the background.
    looks: f32,
    other: f32,
    /// Since when it shows the other value, seconds.
    still_s: f32,
}

/// The road of one camera.
#[derive(Debug, Default)]
pub(super) struct Ground {
    width: usize,
    height: usize,
    pixels: Vec<Pixel>,
    last: Option<f64>,
}

impl Ground {
    /// Forgets the road: the camera shows another place, or cannot be believed.
    pub(super) fn forget(&mut self) {
        *self = Self::default();
    }

    /// A new connection: time begins anew, the road is the same.
    pub(super) fn interrupt(&mut self) {
        self.last = None;
    }

    /// Takes a look; what lies still.
    pub(super) fn look(&mut self, t: f64, small: &Plane, seen: &[Detection]) -> Result<Vec<Thing>, VisionError> {
        if (self.width, self.height) != (small.width, small.height) {
            (self.width, self.height) = (small.width, small.height);
            self.pixels = vec![Pixel::default(); small.data.len()];
        }
        let dt = self.last.replace(t).map_or(0.0, |last| (t - last).clamp(0.0, MAX_GAP_S));
        let free = self.free(seen);
        let exposure = self.exposure(small, &free);
        let (mut known, mut differs) = (0_u32, 0_u32);
        for ((pixel, value), free) in self.pixels.iter_mut().zip(&small.data).zip(&free) {
            if *free {
                known += u32::from(pixel.looks >= LEARN);
                differs += u32::from(pixel.look(exposure.normal(*value), dt));
            } else if pixel.still_s >= STILL_S {
                // It lies under whoever passes.
                pixel.still_s += dt as f32;
            }
        }
        if f64::from(differs) > ALL_DIFFERS * f64::from(known.max(1)) {
            self.pixels.fill(Pixel::default());
            return Ok(Vec::new());
        }
        self.things(small, &exposure)
    }

    /// Which pixels no known road user covers.
    fn free(&self, seen: &[Detection]) -> Vec<bool> {
        let mut free = vec![true; self.pixels.len()];
        for [x1, y1, x2, y2] in seen.iter().map(margin) {
            let edge = |share: f32, side: usize| ((share * side as f32).max(0.0) as usize).min(side);
            let (x1, x2) = (edge(x1, self.width), edge(x2, self.width));
            let rows = free.chunks_exact_mut(self.width.max(1));
            for row in rows.take(edge(y2, self.height)).skip(edge(y1, self.height)) {
                row[x1..x2.max(x1)].fill(false);
            }
        }
        free
    }

    /// How the look is exposed against the background.
    fn exposure(&self, small: &Plane, free: &[bool]) -> Exposure {
        let pairs = || {
            let pixels = self.pixels.iter().zip(&small.data).zip(free);
            pixels
                .filter(|((pixel, _), free)| **free && pixel.looks >= LEARN)
                .map(|((pixel, value), _)| (pixel.background, *value))
                .step_by(7)
        };
        let first = Exposure::fit(pairs());
        // Once more without what differs, which must not be taken for a change of exposure.
        Exposure::fit(pairs().filter(|(background, value)| (first.normal(*value) - background).abs() < 2.0 * DIFFERS))
    }

    /// The things among what lies still; what else lies still for long becomes background.
    fn things(&mut self, small: &Plane, exposure: &Exposure) -> Result<Vec<Thing>, VisionError> {
        let mask: Vec<u8> = self.pixels.iter().map(|pixel| u8::from(pixel.still_s >= STILL_S) * 255).collect();
        if !mask.contains(&255) {
            return Ok(Vec::new());
        }
        let differences: Vec<f32> = self
            .pixels
            .iter()
            .zip(&small.data)
            .map(|(pixel, value)| (exposure.normal(*value) - pixel.background).abs())
            .collect();
        let difference = Plane { width: self.width, height: self.height, data: differences };
        let most = (MOST_SHARE * self.pixels.len() as f64) as i32;
        let mut things = Vec::new();
        let mut lies = vec![false; self.pixels.len()];
        for blob in blobs(&mask, self.width, self.height)? {
            if (LEAST_PIXELS..=most).contains(&blob.pixels) && self.has_rim(&difference, &blob) {
                let [x1, y1, x2, y2] = blob.edges;
                for row in y1..y2 {
                    lies[row * self.width + x1..row * self.width + x2].fill(true);
                }
                things.push(self.thing(&blob));
            }
        }
        for (pixel, lies) in self.pixels.iter_mut().zip(lies) {
            if pixel.still_s >= if lies { ABSORB_THING_S } else { ABSORB_S } {
                *pixel = Pixel { background: pixel.other, looks: LEARN, ..Pixel::default() };
            }
        }
        Ok(things)
    }

    /// Whether it ends at its rim, as things do and light does not.
    fn has_rim(&self, difference: &Plane, blob: &Blob) -> bool {
        let [x1, y1, x2, y2] = blob.edges;
        let still = |x: usize, y: usize| self.pixels[y * self.width + x].still_s >= STILL_S;
        let (mut whole, mut rim, mut beyond) = (Mean::default(), Mean::default(), Mean::default());
        for y in y1.saturating_sub(2)..(y2 + 2).min(self.height) {
            for x in x1.saturating_sub(2)..(x2 + 2).min(self.width) {
                let value = difference.data[y * self.width + x];
                if still(x, y) {
                    whole.add(value);
                    let inner = x > x1 && x + 1 < x2 && y > y1 && y + 1 < y2;
                    if !(inner && still(x - 1, y) && still(x + 1, y) && still(x, y - 1) && still(x, y + 1)) {
                        rim.add(value);
                    }
                } else if !((x1..x2).contains(&x) && (y1..y2).contains(&y)) {
                    beyond.add(value);
                }
            }
        }
        rim.get() >= RIM * whole.get() && beyond.get() <= BEYOND * whole.get()
    }

    fn thing(&self, blob: &Blob) -> Thing {
        let [x1, y1, x2, y2] = blob.edges;
        let rows = (y1..y2).flat_map(|y| &self.pixels[y * self.width + x1..y * self.width + x2]);
        let mut ages: Vec<f32> = rows.map(|pixel| pixel.still_s).filter(|age| *age >= STILL_S).collect();
        ages.sort_by(f32::total_cmp);
        let share = |at: usize, side: usize| at as f32 / side as f32;
        let bbox: FrameBox =
            [share(x1, self.width), share(y1, self.height), share(x2, self.width), share(y2, self.height)].into();
        Thing { bbox, still_s: ages.get(ages.len() / 2).copied().map_or(0.0, f64::from) }
    }
}

impl Pixel {
    /// Takes a look at an uncovered pixel; whether it differs from its background.
    fn look(&mut self, value: f32, dt: f64) -> bool {
        if self.looks < LEARN {
            self.looks += 1.0;
            self.background += (value - self.background) / self.looks;
            return false;
        }
        let differs = (value - self.background).abs() > DIFFERS;
        if !differs {
            self.background += (value - self.background) * (dt / FOLLOW_S) as f32;
            self.still_s = (self.still_s - 2.0 * dt as f32).max(0.0);
        } else if self.still_s > 0.0 && (value - self.other).abs() < SAME {
            self.still_s += dt as f32;
            self.other += (value - self.other) * 0.1;
        } else if self.still_s >= STILL_S {
            // Something passes before it.
            self.still_s -= 2.0 * dt as f32;
        } else {
            (self.other, self.still_s) = (value, f32::MIN_POSITIVE);
        }
        differs
    }
}

/// A mean that is added up.
#[derive(Debug, Clone, Copy, Default)]
struct Mean {
    sum: f32,
    count: f32,
}

impl Mean {
    fn add(&mut self, value: f32) {
        self.sum += value;
        self.count += 1.0;
    }

    fn get(self) -> f32 {
        self.sum / self.count.max(1.0)
    }
}

/// How a look's grey levels become those of the background.
#[derive(Debug, Clone, Copy)]
struct Exposure {
    gain: f32,
    offset: f32,
}

impl Exposure {
    /// From pairs of background and look: as their means and deviations are.
    fn fit(pairs: impl Iterator<Item = (f32, f32)>) -> Self {
        let (mut n, mut a, mut b, mut aa, mut bb) = (0.0_f64, 0.0_f64, 0.0_f64, 0.0_f64, 0.0_f64);
        for (x, y) in pairs.map(|(x, y)| (f64::from(x), f64::from(y))) {
            (n, a, b, aa, bb) = (n + 1.0, a + x, b + y, aa + x * x, bb + y * y);
        }
        if n < 100.0 {
            return Self { gain: 1.0, offset: 0.0 };
        }
        let deviation = |sum: f64, squares: f64| (squares / n - (sum / n) * (sum / n)).max(0.0).sqrt();
        let gain = ((deviation(a, aa) + 2.0) / (deviation(b, bb) + 2.0)).clamp(0.4, 2.5);
        Self { gain: gain as f32, offset: (a / n - gain * b / n) as f32 }
    }

    fn normal(&self, value: f32) -> f32 {
        self.gain * value + self.offset
    }
}
