//! What lies on a drawn road, and what only looks so.

use super::camera::Camera;
use super::grey::Grey;
use super::street::{HEIGHT, Street, WIDTH, cars};
use crate::vision::Beginning;
use kerege_contract::Scene;
use kerege_pipelines::Thing;

const SCENE: &str = "v = 1\n[[lane]]\nid = 'L'\npolygon = [[0.0, 0.55], [1.0, 0.55], [1.0, 0.95], [0.0, 0.95]]\ncentre = [[0.0, 0.8], [1.0, 0.8]]\n[[rule]]\nid = 'debris'\ntype = 'debris_suspected'\n";

/// The things of each look, in so many seconds of a street with traffic.
fn things(seconds: u32, picture: impl Fn(f64, Grey) -> Grey) -> Vec<(f64, Vec<Thing>)> {
    let mut camera = Camera::new(&Scene::from_toml(SCENE).unwrap(), Beginning::default());
    let day = Street::new(1.0);
    let looks = (0..2 * seconds).map(|look| 0.5 * f64::from(look));
    looks
        .map(|t| {
            let street = day.busy(t).noisy(1.5, (t * 2.0) as u64 + 1);
            (t, camera.shows(t, &picture(t, street), &cars(t)).things.unwrap_or_default())
        })
        .collect()
}

/// A box of 16 by 12 pixels on the road.
fn lies(grey: &Grey, level: f64) -> Grey {
    grey.toned(|was, x, y| {
        let (x, y) = (x * WIDTH - 480.0, y * HEIGHT - 300.0);
        if (0.0..16.0).contains(&x) && (0.0..12.0).contains(&y) { level } else { was }
    })
}

#[test]
fn a_box_on_the_road_is_a_thing_for_as_long_as_it_lies_there() {
    for level in [150.0, 50.0] {
        let seen = things(80, |t, street| if (20.0..60.0).contains(&t) { lies(&street, level) } else { street });
        let lying: Vec<&(f64, Vec<Thing>)> = seen.iter().filter(|(_, things)| !things.is_empty()).collect();
        let (first, last) = (lying[0].0, lying[lying.len() - 1].0);
        assert!((23.0..26.0).contains(&first) && (59.0..62.0).contains(&last), "{level}: {first} to {last}");
        for (t, things) in lying {
            assert_eq!(things.len(), 1, "{level} at {t}: {things:?}");
            let b = things[0].bbox;
            assert!((b.x1 - 0.75).abs() < 0.01 && (b.x2 - 0.775).abs() < 0.01, "{b:?}");
            assert!((b.y1 - 300.0 / 360.0).abs() < 0.02 && (b.y2 - 312.0 / 360.0).abs() < 0.02, "{b:?}");
            assert!(*t > 60.0 || (things[0].still_s - (t - 20.0)).abs() < 4.0, "{t}: {}", things[0].still_s);
        }
    }
}

#[test]
fn light_weather_and_exposure_are_no_things() {
    let none = |what: &str, seen: Vec<(f64, Vec<Thing>)>| {
        let found: Vec<_> = seen.iter().filter(|(_, things)| !things.is_empty()).collect();
        assert!(found.is_empty(), "{what}: {:?}", found.first());
    };
    none("traffic", things(60, |_, street| street));
    none("exposure", things(60, |t, street| street.toned(|level, _, _| level * if t > 30.0 { 0.6 } else { 1.0 })));
    none(
        "a cloud",
        things(60, |t, street| {
            street.toned(|level, x, _| if t > 20.0 && x < (t - 20.0) / 40.0 { 0.6 * level } else { level })
        }),
    );
    // The light of one who waits: bright, and without a rim.
    none(
        "headlamps",
        things(60, |t, street| {
            street.toned(|level, x, y| {
                let (x, y) = (x * WIDTH - 480.0, y * HEIGHT - 290.0);
                if t > 20.0 { level + 60.0 * (-(x * x + 4.0 * y * y) / 2500.0).exp() } else { level }
            })
        }),
    );
    none(
        "a turned camera",
        things(60, |t, street| {
            if t > 20.0 { street.seen(super::grey::Turn { pan: 0.3, ..super::grey::Turn::NONE }) } else { street }
        }),
    );
}
