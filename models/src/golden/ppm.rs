//! Binary PPM, the plainest of picture files: read without a library, written by every tool.

/// Why a file is not a picture that can be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PpmError {
    /// Another kind of file.
    #[error("it is not a binary PPM (P6) of 8 bits a sample; most tools write one when the name ends in .ppm")]
    Kind,
    /// Too small, too large or too long.
    #[error("it has {width}×{height} pixels; each side must be 16 to 1024, and all of it at most 512 KiB")]
    Size {
        /// Pixels across.
        width: u32,
        /// Pixels down.
        height: u32,
    },
    /// Cut off, or with something behind.
    #[error("it holds {found} bytes of pixels where its size means {expected}")]
    Length {
        /// Bytes after the head.
        found: usize,
        /// Three for each pixel.
        expected: usize,
    },
}

/// Bytes of pixels at most.
const MOST: usize = 512 * 1024;

/// Width, height and the pixels, R, G, B in turn, row by row.
pub(super) fn read(bytes: &[u8]) -> Result<(u32, u32, &[u8]), PpmError> {
    let mut rest = bytes.strip_prefix(b"P6").ok_or(PpmError::Kind)?;
    let mut next = || -> Option<u32> {
        rest = after_space(rest)?;
        let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let (number, left) = rest.split_at_checked(digits)?;
        rest = left;
        std::str::from_utf8(number).ok()?.parse().ok()
    };
    let (Some(width), Some(height), Some(255)) = (next(), next(), next()) else { return Err(PpmError::Kind) };
    let Some((space, pixels)) = rest.split_first() else { return Err(PpmError::Kind) };
    if !space.is_ascii_whitespace() {
        return Err(PpmError::Kind);
    }
    let expected = (width as usize).saturating_mul(height as usize).saturating_mul(3);
    if !(16..=1024).contains(&width) || !(16..=1024).contains(&height) || expected > MOST {
        return Err(PpmError::Size { width, height });
    }
    if pixels.len() != expected {
        return Err(PpmError::Length { found: pixels.len(), expected });
    }
    Ok((width, height, pixels))
}

/// What follows at least one white space and any comments.
fn after_space(bytes: &[u8]) -> Option<&[u8]> {
    let mut rest = bytes;
    loop {
        rest = match rest.first()? {
            b'#' => &rest[rest.iter().position(|byte| *byte == b'\n')?..],
            byte if byte.is_ascii_whitespace() => &rest[1..],
            _ if rest.len() < bytes.len() => return Some(rest),
            _ => return None,
        };
    }
}
