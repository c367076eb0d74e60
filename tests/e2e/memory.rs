//! Memory: bounded while a camera is away, and while nobody takes what the box sends.

use kerege_tests::camera::drawn;
use kerege_tests::city::{City, Plan};
use kerege_tests::eventually::eventually;
use kerege_tests::scenario::Scenario;
use std::time::Duration;

/// Growth that allocators and caches may show once warm, bytes.
const SLACK: u64 = 24 << 20;

/// A camera that refuses is tried again after 3 s on average: so often in an hour.
const ATTEMPTS_IN_AN_HOUR: usize = 1200;

/// An hour, made shorter: what could grow does so with each attempt, and attempts are made without the wait.
#[test]
fn memory_does_not_grow_while_a_camera_is_away_for_an_hour() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let clip = drawn(&Scenario::short(), "short.mp4", folder.path())?;
    let plan = Plan { camera_keys: "retry_max_s = 0.02", ..Plan::drawn(vec![clip.clone(), clip]) };
    let mut city = City::start(&plan, folder.path())?;
    let operator = city.sign_in("operator")?;
    eventually("both cameras live", Duration::from_secs(40), || {
        let cameras = operator.json("/cameras")?;
        let live = cameras.as_array().into_iter().flatten().filter(|camera| camera["state"] == "live").count();
        Ok((live == 2).then_some(()))
    })
    .map_err(|error| error.context(city.tails()))?;
    city.cameras.order("refuse cam1 on")?;
    city.cameras.order("drop cam1")?;
    // The first tries warm everything up.
    wait_for_attempts(&city, 100)?;
    let (warm, _) = city.edge.memory()?;
    wait_for_attempts(&city, ATTEMPTS_IN_AN_HOUR)?;
    let (after, peak) = city.edge.memory()?;
    eprintln!("memory: {} MiB warm, {} MiB an hour later, peak {} MiB", warm >> 20, after >> 20, peak >> 20);
    anyhow::ensure!(after < warm + SLACK, "memory grew from {warm} to {after} bytes while a camera was away");
    // The other camera's clip ends and begins again; it must still come back as ever.
    eventually("the other camera live", Duration::from_secs(40), || {
        let cameras = operator.json("/cameras")?;
        Ok(cameras.as_array().into_iter().flatten().any(|camera| camera["state"] == "live").then_some(()))
    })
}

/// Waits until the refusing camera was tried so often, as the box's log tells.
fn wait_for_attempts(city: &City, wanted: usize) -> anyhow::Result<()> {
    eventually(&format!("{wanted} attempts"), Duration::from_secs(600), || {
        let log = city.edge.log();
        let attempts = log.lines().filter(|line| line.contains("camera stream ended") && line.contains("c1")).count();
        Ok((attempts >= wanted).then_some(()))
    })
    .map_err(|error| error.context(city.edge.tail()))
}
