//! The MQTT connection: the only file of the box that knows rumqttc.
//!
//! One [`Link`] is one connection. It never reconnects: at the first fault it ends, and a fresh one
//! is made and filled from the outbox, because rumqttc forgets what it had accepted when the broker
//! has no session. Its event loop is polled by a task of its own and messages are handed over
//! without waiting, because publishing from the polling task can stand still for ever. rumqttc gives
//! no token for a publish, so tokens are paired with packet numbers in the order of sending.

use super::Problem;
use kerege_contract::topic::{JWS_PROPERTY, MAX_PACKET_BYTES};
use rumqttc::Outgoing;
use rumqttc::v5::mqttbytes::QoS;
use rumqttc::v5::mqttbytes::v5::{
    ConnectProperties, ConnectReturnCode, DisconnectReasonCode, LastWill, LastWillProperties, Packet, PubAckReason,
    PublishProperties,
};
use rumqttc::v5::{AsyncClient, ConnectionError, Event, EventLoop, MqttOptions, StateError};
use std::collections::{HashMap, VecDeque};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

/// Requests that rumqttc holds at most: the window and the few messages beside it.
const REQUESTS: usize = 96;
const SESSION_EXPIRY_S: u32 = 7 * 24 * 3600;
const RECEIVE_MAXIMUM: u16 = 32;
const WILL_DELAY_S: u32 = 30;
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// Where to connect and as whom.
#[derive(Debug, Clone)]
pub(super) struct LinkOptions {
    /// Host name or address.
    pub(super) host: String,
    /// Port.
    pub(super) port: u16,
    /// User name, which is also the client id.
    pub(super) user: String,
    /// Password.
    pub(super) password: crate::capture::Secret,
    /// Topic and payload of the retained last will.
    pub(super) will: (String, Vec<u8>),
}

/// A message to be published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Message {
    /// Where to.
    pub(super) topic: String,
    /// What.
    pub(super) payload: Vec<u8>,
    /// Its signature.
    pub(super) jws: Option<String>,
    /// How it is delivered.
    pub(super) delivery: Delivery,
}

/// How a message is delivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Delivery {
    /// At least once.
    Acknowledged,
    /// At least once, and kept by the broker for who comes later.
    Retained,
    /// At most once, worthless after some seconds.
    Expiring(u32),
}

/// What the connection tells.
#[derive(Debug)]
pub(super) enum LinkEvent<T> {
    /// It stands.
    Connected,
    /// The message with this token was written to the broker.
    Sent(T),
    /// The broker has it.
    Acknowledged(T),
    /// The broker refuses it.
    Refused(T, String),
    /// A message arrived.
    Received {
        /// On which topic.
        topic: String,
        /// Its bytes.
        payload: Vec<u8>,
        /// Its signature.
        jws: Option<String>,
    },
}

/// One connection. `T` names messages that are to be acknowledged.
#[derive(Debug)]
pub(super) struct Link<T> {
    client: AsyncClient,
    events: mpsc::Receiver<Result<Event, Problem>>,
    poller: JoinHandle<()>,
    queued: VecDeque<Option<T>>,
    sent: HashMap<u16, Option<T>>,
}

/// The link takes no more until it has sent some.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Busy;

impl<T: Clone> Link<T> {
    /// Begins to connect; whether that succeeds is told by [`Link::next`].
    #[must_use]
    pub(super) fn open(options: &LinkOptions) -> Self {
        let (client, event_loop) = AsyncClient::new(mqtt_options(options), REQUESTS);
        let (tell, events) = mpsc::channel(REQUESTS);
        let place = format!("{}:{}", options.host, options.port);
        let poller = tokio::spawn(poll(event_loop, tell, place));
        Self { client, events, poller, queued: VecDeque::new(), sent: HashMap::new() }
    }

    /// Asks for the messages of some topics.
    ///
    /// # Errors
    /// When too much is queued already.
    pub(super) fn subscribe(&self, filter: &str) -> Result<(), Busy> {
        self.client.try_subscribe(filter, QoS::AtLeastOnce).map_err(|_| Busy)
    }

    /// Hands a message over. With a token its way is told; never waits.
    ///
    /// # Errors
    /// When too much is queued already.
    pub(super) fn publish(&mut self, message: Message, token: Option<T>) -> Result<(), Busy> {
        let (qos, retain, expiry) = match message.delivery {
            Delivery::Acknowledged => (QoS::AtLeastOnce, false, None),
            Delivery::Retained => (QoS::AtLeastOnce, true, None),
            Delivery::Expiring(seconds) => (QoS::AtMostOnce, false, Some(seconds)),
        };
        let properties = PublishProperties {
            payload_format_indicator: Some(1),
            message_expiry_interval: expiry,
            content_type: Some("application/json".into()),
            user_properties: message.jws.into_iter().map(|jws| (JWS_PROPERTY.to_owned(), jws)).collect(),
            ..PublishProperties::default()
        };
        self.client
            .try_publish_with_properties(message.topic, qos, retain, message.payload, properties)
            .map_err(|_| Busy)?;
        if qos == QoS::AtLeastOnce {
            self.queued.push_back(token);
        }
        Ok(())
    }

