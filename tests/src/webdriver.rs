//! Headless Chromium, driven over the W3C WebDriver protocol.

use crate::eventually::eventually;
use crate::ports;
use crate::process::Process;
use anyhow::Context as _;
use base64::Engine as _;
use serde_json::{Value, json};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

/// The key under which WebDriver names an element.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// Chromium must not look for anything outside, and runs as root in containers.
const ARGUMENTS: &[&str] = &[
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--window-size=1440,900",
];

/// A browser with one page.
#[derive(Debug)]
pub struct Browser {
    session: String,
    _driver: Process,
}

/// An element of the page.
#[derive(Debug, Clone)]
pub struct Element(String);

fn answer(response: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> anyhow::Result<Value> {
    let mut response = response?;
    let status = response.status();
    let value: Value = response.body_mut().read_json()?;
    if !status.is_success() {
        anyhow::bail!("the browser says: {}", value["value"]["message"].as_str().unwrap_or("?"));
    }
    Ok(value["value"].clone())
}

fn agent() -> ureq::Agent {
    ureq::Agent::config_builder()
        .http_status_as_error(false)
        .timeout_global(Some(Duration::from_secs(60)))
        .build()
        .into()
}

impl Browser {
    /// Starts chromedriver and a browser with an empty profile in the folder.
    ///
    /// # Errors
    /// When Chromium or its driver is not installed or does not start.
    pub fn start(folder: &Path) -> anyhow::Result<Self> {
        let port = ports::free()?;
        let mut command = Command::new("chromedriver");
        command.arg(format!("--port={port}")).env("HOME", folder);
        let driver = Process::start("chromedriver", &mut command, folder).context("run ./kerege setup")?;
        let base = format!("http://127.0.0.1:{port}");
        eventually("chromedriver", Duration::from_secs(20), || {
            answer(agent().get(format!("{base}/status")).call())
                .map(|status| status["ready"].as_bool().filter(|ready| *ready))
        })?;
        let mut arguments: Vec<String> = ARGUMENTS.iter().map(|&argument| argument.to_owned()).collect();
        arguments.push(format!("--user-data-dir={}", folder.join("chromium").display()));
        let wanted = json!({"capabilities": {"alwaysMatch": {
            "browserName": "chrome", "goog:chromeOptions": {"args": arguments}, "goog:loggingPrefs": {"browser": "ALL"}}}});
        let created = answer(agent().post(format!("{base}/session")).send_json(wanted))?;
        let id = created["sessionId"].as_str().context("no session")?;
        Ok(Self { session: format!("{base}/session/{id}"), _driver: driver })
    }

    fn post(&self, path: &str, body: &Value) -> anyhow::Result<Value> {
        answer(agent().post(format!("{}/{path}", self.session)).send_json(body))
    }

    fn get(&self, path: &str) -> anyhow::Result<Value> {
        answer(agent().get(format!("{}/{path}", self.session)).call())
    }

    /// Opens an address.
    ///
    /// # Errors
    /// When the browser cannot.
    pub fn open(&self, address: &str) -> anyhow::Result<()> {
        self.post("url", &json!({"url": address})).map(drop)
    }

    /// The elements that a CSS selector finds now.
    ///
    /// # Errors
    /// When the browser cannot be asked.
    pub fn find_all(&self, selector: &str) -> anyhow::Result<Vec<Element>> {
        let found = self.post("elements", &json!({"using": "css selector", "value": selector}))?;
        let items = found.as_array().context("no list")?;
        Ok(items.iter().filter_map(|item| item[ELEMENT].as_str()).map(|id| Element(id.to_owned())).collect())
    }

    /// Waits for an element.
    ///
    /// # Errors
    /// When it does not appear within the limit.
    pub fn wait_for(&self, selector: &str, limit: Duration) -> anyhow::Result<Element> {
        eventually(&format!("'{selector}' on the page"), limit, || Ok(self.find_all(selector)?.into_iter().next()))
    }

    /// The visible text of an element.
    ///
    /// # Errors
    /// When it is gone.
    pub fn text(&self, element: &Element) -> anyhow::Result<String> {
        Ok(self.get(&format!("element/{}/text", element.0))?.as_str().unwrap_or_default().to_owned())
    }

    /// Types into an element.
    ///
    /// # Errors
    /// When it takes no text.
    pub fn type_into(&self, element: &Element, text: &str) -> anyhow::Result<()> {
        self.post(&format!("element/{}/value", element.0), &json!({"text": text})).map(drop)
    }

    /// Clicks an element.
    ///
    /// # Errors
    /// When it cannot be clicked.
    pub fn click(&self, element: &Element) -> anyhow::Result<()> {
        self.post(&format!("element/{}/click", element.0), &json!({})).map(drop)
    }

    /// Runs a script in the page and gives what it returns.
    ///
    /// # Errors
    /// When it throws.
    pub fn script(&self, script: &str) -> anyhow::Result<Value> {
        self.post("execute/sync", &json!({"script": script, "args": []}))
    }

    /// Errors that the page wrote to its console since the last call.
    ///
    /// # Errors
    /// When the browser cannot be asked.
    pub fn console_errors(&self) -> anyhow::Result<Vec<String>> {
        let entries = self.post("se/log", &json!({"type": "browser"}))?;
        let severe = entries.as_array().into_iter().flatten().filter(|entry| entry["level"] == "SEVERE");
        Ok(severe.filter_map(|entry| entry["message"].as_str().map(str::to_owned)).collect())
    }

    /// Writes a picture of the page as PNG.
    ///
    /// # Errors
    /// When it cannot be taken or written.
    pub fn screenshot(&self, path: &Path) -> anyhow::Result<()> {
        let encoded = self.get("screenshot")?;
        let png = base64::engine::general_purpose::STANDARD.decode(encoded.as_str().unwrap_or_default())?;
        Ok(std::fs::write(path, png)?)
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        drop(agent().delete(&self.session).call());
    }
}
