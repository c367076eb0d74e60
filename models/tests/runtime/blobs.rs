//! The whole way from a painted frame to boxes, through the real runtime.

use crate::support::{Painted, blob_model_as, frame, gstreamer, options, picture};
use kerege_contract::{Detection, FrameBox, FrameSize};
use kerege_models::{Detector, load};
use kerege_tiny_onnx::{Blob, Layout, Paint};

const WIDTH: u32 = 640;
const HEIGHT: u32 = 360;

/// Drawn sizes in frame pixels.
const SIZES: [(Paint, (f32, f32)); 6] = [
    (Paint::Red, (64.0, 40.0)),
    (Paint::Blue, (120.0, 60.0)),
    (Paint::Yellow, (96.0, 56.0)),
    (Paint::Magenta, (16.0, 40.0)),
    (Paint::Green, (30.0, 30.0)),
    (Paint::Cyan, (72.0, 48.0)),
];

fn detector(folder: &std::path::Path, input: (u32, u32)) -> Box<dyn Detector> {
    detector_as(Layout::Yolox, folder, input)
}

fn detector_as(layout: Layout, folder: &std::path::Path, input: (u32, u32)) -> Box<dyn Detector> {
    let input_size = (input.0 as f32, input.1 as f32);
    let blobs = SIZES.map(|(paint, size)| Blob::drawn(paint, size, (WIDTH as f32, HEIGHT as f32), input_size));
    let (manifest, file) = blob_model_as(layout, folder, input, &blobs);
    load(&manifest, &file, &options()).unwrap()
}

/// A rectangle of its paint's size, centred.
fn at(paint: Paint, x: f32, y: f32) -> Painted {
    let (_, (width, height)) = *SIZES.iter().find(|(known, _)| *known == paint).unwrap();
    (paint, [x - width / 2.0, y - height / 2.0, x + width / 2.0, y + height / 2.0])
}

/// Intersection over union of a detection with what was drawn, as far as it is in the frame.
fn overlap(detection: &Detection, drawn: [f32; 4]) -> f64 {
    let size = FrameSize::new(WIDTH, HEIGHT);
    let (width, height) = (WIDTH as f32, HEIGHT as f32);
    let [x1, y1, x2, y2] = drawn;
    let truth = FrameBox {
        x1: x1.max(0.0) / width,
        y1: y1.max(0.0) / height,
        x2: x2.min(width) / width,
        y2: y2.min(height) / height,
    };
    size.pixel_box(detection.bbox).iou(size.pixel_box(truth))
}

fn assert_found(detector: &mut dyn Detector, painted: &[Painted], noise: i32, least: f64) {
    let bytes = frame(WIDTH as usize, HEIGHT as usize, painted, noise);
    assert_found_in(detector, &bytes, painted, least);
}

/// Every painted rectangle is found once, as its class, and nothing else is.
fn assert_found_in(detector: &mut dyn Detector, bytes: &[u8], painted: &[Painted], least: f64) {
    let found = detector.detect(&picture(WIDTH, HEIGHT, bytes)).unwrap();
    for (paint, drawn) in painted {
        let of_class: Vec<f64> = found
            .iter()
            .filter(|detection| detection.class.as_str() == paint.class())
            .map(|detection| overlap(detection, *drawn))
            .collect();
        let best = of_class.iter().copied().fold(0.0, f64::max);
        assert!(best >= least, "{paint:?} at {drawn:?}: best overlap {best:.3} of {of_class:?}; {found:#?}");
    }
    assert_eq!(found.len(), painted.len(), "{painted:?}: {found:#?}");
}

#[test]
fn each_paint_is_found_at_every_offset_from_the_grid() {
    let folder = tempfile::tempdir().unwrap();
    let mut detector = detector(folder.path(), (416, 416));
    for (paint, _) in SIZES {
        for step in 0..26_u8 {
            let offset = f32::from(step) * 1.3;
            assert_found(&mut *detector, &[at(paint, 200.0 + offset, 150.0 + offset * 0.7)], 6, 0.8);
        }
    }
}

#[test]
fn a_street_full_of_them_is_found_one_by_one_whatever_the_layout() {
    use Paint::{Blue, Cyan, Green, Magenta, Red, Yellow};
    let street = [
        at(Red, 100.0, 60.0),
        at(Red, 184.0, 60.0),
        at(Red, 100.0, 120.0),
        at(Blue, 300.0, 60.0),
        at(Yellow, 420.0, 62.0),
        at(Cyan, 560.0, 60.0),
        at(Magenta, 300.0, 200.0),
        at(Magenta, 340.0, 200.0),
        at(Green, 500.0, 210.0),
        at(Red, 440.0, 210.0),
    ];
    let folder = tempfile::tempdir().unwrap();
    for layout in Layout::ALL {
        let mut detector = detector_as(layout, folder.path(), (416, 416));
        let noises = if layout == Layout::Yolox { &[0, 4, 10][..] } else { &[4] };
        for noise in noises {
            assert_found(&mut *detector, &street, *noise, 0.75);
        }
    }
}

