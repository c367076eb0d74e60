//! How a box signs its HTTP requests to the centre (stills, latest pictures).
//!
//! Headers `kerege-device`, `kerege-date` (RFC 3339) and `kerege-signature` (detached JWS of
//! content type `kerege-request`) over the text of [`signing_text`]. The centre refuses dates more
//! than [`MAX_SKEW_S`] from its own clock, so that an overheard request is soon worthless.

use crate::{DeviceId, Sha256Hash, UtcTime};

/// Header with the device's id.
pub const DEVICE_HEADER: &str = "kerege-device";
/// Header with the time of signing.
pub const DATE_HEADER: &str = "kerege-date";
/// Header with the detached signature.
pub const SIGNATURE_HEADER: &str = "kerege-signature";
/// Header of a picture: its capture time.
pub const CAPTURED_HEADER: &str = "kerege-captured";
/// Largest difference between the date and the centre's clock, seconds.
pub const MAX_SKEW_S: f64 = 300.0;
/// Length of one part of a resumable upload, bytes.
pub const PART_BYTES: usize = 256 * 1024;

/// What the signature of a request covers: method, path with query, device, date, content range
/// (empty when absent), capture time (empty when absent) and hash of the body, one a line.
#[must_use]
pub fn signing_text(
    method: &str,
    path: &str,
    device: &DeviceId,
    date: UtcTime,
    content_range: Option<&str>,
    captured: Option<UtcTime>,
    body: &[u8],
) -> String {
    let captured = captured.map(|at| at.to_string()).unwrap_or_default();
    let range = content_range.unwrap_or_default();
    format!("{method}\n{path}\n{device}\n{date}\n{range}\n{captured}\n{}", Sha256Hash::of(body))
}
