//! When somebody stands, as far as his box tells: one who turned in, who is hidden in part, who is far away; and who
//! takes the place of whom. And how full a lane is that is hidden in part.

use crate::road::{AWAY, AWAY_RIGHT, Ground, STOPPED, TOWARDS, road, waiting};
use crate::ruled::{RATES, near, none, only, stand, starts};
use crate::street::{Actor, Detector, Pinhole};
use crate::watch::{Frame, Record, Timing, film, scene, watch};
use kerege_contract::RoadUserClass::{Bus, Car};
use kerege_contract::Scene;
use kerege_contract::event::Phase;

fn told(scene: &Scene, actors: &[Actor], noise: f64, fps: f64, seconds: f64) -> Record {
    let camera = Pinhole::default();
    let detector = Detector { noise, false_boxes: 0.0, ..Detector::USUAL };
    watch(scene, &camera, &film(&camera, actors, detector, Timing::rough(fps), seconds, 5))
}

#[test]
fn who_turned_into_the_lane_across_its_direction_stands_in_it() {
    let scene = road(&Pinhole::default(), Ground::Calibrated, STOPPED);
    // Across the road at a right angle: in the picture, where the lane leans away to the left, as if against it.
    let crosses =
        [[2.0, TOWARDS - 3.0, 20.0], [3.6, AWAY_RIGHT, 20.0], [40.0, AWAY_RIGHT, 20.0], [43.0, AWAY_RIGHT, 60.0]];
    for fps in RATES {
        let record = told(&scene, &[Actor::new(Car, &crosses)], 0.02, fps, 50.0);
        let (start, _) = only(&record, &format!("{fps}"));
        assert!(start.detected_t < 16.0, "{fps}: {}", start.detected_t);
    }
}

#[test]
fn who_moves_up_after_one_who_waited_too_long_does_not_go_on_with_his_incident() {
    let camera = Pinhole::default();
    let scene = road(&camera, Ground::Calibrated, &(STOPPED.to_owned() + &waiting(&camera, 30.0, 54.0)));
    let first = [[1.0, AWAY, 10.0], [5.0, AWAY, 48.0], [135.0, AWAY, 48.0], [139.0, AWAY, 90.0]];
    let next = |until: f64| {
        let comes = [[8.0, AWAY, 10.0], [12.0, AWAY, 40.0], [137.0, AWAY, 40.0], [140.0, AWAY, 48.0]];
        let goes = [[until, AWAY, 48.0], [until + 4.0, AWAY, 90.0]];
        Actor::new(Car, &[comes.as_slice(), goes.as_slice()].concat())
    };
    for fps in [5.0, 10.0] {
        let record = told(&scene, &[Actor::new(Car, &first), next(200.0)], 0.02, fps, 220.0);
        let (start, end) = only(&record, &format!("{fps}"));
        near(start.detected_t, 125.0, 3.0, &format!("{fps}"));
        near(end.t, 136.0, 3.0, &format!("{fps}"));
    }
    // Who then waits too long himself is a cause of his own.
    let record = told(&scene, &[Actor::new(Car, &first), next(280.0)], 0.02, 5.0, 300.0);
    let starts: Vec<f64> =
        record.incidents.iter().filter(|change| change.phase == Phase::Start).map(|change| change.detected_t).collect();
    assert_eq!(starts.len(), 2, "{starts:?}");
    near(starts[1], 260.0, 4.0, "the second");
}

/// Two lanes that lead to the right across the picture, one behind the other, and what else is to be in the scene.
fn across(more: &str) -> Scene {
    let camera = Pinhole::default();
    let lane = |id: &str, y: f64| {
        let (polygon, a, b) =
            (camera.rectangle(-14.0, y - 1.75, 14.0, y + 1.75), camera.point(-14.0, y), camera.point(14.0, y));
        format!("[[lane]]\nid = '{id}'\npolygon = {polygon}\ncentre = [{a}, {b}]\n")
    };
    let points = [(-6.0, 12.0), (6.0, 12.0), (8.0, 30.0), (-8.0, 30.0), (-9.0, 60.0), (9.0, 60.0)];
    let points: Vec<String> = points
        .iter()
        .map(|(x, y)| format!("{{ image = {}, road = [{x:.1}, {y:.1}] }}", camera.point(*x, *y)))
        .collect();
    let plane = format!(
        "[calibration]\nunit = 'metres'\npoints = [{}]\nvalid = {}\n",
        points.join(", "),
        camera.rectangle(-14.0, 14.0, 14.0, 60.0)
    );
    scene(&(lane("near", 30.0) + &lane("far", 33.5) + &plane + more))
}

