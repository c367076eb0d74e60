//! What the tests with the real runtime share: its library, painted frames, the blob detector's files.

use kerege_contract::Sha256Hash;
use kerege_models::{Manifest, Picture, PictureFormat, RuntimeOptions, find_runtime};
use kerege_tiny_onnx::{Blob, Layout, Paint};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Options with the library of this machine. A missing one fails the test and says what to do.
pub(crate) fn options() -> RuntimeOptions {
    let env = std::env::var_os("KEREGE_ONNXRUNTIME");
    let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    match find_runtime(None, env.as_deref(), &[here], Path::is_file) {
        Ok(library) => RuntimeOptions::new(library),
        Err(error) => panic!("{error}"),
    }
}

/// A rectangle of paint in a frame: left, top, right, bottom in frame pixels.
pub(crate) type Painted = (Paint, [f32; 4]);

/// An I420 frame of grey road with painted rectangles, edges blended, chroma at half size, noise of
/// ± `noise` on every sample.
pub(crate) fn frame(width: usize, height: usize, painted: &[Painted], noise: i32) -> Vec<u8> {
    let mut rgb = vec![Paint::ROAD.map(f32::from); width * height];
    for (paint, [x1, y1, x2, y2]) in painted {
        for y in y1.max(0.0) as usize..height.min(y2.ceil() as usize) {
            for x in x1.max(0.0) as usize..width.min(x2.ceil() as usize) {
                let part = cover(x, *x1, *x2) * cover(y, *y1, *y2);
                let pixel = &mut rgb[y * width + x];
                for (value, colour) in pixel.iter_mut().zip(paint.rgb()) {
                    *value += (f32::from(colour) - *value) * part;
                }
            }
        }
    }
    let plane = |part: usize, [r, g, b]: [f32; 3], offset: f32| {
        let (rgb, width) = (&rgb, width);
        (0..height / part).flat_map(move |y| {
            (0..width / part).map(move |x| {
                let mut sum = offset;
                for (dy, dx) in (0..part).flat_map(|dy| (0..part).map(move |dx| (dy, dx))) {
                    let [red, green, blue] = rgb[(y * part + dy) * width + x * part + dx];
                    sum += (red * r + green * g + blue * b) / (part * part) as f32;
                }
                sum
            })
        })
    };
    // BT.601, limited range.
    let luma = plane(1, [0.2568, 0.5041, 0.0979], 16.0);
    let u = plane(2, [-0.1482, -0.2910, 0.4392], 128.0);
    let v = plane(2, [0.4392, -0.3678, -0.0714], 128.0);
    let mut state = 12_345_u32;
    let noisy = |value: f32| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let spread = 2 * noise + 1;
        (value.round() as i32 + (state >> 16) as i32 % spread - noise).clamp(0, 255) as u8
    };
    luma.chain(u).chain(v).map(noisy).collect()
}

fn cover(at: usize, from: f32, to: f32) -> f32 {
    ((at as f32 + 1.0).min(to) - (at as f32).max(from)).clamp(0.0, 1.0)
}

pub(crate) fn picture(width: u32, height: u32, bytes: &[u8]) -> Picture<'_> {
    Picture::packed(PictureFormat::I420, width, height, bytes).unwrap()
}

/// Runs a GStreamer pipeline whose last element writes I420 frames of a size to a file, and gives them.
pub(crate) fn gstreamer(source: &str, (width, height): (u32, u32)) -> Vec<Vec<u8>> {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("frames");
    let caps = format!("video/x-raw,format=I420,width={width},height={height},pixel-aspect-ratio=1/1");
    let pipeline = format!("{source} ! {caps} ! filesink location={}", out.display());
    let ran = Command::new("gst-launch-1.0").arg("-q").args(pipeline.split_whitespace()).output();
    let ran = ran.expect("gst-launch-1.0 is needed: run ./kerege setup");
    assert!(ran.status.success(), "{pipeline}: {}", String::from_utf8_lossy(&ran.stderr));
    let size = (width * height * 3 / 2) as usize;
    std::fs::read(out).unwrap().chunks_exact(size).map(<[u8]>::to_vec).collect()
}

/// Writes a blob detector and gives its manifest and file.
pub(crate) fn blob_model(folder: &Path, input: (u32, u32), blobs: &[Blob]) -> (Manifest, PathBuf) {
    blob_model_as(Layout::Yolox, folder, input, blobs)
}

/// The same in any layout.
pub(crate) fn blob_model_as(
    layout: Layout,
    folder: &Path,
    (input_w, input_h): (u32, u32),
    blobs: &[Blob],
) -> (Manifest, PathBuf) {
    let bytes = layout.detector(input_w, input_h, blobs);
    write(layout, folder, &bytes, (input_w, input_h), blobs)
}

/// Writes any bytes as the file of a blob detector's manifest.
pub(crate) fn write_model(folder: &Path, bytes: &[u8], input: (u32, u32), blobs: &[Blob]) -> (Manifest, PathBuf) {
    write(Layout::Yolox, folder, bytes, input, blobs)
}

fn write(layout: Layout, folder: &Path, bytes: &[u8], input: (u32, u32), blobs: &[Blob]) -> (Manifest, PathBuf) {
    let hash = Sha256Hash::of(bytes).to_string();
    let text = layout.manifest("blobs", "blobs.onnx", (&hash, bytes.len().max(1)), input, blobs);
    let file = folder.join("blobs.onnx");
    std::fs::write(&file, bytes).unwrap();
    (Manifest::from_toml(&text, "blobs.toml").unwrap(), file)
}
