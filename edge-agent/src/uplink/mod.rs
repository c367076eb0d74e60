//! From the outbox to the broker and back: sends what waits, takes receipts and commands.
//!
//! [`run`] keeps one connection after another for as long as the box lives. Nothing is ever lost
//! with a connection: each one begins from the outbox. What is wrong with the connection is told
//! once in the log, when it changes, with what to do about it.

mod commands;
mod mqtt;
mod problem;
mod session;
#[cfg(test)]
mod tests;
mod window;

pub use problem::{Problem, UplinkReport};
pub use window::{Lane, Window, WindowLimits};

use crate::capture::Secret;
use crate::ids::Random;
use crate::outbox::OutboxHandle;
use kerege_contract::fact::BootId;
use kerege_contract::jws::PublicKey;
use kerege_contract::topic::Topic;
use kerege_contract::{DeviceId, SiteId};
use session::Session;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::{Notify, watch};
use tokio_util::sync::CancellationToken;

/// Where the broker is, who we are and whom we believe.
#[derive(Debug, Clone)]
pub struct UplinkOptions {
    /// The broker's host.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// The box: also user name and client id.
    pub device: DeviceId,
    /// Its intersection.
    pub site: SiteId,
    /// The broker's password for it.
    pub password: Secret,
    /// The centre's key, pinned.
    pub centre: PublicKey,
    /// This start of the box.
    pub boot: BootId,
    /// Software version.
    pub software: String,
}

/// A message beside the outbox of which only the newest counts: health, reported configuration,
/// mirrored phases.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Latest {
    /// The exact bytes.
    pub bytes: Vec<u8>,
    /// Their signature, where there is one.
    pub jws: Option<String>,
}

/// The newest messages beside the outbox; each new one replaces the one before.
#[derive(Debug, Clone)]
pub struct Feeds {
    /// Health, every 30 s.
    pub health: watch::Receiver<Option<Latest>>,
    /// The configuration in force; sent again over each new connection.
    pub reported: watch::Receiver<Option<Latest>>,
    /// The newest signal phases.
    pub phases: watch::Receiver<Option<Latest>>,
}

/// What others may know of the uplink.
#[derive(Debug, Default)]
pub struct UplinkState {
    report: Mutex<UplinkReport>,
    /// Told at each receipt, since stills may go then.
    pub receipts: Notify,
}

impl UplinkState {
    /// How it stands.
    #[must_use]
    pub fn report(&self) -> UplinkReport {
        self.report.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn change(&self, change: impl FnOnce(&mut UplinkReport)) {
        change(&mut self.report.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

/// Longest wait between two attempts to connect.
const LONGEST_WAIT: Duration = Duration::from_secs(30);
/// A connection that stood so long was a good one: the next attempt is made soon.
const HEALTHY: Duration = Duration::from_secs(30);

/// Keeps the box connected until `ending`, then sends what is in the window and says goodbye.
pub async fn run(
    options: UplinkOptions,
    outbox: OutboxHandle,
    mut feeds: Feeds,
    state: Arc<UplinkState>,
    ending: CancellationToken,
    mut random: Random,
) {
    let mut session = Session::new(options, outbox, Arc::clone(&state));
    let mut wait = Duration::from_secs(1);
    while !ending.is_cancelled() {
        let begun = Instant::now();
        let problem = match session.connection(&mut feeds, &ending).await {
            Ok(()) => return,
            Err(problem) => problem,
        };
        tell(&state, &problem, session.options());
        if begun.elapsed() > HEALTHY {
            wait = Duration::from_secs(1);
        }
        let jittered = wait.mul_f64(0.5 + random.fraction());
        tokio::select! {
            () = tokio::time::sleep(jittered) => {}
            () = ending.cancelled() => {}
        }
        wait = (wait * 2).min(LONGEST_WAIT);
    }
}

/// Logs a problem when it is another than before.
fn tell(state: &UplinkState, problem: &Problem, options: &UplinkOptions) {
    let text = problem.told(&options.device);
    let mut changed = false;
    state.change(|report| {
        changed = report.problem.as_deref() != Some(&text);
        report.connected = false;
        report.problem = Some(text.clone());
        report.disconnects += 1;
    });
    if changed {
        tracing::warn!(broker = %format!("{}:{}", options.host, options.port), "{text}");
    }
}

/// The filters a box subscribes to.
fn filters(device: &DeviceId) -> [String; 2] {
    let ack = Topic::Ack(device.clone()).to_string();
    let commands = ack.strip_suffix("/ack").map(|stem| format!("{stem}/cmd/#")).unwrap_or_default();
    [ack, commands]
}
