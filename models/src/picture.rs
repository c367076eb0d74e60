//! A decoded picture as the decoder left it: planes with strides, never copied into another layout.
//!
//! Decoders hand out YUV 4:2:0 with padded rows. Everything that reads pixels goes through
//! [`Plane::stride`], because a row is hardly ever exactly as wide as the picture.

/// How the samples of a picture lie in its planes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PictureFormat {
    /// Three planes: Y, then U and V at half width and half height (rounded up).
    I420,
    /// Two planes: Y, then U and V in turn at half width and half height (rounded up).
    Nv12,
    /// One plane: R, G, B in turn.
    Rgb,
    /// One plane: brightness.
    Gray8,
}

impl PictureFormat {
    /// How many planes it has, 1..3.
    #[must_use]
    pub const fn plane_count(self) -> usize {
        match self {
            Self::I420 => 3,
            Self::Nv12 => 2,
            Self::Rgb | Self::Gray8 => 1,
        }
    }

    /// Bytes of a row that carry samples, and rows, of one plane of a picture of this size.
    #[must_use]
    pub const fn plane_extent(self, plane: usize, width: u32, height: u32) -> (usize, usize) {
        let (width, height) = (width as usize, height as usize);
        match (self, plane) {
            (Self::I420, 1 | 2) => (width.div_ceil(2), height.div_ceil(2)),
            (Self::Nv12, 1) => (width.div_ceil(2) * 2, height.div_ceil(2)),
            (Self::Rgb, _) => (width * 3, height),
            _ => (width, height),
        }
    }
}

/// Which equations turn Y, U and V into R, G and B.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ColourMatrix {
    /// ITU-R BT.601: standard definition.
    Bt601,
    /// ITU-R BT.709: high definition.
    #[default]
    Bt709,
}

impl ColourMatrix {
    /// What is meant by a stream that does not say: BT.709 from 720 rows on, else BT.601.
    #[must_use]
    pub const fn customary(height: u32) -> Self {
        if height >= 720 { Self::Bt709 } else { Self::Bt601 }
    }
}

/// Which values of a sample mean black and white.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ColourRange {
    /// Y 16..235, U and V 16..240: television and nearly every camera.
    #[default]
    Limited,
    /// 0..255: MJPEG and some cameras.
    Full,
}

/// One plane of samples.
#[derive(Debug, Clone, Copy, Default)]
pub struct Plane<'a> {
    /// Bytes, row after row; the last row may end with its last sample.
    pub data: &'a [u8],
    /// Bytes from one row's start to the next's; at least the row's samples.
    pub stride: usize,
}

/// A picture to look at. Planes that the format does not have are left default.
#[derive(Debug, Clone, Copy)]
pub struct Picture<'a> {
    /// Stored pixels across, at least 1.
    pub width: u32,
    /// Stored pixels down, at least 1.
    pub height: u32,
    /// How the samples lie.
    pub format: PictureFormat,
    /// The planes, in the format's order.
    pub planes: [Plane<'a>; 3],
    /// Width of a stored pixel over its height; 1 for square pixels.
    pub pixel_aspect: f64,
    /// Of YUV formats: the equations. No meaning for the others.
    pub matrix: ColourMatrix,
    /// Of YUV and brightness: black and white. No meaning for RGB.
    pub range: ColourRange,
}

/// Why a picture cannot be looked at: its planes do not hold what its size promises.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum PictureError {
    /// Nothing to see, or too much.
    #[error("a picture of {width}×{height} pixels cannot be analysed: each side must be 1 to 16384")]
    Size {
        /// Pixels across.
        width: u32,
        /// Pixels down.
        height: u32,
    },
    /// Pixels without a shape.
    #[error("a pixel aspect of {0} cannot be analysed: it must be 0.1 to 10")]
    Aspect(f64),
    /// Rows overlap.
    #[error("plane {plane} has {stride} bytes from row to row, but a row has {row}")]
    Stride {
        /// Which plane, from 0.
        plane: usize,
        /// Bytes from row to row.
        stride: usize,
        /// Bytes of a row's samples.
        row: usize,
    },
    /// The plane ends too soon.
    #[error("plane {plane} has {found} bytes, but its rows need {needed}")]
    Short {
        /// Which plane, from 0.
        plane: usize,
        /// Bytes there are.
        found: usize,
        /// Bytes needed.
        needed: usize,
    },
}

impl<'a> Picture<'a> {
    /// Whether the planes hold what size and format promise; everything below relies on it.
    ///
    /// # Errors
    /// The first promise that is broken.
    pub fn check(&self) -> Result<(), PictureError> {
        let (width, height) = (self.width, self.height);
        if !(1..=16_384).contains(&width) || !(1..=16_384).contains(&height) {
            return Err(PictureError::Size { width, height });
        }
        if !(0.1..=10.0).contains(&self.pixel_aspect) {
            return Err(PictureError::Aspect(self.pixel_aspect));
        }
        self.planes.iter().take(self.format.plane_count()).enumerate().try_for_each(|(index, plane)| {
            let (row, rows) = self.format.plane_extent(index, width, height);
            if plane.stride < row {
                return Err(PictureError::Stride { plane: index, stride: plane.stride, row });
            }
            let needed = plane.stride.saturating_mul(rows - 1).saturating_add(row);
            if plane.data.len() < needed {
                return Err(PictureError::Short { plane: index, found: plane.data.len(), needed });
            }
            Ok(())
        })
    }

    /// A picture of tightly packed planes, one after another in `data`, as a file or a test has it.
    /// Square pixels, limited range, the customary matrix.
    ///
    /// # Errors
    /// When `data` is too short for the size and format.
    pub fn packed(format: PictureFormat, width: u32, height: u32, data: &'a [u8]) -> Result<Self, PictureError> {
        let mut planes = [Plane::default(); 3];
        let mut rest = data;
        for (index, plane) in planes.iter_mut().take(format.plane_count()).enumerate() {
            let (row, rows) = format.plane_extent(index, width, height);
            let short = PictureError::Short { plane: index, found: rest.len(), needed: row * rows };
            let (head, tail) = rest.split_at_checked(row * rows).ok_or(short)?;
            *plane = Plane { data: head, stride: row };
            rest = tail;
        }
        let matrix = ColourMatrix::customary(height);
        let picture = Self { width, height, format, planes, pixel_aspect: 1.0, matrix, range: ColourRange::Limited };
        picture.check()?;
        Ok(picture)
    }
}