#[test]
fn all_layouts_say_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let painted = [at(Paint::Red, 300.0, 200.0), at(Paint::Blue, 500.0, 100.0)];
    let bytes = frame(WIDTH as usize, HEIGHT as usize, &painted, 5);
    let mut answers = Layout::ALL.map(|layout| {
        let mut detector = detector_as(layout, folder.path(), (320, 192));
        (layout, detector.detect(&picture(WIDTH, HEIGHT, &bytes)).unwrap())
    });
    for (_, answer) in &mut answers {
        answer.sort_by_key(|one| one.class);
    }
    let (_, first) = answers[0].clone();
    assert_eq!(first.len(), 2);
    for (layout, answer) in &answers {
        assert_eq!(answer.len(), first.len(), "{layout:?}: {answer:?}");
        for (one, other) in answer.iter().zip(&first) {
            assert!(
                one.class == other.class && (one.score - other.score).abs() < 1e-3,
                "{layout:?}: {one:?} {other:?}"
            );
            let (one_box, other_box) = (<[f32; 4]>::from(one.bbox), <[f32; 4]>::from(other.bbox));
            let apart = one_box.iter().zip(other_box).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
            assert!(apart < 1e-3, "{layout:?}: {one:?} {other:?}");
        }
    }
}

#[test]
fn moving_ones_are_found_after_h264() {
    use Paint::{Blue, Cyan, Green, Magenta, Red, Yellow};
    let folder = tempfile::tempdir().unwrap();
    let mut detector = detector(folder.path(), (416, 416));
    let street = |step: u8| {
        let moved = f32::from(step) * 6.3;
        [
            at(Red, 80.0 + moved, 50.0),
            at(Red, 172.0 + moved, 50.0),
            at(Blue, 500.0 - moved, 120.0),
            at(Yellow, 100.0 + moved, 190.0),
            at(Cyan, 500.0 - moved, 250.0),
            at(Green, 300.0, 300.0 - moved / 2.0),
            at(Magenta, 100.0 + moved / 4.0, 300.0),
        ]
    };
    let raw = folder.path().join("raw");
    let drawn: Vec<u8> = (0..30).flat_map(|step| frame(WIDTH as usize, HEIGHT as usize, &street(step), 4)).collect();
    std::fs::write(&raw, drawn).unwrap();
    let source = format!(
        "filesrc location={} ! rawvideoparse width={WIDTH} height={HEIGHT} format=i420 framerate=10/1 \
         ! x264enc bitrate=800 speed-preset=veryfast ! h264parse ! avdec_h264 ! videoconvert",
        raw.display()
    );
    let decoded = gstreamer(&source, (WIDTH, HEIGHT));
    assert_eq!(decoded.len(), 30);
    for (step, bytes) in (0..).zip(&decoded) {
        assert_found_in(&mut *detector, bytes, &street(step), 0.7);
    }
}

#[test]
fn what_leaves_the_frame_is_found_until_half_of_it_is_gone() {
    let folder = tempfile::tempdir().unwrap();
    let mut detector = detector(folder.path(), (416, 416));
    assert_found(&mut *detector, &[at(Paint::Red, 24.0, 100.0)], 3, 0.7);
    assert_found(&mut *detector, &[at(Paint::Blue, 600.0, 330.0)], 3, 0.7);
    let gone = frame(WIDTH as usize, HEIGHT as usize, &[at(Paint::Red, -8.0, 100.0)], 3);
    assert!(detector.detect(&picture(WIDTH, HEIGHT, &gone)).unwrap().is_empty());
}

#[test]
fn an_empty_road_is_empty_and_other_inputs_do_as_well() {
    let folder = tempfile::tempdir().unwrap();
    for input in [(416, 416), (320, 320), (640, 352), (320, 192)] {
        let folder = folder.path().join(format!("{}x{}", input.0, input.1));
        std::fs::create_dir(&folder).unwrap();
        let mut detector = detector(&folder, input);
        assert_found(&mut *detector, &[], 12, 0.0);
        assert_found(&mut *detector, &[at(Paint::Red, 300.0, 200.0), at(Paint::Blue, 500.0, 100.0)], 5, 0.75);
    }
}

#[test]
fn the_same_picture_gives_the_same_answer() {
    let folder = tempfile::tempdir().unwrap();
    let (mut first, mut second) = (detector(folder.path(), (416, 416)), detector(folder.path(), (416, 416)));
    let bytes = frame(WIDTH as usize, HEIGHT as usize, &[at(Paint::Red, 301.0, 77.0), at(Paint::Cyan, 80.0, 300.0)], 9);
    let answer = first.detect(&picture(WIDTH, HEIGHT, &bytes)).unwrap();
    assert_eq!(answer.len(), 2);
    for _ in 0..3 {
        assert_eq!(first.detect(&picture(WIDTH, HEIGHT, &bytes)).unwrap(), answer);
        assert_eq!(second.detect(&picture(WIDTH, HEIGHT, &bytes)).unwrap(), answer);
    }
    assert_eq!((first.timings().frames, second.timings().frames), (4, 3));
    assert_eq!(first.model().id, "blobs");
}
