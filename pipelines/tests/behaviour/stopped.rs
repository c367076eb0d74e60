//! `stopped_vehicle`: breakdowns are found, queues are not, and one cause is one incident.

use crate::road::{AWAY, AWAY_RIGHT, Ground, STOPPED, TOWARDS, road, waiting};
use crate::street::{Actor, Detector, Pinhole};
use crate::watch::{Record, Timing, film, watch};
use RoadUserClass::{Bus, Car, Truck};
use kerege_contract::event::Phase;
use kerege_contract::{RoadUserClass, Scene};
use kerege_pipelines::Reason;

const BOTH: [Ground; 2] = [Ground::Calibrated, Ground::Unknown];
const RATES: [f64; 3] = [5.0, 10.0, 30.0];

fn run(scene: &Scene, actors: &[Actor], fps: f64, seconds: f64) -> Record {
    let camera = Pinhole::default();
    watch(scene, &camera, &film(&camera, actors, Detector::USUAL, Timing::rough(fps), seconds, 5))
}

fn starts(record: &Record) -> usize {
    record.incidents.iter().filter(|change| change.phase == Phase::Start).count()
}

/// Drives in at 10 m, stands at `y` from 5 s to `until`, and drives on.
fn stands(class: RoadUserClass, x: f64, y: f64, until: f64) -> Actor {
    let went = until + (80.0 - y) / 10.0;
    Actor::new(class, &[[5.0 - (y - 10.0) / 10.0, x, 10.0], [5.0, x, y], [until, x, y], [went, x, 80.0]])
}

fn passing(x: f64, every: f64, until: f64) -> impl Iterator<Item = Actor> {
    let count = (until / every) as u32;
    (0..count).map(move |n| {
        let start = f64::from(n) * every;
        if x > 0.0 {
            Actor::drive(Car, start, [x, 9.0], [x, 80.0], 45.0)
        } else {
            Actor::drive(Car, start, [x, 80.0], [x, 9.0], 45.0)
        }
    })
}

#[test]
fn a_breakdown_in_flowing_traffic_is_one_incident_found_in_time() {
    let camera = Pinhole::default();
    for ground in BOTH {
        let scene = road(&camera, ground, STOPPED);
        for fps in RATES {
            let mut actors = vec![stands(Car, AWAY, 25.0, 40.0)];
            actors.extend(passing(AWAY_RIGHT, 4.0, 50.0).chain(passing(TOWARDS, 5.0, 50.0)));
            let record = run(&scene, &actors, fps, 60.0);
            let [start, end] = record.incidents.as_slice() else { panic!("{ground:?} {fps}: {:#?}", record.incidents) };
            assert_eq!((start.phase, end.phase), (Phase::Start, Phase::End), "{ground:?} {fps}");
            assert!((start.t - 5.0).abs() < 1.0, "{ground:?} {fps}: stood from {}", start.t);
            assert!(start.detected_t < 15.0, "{ground:?} {fps}: found at {}", start.detected_t);
            assert!((end.t - 40.5).abs() < 1.5, "{ground:?} {fps}: ended at {}", end.t);
            assert_eq!((end.reason, &end.key), (Some(Reason::Moved), &start.key));
            assert_eq!((start.lane.as_ref().unwrap().as_str(), start.objects.len()), ("away", 1));
        }
    }
}

#[test]
fn five_behind_it_attach_to_the_same_incident() {
    let camera = Pinhole::default();
    for ground in BOTH {
        let scene = road(&camera, ground, STOPPED);
        for fps in RATES {
            let mut actors = vec![stands(Car, AWAY, 50.0, 60.0)];
            for n in 1..=5 {
                let (n, y) = (f64::from(n), 50.0 - 6.5 * f64::from(n));
                let arrives = 8.0 + 3.0 * n;
                let leaves = 60.0 + 1.5 * n;
                actors.push(Actor::new(
                    Car,
                    &[
                        [arrives - (y - 8.0) / 10.0, AWAY, 8.0],
                        [arrives, AWAY, y],
                        [leaves, AWAY, y],
                        [leaves + (80.0 - y) / 10.0, AWAY, 80.0],
                    ],
                ));
            }
            let record = run(&scene, &actors, fps, 90.0);
            assert_eq!(starts(&record), 1, "{ground:?} {fps}: {:#?}", record.incidents);
            let most = record.incidents.iter().map(|change| change.objects.len()).max();
            assert!(most >= Some(5), "{ground:?} {fps}: {most:?} took part");
            let keys: Vec<String> = record.incidents.iter().map(|change| change.key.to_string()).collect();
            assert!(keys.iter().all(|key| *key == keys[0]));
            assert_eq!(record.incidents.last().unwrap().phase, Phase::End);
        }
    }
}

