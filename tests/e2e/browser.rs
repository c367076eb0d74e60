//! A real browser: an officer signs in and sees the incident arrive without reloading.

use kerege_tests::camera::drawn;
use kerege_tests::city::{City, PASSWORD, Plan};
use kerege_tests::scenario::Scenario;
use kerege_tests::webdriver::Browser;
use std::path::Path;
use std::time::Duration;

#[test]
fn an_officer_sees_the_incident_arrive() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let mut scenario = Scenario::short();
    // Time enough to sign in before anything happens.
    for actor in &mut scenario.actors {
        for (t, _) in &mut actor.path {
            *t += 14.0;
        }
    }
    scenario.seconds += 20.0;
    let clip = drawn(&scenario, "late.mp4", folder.path())?;
    let city = City::start(&Plan::drawn(vec![clip]), folder.path())?;
    let browser = Browser::start(folder.path())?;
    browser.open(&city.address())?;
    sign_in(&browser)?;
    browser.script("window.notReloaded = true")?;
    let row = browser
        .wait_for("[data-testid='incident-row'][data-incident-type='stopped_vehicle']", Duration::from_secs(60))
        .map_err(|error| error.context(city.tails()))?;
    anyhow::ensure!(browser.script("return window.notReloaded")? == true, "the page was reloaded");
    anyhow::ensure!(!browser.text(&row)?.is_empty(), "the row says nothing");
    browser.click(&row)?;
    browser.wait_for("img[data-testid='incident-still']", Duration::from_secs(20))?;
    keep(&browser, "incident")?;
    // Before anybody is signed in, asking who is signed in answers 401, and the browser notes it.
    let errors: Vec<String> = browser
        .console_errors()?
        .into_iter()
        .filter(|error| !(error.contains("/session") && error.contains("401")))
        .collect();
    anyhow::ensure!(errors.is_empty(), "the page's console: {errors:?}");
    Ok(())
}

fn sign_in(browser: &Browser) -> anyhow::Result<()> {
    let limit = Duration::from_secs(30);
    let name = browser.wait_for("[data-testid='sign-in-name']", limit)?;
    browser.type_into(&name, "officer")?;
    let password = browser.wait_for("[data-testid='sign-in-password']", limit)?;
    browser.type_into(&password, PASSWORD)?;
    let button = browser.wait_for("[data-testid='sign-in-submit']", limit)?;
    browser.click(&button)
}

/// Keeps a picture of the page for people to look at.
fn keep(browser: &Browser, name: &str) -> anyhow::Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../.kerege/screenshots");
    std::fs::create_dir_all(&folder)?;
    browser.screenshot(&folder.join(format!("{name}.png")))
}
