//! From a camera to the dashboard's interface: exact counts, incidents once, signed and chained.

use kerege_contract::fact::Direction;
use kerege_contract::{RoadUserClass, Scene, UtcTime};
use kerege_tests::camera::drawn;
use kerege_tests::city::{City, DEVICE, Plan};
use kerege_tests::eventually::eventually;
use kerege_tests::scenario::{SCENE, Scenario};
use kerege_tests::{analysis, journal};
use serde_json::Value;
use std::collections::BTreeMap;
use std::time::Duration;

type Counts = BTreeMap<(String, String), i64>;

fn truth(scenario: &Scenario) -> Counts {
    let name = |(dir, class): (Direction, RoadUserClass)| (dir.as_str().to_owned(), class.as_str().to_owned());
    scenario.counts().into_iter().map(|(key, n)| (name(key), i64::try_from(n).unwrap_or(i64::MAX))).collect()
}

#[test]
fn a_drawn_clip_is_analysed_exactly() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let scenario = Scenario::busy();
    let clip = drawn(&scenario, "busy.mp4", folder.path())?;
    let out = analysis::run(&clip, SCENE, &folder.path().join("out"))?;
    let mut found = Counts::new();
    for row in out.summary["counts"].as_array().into_iter().flatten() {
        for (class, n) in row["classes"].as_object().into_iter().flatten() {
            found.insert((row["dir"].as_str().unwrap().to_owned(), class.clone()), n.as_i64().unwrap());
        }
    }
    assert_eq!(found, truth(&scenario));
    let mut kinds: Vec<&str> =
        out.summary["incidents"].as_array().unwrap().iter().filter_map(|i| i["type"].as_str()).collect();
    kinds.sort_unstable();
    assert_eq!(kinds, ["stopped_vehicle", "wrong_way"], "{}", out.summary);
    assert_eq!(out.summary["frames_decoded"], 440);
    assert!(Scene::from_toml(SCENE).is_ok());
    let again = analysis::run(&clip, SCENE, &folder.path().join("again"))?;
    assert_eq!(out.files, again.files, "the same clip gives other bytes");
    Ok(())
}

/// Counts of the line, by direction and class, as the centre tells them for the last hours.
fn counted(statistics: &Value) -> Counts {
    let mut counts = Counts::new();
    for bin in statistics["bins"].as_array().into_iter().flatten() {
        for cell in bin["cells"].as_array().into_iter().flatten() {
            for (class, n) in cell["classes"].as_object().into_iter().flatten() {
                let dir = cell["dir"].as_str().unwrap_or_default().to_owned();
                *counts.entry((dir, class.clone())).or_default() += n.as_i64().unwrap_or(0);
            }
        }
    }
    counts.retain(|_, n| *n > 0);
    counts
}

#[test]
fn a_camera_reaches_the_centre_once_signed_and_chained() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let scenario = Scenario::busy();
    let mut plan = Plan::drawn(vec![drawn(&scenario, "busy.mp4", folder.path())?]);
    plan.simulator = vec!["--once"];
    let mut city = City::start(&plan, folder.path())?;
    let officer = city.sign_in("officer")?;
    let incidents = eventually("both incidents, ended", Duration::from_secs(90), || {
        let list = officer.json("/incidents?state=ended&limit=50")?;
        let items: Vec<Value> = list["items"].as_array().cloned().unwrap_or_default();
        let street: Vec<Value> = items.into_iter().filter(|item| item["class"] == "incident").collect();
        anyhow::ensure!(street.len() <= 2, "more incidents than causes: {street:?}");
        Ok((street.len() == 2).then_some(street))
    })
    .map_err(|error| error.context(city.tails()))?;
    for incident in &incidents {
        check_incident(&officer, incident)?;
    }
    let planner = city.sign_in("planner")?;
    eventually("the exact counts", Duration::from_secs(90), || {
        let query = format!("dev={DEVICE}&cam=c1&bin=15m&from={}&to={}", from_now(-3600.0), from_now(900.0));
        let statistics = planner.json(&format!("/statistics/counts?{query}"))?;
        let counts = counted(&statistics);
        anyhow::ensure!(counts == truth(&scenario), "counted {counts:?}: {statistics}");
        Ok(Some(()))
    })?;
    agree(&mut city)
}

/// The time some seconds from now.
fn from_now(seconds: f64) -> UtcTime {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |since| since.as_millis());
    UtcTime::from_millis(i64::try_from(now).unwrap_or(0)).plus_seconds(seconds)
}

fn check_incident(officer: &kerege_tests::api::Api, incident: &Value) -> anyhow::Result<()> {
    let id = incident["id"].as_str().unwrap_or_default();
    let whole = officer.json(&format!("/incidents/{id}"))?;
    let events = whole["events"].as_array().cloned().unwrap_or_default();
    anyhow::ensure!(events.len() >= 2, "an ended incident has a start and an end: {whole}");
    anyhow::ensure!(whole["signature_ok"] == true, "not signed: {whole}");
    let still = eventually("the incident's still", Duration::from_secs(20), || {
        let Some(sha256) = events[0]["evidence"][0]["sha256"].as_str() else {
            anyhow::bail!("no still is named: {whole}")
        };
        let answer = officer.get(&format!("/blobs/{sha256}"))?;
        Ok((answer.status == 200).then_some(answer.bytes))
    })?;
    anyhow::ensure!(still.starts_with(&[0xff, 0xd8]), "the still is not a JPEG");
    Ok(())
}

/// The box's journal and the centre's table hold the same events, each signed and chained.
pub(crate) fn agree(city: &mut City) -> anyhow::Result<()> {
    eventually("every receipt", Duration::from_secs(90), || {
        Ok((journal::waiting(&city.box_data())? == 0).then_some(()))
    })
    .map_err(|error| error.context(city.tails()))?;
    city.edge.end(Duration::from_secs(20))?;
    eventually("the same events on both sides", Duration::from_secs(60), || {
        let (ours, theirs) = (journal::of_box(&city.box_data())?, journal::of_centre(&city.centre_data())?);
        let (box_names, centre_names) = (journal::names(&ours), journal::names(&theirs));
        anyhow::ensure!(centre_names.is_subset(&box_names), "the centre has events that the box never made");
        // What the box said while ending reaches the centre at its next start.
        anyhow::ensure!(
            box_names.difference(&centre_names).count() <= 4,
            "{} are missing",
            box_names.len() - centre_names.len()
        );
        journal::check_chain(&ours, &city.key)?;
        journal::check_chain(&theirs, &city.key)?;
        journal::check_incidents(&theirs)?;
        Ok(Some(()))
    })
}
