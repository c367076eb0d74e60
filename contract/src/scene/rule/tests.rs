//! The table of rule types, and what each makes of a scene.

use super::*;

/// A scene in which every type of rule finds what it looks at.
fn scene_of(rule: &str) -> Result<Scene, String> {
    let polygon = "polygon = [[0.1, 0.1], [0.9, 0.1], [0.9, 0.9], [0.1, 0.9]]";
    let mut text = format!("v = 1\n[[lane]]\nid = 'L'\n{polygon}\ncentre = [[0.5, 0.9], [0.5, 0.1]]\n");
    text += "[[line]]\nid = 'M'\na = [0.1, 0.5]\nb = [0.9, 0.5]\n";
    text += "[[line]]\nid = 'O'\na = [0.1, 0.3]\nb = [0.9, 0.3]\n";
    text += "[[marking]]\nid = 'solid'\npath = [[0.5, 0.1], [0.5, 0.9]]\nforbidden = 'both'\n";
    for kind in ["no_stopping", "area", "crosswalk"] {
        text += &format!("[[zone]]\nid = '{kind}'\nkind = '{kind}'\n{polygon}\n");
    }
    text += "[calibration]\nunit = 'metres'\npoints = [{ image = [0.1, 0.1], road = [0, 50] }, \
             { image = [0.9, 0.1], road = [10, 50] }, { image = [0.9, 0.9], road = [10, 0] }, \
             { image = [0.1, 0.9], road = [0, 0] }]\n";
    text += &format!("[[rule]]\nid = 'r'\n{rule}\n");
    Scene::from_toml(&text).map_err(|bad| bad.render("scene", &text))
}

/// What must be said beside the type.
fn must(word: &str) -> &'static str {
    match word {
        "speeding" => "limit_kmh = 60",
        "queue_spillback" => "mark_m = 40",
        "red_light" | "stop_line" => "lines = ['M']\ngroup = 1",
        "illegal_turn" => "lines = ['M']\nto = ['O']",
        _ => "",
    }
}

#[test]
fn every_word_is_that_of_its_events() {
    for (word, entry) in TYPES {
        let scene = scene_of(&format!("type = '{word}'\n{}", must(word))).unwrap_or_else(|bad| panic!("{bad}"));
        let rule = &scene.rules[0];
        let json = serde_json::to_value(rule).unwrap();
        assert_eq!(json["type"], *word);
        assert_eq!(serde_json::to_value(rule.kind.event_type()).unwrap(), *word);
        assert_eq!(rule.severity, entry.severity);
    }
}

#[test]
fn a_rule_that_cannot_work_is_refused_with_a_remedy() {
    let cases = [
        ("type = 'speeding'", "'limit_kmh' is missing"),
        ("type = 'crowd'\nlanes = ['L']", "do not look at lanes"),
        ("type = 'crowd'\nzones = ['plaza']", "there is no zone 'plaza'"),
        ("type = 'wrong_way'\nzones = ['area']", "do not look at zones"),
        ("type = 'queue_spillback'", "it has no mark"),
        ("type = 'queue_spillback'\nmark_m = 40\nlines = ['M']", "more than one mark"),
        ("type = 'crowd'\nclasses = ['horse']", "'horse' is not a class"),
        ("type = 'crowd'\nmin_box_heights = { horse = 0.1 }", "'horse' is not a key here"),
        ("type = 'crowd'\nmin_people = 1", "out of range"),
    ];
    for (rule, says) in cases {
        let faults = scene_of(rule).expect_err(rule);
        assert!(faults.contains(says) && faults.contains("scene:"), "{rule}: {faults}");
    }
    assert!(scene_of("type = 'queue_spillback'\nlines = ['M']").is_ok());
}

#[test]
fn a_rule_looks_at_what_it_names_or_at_what_its_type_is_about() {
    let cases = [
        ("type = 'wrong_way'", vec!["L"]),
        ("type = 'illegal_stop'", vec!["no_stopping"]),
        ("type = 'illegal_stop'\nzones = ['area']", vec!["area"]),
        ("type = 'crowd'", vec!["area"]),
        // No carriageway is drawn: the live lanes are it.
        ("type = 'pedestrian_on_road'", vec!["L"]),
        ("type = 'pedestrian_on_road'\nzones = ['area']", vec!["area"]),
        ("type = 'queue_spillback'\nlines = ['M']", vec!["L", "M"]),
    ];
    for (rule, watched) in cases {
        let scene = scene_of(rule).unwrap_or_else(|bad| panic!("{bad}"));
        let scope = scene.rules[0].scope(&scene);
        let lanes = scene.lanes.iter().map(|lane| lane.id.as_str()).zip(&scope.lanes);
        let zones = scene.zones.iter().map(|zone| zone.id.as_str()).zip(&scope.zones);
        let lines = scene.lines.iter().map(|line| line.id.as_str()).zip(&scope.lines);
        let named: Vec<&str> = lanes.chain(zones).chain(lines).filter(|(_, on)| **on).map(|(id, _)| id).collect();
        assert_eq!(named, watched, "{rule}");
    }
}

#[test]
fn classes_and_image_sizes_tell_whom_a_rule_judges() {
    use RoadUserClass::{Bus, Car, Person};
    let rule =
        "type = 'crowd'\nclasses = ['person', 'car']\nmin_box_height = 0.02\nmin_box_heights = { person = 0.04 }";
    let scene = scene_of(rule).unwrap();
    let judged = [(Car, 0.02), (Car, 0.01), (Person, 0.03), (Person, 0.05), (Bus, 0.5)];
    let judged = judged.map(|(class, height)| scene.rules[0].judges(class, height));
    assert_eq!(judged, [true, false, false, true, false]);
}
