//! Uploads against a small centre that keeps parts as the real one does and forgets on demand.

use super::*;
use crate::outbox::{Draft, Moment, OutboxThread, Settings};
use kerege_contract::event::{Clock, ClockSource, ClockState, Event, Evidence, EvidenceRole};
use kerege_contract::jws::PublicKey;
use kerege_contract::receipt::{EventReceipt, Receipt};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// What the centre has seen.
#[derive(Default)]
struct Seen {
    blob: Vec<u8>,
    parts: usize,
    pictures: Vec<Vec<u8>>,
    complaints: Vec<String>,
}

struct Request {
    path: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Request {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    fn signed_by(&self, key: &PublicKey) -> bool {
        let date = self.header(DATE_HEADER).unwrap().parse().unwrap();
        let captured = self.header(CAPTURED_HEADER).map(|at| at.parse().unwrap());
        let device: DeviceId = self.header(DEVICE_HEADER).unwrap().parse().unwrap();
        let range = self.header("content-range");
        let text = signing_text("PUT", &self.path, &device, date, range, captured, &self.body);
        jws::verify(self.header(SIGNATURE_HEADER).unwrap(), ContentType::Request, text.as_bytes(), key).is_ok()
    }
}

fn read(stream: &mut BufReader<TcpStream>) -> Option<Request> {
    let mut line = String::new();
    stream.read_line(&mut line).ok().filter(|length| *length > 0)?;
    let path = line.split(' ').nth(1)?.to_owned();
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(": ") else { break };
        headers.push((name.to_ascii_lowercase(), value.to_owned()));
    }
    let length = headers.iter().find(|(name, _)| name == "content-length")?.1.parse().ok()?;
    let mut body = vec![0; length];
    stream.read_exact(&mut body).ok()?;
    Some(Request { path, headers, body })
}

/// Answers as the centre does; the second part it is sent is lost once.
fn centre(key: PublicKey) -> (String, Arc<Mutex<Seen>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let seen = Arc::new(Mutex::new(Seen::default()));
    let shared = Arc::clone(&seen);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let shared = Arc::clone(&shared);
            std::thread::spawn(move || {
                let mut reader = BufReader::new(stream.try_clone().unwrap());
                let mut stream = stream;
                while let Some(request) = read(&mut reader) {
                    let answer = answer(&request, &key, &mut shared.lock().unwrap());
                    stream.write_all(answer.as_bytes()).unwrap();
                }
            });
        }
    });
    (url, seen)
}

fn answer(request: &Request, key: &PublicKey, seen: &mut Seen) -> String {
    let reply = |status: &str, extra: String| format!("HTTP/1.1 {status}\r\n{extra}content-length: 0\r\n\r\n");
    if !request.signed_by(key) {
        seen.complaints.push(format!("unsigned {}", request.path));
        return reply("401 Unauthorized", String::new());
    }
    if request.path.ends_with("/picture") {
        seen.pictures.push(request.body.clone());
        return reply("204 No Content", String::new());
    }
    let range = request.header("content-range").unwrap().strip_prefix("bytes ").unwrap();
    let (part, total) = range.split_once('/').unwrap();
    let first: usize = part.split('-').next().unwrap().parse().unwrap();
    seen.parts += 1;
    if first != seen.blob.len() || seen.parts == 2 {
        return reply("409 Conflict", format!("{OFFSET_HEADER}: {}\r\n", seen.blob.len()));
    }
    seen.blob.extend_from_slice(&request.body);
    if seen.blob.len() == total.parse::<usize>().unwrap() {
        return reply("201 Created", String::new());
    }
    reply("202 Accepted", format!("{OFFSET_HEADER}: {}\r\n", seen.blob.len()))
}

