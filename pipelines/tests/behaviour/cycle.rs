//! Who waits before a stop line: an incident only once he missed a whole green, as far as anybody tells what the
//! signals show; and a row that crawls stands nowhere, however its boxes shake.

use crate::lamps::{Green, Programme, Red, Yellow, after, messages, watch_lamps};
use crate::road::{AWAY, AWAY_RIGHT, Ground, STOPPED, road, waiting};
use crate::ruled::{RATES, near, none, only, run, visit};
use crate::street::{Actor, Detector, Pinhole};
use crate::watch::{Record, Timing, film, watch};
use kerege_contract::RoadUserClass::Car;
use kerege_contract::Scene;

const BOTH: [Ground; 2] = [Ground::Calibrated, Ground::Unknown];
/// The stop line, metres from the camera.
const LINE: f64 = 34.0;
/// `stopped_vehicle`, and the rule that tells by which signals one goes over the stop line.
const SIGNALS: &str = "[[rule]]\nid = 'red'\ntype = 'red_light'\nlines = ['line']\ngroup = 3\n";

fn scene(camera: &Pinhole, ground: Ground) -> Scene {
    let (a, b) = (camera.point(7.3, LINE), camera.point(0.2, LINE));
    let line = format!("[[line]]\nid = 'line'\na = {a}\nb = {b}\n");
    road(camera, ground, &(line + STOPPED + SIGNALS + &waiting(camera, 16.0, LINE + 1.0)))
}

/// Red from 5 s, green from 30 s to 50 s, red from 53 s to 70 s.
fn programme() -> Programme {
    vec![(-20.0, 3, Green), (2.0, 3, Yellow), (5.0, 3, Red), (30.0, 3, Green), (50.0, 3, Yellow), (53.0, 3, Red)]
        .into_iter()
        .chain([(70.0, 3, Green)])
        .collect()
}

fn told(scene: &Scene, actors: &[Actor], fps: f64) -> Record {
    let camera = Pinhole::default();
    let detector = Detector { false_boxes: 0.0, ..Detector::USUAL };
    let frames = film(&camera, actors, detector, Timing::rough(fps), 88.0, 5);
    watch_lamps(scene, &camera, &frames, &after(messages(&programme(), 88.0), 0.2))
}

#[test]
fn who_misses_a_whole_green_is_told_of_when_it_is_red_again() {
    let camera = Pinhole::default();
    for ground in BOTH {
        for fps in RATES {
            let scene = scene(&camera, ground);
            let record = told(&scene, &[visit(Car, AWAY, LINE - 3.0, 12.0, 82.0)], fps);
            let (start, _) = only(&record, &format!("{ground:?} {fps}"));
            near(start.detected_t, 53.0, 2.0, &format!("{ground:?} {fps}"));
            // Who came when it was green already has not missed all of it, nor has he who goes before it ends.
            none(&told(&scene, &[visit(Car, AWAY, LINE - 3.0, 34.0, 86.0)], fps), "came at green");
            none(&told(&scene, &[visit(Car, AWAY, LINE - 3.0, 12.0, 47.0)], fps), "goes at green");
        }
    }
}

#[test]
fn where_nobody_tells_what_the_signals_show_the_longest_cycle_counts() {
    let camera = Pinhole::default();
    for ground in BOTH {
        let scene = scene(&camera, ground);
        let frames =
            film(&camera, &[visit(Car, AWAY, LINE - 3.0, 12.0, 160.0)], Detector::USUAL, Timing::rough(5.0), 170.0, 5);
        let record = watch(&scene, &camera, &frames);
        let (start, _) = only(&record, &format!("{ground:?}"));
        near(start.detected_t, 132.0, 2.5, &format!("{ground:?}"));
    }
}

#[test]
fn a_row_that_crawls_past_a_spot_neither_stands_nor_stays_there() {
    let camera = Pinhole::default();
    let polygon = camera.rectangle(AWAY_RIGHT - 1.75, 18.0, AWAY_RIGHT + 1.75, 66.0);
    let kerb = format!("[[zone]]\nid = 'kerb'\nkind = 'no_stopping'\npolygon = {polygon}\n");
    let stay = "[[rule]]\nid = 'kerb'\ntype = 'illegal_stop'\nmax_stay_s = 20\n";
    let scene = road(&camera, Ground::Calibrated, &(kerb + STOPPED + stay));
    // A car each eight seconds at 3.7 km/h.
    let row: Vec<Actor> =
        (0..9).map(|n| Actor::drive(Car, 8.0 * f64::from(n), [AWAY_RIGHT, 30.0], [AWAY_RIGHT, 68.0], 3.7)).collect();
    for fps in RATES {
        none(&run(&scene, &row, fps, 75.0), &format!("{fps}"));
    }
}
