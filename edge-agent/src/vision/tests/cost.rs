//! What a look costs. Measured, not asserted: `cargo test --lib -- --ignored --nocapture what_a_look_costs`.

#![allow(clippy::print_stderr, reason = "it tells what it measured")]

use super::street::Street;
use crate::models_cli::thread_seconds;
use crate::vision::{Beginning, Glance, Lookout};
use kerege_contract::{Scene, UtcTime};
use kerege_models::{Picture, PictureFormat};

const LOOKS: u32 = 200;

#[test]
#[ignore = "measures"]
fn what_a_look_costs() {
    let debris = "v = 1\n[[lane]]\nid = 'L'\npolygon = [[0.0, 0.5], [1.0, 0.5], [1.0, 0.9], [0.0, 0.9]]\ncentre = [[0.0, 0.8], [1.0, 0.8]]\n[[rule]]\nid = 'debris'\ntype = 'debris_suspected'\n";
    for (width, height) in [(1280, 720), (1920, 1080), (704, 576)] {
        let street = Street::new(1.0).empty;
        let (sx, sy) = (640.0 / f64::from(width), 360.0 / f64::from(height));
        let large = super::grey::Grey::drawn(width as usize, height as usize, |x, y| street.at(x * sx, y * sy));
        for (what, scene) in [("view", Scene::empty()), ("view and things", Scene::from_toml(debris).unwrap())] {
            let mut lookout = Lookout::new(&scene, Beginning::default()).unwrap();
            let picture = Picture::packed(PictureFormat::Gray8, width, height, &large.data).unwrap();
            let before = thread_seconds();
            for look in 0..LOOKS {
                let t = 0.5 * f64::from(look);
                let utc = UtcTime::from_millis(0).plus_seconds(t);
                lookout.look(&Glance { stream_epoch: 0, t, utc, picture: &picture, seen: &[] }).unwrap();
            }
            let ms = (thread_seconds() - before) * 1000.0 / f64::from(LOOKS);
            eprintln!("{width}x{height}, {what}: {ms:.2} ms of processor time a look");
        }
    }
}
