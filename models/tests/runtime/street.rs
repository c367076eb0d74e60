//! The shipped manifest's model on real street clips. Neither is in the repository: both lie beside
//! it where the project is developed, and elsewhere these tests say that they were skipped.

use crate::support::{options, picture};
use kerege_contract::{Detection, RoadUserClass};
use kerege_models::{Catalogue, Detector, load, store};
use std::path::PathBuf;
use std::process::Command;

fn shared(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared").join(path)
}

/// YOLOX-Nano, or none (said loudly) where it is not to be had.
fn yolox_nano() -> Option<Box<dyn Detector>> {
    let catalogue = Catalogue::built_in().unwrap();
    let manifest = catalogue.get("yolox-nano").unwrap();
    let file = store::locate(manifest, &shared("models"));
    if !file.exists() {
        eprintln!("SKIPPED: no YOLOX-Nano at {}, so it cannot be tried on real streets", file.display());
        return None;
    }
    Some(load(manifest, &file, &options()).unwrap())
}

/// One frame of a clip at a time in seconds, scaled to a size, as the detector sees it.
fn look(detector: &mut dyn Detector, clip: &str, second: f64, (width, height): (u32, u32)) -> Option<Vec<Detection>> {
    let file = shared("videos").join(clip);
    if !file.exists() {
        eprintln!("SKIPPED: no clip {}", file.display());
        return None;
    }
    let output = Command::new("ffmpeg")
        .args(["-v", "error", "-ss", &second.to_string(), "-i"])
        .arg(&file)
        .args(["-frames:v", "1", "-vf", &format!("scale={width}:{height}"), "-pix_fmt", "yuv420p"])
        .args(["-f", "rawvideo", "-"])
        .output()
        .expect("ffmpeg is needed to take a frame of a clip: install it");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(detector.detect(&picture(width, height, &output.stdout)).unwrap())
}

fn vehicles(found: &[Detection], least_score: f32) -> usize {
    found.iter().filter(|found| found.class.is_motor_vehicle() && found.score >= least_score).count()
}

#[test]
fn a_busy_intersection_is_full_of_vehicles() {
    let Some(mut detector) = yolox_nano() else { return };
    for second in [2.0, 6.0, 10.0, 14.0] {
        let Some(found) = look(&mut *detector, "dense-intersection.mp4", second, (640, 360)) else { return };
        let (sure, all) = (vehicles(&found, 0.3), vehicles(&found, 0.1));
        assert!((8..=20).contains(&sure) && (16..=40).contains(&all), "at {second} s: {sure} of {all}");
        assert!(found.iter().filter(|found| found.class == RoadUserClass::Car).count() * 2 > found.len());
    }
}

#[test]
fn shrinking_a_large_frame_loses_none() {
    let Some(mut detector) = yolox_nano() else { return };
    for (clip, second) in [("dense-intersection.mp4", 4.0), ("speed-70-kmh.mp4", 2.0), ("residential-street.mp4", 4.0)]
    {
        let mut sure = |size| look(&mut *detector, clip, second, size).map(|found| vehicles(&found, 0.3));
        let Some(small) = sure((640, 360)) else { return };
        for size in [(832, 468), (1280, 720), (1920, 1080)] {
            let Some(large) = sure(size) else { return };
            assert!(small > 0 && large.abs_diff(small) <= 1, "{clip} {size:?}: {large}, not {small}");
        }
    }
}
