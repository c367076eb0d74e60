//! Tracks that one road user took along from another: what the two did is not one deed.
//!
//! The names of road users are given, so that the tracker cannot know better.

use crate::lamps::{Green, Programme, Red, Yellow, messages, utc};
use crate::road::{AWAY, AWAY_RIGHT, Ground, STOPPED, TOWARDS, WRONG_WAY, road, waiting};
use crate::ruled::{brief, near, none, only, starts, visit};
use crate::street::{Actor, Detector, Pinhole};
use crate::watch::{Record, Timing, film, meta};
use kerege_contract::RoadUserClass::{Bicycle, Bus, Car, Motorcycle, Person};
use kerege_contract::Scene;
use kerege_pipelines::{Options, Pipeline, TrackId, Tracked};

const RATES: [f64; 3] = [5.0, 10.0, 30.0];

/// Who bears a number, from when to when.
struct Bears<'a> {
    number: u64,
    actor: &'a Actor,
    from: f64,
    to: f64,
    /// In which share of the frames it is seen.
    seen: f64,
}

const fn bears(number: u64, actor: &Actor, from: f64, to: f64) -> Bears<'_> {
    Bears { number, actor, from, to, seen: 1.0 }
}

fn run(scene: &Scene, names: &[Bears<'_>], fps: f64, seconds: f64) -> Record {
    run_beside(&Programme::new(), scene, names, fps, seconds)
}

/// The same beside signals, whose messages arrive a moment later.
fn run_beside(programme: &Programme, scene: &Scene, names: &[Bears<'_>], fps: f64, seconds: f64) -> Record {
    let told = if programme.is_empty() { Vec::new() } else { messages(programme, seconds) };
    let mut told = told.into_iter().peekable();
    let (camera, mut record) = (Pinhole::default(), Record::default());
    let mut pipeline = Pipeline::new(scene, &Options::default());
    let look = |one: &Bears<'_>| {
        let detector = Detector { missed: 1.0 - one.seen, noise: 0.01, ..Detector::PERFECT };
        film(&camera, std::slice::from_ref(one.actor), detector, Timing::steady(fps), seconds, 3 + one.number)
    };
    let films: Vec<_> = names.iter().map(|one| (one, look(one))).collect();
    for frame in 0..films[0].1.len() {
        let t = films[0].1[frame].0;
        while let Some(message) = told.next_if(|message| message.ts <= utc(t - 0.2)) {
            pipeline.take_signal(message);
        }
        let seen = films.iter().filter(|(one, _)| (one.from..one.to).contains(&t));
        let tracked: Vec<Tracked> = seen
            .filter_map(|(one, film)| Some(Tracked { track: TrackId(one.number), detection: *film[frame].1.first()? }))
            .collect();
        record.add(t, pipeline.step_tracked(&meta(&camera, frame as u64, t), &tracked));
    }
    record.incidents.extend(pipeline.finish().incidents);
    record
}

#[test]
fn a_track_that_is_handed_back_along_a_queue_does_not_drive_against_the_flow() {
    let queue: Vec<Actor> =
        [50.0, 42.0, 34.0, 26.0, 18.0].map(|y| Actor::new(Car, &[[0.0, AWAY, y], [20.0, AWAY, y]])).into();
    for fps in RATES {
        let handed: Vec<Bears<'_>> = queue
            .iter()
            .zip([0.0, 4.0, 6.0, 8.0, 10.0, 14.0].windows(2))
            .map(|(car, time)| bears(1, car, time[0], time[1]))
            .collect();
        let scene = road(&Pinhole::default(), Ground::Calibrated, WRONG_WAY);
        none(&run(&scene, &handed, fps, 16.0), &format!("{fps}"));
    }
}

#[test]
fn a_track_that_passes_to_the_car_beside_changes_no_lane() {
    let camera = Pinhole::default();
    let between = f64::midpoint(AWAY, AWAY_RIGHT);
    let path = format!("[{}, {}]", camera.point(between, 12.0), camera.point(between, 60.0));
    let rule = "[[rule]]\nid = 'solid'\ntype = 'lane_violation'\n";
    let (left, right) = (
        Actor::drive(Car, 0.0, [AWAY, 12.0], [AWAY, 60.0], 30.0),
        Actor::drive(Car, 0.0, [AWAY_RIGHT, 12.0], [AWAY_RIGHT, 60.0], 30.0),
    );
    for ground in [Ground::Calibrated, Ground::Unknown] {
        let scene = road(&camera, ground, &format!("[[marking]]\nid = 'm'\npath = {path}\n{rule}"));
        for fps in RATES {
            let record = run(&scene, &[bears(1, &left, 0.0, 2.6), bears(1, &right, 2.6, 6.0)], fps, 8.0);
            none(&record, &format!("{ground:?} {fps}"));
        }
    }
}

/// A line by which one comes, another by which one leaves to the right, and that nobody may.
fn no_right(camera: &Pinhole) -> String {
    let line = |id: &str, from: (f64, f64), to: (f64, f64)| {
        let (a, b) = (camera.point(from.0, from.1), camera.point(to.0, to.1));
        format!("[[line]]\nid = '{id}'\na = {a}\nb = {b}\n")
    };
    let lines = line("in", (7.5, 20.0), (-4.0, 20.0)) + &line("right", (8.0, 46.0), (8.0, 30.0));
    lines + "[[rule]]\nid = 'no-right'\ntype = 'illegal_turn'\nlines = ['in']\nto = ['right']\n"
}

#[test]
fn a_track_that_one_who_waits_loses_to_one_who_crosses_turns_nowhere() {
    let camera = Pinhole::default();
    // One waits in the junction to drive on; another crosses behind him.
    let waits = Actor::new(Car, &[[0.0, AWAY, 10.0], [3.0, AWAY, 38.0], [12.0, AWAY, 38.0]]);
    let crosses = Actor::drive(Car, 8.0, [AWAY - 1.0, 40.5], [AWAY + 25.0, 40.5], 36.0);
    for ground in [Ground::Calibrated, Ground::Unknown] {
        let scene = road(&camera, ground, &no_right(&camera));
        for fps in RATES {
            let record = run(&scene, &[bears(1, &waits, 0.0, 8.0), bears(1, &crosses, 8.0, 14.0)], fps, 14.0);
            let over: Vec<String> = record.passages.iter().map(|p| p.line.to_string()).collect();
            assert_eq!(over, ["in", "right"], "{ground:?} {fps}");
            none(&record, &format!("{ground:?} {fps}"));
        }
    }
}

#[test]
fn who_creeps_off_sideways_from_where_one_waited_is_not_he() {
    let camera = Pinhole::default();
    // Neither in place nor in speed do the two differ, but nobody turns on the spot.
    let waits = Actor::new(Car, &[[0.0, AWAY, 10.0], [3.0, AWAY, 38.0], [14.0, AWAY, 38.0]]);
    let way = [[8.0, 2.3, 38.3], [9.5, 3.0, 38.4], [11.0, 5.5, 38.4], [12.5, 11.0, 38.4], [14.0, 20.0, 38.4]];
    let scene = road(&camera, Ground::Calibrated, &no_right(&camera));
    for fps in RATES {
        let creeps = Actor::new(Car, &way);
        let record = run(&scene, &[bears(1, &waits, 0.0, 8.2), bears(1, &creeps, 8.2, 14.0)], fps, 14.0);
        let over: Vec<String> = record.passages.iter().map(|p| p.line.to_string()).collect();
        assert_eq!(over, ["in", "right"], "{fps}");
        none(&record, &format!("{fps}"));
    }
}

#[test]
fn a_walker_on_the_pavement_whose_number_a_rider_takes_is_not_on_the_road() {
    let rule = "[[rule]]\nid = 'people'\ntype = 'pedestrian_on_road'\n";
    let scene = road(&Pinhole::default(), Ground::Calibrated, rule);
    let walks = Actor::new(Person, &[[0.0, -4.1, 42.0], [12.0, -4.1, 56.0]]);
    let rides = |class, kmh: f64| Actor::drive(class, 12.0, [TOWARDS - 1.3, 56.0], [TOWARDS - 1.3, 12.0], kmh);
    for fps in RATES {
        let taken = |by: &Actor| run(&scene, &[bears(1, &walks, 0.0, 12.0), bears(1, by, 12.0, 20.0)], fps, 20.0);
        none(&taken(&rides(Bicycle, 18.0)), &format!("{fps}"));
        let steps =
            Actor::new(Person, &[[0.0, -4.6, 30.0], [12.0, -4.6, 46.0], [14.0, TOWARDS, 46.0], [20.0, 5.0, 46.0]]);
        assert_eq!(starts(&run(&scene, &[bears(1, &steps, 0.0, 20.0)], fps, 20.0)), 1, "{fps}: he steps onto it");
    }
}

#[test]
fn who_walks_under_the_number_of_a_cyclist_turns_nowhere() {
    let camera = Pinhole::default();
    let way = [[24.0, AWAY, 12.0], [38.0, AWAY, 32.0], [46.0, 14.0, 38.0]];
    let (rides, walks) =
        (Actor::new(Bicycle, &[[0.0, AWAY, 50.0], [12.0, AWAY, 19.0], [24.0, AWAY, 12.0]]), Actor::new(Person, &way));
    for fps in RATES {
        let scene = road(&camera, Ground::Calibrated, &no_right(&camera));
        let names = [bears(1, &rides, 0.0, 24.0), bears(1, &walks, 24.0, 46.0)];
        none(&run(&scene, &names, fps, 46.0), &format!("{fps}"));
        assert_eq!(
            starts(&run(&scene, &[bears(1, &Actor::new(Bicycle, &way), 24.0, 46.0)], fps, 46.0)),
            1,
            "{fps}: he rides"
        );
    }
}

#[test]
fn what_flickers_where_another_drove_by_has_not_stopped_there() {
    let passes = Actor::drive(Car, 0.0, [AWAY, 10.0], [AWAY, 60.0], 40.0);
    let sign = Actor::new(Car, &[[0.0, AWAY_RIGHT, 33.0], [60.0, AWAY_RIGHT, 33.0]]);
    let scene = road(&Pinhole::default(), Ground::Calibrated, STOPPED);
    for fps in RATES {
        let flickers = Bears { seen: 0.65, ..bears(1, &sign, 2.2, 60.0) };
        none(&run(&scene, &[bears(1, &passes, 0.0, 2.2), flickers], fps, 60.0), &format!("{fps}"));
    }
}

#[test]
fn a_stay_goes_on_when_one_who_passes_takes_its_track_along() {
    let camera = Pinhole::default();
    let polygon = camera.rectangle(AWAY_RIGHT - 1.75, 18.0, AWAY_RIGHT + 1.75, 40.0);
    let zone = format!("[[zone]]\nid = 'kerb'\nkind = 'no_stopping'\npolygon = {polygon}\n");
    let rule = "[[rule]]\nid = 'kerb'\ntype = 'illegal_stop'\nmax_stay_s = 20\n";
    let scene = road(&camera, Ground::Calibrated, &(zone + rule));
    let stays = visit(Car, AWAY_RIGHT, 28.0, 5.0, 60.0);
    let passes = Actor::drive(Car, 12.0, [AWAY_RIGHT - 1.0, 28.0], [AWAY, 68.0], 40.0);
    for fps in RATES {
        let names = [bears(1, &stays, 0.0, 12.0), bears(1, &passes, 12.0, 20.0), bears(2, &stays, 12.3, 80.0)];
        let record = run(&scene, &names, fps, 80.0);
        let (start, _) = only(&record, &format!("{fps}"));
        near(start.t, 5.0, 1.0, "since it came to stand");
        near(start.detected_t, 25.0, 1.5, "found");
        assert_eq!(start.objects.len(), 1, "{:?}", brief(&record));
    }
}

#[test]
fn a_car_that_crawls_away_before_the_camera_has_not_stopped() {
    // From beyond the near edge of the valid polygon on, at little more than what counts as standing.
    let scene = road(&Pinhole::default(), Ground::Calibrated, STOPPED);
    for x in [AWAY, TOWARDS] {
        let crawls = Actor::drive(Car, 0.0, [x, 10.2], [x, 50.0], 3.8);
        for fps in RATES {
            none(&run(&scene, &[bears(1, &crawls, 0.0, 60.0)], fps, 60.0), &format!("{x} {fps}"));
        }
    }
}

#[test]
fn who_waits_on_under_another_number_has_waited_all_the_time() {
    let camera = Pinhole::default();
    let scene = road(&camera, Ground::Calibrated, &(STOPPED.to_owned() + &waiting(&camera, 30.0, 54.0)));
    let car = Actor::new(Car, &[[1.0, AWAY, 10.0], [5.0, AWAY, 48.0], [160.0, AWAY, 48.0], [164.0, AWAY, 90.0]]);
    let other = Actor::drive(Car, 56.0, [AWAY_RIGHT, 10.0], [AWAY_RIGHT, 90.0], 40.0);
    for fps in [5.0, 10.0] {
        // Missed for a moment, and taken along by one who passes.
        let lost = [bears(1, &car, 1.0, 60.0), bears(2, &car, 61.0, 164.0)];
        let taken = [bears(1, &car, 1.0, 60.0), bears(1, &other, 60.0, 63.0), bears(2, &car, 60.0, 164.0)];
        for names in [&lost[..], &taken[..]] {
            let record = run(&scene, names, fps, 165.0);
            let (start, _) = only(&record, &format!("{fps}"));
            near(start.detected_t, 125.0, 4.0, &format!("{fps}"));
        }
        // Who is there six seconds later may have moved up.
        none(&run(&scene, &[bears(1, &car, 1.0, 60.0), bears(2, &car, 66.0, 150.0)], fps, 150.0), &format!("{fps}"));
    }
}

/// A stop line so many metres off, with its red light, and a waiting area before it.
fn at_a_stop_line(off: f64, rules: &str) -> Scene {
    let camera = Pinhole::default();
    let (a, b) = (camera.point(7.3, off), camera.point(0.2, off));
    let line = format!("[[line]]\nid = 'line'\na = {a}\nb = {b}\n");
    let red = "[[rule]]\nid = 'red'\ntype = 'red_light'\nlines = ['line']\ngroup = 3\n";
    road(&camera, Ground::Calibrated, &(line + rules + red + &waiting(&camera, off - 18.0, off + 1.0)))
}

/// Red from 5 s, green from 30 s to 50 s, red from 53 s on.
fn red_green_red() -> Programme {
    vec![(-20.0, 3, Green), (2.0, 3, Yellow), (5.0, 3, Red), (30.0, 3, Green), (50.0, 3, Yellow), (53.0, 3, Red)]
}

#[test]
fn who_comes_up_at_green_under_the_number_of_the_first_has_not_waited_like_him() {
    let scene = at_a_stop_line(34.0, STOPPED);
    let first = visit(Car, AWAY, 31.0, 12.0, 32.0);
    let next = visit(Car, AWAY, 31.0, 38.0, 80.0);
    let stays = visit(Car, AWAY, 31.0, 12.0, 80.0);
    // Hides the place meanwhile.
    let bus = Actor::new(Bus, &[[32.0, AWAY + 0.5, 25.0], [38.0, AWAY + 0.5, 25.0]]);
    for fps in [5.0, 10.0] {
        let names = [bears(1, &first, 8.0, 32.2), bears(2, &bus, 32.0, 38.0), bears(1, &next, 37.8, 84.0)];
        none(&run_beside(&red_green_red(), &scene, &names, fps, 75.0), &format!("{fps}"));
        // Who is only missed for a moment has.
        let names = [bears(1, &stays, 8.0, 32.2), bears(1, &stays, 34.2, 84.0)];
        let record = run_beside(&red_green_red(), &scene, &names, fps, 85.0);
        near(only(&record, &format!("{fps}")).0.detected_t, 53.0, 2.0, &format!("{fps}"));
    }
}

#[test]
fn who_walks_before_a_rider_at_the_stop_line_under_his_number_is_no_red_light_run() {
    let scene = at_a_stop_line(56.0, "");
    let rider = visit(Motorcycle, AWAY, 53.0, 14.0, 60.0);
    let walks = Actor::drive(Person, 20.0, [AWAY + 0.5, 59.0], [-9.0, 59.0], 4.5);
    let goes = [[20.0, AWAY, 53.0], [21.0, AWAY, 54.5], [22.0, AWAY, 58.0], [23.0, AWAY, 63.5], [26.0, AWAY, 90.0]];
    let runs = Actor::new(Motorcycle, &[&[[9.0, AWAY, 9.0], [14.0, AWAY, 53.0]], &goes[..]].concat());
    for fps in [5.0, 10.0] {
        let names = [bears(1, &rider, 8.0, 20.0), bears(1, &walks, 20.0, 26.0)];
        none(&run_beside(&red_green_red(), &scene, &names, fps, 28.0), &format!("{fps}"));
        let record = run_beside(&red_green_red(), &scene, &[bears(1, &runs, 8.0, 26.0)], fps, 28.0);
        assert_eq!(starts(&record), 1, "{fps}: he drives himself");
    }
}
