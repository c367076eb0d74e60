//! The least of a centre: remembers what arrives and, when told to, gives receipts.

use super::broker::Broker;
use super::centre_key;
use crate::capture::Secret;
use crate::uplink::mqtt::{Delivery, Link, LinkEvent, LinkOptions, Message};
use kerege_contract::Sha256Hash;
use kerege_contract::event::Event;
use kerege_contract::fact::MinuteFact;
use kerege_contract::jws::{self, ContentType};
use kerege_contract::receipt::{EventReceipt, FactReceipt, Receipt};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::task::JoinHandle;

/// What arrived: topic, bytes, signature.
pub(super) type Arrived = Arc<Mutex<Vec<(String, Vec<u8>, Option<String>)>>>;

/// Whether it answers.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Receipts {
    Given,
    Withheld,
}

pub(super) struct Centre {
    pub(super) arrived: Arrived,
    say: tokio::sync::mpsc::Sender<Message>,
    task: JoinHandle<()>,
}

impl Centre {
    pub(super) fn start(broker: &Broker, receipts: Receipts) -> Self {
        let arrived = Arrived::default();
        let (say, said) = tokio::sync::mpsc::channel(16);
        let task = tokio::spawn(run(broker.port, Arc::clone(&arrived), receipts, said));
        Self { arrived, say, task }
    }

    pub(super) fn say(&self, message: Message) {
        self.say.try_send(message).unwrap();
    }

    /// Distinct events that arrived, by number.
    pub(super) fn events(&self) -> Vec<u64> {
        let mut numbers: Vec<u64> =
            self.on("/evt/").iter().map(|bytes| Event::from_bytes(bytes).unwrap().seq).collect();
        numbers.sort_unstable();
        numbers.dedup();
        numbers
    }

    /// Everything that arrived on topics with a part.
    pub(super) fn on(&self, part: &str) -> Vec<Vec<u8>> {
        let arrived = self.arrived.lock().unwrap();
        arrived.iter().filter(|(topic, ..)| topic.contains(part)).map(|(_, bytes, _)| bytes.clone()).collect()
    }
}

impl Drop for Centre {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn run(port: u16, arrived: Arrived, receipts: Receipts, mut said: tokio::sync::mpsc::Receiver<Message>) {
    loop {
        let options = LinkOptions {
            host: "127.0.0.1".into(),
            port,
            user: "centre".into(),
            password: Secret("centre".into()),
            will: ("kerege/v1/up/centre/state".into(), Vec::new()),
        };
        let mut link: Link<u32> = Link::open(&options);
        loop {
            tokio::select! {
                event = link.next() => match event {
                    Ok(LinkEvent::Connected) => {
                        link.subscribe("kerege/v1/up/+/evt/#").unwrap();
                        link.subscribe("kerege/v1/up/+/fact/#").unwrap();
                        link.subscribe("kerege/v1/up/+/state").unwrap();
                        link.subscribe("kerege/v1/up/+/health").unwrap();
                        link.subscribe("kerege/v1/up/+/cfg/reported").unwrap();
                        link.subscribe("kerege/v1/up/+/cmd/#").unwrap();
                    }
                    Ok(LinkEvent::Received { topic, payload, jws }) => {
                        if receipts == Receipts::Given && let Some(receipt) = receipt(&topic, &payload) {
                            link.publish(receipt, None).unwrap();
                        }
                        arrived.lock().unwrap().push((topic, payload, jws));
                    }
                    Ok(_) => {}
                    Err(_) => break,
                },
                Some(message) = said.recv() => link.publish(message, None).unwrap(),
            }
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

fn receipt(topic: &str, payload: &[u8]) -> Option<Message> {
    let hash = Sha256Hash::of(payload);
    let mut receipt = Receipt {
        v: kerege_contract::version::V1,
        dev: "bsk-017".parse().unwrap(),
        upto: None,
        events: Vec::new(),
        facts: Vec::new(),
        refused: Vec::new(),
        unknown: kerege_contract::version::Unknown::new(),
    };
    if topic.contains("/evt/") {
        let event = Event::from_bytes(payload).unwrap();
        receipt.events.push(EventReceipt { epoch: event.epoch, seq: event.seq, hash });
    } else if topic.contains("/fact/") {
        let fact: MinuteFact = serde_json::from_slice(payload).unwrap();
        receipt.facts.push(FactReceipt { fseq: fact.fseq, hash });
    } else {
        return None;
    }
    Some(signed(&receipt, &centre_key()))
}

/// A receipt as the centre sends it.
pub(super) fn signed(receipt: &Receipt, key: &ed25519_dalek::SigningKey) -> Message {
    let payload = serde_json::to_vec(receipt).unwrap();
    let jws = Some(jws::sign(key, ContentType::Receipt, &payload));
    Message { topic: "kerege/v1/dn/bsk-017/ack".into(), payload, jws, delivery: Delivery::Acknowledged }
}
