//! The link or the centre away: the box goes on, and everything arrives afterwards.

use crate::whole_way::agree;
use kerege_tests::camera::drawn;
use kerege_tests::city::{City, Plan};
use kerege_tests::eventually::eventually;
use kerege_tests::journal;
use kerege_tests::scenario::Scenario;
use std::time::Duration;

#[test]
fn what_happened_while_the_broker_was_away_arrives_afterwards() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let clip = drawn(&Scenario::short(), "short.mp4", folder.path())?;
    let mut city = City::start(&Plan::drawn(vec![clip]), folder.path())?;
    city.broker.kill()?;
    eventually("five events in the journal", Duration::from_secs(90), || {
        Ok((journal::of_box(&city.box_data())?.len() >= 5).then_some(()))
    })
    .map_err(|error| error.context(city.tails()))?;
    city.broker.restart()?;
    agree(&mut city)
}
