//! The fast way against the plain one, over sizes, strides, formats, matrices and ranges.

use super::*;
use crate::catalogue::BUILT_IN;
use crate::manifest::{ChannelOrder, Manifest, Resize};
use crate::picture::{ColourMatrix, ColourRange, Plane};
use proptest::prelude::*;

fn spec(width: u32, height: u32) -> InputSpec {
    InputSpec { width, height, ..Manifest::from_toml(BUILT_IN[0].1, "m").unwrap().input }
}

/// Planes with padding of other bytes, from a simple generator.
struct Owned {
    planes: Vec<Vec<u8>>,
    strides: Vec<usize>,
}

impl Owned {
    fn new(format: PictureFormat, width: u32, height: u32, padding: usize, seed: u32) -> Self {
        let mut state = seed;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        };
        let (mut planes, mut strides) = (Vec::new(), Vec::new());
        for plane in 0..format.plane_count() {
            let (row, rows) = format.plane_extent(plane, width, height);
            strides.push(row + padding);
            // The last row ends with its last sample, as decoders may leave it.
            planes.push((0..(row + padding) * (rows - 1) + row).map(|_| next()).collect());
        }
        Self { planes, strides }
    }

    fn picture(&self, format: PictureFormat, width: u32, height: u32) -> Picture<'_> {
        let mut planes = [Plane::default(); 3];
        for (plane, (data, stride)) in planes.iter_mut().zip(self.planes.iter().zip(&self.strides)) {
            *plane = Plane { data, stride: *stride };
        }
        let (matrix, range) = (ColourMatrix::Bt601, ColourRange::Limited);
        Picture { width, height, format, planes, pixel_aspect: 1.0, matrix, range }
    }
}

/// The largest difference from the reference, in units of the tensor.
fn difference(picture: &Picture<'_>, spec: &InputSpec) -> f64 {
    let mut preprocessor = Preprocessor::new(spec);
    let tensor = preprocessor.run(picture).unwrap().0.to_vec();
    let (width, height) = (spec.width as usize, spec.height as usize);
    let mut worst = 0_f64;
    for channel in 0..3 {
        for row in 0..height {
            for column in 0..width {
                let found = f64::from(tensor[(channel * height + row) * width + column]);
                worst = worst.max((found - reference::value(picture, spec, channel, row, column)).abs());
            }
        }
    }
    worst
}

fn any_format() -> impl Strategy<Value = PictureFormat> {
    use PictureFormat::{Gray8, I420, Nv12, Rgb};
    prop::sample::select(vec![I420, Nv12, Rgb, Gray8])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]
    #[test]
    fn the_fast_way_agrees_with_the_plain_one(
        format in any_format(),
        (width, height) in (1..70_u32, 1..70_u32),
        (out_width, out_height) in (16..40_u32, 16..40_u32),
        padding in 0..7_usize,
        seed in any::<u32>(),
        (hd, full, rgb, stretch) in (any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>()),
        aspect in prop::sample::select(vec![1.0, 1.0, 16.0 / 11.0, 0.75]),
    ) {
        let owned = Owned::new(format, width, height, padding, seed);
        let mut picture = owned.picture(format, width, height);
        picture.matrix = if hd { ColourMatrix::Bt709 } else { ColourMatrix::Bt601 };
        picture.range = if full { ColourRange::Full } else { ColourRange::Limited };
        picture.pixel_aspect = aspect;
        let channels = if rgb { ChannelOrder::Rgb } else { ChannelOrder::Bgr };
        let resize = if stretch { Resize::Stretch } else { Resize::LetterboxTopLeft };
        let spec = InputSpec { channels, resize, ..spec(out_width, out_height) };
        // Weights of 1/256 shift a sample by at most 1/512 of its neighbours' difference per axis,
        // and the colour equations magnify noise of full contrast by up to 2.1 × 255 / 224.
        prop_assert!(difference(&picture, &spec) < 5.0);
    }

    #[test]
    fn no_planes_make_it_panic(
        format in any_format(),
        (width, height) in (0..40_u32, 0..40_u32),
        strides in prop::array::uniform3(0..80_usize),
        lengths in prop::array::uniform3(0..1500_usize),
        aspect in prop::num::f64::ANY,
    ) {
        let data = [7_u8; 1500];
        let plane = |index: usize| Plane { data: &data[..lengths[index]], stride: strides[index] };
        let planes = [plane(0), plane(1), plane(2)];
        let (matrix, range) = (ColourMatrix::Bt709, ColourRange::Full);
        let picture = Picture { width, height, format, planes, pixel_aspect: aspect, matrix, range };
        let result = Preprocessor::new(&spec(32, 32)).run(&picture).map(|_| ());
        prop_assert_eq!(result.is_ok(), picture.check().is_ok());
    }
}

#[test]
fn real_sizes_agree_with_the_plain_way() {
    for (width, height) in [(640, 360), (1280, 720)] {
        let owned = Owned::new(PictureFormat::I420, width, height, 3, 42);
        let worst = difference(&owned.picture(PictureFormat::I420, width, height), &spec(52, 52));
        // Noise of full contrast is the worst case for weights of 1/256.
        assert!(worst < 2.5, "{width}x{height}: {worst}");
    }
}

#[test]
fn grey_is_exact_and_the_margin_is_filled() {
    let planes = [vec![126_u8; 64 * 36], vec![128; 32 * 18], vec![128; 32 * 18]].concat();
    let picture = Picture::packed(PictureFormat::I420, 64, 36, &planes).unwrap();
    let spec = InputSpec { mean: [1.0, 2.0, 3.0], std: [2.0, 2.0, 2.0], ..spec(32, 32) };
    let mut preprocessor = Preprocessor::new(&spec);
    let (tensor, placement) = preprocessor.run(&picture).unwrap();
    assert_eq!((placement.width, placement.height), (32, 18));
    let grey = (126.0 - 16.0) * 255.0 / 219.0;
    for channel in 0..3_u8 {
        let mean = f32::from(channel) + 1.0;
        let at = |row: usize| tensor[(usize::from(channel) * 32 + row) * 32 + 7];
        assert!((at(3) - (grey - mean) / 2.0).abs() < 1e-3, "{}", at(3));
        assert!((at(31) - (114.0 - mean) / 2.0).abs() < 1e-5, "{}", at(31));
    }
}

#[test]
fn changing_sizes_leaves_nothing_of_the_last_picture() {
    let spec = spec(32, 32);
    let mut preprocessor = Preprocessor::new(&spec);
    for (width, height) in [(64, 36), (36, 64), (50, 50), (64, 36), (20, 10), (7, 9)] {
        let owned = Owned::new(PictureFormat::Nv12, width, height, 0, 7);
        let picture = owned.picture(PictureFormat::Nv12, width, height);
        let reused = preprocessor.run(&picture).unwrap().0.to_vec();
        let mut fresh = Preprocessor::new(&spec);
        assert_eq!(reused, fresh.run(&picture).unwrap().0, "{width}x{height}");
    }
    for side in 10..40 {
        let data = vec![9; side * side];
        let side = u32::try_from(side).unwrap();
        preprocessor.run(&Picture::packed(PictureFormat::Gray8, side, side, &data).unwrap()).unwrap();
    }
    assert!(preprocessor.plans.len() <= PLANS);
}
