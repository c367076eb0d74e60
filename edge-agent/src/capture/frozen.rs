//! Whether a camera shows the very same picture again and again while its stream goes on.

use kerege_models::Picture;

/// Every so many rows of the picture are compared.
const ROW_STEP: usize = 4;

/// A fingerprint of the picture's brightness.
pub(super) fn fingerprint(picture: &Picture<'_>) -> u64 {
    let plane = picture.planes[0];
    let width = picture.width as usize;
    let rows = plane.data.chunks(plane.stride.max(1)).take(picture.height as usize).step_by(ROW_STEP);
    rows.fold(0xcbf2_9ce4_8422_2325, |hash, row| hash_row(hash, row.get(..width).unwrap_or(row)))
}

fn hash_row(hash: u64, row: &[u8]) -> u64 {
    let (words, rest) = row.as_chunks::<8>();
    let mix = |hash: u64, word: u64| (hash ^ word).wrapping_mul(0x0000_0100_0000_01b3).rotate_left(23);
    let hash = words.iter().fold(hash, |hash, word| mix(hash, u64::from_le_bytes(*word)));
    rest.iter().fold(hash, |hash, byte| mix(hash, u64::from(*byte)))
}

/// What changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FrozenChange {
    Frozen,
    Restored,
}

/// Compares fingerprints over time.
#[derive(Debug, Clone)]
pub(super) struct FrozenCheck {
    limit_s: f64,
    /// The fingerprint, and since when it is the same.
    same: Option<(u64, f64)>,
    frozen: bool,
}

impl FrozenCheck {
    /// Frozen when the same for `limit_s` seconds of capture time.
    pub(super) const fn new(limit_s: f64) -> Self {
        Self { limit_s, same: None, frozen: false }
    }

    /// Looks at the picture of capture time `t`.
    pub(super) fn look(&mut self, t: f64, fingerprint: u64) -> Option<FrozenChange> {
        match self.same {
            Some((before, since)) if before == fingerprint => {
                let begins = !self.frozen && t - since >= self.limit_s;
                self.frozen |= begins;
                begins.then_some(FrozenChange::Frozen)
            }
            _ => {
                self.same = Some((fingerprint, t));
                std::mem::take(&mut self.frozen).then_some(FrozenChange::Restored)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kerege_models::{Picture, PictureFormat};

    #[test]
    fn one_changed_sample_is_seen_and_padding_is_not() {
        let mut data = vec![7u8; 100 * 80];
        let print = |data: &[u8]| {
            let mut picture = Picture::packed(PictureFormat::Gray8, 100, 80, data).unwrap();
            picture.width = 90;
            fingerprint(&picture)
        };
        let before = print(&data);
        data[95] = 8;
        assert_eq!(print(&data), before, "behind the row's end");
        data[89] = 8;
        assert_ne!(print(&data), before);
    }

    #[test]
    fn frozen_is_told_once_and_so_is_restored() {
        let mut check = FrozenCheck::new(3.0);
        let changes: Vec<_> = (0..60)
            .filter_map(|n| Some((n, check.look(f64::from(n) * 0.1, if n < 40 { 1 } else { n as u64 })?)))
            .collect();
        assert_eq!(changes, [(30, FrozenChange::Frozen), (40, FrozenChange::Restored)]);
    }

    #[test]
    fn a_living_picture_never_freezes() {
        let mut check = FrozenCheck::new(3.0);
        assert!((0..1000u32).all(|n| check.look(f64::from(n) * 0.1, u64::from(n % 20 / 10)).is_none()));
    }
}
