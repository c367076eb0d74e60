//! An hour of a busy street takes no more memory than ten minutes of it.
//!
//! A process of its own, since what is looked at is the process's memory.

#![allow(clippy::unwrap_used, reason = "a test")]

use kerege_contract::{Detection, FrameBox, FrameSize, RoadUserClass, Scene, UtcTime};
use kerege_pipelines::{FrameMeta, Options, Pipeline};

const SCENE: &str = "v = 1\n\
    [[line]]\nid = 'N'\na = [0.0, 0.6]\nb = [1.0, 0.6]\nforward = 'southbound'\nbackward = 'northbound'\n\
    [[lane]]\nid = 'L'\nlive = true\npolygon = [[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]]\ncentre = [[0.5, 0.0], [0.5, 1.0]]\n\
    [[rule]]\nid = 'stop'\ntype = 'stopped_vehicle'\nver = 1\nseverity = 'high'\n\
    [[rule]]\nid = 'wrong'\ntype = 'wrong_way'\nver = 1\nseverity = 'high'\n";

/// Analysed frames per second, and road users in each frame.
const FPS: u32 = 10;
const USERS: u32 = 30;

/// Everybody drives down the picture in ten seconds and is somebody new at the top; the fifth of each
/// row stops half-way for a while. Every seventh detection is missed.
fn detections(frame: u32) -> Vec<Detection> {
    let user = |number: u32| {
        let own = frame + number * 37;
        let (life, age) = (own / 100, own % 100);
        let along = if (life + number).is_multiple_of(5) { age.min(50) } else { age };
        let (x, y) = (f64::from(number % 10) * 0.1, f64::from(along) * 0.0095 - f64::from(number / 10) * 0.01);
        let seen = !(own * 13 + number).is_multiple_of(7) && y > 0.0;
        let bbox = FrameBox { x1: x as f32, y1: y as f32, x2: (x + 0.06) as f32, y2: (y + 0.05) as f32 };
        seen.then_some(Detection { class: RoadUserClass::Car, score: 0.8, bbox })
    };
    (0..USERS).filter_map(user).collect()
}

/// Pages of data and stack of this process; none where the system does not tell.
fn pages() -> Option<u64> {
    std::fs::read_to_string("/proc/self/statm").ok()?.split_whitespace().nth(5)?.parse().ok()
}

#[test]
fn an_hour_takes_no_more_memory_than_ten_minutes() {
    if pages().is_none() {
        eprintln!("SKIPPED: this system does not tell a process's memory (/proc/self/statm)");
        return;
    }
    let mut pipeline = Pipeline::new(&Scene::from_toml(SCENE).unwrap(), &Options::default());
    let start: UtcTime = "2026-01-01T00:00:00.000Z".parse().unwrap();
    let mut after_ten_minutes = 0;
    for frame in 0..3600 * FPS {
        let t = f64::from(frame) / f64::from(FPS);
        let (utc, size) = (start.plus_seconds(t), FrameSize::new(1280, 720));
        pipeline.step(&FrameMeta { stream_epoch: 0, frame: u64::from(frame), t, utc, size }, &detections(frame));
        if frame == 600 * FPS {
            after_ten_minutes = pages().unwrap();
        }
    }
    assert!(pipeline.confirmed_tracks() > 5_000, "{}", pipeline.confirmed_tracks());
    // One history of a track that were kept of each would be 40 MB.
    let grown = pages().unwrap().saturating_sub(after_ten_minutes) * 4096;
    assert!(grown < 2_000_000, "{grown} bytes");
}
