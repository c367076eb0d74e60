//! SIGKILL, at random and at named points, of box, broker and centre: no event lost, none twice.
//!
//! `KEREGE_KILLS` sets how many kills are made (default 24; the long run uses 60 and more);
//! `KEREGE_SEED` makes a run again.

use crate::whole_way::agree;
use kerege_tests::camera::drawn;
use kerege_tests::city::{City, Plan};
use kerege_tests::eventually::eventually;
use kerege_tests::journal;
use kerege_tests::scenario::Scenario;
use std::time::{Duration, Instant};

const EDGE_POINTS: &[&str] = &[
    "outbox.before_commit",
    "outbox.after_commit",
    "uplink.before_send",
    "uplink.after_send",
    "receipt.before_commit",
    "receipt.after_commit",
];
const CENTRE_POINTS: &[&str] =
    &["ingest.before_commit", "ingest.after_commit", "ingest.after_ack", "receipt.before_send", "receipt.after_send"];

/// A small generator of chance, so that a run can be made again.
struct Chance(u64);

impl Chance {
    fn next(&mut self, below: u64) -> u64 {
        // Xorshift (Marsaglia, 2003).
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % below
    }

    fn wait(&mut self, at_most_ms: u64) {
        std::thread::sleep(Duration::from_millis(self.next(at_most_ms)));
    }
}

fn number(name: &str, usual: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

fn seed() -> u64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(1, |now| now.as_nanos());
    number("KEREGE_SEED", u64::try_from(now % 1_000_000_007).unwrap_or(1)).max(1)
}

/// Kills one of the three at random.
fn kill_at_random(city: &mut City, chance: &mut Chance) -> anyhow::Result<()> {
    match chance.next(3) {
        0 => {
            city.edge.kill()?;
            chance.wait(500);
            city.restart_edge(None)
        }
        1 => {
            city.centre.kill()?;
            chance.wait(500);
            city.restart_centre(None)
        }
        _ => {
            city.broker.kill()?;
            chance.wait(500);
            city.broker.restart()
        }
    }
}

/// Restarts a process so that it kills itself at a point, waits until it has, and restarts it whole.
/// Gives whether the point was reached in time.
fn kill_at_point(city: &mut City, point: &str) -> anyhow::Result<bool> {
    let of_box = EDGE_POINTS.contains(&point);
    if of_box {
        city.edge.kill()?;
        city.restart_edge(Some(point))?;
    } else {
        city.centre.kill()?;
        city.restart_centre(Some(point))?;
    }
    let reached = eventually("the point", Duration::from_secs(40), || {
        let process = if of_box { &mut city.edge } else { &mut city.centre };
        process.ended()
    })
    .is_ok();
    if of_box {
        city.edge.kill()?;
        city.restart_edge(None)?;
    } else {
        city.centre.kill()?;
        city.restart_centre(None)?;
    }
    Ok(reached)
}

#[test]
fn no_kill_loses_or_doubles_an_event() -> anyhow::Result<()> {
    let (kills, seed) = (number("KEREGE_KILLS", 24), seed());
    eprintln!("KEREGE_SEED={seed} KEREGE_KILLS={kills}");
    let folder = tempfile::tempdir()?;
    let clip = drawn(&Scenario::short(), "short.mp4", folder.path())?;
    let mut city = City::start(&Plan::drawn(vec![clip.clone(), clip]), folder.path())?;
    let mut chance = Chance(seed);
    let points: Vec<&str> = EDGE_POINTS.iter().chain(CENTRE_POINTS).copied().collect();
    let mut unreached = Vec::new();
    let begun = Instant::now();
    for round in 0..kills {
        // Every second kill at a named point, in turn; the others at random times.
        if round % 2 == 0 {
            let point = points[usize::try_from(round / 2)? % points.len()];
            if !kill_at_point(&mut city, point).map_err(|error| error.context(city.tails()))? {
                unreached.push(point);
            }
        } else {
            chance.wait(4000);
            kill_at_random(&mut city, &mut chance).map_err(|error| error.context(city.tails()))?;
        }
    }
    eprintln!("{kills} kills in {:.0} s", begun.elapsed().as_secs_f64());
    anyhow::ensure!(unreached.is_empty(), "never reached: {unreached:?}\n{}", city.tails());
    city.ready()?;
    // Points that are reached at once leave the box little time to see anything between the kills: what the kills left
    // behind is shown by the events that follow in the same chain, too.
    eventually("more than ten events", Duration::from_secs(240), || {
        Ok((journal::of_box(&city.box_data())?.len() > 10).then_some(()))
    })
    .map_err(|error| error.context(city.tails()))?;
    agree(&mut city)?;
    let entries = journal::of_centre(&city.centre_data())?;
    eprintln!("{} events, each once", entries.len());
    Ok(())
}

#[test]
fn a_broker_that_forgot_everything_loses_nothing() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let clip = drawn(&Scenario::short(), "short.mp4", folder.path())?;
    let mut city = City::start(&Plan::drawn(vec![clip]), folder.path())?;
    eventually("a first event at the centre", Duration::from_secs(40), || {
        Ok((journal::of_centre(&city.centre_data())?.len() > 1).then_some(()))
    })
    .map_err(|error| error.context(city.tails()))?;
    city.centre.kill()?;
    let before = journal::of_box(&city.box_data())?.len();
    eventually("events that wait in the broker", Duration::from_secs(60), || {
        Ok((journal::of_box(&city.box_data())?.len() >= before + 3).then_some(()))
    })
    .map_err(|error| error.context(city.tails()))?;
    city.broker.kill()?;
    city.broker.forget()?;
    city.broker.restart()?;
    city.restart_centre(None)?;
    city.ready()?;
    // Sent again after 30 s without a receipt.
    agree(&mut city)
}