    /// Says goodbye, so that the broker does not publish the will.
    pub(super) fn goodbye(&self) {
        // A link that is too busy to say goodbye ends all the same.
        let _best_effort = self.client.try_disconnect();
    }

    /// The next thing that happens.
    ///
    /// # Errors
    /// Why the connection ended; it must be dropped then.
    pub(super) async fn next(&mut self) -> Result<LinkEvent<T>, Problem> {
        loop {
            let event = self.events.recv().await.unwrap_or(Err(Problem::Lost("the connection ended".into())))?;
            if let Some(told) = self.translate(event) {
                return Ok(told);
            }
        }
    }

    fn translate(&mut self, event: Event) -> Option<LinkEvent<T>> {
        match event {
            // Number 0 is a message that is not acknowledged.
            Event::Outgoing(Outgoing::Publish(number)) if number != 0 => {
                let token = self.queued.pop_front().flatten();
                self.sent.insert(number, token.clone());
                token.map(LinkEvent::Sent)
            }
            Event::Incoming(Packet::PubAck(ack)) => {
                let token = self.sent.remove(&ack.pkid).flatten()?;
                Some(match ack.reason {
                    PubAckReason::Success | PubAckReason::NoMatchingSubscribers => LinkEvent::Acknowledged(token),
                    reason => LinkEvent::Refused(token, format!("{reason:?}")),
                })
            }
            Event::Incoming(Packet::ConnAck(_)) => Some(LinkEvent::Connected),
            Event::Incoming(Packet::Publish(publish)) => {
                let properties = publish.properties.map(|properties| properties.user_properties).unwrap_or_default();
                Some(LinkEvent::Received {
                    topic: String::from_utf8_lossy(&publish.topic).into_owned(),
                    payload: publish.payload.to_vec(),
                    jws: properties.into_iter().find(|(name, _)| name == JWS_PROPERTY).map(|(_, jws)| jws),
                })
            }
            _ => None,
        }
    }
}

impl<T> Drop for Link<T> {
    fn drop(&mut self) {
        self.poller.abort();
    }
}

async fn poll(mut event_loop: EventLoop, tell: mpsc::Sender<Result<Event, Problem>>, place: String) {
    loop {
        let event = event_loop.poll().await.map_err(|error| problem(&error, &place));
        let ended = event.is_err();
        if tell.send(event).await.is_err() || ended {
            return;
        }
    }
}

fn mqtt_options(options: &LinkOptions) -> MqttOptions {
    let mut mqtt = MqttOptions::new(&options.user, &options.host, options.port);
    mqtt.set_credentials(&options.user, &options.password.0);
    mqtt.set_clean_start(false);
    mqtt.set_keep_alive(KEEP_ALIVE);
    mqtt.set_connect_properties(ConnectProperties {
        session_expiry_interval: Some(SESSION_EXPIRY_S),
        receive_maximum: Some(RECEIVE_MAXIMUM),
        max_packet_size: Some(MAX_PACKET_BYTES),
        ..ConnectProperties::new()
    });
    mqtt.set_outgoing_inflight_upper_limit(64);
    let will = LastWillProperties {
        delay_interval: Some(WILL_DELAY_S),
        payload_format_indicator: Some(1),
        message_expiry_interval: None,
        content_type: Some("application/json".into()),
        response_topic: None,
        correlation_data: None,
        user_properties: Vec::new(),
    };
    let (topic, payload) = options.will.clone();
    mqtt.set_last_will(LastWill::new(topic, payload, QoS::AtLeastOnce, true, Some(will)));
    mqtt
}

/// What a fault means for the person who must mend it.
fn problem(error: &ConnectionError, place: &str) -> Problem {
    let refused = |code: ConnectReturnCode| match code {
        ConnectReturnCode::BadUserNamePassword
        | ConnectReturnCode::NotAuthorized
        | ConnectReturnCode::ClientIdentifierNotValid
        | ConnectReturnCode::BadClientId
        | ConnectReturnCode::Banned => Problem::Credentials,
        code => Problem::Refused(format!("{code:?}")),
    };
    match error {
        ConnectionError::ConnectionRefused(code)
        | ConnectionError::MqttState(StateError::ConnFail { reason: code }) => refused(*code),
        ConnectionError::MqttState(StateError::ServerDisconnect { reason_code, .. }) => match reason_code {
            DisconnectReasonCode::SessionTakenOver => Problem::TakenOver,
            DisconnectReasonCode::NotAuthorized => Problem::Credentials,
            code => Problem::Lost(format!("the broker said {code:?}")),
        },
        ConnectionError::Io(error) => Problem::Unreachable { place: place.to_owned(), why: error.to_string() },
        ConnectionError::Timeout(_) => {
            Problem::Unreachable { place: place.to_owned(), why: "no answer within 5 s".into() }
        }
        other => Problem::Lost(other.to_string()),
    }
}
