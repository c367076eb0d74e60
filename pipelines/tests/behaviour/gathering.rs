//! `crowd` and `loitering`: people who stay, not people who pass.

use crate::road::{Ground, road};
use crate::ruled::{RATES, filmed, lose, near, none, only, run, stand, starts, walk};
use crate::street::{Actor, Pinhole};
use crate::watch::watch;
use RoadUserClass::{Car, Person};
use kerege_contract::event::EventType;
use kerege_contract::{RoadUserClass, Scene};
use kerege_pipelines::Reason;

const CROWD: &str = "[[rule]]\nid = 'crowd'\ntype = 'crowd'\nmin_people = 6\nconfirm_s = 10\ncooldown_s = 5\n";
const LOITER: &str = "[[rule]]\nid = 'stay'\ntype = 'loitering'\nmin_stay_s = 30\ncooldown_s = 5\n";

/// A square beside the road from 20 to 32 m.
fn square(rule: &str) -> Scene {
    let camera = Pinhole::default();
    let polygon = camera.rectangle(-13.0, 20.0, -5.0, 32.0);
    road(&camera, Ground::Unknown, &format!("[[zone]]\nid = 'square'\nkind = 'area'\npolygon = {polygon}\n{rule}"))
}

/// People who stand in two rows that do not hide each other.
fn people(count: u8, from: f64, until: f64) -> Vec<Actor> {
    let place = |n: u8| [-11.5 + 1.1 * f64::from(n % 5) + 0.55 * f64::from(n / 5), 24.0 + 4.0 * f64::from(n / 5)];
    (0..count).map(|n| stand(Person, place(n), from, until)).collect()
}

#[test]
fn a_crowd_is_one_incident_until_it_has_gone() {
    for fps in RATES {
        let record = run(&square(CROWD), &people(9, 5.0, 45.0), fps, 70.0);
        let what = format!("{fps}");
        let (start, end) = only(&record, &what);
        assert_eq!((start.kind, start.key.zone.as_ref().unwrap().as_str()), (EventType::Crowd, "square"));
        near(start.t, 5.0, 2.5, &what);
        near(start.detected_t, 15.0, 3.0, &what);
        near(end.t, 47.0, 2.5, &what);
        assert_eq!(end.reason, Some(Reason::Cleared));
        assert!(start.objects.len() >= 6, "{what}");
    }
}

#[test]
fn a_few_people_and_a_short_crowd_are_none() {
    for fps in RATES {
        let few = [people(4, 5.0, 45.0), vec![stand(Car, [-8.0, 21.5], 5.0, 45.0)]].concat();
        none(&run(&square(CROWD), &few, fps, 60.0), "{fps}");
        none(&run(&square(CROWD), &people(9, 5.0, 12.0), fps, 30.0), "{fps}");
    }
}

#[test]
fn who_stays_is_found_and_who_passes_is_not() {
    for fps in RATES {
        let wanders = Actor::new(
            Person,
            &[
                [3.0, -18.0, 26.0],
                [8.0, -12.0, 26.0],
                [20.0, -6.0, 24.0],
                [40.0, -11.0, 29.0],
                [60.0, -8.0, 23.0],
                [65.0, -2.0, 23.0],
            ],
        );
        let mut actors = vec![wanders];
        actors.extend((0..4_u8).map(|n| walk([-20.0, 22.0], [-1.0, 22.0], 8.0 + 15.0 * f64::from(n))));
        let record = run(&square(LOITER), &actors, fps, 100.0);
        let what = format!("{fps}");
        let (start, end) = only(&record, &what);
        assert_eq!(start.kind, EventType::Loitering);
        near(start.t, 7.2, 1.5, &what);
        near(start.detected_t, 37.2, 2.0, &what);
        near(end.t, 62.5, 2.0, &what);
        assert_eq!(end.reason, Some(Reason::Left));
    }
}

#[test]
fn a_stay_outlasts_a_lost_track_and_a_step_outside() {
    for fps in RATES {
        let mut frames = filmed(&[stand(Person, [-8.0, 26.0], 3.0, 60.0)], fps, 90.0);
        lose(&mut frames, [-8.0, 26.0], 15.0, 20.0);
        lose(&mut frames, [-8.0, 26.0], 45.0, 50.0);
        let record = watch(&square(LOITER), &Pinhole::default(), &frames);
        let (start, end) = only(&record, "lost");
        near(start.t, 3.0, 1.0, "lost");
        near(start.detected_t, 33.0, 1.5, "lost");
        near(end.t, 60.0, 1.5, "lost");

        let steps_out = [
            [3.0, -6.0, 26.0],
            [12.0, -6.0, 26.0],
            [14.0, -4.0, 26.0],
            [18.0, -4.0, 26.0],
            [20.0, -6.0, 26.0],
            [60.0, -6.0, 26.0],
        ];
        let record = run(&square(LOITER), &[Actor::new(Person, &steps_out)], fps, 90.0);
        near(only(&record, "steps out").0.detected_t, 33.0, 1.5, "steps out");
    }
}

#[test]
fn those_who_stay_together_are_one_incident() {
    for fps in RATES {
        let together = [stand(Person, [-9.0, 26.0], 3.0, 50.0), stand(Person, [-7.8, 26.2], 3.0, 50.0)];
        let record = run(&square(LOITER), &together, fps, 80.0);
        assert_eq!(only(&record, &format!("{fps}")).0.objects.len(), 2, "{fps}");
        let apart = [stand(Person, [-11.5, 22.0], 3.0, 50.0), stand(Person, [-6.0, 30.0], 3.0, 50.0)];
        assert_eq!(starts(&run(&square(LOITER), &apart, fps, 80.0)), 2, "{fps}");
    }
}
