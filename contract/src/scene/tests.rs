//! Faults of scenes, told all at once; and the way through JSON and back.

use super::*;
use proptest::prelude::*;

const EXAMPLE: &str = include_str!("../../golden/scene.toml");

fn faults(text: &str) -> String {
    match Scene::from_toml(text) {
        Ok(_) => "no fault".into(),
        Err(bad) => bad.render("scene.toml", text),
    }
}

#[test]
fn the_example_is_sound_and_survives_json() {
    let scene = Scene::from_toml(EXAMPLE).unwrap_or_else(|bad| panic!("{}", bad.render("scene.toml", EXAMPLE)));
    let json = serde_json::to_value(&scene).unwrap();
    assert_eq!(Scene::from_json(&json).unwrap(), scene);
    assert_eq!(serde_json::from_value::<Scene>(json).unwrap().hash(), scene.hash());
}

#[test]
fn an_empty_scene_is_a_scene() {
    assert_eq!(Scene::from_toml("v = 1").unwrap(), Scene::empty());
}

#[test]
fn all_faults_are_told_at_once() {
    insta::assert_snapshot!(faults(
        r#"v = 1
colour = "red"
[[line]]
id = "N"
a = [0.1, 0.6]
b = [0.1, 0.6]
[[line]]
id = "N"
a = [0.1, 1.6]
b = [0.9, 0.6]
[[lane]]
id = "L1"
polygon = [[0.0, 0.0], [1.0, 1.0], [1.0, 0.0], [0.0, 1.0]]
centre = [[0.5, 0.5]]
leg = "X"
[[rule]]
id = "r1"
type = "stopped_vehicle"
min_angle_deg = 100
confirm_s = "soon"
lanes = ["L9"]
[[rule.schedule]]
days = ["monday"]
from = "25:00"
to = "7"
[[rule]]
id = "r2"
type = "teleport"
[calibration]
unit = "feet"
points = [{ image = [0.1, 0.1], road = [0, 0] }]
"#
    ));
}

#[test]
fn calibration_points_in_a_row_are_refused() {
    insta::assert_snapshot!(faults(
        r#"v = 1
[calibration]
unit = "metres"
points = [
  { image = [0.1, 0.1], road = [0, 0] }, { image = [0.2, 0.2], road = [0, 10] },
  { image = [0.3, 0.3], road = [5, 10] }, { image = [0.4, 0.4], road = [5, 0] },
]
"#
    ));
}

#[test]
fn another_version_is_refused_with_a_reason() {
    insta::assert_snapshot!(faults("v = 2\n"));
}

#[test]
fn a_rules_hash_follows_its_lanes_and_thresholds() {
    let hash = |text: &str| Scene::from_toml(text).unwrap().rule_hash(&RuleId::new("stop-N").unwrap()).unwrap();
    let before = hash(EXAMPLE);
    assert_eq!(before, hash(&EXAMPLE.replace("southbound", "to the lake")));
    assert_ne!(before, hash(&EXAMPLE.replace("confirm_s = 8", "confirm_s = 9")));
    assert_ne!(before, hash(&EXAMPLE.replace("[0.45, 0.95]", "[0.46, 0.95]")));
}

proptest! {
    #[test]
    fn no_text_makes_the_reader_panic(text in "\\PC{0,200}") {
        let _outcome = faults(&text);
    }

    #[test]
    fn no_damage_to_the_example_makes_the_reader_panic(at in 0usize..3000, with in "[\\[\\]{}=\"0-9.a-z\\n-]{0,6}") {
        let at = at.min(EXAMPLE.len());
        if EXAMPLE.is_char_boundary(at) {
            let (head, tail) = EXAMPLE.split_at(at);
            let _outcome = faults(&format!("{head}{with}{tail}"));
        }
    }
}
