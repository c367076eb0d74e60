//! What is red and what is not known, as tables of messages.

use super::*;
use kerege_contract::UtcTime;
use kerege_contract::phase::PhaseState::{
    self, ProtectedClearance as Yellow, ProtectedMovementAllowed as Green, StopAndRemain as Red,
};
use kerege_contract::phase::{SignalGroup, SignalMessage, SignalMode, SignalSource};
use kerege_contract::version::{Unknown, V1};
use proptest::prelude::*;

const START_MS: i64 = 1_772_697_600_000;

fn at(t: f64) -> UtcTime {
    UtcTime::from_millis(START_MS).plus_seconds(t)
}

fn message(seq: u64, t: f64, state: PhaseState, since: f64) -> SignalMessage {
    SignalMessage {
        v: V1,
        site: "S".parse().unwrap(),
        seq,
        ts: at(t),
        src: SignalSource::Simulated,
        err_ms: 40.0,
        mode: SignalMode::Normal,
        groups: vec![SignalGroup { g: 3, s: state, since: at(since) }],
        unknown: Unknown::new(),
    }
}

/// A heartbeat each second and a message at each change: green to 10 s, yellow to 13 s, red to 40 s.
fn programme() -> Vec<SignalMessage> {
    let state = |t: f64| match t {
        t if t < 10.0 => (Green, -20.0),
        t if t < 13.0 => (Yellow, 10.0),
        t if t < 40.0 => (Red, 13.0),
        _ => (Green, 40.0),
    };
    (0..60_u32)
        .map(|second| {
            let t = f64::from(second);
            let (shown, since) = state(t);
            message(u64::from(second) + 1, t, shown, since)
        })
        .collect()
}

fn log(messages: impl IntoIterator<Item = SignalMessage>) -> SignalLog {
    let mut log = SignalLog::default();
    messages.into_iter().for_each(|message| log.take(message));
    log
}

fn window(t: f64, before_s: f64, after_s: f64) -> Window {
    Window { at: at(t), before_s, after_s, stale_s: 2.0 }
}

fn shown(log: &SignalLog, t: f64) -> Shown {
    log.shown(3, &window(t, 0.6, 0.2))
}

#[test]
fn a_cycle_is_whole_when_it_was_green_between_two_reds() {
    let mut messages = programme();
    // It is red again from 55 s on.
    for message in messages.iter_mut().skip(55) {
        *message = super::tests::message(message.seq, message.ts.seconds_since(at(0.0)), Red, 55.0);
    }
    let log = log(messages.clone());
    let cycle = |from: f64, to: f64| log.cycle(3, at(from), at(to), 2.0);
    assert_eq!(cycle(14.0, 58.0), Cycle::Whole);
    assert_eq!(cycle(14.0, 54.0), Cycle::NotYet, "it is still green");
    assert_eq!(cycle(5.0, 30.0), Cycle::NotYet, "it came when it was green");
    assert_eq!(cycle(42.0, 58.0), Cycle::NotYet, "it came when it was green");
    assert_eq!(cycle(14.0, 70.0), Cycle::Whole, "silence afterwards does not undo it");
    assert_eq!(log.cycle(3, at(-20.0), at(30.0), 2.0), Cycle::Unknown);
    assert_eq!(log.cycle(4, at(14.0), at(58.0), 2.0), Cycle::Unknown, "another group");
    messages.drain(30..36);
    let gap = super::tests::log(messages);
    assert_eq!(gap.cycle(3, at(14.0), at(54.0), 2.0), Cycle::Unknown);
    assert_eq!(gap.cycle(3, at(14.0), at(58.0), 2.0), Cycle::Whole, "red after the silence");
}

#[test]
fn a_group_is_red_only_where_all_of_the_window_is() {
    let log = log(programme());
    for (t, wanted) in [
        (5.0, Shown::Other),
        (11.0, Shown::Other),
        (13.5, Shown::Other),
        // The window begins 0.6 s before, and the source's error of 40 ms widens it.
        (13.63, Shown::Other),
        (13.65, Shown::Red),
        (25.4, Shown::Red),
        (39.75, Shown::Red),
        (39.8, Shown::Other),
        (45.0, Shown::Other),
        (-3.0, Shown::Unknown),
        (70.0, Shown::Unknown),
    ] {
        assert_eq!(shown(&log, t), wanted, "{t}");
    }
    assert_eq!(log.shown(9, &window(25.0, 0.6, 0.2)), Shown::Unknown, "nobody tells of that group");
}

#[test]
fn what_no_message_has_confirmed_yet_is_unknown() {
    let log = log(programme().into_iter().take(30));
    assert_eq!([28.7, 28.9, 31.0].map(|t| shown(&log, t)), [Shown::Red, Shown::Unknown, Shown::Unknown]);
}

