//! Along one axis: which source samples make each output sample, and how much of each.

/// Weights add up to this; a blend of bytes then fits in 16 bits.
pub(super) const ONE: u16 = 256;

/// The table of one axis. Every output has the same number of taps; unneeded ones weigh nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Axis {
    taps: usize,
    starts: Vec<u32>,
    weights: Vec<u16>,
}

impl Axis {
    /// From `len` samples, of which `extent` (at most `len`, more than `len - 1`) lie in the
    /// picture, to `out` samples. Both at least 1.
    pub(super) fn new(len: usize, extent: f64, out: usize) -> Self {
        let scale = extent / to_f64(out);
        let exact: Vec<(usize, Vec<f64>)> = (0..out)
            .map(|index| if scale > 2.0 { area(to_f64(index), scale, len) } else { linear(to_f64(index), scale, len) })
            .collect();
        let taps = exact.iter().map(|(_, weights)| weights.len()).max().unwrap_or(1).min(len);
        let mut axis = Self { taps, starts: Vec::with_capacity(out), weights: Vec::with_capacity(out * taps) };
        for (first, weights) in exact {
            let start = first.min(len - taps);
            let mut padded = vec![0.0; taps];
            padded[first - start..][..weights.len()].copy_from_slice(&weights);
            axis.starts.push(u32::try_from(start).unwrap_or(u32::MAX));
            axis.weights.extend(quantised(&padded));
        }
        axis
    }

    /// How many source samples make one output sample.
    pub(super) const fn taps(&self) -> usize {
        self.taps
    }

    /// The first source sample of every output sample.
    pub(super) fn starts(&self) -> &[u32] {
        &self.starts
    }

    /// The weights of every output sample, `taps` for each.
    pub(super) fn weights(&self) -> &[u16] {
        &self.weights
    }

    /// First source sample and weights of one output sample.
    pub(super) fn at(&self, index: usize) -> (usize, &[u16]) {
        (self.starts[index] as usize, &self.weights[index * self.taps..][..self.taps])
    }
}

#[expect(clippy::cast_precision_loss, reason = "sides are at most 16384")]
fn to_f64(count: usize) -> f64 {
    count as f64
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to the samples there are")]
fn index(position: f64, len: usize) -> usize {
    (position.max(0.0) as usize).min(len - 1)
}

/// Between the two samples whose centres enclose the output's centre.
fn linear(out: f64, scale: f64, len: usize) -> (usize, Vec<f64>) {
    let centre = ((out + 0.5) * scale - 0.5).clamp(0.0, to_f64(len - 1));
    let first = index(centre, len).min(len.saturating_sub(2));
    let fraction = centre - to_f64(first);
    if len == 1 { (0, vec![1.0]) } else { (first, vec![1.0 - fraction, fraction]) }
}

/// All samples that the output covers, each by the part that is covered.
fn area(out: f64, scale: f64, len: usize) -> (usize, Vec<f64>) {
    let (from, to) = (out * scale, ((out + 1.0) * scale).min(to_f64(len)));
    let (first, last) = (index(from, len), index((to - 1e-9).max(0.0), len));
    let covered = |sample: usize| to.min(to_f64(sample + 1)) - from.max(to_f64(sample));
    (first, (first..=last).map(|sample| covered(sample) / (to - from)).collect())
}

/// In units of 1/256, adding up to exactly 256: the running sum is rounded, not each weight.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0..=256")]
fn quantised(weights: &[f64]) -> impl Iterator<Item = u16> {
    let mut sum = 0.0;
    let mut before = 0;
    weights.iter().map(move |weight| {
        sum += weight;
        let upto = ((sum * f64::from(ONE)).round() as u16).min(ONE);
        let own = upto - before;
        before = upto;
        own
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn weights(len: usize, extent: f64, out: usize) -> Vec<(usize, Vec<u16>)> {
        let axis = Axis::new(len, extent, out);
        (0..out).map(|index| (axis.at(index).0, axis.at(index).1.to_vec())).collect()
    }

    #[test]
    fn equal_sizes_copy() {
        assert_eq!(weights(3, 3.0, 3), [(0, vec![256, 0]), (1, vec![256, 0]), (1, vec![0, 256])]);
    }

    #[test]
    fn halving_averages_neighbours() {
        assert_eq!(weights(4, 4.0, 2), [(0, vec![128, 128]), (2, vec![128, 128])]);
    }

    #[test]
    fn doubling_interpolates_and_holds_the_edges() {
        let expected = [(0, vec![256, 0]), (0, vec![192, 64]), (0, vec![64, 192]), (0, vec![0, 256])];
        assert_eq!(weights(2, 2.0, 4), expected);
    }

    #[test]
    fn beyond_two_every_sample_counts_once() {
        for (len, out) in [(1280_u16, 416_u16), (1080, 234), (3840, 416), (1001, 17), (7, 3)] {
            let axis = Axis::new(len.into(), len.into(), out.into());
            let mut sums = vec![0_f64; len.into()];
            for index in 0..usize::from(out) {
                let (start, weights) = axis.at(index);
                assert_eq!(weights.iter().sum::<u16>(), ONE);
                for (offset, weight) in weights.iter().enumerate() {
                    sums[start + offset] += f64::from(*weight);
                }
            }
            let share = f64::from(ONE) * f64::from(out) / f64::from(len);
            assert!(sums.iter().all(|sum| (sum - share).abs() <= 1.5), "{len} -> {out}: {sums:?} {share}");
        }
    }

    #[test]
    fn one_sample_serves_all() {
        assert_eq!(weights(1, 1.0, 2), [(0, vec![256]), (0, vec![256])]);
        assert_eq!(weights(1, 0.5, 1), [(0, vec![256])]);
    }
}
