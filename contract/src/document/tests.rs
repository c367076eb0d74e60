//! All faults at once, each where it stands.

use super::*;

fn read(text: &str) -> String {
    let faults = Faults::default();
    let root = Node::from_toml(text, &faults);
    if let Some(mut fields) = Fields::open(&root, "", &faults) {
        fields.required_text("name");
        fields.number("speed", 0.0..=200.0);
        fields.word("side", &[("left", 1), ("right", 2)]);
        fields.numbers::<2>("at");
        for mut lane in fields.tables("lane") {
            lane.required_parsed::<crate::LaneId>("id");
            lane.finish();
        }
        fields.finish();
    }
    faults.render("x.toml", text)
}

#[test]
fn every_fault_is_told_with_its_place() {
    let text = "speeed = 3\nspeed = 300\nside = \"up\"\nat = [1, true]\n[[lane]]\nid = \"a b\"\n[[lane]]\n\tidd = 1\n";
    insta::assert_snapshot!(read(text));
}

#[test]
fn syntax_errors_do_not_hide_the_rest() {
    insta::assert_snapshot!(read("name = \nspeed = \"fast\"\n"));
}

#[test]
fn carets_fit_kyrgyz_letters() {
    insta::assert_snapshot!(read("name = \"Чүй\"\nside = \"өйдө\"\n"));
}