#[test]
fn who_waits_too_long_is_found_though_one_beside_hides_where_he_stands() {
    let waits = |y: f64, arrives: f64, until: f64| {
        Actor::new(Car, &[[arrives - 4.0, -13.0, y], [arrives, 5.0, y], [until, 5.0, y], [until + 1.0, 12.0, y]])
    };
    let zone = Pinhole::default().rectangle(-2.0, 28.0, 15.0, 36.0);
    let scene = across(&format!("[[zone]]\nid = 'stop'\nkind = 'waiting'\npolygon = {zone}\n{STOPPED}"));
    for fps in [5.0, 10.0] {
        let record = told(&scene, &[waits(33.5, 8.0, 150.0), waits(30.0, 12.0, 131.0)], 0.02, fps, 160.0);
        let (start, _) = only(&record, &format!("{fps}"));
        assert_eq!(start.lane.as_ref().map(ToString::to_string).as_deref(), Some("far"), "{fps}");
        near(start.detected_t, 128.0, 2.5, &format!("{fps}"));
    }
}

#[test]
fn who_stands_far_away_is_found_however_his_box_shakes() {
    let scene = road(&Pinhole::default(), Ground::Calibrated, STOPPED);
    let stands = Actor::new(Car, &[[1.0, AWAY, 20.0], [5.0, AWAY, 58.0], [45.0, AWAY, 58.0], [47.0, AWAY, 75.0]]);
    for fps in RATES {
        let record = told(&scene, std::slice::from_ref(&stands), 0.05, fps, 55.0);
        let (start, _) = only(&record, &format!("{fps}"));
        assert!(start.detected_t < 24.0, "{fps}: {}", start.detected_t);
    }
}

#[test]
fn a_lane_that_a_bus_hides_in_part_is_full_when_what_is_seen_of_it_is() {
    let rule = "[[rule]]\nid = 'jam'\ntype = 'congestion'\ncooldown_s = 5\n";
    let jam = |every: f64| -> Vec<Actor> {
        (0..16)
            .map(|n| Actor::drive(Car, 3.6 / 4.0 * every * f64::from(n), [-16.0, 33.5], [16.0, 33.5], 4.0))
            .chain([Actor::new(Bus, &[[0.0, -4.0, 27.0], [200.0, -4.0, 27.0]])])
            .collect()
    };
    let scene = across(rule);
    for fps in [5.0, 10.0] {
        assert_eq!(starts(&told(&scene, &jam(8.5), 0.02, fps, 110.0)), 1, "{fps}");
        assert_eq!(starts(&told(&scene, &jam(24.0), 0.02, fps, 110.0)), 0, "{fps}: few in it");
    }
}

#[test]
fn who_drove_away_from_the_camera_by_metres_need_not_stand_for_longer() {
    let scene = road(&Pinhole::default(), Ground::Calibrated, STOPPED);
    // First seen at 48 m, where the box is longer than the way to 62 m is in the picture.
    let stands = Actor::new(Car, &[[1.0, AWAY, 48.0], [3.0, AWAY, 61.0], [30.0, AWAY, 61.0], [31.0, AWAY, 69.0]]);
    for fps in RATES {
        let record = told(&scene, std::slice::from_ref(&stands), 0.02, fps, 40.0);
        let (start, _) = only(&record, &format!("{fps}"));
        assert!(start.detected_t < 16.0, "{fps}: {}", start.detected_t);
    }
}

