//! `illegal_stop`: one violation per stay, however often the vehicle is hidden or lost.

use crate::road::{AWAY, AWAY_RIGHT, Ground, road, waiting};
use crate::ruled::{RATES, brief, filmed, lose, near, none, only, run, starts, visit};
use crate::street::{Actor, Pinhole};
use crate::watch::watch;
use RoadUserClass::{Bicycle, Bus, Car, Van};
use kerege_contract::event::{EventType, Severity};
use kerege_contract::{RoadUserClass, Scene};
use kerege_pipelines::Reason;

const BOTH: [Ground; 2] = [Ground::Calibrated, Ground::Unknown];
const RULE: &str = "[[rule]]\nid = 'kerb'\ntype = 'illegal_stop'\nmax_stay_s = 20\ncooldown_s = 5\n";

/// The right lane must not be stopped in from 18 to 40 m.
fn kerb(ground: Ground, more: &str) -> Scene {
    let camera = Pinhole::default();
    let polygon = camera.rectangle(AWAY_RIGHT - 1.75, 18.0, AWAY_RIGHT + 1.75, 40.0);
    road(&camera, ground, &format!("[[zone]]\nid = 'kerb'\nkind = 'no_stopping'\npolygon = {polygon}\n{RULE}{more}"))
}

#[test]
fn a_car_that_stays_is_one_violation_found_in_time() {
    for ground in BOTH {
        for fps in RATES {
            let record = run(&kerb(ground, ""), &[visit(Car, AWAY_RIGHT, 28.0, 5.0, 60.0)], fps, 80.0);
            let what = format!("{ground:?} {fps}");
            let (start, end) = only(&record, &what);
            assert_eq!((start.kind, start.severity), (EventType::IllegalStop, Severity::Medium));
            assert_eq!((start.key.zone.as_ref().unwrap().as_str(), &start.lane), ("kerb", &None));
            near(start.t, 5.0, 1.0, &what);
            near(start.detected_t, 25.0, 1.5, &what);
            near(end.t, 60.5, 1.5, &what);
            assert_eq!((end.reason, start.objects.len()), (Some(Reason::Moved), 1));
        }
    }
}

#[test]
fn who_leaves_in_time_or_stops_elsewhere_does_nothing_wrong() {
    for ground in BOTH {
        for fps in RATES {
            let actors = [
                visit(Car, AWAY_RIGHT, 28.0, 5.0, 22.0),
                visit(Van, AWAY, 24.0, 5.0, 60.0),
                visit(Car, AWAY_RIGHT, 50.0, 14.0, 60.0),
                visit(Bicycle, AWAY_RIGHT, 21.0, 40.0, 75.0),
                Actor::drive(Car, 30.0, [AWAY_RIGHT, 9.0], [AWAY_RIGHT, 47.0], 6.0),
            ];
            none(&run(&kerb(ground, ""), &actors, fps, 80.0), "{ground:?} {fps}");
        }
    }
}

#[test]
fn who_queues_before_a_stop_line_does_not_stay() {
    let scene = kerb(Ground::Calibrated, &waiting(&Pinhole::default(), 36.0, 54.0));
    let queue: Vec<Actor> = (0..4_u8)
        .map(|n| visit(Car, AWAY_RIGHT, 42.0 - 6.5 * f64::from(n), 5.0 + 2.0 * f64::from(n), 50.0 + 2.0 * f64::from(n)))
        .collect();
    for fps in RATES {
        none(&run(&scene, &queue, fps, 70.0), "{fps}");
    }
}

#[test]
fn a_stay_outlasts_a_bus_that_hides_it_and_a_detector_that_loses_it() {
    let scene = kerb(Ground::Calibrated, "");
    for fps in RATES {
        let bus = [[10.0, -25.0, 21.0], [13.0, 4.0, 21.0], [30.0, 4.0, 21.0], [34.0, 30.0, 21.0]];
        let hidden = run(&scene, &[visit(Car, AWAY_RIGHT, 28.0, 5.0, 60.0), Actor::new(Bus, &bus)], fps, 80.0);
        let (start, end) = only(&hidden, "hidden");
        near(start.t, 5.0, 1.0, "hidden");
        near(end.t, 60.5, 1.5, "hidden");

        let mut frames = filmed(&[visit(Car, AWAY_RIGHT, 28.0, 5.0, 60.0)], fps, 80.0);
        lose(&mut frames, [AWAY_RIGHT, 28.5], 12.0, 17.0);
        lose(&mut frames, [AWAY_RIGHT, 28.5], 40.0, 45.0);
        let lost = watch(&scene, &Pinhole::default(), &frames);
        let (start, end) = only(&lost, "lost");
        near(start.t, 5.0, 1.0, "lost");
        near(start.detected_t, 25.0, 2.0, "lost");
        near(end.t, 60.5, 1.5, "lost");
    }
}

#[test]
fn the_next_car_on_the_spot_is_another_stay() {
    let actors = [visit(Car, AWAY_RIGHT, 28.0, 5.0, 30.0), visit(Car, AWAY_RIGHT, 28.0, 36.0, 70.0)];
    for fps in RATES {
        let record = run(&kerb(Ground::Calibrated, ""), &actors, fps, 90.0);
        assert_eq!(starts(&record), 2, "{fps}: {:#?}", brief(&record));
        near(record.incidents.iter().rfind(|change| change.reason.is_none()).unwrap().t, 36.0, 1.0, "second");
    }
}

#[test]
fn out_of_hours_it_is_allowed() {
    // The streets' clock says 14:00 local time.
    for (hours, incidents) in [("from = '07:00'\nto = '13:59'", 0), ("from = '13:00'\nto = '15:00'", 1)] {
        let scene = kerb(Ground::Unknown, &format!("[[rule.schedule]]\n{hours}\n"));
        let record = run(&scene, &[visit(Car, AWAY_RIGHT, 28.0, 5.0, 60.0)], 10.0, 80.0);
        assert_eq!(starts(&record), incidents, "{hours}");
    }
    let scene = kerb(Ground::Unknown, "[[rule.schedule]]\nfrom = '13:00'\nto = '14:01'\n");
    let record = run(&scene, &[visit(Car, AWAY_RIGHT, 28.0, 5.0, 100.0)], 10.0, 120.0);
    let (_, end) = only(&record, "the hours end");
    assert_eq!(end.reason, Some(Reason::Unscheduled));
    near(end.t, 60.0, 0.5, "the hours end");
}
