//! The centre with a real Mosquitto: the whole way of an event and its receipt, attacks on it, and
//! what a kill in the middle leaves behind.

#![allow(clippy::unwrap_used, reason = "a test")]

mod common;

use common::testing::{self, chain};
use common::{Arrival, Box, DEV, OTHER, PATIENCE, Stand};
use kerege_contract::Sha256Hash;
use kerege_contract::jws::ContentType;
use kerege_contract::receipt::RefusalCode;

#[tokio::test(flavor = "multi_thread")]
async fn events_are_stored_once_and_receipted_by_the_centres_key() {
    let mut stand = Stand::start();
    let events = chain(DEV, 40);
    let mut sender = Box::connect(&stand, DEV, DEV).await;
    for event in events.iter().rev() {
        sender.send_event(event);
    }
    assert_eq!(sender.receipted(1..=40).await, Some(40));
    // Replayed as it is: receipted again, stored once.
    sender.send_event(&events[7]);
    sender.receipted([8]).await;
    let wanted: Vec<_> =
        events.iter().map(|event| (event.seq, Sha256Hash::of(&event.to_bytes()).to_string())).collect();
    assert_eq!(stand.stored(DEV), wanted);
    let (took, well) = stand.end_centre();
    assert!(well && took < std::time::Duration::from_secs(10), "{took:?}\n{}", stand.logs());
}

