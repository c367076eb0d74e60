//! A road with three lanes, as people would draw it on the picture.

use crate::street::Pinhole;
use crate::watch::scene;
use kerege_contract::Scene;

/// Middle of the two lanes that lead away from the camera and of the one towards it, metres.
pub(crate) const AWAY: f64 = 2.0;
pub(crate) const AWAY_RIGHT: f64 = 5.5;
pub(crate) const TOWARDS: f64 = -2.0;

/// Whether the scene has a ground plane.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ground {
    Calibrated,
    Unknown,
}

/// The lanes `away`, `right` and `towards` from 11 to 70 m, and what else is to be in the scene.
pub(crate) fn road(camera: &Pinhole, ground: Ground, more: &str) -> Scene {
    road_to(camera, ground, 70.0, more)
}

/// The same with lanes that end `far` metres away.
pub(crate) fn road_to(camera: &Pinhole, ground: Ground, far: f64, more: &str) -> Scene {
    let mut text = String::new();
    let lanes = [("away", AWAY, 11.0, far), ("right", AWAY_RIGHT, 11.0, far), ("towards", TOWARDS, far, 11.0)];
    for (id, x, from, to) in lanes {
        let polygon = camera.rectangle(x - 1.75, 11.0, x + 1.75, far);
        let centre = format!("[{}, {}]", camera.point(x, from), camera.point(x, to));
        text += &format!("[[lane]]\nid = '{id}'\npolygon = {polygon}\ncentre = {centre}\n");
    }
    if ground == Ground::Calibrated {
        let points = [(-6.0, 12.0), (6.0, 12.0), (8.0, 30.0), (-8.0, 30.0), (-9.0, 60.0), (9.0, 60.0)];
        let points: Vec<String> = points
            .iter()
            .map(|(x, y)| format!("{{ image = {}, road = [{x:.1}, {y:.1}] }}", camera.point(*x, *y)))
            .collect();
        let valid = camera.rectangle(-6.0, 11.0, 9.0, 62.0);
        text += &format!("[calibration]\nunit = 'metres'\npoints = [{}]\nvalid = {valid}\n", points.join(", "));
    }
    scene(&(text + more))
}

/// A waiting zone over all lanes.
pub(crate) fn waiting(camera: &Pinhole, from: f64, to: f64) -> String {
    format!("[[zone]]\nid = 'stop'\nkind = 'waiting'\npolygon = {}\n", camera.rectangle(-4.0, from, 8.0, to))
}

pub(crate) const STOPPED: &str = "[[rule]]\nid = 'stop'\ntype = 'stopped_vehicle'\ncooldown_s = 10\n";
pub(crate) const WRONG_WAY: &str = "[[rule]]\nid = 'wrong'\ntype = 'wrong_way'\ncooldown_s = 5\n";
