//! Requests of boxes: signed by the device's key over method, path, date, range and body. An
//! overheard request is worthless after five minutes, and before that only repeats itself.

use crate::api::problem::{Code, Problem};
use crate::api::types::AlarmKind;
use crate::centre::{Centre, in_transaction};
use crate::config::Config;
use crate::store::{AlarmReport, Recurrence};
use axum::http::{HeaderMap, Method, Uri, header};
use kerege_contract::event::Severity;
use kerege_contract::jws::{self, ContentType};
use kerege_contract::request::{self, MAX_SKEW_S};
use kerege_contract::{DeviceId, UtcTime};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// A request whose device is known by its signature.
#[derive(Debug, Clone)]
pub struct SignedRequest {
    /// The device.
    pub device: DeviceId,
    /// The `Content-Range`, as signed.
    pub range: Option<String>,
    /// The capture time, as signed.
    pub captured: Option<UtcTime>,
}

/// Checks who made a request.
///
/// # Errors
/// When headers are missing or malformed, the device is not configured, the date is too far from
/// `now`, or the signature does not fit.
pub fn verify(
    config: &Config,
    method: &Method,
    uri: &Uri,
    headers: &HeaderMap,
    body: &[u8],
    now: UtcTime,
) -> Result<SignedRequest, Problem> {
    let device: DeviceId = needed(headers, request::DEVICE_HEADER)?;
    let date: UtcTime = needed(headers, request::DATE_HEADER)?;
    let signature: String = needed(headers, request::SIGNATURE_HEADER)?;
    let captured: Option<UtcTime> = optional(headers, request::CAPTURED_HEADER)?;
    let range: Option<String> = optional(headers, header::CONTENT_RANGE.as_str())?;
    let Some(entry) = config.devices.get(&device) else {
        return Err(Problem::detailed(Code::BadSignature, "the device is not in the centre's configuration"));
    };
    let path = uri.path_and_query().map_or(uri.path(), |path| path.as_str());
    let text = request::signing_text(method.as_str(), path, &device, date, range.as_deref(), captured, body);
    jws::verify(&signature, ContentType::Request, text.as_bytes(), &entry.public_key)
        .map_err(|error| Problem::detailed(Code::BadSignature, error.to_string()))?;
    let skew = date.seconds_since(now);
    if skew.abs() > MAX_SKEW_S {
        let detail = format!("the request is dated {skew:+.0} s from the centre's clock: check the box's clock");
        return Err(Problem::detailed(Code::BadDate, detail));
    }
    Ok(SignedRequest { device, range, captured })
}

/// Alarms about refused uploads are written at most this often, milliseconds: whoever sends rubbish
/// fast must not make the store write as fast.
const ALARM_EVERY_MS: i64 = 10_000;
static LAST_ALARM_MS: AtomicI64 = AtomicI64::new(0);

/// Alarms about an upload that was refused for what it is; one that merely came too early or in the
/// wrong order is no cause.
pub fn alarm_refused(centre: &Arc<Centre>, headers: &HeaderMap, problem: &Problem) {
    if !matches!(problem.code, Code::BadSignature | Code::BadDate | Code::HashMismatch | Code::Forbidden) {
        return;
    }
    let now = centre.clock.now();
    let last = LAST_ALARM_MS.load(Ordering::Relaxed);
    let due = (now.millis() - last).abs() >= ALARM_EVERY_MS;
    if !due || LAST_ALARM_MS.compare_exchange(last, now.millis(), Ordering::Relaxed, Ordering::Relaxed).is_err() {
        return;
    }
    let named: Option<DeviceId> = optional(headers, request::DEVICE_HEADER).ok().flatten();
    let report = AlarmReport {
        dev: named.filter(|dev| centre.config.devices.contains_key(dev)),
        kind: AlarmKind::UploadRefused,
        key: String::new(),
        severity: Severity::Medium,
        detail: format!("{}: {}", problem.title, problem.detail.as_deref().unwrap_or("no detail")),
        recurrence: Recurrence::Returns,
    };
    let centre = Arc::clone(centre);
    tokio::task::spawn_blocking(move || match in_transaction(&*centre.store, |tx| tx.raise(&report, now)) {
        Ok(row) => row.iter().for_each(|row| centre.live.alarm(row)),
        Err(error) => tracing::error!(error = %crate::chain_of(&error), "an alarm could not be raised"),
    });
}

fn optional<T: std::str::FromStr>(headers: &HeaderMap, name: &str) -> Result<Option<T>, Problem> {
    let Some(value) = headers.get(name) else { return Ok(None) };
    let value = value.to_str().ok().and_then(|text| text.parse().ok());
    value.map(Some).ok_or_else(|| Problem::detailed(Code::BadRequest, format!("the header {name} cannot be read")))
}

fn needed<T: std::str::FromStr>(headers: &HeaderMap, name: &str) -> Result<T, Problem> {
    let missing = || Problem::detailed(Code::BadSignature, format!("the header {name} is missing"));
    optional(headers, name)?.ok_or_else(missing)
}