#[tokio::test(flavor = "multi_thread")]
async fn attacks_are_refused_and_alarmed() {
    let stand = Stand::start();
    let mut sender = Box::connect(&stand, DEV, DEV).await;
    let events = chain(DEV, 3);
    sender.send_event(&events[0]);
    sender.send_event(&events[1]);
    sender.receipted([1, 2]).await;

    // A forked sequence.
    let mut fork = events[1].clone();
    fork.reason = Some("another past".into());
    sender.send_event(&fork);
    assert_eq!(sender.refused().await, (2, RefusalCode::Fork));
    stand.wait_alarm("fork", DEV);

    // A wrong key, a wrong class.
    let bytes = events[2].to_bytes();
    let topic = format!("kerege/v1/up/{DEV}/evt/incident");
    sender.send(&topic, &bytes, Some(&testing::sign("nobody", ContentType::Event, &bytes)));
    assert_eq!(sender.refused().await, (3, RefusalCode::BadSignature));
    stand.wait_alarm("bad_signature", DEV);
    let jws = testing::sign(DEV, ContentType::Event, &bytes);
    sender.send(&format!("kerege/v1/up/{DEV}/evt/violation"), &bytes, Some(&jws));
    assert_eq!(sender.refused().await, (3, RefusalCode::WrongClass));
    stand.wait_alarm("wrong_class", DEV);

    // A second client with another's id: its account decides its name, the first one stays.
    let mut thief = Box::connect(&stand, OTHER, DEV).await;
    thief.send(&topic, &bytes, Some(&jws));
    while !matches!(thief.arrival().await, Arrival::Lost) {}
    stand.wait_alarm("broker_refused", OTHER);
    let mut thief = Box::connect(&stand, OTHER, DEV).await;
    thief.send(&format!("kerege/v1/up/{OTHER}/evt/incident"), &bytes, Some(&jws));
    assert_eq!(thief.refused().await, (3, RefusalCode::WrongDevice));
    stand.wait_alarm("wrong_device", OTHER);
    assert_eq!(stand.stored(DEV).len(), 2, "nothing of this was stored");
    sender.send_event(&events[2]);
    assert_eq!(sender.receipted([3]).await, Some(3), "the box itself was not disturbed");
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_megabytes_and_wrong_passwords_end_at_the_broker_and_are_alarmed() {
    let stand = Stand::start();
    let mut sender = Box::connect(&stand, DEV, DEV).await;
    // Our client library would not send it, knowing the broker's limit: so by hand.
    let huge = vec![b'x'; 10_000_000];
    common_raw(&stand, &huge);
    stand.wait_alarm("too_large", DEV);
    let mut guesser = Box::try_connect(&stand, DEV, DEV, "wrong");
    assert!(matches!(guesser.arrival().await, Arrival::Lost));
    stand.wait_alarm("broker_refused", "");
    // The hand-made client took the session over; the box comes back and goes on.
    while !matches!(sender.arrival().await, Arrival::Lost) {}
    let mut sender = Box::connect(&stand, DEV, DEV).await;
    sender.send_event(&chain(DEV, 1)[0]);
    sender.receipted([1]).await;
}

/// Publishes a payload of any length with the box's account, over a bare socket (MQTT 5).
fn common_raw(stand: &Stand, payload: &[u8]) {
    use std::io::{Read as _, Write as _};
    let text = |text: &str| [&u16::try_from(text.len()).unwrap().to_be_bytes()[..], text.as_bytes()].concat();
    let packet = |kind: u8, body: Vec<u8>| {
        let mut head = vec![kind];
        let mut length = body.len();
        loop {
            let byte = u8::try_from(length % 128).unwrap();
            length /= 128;
            head.push(if length > 0 { byte | 0x80 } else { byte });
            if length == 0 {
                break;
            }
        }
        [head, body].concat()
    };
    let password = std::fs::read_to_string(stand.folder.path().join("broker/passwords").join(DEV)).unwrap();
    let connect = [text("MQTT"), vec![5, 0xc2, 0, 60, 0], text("any"), text(DEV), text(password.trim())].concat();
    let topic = format!("kerege/v1/up/{DEV}/evt/incident");
    let publish = [text(&topic), vec![0, 1, 0], payload.to_vec()].concat();
    let mut stream = std::net::TcpStream::connect(("127.0.0.1", stand.device_port)).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.write_all(&packet(0x10, connect)).unwrap();
    let mut answer = [0; 64];
    let read = stream.read(&mut answer).unwrap();
    assert_eq!(answer.get(..1), Some(&[0x20u8][..]), "{:?}", &answer[..read]);
    // The broker hangs up in the middle of it.
    let _cut_off = stream.write_all(&packet(0x32, publish));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backlog_beyond_every_queue_arrives_whole() {
    let mut stand = Stand::start();
    // Far more than the centre's queue holds: the broker sends all of it without waiting.
    let events = chain(DEV, 3000);
    let mut sender = Box::connect(&stand, DEV, DEV).await;
    sender.send_event(&events[0]);
    sender.receipted([1]).await;
    stand.kill_centre();
    for event in &events[1..] {
        sender.send_event(event);
    }
    stand.start_centre(&[]);
    assert_eq!(sender.receipted(2..=3000).await, Some(3000));
    assert_eq!(stand.stored(DEV).len(), 3000);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_that_lost_everything_loses_nothing_of_ours() {
    let mut stand = Stand::start();
    let events = chain(DEV, 10);
    let mut sender = Box::connect(&stand, DEV, DEV).await;
    sender.send_event(&events[0]);
    sender.receipted([1]).await;
    stand.kill_broker();
    while !matches!(sender.arrival().await, Arrival::Lost) {}
    let kept = stand.folder.path().join("broker/data/mosquitto.db");
    if kept.exists() {
        std::fs::remove_file(kept).unwrap();
    }
    stand.start_broker();
    stand.wait_ready();
    let mut sender = loop {
        if std::net::TcpStream::connect(("127.0.0.1", stand.device_port)).is_ok() {
            break Box::connect(&stand, DEV, DEV).await;
        }
    };
    sender.send_until_receipted(&events).await;
    assert_eq!(stand.stored(DEV).len(), 10);
}

#[cfg(feature = "crash-points")]
#[tokio::test(flavor = "multi_thread")]
async fn killed_at_every_point_nothing_is_lost_and_nothing_comes_twice() {
    let points = [
        "ingest.before_commit",
        "ingest.after_commit",
        "ingest.after_ack",
        "receipt.before_send",
        "receipt.after_send",
    ];
    let mut stand = Stand::start();
    let events = chain(DEV, 1 + points.len() as u64);
    let mut sender = Box::connect(&stand, DEV, DEV).await;
    sender.send_event(&events[0]);
    sender.receipted([1]).await;
    for (point, event) in points.into_iter().zip(&events[1..]) {
        stand.kill_centre();
        stand.start_centre(&[("KEREGE_CRASH_AT", point)]);
        sender.send_event(event);
        stand.wait_centre_dead();
        stand.start_centre(&[]);
        stand.wait_ready();
        // The box has no receipt, or does not know yet that it has: it sends again.
        sender.send_until_receipted(std::slice::from_ref(event)).await;
    }
    let wanted: Vec<_> =
        events.iter().map(|event| (event.seq, Sha256Hash::of(&event.to_bytes()).to_string())).collect();
    assert_eq!(stand.stored(DEV), wanted);
}
