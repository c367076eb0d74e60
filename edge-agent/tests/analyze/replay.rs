//! What was recorded is replayed: the same answers without a picture, and others for another scene.

use crate::{Place, complaint, street};
use kerege_contract::event::EventType;
use kerege_contract::files::Summary;

fn summary(place: &Place, out: &str) -> Summary {
    serde_json::from_str(&place.read(&format!("{out}/summary.json"))).unwrap()
}

/// What happened in a clip, without the ids, which name the recording.
fn gist(summary: &Summary) -> String {
    let incidents: Vec<_> = summary
        .incidents
        .iter()
        .map(|incident| (incident.kind, &incident.lane, incident.start_t, incident.end_t, &incident.tracks))
        .collect();
    format!("{:?} {incidents:?} {} {}", summary.counts, summary.frames_analysed, summary.observed_s)
}

#[test]
fn detections_give_the_same_answers_as_the_clip() {
    let place = Place::new();
    assert!(place.analyze_and_record("out").status.success());
    let packed = zstd::encode_all(place.read("out/detections.jsonl").as_bytes(), 3).unwrap();
    std::fs::write(place.path("log.jsonl.zst"), packed).unwrap();
    for recording in ["out/detections.jsonl", "log.jsonl.zst"] {
        let output = place.replay(&[recording], "scene.toml", "again");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        for file in ["passages.jsonl", "tracks.jsonl"] {
            assert_eq!(place.read(&format!("again/{file}")), place.read(&format!("out/{file}")), "{file}");
        }
        let (first, again) = (summary(&place, "out"), summary(&place, "again"));
        assert_eq!(gist(&first), gist(&again));
        assert_eq!((first.size, first.start, first.model), (again.size, again.start, again.model));
        let cells = |out: &str| {
            let facts = place.read(&format!("{out}/facts.jsonl"));
            facts
                .split("\"cells\":")
                .skip(1)
                .map(|rest| rest.split('\n').next().unwrap().to_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(cells("out"), cells("again"));
    }
}

#[test]
fn tracks_give_the_same_counts_and_incidents_without_being_tracked_anew() {
    let place = Place::new();
    assert!(place.analyze("out").status.success());
    let output = place.replay(&["out/tracks.jsonl"], "scene.toml", "again");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let (first, again) = (summary(&place, "out"), summary(&place, "again"));
    assert_eq!(first.counts, again.counts);
    assert_eq!((first.frames_analysed, first.start, first.size), (again.frames_analysed, again.start, again.size));
    assert!((first.observed_s - again.observed_s).abs() < 0.01, "{} {}", first.observed_s, again.observed_s);
    let kinds = |summary: &Summary| summary.incidents.iter().map(|i| (i.kind, i.tracks.clone())).collect::<Vec<_>>();
    assert_eq!(kinds(&first), kinds(&again));
}

#[test]
fn a_rule_is_tried_on_yesterday() {
    let place = Place::new();
    assert!(place.analyze_and_record("out").status.success());
    let patient = street::SCENE.replace("confirm_s = 4", "confirm_s = 100");
    std::fs::write(place.path("patient.toml"), patient).unwrap();
    assert!(place.replay(&["out/detections.jsonl"], "patient.toml", "again").status.success());
    let kinds = |out: &str| summary(&place, out).incidents.iter().map(|i| i.kind).collect::<Vec<_>>();
    assert!(kinds("out").contains(&EventType::StoppedVehicle));
    assert_eq!(kinds("again"), [EventType::WrongWay]);
}

#[test]
fn what_is_no_recording_is_refused_and_nothing_is_left() {
    let place = Place::new();
    std::fs::write(place.path("bad.jsonl"), "{\"frame\":0,\"t\":0.0,\"detections\":[]}\n").unwrap();
    let said = complaint(&place.replay(&["bad.jsonl"], "scene.toml", "again"));
    assert!(said.contains("bad.jsonl:1") && said.contains("--size"), "{said}");
    std::fs::write(place.path("empty.jsonl"), "").unwrap();
    assert!(complaint(&place.replay(&["empty.jsonl"], "scene.toml", "again")).contains("no frames"));
    assert!(complaint(&place.replay(&["none.jsonl"], "scene.toml", "again")).contains("none.jsonl"));
    let left: Vec<_> = std::fs::read_dir(place.path("again")).into_iter().flatten().collect();
    assert!(left.is_empty(), "nothing half done is left: {left:?}");
}
