//! The shipped manifest's model on real street clips. Neither is in the repository: both lie beside
//! it where the project is developed, and elsewhere these tests say that they were skipped.

use crate::support::{gstreamer, options, picture};
use kerege_contract::{Detection, FrameSize, RoadUserClass};
use kerege_models::{Catalogue, Detector, load, store};
use std::path::PathBuf;

fn shared(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared").join(path)
}

/// YOLOX-Nano, or none (said loudly) where it is not to be had.
fn yolox_nano() -> Option<Box<dyn Detector>> {
    reference("yolox-nano")
}

/// A model whose manifest ships, or none (said loudly) where its file is not to be had. What its
/// golden answer must be, it answers here.
fn reference(name: &str) -> Option<Box<dyn Detector>> {
    let catalogue = Catalogue::built_in().unwrap();
    let manifest = catalogue.get(name).unwrap();
    let file = store::locate(manifest, &shared("models"));
    if !file.exists() {
        eprintln!("SKIPPED: no {name} at {}, so it cannot be tried on real streets", file.display());
        return None;
    }
    Some(load(manifest, &file, &options()).unwrap())
}

/// A frame of a clip every two seconds, scaled to a size; none (said loudly) where it is not to be had.
fn frames(clip: &str, size: (u32, u32)) -> Option<Vec<Vec<u8>>> {
    let file = shared("videos").join(clip);
    if !file.exists() {
        eprintln!("SKIPPED: no clip {}", file.display());
        return None;
    }
    let source = format!(
        "filesrc location={} ! decodebin ! videorate ! video/x-raw,framerate=1/2 ! videoscale ! videoconvert",
        file.display()
    );
    Some(gstreamer(&source, size))
}

fn look(detector: &mut dyn Detector, (width, height): (u32, u32), bytes: &[u8]) -> Vec<Detection> {
    detector.detect(&picture(width, height, bytes)).unwrap()
}

fn vehicles(found: &[Detection], least_score: f32) -> usize {
    found.iter().filter(|found| found.class.is_motor_vehicle() && found.score >= least_score).count()
}

#[test]
fn a_busy_intersection_is_full_of_vehicles() {
    let Some(mut detector) = yolox_nano() else { return };
    let size = (640, 360);
    let Some(frames) = frames("dense-intersection.mp4", size) else { return };
    assert!(frames.len() >= 8, "{} frames", frames.len());
    for bytes in &frames {
        let found = look(&mut *detector, size, bytes);
        let (sure, all) = (vehicles(&found, 0.3), vehicles(&found, 0.1));
        assert!((8..=20).contains(&sure) && (16..=40).contains(&all), "{sure} of {all}");
        assert!(found.iter().filter(|found| found.class == RoadUserClass::Car).count() * 2 > found.len());
    }
}

#[test]
fn shrinking_a_large_frame_loses_none() {
    let Some(mut detector) = yolox_nano() else { return };
    for clip in ["dense-intersection.mp4", "speed-70-kmh.mp4", "residential-street.mp4"] {
        let mut sure = |size| {
            let frames = frames(clip, size)?;
            Some(frames.iter().take(4).map(|bytes| vehicles(&look(&mut *detector, size, bytes), 0.3)).sum::<usize>())
        };
        let Some(small) = sure((640, 360)) else { return };
        for size in [(832, 468), (1280, 720), (1920, 1080)] {
            let Some(large) = sure(size) else { return };
            assert!(small > 0 && large.abs_diff(small) <= 1 + small / 10, "{clip} {size:?}: {large}, not {small}");
        }
    }
}

/// Intersection over union, in 0..1 of the frame.
fn overlap(a: &Detection, b: &Detection) -> f64 {
    let size = FrameSize::new(640, 360);
    size.pixel_box(a.bbox).iou(size.pixel_box(b.bbox))
}

#[test]
fn every_family_sees_the_same_street() {
    let Some(mut yolox) = yolox_nano() else { return };
    let size = (640, 360);
    let Some(frames) = frames("dense-intersection.mp4", size) else { return };
    for name in ["nanodet-plus-m-416", "deimv2-femto", "pvb-2004"] {
        let Some(mut other) = reference(name) else { continue };
        for bytes in frames.iter().take(4) {
            let ours = look(&mut *yolox, size, bytes);
            let theirs = look(&mut *other, size, bytes);
            let sure = vehicles(&theirs, 0.3);
            assert!((8..=40).contains(&sure), "{name}: {sure} vehicles of {}", theirs.len());
            // What YOLOX-Nano sees surely, the better ones see in the same place.
            let clear: Vec<_> = ours.iter().filter(|one| one.class.is_motor_vehicle() && one.score >= 0.5).collect();
            let again = clear.iter().filter(|one| theirs.iter().any(|other| overlap(one, other) >= 0.5)).count();
            assert!(clear.len() >= 4 && again * 10 >= clear.len() * 8, "{name}: {again} of {}", clear.len());
        }
    }
}
