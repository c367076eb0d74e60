//! When the input is changed in a known way, the answers move as they should.

use crate::rng::Rng;
use crate::road::{AWAY, AWAY_RIGHT, Ground, STOPPED, TOWARDS, WRONG_WAY, road};
use crate::street::{Actor, Detector, Pinhole};
use crate::watch::{Frame, Record, Timing, film, watch};
use kerege_contract::event::Phase;
use kerege_contract::fact::Direction;
use kerege_contract::scene::RoadUnit;
use kerege_contract::{FrameBox, FramePoint, RoadUserClass, Scene};
use kerege_pipelines::{Options, Pipeline};
use proptest::prelude::*;

/// Traffic both ways, a car that breaks down and one that drives against its lane.
fn street(seed: u64) -> Vec<Actor> {
    let rng = &mut Rng::new(seed);
    let mut actors = Vec::new();
    for n in 0..5 {
        let start = 5.0 * f64::from(n) + rng.between(0.0, 1.5);
        actors.push(Actor::drive(RoadUserClass::Car, start, [AWAY_RIGHT, 9.0], [AWAY_RIGHT, 80.0], 45.0));
        actors.push(Actor::drive(RoadUserClass::Car, start, [TOWARDS, 80.0], [TOWARDS, 9.0], 40.0));
    }
    let stand = rng.between(2.0, 4.0);
    actors.push(Actor::new(
        RoadUserClass::Car,
        &[[0.0, AWAY, 9.0], [stand, AWAY, 30.0], [19.0, AWAY, 30.0], [25.0, AWAY, 80.0]],
    ));
    // In the lane for nearly 5 s: well beyond what the rule asks, whatever frames are missing.
    actors.push(Actor::drive(RoadUserClass::Van, 8.0, [AWAY_RIGHT + 1.9, 70.0], [AWAY_RIGHT + 0.6, 9.0], 40.0));
    actors
}

/// The same, with one that is too fast and a person who stays on the road.
fn busy_street(seed: u64) -> Vec<Actor> {
    let mut actors = street(seed);
    let way = [[2.0, -9.0, 15.0], [7.0, -3.3, 15.0], [22.0, -3.3, 15.0]];
    actors.push(Actor::new(RoadUserClass::Person, &way));
    actors.push(Actor::drive(RoadUserClass::Car, 27.0, [AWAY_RIGHT, 9.0], [AWAY_RIGHT, 80.0], 80.0));
    actors
}

fn scene(camera: &Pinhole, ground: Ground) -> Scene {
    let line = format!("[[line]]\nid = 'L'\na = {}\nb = {}\n", camera.point(9.0, 22.0), camera.point(-9.0, 22.0));
    let kerb = camera.rectangle(AWAY - 1.75, 24.0, AWAY + 1.75, 36.0);
    let places = format!(
        "[[zone]]\nid = 'kerb'\nkind = 'no_stopping'\npolygon = {kerb}\n\
         [[zone]]\nid = 'square'\nkind = 'area'\npolygon = {}\n",
        camera.rectangle(-7.0, 13.0, 0.0, 17.0)
    );
    let rules = "[[rule]]\nid = 'kerb'\ntype = 'illegal_stop'\nmax_stay_s = 8\ncooldown_s = 2\n\
                 [[rule]]\nid = 'people'\ntype = 'pedestrian_on_road'\ncooldown_s = 2\n\
                 [[rule]]\nid = 'stay'\ntype = 'loitering'\nmin_stay_s = 4\ncooldown_s = 2\n";
    let speeds = "[[rule]]\nid = 'limit'\ntype = 'speeding'\nlimit_kmh = 60\ncooldown_s = 2\n";
    let more = line + &places + STOPPED + WRONG_WAY + rules;
    road(camera, ground, &if ground == Ground::Calibrated { more + speeds } else { more })
}

fn filmed(seed: u64, fps: f64) -> Vec<Frame> {
    film(&Pinhole::default(), &busy_street(seed), Detector::USUAL, Timing::rough(fps), 32.0, seed)
}

/// What happened, and when; which of two tracks completes its passage in an earlier frame may change.
fn gist(record: &Record) -> Vec<(f64, String)> {
    let passages = record.passages.iter().map(|p| (p.t, format!("{} {:?} {} {}", p.line, p.dir, p.class, p.track)));
    let incidents = record.incidents.iter().flat_map(|c| {
        let what = format!("{} {:?} {:?}", c.rule, c.phase, c.reason);
        [(c.t, what.clone()), (c.detected_t, what)]
    });
    let mut all: Vec<_> = passages.chain(incidents).collect();
    all.sort_by(|a, b| a.1.cmp(&b.1).then(a.0.total_cmp(&b.0)));
    all
}

/// Asserts that the same happened, `shift` seconds later.
fn assert_same(a: &Record, b: &Record, shift: f64) {
    assert_same_within(a, b, shift, 1e-4);
}

