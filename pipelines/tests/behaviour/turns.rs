//! `illegal_turn` and `lane_violation`: forbidden movements and lane changes, and nobody else's.

use crate::road::{AWAY, AWAY_RIGHT, Ground, TOWARDS, road};
use crate::street::{Actor, Detector, Pinhole};
use crate::watch::{Record, Timing, all_well, film, watch};
use RoadUserClass::{Bus, Car, Motorcycle, Person, Truck};
use kerege_contract::event::Phase;
use kerege_contract::fact::CellKind;
use kerege_contract::{RoadUserClass, Scene};

const RATES: [f64; 4] = [5.0, 8.0, 15.0, 30.0];

fn run(scene: &Scene, actors: &[Actor], fps: f64) -> Record {
    let camera = Pinhole::default();
    let detector = Detector { false_boxes: 0.0, ..Detector::USUAL };
    watch(scene, &camera, &film(&camera, actors, detector, Timing::rough(fps), 30.0, 4))
}

fn starts(record: &Record) -> Vec<(String, f64)> {
    record.incidents.iter().filter(|c| c.phase == Phase::Start).map(|c| (c.rule.to_string(), c.t)).collect()
}

/// Lines where traffic comes in (20 m), leaves ahead (55 m) and leaves to the right.
fn junction(rules: &str) -> Scene {
    let camera = Pinhole::default();
    let line = |id: &str, from: (f64, f64), to: (f64, f64)| {
        let (a, b) = (camera.point(from.0, from.1), camera.point(to.0, to.1));
        format!("[[line]]\nid = '{id}'\na = {a}\nb = {b}\n")
    };
    let text = line("in", (7.5, 20.0), (-4.0, 20.0)) + &line("right", (10.0, 45.0), (10.0, 30.0));
    road(&camera, Ground::Unknown, &(text + &line("ahead", (8.0, 55.0), (0.0, 55.0)) + rules))
}

const NO_RIGHT: &str = "[[rule]]\nid = 'no-right'\ntype = 'illegal_turn'\nlines = ['in']\nto = ['right']\n";
const NO_ROUND: &str = "[[rule]]\nid = 'no-round'\ntype = 'illegal_turn'\nlines = ['in']\nto = ['in']\n";

/// Comes in at the right and turns right on an arc of 8 m at 6 m/s; over the exit 4.5 s after its start.
fn turns_right(class: RoadUserClass, start: f64) -> Actor {
    let mut way = vec![[start, AWAY_RIGHT, 9.0], [start + 3.0, AWAY_RIGHT, 30.0]];
    for step in 1..=9_u32 {
        let (sin, cos) = (10.0 * f64::from(step)).to_radians().sin_cos();
        way.push([start + 3.0 + 0.233 * f64::from(step), AWAY_RIGHT + 8.0 * (1.0 - cos), 30.0 + 8.0 * sin]);
    }
    way.push([start + 6.6, AWAY_RIGHT + 17.0, 38.0]);
    Actor::new(class, &way)
}

#[test]
fn a_forbidden_turn_is_found_once_and_other_movements_are_not() {
    let (scene, mut wrong) = (junction(NO_RIGHT), Vec::new());
    // At 5 frames per second and some of them missing the tracker may take one that turns for two.
    for fps in [8.0, 10.0, 15.0, 30.0] {
        for class in [Car, Bus] {
            let actors = [
                turns_right(class, 5.0),
                Actor::drive(Car, 0.0, [AWAY, 9.0], [AWAY, 80.0], 45.0),
                Actor::drive(Car, 14.0, [AWAY_RIGHT, 9.0], [AWAY_RIGHT, 80.0], 45.0),
                Actor::drive(Truck, 8.0, [TOWARDS, 75.0], [TOWARDS, 8.0], 40.0),
            ];
            let record = run(&scene, &actors, fps);
            let found = starts(&record);
            let right = matches!(found.as_slice(), [(rule, t)] if rule == "no-right" && (t - 9.5).abs() < 0.9);
            if !right || record.incidents[0].objects.len() != 1 {
                let passages: Vec<_> = record.passages.iter().map(|p| (p.line.to_string(), p.t, p.track)).collect();
                wrong.push(format!("{fps} {class}: {found:?} of {passages:?}"));
            }
        }
        // The same turn by one who did not come in over the line.
        let mut from_the_kerb = turns_right(Car, 5.0);
        from_the_kerb.way[0] = [7.0, AWAY_RIGHT, 26.0];
        assert_eq!(starts(&run(&scene, &[from_the_kerb], fps)), [], "{fps}");
    }
    all_well(&wrong);
}

