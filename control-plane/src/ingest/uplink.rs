//! The connection that receives: shared subscriptions under a stable client id for what is sent
//! once, plain ones for what is retained (a broker gives retained messages to plain ones only).

use super::mqtt::{Backoff, Driven, Login, Next, Taker};
use super::writer::Job;
use crate::centre::Centre;
use crate::ready::Latch;
use rumqttc::v5::AsyncClient;
use rumqttc::v5::mqttbytes::QoS;
use rumqttc::v5::mqttbytes::v5::{Filter, Packet, Publish, SubscribeReasonCode};
use std::sync::Arc;
use tokio::sync::{Notify, mpsc};

const CLIENT_ID: &str = "kerege-ingest";
/// Messages that may wait for the writer; when full, nothing more is read from the broker.
pub const JOBS: usize = 512;
/// What the broker says of clients that it turned away; see `broker_files`.
pub(super) const BROKER_LOG: &str = "$SYS/broker/log/";

const FILTERS: &[(&str, QoS)] = &[
    ("$share/ingest/kerege/v1/up/+/evt/#", QoS::AtLeastOnce),
    ("$share/ingest/kerege/v1/up/+/fact/#", QoS::AtLeastOnce),
    ("$share/ingest/kerege/v1/up/+/health", QoS::AtMostOnce),
    ("kerege/v1/up/+/state", QoS::AtLeastOnce),
    ("kerege/v1/up/+/cfg/reported", QoS::AtLeastOnce),
    ("$SYS/broker/log/#", QoS::AtMostOnce),
];

/// Receives until the end; `failed` tells that the writer could not store a batch, whose messages
/// must then come again.
pub async fn run(centre: Arc<Centre>, login: Login, jobs: mpsc::Sender<Job>, failed: Arc<Notify>) {
    let mut backoff = Backoff::new();
    while !centre.shutdown.is_cancelled() {
        backoff.begin();
        let why = tokio::select! {
            () = centre.shutdown.cancelled() => break,
            why = run_once(&centre, &login, &jobs, &failed) => why,
        };
        centre.ready.hold(Latch::BrokerSubscribed);
        tracing::warn!(broker = ?login, why, "the connection that receives from boxes is lost; trying again");
        backoff.wait(&centre.shutdown).await;
    }
    centre.ready.hold(Latch::BrokerSubscribed);
}

async fn run_once(centre: &Arc<Centre>, login: &Login, jobs: &mpsc::Sender<Job>, failed: &Notify) -> String {
    let (client, events) = login.connect(CLIENT_ID);
    let filters = FILTERS.iter().map(|(path, qos)| Filter::new((*path).to_owned(), *qos));
    if let Err(error) = client.try_subscribe_many(filters) {
        return error.to_string();
    }
    let receiver = Receiver { centre: Arc::clone(centre), client, jobs: jobs.clone(), dropped: 0 };
    let mut driven = Driven::start(events, receiver);
    tokio::select! {
        why = driven.ended() => why,
        () = failed.notified() => "a batch could not be stored".to_owned(),
    }
}

/// Hands what arrives to the writer.
struct Receiver {
    centre: Arc<Centre>,
    client: AsyncClient,
    jobs: mpsc::Sender<Job>,
    dropped: u64,
}

impl Taker for Receiver {
    async fn take(&mut self, packet: Packet) -> Next {
        match packet {
            Packet::SubAck(ack) => self.subscribed(&ack.return_codes),
            Packet::Publish(publish) => self.hand_over(publish).await,
            _ => Next::Continue,
        }
    }
}

impl Receiver {
    fn subscribed(&self, codes: &[SubscribeReasonCode]) -> Next {
        for ((filter, _), code) in FILTERS.iter().zip(codes) {
            if !matches!(code, SubscribeReasonCode::Success(_)) {
                return Next::Drop(format!("the broker refused the subscription {filter}: {code:?}; see broker-files"));
            }
        }
        tracing::info!("receiving from boxes");
        self.centre.ready.release(Latch::BrokerSubscribed);
        Next::Continue
    }

    /// What comes at QoS 1 waits for the writer; of the rest, which comes again by itself, the newest
    /// is dropped when the writer is behind.
    async fn hand_over(&mut self, publish: Publish) -> Next {
        let lossy = publish.qos == QoS::AtMostOnce;
        let job = Job { publish, client: self.client.clone() };
        if lossy {
            if self.jobs.try_send(job).is_err() {
                self.dropped += 1;
                tracing::warn!(dropped = self.dropped, "a health message was dropped: the writer is behind");
            }
            return Next::Continue;
        }
        match self.jobs.send(job).await {
            Ok(()) => Next::Continue,
            Err(_) => Next::Drop("the writer has ended".to_owned()),
        }
    }
}
