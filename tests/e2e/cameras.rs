//! Cameras that freeze, vanish, refuse or send rubbish: noticed, named, healed, and nobody else disturbed.

use kerege_tests::camera::drawn;
use kerege_tests::city::{City, DEVICE, Plan};
use kerege_tests::eventually::eventually;
use kerege_tests::scenario::Scenario;
use serde_json::Value;
use std::time::{Duration, Instant};

/// What the box says of a camera, as the centre tells it.
fn camera(api: &kerege_tests::api::Api, id: &str) -> anyhow::Result<Value> {
    api.json(&format!("/cameras/{DEVICE}/{id}"))
}

fn state(api: &kerege_tests::api::Api, id: &str) -> anyhow::Result<String> {
    Ok(camera(api, id)?["state"].as_str().unwrap_or_default().to_owned())
}

/// Age of the newest picture of a camera at the centre.
fn newest_picture(api: &kerege_tests::api::Api, id: &str) -> anyhow::Result<String> {
    Ok(camera(api, id)?["picture_captured"].as_str().unwrap_or_default().to_owned())
}

/// Waits until the picture of a camera moves on, and gives how long that took.
fn moves_on(api: &kerege_tests::api::Api, id: &str, limit: Duration) -> anyhow::Result<Duration> {
    let (begun, before) = (Instant::now(), newest_picture(api, id)?);
    eventually(&format!("a newer picture of {id}"), limit, || Ok((newest_picture(api, id)? > before).then_some(())))?;
    Ok(begun.elapsed())
}

#[test]
fn faults_of_one_camera_are_noticed_and_healed_and_disturb_no_other() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let clip = drawn(&long(), "long.mp4", folder.path())?;
    let mut city = City::start(&Plan::drawn(vec![clip.clone(), clip]), folder.path())?;
    let operator = city.sign_in("operator")?;
    let live = |id: &str| {
        eventually(&format!("{id} live"), Duration::from_secs(30), || {
            Ok((state(&operator, id)? == "live").then_some(()))
        })
    };
    live("c1").map_err(|error| error.context(city.tails()))?;
    live("c2").map_err(|error| error.context(city.tails()))?;
    for (begin, end) in [
        ("freeze cam1", "thaw cam1"),
        ("refuse cam1 on\ndrop cam1", "refuse cam1 off"),
        ("garbage cam1 on", "garbage cam1 off"),
    ] {
        city.cameras.order(begin)?;
        let begun = Instant::now();
        eventually(&format!("c1 not live after '{begin}'"), Duration::from_secs(8), || {
            Ok((state(&operator, "c1")? != "live").then_some(()))
        })
        .map_err(|error| error.context(city.tails()))?;
        let noticed = begun.elapsed();
        // The other camera goes on.
        moves_on(&operator, "c2", Duration::from_secs(6))?;
        let reason = camera(&operator, "c1")?["reason"].as_str().unwrap_or_default().to_owned();
        anyhow::ensure!(!reason.is_empty(), "'{begin}': the camera is dark and nobody says why");
        city.cameras.order(end)?;
        let healed = moves_on(&operator, "c1", Duration::from_secs(15)).map_err(|error| error.context(city.tails()))?;
        live("c1")?;
        eprintln!("'{begin}': noticed after {noticed:.1?} ({reason}), picture back {healed:.1?} after '{end}'");
    }
    Ok(())
}

#[test]
fn a_covered_lens_is_an_alarm_until_it_is_uncovered() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let clip =
        drawn(&Scenario { seconds: 50.0, covered: [10.0, 25.0], ..Scenario::busy() }, "covered.mp4", folder.path())?;
    let city = City::start(&Plan::drawn(vec![clip]), folder.path())?;
    let operator = city.sign_in("operator")?;
    let becomes = |wanted: &str, seconds: u64| {
        eventually(&format!("c1 {wanted}"), Duration::from_secs(seconds), || {
            Ok((state(&operator, "c1")? == wanted).then_some(()))
        })
        .map_err(|error| error.context(city.tails()))
    };
    let alarm = || -> anyhow::Result<Option<Value>> {
        let alarms = operator.json("/alarms")?;
        let mut rows = alarms.as_array().into_iter().flatten();
        Ok(rows.find(|row| row["kind"] == "camera_blind").cloned())
    };
    becomes("blind", 70)?;
    let reason = camera(&operator, "c1")?["reason"].clone();
    anyhow::ensure!(reason == "black", "it says why: {reason}");
    let raised = eventually("an alarm", Duration::from_secs(5), alarm)?;
    anyhow::ensure!(raised["detail"].as_str().is_some_and(|detail| detail.contains("black")), "{raised}");
    becomes("live", 40)?;
    eventually("the alarm cleared", Duration::from_secs(5), || Ok(alarm()?.filter(|row| row["open"] == false)))?;
    Ok(())
}

/// A clip long enough that no loop interrupts the test.
fn long() -> Scenario {
    Scenario { seconds: 150.0, ..Scenario::busy() }
}