fn wait_until(what: &str, mut done: impl FnMut() -> bool) {
    for _ in 0..1000 {
        if done() {
            return;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    panic!("{what} did not happen within 20 s");
}

fn still(bytes: &[u8]) -> Draft {
    let mut event = Event::from_bytes(include_bytes!("../../../contract/golden/event.json")).unwrap();
    event.evidence = vec![Evidence {
        role: EvidenceRole::Still,
        mime: "image/jpeg".into(),
        bytes: bytes.len() as u64,
        sha256: Sha256Hash::of(bytes),
        masked: false,
    }];
    Draft::new(event)
}

#[test]
fn a_still_goes_in_parts_after_its_receipt_and_its_file_is_removed() {
    let folder = tempfile::tempdir().unwrap();
    let key = SigningKey::from_bytes(&[7; 32]);
    let settings = Settings {
        data_dir: folder.path().to_owned(),
        device: "bsk-017".parse().unwrap(),
        site: "BSK-017".parse().unwrap(),
    };
    let moment = || Moment {
        now: clock::now(),
        clock: Clock { src: ClockSource::None, state: ClockState::Unsynced, off_ms: 0.0, err_ms: None },
        nonce: "AAAAAAAAAAAAAAAAAAAAAA==".into(),
        random: [1; 10],
    };
    let (thread, outbox, _) = OutboxThread::start(&settings, &key, Box::new(moment)).unwrap();
    let bytes: Vec<u8> = (0..600_000u32).map(|number| (number % 251) as u8).collect();
    let (file, event) = (bytes.clone(), still(&bytes));
    let (epoch, seq) = outbox
        .call::<_, OutboxError, _>(move |outbox| {
            outbox.store_blob(&file)?;
            let stored = outbox.append(event.clone(), clock::now())?;
            Ok((stored.epoch, stored.seq))
        })
        .unwrap();
    let (url, seen) = centre(PublicKey::of(&key));
    let client = CentreClient::new(&url, &settings.device, &key);
    let state = Arc::new(StillsState::default());
    let (its_state, its_outbox) = (Arc::clone(&state), outbox.clone());
    let uploader = std::thread::spawn(move || run_stills(&client, &its_outbox, &its_state));
    std::thread::sleep(Duration::from_millis(200));
    assert_eq!(seen.lock().unwrap().parts, 0, "nothing goes before the event's receipt");
    let centre_key = SigningKey::from_bytes(&[9; 32]);
    outbox
        .call::<_, crate::outbox::ReceiptError, _>(move |outbox| {
            let hash = outbox.event_hash(epoch, seq)?.unwrap();
            let receipt = Receipt {
                v: kerege_contract::version::V1,
                dev: "bsk-017".parse().unwrap(),
                upto: None,
                events: vec![EventReceipt { epoch, seq, hash }],
                facts: Vec::new(),
                refused: Vec::new(),
                unknown: kerege_contract::version::Unknown::new(),
            };
            let receipt = serde_json::to_vec(&receipt).unwrap();
            let jws = jws::sign(&centre_key, ContentType::Receipt, &receipt);
            outbox.receive(&receipt, Some(&jws), &PublicKey::of(&centre_key), clock::now())
        })
        .unwrap();
    state.wake();
    wait_until("the upload", || state.uploaded() == 1);
    {
        let seen = seen.lock().unwrap();
        assert_eq!((seen.blob == bytes, seen.parts, seen.complaints.len()), (true, 4, 0));
    }
    wait_until("the removal", || std::fs::read_dir(settings.blobs_dir()).unwrap().count() == 0);
    state.close();
    uploader.join().unwrap();
    thread.close();
}

#[test]
fn only_the_newest_picture_of_a_camera_goes() {
    let pictures = Pictures::new();
    let (one, other) = ("c1".parse().unwrap(), "c2".parse().unwrap());
    let at = UtcTime::from_millis(1_800_000_000_000);
    pictures.put(&one, at, vec![1]);
    pictures.put(&one, at, vec![2]);
    pictures.put(&other, at, vec![3]);
    assert_eq!(pictures.overwritten(), 1);
    let key = SigningKey::from_bytes(&[7; 32]);
    let (url, seen) = centre(PublicKey::of(&key));
    let client = CentreClient::new(&url, &"bsk-017".parse().unwrap(), &key);
    let shared = Arc::clone(&pictures);
    let uploader = std::thread::spawn(move || run_pictures(&client, &shared));
    wait_until("both pictures", || seen.lock().unwrap().pictures.len() == 2);
    pictures.close();
    uploader.join().unwrap();
    assert_eq!(seen.lock().unwrap().pictures, [vec![2], vec![3]]);
}
