//! Cameras that freeze, go away, refuse and send rubbish, while another goes on undisturbed.

use super::bench::{H264, Watch, clip, order, simulate};
use crate::capture::CameraChange;
use std::time::{Duration, Instant};

const NOTICED: Duration = Duration::from_secs(5);
const BACK: Duration = Duration::from_secs(10);

/// The other camera must not miss a beat; the machine may be busy, so a beat is a second.
fn undisturbed(watch: &Watch, camera: &str, from: Instant) {
    let frames = watch.frames_after(camera, from);
    assert!(frames.len() > 10, "{camera} gave only {} frames", frames.len());
    for pair in frames.windows(2) {
        let gap = pair[1].at.duration_since(pair[0].at);
        assert!(gap < Duration::from_secs(1), "{camera} was disturbed for {gap:?}");
        assert_eq!(pair[0].frame.stream_epoch, pair[1].frame.stream_epoch, "{camera} was reconnected");
    }
}

#[test]
fn a_camera_that_hangs_is_noticed_and_comes_back_and_the_other_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let clip = clip(folder.path(), "a.mp4", 90, H264);
    let simulator = simulate(&[clip.clone(), clip]);
    let watch = Watch::of_simulator(&simulator);
    let began = Instant::now();
    watch.wait_frame("c1", began);
    let calm = watch.wait_frame("c2", began).at;
    let frozen = Instant::now();
    order(&simulator, "freeze cam1");
    let (noticed, reason) = watch.wait_down("c1", frozen);
    assert!(noticed - frozen < NOTICED, "noticed after {:?}", noticed - frozen);
    assert!(reason.contains("no picture for 3 s"), "{reason}");
    std::thread::sleep(Duration::from_secs(8));
    let thawed = Instant::now();
    order(&simulator, "thaw cam1");
    let back = watch.wait_frame("c1", thawed);
    assert!(back.at - thawed < BACK, "back after {:?}", back.at - thawed);
    assert!(back.frame.stream_epoch > 0, "a reconnect begins another stream epoch");
    undisturbed(&watch, "c2", calm);
}

#[test]
fn a_dropped_or_refused_client_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    let clip = clip(folder.path(), "a.mp4", 90, H264);
    let simulator = simulate(&[clip.clone(), clip]);
    let watch = Watch::of_simulator(&simulator);
    let began = Instant::now();
    watch.wait_frame("c1", began);
    let calm = watch.wait_frame("c2", began).at;
    let dropped = Instant::now();
    order(&simulator, "drop cam1");
    let (down, reason) = watch.wait_down("c1", dropped);
    assert!(down - dropped < NOTICED && reason.contains("ended") || reason.contains("closed"), "{reason}");
    assert!(watch.wait_frame("c1", down).at - down < BACK);
    order(&simulator, "refuse cam1 on");
    order(&simulator, "drop cam1");
    let refused = Instant::now();
    let refusal = |change: &CameraChange| matches!(change, CameraChange::Down { reason } if reason.contains("503"));
    watch.wait_change("c1", refused, refusal);
    std::thread::sleep(Duration::from_secs(5));
    let mended = Instant::now();
    order(&simulator, "refuse cam1 off");
    assert!(watch.wait_frame("c1", mended).at - mended < BACK);
    undisturbed(&watch, "c2", calm);
}

#[test]
fn a_picture_that_stands_still_is_told_without_a_reconnect() {
    let folder = tempfile::tempdir().unwrap();
    let simulator = simulate(&[clip(folder.path(), "a.mp4", 60, H264)]);
    let watch = Watch::of_simulator(&simulator);
    let began = Instant::now();
    watch.wait_frame("c1", began);
    let still = Instant::now();
    order(&simulator, "still cam1");
    let (told, _) = watch.wait_change("c1", still, |change| *change == CameraChange::Frozen);
    assert!(told - still < NOTICED + Duration::from_secs(1), "told after {:?}", told - still);
    assert!(watch.cameras[0].stats().frozen);
    order(&simulator, "thaw cam1");
    watch.wait_change("c1", told, |change| *change == CameraChange::Restored);
    let stats = watch.cameras[0].stats();
    assert!(!stats.frozen && stats.reconnects == 0, "{stats:?}");
}

#[test]
fn rubbish_in_a_stream_is_named_and_survived() {
    let folder = tempfile::tempdir().unwrap();
    let simulator = simulate(&[clip(folder.path(), "a.mp4", 90, H264)]);
    let watch = Watch::of_simulator(&simulator);
    watch.wait_frame("c1", Instant::now());
    let began = Instant::now();
    order(&simulator, "garbage cam1 on");
    let (_, reason) = watch.wait_down("c1", began);
    assert!(reason.contains("picture") || reason.contains("decoded"), "{reason}");
    order(&simulator, "garbage cam1 off");
    let mended = Instant::now();
    assert!(watch.wait_frame("c1", mended).at - mended < BACK * 2);
}

#[test]
fn the_end_of_a_file_is_a_camera_that_is_away_for_a_while() {
    let folder = tempfile::tempdir().unwrap();
    let simulator = simulate(&[clip(folder.path(), "a.mp4", 4, H264)]);
    let watch = Watch::of_simulator(&simulator);
    let began = Instant::now();
    let (_, live) =
        watch.wait_change("c1", began, |change| matches!(change, CameraChange::Live { stream_epoch: 1, .. }));
    assert!(matches!(live, CameraChange::Live { stream_epoch: 1, .. }));
    let first: Vec<_> =
        watch.frames_after("c1", began).into_iter().filter(|seen| seen.frame.stream_epoch == 0).collect();
    assert!(first.last().unwrap().frame.t > 3.5, "all of the first pass was seen: {}", first.last().unwrap().frame.t);
    assert!(first[0].frame.t < 0.01);
}
