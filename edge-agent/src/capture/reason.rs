//! What went wrong with a camera, in plain words for whoever must mend it.

use gstreamer as gst;
use std::io::ErrorKind;
use std::net::{TcpStream, ToSocketAddrs as _};
use std::time::Duration;

/// How long the second try to connect may take.
const CONNECT_PATIENCE: Duration = Duration::from_millis(500);

/// The words for an error message of the pipeline. Never holds an address or a password: those stand
/// in the parts of the message that are only searched here, not repeated.
pub(super) fn of_error(message: &gst::message::Error, address: &str) -> String {
    let debug = message.debug().map(|text| text.to_string()).unwrap_or_default();
    let text = format!("{}\n{debug}", message.error().message());
    if text.contains("Failed to connect") {
        return of_connection(address).to_owned();
    }
    by_text(&text).map_or_else(|| by_code(&message.error(), &text), str::to_owned)
}

/// Why no connection can be made: GStreamer does not say, so it is tried once more, and only that.
fn of_connection(address: &str) -> &'static str {
    let Some(addresses) = host_and_port(address).and_then(|place| place.to_socket_addrs().ok()) else {
        return "the camera's host name is not known";
    };
    let Some(first) = addresses.into_iter().next() else { return "the camera's host name is not known" };
    match TcpStream::connect_timeout(&first, CONNECT_PATIENCE).map_err(|error| error.kind()) {
        Ok(_) => "the camera does not answer as an RTSP server",
        Err(ErrorKind::ConnectionRefused) => "connection refused",
        Err(ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable) => {
            "no way to the camera: check address and network"
        }
        Err(ErrorKind::TimedOut) => "the camera does not answer",
        Err(_) => "the camera cannot be reached",
    }
}

/// Host and port of `rtsp://host[:port]/path`.
fn host_and_port(address: &str) -> Option<(&str, u16)> {
    const RTSP_PORT: u16 = 554;
    let (_, rest) = address.split_once("://")?;
    let place = rest.split(['/', '?']).next()?;
    let place = place.rsplit_once('@').map_or(place, |(_, place)| place);
    if let Some((host, port)) = place.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        let port = port.strip_prefix(':').map_or(Some(RTSP_PORT), |port| port.parse().ok())?;
        return Some((host, port));
    }
    match place.split_once(':') {
        Some((host, port)) => Some((host, port.parse().ok()?)),
        None => Some((place, RTSP_PORT)),
    }
}

/// Signs in the text, and what they mean.
const SIGNS: [(&[&str], &str); 12] = [
    (&["Unauthorized", "401"], "401 unauthorised: check the user name and password"),
    (&["Forbidden", "403"], "403 forbidden: this user may not see the stream"),
    (&["Not Found", "404"], "no such stream (404): check the path in the address"),
    (&["Service Unavailable", "503"], "the camera refuses for now (503)"),
    (&["Session Not Found", "454"], "the camera forgot the session (454)"),
    (&["Unsupported Transport", "461"], "the camera does not offer this transport (461): try the other one"),
    (&["Internal Server Error", "500"], "the camera reports an internal error (500)"),
    (&["Connection reset", "Broken pipe"], "the camera closed the connection"),
    (
        &["No route to host", "Network is unreachable", "Host is down"],
        "no way to the camera: check address and network",
    ),
    (&["timed out", "Timeout while", "System error: Success"], "the camera does not answer"),
    (&["EOF on server", "end-of-file", "closed the connection", "hang up"], "the camera closed the connection"),
    (&["parse error", "Parse error", "Invalid", "invalid"], "the camera answers with something that is not RTSP"),
];

fn by_text(text: &str) -> Option<&'static str> {
    SIGNS.iter().find(|(signs, _)| signs.iter().any(|sign| text.contains(sign))).map(|(_, words)| *words)
}

fn by_code(error: &gst::glib::Error, text: &str) -> String {
    let is = |code: gst::ResourceError| error.kind::<gst::ResourceError>() == Some(code);
    let of_stream = error.kind::<gst::StreamError>().is_some();
    let words = if is(gst::ResourceError::NotAuthorized) {
        "401 unauthorised: check the user name and password"
    } else if is(gst::ResourceError::NotFound) {
        "no such stream (404): check the path in the address"
    } else if is(gst::ResourceError::OpenRead) || is(gst::ResourceError::OpenReadWrite) {
        "the camera cannot be reached"
    } else if ["not-linked", "No supported", "no streams"].iter().any(|sign| text.contains(sign)) {
        "the camera offers no stream that can be used"
    } else if of_stream {
        "the stream cannot be decoded"
    } else {
        return error.message().to_owned();
    };
    words.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn host_and_port_are_found_in_every_form() {
        for (address, wanted) in [
            ("rtsp://camera/x", Some(("camera", 554))),
            ("rtsp://10.0.0.7:8554", Some(("10.0.0.7", 8554))),
            ("rtsp://user:pass@10.0.0.7:8554/a:b", Some(("10.0.0.7", 8554))),
            ("rtsp://[fe80::1]:8554/x?y=1", Some(("fe80::1", 8554))),
            ("rtsp://[fe80::1]/x", Some(("fe80::1", 554))),
            ("rtsp://camera:port/x", None),
            ("camera", None),
        ] {
            assert_eq!(host_and_port(address), wanted, "{address}");
        }
    }
}
