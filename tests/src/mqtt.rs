//! A bare MQTT client for strangers: connects, publishes one message, and tells what the broker said.

use anyhow::Context as _;
use kerege_contract::topic::JWS_PROPERTY;
use rumqttc::v5::mqttbytes::QoS;
use rumqttc::v5::mqttbytes::v5::{Packet, PubAckReason, PublishProperties};
use rumqttc::v5::{AsyncClient, Event, EventLoop, MqttOptions};
use std::time::Duration;

/// Who connects, and where.
#[derive(Debug, Clone)]
pub struct Login {
    /// Port of the listener.
    pub port: u16,
    /// Client id.
    pub id: String,
    /// User; empty for none.
    pub user: String,
    /// Password.
    pub password: String,
}

fn client(login: &Login) -> (AsyncClient, EventLoop) {
    let mut options = MqttOptions::new(&login.id, "127.0.0.1", login.port);
    options.set_keep_alive(Duration::from_secs(10)).set_clean_start(true);
    options.set_max_packet_size(Some(64 << 20));
    if !login.user.is_empty() {
        options.set_credentials(&login.user, &login.password);
    }
    AsyncClient::new(options, 8)
}

fn block_on<T>(work: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        tokio::time::timeout(Duration::from_secs(10), work).await.context("the broker does not answer")?
    })
}

async fn connected(events: &mut EventLoop) -> anyhow::Result<()> {
    loop {
        if let Event::Incoming(Packet::ConnAck(_)) = events.poll().await? {
            return Ok(());
        }
    }
}

/// Connects.
///
/// # Errors
/// When the broker refuses.
pub fn connect(login: &Login) -> anyhow::Result<()> {
    block_on(async {
        let (_client, mut events) = client(login);
        connected(&mut events).await
    })
}

/// Publishes one message, QoS 1, and waits for the broker's word.
///
/// # Errors
/// When the broker refuses the connection or the message.
pub fn publish(login: &Login, topic: &str, payload: &[u8], jws: Option<&str>) -> anyhow::Result<()> {
    block_on(async {
        let (client, mut events) = client(login);
        connected(&mut events).await?;
        let user_properties = jws.map(|jws| (JWS_PROPERTY.to_owned(), jws.to_owned())).into_iter().collect();
        let properties = PublishProperties { user_properties, ..PublishProperties::default() };
        client.publish_with_properties(topic, QoS::AtLeastOnce, false, payload.to_vec(), properties).await?;
        loop {
            if let Event::Incoming(Packet::PubAck(ack)) = events.poll().await? {
                let taken = matches!(ack.reason, PubAckReason::Success | PubAckReason::NoMatchingSubscribers);
                anyhow::ensure!(taken, "the broker refuses: {:?}", ack.reason);
                return Ok(());
            }
        }
    })
}
