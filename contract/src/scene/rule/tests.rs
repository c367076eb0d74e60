//! The table of rule types, and what each makes of a scene.

use super::*;

#[test]
fn every_word_is_that_of_its_events() {
    for (word, entry) in TYPES {
        let text = format!(
            "v = 1\n[[lane]]\nid = 'L'\npolygon = [[0,0],[1,0],[1,1]]\ncentre = [[0,0],[1,1]]\n[[rule]]\nid = 'r'\ntype = '{word}'\n"
        );
        let scene = Scene::from_toml(&text).unwrap_or_else(|bad| panic!("{}", bad.render("scene", &text)));
        let rule = &scene.rules[0];
        let json = serde_json::to_value(rule).unwrap();
        assert_eq!(json["type"], *word);
        assert_eq!(serde_json::to_value(rule.kind.event_type()).unwrap(), *word);
        assert_eq!(rule.severity, entry.severity);
    }
}
