//! The way of a message through a real broker, and what happens when it is cut.

use super::centre::{Centre, Receipts, signed};
use super::*;
use crate::outbox::{Draft, FactDraft, OutboxError};
use crate::uplink::mqtt::{Delivery, Message};
use kerege_contract::command::{Command, CommandOutcome, CommandResult, Order, ReplayFrom};
use kerege_contract::event::Event;
use kerege_contract::jws::{self, ContentType};
use kerege_contract::receipt::{EventReceipt, Receipt, UpTo};
use kerege_contract::state::{DeviceState, Presence};

fn add_events(outbox: &OutboxHandle, count: usize) {
    for _ in 0..count {
        outbox
            .call::<_, OutboxError, _>(|outbox| {
                let golden = include_bytes!("../../../../contract/golden/event.json");
                outbox.append(Draft::new(Event::from_bytes(golden).unwrap()), crate::clock::now())
            })
            .unwrap();
    }
    outbox.announce();
}

fn add_fact(outbox: &OutboxHandle) {
    outbox
        .call::<_, OutboxError, _>(|outbox| {
            let draft = FactDraft {
                boot: BootId("boot".into()),
                cam: "c1".parse().unwrap(),
                start: crate::clock::now().minute_start(),
                observed_s: 60.0,
                cells: Vec::new(),
            };
            outbox.append_fact(draft, crate::clock::now())
        })
        .unwrap();
    outbox.announce();
}

