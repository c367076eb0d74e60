//! How many frames per second the whole pipeline takes on one core, with 30 road users in view all
//! the time: `cargo run --release -p kerege-pipelines --example throughput`.

#![allow(clippy::print_stdout, clippy::disallowed_methods, reason = "it measures time and prints it")]

use kerege_contract::{Detection, FrameBox, FrameSize, RoadUserClass, Scene, UtcTime};
use kerege_pipelines::{FrameMeta, Options, Pipeline};
use std::time::Instant;

const SCENE: &str = include_str!("../../contract/golden/scene.toml");
const OBJECTS: u32 = 30;
const FPS: f64 = 10.0;
const HOUR: u32 = 36_000;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    for (name, text) in [("tracking alone", "v = 1"), ("with lines, lanes, rules and ground plane", SCENE)] {
        let mut pipeline = Pipeline::new(&Scene::from_toml(text)?, &Options::default());
        let (mut passages, mut slowest) = (0, 0.0_f64);
        let began = Instant::now();
        for frame in 0..HOUR {
            let t = f64::from(frame) / FPS;
            let meta = FrameMeta {
                stream_epoch: 0,
                frame: u64::from(frame),
                t,
                utc: UtcTime::from_millis(1_772_697_600_000).plus_seconds(t),
                size: FrameSize::new(1280, 720),
            };
            let detections = detections(frame);
            let before = Instant::now();
            passages += pipeline.step(&meta, &detections).passages.len();
            slowest = slowest.max(before.elapsed().as_secs_f64());
        }
        let seconds = began.elapsed().as_secs_f64();
        println!(
            "{name}: {:.0} frames/s with {OBJECTS} road users ({:.1} µs a frame, slowest {:.0} µs; {passages} passages, {} tracks)",
            f64::from(HOUR) / seconds,
            1e6 * seconds / f64::from(HOUR),
            1e6 * slowest,
            pipeline.confirmed_tracks(),
        );
    }
    Ok(())
}

/// Rows of cars that drive down the picture, nearly touching, each box shaking a little.
fn detections(frame: u32) -> Vec<Detection> {
    (0..OBJECTS)
        .map(|object| {
            let (column, row) = (object % 6, object / 6);
            let shake = 0.002 * f64::from((frame * 7 + object * 13) % 11) / 11.0;
            let along = (f64::from(frame) * 0.006 + f64::from(row) * 0.2).rem_euclid(1.0);
            let (x, y) = (0.05 + 0.15 * f64::from(column) + shake, along * 0.85 + shake);
            #[expect(clippy::cast_possible_truncation, reason = "a picture's precision")]
            let bbox: FrameBox = [x, y, x + 0.12, y + 0.14].map(|edge| edge as f32).into();
            Detection { class: RoadUserClass::Car, score: 0.8, bbox }
        })
        .collect()
}
