//! The promises of the time map: near the truth, never back, honest about its source.

use super::*;
use proptest::prelude::*;

/// 2026-03-05T08:00:00Z in seconds.
const UTC0: f64 = 1_772_697_600.0;

/// A camera of 25 pictures a second whose packet `n` is delayed by `delay(n)` seconds. The stream
/// begins 100 s after the box's monotonic clock; a frame is stamped when its packet arrives.
fn play(map: &mut TimeMap, frames: u32, delay: impl Fn(u32) -> f64, report: impl Fn(u32) -> Option<f64>) -> Vec<Stamp> {
    (0..frames)
        .map(|n| {
            let t = f64::from(n) * 0.04;
            map.packet(t, 100.0 + t + delay(n));
            if let Some(camera_error) = report(n) {
                map.report(t, UTC0 + 100.0 + t + camera_error);
            }
            map.stamp(t, UTC0).unwrap()
        })
        .collect()
}

fn error_ms(stamps: &[Stamp], n: usize) -> f64 {
    let truth = UTC0 + 100.0 + f64::from(u32::try_from(n).unwrap()) * 0.04;
    stamps[n].utc.seconds_since(from_seconds(truth)) * 1000.0
}

/// A report every 5 s with a clock that is wrong by so much.
fn reports(error: f64) -> impl Fn(u32) -> Option<f64> {
    move |n| n.is_multiple_of(125).then_some(error)
}

fn jitter(n: u32) -> f64 {
    0.030 + f64::from(n * 7919 % 101) / 1000.0
}

#[test]
fn without_reports_the_least_delayed_packets_decide() {
    let mut map = TimeMap::new(30.0);
    let stamps = play(&mut map, 3000, jitter, |_| None);
    for n in 200..3000 {
        assert_eq!(stamps[n].source, TimeSource::Estimated);
        assert!(error_ms(&stamps, n).abs() <= 2.0, "frame {n}: {}", error_ms(&stamps, n));
        assert!(stamps[n].err_ms > 40.0 && stamps[n].err_ms < 120.0, "{}", stamps[n].err_ms);
    }
    assert!(stamps[0].err_ms > stamps[2999].err_ms, "a young map knows less");
}

#[test]
fn a_camera_clock_that_agrees_is_used() {
    let mut map = TimeMap::new(30.0);
    let stamps = play(&mut map, 3000, jitter, reports(0.060));
    assert_eq!(stamps[0].source, TimeSource::Estimated, "one report proves nothing");
    let last = stamps[2999];
    assert_eq!(last.source, TimeSource::CameraNtp);
    assert!((error_ms(&stamps, 2999) - 60.0).abs() < 2.0);
    assert!(last.err_ms >= 60.0 && last.err_ms < 75.0, "{}", last.err_ms);
    assert!((map.camera_offset_ms().unwrap() - 60.0).abs() < 2.0);
}

#[test]
fn a_wrong_or_restless_camera_clock_is_not_used() {
    for error in [5.0, -5.0, 0.105, -3600.0 * 6.0] {
        let mut map = TimeMap::new(30.0);
        let stamps = play(&mut map, 3000, jitter, reports(error));
        assert!(stamps.iter().all(|stamp| stamp.source == TimeSource::Estimated), "{error}");
        assert!((map.camera_offset_ms().unwrap() - error * 1000.0).abs() < 5.0);
    }
    let mut map = TimeMap::new(30.0);
    let restless = |n: u32| n.is_multiple_of(125).then_some(if n.is_multiple_of(250) { 0.03 } else { -0.03 });
    let stamps = play(&mut map, 3000, jitter, restless);
    assert!(stamps.iter().all(|stamp| stamp.source == TimeSource::Estimated));
}

#[test]
fn a_camera_clock_that_is_set_in_between_is_left() {
    let mut map = TimeMap::new(30.0);
    let set_at_60_s = |n: u32| n.is_multiple_of(125).then_some(if n < 1500 { 0.01 } else { 5.01 });
    let stamps = play(&mut map, 4000, jitter, set_at_60_s);
    assert_eq!(stamps[1400].source, TimeSource::CameraNtp);
    assert_eq!(stamps[1600].source, TimeSource::Estimated);
    assert!(error_ms(&stamps, 3999).abs() < 3.0);
}

#[test]
fn congestion_at_the_start_is_caught_up_with_and_never_stepped_back_from() {
    let mut map = TimeMap::new(0.0);
    let stamps = play(&mut map, 500, |n| if n < 25 { 0.8 } else { 0.0 }, |_| None);
    assert!((error_ms(&stamps, 0) - 800.0).abs() < 1.0);
    assert!(error_ms(&stamps, 499).abs() < 1.0);
    for pair in stamps.windows(2) {
        let step = pair[1].utc.seconds_since(pair[0].utc);
        assert!((0.019..=0.041).contains(&step), "{step}");
    }
    assert!(stamps[26].err_ms > 700.0, "what is still to be caught up with is in the error");
}

#[test]
fn an_old_fast_packet_is_forgotten_after_a_minute() {
    let mut map = TimeMap::new(0.0);
    let stamps = play(&mut map, 2000, |n| if n == 10 { 0.0 } else { 0.2 }, |_| None);
    assert!(error_ms(&stamps, 1000).abs() < 1.0);
    assert!((error_ms(&stamps, 1900) - 200.0).abs() < 1.0);
}

#[test]
fn a_corrected_box_clock_is_followed_and_one_that_is_set_back_is_told() {
    let mut map = TimeMap::new(0.0);
    let first = play(&mut map, 100, |_| 0.0, |_| None)[99].utc;
    map.packet(4.0, 104.0);
    let ahead = map.stamp(4.0, UTC0 + 3600.0).unwrap();
    assert!((ahead.utc.seconds_since(first) - 3600.04).abs() < 0.002);
    map.packet(4.04, 104.04);
    let back = map.stamp(4.04, UTC0).unwrap_err();
    assert!((back.seconds - 3600.0).abs() < 1.0);
}

#[test]
fn no_packet_at_all_still_gives_a_time() {
    let stamp = TimeMap::new(0.0).stamp(5.0, UTC0).unwrap();
    assert!(stamp.err_ms >= 1000.0);
}

proptest! {
    #[test]
    fn utc_never_goes_back_and_is_never_early_by_more_than_the_delay(
        delays in proptest::collection::vec(0.0f64..0.5, 50..400),
        camera in proptest::option::of(-0.2f64..0.2),
    ) {
        let mut map = TimeMap::new(0.0);
        let stamps = play(
            &mut map,
            u32::try_from(delays.len()).unwrap(),
            |n| delays[n as usize],
            |n| camera.filter(|_| n.is_multiple_of(25)),
        );
        for (n, pair) in stamps.windows(2).enumerate() {
            prop_assert!(pair[1].utc >= pair[0].utc);
            prop_assert!(error_ms(&stamps, n) > -201.0);
            prop_assert!(error_ms(&stamps, n) < 501.0);
            prop_assert!(pair[1].err_ms.is_finite() && pair[1].err_ms >= 5.0);
        }
    }
}
