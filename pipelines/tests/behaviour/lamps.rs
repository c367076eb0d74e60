//! Signals beside a street: what their source says, and when it arrives.

use crate::street::Pinhole;
use crate::watch::{Frame, Record, START_MS, meta};
use kerege_contract::phase::{PhaseState, SignalGroup, SignalMessage, SignalMode, SignalSource};
use kerege_contract::version::{Unknown, V1};
use kerege_contract::{Scene, UtcTime};
use kerege_pipelines::{Options, Pipeline};

pub(crate) use PhaseState::{ProtectedClearance as Yellow, ProtectedMovementAllowed as Green, StopAndRemain as Red};

pub(crate) fn utc(t: f64) -> UtcTime {
    UtcTime::from_millis(START_MS).plus_seconds(t)
}

/// What groups show from given times on: `(t, group, state)`, in the order of time.
pub(crate) type Programme = Vec<(f64, u16, PhaseState)>;

/// The messages of a programme: one on every change, and a heartbeat each second.
pub(crate) fn messages(programme: &Programme, seconds: f64) -> Vec<SignalMessage> {
    let mut times: Vec<f64> = programme.iter().map(|change| change.0).filter(|t| *t >= 0.0).collect();
    let mut second = 0.0;
    while second <= seconds + 4.0 {
        times.push(second);
        second += 1.0;
    }
    times.sort_by(f64::total_cmp);
    times.dedup();
    let message = |(index, t): (usize, &f64)| {
        let mut groups: Vec<SignalGroup> = Vec::new();
        for (since, g, s) in programme.iter().filter(|change| change.0 <= *t) {
            groups.retain(|group| group.g != *g);
            groups.push(SignalGroup { g: *g, s: *s, since: utc(*since) });
        }
        SignalMessage {
            v: V1,
            site: "S".parse().unwrap(),
            seq: index as u64 + 1,
            ts: utc(*t),
            src: SignalSource::Simulated,
            err_ms: 20.0,
            mode: SignalMode::Normal,
            groups,
            unknown: Unknown::new(),
        }
    };
    times.iter().enumerate().map(message).collect()
}

/// Runs frames through a new pipeline while messages arrive, each so many seconds after it was sent.
pub(crate) fn watch_lamps(
    scene: &Scene,
    camera: &Pinhole,
    frames: &[Frame],
    messages: &[(SignalMessage, f64)],
) -> Record {
    let mut pipeline = Pipeline::new(scene, &Options::default());
    let mut record = Record::default();
    let mut arriving: Vec<(f64, &SignalMessage)> = messages
        .iter()
        .map(|(message, delay)| (message.ts.seconds_since(UtcTime::from_millis(START_MS)) + delay, message))
        .collect();
    arriving.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut arriving = arriving.into_iter().peekable();
    for (frame, (t, detections)) in frames.iter().enumerate() {
        while let Some((_, message)) = arriving.next_if(|(at, _)| at <= t) {
            pipeline.take_signal(message.clone());
        }
        record.add(*t, pipeline.step(&meta(camera, frame as u64, *t), detections));
    }
    record.add(f64::INFINITY, pipeline.finish());
    record
}

/// Messages that all arrive after the same time.
pub(crate) fn after(messages: Vec<SignalMessage>, delay: f64) -> Vec<(SignalMessage, f64)> {
    messages.into_iter().map(|message| (message, delay)).collect()
}
