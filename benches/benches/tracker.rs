//! What the analytics of one frame cost: 30 road users, a line, two lanes and both rules, at 10
//! analysed frames per second. The design wants at least 10,000 frames a second, 100 µs each.

#![expect(clippy::unwrap_used, reason = "a bench may fail")]

use criterion::{Criterion, criterion_group, criterion_main};
use kerege_benches::clock::ProcessorTime;
use kerege_contract::{Detection, FrameSize, RoadUserClass, Scene, UtcTime};
use kerege_pipelines::{FrameMeta, Options, Pipeline};
use std::hint::black_box;

const ROAD_USERS: u16 = 30;
const FRAMES: u64 = 300;

const SCENE: &str = r#"
v = 1
[[line]]
id = "N"
a = [0.0, 0.6]
b = [1.0, 0.6]
forward = "southbound"
backward = "northbound"
[[lane]]
id = "L1"
polygon = [[0.0, 0.0], [0.5, 0.0], [0.5, 1.0], [0.0, 1.0]]
centre = [[0.25, 0.0], [0.25, 1.0]]
live = true
[[lane]]
id = "L2"
polygon = [[0.5, 0.0], [1.0, 0.0], [1.0, 1.0], [0.5, 1.0]]
centre = [[0.75, 0.0], [0.75, 1.0]]
live = true
[[rule]]
id = "stop"
type = "stopped_vehicle"
ver = 1
severity = "high"
[[rule]]
id = "wrong"
type = "wrong_way"
ver = 1
severity = "high"
"#;

/// Six columns of five road users that drive down the frame and begin again at the top, each with
/// a little noise.
fn detections(frame: u64) -> Vec<Detection> {
    let travelled = f32::from(u16::try_from(frame).unwrap()) * 0.004;
    (0..ROAD_USERS)
        .map(|user| {
            let (column, row) = (f32::from(user % 6), f32::from(user / 6));
            let noise = f32::from(u8::try_from((frame * 31 + u64::from(user) * 17) % 7).unwrap()) * 0.0005;
            let (x, y) = (0.05 + column * 0.16 + noise, (row * 0.2 + travelled + noise) % 0.9);
            let score = 0.9 - noise * 50.0;
            Detection { class: RoadUserClass::Car, score, bbox: [x, y, x + 0.07, y + 0.08].into() }
        })
        .collect()
}

fn frames() -> Vec<(FrameMeta, Vec<Detection>)> {
    let start: UtcTime = "2026-01-01T00:00:00.000Z".parse().unwrap();
    let meta = |frame: u64| {
        let t = f64::from(u32::try_from(frame).unwrap()) * 0.1;
        FrameMeta { stream_epoch: 0, frame, t, utc: start.plus_seconds(t), size: FrameSize::new(1280, 720) }
    };
    (0..FRAMES).map(|frame| (meta(frame), detections(frame))).collect()
}

fn step(criterion: &mut Criterion<ProcessorTime>) {
    let scene = Scene::from_toml(SCENE).unwrap();
    let frames = frames();
    criterion.bench_function("analytics, 300 frames of 30 road users", |bencher| {
        bencher.iter(|| {
            let mut pipeline = Pipeline::new(&scene, &Options::default());
            let steps = frames.iter().map(|(meta, detections)| pipeline.step(meta, detections).tracks.len());
            black_box(steps.sum::<usize>())
        });
    });
}

criterion_group! {
    name = benches;
    config = Criterion::default().with_measurement(ProcessorTime).sample_size(10);
    targets = step
}
criterion_main!(benches);
