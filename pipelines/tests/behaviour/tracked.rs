//! Road users that are known already: what was tracked once is not tracked anew.

use crate::road::{AWAY, Ground, STOPPED, TOWARDS, road};
use crate::street::{Actor, Detector, Pinhole};
use crate::watch::{Record, Timing, film, meta, watch};
use kerege_contract::RoadUserClass::Car;
use kerege_contract::{Detection, Scene};
use kerege_pipelines::{Options, Pipeline, TrackId, Tracked};

fn scene(camera: &Pinhole) -> Scene {
    let line = |id: &str, y: f64| {
        format!("[[line]]\nid = '{id}'\na = {}\nb = {}\n", camera.point(9.0, y), camera.point(-9.0, y))
    };
    road(camera, Ground::Calibrated, &(line("near", 16.0) + &line("far", 34.0) + STOPPED))
}

fn street() -> Vec<Actor> {
    let mut actors: Vec<Actor> =
        (0..6).map(|n| Actor::drive(Car, 5.0 * f64::from(n), [AWAY, 9.0], [AWAY, 80.0], 50.0)).collect();
    actors.extend((0..6).map(|n| Actor::drive(Car, 4.0 * f64::from(n), [TOWARDS, 80.0], [TOWARDS, 9.0], 40.0)));
    let stands = [[2.0, 5.5, 9.0], [4.0, 5.5, 26.0], [24.0, 5.5, 26.0], [30.0, 5.5, 80.0]];
    actors.push(Actor::new(Car, &stands));
    actors
}

/// Feeds what was tracked in a record into another pipeline.
fn again(scene: &Scene, camera: &Pinhole, record: &Record) -> Record {
    let mut pipeline = Pipeline::new(scene, &Options::default());
    let mut second = Record::default();
    for (frame, (t, tracks)) in record.tracks.iter().enumerate() {
        let seen = tracks.iter().filter(|track| track.detected_now);
        let tracked: Vec<Tracked> = seen
            .map(|track| Tracked {
                track: track.track,
                detection: Detection { class: track.class, score: track.score, bbox: track.bbox },
            })
            .collect();
        second.add(*t, pipeline.step_tracked(&meta(camera, frame as u64, *t), &tracked));
    }
    let rest = pipeline.finish();
    second.passages.extend(rest.passages);
    second.incidents.extend(rest.incidents);
    second.minutes.extend(rest.minutes);
    second.confirmed = pipeline.confirmed_tracks();
    second
}

#[test]
fn tracks_of_one_pipeline_give_another_the_same_answers() {
    let camera = Pinhole::default();
    let scene = scene(&camera);
    for fps in [5.0, 10.0, 30.0] {
        let detector = Detector { false_boxes: 0.0, ..Detector::USUAL };
        let first = watch(&scene, &camera, &film(&camera, &street(), detector, Timing::rough(fps), 40.0, 5));
        let second = again(&scene, &camera, &first);
        let gist = |record: &Record| -> Vec<String> {
            let name = |p: &kerege_pipelines::Passage| format!("{} {:?} {}", p.line, p.dir, p.track);
            record.passages.iter().map(name).collect()
        };
        assert_eq!(gist(&first), gist(&second), "{fps} fps");
        let starts = |record: &Record| record.incidents.iter().map(|c| (c.phase, c.rule.clone())).collect::<Vec<_>>();
        assert_eq!(starts(&first), starts(&second), "{fps} fps");
        assert_eq!(first.confirmed, second.confirmed);
    }
}

#[test]
fn names_are_believed_even_where_boxes_jump_and_meet() {
    // Two cars that swap places between two frames keep their names, and one that is told twice counts once.
    let camera = Pinhole::default();
    let scene = scene(&camera);
    let mut pipeline = Pipeline::new(&scene, &Options::default());
    let place = |x: f32| kerege_contract::FrameBox { x1: x, y1: 0.5, x2: x + 0.1, y2: 0.6 };
    let car = |track: u64, x: f32| Tracked {
        track: TrackId(track),
        detection: Detection { class: Car, score: 0.05, bbox: place(x) },
    };
    let names = |outputs: kerege_pipelines::Outputs| -> Vec<(u64, f32)> {
        outputs.tracks.iter().map(|track| (track.track.0, track.bbox.x1)).collect()
    };
    let first = names(pipeline.step_tracked(&meta(&camera, 0, 0.0), &[car(7, 0.2), car(3, 0.6), car(7, 0.4)]));
    assert_eq!(first, [(7, 0.2), (3, 0.6)]);
    let second = names(pipeline.step_tracked(&meta(&camera, 1, 0.1), &[car(3, 0.2), car(7, 0.6)]));
    assert_eq!(second, [(7, 0.6), (3, 0.2)]);
    assert_eq!(pipeline.confirmed_tracks(), 2);
}
