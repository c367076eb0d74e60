//! A lens that is covered for some seconds: told as an event like any other, and not counted as observed.

use crate::{Place, START, street};
use kerege_contract::event::{Event, EventClass, EventType, Phase};
use kerege_contract::files::Summary;
use kerege_contract::{Sha256Hash, UtcTime};

/// From when until when it is covered, seconds.
const FROM: f32 = 3.0;
const UNTIL: f32 = 7.0;

#[test]
fn a_covered_lens_is_told_with_a_still_and_not_counted_as_observed() {
    let place = Place::new();
    street::draw_dark(&place.path("dark.mp4"), FROM..UNTIL);
    let run = place.analyze_file(&place.path("dark.mp4"), &place.path("scene.toml"), "out");
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    let text = place.read("out/events.jsonl");
    let events = text.lines().map(|line| Event::from_bytes(line.as_bytes()).unwrap());
    let blind: Vec<Event> = events.filter(|event| event.kind == EventType::CameraBlind).collect();
    let start: UtcTime = START.parse().unwrap();
    let at = |event: &Event| event.ts.event.seconds_since(start);
    let [began, ended] = &blind[..] else { panic!("{text}") };
    assert_eq!((began.phase, ended.phase), (Some(Phase::Start), Some(Phase::End)));
    assert_eq!((began.class, began.reason.as_deref()), (EventClass::System, Some("black")));
    assert_eq!((ended.incident, ended.reason.as_deref()), (began.incident, Some("restored")));
    assert!((at(began) - f64::from(FROM)).abs() < 0.6 && (at(ended) - f64::from(UNTIL)).abs() < 0.6, "{text}");
    let still = std::fs::read(place.path(&format!("out/stills/{}.jpg", began.evidence[0].sha256))).unwrap();
    assert_eq!(Sha256Hash::of(&still), began.evidence[0].sha256);
    let summary: Summary = serde_json::from_str(&place.read("out/summary.json")).unwrap();
    let told = summary.incidents.iter().find(|incident| incident.kind == EventType::CameraBlind).unwrap();
    assert!((told.start_t - 3.0).abs() < 0.6 && (told.end_t.unwrap() - 7.0).abs() < 0.6, "{told:?}");
    // Blind from 3 s after it began until 5 s after it was over: 6 to 12 s.
    assert!((summary.observed_s - 10.0).abs() < 0.8, "{}", summary.observed_s);
}