#[test]
fn who_stands_behind_one_whom_a_bus_hides_heads_no_row_where_rows_wait() {
    let rule = STOPPED.to_owned() + "lanes = ['far']\n";
    let stop = Pinhole::default().rectangle(9.0, 31.75, 14.0, 35.25);
    let stop = format!("[[zone]]\nid = 'stop'\nkind = 'waiting'\npolygon = {stop}\n");
    let car =
        |arrives: f64, x: f64| Actor::new(Car, &[[arrives - 4.0, -13.0, 33.5], [arrives, x, 33.5], [80.0, x, 33.5]]);
    let bus = Actor::new(Bus, &[[0.0, 6.5, 29.0], [80.0, 6.5, 29.0]]);
    for fps in RATES {
        let hidden = |more: &str| {
            told(&across(&format!("{rule}{more}")), &[car(6.0, 4.0), car(9.0, -4.0), bus.clone()], 0.02, fps, 70.0)
        };
        assert_eq!(starts(&hidden(&stop)), 0, "{fps}");
        // Where nobody waits for anything ahead, who stands in a row is told of, if only later.
        let told_at: Vec<f64> = hidden("").incidents.iter().map(|change| change.detected_t).collect();
        assert!(told_at.len() == 1 && (30.0..50.0).contains(&told_at[0]), "{fps}: {told_at:?}");
        assert_eq!(starts(&told(&across(&rule), &[car(9.0, -4.0)], 0.02, fps, 70.0)), 1, "{fps}: nobody before him");
    }
}

#[test]
fn who_stands_in_a_narrow_zone_far_away_is_in_it_by_his_middle() {
    let zone = Pinhole::default().rectangle(-10.0, 33.45, 10.0, 35.6);
    let zone = format!("[[zone]]\nid = 'kerb'\nkind = 'no_stopping'\npolygon = {zone}\n");
    let rule = "[[rule]]\nid = 'stays'\ntype = 'illegal_stop'\nmax_stay_s = 20\ncooldown_s = 5\n";
    let visits = |y: f64| Actor::new(Car, &[[1.0, -13.0, y], [4.0, 2.0, y], [40.0, 2.0, y], [43.0, 20.0, y]]);
    for fps in RATES {
        let stays = |y: f64| starts(&told(&across(&format!("{zone}{rule}")), &[visits(y)], 0.01, fps, 50.0));
        // His near side, where his box ends, is nearer than the zone.
        assert_eq!(stays(34.1), 1, "{fps}");
        assert_eq!(stays(31.5), 0, "{fps}: beside it");
    }
}

/// The same street, seen faintly: these scores, one for the first second and one for all later ones.
fn faintly(actors: &[Actor], scores: [f32; 2], fps: f64, seconds: f64) -> Vec<Frame> {
    let detector = Detector { noise: 0.01, missed: 0.0, false_boxes: 0.0, flips: 0.0, ..Detector::USUAL };
    let mut frames = film(&Pinhole::default(), actors, detector, Timing::rough(fps), seconds, 5);
    let begun = frames.iter().find(|(_, found)| !found.is_empty()).map_or(0.0, |(t, _)| *t);
    for (t, found) in &mut frames {
        let score = scores[usize::from(*t > begun + 1.0)];
        found.iter_mut().for_each(|found| found.score = score);
    }
    frames
}

#[test]
fn who_was_never_seen_to_come_must_stand_for_longer_the_fainter_he_is() {
    let camera = Pinhole::default();
    let scene = road(&camera, Ground::Calibrated, STOPPED);
    let stands = [stand(Car, [AWAY, 40.0], 5.0, 70.0)];
    for fps in RATES {
        for (scores, at) in [([0.6, 0.45], 21.0), ([0.6, 0.28], 36.0)] {
            let record = watch(&scene, &camera, &faintly(&stands, scores, fps, 75.0));
            near(only(&record, &format!("{fps}")).0.detected_t, at, 2.0, &format!("{fps} {scores:?}"));
        }
        none(&watch(&scene, &camera, &faintly(&stands, [0.6, 0.18], fps, 75.0)), &format!("{fps}: too faint"));
    }
}

#[test]
fn those_who_drive_by_are_no_row_before_one_who_stands() {
    let scene = across(&(STOPPED.to_owned() + "lanes = ['far']\n"));
    let broken = Actor::new(Car, &[[2.0, -13.0, 33.5], [6.0, -3.0, 33.5], [60.0, -3.0, 33.5], [61.0, 3.0, 33.5]]);
    let by = (0..40).map(|n| Actor::drive(Car, 1.6 * f64::from(n), [-14.0, 31.4], [14.0, 31.4], 25.0));
    let actors: Vec<Actor> = by.chain([broken]).collect();
    for fps in [5.0, 10.0] {
        let record = told(&scene, &actors, 0.02, fps, 70.0);
        let (start, _) = only(&record, &format!("{fps}"));
        assert!(start.detected_t < 30.0, "{fps}: {}", start.detected_t);
    }
}
