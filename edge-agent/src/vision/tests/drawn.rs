//! What happens to cameras on a street, drawn: found when it must be, and never when it is only weather.

use super::camera::{Camera, Told, watch};
use super::grey::{Grey, Turn};
use super::street::{HEIGHT, Street, WIDTH};
use crate::vision::{Beginning, Kept};
use kerege_contract::{Detection, RoadUserClass, Scene};
use kerege_pipelines::Sight::{self, Blind, Clear, Moved};

/// From when until when something is the matter, seconds.
const FROM: f64 = 20.0;
const UNTIL: f64 = 70.0;
const END: f64 = 90.0;

/// A street by day where something happens to the picture from 20 to 70 s.
fn happens(what: impl Fn(Grey, f64) -> Grey) -> Camera {
    let day = Street::new(1.0);
    watch(END, |t| {
        let street = day.busy(t).noisy(1.5, (t * 2.0) as u64 + 1);
        if (FROM..UNTIL).contains(&t) { what(street, t) } else { street }
    })
}

/// Told once, in time, with the reason; and over in time.
#[track_caller]
fn told_once(camera: &Camera, what: Sight, reason: &str, within_s: f64) {
    let alarms: &[Told] = camera.alarms();
    assert_eq!(alarms.len(), 2, "{:?}", camera.told);
    let ((sight, at, why, since), (clear, over, ..)) = (alarms[0], alarms[1]);
    assert_eq!((sight, why, clear), (what, reason, Clear), "{:?}", camera.told);
    assert!(at - FROM <= within_s && (since - FROM).abs() <= 1.0, "{:?}", camera.told);
    assert!((UNTIL..=UNTIL + 8.0).contains(&over), "{:?}", camera.told);
}

#[test]
fn nothing_to_see_is_found_within_four_seconds() {
    let level = |level: f64, noise: f64| {
        happens(move |_, t| Grey::drawn(640, 360, |_, _| level).noisy(noise, (t * 2.0) as u64))
    };
    told_once(&level(4.0, 2.0), Blind, "black", 4.0);
    told_once(&level(128.0, 0.0), Blind, "flat", 4.0);
    told_once(&level(250.0, 1.0), Blind, "washed_out", 4.0);
}

#[test]
fn a_lens_that_is_covered_fogged_or_out_of_focus_is_found_within_eleven_seconds() {
    told_once(&happens(|street, _| street.blurred(14)), Blind, "defocused", 11.0);
    // A cloth through which some light comes: folds, and no edges.
    let cloth = happens(|_, t| {
        Grey::drawn(640, 360, |x, y| 60.0 + 25.0 * (x / 130.0).sin() + 15.0 * (y / 90.0).cos()).noisy(2.0, t as u64)
    });
    assert_eq!(cloth.alarms()[0].0, Blind, "{:?}", cloth.told);
    told_once(&happens(|street, _| street.toned(|level, _, _| 215.0 + 0.12 * level)), Blind, "washed_out", 11.0);
    // Paint on three quarters of the glass, out of focus.
    let paint = happens(|street, _| {
        let blurred = street.blurred(30);
        street
            .toned(|level, x, y| if x + 0.3 * y < 0.95 { 0.3 * blurred.at(x * 640.0, y * 360.0) + 20.0 } else { level })
    });
    assert_eq!((paint.alarms().len(), paint.alarms()[0].0), (2, Blind), "{:?}", paint.told);
}

#[test]
fn a_turned_camera_is_found_and_so_is_its_return() {
    let day = Street::new(1.0);
    let turned = |turn: Turn| {
        watch(END, |t| {
            day.busy(t).seen(if (FROM..UNTIL).contains(&t) { turn } else { Turn::NONE }).noisy(1.5, t as u64 + 1)
        })
    };
    for (pan, tilt) in [(0.08, 0.0), (-0.12, 0.03), (0.0, 0.09)] {
        told_once(&turned(Turn { pan, tilt, ..Turn::NONE }), Moved, "shifted", 7.0);
    }
    told_once(&turned(Turn { roll: 0.5, ..Turn::NONE }), Moved, "other_view", 33.0);
    let nudged = turned(Turn { pan: 0.02, ..Turn::NONE });
    assert!(nudged.alarms().is_empty(), "{:?}", nudged.told);
}

#[test]
fn a_camera_that_slips_little_by_little_is_found() {
    // A little every eighty seconds: each step becomes the normal view, their sum does not.
    let day = Street::new(1.0);
    let camera = watch(400.0, |t| {
        let pan = 0.018 * (t / 80.0).floor();
        day.busy(t).seen(Turn { pan, ..Turn::NONE }).noisy(1.5, t as u64 + 1)
    });
    assert_eq!(camera.alarms().first().map(|told| told.0), Some(Moved), "{:?}", camera.told);
}