/// A queue before a stop line at 52 m: arrives from 4 s on, discharges from `green` on.
fn queue(x: f64, cars: u32, green: f64) -> Vec<Actor> {
    (0..cars)
        .map(|n| {
            let (n, y) = (f64::from(n), 50.0 - 6.5 * f64::from(n));
            let class = if n == 2.0 { Truck } else { Car };
            let (arrives, leaves) = (4.0 + 2.5 * n, green + 1.6 * n);
            Actor::new(
                class,
                &[
                    [arrives - (y - 8.0) / 10.0, x, 8.0],
                    [arrives, x, y],
                    [leaves, x, y],
                    [leaves + 3.0, x, y + 12.0],
                    [leaves + 3.0 + (80.0 - y) / 12.0, x, 92.0],
                ],
            )
        })
        .collect()
}

#[test]
fn a_queue_at_a_red_light_is_no_incident() {
    let camera = Pinhole::default();
    for ground in BOTH {
        // Only the first two or three stand in the waiting area.
        let scene = road(&camera, ground, &(STOPPED.to_owned() + &waiting(&camera, 38.0, 54.0)));
        for fps in RATES {
            let mut actors = queue(AWAY, 6, 60.0);
            actors.extend(queue(AWAY_RIGHT, 4, 60.0));
            let record = run(&scene, &actors, fps, 90.0);
            assert_eq!(record.incidents, [], "{ground:?} {fps}");
        }
    }
}

#[test]
fn a_queue_that_never_moves_is_one_after_a_whole_cycle() {
    let camera = Pinhole::default();
    let scene = road(&camera, Ground::Calibrated, &(STOPPED.to_owned() + &waiting(&camera, 38.0, 54.0)));
    let record = run(&scene, &queue(AWAY, 3, 400.0), 10.0, 150.0);
    assert_eq!(starts(&record), 1, "{:#?}", record.incidents);
    // The lorry hides the two ahead for longer than they are remembered; it stands since 9 s.
    assert!((record.incidents[0].detected_t - 129.0).abs() < 3.0, "{}", record.incidents[0].detected_t);
}

#[test]
fn a_breakdown_in_a_queue_is_found_when_the_queue_ahead_has_left() {
    let camera = Pinhole::default();
    let scene = road(&camera, Ground::Unknown, &(STOPPED.to_owned() + &waiting(&camera, 44.0, 54.0)));
    let mut actors = queue(AWAY, 6, 40.0);
    // The fourth stays, and so do those behind it.
    for actor in &mut actors[3..] {
        actor.way[2][0] = 85.0;
        actor.way.truncate(3);
    }
    let record = run(&scene, &actors, 10.0, 80.0);
    assert_eq!(starts(&record), 1, "{:#?}", record.incidents);
    let found = record.incidents[0].detected_t;
    assert!((48.0..58.0).contains(&found), "{found}");
}

#[test]
fn a_bus_that_hides_it_neither_ends_nor_doubles_it() {
    let camera = Pinhole::default();
    let scene = road(&camera, Ground::Unknown, STOPPED);
    let mut actors = vec![stands(Car, AWAY, 30.0, 70.0)];
    // Buses cross before it every ten seconds.
    for n in 0..5 {
        actors.push(Actor::drive(Bus, 12.0 + 10.0 * f64::from(n), [-14.0, 22.0], [18.0, 22.0], 15.0));
    }
    for fps in RATES {
        let record = run(&scene, &actors, fps, 90.0);
        let phases: Vec<Phase> = record.incidents.iter().map(|change| change.phase).collect();
        assert_eq!(phases, [Phase::Start, Phase::End], "{fps}: {:#?}", record.incidents);
    }
}

#[test]
fn people_cycles_parking_lanes_and_small_boxes_are_not_judged() {
    let camera = Pinhole::default();
    let scene = road(&camera, Ground::Unknown, STOPPED);
    for class in [RoadUserClass::Person, RoadUserClass::Bicycle] {
        assert_eq!(run(&scene, &[stands(class, AWAY, 20.0, 40.0)], 10.0, 50.0).incidents, [], "{class}");
    }
    let tall = road(&camera, Ground::Unknown, &(STOPPED.to_owned() + "min_box_height = 0.3\n"));
    assert_eq!(run(&tall, &[stands(Car, AWAY, 25.0, 40.0)], 10.0, 50.0).incidents, []);
    let night =
        road(&camera, Ground::Unknown, &(STOPPED.to_owned() + "[[rule.schedule]]\nfrom = '22:00'\nto = '05:00'\n"));
    // The streets' clock says 08:00 UTC, 14:00 local time.
    assert_eq!(run(&night, &[stands(Car, AWAY, 25.0, 40.0)], 10.0, 50.0).incidents, []);
    let slow = Actor::drive(Car, 0.0, [AWAY, 12.0], [AWAY, 60.0], 8.0);
    assert_eq!(run(&scene, &[slow], 10.0, 25.0).incidents, []);
}

