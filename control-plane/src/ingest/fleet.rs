//! The connection that writes to boxes: receipts, signed with the centre's key.

use super::mqtt::{Backoff, Driven, Login, Next, Taker};
use super::receipts::{Gathering, ReceiptItem};
use crate::centre::Centre;
use crate::crash;
use crate::keys::CentreKey;
use kerege_contract::jws::ContentType;
use kerege_contract::receipt::Receipt;
use kerege_contract::topic::{JWS_PROPERTY, Topic};
use rumqttc::v5::AsyncClient;
use rumqttc::v5::mqttbytes::QoS;
use rumqttc::v5::mqttbytes::v5::{ConnectReturnCode, Packet, PublishProperties};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::{Instant, MissedTickBehavior, interval};

const CLIENT_ID: &str = "kerege-fleet";
/// How often gathered receipts are looked at.
const TICK: Duration = Duration::from_millis(50);
/// What is left at the end gets this long to leave.
const LAST_WORDS: Duration = Duration::from_millis(500);

/// Sends receipts until the end.
pub async fn run(centre: Arc<Centre>, login: Login, key: CentreKey, mut items: mpsc::Receiver<ReceiptItem>) {
    let mut backoff = Backoff::new();
    let mut sender = Sender { key, gathering: Gathering::default() };
    while !centre.shutdown.is_cancelled() {
        backoff.begin();
        let why = sender.run_once(&centre, &login, &mut items).await;
        if centre.shutdown.is_cancelled() {
            break;
        }
        let dropped = sender.gathering.dropped;
        tracing::warn!(broker = ?login, why, dropped, "the connection that writes to boxes is lost; trying again");
        backoff.wait(&centre.shutdown).await;
    }
}

/// Notes that the broker took the connection.
struct Connected(Arc<AtomicBool>);

impl Taker for Connected {
    async fn take(&mut self, packet: Packet) -> Next {
        if let Packet::ConnAck(ack) = packet {
            self.0.store(ack.code == ConnectReturnCode::Success, Ordering::SeqCst);
        }
        Next::Continue
    }
}

struct Sender {
    key: CentreKey,
    gathering: Gathering,
}

impl Sender {
    async fn run_once(
        &mut self,
        centre: &Arc<Centre>,
        login: &Login,
        items: &mut mpsc::Receiver<ReceiptItem>,
    ) -> String {
        let (client, events) = login.connect(CLIENT_ID);
        let connected = Arc::new(AtomicBool::new(false));
        let mut driven = Driven::start(events, Connected(Arc::clone(&connected)));
        let mut tick = interval(TICK);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                why = driven.ended() => return why,
                () = centre.shutdown.cancelled() => {
                    self.last_words(centre, &client, items).await;
                    return "the centre ends".to_owned();
                }
                item = items.recv() => match item {
                    Some(item) => self.gathering.add(item, centre.clock.now()),
                    None => tokio::time::sleep(TICK).await,
                },
                _ = tick.tick() => {}
            }
            if connected.load(Ordering::SeqCst) {
                self.send_due(centre, &client);
            }
        }
    }

    fn send_due(&mut self, centre: &Centre, client: &AsyncClient) {
        for receipt in self.gathering.due(centre.clock.now()) {
            crash::point("receipt.before_send");
            self.send(client, &receipt);
            crash::point("receipt.after_send");
        }
    }

    /// A receipt that cannot leave is dropped: its items are sent again by the box.
    fn send(&self, client: &AsyncClient, receipt: &Receipt) {
        let Ok(bytes) = serde_json::to_vec(receipt) else { return };
        let jws = self.key.sign(ContentType::Receipt, &bytes);
        let properties = PublishProperties {
            payload_format_indicator: Some(1),
            content_type: Some("application/json".to_owned()),
            user_properties: vec![(JWS_PROPERTY.to_owned(), jws)],
            ..PublishProperties::default()
        };
        let topic = Topic::Ack(receipt.dev.clone()).to_string();
        if client.try_publish_with_properties(topic, QoS::AtLeastOnce, false, bytes, properties).is_err() {
            tracing::warn!(dev = %receipt.dev, dropped = 1, "a receipt was dropped: the broker takes none");
        }
    }

    /// Takes what was committed last, and gives it a moment to leave.
    async fn last_words(&mut self, centre: &Centre, client: &AsyncClient, items: &mut mpsc::Receiver<ReceiptItem>) {
        let end = Instant::now() + LAST_WORDS;
        while let Ok(Some(item)) = tokio::time::timeout_at(end, items.recv()).await {
            self.gathering.add(item, centre.clock.now());
        }
        for receipt in self.gathering.due(centre.clock.now().plus_seconds(3600.0)) {
            self.send(client, &receipt);
        }
        tokio::time::sleep(LAST_WORDS / 2).await;
    }
}
