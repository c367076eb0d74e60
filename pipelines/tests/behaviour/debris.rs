//! `debris_suspected`: what lies in a live lane is found, what road users leave behind them is not.

use crate::road::{AWAY, Ground, TOWARDS, road};
use crate::ruled::{brief, near, none, only, starts};
use crate::street::{Actor, Detector, Pinhole};
use crate::watch::{Record, Timing, film, meta};
use RoadUserClass::{Car, Truck};
use kerege_contract::{FrameBox, RoadUserClass};
use kerege_pipelines::{Options, Pipeline, Thing};

const RULE: &str = "[[rule]]\nid = 'debris'\ntype = 'debris_suspected'\ncooldown_s = 5\n";
/// How often the picture is looked at, and how long something must be still before it is a thing, seconds.
const LOOK_S: f64 = 0.5;
const STILL_S: f64 = 3.0;

/// A thing on the road from one time to another.
#[derive(Clone, Copy)]
struct Drop {
    at: [f64; 2],
    from: f64,
    until: f64,
}

impl Drop {
    /// A cardboard box, 0.6 m wide.
    fn thing(self, camera: &Pinhole, t: f64) -> Option<Thing> {
        let still_s = t - self.from;
        let [x, y] = self.at;
        let ([x1, y2], [x2, _], [_, y1]) =
            (camera.project(x - 0.3, y, 0.0)?, camera.project(x + 0.3, y, 0.0)?, camera.project(x, y, 0.5)?);
        let bbox: FrameBox = [x1 as f32, y1 as f32, x2 as f32, y2 as f32].into();
        (still_s >= STILL_S && t < self.until).then_some(Thing { bbox, still_s })
    }
}

fn run(actors: &[Actor], drops: &[Drop], fps: f64, rule: &str) -> Record {
    let camera = Pinhole::default();
    let scene = road(&camera, Ground::Calibrated, rule);
    let frames = film(&camera, actors, Detector { false_boxes: 0.0, ..Detector::USUAL }, Timing::rough(fps), 60.0, 3);
    let (mut pipeline, mut record, mut looked) = (Pipeline::new(&scene, &Options::default()), Record::default(), 0.0);
    for (number, (t, detections)) in frames.iter().enumerate() {
        record.add(*t, pipeline.step(&meta(&camera, number as u64, *t), detections));
        if *t >= looked {
            looked = t + LOOK_S;
            pipeline.take_things(drops.iter().filter_map(|drop| drop.thing(&camera, *t)).collect());
        }
    }
    record.add(60.0, pipeline.finish());
    record
}

#[test]
fn what_falls_from_a_truck_is_found_and_told_to_be_gone() {
    for fps in [5.0, 10.0, 30.0] {
        // It drives over the place; others drive by, and over it.
        let mut actors = vec![Actor::drive(Truck, 5.0, [AWAY, 9.0], [AWAY, 80.0], 50.0)];
        actors.extend((0..6).map(|n| Actor::drive(Car, 9.0 + 6.0 * f64::from(n), [AWAY, 9.0], [AWAY, 80.0], 45.0)));
        actors.push(Actor::drive(Car, 12.0, [TOWARDS, 80.0], [TOWARDS, 9.0], 45.0));
        let record = run(&actors, &[Drop { at: [AWAY, 30.0], from: 8.0, until: 40.0 }], fps, RULE);
        let (start, end) = only(&record, &format!("{fps}"));
        assert_eq!(start.lane.as_ref().unwrap().as_str(), "away");
        near(start.t, 8.0, 0.6, "it fell");
        near(start.detected_t, 18.0, 1.5, "it was found");
        near(end.t, 40.0, 1.5, "it was gone");
        assert!(start.objects.is_empty());
    }
}

#[test]
fn each_thing_is_an_incident_of_its_own() {
    let drops = [[AWAY, 20.0], [AWAY, 40.0], [TOWARDS, 30.0]].map(|at| Drop { at, from: 10.0, until: 99.0 });
    let record = run(&[], &drops, 10.0, RULE);
    assert_eq!(starts(&record), 3, "{:#?}", brief(&record));
}

#[test]
fn what_lies_beside_the_lanes_or_is_too_small_is_not_meant() {
    let drop = |at| Drop { at, from: 10.0, until: 99.0 };
    none(&run(&[], &[drop([-5.5, 30.0])], 10.0, RULE), "beside the road");
    let rule = format!("{RULE}min_box_height = 0.2\n");
    none(&run(&[], &[drop([AWAY, 30.0])], 10.0, &rule), "too small");
    let rule = format!("{RULE}lanes = ['towards']\n");
    none(&run(&[], &[drop([AWAY, 30.0])], 10.0, &rule), "in a lane that is not watched");
}

#[test]
fn a_vehicle_that_is_seen_no_more_and_the_road_it_leaves_are_no_debris() {
    // It stands from 10 to 20 s. Then the detector loses it; or it drives off, and shows the road anew.
    let stands = |until: f64| Actor::new(Car, &[[7.0, AWAY, 9.0], [10.0, AWAY, 30.0], [until, AWAY, 30.0]]);
    let lost = Drop { at: [AWAY, 29.0], from: 20.5, until: 99.0 };
    none(&run(&[stands(20.0)], &[lost], 10.0, RULE), "it was lost");
    let off = Actor::new(Car, &[[7.0, AWAY, 9.0], [10.0, AWAY, 30.0], [20.0, AWAY, 30.0], [24.0, AWAY, 80.0]]);
    none(&run(&[off], &[lost], 10.0, RULE), "it drove off");
    // Beside one that waits lies its shadow, for as long as it waits.
    let shadow = Drop { at: [AWAY + 1.4, 31.0], from: 10.0, until: 40.0 };
    none(&run(&[stands(40.0)], &[shadow], 10.0, RULE), "its shadow");
}
