//! The simulator by itself: what it refuses, and the phases it tells.

use super::*;
use kerege_contract::phase::{PhaseState, SignalMessage};
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::time::{Duration, Instant};

fn silent() -> OnNotice {
    Arc::new(|_| {})
}

fn refusal(options: &SimulatorOptions) -> String {
    Simulator::start(options, &silent()).unwrap_err().to_string()
}

fn clip(folder: &Path) -> PathBuf {
    crate::capture::init().unwrap();
    let path = folder.join("a.avi");
    let line = format!(
        "videotestsrc num-buffers=50 ! video/x-raw,format=I420,width=160,height=120,framerate=25/1 ! jpegenc \
         ! avimux ! filesink location={}",
        path.display()
    );
    let pipeline = gstreamer::parse::launch(&line).unwrap();
    use gstreamer::prelude::*;
    pipeline.set_state(gstreamer::State::Playing).unwrap();
    let wanted = [gstreamer::MessageType::Eos, gstreamer::MessageType::Error];
    pipeline.bus().unwrap().timed_pop_filtered(gstreamer::ClockTime::from_seconds(60), &wanted).unwrap();
    pipeline.set_state(gstreamer::State::Null).unwrap();
    path
}

#[test]
fn what_cannot_be_served_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let good = clip(folder.path());
    let text = folder.path().join("text.mp4");
    std::fs::write(&text, "no film ".repeat(1000)).unwrap();
    let with = |videos: &[&PathBuf]| SimulatorOptions {
        videos: videos.iter().map(|path| (*path).clone()).collect(),
        ..SimulatorOptions::default()
    };
    assert!(refusal(&with(&[&good, &text])).contains("text.mp4: it is not a video file"));
    assert!(refusal(&with(&[&folder.path().join("none.mp4")])).contains("none.mp4"));
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let holder = std::net::TcpListener::bind(("127.0.0.1", taken)).unwrap();
    let told = refusal(&SimulatorOptions { port: taken, ..with(&[&good]) });
    assert!(told.contains("--port"), "{told}");
    drop(holder);
    let phases = PhaseOptions { truths: vec![text], port: 0, site: "S".parse().unwrap() };
    let began = Instant::now();
    assert!(refusal(&SimulatorOptions { phases: Some(phases), ..with(&[&good]) }).contains("truth file"));
    assert!(began.elapsed() < Duration::from_secs(30), "what was begun is taken down");
}

#[test]
fn a_truth_file_must_belong_to_a_camera_and_have_groups_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let video = clip(folder.path());
    let truth = |name: &str, clip: &str| {
        let path = folder.path().join(name);
        let phase = r#"{"t":0.0,"g":7,"s":"stop-and-remain"}"#;
        let text = format!(r#"{{"v":1,"clip":"{clip}","size":[160,120],"fps":25,"duration_s":2,"phases":[{phase}]}}"#);
        std::fs::write(&path, text).unwrap();
        path
    };
    let told = |truths: Vec<PathBuf>| {
        let phases = Some(PhaseOptions { truths, port: 0, site: "S".parse().unwrap() });
        refusal(&SimulatorOptions { videos: vec![video.clone()], phases, ..SimulatorOptions::default() })
    };
    let stranger = told(vec![truth("b.json", "b.avi")]);
    assert!(stranger.contains("b.json: no camera plays its clip 'b.avi'"), "{stranger}");
    let twice = told(vec![truth("one.json", "a.avi"), truth("two.json", "a.avi")]);
    assert!(twice.contains("two.json: its signal group 7 is also"), "{twice}");
}

#[test]
fn phases_are_told_on_change_and_as_a_heartbeat() {
    let folder = tempfile::tempdir().unwrap();
    let video = clip(folder.path());
    let truth = folder.path().join("truth.json");
    let phase = r#"{"t":0.0,"g":1,"s":"stop-and-remain"},{"t":1.0,"g":1,"s":"protected-movement-allowed"}"#;
    let text = format!(r#"{{"v":1,"clip":"a.avi","size":[160,120],"fps":25,"duration_s":2,"phases":[{phase}]}}"#);
    std::fs::write(&truth, text).unwrap();
    let phases = PhaseOptions { truths: vec![truth], port: 0, site: "BSK-017".parse().unwrap() };
    let options = SimulatorOptions { videos: vec![video], phases: Some(phases), ..SimulatorOptions::default() };
    let simulator = Simulator::start(&options, &silent()).unwrap();
    let stream = std::net::TcpStream::connect(simulator.ready().phases.unwrap()).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let mut lines = BufReader::new(stream).lines();
    let mut next = || serde_json::from_str::<SignalMessage>(&lines.next().unwrap().unwrap()).unwrap();
    let first = next();
    assert_eq!((first.site.as_str(), first.groups[0].s), ("BSK-017", PhaseState::Unavailable), "nothing plays yet");
    let second = next();
    assert_eq!(second.seq, first.seq + 1);
    assert!(second.ts.seconds_since(first.ts) > 0.9, "a heartbeat");
    let camera = simulator.ready().cameras[0].address.clone();
    let slots = crate::infer::Slots::new();
    let options = crate::capture::CameraOptions::new("c1".parse().unwrap(), camera);
    let looking = crate::capture::Camera::open(options, slots.add(), Box::new(|_| {})).unwrap();
    let mut seen: Vec<SignalMessage> = Vec::new();
    while seen.last().is_none_or(|last| last.groups[0].s != PhaseState::ProtectedMovementAllowed) {
        seen.push(next());
    }
    let red = seen.iter().find(|message| message.groups[0].s == PhaseState::StopAndRemain).unwrap();
    let green = seen.last().unwrap();
    let between = green.groups[0].since.seconds_since(red.groups[0].since);
    assert!((between - 1.0).abs() < 0.001, "{between}");
    assert!(green.ts.seconds_since(green.groups[0].since) < 0.5, "told when it changed");
    looking.close();
}
