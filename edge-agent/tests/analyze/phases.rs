//! Recorded signal phases beside a clip: who drives on red is told, with what the signals showed.

use crate::{Place, START, complaint, street};
use kerege_contract::UtcTime;
use kerege_contract::event::{Event, EventClass, EventType, Phase};
use kerege_contract::phase::PhaseState;
use std::process::Output;

const RED: &str = "[[rule]]\nid = 'red'\ntype = 'red_light'\nlines = ['mid']\ngroup = 1\n";

/// The messages of a light that is red until 3.5 s and green from then on.
fn recording() -> String {
    let start: UtcTime = START.parse().unwrap();
    let message = |seq: u32, t: f64| {
        let (shows, since) = if t < 3.5 { ("stop-and-remain", -30.0) } else { ("protected-movement-allowed", 3.5) };
        let (ts, since) = (start.plus_seconds(t), start.plus_seconds(since));
        format!(
            r#"{{"v":1,"site":"S","seq":{seq},"ts":"{ts}","src":"simulated","err_ms":20,"mode":"normal","groups":[{{"g":1,"s":"{shows}","since":"{since}"}}]}}"#
        )
    };
    let times = (0..25_u32).map(|second| f64::from(second) - 5.0);
    let mut times: Vec<f64> = times.chain([3.5]).collect();
    times.sort_by(f64::total_cmp);
    (1..).zip(times).map(|(seq, t)| message(seq, t)).collect::<Vec<_>>().join("\n")
}

fn analyze(place: &Place, phases: &str, out: &str) -> Output {
    std::fs::write(place.path("red.toml"), format!("{}{RED}", street::SCENE)).unwrap();
    std::fs::write(place.path("signal.jsonl"), phases).unwrap();
    let mut command = place.command(&place.path("street.mp4"), &place.path("red.toml"), out);
    command.args(["--start", START, "--phases"]).arg(place.path("signal.jsonl")).output().unwrap()
}

fn red_lights(place: &Place, out: &str) -> Vec<Event> {
    let text = place.read(&format!("{out}/events.jsonl"));
    let events = text.lines().map(|line| Event::from_bytes(line.as_bytes()).unwrap());
    events.filter(|event| event.kind == EventType::RedLight && event.phase == Some(Phase::Start)).collect()
}

#[test]
fn who_drove_on_red_is_told_with_the_signals_and_nobody_without() {
    let place = Place::new();
    let output = analyze(&place, &recording(), "red");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    // The first car and the truck pass the line at 2.1 s; the second car passes it on green.
    let found = red_lights(&place, "red");
    assert_eq!(found.len(), 2, "{found:#?}");
    let start: UtcTime = START.parse().unwrap();
    for event in &found {
        assert_eq!((event.class, event.obj.len()), (EventClass::Violation, 1));
        let at = event.ts.event.seconds_since(start);
        assert!((at - 2.1).abs() < 0.3, "{at}");
        let signals = event.signals.as_ref().unwrap();
        let shown: Vec<PhaseState> = signals.spans.iter().map(|span| span.s).collect();
        assert_eq!(shown, [PhaseState::StopAndRemain, PhaseState::ProtectedMovementAllowed]);
    }
    assert!(analyze(&place, "", "none").status.success());
    assert_eq!(red_lights(&place, "none"), []);
}

#[test]
fn a_recording_that_cannot_be_read_is_named_with_its_line() {
    let place = Place::new();
    let said = complaint(&analyze(&place, &recording().replacen("\"seq\":2", "\"seq\":\"two\"", 1), "out"));
    assert!(said.contains("signal.jsonl:2: not a message of signal phases"), "{said}");
    let mut command = place.command(&place.path("street.mp4"), &place.path("red.toml"), "out");
    let output = command.arg("--phases").arg(place.path("signal.jsonl")).output().unwrap();
    assert!(String::from_utf8_lossy(&output.stderr).contains("--start"), "phases have times of their own");
    assert!(!output.status.success());
}
