//! What is inside an access unit of H.264 or H.265 (Annex B byte stream).

use super::clip::Codec;

/// The parameter sets (VPS, SPS, PPS) at the head of a key picture, with their start codes; empty for
/// a codec without any.
pub(super) fn parameter_sets(unit: &[u8], codec: Codec) -> Vec<u8> {
    let wanted = |header: u8| match codec {
        Codec::H264 => matches!(header & 0x1f, 7 | 8),
        Codec::H265 => matches!((header >> 1) & 0x3f, 32..=34),
        Codec::Jpeg => false,
    };
    let mut sets = Vec::new();
    for nal in nal_units(unit).filter(|nal| nal.first().copied().is_some_and(wanted)) {
        sets.extend_from_slice(&[0, 0, 0, 1]);
        sets.extend_from_slice(nal);
    }
    sets
}

/// The NAL units of a byte stream, without start codes.
fn nal_units(unit: &[u8]) -> impl Iterator<Item = &[u8]> {
    let starts: Vec<usize> =
        unit.windows(3).enumerate().filter(|(_, code)| *code == [0, 0, 1]).map(|(at, _)| at + 3).collect();
    let ends: Vec<usize> = starts.iter().skip(1).map(|next| next - 3).chain([unit.len()]).collect();
    starts.into_iter().zip(ends).map(|(from, to)| {
        let nal = &unit[from..to.max(from)];
        let zeros = nal.iter().rev().take_while(|byte| **byte == 0).count();
        &nal[..nal.len() - zeros]
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_parameter_sets_are_kept() {
        let unit = [0, 0, 0, 1, 0x67, 1, 2, 0, 0, 0, 1, 0x68, 3, 0, 0, 1, 0x65, 9, 9];
        assert_eq!(parameter_sets(&unit, Codec::H264), [0, 0, 0, 1, 0x67, 1, 2, 0, 0, 0, 1, 0x68, 3]);
        let unit = [0, 0, 1, 0x40, 1, 5, 0, 0, 1, 0x42, 1, 6, 0, 0, 1, 0x26, 1, 7];
        assert_eq!(parameter_sets(&unit, Codec::H265), [0, 0, 0, 1, 0x40, 1, 5, 0, 0, 0, 1, 0x42, 1, 6]);
        assert!(parameter_sets(&unit, Codec::Jpeg).is_empty());
    }

    #[test]
    fn rubbish_has_none() {
        for rubbish in [&[][..], &[0, 0, 1], &[0, 0], &[1, 2, 3, 4], &[0, 0, 1, 0, 0, 1]] {
            assert!(parameter_sets(rubbish, Codec::H264).is_empty());
        }
    }
}
