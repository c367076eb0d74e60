//! `wrong_way`: those who drive against their lane are found, and nobody else.

use crate::road::{AWAY, AWAY_RIGHT, Ground, TOWARDS, WRONG_WAY, road};
use crate::street::{Actor, Body, Detector, Pinhole};
use crate::watch::{Record, Timing, film, watch};
use RoadUserClass::{Bicycle, Bus, Car, Motorcycle, Person, Truck};
use kerege_contract::RoadUserClass;
use kerege_contract::event::Phase;

const BOTH: [Ground; 2] = [Ground::Calibrated, Ground::Unknown];
const RATES: [f64; 4] = [5.0, 8.0, 15.0, 30.0];

fn run(ground: Ground, actors: &[Actor], fps: f64) -> Record {
    let camera = Pinhole::default();
    let scene = road(&camera, ground, WRONG_WAY);
    watch(&scene, &camera, &film(&camera, actors, Detector::USUAL, Timing::rough(fps), 40.0, 9))
}

#[test]
fn a_car_against_the_flow_is_found_at_every_frame_rate() {
    for ground in BOTH {
        for fps in RATES {
            for kmh in [25.0, 50.0] {
                let mut actors = vec![Actor::drive(Car, 6.0, [AWAY, 65.0], [AWAY, 9.0], kmh)];
                for n in 0..6 {
                    let start = 5.0 * f64::from(n);
                    actors.push(Actor::drive(Car, start, [AWAY_RIGHT, 9.0], [AWAY_RIGHT, 75.0], 45.0));
                    actors.push(Actor::drive(Truck, start + 1.0, [TOWARDS, 75.0], [TOWARDS, 9.0], 40.0));
                }
                let record = run(ground, &actors, fps);
                let phases: Vec<Phase> = record.incidents.iter().map(|change| change.phase).collect();
                assert_eq!(phases, [Phase::Start, Phase::End], "{ground:?} {fps} {kmh}: {:#?}", record.incidents);
                assert_eq!(record.incidents[0].lane.as_ref().unwrap().as_str(), "away");
                let found = record.incidents[0].detected_t - 6.0;
                assert!(found < 5.0, "{ground:?} {fps} {kmh}: {found}");
            }
        }
    }
}

#[test]
fn two_who_follow_one_another_against_the_flow_are_two() {
    for fps in RATES {
        // The first is gone before it is sure that the second drives so.
        let actors =
            [(6.0, 36.0), (8.2, 29.0)].map(|(start, y)| Actor::drive(Car, start, [AWAY, y], [AWAY, 9.0], 30.0));
        let record = run(Ground::Calibrated, &actors, fps);
        let starts = record.incidents.iter().filter(|change| change.phase == Phase::Start).count();
        assert_eq!(starts, 2, "{fps}: {:#?}", record.incidents);
    }
}

#[test]
fn metres_are_told_beyond_the_points_of_the_calibration_as_well() {
    let camera = Pinhole::default();
    let mut scene = road(&camera, Ground::Calibrated, WRONG_WAY);
    let calibration = scene.calibration.as_mut().unwrap();
    // Nobody drew how far it holds, and no point lies beyond 30 m.
    calibration.valid.clear();
    calibration.points.retain(|point| point.road[1] <= 30.0);
    for fps in RATES {
        let actors = [Actor::drive(Car, 6.0, [AWAY, 50.0], [AWAY, 31.0], 25.0)];
        let frames = film(&camera, &actors, Detector::USUAL, Timing::rough(fps), 20.0, 9);
        let starts = watch(&scene, &camera, &frames).incidents.iter().filter(|c| c.phase == Phase::Start).count();
        assert_eq!(starts, 1, "{fps}");
    }
}

#[test]
fn lawful_traffic_raises_nothing() {
    for ground in BOTH {
        for fps in RATES {
            let mut actors = Vec::new();
            for n in 0..8 {
                let start = 4.0 * f64::from(n);
                let class = if n % 3 == 0 { Bus } else { Car };
                actors.push(Actor::drive(class, start, [AWAY, 9.0], [AWAY, 75.0], 40.0));
                actors.push(Actor::drive(Truck, start, [TOWARDS, 75.0], [TOWARDS, 9.0], 35.0));
                // From the right lane to the left and back.
                actors.push(Actor::new(
                    Car,
                    &[
                        [start, AWAY_RIGHT, 9.0],
                        [start + 1.5, AWAY_RIGHT, 22.0],
                        [start + 3.5, AWAY, 40.0],
                        [start + 5.0, AWAY_RIGHT, 55.0],
                        [start + 6.0, AWAY_RIGHT, 66.0],
                    ],
                ));
            }
            let record = run(ground, &actors, fps);
            assert_eq!(record.incidents, [], "{ground:?} {fps}");
        }
    }
}

#[test]
fn cycles_and_parking_are_not_wrong_way_driving() {
    for ground in BOTH {
        for fps in RATES {
            let mut actors = vec![
                Actor::drive(Bicycle, 2.0, [AWAY, 60.0], [AWAY, 11.0], 18.0),
                Actor::drive(Motorcycle, 12.0, [AWAY_RIGHT, 60.0], [AWAY_RIGHT, 11.0], 30.0),
            ];
            // Backs up two metres to park.
            actors.push(Actor::new(
                Car,
                &[[20.0, AWAY, 9.0], [23.0, AWAY, 30.0], [25.0, AWAY, 30.0], [28.0, AWAY, 28.0], [36.0, AWAY, 28.0]],
            ));
            let record = run(ground, &actors, fps);
            assert_eq!(record.incidents, [], "{ground:?} {fps}");
        }
    }
}

#[test]
fn a_person_whom_the_detector_calls_a_car_does_not_drive_against_the_flow() {
    for fps in RATES {
        // Walks 20 m towards the camera in the lane that leads away from it.
        let walker = Actor { body: Body::of(Person), ..Actor::drive(Car, 2.0, [AWAY, 40.0], [AWAY, 20.0], 5.0) };
        assert_eq!(run(Ground::Calibrated, &[walker], fps).incidents, [], "{fps}");
    }
}