fn waiting(outbox: &OutboxHandle) -> u64 {
    let health = outbox.call::<_, OutboxError, _>(|outbox| outbox.health()).unwrap();
    health.events_waiting + health.facts_waiting
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everything_arrives_once_and_is_freed_by_receipts() {
    let broker = Broker::start();
    let centre = Centre::start(&broker, Receipts::Given);
    let edge = start(&broker, "right");
    add_events(&edge.outbox, 100);
    add_fact(&edge.outbox);
    until("all receipts", || waiting(&edge.outbox) == 0).await;
    assert_eq!(centre.events(), (1..=101).collect::<Vec<_>>());
    assert_eq!(centre.on("/fact/").len(), 1);
    edge.health.send_replace(Some(Latest { bytes: b"{\"health\":1}".to_vec(), jws: Some("h..s".into()) }));
    until("health", || centre.on("/health").len() == 1).await;
    until("reported", || centre.on("/cfg/reported").last().is_some_and(|bytes| bytes == b"{\"reported\":1}")).await;
    edge.reported.send_replace(Some(Latest { bytes: b"{\"reported\":2}".to_vec(), jws: None }));
    until("reported again", || centre.on("/cfg/reported").last().is_some_and(|bytes| bytes == b"{\"reported\":2}"))
        .await;
    edge.ending.cancel();
    edge.task.await.unwrap();
    let presence =
        || centre.on("/state").last().map(|bytes| serde_json::from_slice::<DeviceState>(bytes).unwrap().state);
    until("goodbye", || presence() == Some(Presence::Offline)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_broker_that_forgets_everything_loses_nothing() {
    let mut broker = Broker::start();
    let edge = start(&broker, "right");
    add_events(&edge.outbox, 40);
    // The broker acknowledges, nobody listens, and the broker dies with what it had.
    until("the broker has them", || edge.state.report().connected).await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    broker.restart();
    let centre = Centre::start(&broker, Receipts::Given);
    add_events(&edge.outbox, 5);
    broker.restart();
    until("the new ones", || centre.events().contains(&46)).await;
    // What the first broker had acknowledged is sent again when its time has come: 30 s.
    for _ in 0..3 {
        if waiting(&edge.outbox) == 0 {
            break;
        }
        tokio::time::sleep(Duration::from_secs(12)).await;
    }
    until("all receipts", || waiting(&edge.outbox) == 0).await;
    assert_eq!(centre.events(), (1..=46).collect::<Vec<_>>());
    assert!(edge.state.report().resent > 0);
    edge.ending.cancel();
    edge.task.await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn forged_and_foreign_words_change_nothing() {
    let broker = Broker::start();
    let centre = Centre::start(&broker, Receipts::Withheld);
    let edge = start(&broker, "right");
    until("the first event", || centre.events() == [1]).await;
    let hash = edge.outbox.call::<_, OutboxError, _>(|outbox| outbox.event_hash(1, 1)).unwrap().unwrap();
    let receipt = Receipt {
        v: kerege_contract::version::V1,
        dev: "bsk-017".parse().unwrap(),
        upto: Some(UpTo { epoch: 1, seq: 1 }),
        events: vec![EventReceipt { epoch: 1, seq: 1, hash }],
        facts: Vec::new(),
        refused: Vec::new(),
        unknown: kerege_contract::version::Unknown::new(),
    };
    centre.say(signed(&receipt, &SigningKey::from_bytes(&[5; 32])));
    let other = Receipt { dev: "bsk-018".parse().unwrap(), ..receipt.clone() };
    centre.say(signed(&other, &centre_key()));
    centre.say(Message {
        topic: "kerege/v1/dn/bsk-017/ack".into(),
        payload: vec![b'x'; 200 * 1024],
        jws: None,
        delivery: Delivery::Acknowledged,
    });
    until("three refusals", || edge.state.report().bad_receipts == 3).await;
    assert_eq!(waiting(&edge.outbox), 1);
    centre.say(signed(&receipt, &centre_key()));
    until("the true one", || waiting(&edge.outbox) == 0).await;
    edge.ending.cancel();
    edge.task.await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_signed_command_is_obeyed_once() {
    let broker = Broker::start();
    let centre = Centre::start(&broker, Receipts::Given);
    let edge = start(&broker, "right");
    add_events(&edge.outbox, 3);
    until("all receipts", || waiting(&edge.outbox) == 0).await;
    let now = crate::clock::now();
    let command = Command {
        v: kerege_contract::version::V1,
        id: "cmd-1".into(),
        dev: "bsk-017".parse().unwrap(),
        order: Order::ReplayFrom(ReplayFrom { events: Some(UpTo { epoch: 1, seq: 2 }), facts: None }),
        nbf: now,
        exp: now.plus_seconds(60.0),
    };
    let payload = serde_json::to_vec(&command).unwrap();
    let message = |key: &SigningKey| Message {
        topic: "kerege/v1/dn/bsk-017/cmd/replay_from".into(),
        jws: Some(jws::sign(key, ContentType::Command, &payload)),
        payload: payload.clone(),
        delivery: Delivery::Acknowledged,
    };
    let before = centre.on("/evt/").len();
    centre.say(message(&SigningKey::from_bytes(&[5; 32])));
    centre.say(message(&centre_key()));
    centre.say(message(&centre_key()));
    until("two answers", || centre.on("/cmd/cmd-1/res").len() == 2).await;
    let outcomes: Vec<CommandOutcome> = centre
        .on("/cmd/cmd-1/res")
        .iter()
        .map(|bytes| serde_json::from_slice::<CommandResult>(bytes).unwrap().outcome)
        .collect();
    assert_eq!(outcomes, [CommandOutcome::Done, CommandOutcome::Repeated]);
    until("the three events again", || centre.on("/evt/").len() == before + 3 && waiting(&edge.outbox) == 0).await;
    edge.ending.cancel();
    edge.task.await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wrong_passwords_and_absent_brokers_are_told_with_a_remedy() {
    let mut broker = Broker::start();
    let edge = start(&broker, "wrong");
    until("the refusal", || edge.state.report().problem.is_some()).await;
    let told = edge.state.report().problem.unwrap();
    assert!(told.contains("refuses user 'bsk-017'") && told.contains("broker.password_file"), "{told}");
    broker.kill();
    until("the absence", || edge.state.report().problem.is_some_and(|told| told.contains("cannot reach the broker")))
        .await;
    let report = edge.state.report();
    assert!(!report.connected && report.disconnects < 10, "it does not hammer: {report:?}");
    edge.ending.cancel();
    edge.task.await.unwrap();
}