#[test]
fn turning_round_is_a_movement_over_the_same_line() {
    for fps in RATES {
        let round = [
            [2.0, AWAY, 9.0],
            [5.0, AWAY, 30.0],
            [6.5, AWAY - 1.5, 34.0],
            [8.0, TOWARDS, 32.0],
            [9.0, TOWARDS, 27.0],
            [11.5, TOWARDS, 11.0],
        ];
        let actors = [Actor::new(Car, &round), Actor::drive(Car, 12.0, [AWAY, 9.0], [AWAY, 80.0], 45.0)];
        assert_eq!(starts(&run(&junction(NO_ROUND), &actors, fps)).len(), 1, "{fps}");
        assert_eq!(starts(&run(&junction(NO_RIGHT), &actors, fps)), [], "{fps}");
    }
}

#[test]
fn who_comes_back_over_a_line_by_which_one_left_is_another() {
    // One that turned right, waits beyond the line, and another that comes from there takes its number along.
    let mut way = turns_right(Car, 5.0).way;
    way.extend([[15.0, AWAY_RIGHT + 17.0, 38.0], [19.0, AWAY_RIGHT + 2.0, 40.0], [23.0, AWAY, 75.0]]);
    let no_ahead = "[[rule]]\nid = 'no-ahead'\ntype = 'illegal_turn'\nlines = ['in']\nto = ['ahead']\n";
    for fps in [10.0, 15.0, 30.0] {
        let record = run(&junction(no_ahead), &[Actor::new(Car, &way)], fps);
        assert_eq!(starts(&record), [], "{fps}");
        let cells = record.minutes.iter().flat_map(|minute| &minute.cells);
        let movements: Vec<_> =
            cells.filter(|cell| cell.kind == CellKind::Movement).map(|cell| cell.key.as_str()).collect();
        assert_eq!(movements, ["in>right", "right>ahead"], "{fps}");
    }
}

#[test]
fn another_line_before_the_one_that_the_rule_names_changes_nothing() {
    let camera = Pinhole::default();
    let (a, b) = (camera.point(7.5, 15.0), camera.point(-4.0, 15.0));
    let stop = format!("[[line]]\nid = 'stop'\na = {a}\nb = {b}\n");
    let scene = junction(&(stop + NO_RIGHT));
    for fps in [10.0, 15.0, 30.0] {
        let found = starts(&run(&scene, &[turns_right(Car, 5.0)], fps));
        assert_eq!(found.len(), 1, "{fps}: {found:?}");
    }
}

/// A marking between the two lanes that lead away, from 14 m to `to`.
fn marked(to: f64, more: &str) -> Scene {
    marked_on(Ground::Unknown, to, more)
}

fn marked_on(ground: Ground, to: f64, more: &str) -> Scene {
    let camera = Pinhole::default();
    let between = f64::midpoint(AWAY, AWAY_RIGHT);
    let path = format!("[{}, {}]", camera.point(between, 14.0), camera.point(between, to));
    let text = format!(
        "[[marking]]\nid = 'm'\npath = {path}\n{more}[[rule]]\nid = 'solid'\ntype = 'lane_violation'\ncooldown_s = 2\n"
    );
    road(&camera, ground, &text)
}

