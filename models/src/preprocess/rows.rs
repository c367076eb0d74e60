//! The two moves of resampling: blending source rows, and gathering across a blended row.
//!
//! Values are 8.8 fixed point after blending rows and 8.16 after gathering. U and V travel as one
//! 64-bit pair, so that each multiplication serves both.

use super::axis::Axis;
use crate::picture::Plane;

/// Blends the first `row_bytes` bytes of neighbouring rows of a plane into `out` (8.8 fixed point).
pub(super) fn blend_plane_rows(
    plane: &Plane<'_>,
    row_bytes: usize,
    (first, weights): (usize, &[u16]),
    out: &mut Vec<u16>,
) {
    let row = |index: usize| &plane.data[(first + index) * plane.stride..][..row_bytes];
    out.resize(row_bytes, 0);
    let mut tap = 0;
    while tap < weights.len() {
        let weight = weights[tap];
        match (tap, weights.get(tap + 1)) {
            (0, Some(&next)) => {
                set_two(out, row(0), weight, row(1), next);
                tap += 1;
            }
            (0, None) => set_one(out, row(0), weight),
            (_, Some(&next)) if next != 0 => {
                add_two(out, row(tap), weight, row(tap + 1), next);
                tap += 1;
            }
            (_, _) if weight != 0 => add_one(out, row(tap), weight),
            _ => {}
        }
        tap += 1;
    }
}

fn scaled(byte: u8, weight: u16) -> u16 {
    // At most 255 × 256, and weights add up to 256: neither product nor sum leaves 16 bits.
    u16::from(byte).wrapping_mul(weight)
}

fn set_one(out: &mut [u16], a: &[u8], weight: u16) {
    for (out, a) in out.iter_mut().zip(a) {
        *out = scaled(*a, weight);
    }
}

fn set_two(out: &mut [u16], a: &[u8], weight_a: u16, b: &[u8], weight_b: u16) {
    for ((out, a), b) in out.iter_mut().zip(a).zip(b) {
        *out = scaled(*a, weight_a).wrapping_add(scaled(*b, weight_b));
    }
}

fn add_one(out: &mut [u16], a: &[u8], weight: u16) {
    for (out, a) in out.iter_mut().zip(a) {
        *out = out.wrapping_add(scaled(*a, weight));
    }
}

fn add_two(out: &mut [u16], a: &[u8], weight_a: u16, b: &[u8], weight_b: u16) {
    for ((out, a), b) in out.iter_mut().zip(a).zip(b) {
        *out = out.wrapping_add(scaled(*a, weight_a)).wrapping_add(scaled(*b, weight_b));
    }
}

/// Puts U (low half) and V (high half) side by side.
pub(super) fn pair(u: &[u16], v: &[u16], out: &mut Vec<u64>) {
    out.resize(u.len(), 0);
    for ((out, u), v) in out.iter_mut().zip(u).zip(v) {
        *out = u64::from(*u) | u64::from(*v) << 32;
    }
}

/// The same of samples that lie in turn.
pub(super) fn pair_interleaved(uv: &[u16], out: &mut Vec<u64>) {
    let (pairs, _) = uv.as_chunks::<2>();
    out.resize(pairs.len(), 0);
    for (out, [u, v]) in out.iter_mut().zip(pairs) {
        *out = u64::from(*u) | u64::from(*v) << 32;
    }
}

/// Calls `$body` with the number of taps as a constant for the usual numbers, so that the inner
/// loop unrolls; `0` stands for "as the axis says".
macro_rules! with_taps {
    ($taps:expr, $function:ident($($argument:expr),*)) => {
        match $taps {
            1 => $function::<1>($($argument),*),
            2 => $function::<2>($($argument),*),
            3 => $function::<3>($($argument),*),
            4 => $function::<4>($($argument),*),
            5 => $function::<5>($($argument),*),
            6 => $function::<6>($($argument),*),
            _ => $function::<0>($($argument),*),
        }
    };
}

/// The source window and weights of every output sample.
fn windows<'a, T, const TAPS: usize>(row: &'a [T], axis: &'a Axis) -> impl Iterator<Item = (&'a [T], &'a [u16])> {
    let taps = if TAPS == 0 { axis.taps() } else { TAPS };
    axis.starts().iter().zip(axis.weights().chunks_exact(taps)).map(move |(start, weights)| {
        let start = *start as usize;
        (&row[start..start + taps], weights)
    })
}

fn line<const TAPS: usize>(row: &[u16], axis: &Axis, out: &mut [i32]) {
    for ((window, weights), out) in windows::<_, TAPS>(row, axis).zip(out) {
        *out = window.iter().zip(weights).map(|(value, weight)| i32::from(*value) * i32::from(*weight)).sum();
    }
}

fn lines<const TAPS: usize>(row: &[u64], axis: &Axis, low: &mut [i32], high: &mut [i32]) {
    for (((window, weights), low), high) in windows::<_, TAPS>(row, axis).zip(low).zip(high) {
        let sum: u64 = window.iter().zip(weights).map(|(pair, weight)| pair.wrapping_mul(u64::from(*weight))).sum();
        (*low, *high) = halves(sum);
    }
}

#[expect(clippy::cast_possible_truncation, reason = "each half holds at most 255 × 65536")]
const fn halves(pair: u64) -> (i32, i32) {
    (pair as u32 as i32, (pair >> 32) as i32)
}

/// Resamples one row of single samples (8.16 fixed point).
pub(super) fn gather(row: &[u16], axis: &Axis, out: &mut [i32]) {
    with_taps!(axis.taps(), line(row, axis, out));
}

/// Resamples one row of pairs.
pub(super) fn gather_pairs(row: &[u64], axis: &Axis, low: &mut [i32], high: &mut [i32]) {
    with_taps!(axis.taps(), lines(row, axis, low, high));
}

/// Resamples one row of R, G, B in turn.
pub(super) fn gather_triples(row: &[u16], axis: &Axis, [red, green, blue]: [&mut [i32]; 3]) {
    let (pixels, _) = row.as_chunks::<3>();
    let outputs = red.iter_mut().zip(green).zip(blue);
    for ((window, weights), ((red, green), blue)) in windows::<_, 0>(pixels, axis).zip(outputs) {
        (*red, *green, *blue) = (0, 0, 0);
        for ([r, g, b], weight) in window.iter().zip(weights) {
            let weight = i32::from(*weight);
            *red += i32::from(*r) * weight;
            *green += i32::from(*g) * weight;
            *blue += i32::from(*b) * weight;
        }
    }
}
