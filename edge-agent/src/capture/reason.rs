//! What went wrong with a camera, in plain words for whoever must mend it.

use gstreamer as gst;

/// The words for an error message of the pipeline. Never holds an address or a password: those stand
/// in the parts of the message that are only searched here, not repeated.
pub(super) fn of_error(message: &gst::message::Error) -> String {
    let debug = message.debug().map(|text| text.to_string()).unwrap_or_default();
    let text = format!("{}\n{debug}", message.error().message());
    by_text(&text).map_or_else(|| by_code(&message.error(), &text), str::to_owned)
}

/// Signs in the text, and what they mean.
const SIGNS: [(&[&str], &str); 14] = [
    (&["Unauthorized", "401"], "401 unauthorised: check the user name and password"),
    (&["Forbidden", "403"], "403 forbidden: this user may not see the stream"),
    (&["Not Found", "404"], "no such stream (404): check the path in the address"),
    (&["Service Unavailable", "503"], "the camera refuses for now (503)"),
    (&["Session Not Found", "454"], "the camera forgot the session (454)"),
    (&["Unsupported Transport", "461"], "the camera does not offer this transport (461): try the other one"),
    (&["Internal Server Error", "500"], "the camera reports an internal error (500)"),
    (&["Connection refused"], "connection refused"),
    (&["Connection reset", "Broken pipe"], "the camera closed the connection"),
    (
        &["No route to host", "Network is unreachable", "Host is down"],
        "no way to the camera: check address and network",
    ),
    (&["resolving", "Name or service not known", "resolve"], "the camera's host name is not known"),
    (&["timed out", "Timeout while", "System error: Success"], "the camera does not answer"),
    (&["EOF on server", "end of file", "closed the connection", "hang up"], "the camera closed the connection"),
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
    } else if text.contains("not-linked") || text.contains("No supported") {
        "the camera offers no stream that can be used"
    } else if of_stream {
        "the stream cannot be decoded"
    } else {
        return error.message().to_owned();
    };
    words.to_owned()
}
