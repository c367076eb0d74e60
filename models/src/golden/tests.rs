//! Pictures that are none, and answers that are not the golden one.

use super::*;
use kerege_contract::{FrameBox, RoadUserClass};
use proptest::prelude::*;

fn seen(class: RoadUserClass, score: f32, x1: f32) -> Detection {
    Detection { class, score, bbox: FrameBox { x1, y1: 0.2, x2: x1 + 0.1, y2: 0.4 } }
}

fn picture() -> GoldenPicture {
    let mut bytes = b"P6\n# drawn by hand\n16 17\n255\n".to_vec();
    bytes.extend([90; 16 * 17 * 3]);
    GoldenPicture::from_ppm("a.ppm", &bytes).unwrap()
}

#[test]
fn a_picture_is_read() {
    let shown = picture();
    let seen = shown.picture().unwrap();
    assert_eq!((seen.width, seen.height, seen.format), (16, 17, PictureFormat::Rgb));
}

#[test]
fn what_is_no_picture_is_told() {
    let long = [&b"P6 16 16 255\n"[..], &[0; 16 * 16 * 3 + 1]].concat();
    let cases: [(&[u8], &str); 9] = [
        (b"", "not a binary PPM"),
        (b"P5 16 16 255\n", "not a binary PPM"),
        (b"P6", "not a binary PPM"),
        (b"P6 16 16 65535\n", "not a binary PPM"),
        (b"P6 16 -16 255\n", "not a binary PPM"),
        (b"P616 16 255\n", "not a binary PPM"),
        (b"P6 16 8 255\n", "16×8 pixels"),
        (b"P6 1000 1000 255\n", "1000×1000 pixels"),
        (&long, "769 bytes of pixels where its size means 768"),
    ];
    for (bytes, told) in cases {
        let error = GoldenPicture::from_ppm("a.ppm", bytes).unwrap_err().to_string();
        assert!(error.contains(told), "{}: {error}", String::from_utf8_lossy(bytes));
    }
}

#[test]
fn each_difference_is_told() {
    use RoadUserClass::{Bus, Car};
    let golden =
        Golden { picture: picture(), tolerance: 0.05, detections: vec![seen(Car, 0.8, 0.1), seen(Bus, 0.5, 0.5)] };
    let (car, bus) = (seen(Car, 0.78, 0.105), seen(Bus, 0.54, 0.49));
    let cases: [(&[Detection], &str); 9] = [
        (&[car, bus], ""),
        (&[bus, car], ""),
        (&[car, bus, seen(Car, 0.54, 0.8)], ""),
        (&[car, bus, seen(Car, 0.56, 0.8)], "the car at (0.85, 0.30) of score 0.560 is seen, but must not be"),
        (&[car], "the bus at (0.55, 0.30) of score 0.500 is not seen"),
        (&[], "the car at (0.15, 0.30) of score 0.800 is not seen"),
        (&[seen(Bus, 0.8, 0.1), bus], "the car at (0.15, 0.30) of score 0.800 is not seen"),
        (&[seen(Car, 0.8, 0.14), bus], "the car at (0.15, 0.30) of score 0.800 is not seen"),
        (&[seen(Car, 0.7, 0.1), bus], "the car at (0.15, 0.30) of score 0.800 is seen with a score of 0.700"),
    ];
    for (found, told) in cases {
        let difference = golden.difference(found).map(|difference| difference.to_string()).unwrap_or_default();
        assert_eq!(difference, told, "{found:?}");
    }
    assert!(golden.difference(&[seen(Car, f32::NAN, 0.1), bus]).is_some());
}

#[test]
fn of_two_alike_each_takes_its_own() {
    use RoadUserClass::Car;
    let golden =
        Golden { picture: picture(), tolerance: 0.05, detections: vec![seen(Car, 0.8, 0.1), seen(Car, 0.6, 0.115)] };
    assert_eq!(golden.difference(&[seen(Car, 0.8, 0.1), seen(Car, 0.6, 0.115)]), None);
    assert_eq!(golden.difference(&[seen(Car, 0.6, 0.115), seen(Car, 0.8, 0.1)]), None);
    assert!(golden.difference(&[seen(Car, 0.8, 0.1)]).is_some());
}

proptest! {
    #[test]
    fn an_answer_is_its_own_golden_answer(scores in prop::collection::vec(0.1..1.0_f32, 1..30)) {
        let mut found: Vec<Detection> = scores
            .iter()
            .enumerate()
            .map(|(at, score)| seen(RoadUserClass::ALL[at % 4], *score, at as f32 * 0.03))
            .collect();
        found.sort_by(|a, b| b.score.total_cmp(&a.score));
        let golden = Golden::of(picture(), 0.01, &found);
        prop_assert!(golden.detections.len() <= 12 && golden.detections.iter().all(|one| one.score >= 0.25));
        if !golden.detections.is_empty() {
            prop_assert_eq!(golden.difference(&found), None);
        }
    }
}
