//! Draws a scenario and encodes it, so that tests need no video from anywhere.

use crate::scenario::{DrawnBox, FPS, HEIGHT, Scenario, WIDTH, swatch};
use anyhow::Context as _;
use kerege_tiny_onnx::Paint;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

/// The verge's green-grey, RGB; the road has the detector's grey.
const VERGE: [u8; 3] = [104, 112, 100];

/// Draws a scenario as H.264 in MP4.
///
/// # Errors
/// When the encoder is not installed or fails.
pub fn draw(scenario: &Scenario, path: &Path) -> anyhow::Result<()> {
    let raw = format!("rawvideoparse width={WIDTH} height={HEIGHT} framerate={FPS}/1 format=rgb");
    let pipeline = format!(
        "fdsrc fd=0 ! {raw} ! videoconvert ! video/x-raw,format=I420 ! x264enc bitrate=1500 key-int-max=10 bframes=0 \
         speed-preset=veryfast threads=1 ! video/x-h264,profile=main ! h264parse ! mp4mux ! filesink location={}",
        path.display()
    );
    let mut child = Command::new("gst-launch-1.0")
        .arg("-q")
        .args(pipeline.split_whitespace())
        .stdin(Stdio::piped())
        .spawn()
        .context("gst-launch-1.0 does not start: run ./kerege setup")?;
    let mut input = child.stdin.take().context("no input")?;
    let mut picture = Picture::new();
    let frames = (scenario.seconds * f64::from(FPS)).round();
    let mut index = 0.0;
    while index < frames {
        let t = index / f64::from(FPS);
        picture.clear();
        for (class, bbox) in scenario.boxes_at(t) {
            picture.fill(bbox, swatch(class).paint.rgb());
        }
        if (scenario.covered[0]..scenario.covered[1]).contains(&t) {
            picture.pixels.fill(3);
        }
        input.write_all(&picture.pixels)?;
        index += 1.0;
    }
    drop(input);
    anyhow::ensure!(child.wait()?.success(), "the clip could not be encoded: is x264enc installed?");
    Ok(())
}

struct Picture {
    pixels: Vec<u8>,
}

impl Picture {
    fn new() -> Self {
        Self { pixels: vec![0; (WIDTH * HEIGHT * 3) as usize] }
    }

    fn clear(&mut self) {
        for (index, pixel) in self.pixels.chunks_exact_mut(3).enumerate() {
            let column = index % WIDTH as usize;
            let on_road = (160..480).contains(&column);
            pixel.copy_from_slice(if on_road { &Paint::ROAD } else { &VERGE });
        }
    }

    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to the picture first")]
    fn fill(&mut self, [left, top, right, bottom]: DrawnBox, rgb: [u8; 3]) {
        let column = |x: f64| x.round().clamp(0.0, f64::from(WIDTH)) as usize;
        let row = |y: f64| y.round().clamp(0.0, f64::from(HEIGHT)) as usize;
        for y in row(top)..row(bottom) {
            let start = (y * WIDTH as usize + column(left)) * 3;
            let end = (y * WIDTH as usize + column(right)) * 3;
            for pixel in self.pixels[start..end].chunks_exact_mut(3) {
                pixel.copy_from_slice(&rgb);
            }
        }
    }
}