/// The same, but for `by` seconds.
fn assert_same_within(a: &Record, b: &Record, shift: f64, by: f64) {
    let (a, b) = (gist(a), gist(b));
    let same = |(a, b): (&(f64, String), &(f64, String))| a.1 == b.1 && (a.0 + shift - b.0).abs() < by;
    assert!(a.len() == b.len() && a.iter().zip(&b).all(same), "{a:#?}\n{b:#?}");
}

fn mirrored_point(point: FramePoint) -> FramePoint {
    FramePoint { x: 1.0 - point.x, y: point.y }
}

/// The scene seen in a mirror: left and right of its lines change places.
pub(crate) fn mirrored(scene: &Scene) -> Scene {
    let mut scene = scene.clone();
    for line in &mut scene.lines {
        (line.a, line.b) = (mirrored_point(line.a), mirrored_point(line.b));
    }
    for lane in &mut scene.lanes {
        lane.polygon.iter_mut().chain(&mut lane.centre).for_each(|point| *point = mirrored_point(*point));
    }
    scene.zones.iter_mut().flat_map(|zone| &mut zone.polygon).for_each(|point| *point = mirrored_point(*point));
    scene.markings.iter_mut().flat_map(|marking| &mut marking.path).for_each(|point| *point = mirrored_point(*point));
    if let Some(calibration) = &mut scene.calibration {
        calibration.points.iter_mut().for_each(|point| point.image = mirrored_point(point.image));
        calibration.valid.iter_mut().for_each(|point| *point = mirrored_point(*point));
    }
    scene
}

/// The same frames in a mirror.
pub(crate) fn mirrored_frames(frames: &[Frame]) -> Vec<Frame> {
    let turn = |b: FrameBox| FrameBox { x1: 1.0 - b.x2, x2: 1.0 - b.x1, ..b };
    let turned = |seen: &Vec<kerege_contract::Detection>| {
        seen.iter().map(|d| kerege_contract::Detection { bbox: turn(d.bbox), ..*d }).collect()
    };
    frames.iter().map(|(t, seen)| (*t, turned(seen))).collect()
}

/// Longitude and latitude of a place in metres east and north of one in Bishkek, by the radii of curvature of WGS 84.
fn degrees([x, y]: [f64; 2]) -> [f64; 2] {
    const SEMI_MAJOR_M: f64 = 6_378_137.0;
    const ECCENTRICITY_SQUARED: f64 = 0.006_694_38;
    const LATITUDE: f64 = 42.8746;
    let (sin, cos) = LATITUDE.to_radians().sin_cos();
    let flat = 1.0 - ECCENTRICITY_SQUARED * sin * sin;
    let meridian = SEMI_MAJOR_M * (1.0 - ECCENTRICITY_SQUARED) / flat.powf(1.5);
    let parallel = SEMI_MAJOR_M / flat.sqrt() * cos;
    [74.5698 + (x / parallel).to_degrees(), LATITUDE + (y / meridian).to_degrees()]
}

/// The same scene with its road measured in degrees.
pub(crate) fn in_degrees(scene: &Scene) -> Scene {
    let mut scene = scene.clone();
    if let Some(calibration) = &mut scene.calibration {
        calibration.unit = RoadUnit::Lonlat;
        calibration.points.iter_mut().for_each(|point| point.road = degrees(point.road));
    }
    scene
}

