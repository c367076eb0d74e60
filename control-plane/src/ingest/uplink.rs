//! The connection that receives: shared subscriptions under a stable client id for what is sent
//! once, plain ones for what is retained (a broker gives retained messages to plain ones only).

use super::mqtt::{Backoff, Driven, Login, Next, RECEIVE_MAXIMUM};
use super::writer::Job;
use crate::centre::Centre;
use crate::ready::Latch;
use rumqttc::v5::AsyncClient;
use rumqttc::v5::mqttbytes::QoS;
use rumqttc::v5::mqttbytes::v5::{Filter, Packet, Publish, SubscribeReasonCode};
use std::sync::Arc;
use tokio::sync::{Notify, mpsc};

const CLIENT_ID: &str = "kerege-ingest";
/// Messages that may wait for the writer: all that may be unacknowledged, and a burst of health.
pub const JOBS: usize = RECEIVE_MAXIMUM as usize * 4;
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
    let (centre, jobs) = (Arc::clone(centre), jobs.clone());
    let mut driven = Driven::start(events, move |packet| match packet {
        Packet::SubAck(ack) => subscribed(&centre, &ack.return_codes),
        Packet::Publish(publish) => hand_over(&client, &jobs, publish),
        _ => Next::Continue,
    });
    tokio::select! {
        why = driven.ended() => why,
        () = failed.notified() => "a batch could not be stored".to_owned(),
    }
}

fn subscribed(centre: &Centre, codes: &[SubscribeReasonCode]) -> Next {
    for ((filter, _), code) in FILTERS.iter().zip(codes) {
        if !matches!(code, SubscribeReasonCode::Success(_)) {
            return Next::Drop(format!("the broker refused the subscription {filter}: {code:?}; see broker-files"));
        }
    }
    tracing::info!("receiving from boxes");
    centre.ready.release(Latch::BrokerSubscribed);
    Next::Continue
}

/// Never waits: what comes at QoS 1 fits by the receive maximum, of the rest the newest is dropped.
fn hand_over(client: &AsyncClient, jobs: &mpsc::Sender<Job>, publish: Publish) -> Next {
    let once = publish.qos == QoS::AtMostOnce;
    match jobs.try_send(Job { publish, client: client.clone() }) {
        Ok(()) => Next::Continue,
        Err(_) if once => {
            tracing::warn!(dropped = 1, "a health message was dropped: the writer is behind");
            Next::Continue
        }
        Err(_) => Next::Drop("the writer is behind or has ended".to_owned()),
    }
}