#[test]
fn two_crashed_cars_are_one_incident_whoever_queues_behind_them() {
    let camera = Pinhole::default();
    for ground in BOTH {
        let scene = road(&camera, ground, STOPPED);
        for fps in RATES {
            // They touch between the two lanes and stay; others queue behind in both.
            let swerves = |x: f64, to: f64| {
                Actor::new(Car, &[[2.5, x, 10.0], [4.5, x, 36.0], [5.0, to, 40.0], [60.0, to, 40.0], [64.0, to, 80.0]])
            };
            let mut actors = vec![swerves(AWAY, 2.8), swerves(AWAY_RIGHT, 4.7)];
            for (n, x) in [(1.0, AWAY), (2.0, AWAY_RIGHT), (3.0, AWAY), (4.0, AWAY_RIGHT)] {
                let y = 33.0 - 7.0 * f64::floor((n - 1.0) / 2.0);
                let arrives = 12.0 + 3.0 * n;
                actors.push(Actor::new(
                    Car,
                    &[[arrives - (y - 8.0) / 10.0, x, 8.0], [arrives, x, y], [62.0 + n, x, y], [68.0 + n, x, 80.0]],
                ));
            }
            let record = run(&scene, &actors, fps, 90.0);
            assert_eq!(starts(&record), 1, "{ground:?} {fps}: {:#?}", record.incidents);
            assert!(record.incidents[0].detected_t < 15.0, "{ground:?} {fps}");
            let most = record.incidents.iter().map(|change| change.objects.len()).max();
            assert!(most >= Some(4), "{ground:?} {fps}: {most:?} took part");
        }
    }
}

#[test]
fn who_waits_beyond_his_stop_line_for_the_junction_to_clear_is_no_incident() {
    let camera = Pinhole::default();
    for ground in BOTH {
        // The waiting area ends at 40 m; the lanes go on.
        let scene = road(&camera, ground, &(waiting(&camera, 23.0, 40.0) + STOPPED));
        for fps in RATES {
            let record = run(&scene, &[stands(Car, AWAY, 44.0, 40.0)], fps, 60.0);
            assert_eq!(starts(&record), 0, "{ground:?} {fps}");
            // Before the waiting area a car that stands alone has broken down.
            let record = run(&scene, &[stands(Car, AWAY, 18.0, 40.0)], fps, 60.0);
            assert_eq!(starts(&record), 1, "{ground:?} {fps}");
        }
    }
}

#[test]
fn a_row_that_crawls_far_away_does_not_stand() {
    let camera = Pinhole::default();
    let scene = road(&camera, Ground::Calibrated, STOPPED);
    for fps in RATES {
        // At 4 km/h, seen from behind: a pixel or two a second.
        let row: Vec<Actor> = (0..3)
            .map(|n| Actor::drive(Car, 1.0, [AWAY, 40.0 - 8.0 * f64::from(n)], [AWAY, 68.0 - 8.0 * f64::from(n)], 4.5))
            .collect();
        assert_eq!(starts(&run(&scene, &row, fps, 22.0)), 0, "{fps}");
    }
}

#[test]
fn a_thing_that_is_taken_for_a_car_now_and_then_is_none() {
    let camera = Pinhole::default();
    let scene = road(&camera, Ground::Calibrated, STOPPED);
    for fps in RATES {
        let thing = Actor::new(Car, &[[8.0, AWAY, 25.0], [58.0, AWAY, 25.0]]);
        let detector = Detector { missed: 0.6, ..Detector::USUAL };
        let record = watch(&scene, &camera, &film(&camera, &[thing], detector, Timing::rough(fps), 60.0, 5));
        assert_eq!(starts(&record), 0, "{fps}");
    }
}

#[test]
fn who_waits_in_the_junction_with_his_front_in_an_exit_does_not_stand_in_it() {
    let camera = Pinhole::default();
    // An exit towards the camera that begins 42 m off.
    let exit = format!(
        "[[lane]]\nid = 'exit'\npolygon = {}\ncentre = [{}, {}]\n",
        camera.rectangle(-7.2, 11.0, -3.8, 42.0),
        camera.point(-5.5, 42.0),
        camera.point(-5.5, 11.0)
    );
    let scene = road(&camera, Ground::Calibrated, &(exit + STOPPED));
    let bus = |front: f64| {
        let y = front + 6.0;
        Actor::new(Bus, &[[1.0, -5.5, 75.0], [5.0, -5.5, y], [60.0, -5.5, y], [66.0, -5.5, 10.0]])
    };
    for fps in RATES {
        assert_eq!(starts(&run(&scene, &[bus(40.0)], fps, 70.0)), 0, "{fps}");
        assert_eq!(starts(&run(&scene, &[bus(26.0)], fps, 70.0)), 1, "{fps}");
    }
}

#[test]
fn who_waited_too_long_drives_on_and_breaks_down_is_a_second_cause() {
    let camera = Pinhole::default();
    let way = [
        [3.0, TOWARDS, 60.0],
        [5.0, TOWARDS, 40.0],
        [60.0, TOWARDS, 40.0],
        [64.0, TOWARDS, 18.0],
        [110.0, TOWARDS, 18.0],
    ];
    for ground in BOTH {
        let more = format!("{}{STOPPED}max_cycle_s = 30\n", waiting(&camera, 36.0, 50.0));
        for fps in RATES {
            let record = run(&road(&camera, ground, &more), &[Actor::new(Car, &way)], fps, 110.0);
            assert_eq!(starts(&record), 2, "{ground:?} {fps}: {:#?}", crate::ruled::brief(&record));
        }
    }
}