/// What became of each rule's incidents, one rule after the other: which of two rules tells first may change.
fn by_rule(record: &Record) -> Vec<(String, Phase)> {
    let mut changes: Vec<_> = record.incidents.iter().map(|change| (change.rule.to_string(), change.phase)).collect();
    changes.sort_by(|a, b| a.0.cmp(&b.0));
    changes
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn later_is_the_same_but_later(seed in 0u64..1000, shift in 1.0..9_000.0f64) {
        let (camera, frames) = (Pinhole::default(), filmed(seed, 10.0));
        let scene = scene(&camera, Ground::Calibrated);
        let later: Vec<Frame> = frames.iter().map(|(t, detections)| (t + shift, detections.clone())).collect();
        assert_same(&watch(&scene, &camera, &frames), &watch(&scene, &camera, &later), shift);
    }

    #[test]
    fn in_a_mirror_the_ways_swap_and_all_else_stays(seed in 0u64..1000) {
        let (camera, frames) = (Pinhole::default(), filmed(seed, 10.0));
        let scene = scene(&camera, Ground::Calibrated);
        let turned = mirrored_frames(&frames);
        let (plain, mut other) = (watch(&scene, &camera, &frames), watch(&mirrored(&scene), &camera, &turned));
        for passage in &mut other.passages {
            passage.dir = if passage.dir == Direction::Forward { Direction::Backward } else { Direction::Forward };
        }
        assert_same(&plain, &other, 0.0);
    }

    #[test]
    fn frames_dropped_at_random_change_no_count_and_no_incident(seed in 0u64..1000, share in 0.0..0.4f64) {
        let camera = Pinhole::default();
        let scene = scene(&camera, Ground::Unknown);
        let detector = Detector { missed: 0.0, false_boxes: 0.0, hidden: 0.9, ..Detector::USUAL };
        let frames = film(&camera, &street(seed), detector, Timing::steady(15.0), 32.0, seed);
        let rng = &mut Rng::new(seed + 1);
        let fewer: Vec<Frame> = frames.iter().filter(|_| !rng.chance(share)).cloned().collect();
        let (all, some) = (watch(&scene, &camera, &frames), watch(&scene, &camera, &fewer));
        prop_assert_eq!(all.counted("L"), some.counted("L"));
        prop_assert_eq!(by_rule(&all), by_rule(&some));
    }

    #[test]
    fn the_size_of_the_picture_does_not_matter(seed in 0u64..1000, width in 400u32..3000) {
        let (camera, frames) = (Pinhole::default(), filmed(seed, 10.0));
        let scene = scene(&camera, Ground::Calibrated);
        let height = (width * 720).div_ceil(1280);
        // The same picture stored with pixels that are not square.
        let size = kerege_contract::FrameSize { width, height, pixel_aspect: f64::from(height) * 1280.0 / 720.0 / f64::from(width) };
        let other = Pinhole { size, ..camera };
        let (a, b) = (watch(&scene, &camera, &frames), watch(&scene, &other, &frames));
        prop_assert_eq!(a.counted("L"), b.counted("L"));
        // But for speeds, which are claimed only where a pixel is fine enough.
        let told = |record: &Record| record.incidents.iter().filter(|change| change.rule.as_str() != "limit").count();
        prop_assert_eq!(told(&a), told(&b));
    }

    #[test]
    fn the_unit_and_the_origin_of_the_calibration_do_not_matter(seed in 0u64..1000, turn in 0.0..std::f64::consts::TAU, away in -500.0..500.0f64) {
        let (camera, frames) = (Pinhole::default(), filmed(seed, 10.0));
        let metres = scene(&camera, Ground::Calibrated);
        let mut turned = metres.clone();
        for point in &mut turned.calibration.as_mut().unwrap().points {
            let ([x, y], (sin, cos)) = (point.road, turn.sin_cos());
            point.road = [away + x * cos - y * sin, x * sin + y * cos - away];
        }
        let plain = watch(&metres, &camera, &frames);
        // The least squares of a fit are not quite the same along other axes, nor then which fix a heading is taken from. A degree is a thousandth longer or shorter
        // than ours: what passes a threshold does so a frame later, and a speed may be measured by a frame more or less.
        for (other, by_s) in [(turned, 0.05), (in_degrees(&metres), 0.25)] {
            let other = watch(&other, &camera, &frames);
            assert_same_within(&plain, &other, 0.0, by_s);
            for a in &plain.passages {
                let Some(b) = other.passages.iter().find(|b| (&b.track, &b.line) == (&a.track, &a.line)) else { continue };
                let differ = a.speed_kmh.zip(b.speed_kmh).map_or(0.0, |(a, b)| (a - b).abs());
                prop_assert!(differ <= a.speed_err_kmh.unwrap_or_default(), "{a:?} {b:?}");
            }
        }
    }

    #[test]
    fn nothing_makes_it_panic_and_the_same_input_gives_the_same_output(
        boxes in prop::collection::vec(prop::collection::vec((any::<[f32; 4]>(), any::<f32>(), 0usize..8), 0..12), 1..40),
        times in prop::collection::vec(prop_oneof![0.0..5.0f64, Just(f64::NAN), -10.0..1e9f64], 40),
    ) {
        let camera = Pinhole::default();
        let frames: Vec<Frame> = boxes.iter().zip(&times).map(|(boxes, t)| {
            let detections = boxes.iter().map(|(bbox, score, class)| kerege_contract::Detection {
                bbox: (*bbox).into(), score: *score, class: RoadUserClass::ALL[*class],
            });
            (*t, detections.collect())
        }).collect();
        let scene = scene(&camera, Ground::Calibrated);
        prop_assert_eq!(format!("{:?}", watch(&scene, &camera, &frames)), format!("{:?}", watch(&scene, &camera, &frames)));
    }
}

#[test]
fn the_same_frames_give_the_same_bytes() {
    let (camera, frames) = (Pinhole::default(), filmed(7, 15.0));
    let scene = scene(&camera, Ground::Calibrated);
    let bytes = || {
        let mut pipeline = Pipeline::new(&scene, &Options::default());
        let step = |(n, (t, detections)): (usize, &Frame)| {
            pipeline.step(&crate::watch::meta(&camera, n as u64, *t), detections)
        };
        let outputs: Vec<_> = frames.iter().enumerate().map(step).collect();
        serde_json::to_vec(&outputs).unwrap()
    };
    assert_eq!(bytes(), bytes());
}