fn changes(class: RoadUserClass, start: f64, from: f64, to: f64, at: f64) -> Actor {
    let fixes = [[0.0, from, 9.0], [(at - 9.0) / 10.0, from, at], [(at + 5.0) / 10.0, to, at + 14.0], [7.0, to, 79.0]];
    Actor::new(class, &fixes.map(|[t, x, y]| [start + t, x, y]))
}

#[test]
fn a_lane_change_over_a_solid_marking_is_found_either_way() {
    let mut wrong = Vec::new();
    for fps in RATES {
        for class in [Car, Truck, Motorcycle] {
            for (from, to) in [(AWAY_RIGHT, AWAY), (AWAY, AWAY_RIGHT)] {
                let record = run(&marked(60.0, ""), &[changes(class, 3.0, from, to, 24.0)], fps);
                let found = starts(&record);
                if found.len() != 1 || (found[0].1 - 5.3).abs() > 1.0 {
                    wrong.push(format!("{fps} {class} {from}: {found:?}"));
                }
            }
        }
    }
    all_well(&wrong);
}

#[test]
fn keeping_to_a_lane_or_changing_where_it_is_allowed_is_lawful() {
    for fps in RATES {
        let mut actors = vec![
            Actor::drive(Car, 0.0, [AWAY, 9.0], [AWAY, 80.0], 45.0),
            Actor::drive(Truck, 3.0, [AWAY_RIGHT, 9.0], [AWAY_RIGHT, 80.0], 40.0),
            Actor::drive(Bus, 6.0, [AWAY, 9.0], [AWAY, 80.0], 40.0),
            Actor::drive(Motorcycle, 9.0, [AWAY_RIGHT - 0.9, 9.0], [AWAY_RIGHT - 0.9, 80.0], 40.0),
            Actor::drive(Person, 2.0, [-3.0, 30.0], [9.0, 30.0], 5.0),
        ];
        assert_eq!(starts(&run(&marked(60.0, ""), &actors, fps)), [], "{fps}");
        actors.push(changes(Car, 13.0, AWAY_RIGHT, AWAY, 34.0));
        assert_eq!(starts(&run(&marked(28.0, ""), &actors, fps)), [], "beyond its end, {fps}");
        // Along the marking its left is where the left lane is: from right to left is backward.
        assert_eq!(starts(&run(&marked(70.0, "forbidden = 'forward'\n"), &actors, fps)), [], "the other way, {fps}");
        assert_eq!(starts(&run(&marked(70.0, "forbidden = 'backward'\n"), &actors, fps)).len(), 1, "this way, {fps}");
    }
}

#[test]
fn on_a_calibrated_camera_a_lane_change_is_told_by_the_road() {
    let mut wrong = Vec::new();
    for fps in RATES {
        for (from, to) in [(AWAY_RIGHT, AWAY), (AWAY, AWAY_RIGHT)] {
            let record = run(&marked_on(Ground::Calibrated, 60.0, ""), &[changes(Car, 3.0, from, to, 24.0)], fps);
            let found = starts(&record);
            if found.len() != 1 || (found[0].1 - 5.3).abs() > 1.0 {
                wrong.push(format!("{fps} {from}: {found:?}"));
            }
        }
        // The right side is the right side, whichever way the road's axes turn.
        let allowed = marked_on(Ground::Calibrated, 70.0, "forbidden = 'forward'\n");
        let left = changes(Car, 3.0, AWAY_RIGHT, AWAY, 24.0);
        assert_eq!(starts(&run(&allowed, &[left], fps)), [], "{fps}");
        let keeps = [Actor::drive(Bus, 3.0, [AWAY, 9.0], [AWAY, 80.0], 40.0)];
        assert_eq!(starts(&run(&marked_on(Ground::Calibrated, 60.0, ""), &keeps, fps)), [], "{fps}");
    }
    all_well(&wrong);
}