#[test]
fn weather_light_and_traffic_are_no_fault_of_the_camera() {
    let quiet = |what: &str, camera: &Camera| assert!(camera.alarms().is_empty(), "{what}: {:?}", camera.told);
    quiet("dusk", &watch(200.0, |t| Street::new(1.0 - (t / 180.0).min(1.0)).busy(t).noisy(3.0, t as u64 + 1)));
    quiet("dawn", &watch(200.0, |t| Street::new((t / 180.0).min(1.0)).busy(t).noisy(3.0, t as u64 + 1)));
    quiet(
        "exposure",
        &happens(|street, t| street.toned(|level, _, _| level * if t % 20.0 < 10.0 { 0.45 } else { 1.6 })),
    );
    quiet(
        "a cloud",
        &happens(|street, t| street.toned(|level, x, _| if x < (t - FROM) / 25.0 { 0.55 * level } else { level })),
    );
    quiet(
        "rain",
        &happens(|street, t| {
            let drop =
                |x: f64, y: f64| (x * 640.0 + t * 77.0) as i64 % 41 == 0 && (y * 360.0 + t * 131.0) as i64 % 60 < 25;
            street.toned(|level, x, y| if drop(x, y) { 0.5 * level + 100.0 } else { 0.9 * level + 12.0 })
        }),
    );
    let night = Street::new(0.0);
    quiet(
        "headlamps",
        &watch(END, |t| {
            let lamp = |x: f64, y: f64, n: f64| {
                let at = (t * 110.0 + n * 400.0) % 1400.0 - 300.0;
                260.0 * (-((x - at).powi(2) + (y - 270.0).powi(2)) / 12_000.0).exp()
            };
            night
                .busy(t)
                .toned(|level, x, y| level + lamp(x * WIDTH, y * HEIGHT, 0.0) + lamp(x * WIDTH, y * HEIGHT, 1.0))
        }),
    );
    quiet(
        "a bus that passes close by",
        &happens(|street, t| {
            let front = (t - FROM) * 0.25;
            let side = |x: f64, y: f64| if y < 0.45 && (x * 12.0) as i64 % 4 != 0 { 50.0 } else { 185.0 };
            street
                .toned(|level, x, y| if x < front && x > front - 2.2 && y > 0.05 { side(x - front, y) } else { level })
        }),
    );
}

#[test]
fn a_bus_that_waits_before_the_camera_does_not_blind_it() {
    let scene = Scene::empty();
    let (mut camera, day) = (Camera::new(&scene, Beginning::default()), Street::new(1.0));
    let bus = Detection { class: RoadUserClass::Bus, score: 0.7, bbox: [0.0, 0.05, 0.85, 1.0].into() };
    for look in 0..180 {
        let t = 0.5 * f64::from(look);
        let (street, here) = (day.busy(t), (FROM..UNTIL).contains(&t));
        let picture = street.toned(|level, x, y| if here && x < 0.85 && y > 0.05 { 170.0 } else { level });
        camera.shows(t, &picture, if here { std::slice::from_ref(&bus) } else { &[] });
    }
    assert!(camera.alarms().is_empty(), "{:?}", camera.told);
}

#[test]
fn what_was_known_of_a_view_outlasts_a_restart_but_not_another_scene() {
    let folder = tempfile::tempdir().unwrap();
    let (before, redrawn) = (Scene::empty(), Scene::from_toml("v = 1\ngeo = [74.6, 42.9]").unwrap());
    let start = |scene: &Scene, sight: Sight| {
        let kept = Some(Kept::new(folder.path(), &"c1".parse().unwrap(), scene));
        Camera::new(scene, Beginning { kept, sight })
    };
    let (day, turned) = (Street::new(1.0), Turn { pan: 0.1, ..Turn::NONE });
    let look = |camera: &mut Camera, turn: Turn, seconds: u32| {
        for look in 0..2 * seconds {
            let t = 0.5 * f64::from(look);
            camera.shows(t, &day.busy(t).seen(turn), &[]);
        }
    };
    let told = |camera: &Camera| camera.told.iter().map(|told| (told.0, told.2)).collect::<Vec<_>>();
    let mut first = start(&before, Clear);
    look(&mut first, Turn::NONE, 70);
    assert_eq!(told(&first), [(Clear, "new_view")]);
    // Turned while the box was off.
    let mut second = start(&before, Clear);
    look(&mut second, turned, 15);
    assert_eq!(told(&second), [(Moved, "shifted")]);
    // Still turned after another restart, then back.
    let mut third = start(&before, Moved);
    look(&mut third, turned, 40);
    assert_eq!(told(&third), []);
    look(&mut third, Turn::NONE, 10);
    assert_eq!(told(&third), [(Clear, "restored")]);
    // Turned, and the scene drawn anew.
    let mut fourth = start(&redrawn, Moved);
    look(&mut fourth, turned, 30);
    assert_eq!(told(&fourth), [(Clear, "new_view")]);
}
