//! A picture taken from straight above has no up: turned by a quarter, or stored with other pixels, it
//! tells the same incidents at the same times.

use crate::ruled::starts;
use crate::watch::{Frame, Record, meta, scene};
use RoadUserClass::{Car, Person};
use kerege_contract::{Detection, FrameBox, FrameSize, RoadUserClass, Scene};
use kerege_pipelines::{Options, Pipeline, Reason};

/// Half the size of a box, share of the frame: small, so that where its bottom is does not matter.
const HALF: f64 = 0.012;

/// A way through the picture: seconds, x, y, 0..1.
type Way<'w> = &'w [[f64; 3]];

/// Quarters by which the picture is turned.
type Turn = fn([f64; 2]) -> [f64; 2];
const TURNS: [(&str, Turn); 4] = [
    ("0°", |p| p),
    ("90°", |[x, y]| [1.0 - y, x]),
    ("180°", |[x, y]| [1.0 - x, 1.0 - y]),
    ("270°", |[x, y]| [y, 1.0 - x]),
];

fn at(way: Way<'_>, t: f64) -> Option<[f64; 2]> {
    let pair = way.windows(2).find(|pair| t >= pair[0][0] && t <= pair[1][0])?;
    let share = (t - pair[0][0]) / (pair[1][0] - pair[0][0]);
    Some([pair[0][1] + share * (pair[1][1] - pair[0][1]), pair[0][2] + share * (pair[1][2] - pair[0][2])])
}

fn film(users: &[(RoadUserClass, Way<'_>)], turn: Turn, fps: f64, seconds: f64) -> Vec<Frame> {
    let see = |t: f64| {
        let seen = users.iter().filter_map(|(class, way)| Some((*class, turn(at(way, t)?))));
        seen.map(|(class, [x, y])| {
            let side = |middle: f64, shift: f64| (middle + shift) as f32;
            let bbox = FrameBox { x1: side(x, -HALF), y1: side(y, -HALF), x2: side(x, HALF), y2: side(y, HALF) };
            Detection { class, score: 0.8, bbox }
        })
        .collect()
    };
    (0..(fps * seconds) as u32).map(|n| f64::from(n) / fps).map(|t| (t, see(t))).collect()
}

fn points(turn: Turn, points: &[[f64; 2]]) -> String {
    let points: Vec<String> = points.iter().map(|point| format!("{:?}", turn(*point))).collect();
    format!("[{}]", points.join(", "))
}

/// Two lanes from left to right and back, a square below, and every rule that needs no metres.
fn plan(turn: Turn) -> Scene {
    let rectangle = |x1, y1, x2, y2| points(turn, &[[x1, y1], [x2, y1], [x2, y2], [x1, y2]]);
    let mut text = String::new();
    for (id, y, from, to) in [("east", 0.3, 0.05, 0.95), ("west", 0.45, 0.95, 0.05)] {
        let (polygon, centre) = (rectangle(0.05, y - 0.06, 0.95, y + 0.06), points(turn, &[[from, y], [to, y]]));
        text += &format!("[[lane]]\nid = '{id}'\npolygon = {polygon}\ncentre = {centre}\n");
    }
    text += &format!("[[zone]]\nid = 'square'\nkind = 'area'\npolygon = {}\n", rectangle(0.2, 0.6, 0.8, 0.95));
    text += &format!("[[zone]]\nid = 'kerb'\nkind = 'no_stopping'\npolygon = {}\n", rectangle(0.5, 0.24, 0.9, 0.36));
    for (rule, more) in [
        ("stopped_vehicle", ""),
        ("wrong_way", ""),
        ("illegal_stop", "max_stay_s = 15"),
        ("pedestrian_on_road", ""),
        ("crowd", "min_people = 3\nconfirm_s = 5"),
        ("loitering", "min_stay_s = 12"),
    ] {
        text += &format!("[[rule]]\nid = '{rule}'\ntype = '{rule}'\ncooldown_s = 2\n{more}\n");
    }
    scene(&text)
}

fn record(scene: &Scene, size: FrameSize, frames: &[Frame]) -> Record {
    let camera = crate::street::Pinhole { size, ..Default::default() };
    let mut pipeline = Pipeline::new(scene, &Options::default());
    let mut record = Record::default();
    for (frame, (t, detections)) in frames.iter().enumerate() {
        record.add(*t, pipeline.step(&meta(&camera, frame as u64, *t), detections));
    }
    record.incidents.extend(pipeline.finish().incidents);
    record
}

/// What happened, and when.
fn gist(record: &Record) -> Vec<(String, f64)> {
    let told = record.incidents.iter().filter(|change| change.reason != Some(Reason::Attached));
    let mut gist: Vec<_> = told.map(|change| (format!("{} {:?}", change.rule, change.phase), change.t)).collect();
    gist.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
    gist
}

/// Whether the same happened, but for the time in which somebody goes by half of their box.
fn same(a: &[(String, f64)], b: &[(String, f64)]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.0 == b.0 && (a.1 - b.1).abs() < 0.7)
}

#[test]
fn turned_and_anamorphic_pictures_tell_the_same() {
    let users: [(RoadUserClass, Way<'_>); 6] = [
        (Car, &[[0.0, 0.06, 0.3], [6.0, 0.6, 0.3], [30.0, 0.6, 0.3], [34.0, 0.94, 0.3]]),
        (Car, &[[4.0, 0.1, 0.45], [16.0, 0.9, 0.45]]),
        (Person, &[[2.0, 0.3, 0.7], [40.0, 0.3, 0.7]]),
        (Person, &[[20.0, 0.35, 0.7], [31.0, 0.35, 0.7]]),
        (Person, &[[20.0, 0.4, 0.7], [31.0, 0.4, 0.7]]),
        (Person, &[[5.0, 0.2, 0.55], [10.0, 0.2, 0.15]]),
    ];
    for fps in [5.0, 10.0, 30.0] {
        let square = FrameSize::new(800, 800);
        let plain = record(&plan(TURNS[0].1), square, &film(&users, TURNS[0].1, fps, 60.0));
        assert_eq!(starts(&plain), 6, "{fps}: {:#?}", gist(&plain));
        for (name, turn) in TURNS {
            // The same picture, stored with pixels that are wide or high.
            for size in [
                square,
                FrameSize { width: 400, height: 800, pixel_aspect: 2.0 },
                FrameSize { width: 800, height: 400, pixel_aspect: 0.5 },
            ] {
                let turned = record(&plan(turn), size, &film(&users, turn, fps, 60.0));
                let (turned, plain) = (gist(&turned), gist(&plain));
                assert!(same(&turned, &plain), "{fps} {name} {size:?}: {turned:#?}\n{plain:#?}");
            }
        }
    }
}