#[test]
fn what_is_silent_missing_not_normal_or_contradictory_is_unknown() {
    let without = |lost: std::ops::RangeInclusive<u64>| {
        log(programme().into_iter().filter(move |message| !lost.contains(&message.seq)))
    };
    // A missing number: unknown between its neighbours, known again after.
    let gap = without(21..=21);
    assert_eq!([19.5, 20.3, 22.0].map(|t| shown(&gap, t)), [Shown::Unknown, Shown::Unknown, Shown::Red]);
    let changed = |change: &dyn Fn(&mut SignalMessage)| {
        let mut messages = programme();
        messages.iter_mut().filter(|message| message.seq == 21).for_each(change);
        shown(&log(messages), 20.3)
    };
    assert_eq!(changed(&|_| {}), Shown::Red);
    assert_eq!(changed(&|message| message.mode = SignalMode::Manual), Shown::Unknown);
    assert_eq!(changed(&|message| message.mode = SignalMode::Fault), Shown::Unknown);
    assert_eq!(changed(&|message| message.groups.clear()), Shown::Unknown);
    assert_eq!(changed(&|message| message.groups[0].s = PhaseState::Unavailable), Shown::Unknown);
    assert_eq!(changed(&|message| message.groups[0].since = at(24.0)), Shown::Unknown, "since later than now");
    assert_eq!(changed(&|message| message.err_ms = f64::INFINITY), Shown::Unknown);
    // Flashing red is not red, nor is red with yellow.
    assert_eq!(changed(&|message| message.groups[0].s = PhaseState::StopThenProceed), Shown::Unknown, "contradicts");
    // Silence: the numbers go on, but nobody spoke for three seconds.
    let mut silent: Vec<SignalMessage> = programme().into_iter().filter(|m| m.seq <= 20 || m.seq >= 23).collect();
    silent.iter_mut().skip(20).for_each(|message| message.seq -= 2);
    assert_eq!(shown(&log(silent), 20.5), Shown::Unknown);
}

#[test]
fn a_change_there_and_back_between_two_messages_is_not_red() {
    let blink = log([message(1, 0.0, Red, -9.0), message(2, 1.0, Red, 0.5), message(3, 2.0, Red, 0.5)]);
    assert_eq!(blink.shown(3, &window(0.6, 0.1, 0.1)), Shown::Unknown);
    assert_eq!(blink.shown(3, &window(1.6, 0.1, 0.1)), Shown::Red);
}

#[test]
fn a_clock_that_steps_leaves_nothing_known_between() {
    let mut messages = programme();
    for message in messages.iter_mut().filter(|message| message.seq > 20) {
        message.ts = message.ts.plus_seconds(30.0);
    }
    let log = log(messages);
    assert_eq!([19.5, 25.0, 45.0].map(|t| shown(&log, t)), [Shown::Unknown; 3]);
}

#[test]
fn the_copy_tells_yellow_and_red_and_from_when_on() {
    let whole = log(programme());
    let copy = whole.timeline(&[3], at(5.5), at(20.3), 2.0).unwrap();
    let spans: Vec<_> = copy.spans.iter().map(|span| (span.g, span.s, span.from)).collect();
    assert_eq!(spans, [(3, Green, at(5.5)), (3, Yellow, at(10.0)), (3, Red, at(13.0))]);
    assert_eq!((copy.from, copy.to, copy.seq, copy.err_ms), (at(5.5), at(20.3), [6, 22], 40.0));
    // It begins where the messages do, and says where they leave it open.
    let gap = log(programme().into_iter().filter(|message| message.seq != 21));
    let copy = gap.timeline(&[3, 7], at(-9.0), at(22.0), 2.0).unwrap();
    assert_eq!(copy.from, at(-0.0));
    let of_3: Vec<_> = copy.spans.iter().filter(|span| span.g == 3).map(|span| span.s).collect();
    assert_eq!(of_3, [Green, Yellow, Red, PhaseState::Unavailable, Red]);
    assert!(copy.spans.iter().filter(|span| span.g == 7).all(|span| span.s == PhaseState::Unavailable));
    assert_eq!(SignalLog::default().timeline(&[3], at(0.0), at(1.0), 2.0), None);
}

#[test]
fn is_bounded_by_time_and_by_number() {
    let mut log = SignalLog::default();
    for n in 0..5000_u32 {
        log.take(message(u64::from(n), 0.05 * f64::from(n), Red, -1.0));
    }
    assert_eq!(log.len(), 2048);
    log.forget(at(900.0));
    assert_eq!(log.len(), 0);
}

proptest! {
    #[test]
    fn the_order_of_arrival_does_not_matter(order in Just(programme()).prop_shuffle(), t in 0.0..60.0f64) {
        let (sorted, shuffled) = (log(programme()), log(order.into_iter().chain(programme())));
        prop_assert_eq!(shown(&sorted, t), shown(&shuffled, t));
    }

    #[test]
    fn is_never_red_when_any_instant_of_the_window_is_unknown_or_not_red(
        lost in prop::collection::vec(any::<bool>(), 60), t in 0.0..60.0f64,
        before in 0.0..3.0f64, after in 0.0..2.0f64,
    ) {
        let messages: Vec<SignalMessage> =
            programme().into_iter().zip(&lost).filter(|(_, lost)| !**lost).map(|(message, _)| message).collect();
        let told = |second: f64| messages.iter().any(|message| message.ts == at(second));
        if log(messages.clone()).shown(3, &window(t, before, after)) == Shown::Red {
            prop_assert!(t - before >= 13.0 && t + after <= 40.0);
            let mut second = (t - before).floor();
            while second < t + after {
                prop_assert!(told(second) && told(second + 1.0), "{}", second);
                second += 1.0;
            }
        }
    }
}
