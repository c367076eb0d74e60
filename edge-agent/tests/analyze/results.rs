//! What is found, and in what form.

use crate::Place;
use kerege_contract::Sha256Hash;
use kerege_contract::event::{Event, EventType, Phase};
use kerege_contract::files::{PassageRecord, Summary, TrackRecord};
use std::collections::BTreeSet;

const FILES: [(&str, &str); 5] = [
    ("events.jsonl", "event"),
    ("facts.jsonl", "minute-fact"),
    ("tracks.jsonl", "track"),
    ("passages.jsonl", "passage"),
    ("summary.json", "summary"),
];

fn schema(name: &str) -> jsonschema::Validator {
    let path = format!("{}/../contract/schema/{name}.json", env!("CARGO_MANIFEST_DIR"));
    let schema = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    jsonschema::validator_for(&schema).unwrap()
}

fn check_schema(place: &Place, out: &str, file: &str, name: &str) {
    let schema = schema(name);
    let text = place.read(&format!("{out}/{file}"));
    let documents: Vec<&str> = if std::path::Path::new(file).extension().is_some_and(|ending| ending == "json") {
        vec![&text]
    } else {
        text.lines().collect()
    };
    assert!(!documents.is_empty(), "{file} is empty");
    for document in documents {
        let value = serde_json::from_str(document).unwrap();
        let faults: Vec<String> = schema.iter_errors(&value).map(|fault| fault.to_string()).collect();
        assert!(faults.is_empty(), "{file}: {faults:?} in {document}");
    }
}

/// Counts of the summary as `(direction, class, number)`.
fn counts(summary: &Summary) -> BTreeSet<(String, String, u64)> {
    let rows = summary
        .counts
        .iter()
        .flat_map(|row| row.classes.iter().map(|(class, number)| (row.name.clone(), class.to_string(), *number)));
    rows.collect()
}

fn check_events(place: &Place) {
    let text = place.read("out/events.jsonl");
    let events: Vec<Event> = text.lines().map(|line| Event::from_bytes(line.as_bytes()).unwrap()).collect();
    let mut prev = Sha256Hash::ZERO;
    for (number, (line, event)) in text.lines().zip(&events).enumerate() {
        assert_eq!((event.epoch, event.seq, event.prev), (1, number as u64 + 1, prev));
        prev = Sha256Hash::of(line.as_bytes());
        for still in &event.evidence {
            let bytes = std::fs::read(place.path(&format!("out/stills/{}.jpg", still.sha256))).unwrap();
            assert_eq!((Sha256Hash::of(&bytes), bytes.len() as u64), (still.sha256, still.bytes));
        }
    }
    let of = |kind: EventType| events.iter().filter(move |event| event.kind == kind);
    let phases = |kind| of(kind).map(|event| event.phase.unwrap()).collect::<Vec<_>>();
    assert_eq!(phases(EventType::StoppedVehicle), [Phase::Start, Phase::End]);
    assert_eq!(phases(EventType::WrongWay), [Phase::Start, Phase::End]);
    assert!(of(EventType::StoppedVehicle).all(|event| event.lane.as_ref().unwrap().as_str() == "east"));
    assert!(of(EventType::WrongWay).all(|event| event.lane.as_ref().unwrap().as_str() == "west"));
    let ids: BTreeSet<_> = events.iter().map(|event| event.id).collect();
    assert_eq!(ids.len(), events.len());
}

#[test]
fn what_drives_is_counted_and_what_happens_is_told() {
    let place = Place::new();
    let output = place.analyze("out");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let summary: Summary = serde_json::from_str(&place.read("out/summary.json")).unwrap();
    let wanted = [("south", "car", 2), ("south", "truck", 1), ("north", "bus", 1), ("north", "van", 1)];
    assert_eq!(counts(&summary), wanted.map(|(way, class, n)| (way.to_owned(), class.to_owned(), n)).into());
    assert_eq!((summary.frames_decoded, summary.frames_analysed), (320, 160));
    assert_eq!(summary.start.to_string(), "2026-03-05T08:13:40.000Z");
    let stopped = summary.incidents.iter().find(|incident| incident.kind == EventType::StoppedVehicle).unwrap();
    assert!((stopped.start_t - 3.0).abs() < 0.6 && (stopped.end_t.unwrap() - 11.0).abs() < 1.0, "{stopped:?}");
    check_events(&place);
    let passages: Vec<PassageRecord> =
        place.read("out/passages.jsonl").lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(passages.len(), 5);
    // The first car's bottom edge is on the line at 128 pixels, 0.5 s + 128 / 80 s.
    assert!((passages[0].t - 2.1).abs() < 0.15, "{:?}", passages[0]);
    let tracks: BTreeSet<String> = place
        .read("out/tracks.jsonl")
        .lines()
        .map(|line| serde_json::from_str::<TrackRecord>(line).unwrap().track)
        .collect();
    assert_eq!((tracks.len(), summary.tracks), (5, 5), "one track each");
    for (file, name) in FILES {
        check_schema(&place, "out", file, name);
    }
    check_schema(&place, "out", "timings.json", "timings");
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let place = Place::new();
    for out in ["one", "two"] {
        assert!(place.analyze(out).status.success());
    }
    for (file, _) in FILES {
        assert_eq!(place.read(&format!("one/{file}")), place.read(&format!("two/{file}")), "{file}");
    }
}
