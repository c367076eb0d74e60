//! Servers that answer by a script: refusals, rubbish, silence. And what all that costs in memory.

use super::bench::{Watch, wait};
use crate::capture::live::{Epoch, Shared};
use crate::capture::stream::Stream;
use crate::capture::{CameraOptions, Credentials, Secret};
use crate::infer::Slots;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Answers every request with what `answer` makes of its text; an empty answer closes the connection.
fn server(answer: impl Fn(&str) -> String + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("rtsp://127.0.0.1:{}/stream", listener.local_addr().unwrap().port());
    std::thread::spawn(move || {
        for client in listener.incoming() {
            let Ok(mut client) = client else { continue };
            let mut buffer = [0; 4096];
            while let Ok(read @ 1..) = client.read(&mut buffer) {
                let said = answer(&String::from_utf8_lossy(&buffer[..read]));
                if said.is_empty() || client.write_all(said.as_bytes()).is_err() {
                    break;
                }
            }
        }
    });
    address
}

/// A refusal of DESCRIBE with this status line; everything else is answered well.
fn refusing(status: &'static str, header: &'static str) -> String {
    server(move |request| {
        let number = request.lines().find_map(|line| line.strip_prefix("CSeq: ")).unwrap_or("1").trim().to_owned();
        let status = if request.starts_with("DESCRIBE") { status } else { "200 OK" };
        let public = "Public: OPTIONS, DESCRIBE, SETUP, PLAY";
        format!("RTSP/1.0 {status}\r\nCSeq: {number}\r\n{public}\r\n{header}\r\n")
    })
}

fn described(sdp: &'static str) -> String {
    server(move |request| {
        let number = request.lines().find_map(|line| line.strip_prefix("CSeq: ")).unwrap_or("1").trim().to_owned();
        let head = format!("RTSP/1.0 200 OK\r\nCSeq: {number}\r\nPublic: OPTIONS, DESCRIBE, SETUP, PLAY\r\n");
        if request.starts_with("DESCRIBE") {
            format!("{head}Content-Type: application/sdp\r\nContent-Length: {}\r\n\r\n{sdp}", sdp.len())
        } else {
            format!("{head}\r\n")
        }
    })
}

/// Why the camera at the address is down, as told first.
fn reason(address: &str) -> String {
    let began = Instant::now();
    Watch::open(&[address.to_owned()]).wait_down("c1", began).1
}

#[test]
fn refusals_are_told_in_plain_words() {
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let vp8 = "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=x\r\nt=0 0\r\nm=video 0 RTP/AVP 96\r\n\
               a=rtpmap:96 VP8/90000\r\na=control:v\r\n";
    for (address, wanted) in [
        (format!("rtsp://127.0.0.1:{closed}/x"), "connection refused"),
        (refusing("401 Unauthorized", "WWW-Authenticate: Basic realm=\"camera\"\r\n"), "401 unauthorised"),
        (refusing("404 Not Found", ""), "no such stream (404)"),
        (refusing("503 Service Unavailable", ""), "refuses for now (503)"),
        (described("this is no session description"), "no stream that can be used"),
        (described(vp8), "sends VP8; only H.264"),
        (server(|_| "HTTP/1.1 400 Bad Request\r\n\r\n".into()), "not RTSP"),
        (server(|_| "\u{1}\u{2}\u{3} rubbish rubbish\r\n\r\n".into()), "not RTSP"),
        (server(|_| String::new()), "closed the connection"),
        ("rtsp://camera.invalid/x".to_owned(), "host name is not known"),
    ] {
        let told = reason(&address);
        assert!(told.contains(wanted), "'{told}' instead of '{wanted}' of {address}");
    }
}

#[test]
fn a_camera_that_accepts_and_says_nothing_is_given_up_soon() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("rtsp://{}/x", listener.local_addr().unwrap());
    let began = Instant::now();
    assert!(reason(&address).contains("does not answer"));
    assert!(began.elapsed() < Duration::from_secs(9));
}

#[test]
fn passwords_are_in_no_message() {
    let address = refusing("401 Unauthorized", "WWW-Authenticate: Basic realm=\"camera\"\r\n");
    let began = Instant::now();
    let watch = Watch::with(&[address], |options| {
        let password = Secret("hunter2".into());
        options.credentials = Some(Credentials { user: "admin".into(), password });
        assert!(!format!("{options:?}").contains("hunter2"));
    });
    let (_, reason) = watch.wait_down("c1", began);
    assert!(!reason.contains("hunter2") && reason.contains("user name and password"), "{reason}");
}

fn resident_bytes() -> usize {
    let pages = std::fs::read_to_string("/proc/self/statm").unwrap();
    pages.split_whitespace().nth(1).unwrap().parse::<usize>().unwrap() * 4096
}

/// Runs again as the only test of a process: other tests' memory would be counted too.
const ALONE: &str = "KEREGE_TEST_ALONE";

#[test]
fn memory_does_not_grow_while_a_camera_is_away() {
    if std::env::var_os(ALONE).is_some() {
        return measure_attempts();
    }
    let mut alone = std::process::Command::new(std::env::current_exe().unwrap());
    let name = "capture::tests::scripted::memory_does_not_grow_while_a_camera_is_away";
    let output = alone.args(["--exact", name, "--nocapture"]).env(ALONE, "1").output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

fn measure_attempts() {
    crate::capture::init().unwrap();
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let options = CameraOptions::new("c1".parse().unwrap(), format!("rtsp://127.0.0.1:{closed}/x"));
    let shared = Arc::new(Shared::new(options, Slots::new().add(), Box::new(|_| {})));
    let attempt = |number: u32| {
        let epoch = Arc::new(Epoch::new(&shared, number));
        let stream = Stream::connect(&epoch, &shared.options);
        let heard = stream.map(|stream| wait("a refusal", || stream.heard(Duration::from_secs(5))));
        assert!(heard.unwrap_or_else(|reason| reason).contains("refused"));
    };
    (0..100).for_each(attempt);
    let before = resident_bytes();
    (0..300).for_each(attempt);
    let grown = resident_bytes().saturating_sub(before);
    eprintln!("{grown} bytes more after 300 attempts, from {before}");
    // A pipeline that is not let go costs some 100 KB; 300 of them would be 30 MB.
    assert!(grown < 4 << 20, "{grown} bytes more after 300 attempts");
}
