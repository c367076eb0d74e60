//! The centre's HTTP interface, as a signed-in person uses it.

use anyhow::Context as _;
use serde_json::{Value, json};
use std::time::Duration;

/// A client with a session cookie.
#[derive(Debug, Clone)]
pub struct Api {
    base: String,
    cookie: Option<String>,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    /// Status code.
    pub status: u16,
    /// Body as JSON; null when it is none.
    pub json: Value,
    /// Body as bytes.
    pub bytes: Vec<u8>,
}

impl Api {
    /// A client that is not signed in.
    #[must_use]
    pub fn new(base: impl Into<String>) -> Self {
        Self { base: base.into(), cookie: None }
    }

    /// The address of the centre.
    #[must_use]
    pub fn base(&self) -> &str {
        &self.base
    }

    fn agent() -> ureq::Agent {
        let config =
            ureq::Agent::config_builder().http_status_as_error(false).timeout_global(Some(Duration::from_secs(20)));
        config.build().into()
    }

    fn read(mut response: ureq::http::Response<ureq::Body>) -> anyhow::Result<Answer> {
        let status = response.status().as_u16();
        let bytes = response.body_mut().read_to_vec()?;
        let json = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        Ok(Answer { status, json, bytes })
    }

    /// Signs in.
    ///
    /// # Errors
    /// When the centre refuses or cannot be reached.
    pub fn sign_in(&mut self, name: &str, password: &str) -> anyhow::Result<()> {
        let response = Self::agent()
            .post(format!("{}/api/v1/session", self.base))
            .header("origin", &self.base)
            .send_json(json!({"name": name, "password": password}))?;
        let status = response.status();
        let cookie = response.headers().get("set-cookie").and_then(|value| value.to_str().ok()).map(str::to_owned);
        anyhow::ensure!(status.is_success(), "sign-in as {name}: {status}");
        let cookie = cookie.context("no cookie was set")?;
        self.cookie = cookie.split(';').next().map(str::to_owned);
        Ok(())
    }

    /// Reads a resource under `/api/v1`.
    ///
    /// # Errors
    /// When the centre cannot be reached.
    pub fn get(&self, path: &str) -> anyhow::Result<Answer> {
        let mut request = Self::agent().get(format!("{}/api/v1{path}", self.base));
        if let Some(cookie) = &self.cookie {
            request = request.header("cookie", cookie);
        }
        Self::read(request.call()?)
    }

    /// Reads a resource that must be there.
    ///
    /// # Errors
    /// When the centre cannot be reached or answers with another status than 200.
    pub fn json(&self, path: &str) -> anyhow::Result<Value> {
        let answer = self.get(path)?;
        anyhow::ensure!(answer.status == 200, "GET {path}: {} {}", answer.status, answer.json);
        Ok(answer.json)
    }

    /// Whether the centre says that it is ready.
    ///
    /// # Errors
    /// When it cannot be reached.
    pub fn ready(&self) -> anyhow::Result<bool> {
        Ok(Self::agent().get(format!("{}/readyz", self.base)).call()?.status().is_success())
    }
}
