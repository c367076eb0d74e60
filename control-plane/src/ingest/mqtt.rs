//! One connection to the broker. The client library's own queue is never the store: on any error
//! everything of a connection is dropped and a fresh one made, so nothing waits in it unseen.

use crate::config::{Account, Broker};
use rumqttc::v5::mqttbytes::v5::{ConnectProperties, Packet};
use rumqttc::v5::{AsyncClient, Event, EventLoop, MqttOptions};
use std::path::PathBuf;
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// The broker keeps our session, and what arrives in it, this long, seconds: as for boxes.
const SESSION_S: u32 = 7 * 24 * 3600;
/// Messages that the broker should send before the first is acknowledged. Mosquitto 2.0.11 keeps to
/// it only until the first acknowledgement and then sends all that waits: whoever takes messages
/// must hold the connection up rather than count on this.
const RECEIVE_MAXIMUM: u16 = 256;
/// Larger packets the broker must not send us: it drops them. Four times what a box may send, so
/// that what another broker lets through is seen, refused and alarmed.
const MAX_PACKET: u32 = 1024 * 1024;
/// Requests of ours that may wait: as many as there are packet ids, so that an acknowledgement always
/// finds room, also while the connection is held up.
const REQUESTS: usize = 65_536;
const FIRST_PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(10);
/// A connection that held this long begins again with the shortest pause.
const HEALTHY: Duration = Duration::from_secs(30);

/// An account with its password.
#[derive(Clone)]
pub struct Login {
    host: String,
    port: u16,
    user: String,
    password: String,
}

impl std::fmt::Debug for Login {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}@{}:{}", self.user, self.host, self.port)
    }
}

/// A password file that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("cannot read the broker password of '{user}' from {}: run kerege-control broker-files", file.display())]
pub struct NoPassword {
    user: String,
    file: PathBuf,
    source: std::io::Error,
}

impl Login {
    /// Reads the password of an account.
    ///
    /// # Errors
    /// When its file cannot be read.
    pub fn read(broker: &Broker, account: &Account) -> Result<Self, NoPassword> {
        let text = std::fs::read_to_string(&account.password_file).map_err(|source| NoPassword {
            user: account.user.clone(),
            file: account.password_file.clone(),
            source,
        })?;
        let password = text.lines().next().unwrap_or_default().to_owned();
        Ok(Self { host: broker.host.clone(), port: broker.port, user: account.user.clone(), password })
    }

    /// A fresh client under a stable id.
    pub(super) fn connect(&self, client_id: &str) -> (AsyncClient, EventLoop) {
        let mut options = MqttOptions::new(client_id, &self.host, self.port);
        options.set_credentials(&self.user, &self.password);
        options.set_keep_alive(Duration::from_secs(15));
        options.set_clean_start(false);
        options.set_manual_acks(true);
        options.set_outgoing_inflight_upper_limit(RECEIVE_MAXIMUM);
        let mut properties = ConnectProperties::new();
        properties.session_expiry_interval = Some(SESSION_S);
        properties.receive_maximum = Some(RECEIVE_MAXIMUM);
        properties.max_packet_size = Some(MAX_PACKET);
        options.set_connect_properties(properties);
        AsyncClient::new(options, REQUESTS)
    }
}

/// What to do after an incoming packet.
pub(super) enum Next {
    /// Go on.
    Continue,
    /// Give this connection up, for this reason.
    Drop(String),
}

/// Takes the packets of a connection. While it waits nothing is read, so that the broker has to wait
/// as well.
pub(super) trait Taker: Send + 'static {
    /// Takes one packet.
    fn take(&mut self, packet: Packet) -> impl Future<Output = Next> + Send;
}

/// A connection being driven; dropping it ends it.
pub(super) struct Driven(JoinHandle<String>);

impl Driven {
    /// Drives a connection in a task of its own: a panic in the client library ends the connection
    /// and nothing else.
    pub(super) fn start(mut events: EventLoop, mut taker: impl Taker) -> Self {
        Self(tokio::spawn(async move {
            loop {
                match events.poll().await {
                    Ok(Event::Incoming(packet)) => {
                        if let Next::Drop(why) = taker.take(packet).await {
                            return why;
                        }
                    }
                    Ok(Event::Outgoing(_)) => {}
                    Err(error) => return error.to_string(),
                }
            }
        }))
    }

    /// Why it ended.
    pub(super) async fn ended(&mut self) -> String {
        (&mut self.0).await.unwrap_or_else(|error| error.to_string())
    }
}

impl Drop for Driven {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Pauses between attempts: doubling, jittered, and short again after a healthy connection.
#[derive(Debug)]
pub(super) struct Backoff {
    pause: Duration,
    began: tokio::time::Instant,
}

impl Backoff {
    pub(super) fn new() -> Self {
        Self { pause: FIRST_PAUSE, began: tokio::time::Instant::now() }
    }

    /// An attempt begins.
    pub(super) fn begin(&mut self) {
        self.began = tokio::time::Instant::now();
    }

    /// Waits after an attempt ended; gives up when everything ends.
    pub(super) async fn wait(&mut self, shutdown: &CancellationToken) {
        if self.began.elapsed() >= HEALTHY {
            self.pause = FIRST_PAUSE;
        }
        let mut random = [128u8; 1];
        // Without random numbers the pause is merely not jittered.
        let _jitter = getrandom::fill(&mut random);
        let jittered = self.pause.mul_f64(0.5 + f64::from(random[0]) / 255.0);
        let _ended = tokio::time::timeout(jittered, shutdown.cancelled()).await;
        self.pause = (self.pause * 2).min(LONGEST_PAUSE);
    }
}
