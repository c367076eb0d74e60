//! One golden file per message, and the JSON Schema of each. Both are re-made and compared, and
//! each golden must satisfy its schema. After a wanted change: `KEREGE_UPDATE=1 cargo test -p kerege-contract`.

#![expect(clippy::unwrap_used, reason = "a test that cannot read its files fails")]

use kerege_contract::event::Event;
use kerege_contract::{Scene, schema};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fs;
use std::path::{Path, PathBuf};

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn compare(path: &Path, wanted: &str) {
    if std::env::var_os("KEREGE_UPDATE").is_some() {
        fs::write(path, wanted).unwrap();
    }
    let found = fs::read_to_string(path).unwrap_or_default();
    assert!(
        found == wanted,
        "{} is not what the types say now; look at the difference, then run with KEREGE_UPDATE=1",
        path.display()
    );
}

#[test]
fn schemas_are_those_of_the_types() {
    for (name, schema) in schema::all() {
        compare(
            &folder("schema").join(format!("{name}.json")),
            &format!("{:#}\n", serde_json::to_value(&schema).unwrap()),
        );
    }
}

/// A golden is read into its type and written again without a change, and satisfies its schema.
fn golden<T: DeserializeOwned + Serialize>(name: &str) {
    let path = folder("golden").join(format!("{name}.json"));
    let text = fs::read_to_string(&path).unwrap();
    let value: T = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
    let again = serde_json::to_value(&value).unwrap();
    let first: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(again, first, "{name} loses or gains something on the way");
    let (_, schema) = schema::all().into_iter().find(|(known, _)| *known == name).unwrap();
    let validator = jsonschema::validator_for(&serde_json::to_value(schema).unwrap()).unwrap();
    let errors: Vec<String> = validator.iter_errors(&first).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{name}: {errors:?}");
}

#[test]
fn goldens_survive_their_types() {
    golden::<Event>("event");
    golden::<kerege_contract::fact::MinuteFact>("minute-fact");
    golden::<kerege_contract::receipt::Receipt>("receipt");
    golden::<kerege_contract::state::DeviceState>("state");
    golden::<kerege_contract::health::Health>("health");
    golden::<kerege_contract::reported::Reported>("reported");
    golden::<kerege_contract::command::Command>("command");
    golden::<kerege_contract::command::CommandResult>("command-result");
    golden::<kerege_contract::phase::SignalMessage>("signal");
    golden::<kerege_contract::truth::Truth>("truth");
    golden::<kerege_contract::files::PassageRecord>("passage");
    golden::<kerege_contract::files::TrackRecord>("track");
    golden::<kerege_contract::recording::RecordingHeader>("recording-header");
    golden::<kerege_contract::recording::DetectionFrame>("detection-frame");
    golden::<kerege_contract::calibration::CalibrationReport>("calibration-report");
    golden::<kerege_contract::files::Summary>("summary");
    golden::<kerege_contract::files::Timings>("timings");
}

#[test]
fn the_scene_as_json_satisfies_its_schema() {
    let text = fs::read_to_string(folder("golden").join("scene.toml")).unwrap();
    let scene = Scene::from_toml(&text).unwrap();
    compare(&folder("golden").join("scene.json"), &format!("{:#}\n", serde_json::to_value(&scene).unwrap()));
    golden::<Scene>("scene");
}

#[test]
fn unknown_fields_are_kept_and_unknown_versions_refused() {
    let text = fs::read_to_string(folder("golden").join("event.json")).unwrap();
    let newer = text.replacen("{", "{\"weather\":\"snow\",", 1);
    let event = Event::from_bytes(newer.as_bytes()).unwrap();
    assert_eq!(event.unknown["weather"], "snow");
    let other = text.replacen("\"v\": 1", "\"v\": 2", 1);
    let refused = Event::from_bytes(other.as_bytes()).unwrap_err().to_string();
    assert!(refused.contains("schema version 2 is not known"), "{refused}");
}

#[test]
fn a_class_that_does_not_fit_is_refused() {
    let text = fs::read_to_string(folder("golden").join("event.json")).unwrap();
    let wrong = text.replacen("\"class\": \"incident\"", "\"class\": \"system\"", 1);
    assert!(Event::from_bytes(wrong.as_bytes()).is_err());
}
