//! A street of painted rectangles: what drives on it, its scene, and a model that sees paint.

use kerege_contract::Sha256Hash;
use kerege_tiny_onnx::{Blob, Paint, colour_blob_detector, colour_blob_manifest};
use std::io::Write as _;
use std::ops::Range;
use std::path::Path;
use std::process::{Command, Stdio};

const WIDTH: u32 = 320;
const HEIGHT: u32 = 256;
const FPS: f32 = 20.0;
const SECONDS: f32 = 16.0;

/// Three lanes: down, up, down. Everything below is in pixels and seconds.
pub(crate) const SCENE: &str = r#"
v = 1
[[line]]
id = "mid"
a = [0.0, 0.5]
b = [1.0, 0.5]
forward = "south"
backward = "north"

[[lane]]
id = "west"
polygon = [[0.05, 0.0], [0.33, 0.0], [0.33, 1.0], [0.05, 1.0]]
centre = [[0.19, 0.0], [0.19, 1.0]]
[[lane]]
id = "middle"
polygon = [[0.36, 0.0], [0.64, 0.0], [0.64, 1.0], [0.36, 1.0]]
centre = [[0.5, 1.0], [0.5, 0.0]]
[[lane]]
id = "east"
polygon = [[0.67, 0.0], [0.95, 0.0], [0.95, 1.0], [0.67, 1.0]]
centre = [[0.81, 0.0], [0.81, 1.0]]

[[rule]]
id = "stop"
type = "stopped_vehicle"
confirm_s = 4
cooldown_s = 2
[[rule]]
id = "ghost"
type = "wrong_way"
cooldown_s = 2
"#;

/// Something that drives: its paint and size, the middle of its lane, and where its bottom edge is.
struct Driver {
    paint: Paint,
    size: (f32, f32),
    x: f32,
    bottom: fn(f32) -> f32,
}

/// Left edges of the kerbs, pixels.
const KERBS: [u32; 4] = [8, 108, 208, 308];

const CAR: (f32, f32) = (26.0, 30.0);

/// Two cars south in the west, then a van the wrong way; a bus north; a truck that stands for 8 s.
const DRIVERS: [Driver; 5] = [
    Driver { paint: Paint::Red, size: CAR, x: 61.0, bottom: |t| 80.0 * (t - 0.5) },
    Driver { paint: Paint::Red, size: CAR, x: 61.0, bottom: |t| 80.0 * (t - 2.5) },
    Driver { paint: Paint::Cyan, size: (30.0, 34.0), x: 61.0, bottom: |t| 300.0 - 70.0 * (t - 8.0) },
    Driver { paint: Paint::Blue, size: (34.0, 44.0), x: 160.0, bottom: |t| 310.0 - 70.0 * (t - 1.0) },
    Driver { paint: Paint::Yellow, size: (34.0, 40.0), x: 259.0, bottom: truck },
];

/// Drives, stands at 180 from 3 s to 11 s, drives on.
fn truck(t: f32) -> f32 {
    if t < 3.0 {
        60.0 * t
    } else if t < 11.0 {
        180.0
    } else {
        180.0 + 60.0 * (t - 11.0)
    }
}

/// Draws the clip.
pub(crate) fn draw(path: &Path) {
    draw_dark(path, 0.0..0.0);
}

/// Draws it with a lens that is covered for some seconds.
pub(crate) fn draw_dark(path: &Path, covered: Range<f32>) {
    let line = format!(
        "fdsrc ! rawvideoparse format=rgb width={WIDTH} height={HEIGHT} framerate=20/1 ! videoconvert \
         ! video/x-raw,format=I420 ! x264enc bitrate=2000 key-int-max=20 ! h264parse ! mp4mux ! filesink location={}",
        path.display()
    );
    let mut command = Command::new("gst-launch-1.0");
    command.arg("-q").args(line.split_whitespace()).stdin(Stdio::piped());
    let mut child = command.spawn().expect("gst-launch-1.0 is needed: run ./kerege setup");
    let mut input = child.stdin.take().unwrap();
    for number in 0..(SECONDS * FPS) as u32 {
        let t = number as f32 / FPS;
        let picture = if covered.contains(&t) { vec![2; (WIDTH * HEIGHT * 3) as usize] } else { frame(t) };
        input.write_all(&picture).unwrap();
    }
    drop(input);
    assert!(child.wait().unwrap().success());
}

fn frame(t: f32) -> Vec<u8> {
    let mut pixels = Paint::ROAD.repeat((WIDTH * HEIGHT) as usize);
    // Kerbs between the lanes: a camera that shows nothing at all is blind.
    for (number, pixel) in pixels.chunks_exact_mut(3).enumerate() {
        if KERBS.iter().any(|kerb| (*kerb..kerb + 4).contains(&(number as u32 % WIDTH))) {
            pixel.fill(140);
        }
    }
    for driver in &DRIVERS {
        let (bottom, (width, height)) = ((driver.bottom)(t), driver.size);
        let rows = (bottom - height).max(0.0) as u32..bottom.clamp(0.0, HEIGHT as f32) as u32;
        for y in rows {
            for x in (driver.x - width / 2.0) as u32..(driver.x + width / 2.0) as u32 {
                let at = 3 * (y * WIDTH + x) as usize;
                pixels[at..at + 3].copy_from_slice(&driver.paint.rgb());
            }
        }
    }
    pixels
}

/// Writes the model `blobs` and its manifest.
pub(crate) fn write_model(folder: &Path) {
    let blob = |driver: &Driver| Blob { paint: driver.paint, width: driver.size.0, height: driver.size.1 };
    let blobs: Vec<Blob> = DRIVERS[1..].iter().map(blob).collect();
    let model = colour_blob_detector(WIDTH, HEIGHT, &blobs);
    let hash = Sha256Hash::of(&model).to_string();
    let manifest = colour_blob_manifest("blobs", "blobs.onnx", (&hash, model.len()), (WIDTH, HEIGHT), &blobs);
    std::fs::create_dir_all(folder).unwrap();
    std::fs::write(folder.join("blobs.onnx"), model).unwrap();
    std::fs::write(folder.join("blobs.toml"), manifest).unwrap();
}
