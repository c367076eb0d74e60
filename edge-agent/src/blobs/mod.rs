//! Pictures to the centre over HTTP: stills once their event has its receipt, in parts that can be
//! resumed; the latest picture of each camera, of which only the newest counts.
//!
//! Requests are signed by the device. A thread for each of the two, so that a long upload never
//! makes the pictures late.

use crate::clock;
use crate::outbox::{BlobItem, OutboxError, OutboxHandle};
use ed25519_dalek::SigningKey;
use kerege_contract::jws::{self, ContentType};
use kerege_contract::request::{
    CAPTURED_HEADER, DATE_HEADER, DEVICE_HEADER, PART_BYTES, SIGNATURE_HEADER, signing_text,
};
use kerege_contract::{DeviceId, Sha256Hash, UtcTime};
use std::time::Duration;
use ureq::Agent;

mod pictures;
mod stills;
#[cfg(test)]
mod tests;

pub use pictures::{Pictures, run_pictures};
pub use stills::{StillsState, run_stills};

/// The centre's answer header: how much of a blob it has.
const OFFSET_HEADER: &str = "kerege-offset";

/// Signed requests to the centre.
#[derive(Debug, Clone)]
pub struct CentreClient {
    agent: Agent,
    url: String,
    device: DeviceId,
    key: SigningKey,
}

/// What the centre answered.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Answer {
    status: u16,
    /// How much of a blob it has.
    offset: Option<u64>,
    /// The problem's code, where it is one.
    code: String,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
#[error("cannot reach the centre at {url}: {why}")]
struct NoAnswer {
    url: String,
    why: String,
}

impl CentreClient {
    /// Requests to the centre at `http://host:port`, in the name of a device.
    #[must_use]
    pub fn new(url: &str, device: &DeviceId, key: &SigningKey) -> Self {
        let agent = Agent::config_builder()
            .timeout_connect(Some(Duration::from_secs(5)))
            .timeout_global(Some(Duration::from_secs(30)))
            .http_status_as_error(false)
            .max_redirects(0)
            .build()
            .new_agent();
        Self { agent, url: url.to_owned(), device: device.clone(), key: key.clone() }
    }

    fn put(
        &self,
        path: &str,
        mime: &str,
        range: Option<&str>,
        captured: Option<UtcTime>,
        body: &[u8],
    ) -> Result<Answer, NoAnswer> {
        let date = clock::now();
        let text = signing_text("PUT", path, &self.device, date, range, captured, body);
        let signature = jws::sign(&self.key, ContentType::Request, text.as_bytes());
        let mut request = self
            .agent
            .put(format!("{}{path}", self.url))
            .header(DEVICE_HEADER, self.device.as_str())
            .header(DATE_HEADER, date.to_string())
            .header(SIGNATURE_HEADER, signature)
            .header("content-type", mime);
        if let Some(range) = range {
            request = request.header("content-range", range);
        }
        if let Some(captured) = captured {
            request = request.header(CAPTURED_HEADER, captured.to_string());
        }
        let fault = |error: ureq::Error| NoAnswer { url: self.url.clone(), why: error.to_string() };
        let mut response = request.send(body).map_err(fault)?;
        let offset = response.headers().get(OFFSET_HEADER).and_then(|value| value.to_str().ok()?.parse().ok());
        let text = response.body_mut().with_config().limit(64 * 1024).read_to_string().unwrap_or_default();
        let problem: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
        let code = problem.get("code").and_then(|code| code.as_str()).unwrap_or_default().to_owned();
        Ok(Answer { status: response.status().as_u16(), offset, code })
    }
}
