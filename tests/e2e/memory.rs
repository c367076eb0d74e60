//! Memory: bounded while a camera is away, and while nobody takes what the box sends.

use kerege_tests::camera::drawn;
use kerege_tests::city::{City, Plan};
use kerege_tests::eventually::eventually;
use kerege_tests::scenario::Scenario;
use std::time::Duration;

/// Growth that allocators and caches may show once warm, bytes.
const SLACK: u64 = 24 << 20;

#[test]
fn memory_does_not_grow_while_a_camera_is_away() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let clip = drawn(&Scenario::short(), "short.mp4", folder.path())?;
    let mut city = City::start(&Plan::drawn(vec![clip.clone(), clip]), folder.path())?;
    let operator = city.sign_in("operator")?;
    eventually("both cameras live", Duration::from_secs(40), || {
        let cameras = operator.json("/cameras")?;
        let live = cameras.as_array().into_iter().flatten().filter(|camera| camera["state"] == "live").count();
        Ok((live == 2).then_some(()))
    })
    .map_err(|error| error.context(city.tails()))?;
    city.cameras.order("refuse cam1 on")?;
    city.cameras.order("drop cam1")?;
    // The first tries warm everything up; the camera is then tried again and again.
    std::thread::sleep(Duration::from_secs(15));
    let (warm, _) = city.edge.memory()?;
    std::thread::sleep(Duration::from_secs(30));
    let (after, peak) = city.edge.memory()?;
    eprintln!("memory: {} MiB warm, {} MiB 30 s later, peak {} MiB", warm >> 20, after >> 20, peak >> 20);
    anyhow::ensure!(after < warm + SLACK, "memory grew from {warm} to {after} bytes while a camera was away");
    Ok(())
}
