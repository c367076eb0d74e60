//! One connection after another over the same window: birth, subscriptions, sending, receipts.

use super::mqtt::{Delivery, Link, LinkEvent, LinkOptions, Message};
use super::{Feeds, Lane, Latest, Problem, UplinkOptions, UplinkState, Window, WindowLimits, commands, filters};
use crate::outbox::{ItemKey, OutboxError, OutboxHandle, ReceiptError};
use crate::{clock, crash};
use kerege_contract::state::{DeviceState, Presence};
use kerege_contract::topic::Topic;
use kerege_contract::version::{Unknown, V1};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// Incidents younger than this overtake.
const FRESH_S: f64 = 600.0;
/// Items asked of the outbox at once.
const PAGE: usize = 64;
/// A broker that acknowledges nothing for so long is given up.
const UNACKNOWLEDGED: Duration = Duration::from_secs(60);
/// How long the window may empty itself when the box ends.
const DRAIN: Duration = Duration::from_secs(5);
const HEALTH_EXPIRY_S: u32 = 120;

/// What outlives a connection: the window and how far the outbox was read.
pub(super) struct Session {
    options: UplinkOptions,
    outbox: OutboxHandle,
    state: Arc<UplinkState>,
    window: Window,
    read_events: (u32, u64),
    read_facts: u64,
    begun: Instant,
    births: u64,
    /// Whether the outbox may hold what the window has not seen.
    hungry: bool,
}

impl Session {
    pub(super) fn new(options: UplinkOptions, outbox: OutboxHandle, state: Arc<UplinkState>) -> Self {
        Self {
            options,
            outbox,
            state,
            window: Window::new(WindowLimits::default()),
            read_events: (0, 0),
            read_facts: 0,
            begun: Instant::now(),
            births: 0,
            hungry: true,
        }
    }

    pub(super) const fn options(&self) -> &UplinkOptions {
        &self.options
    }

    /// One connection, until it breaks or the box ends.
    pub(super) async fn connection(&mut self, feeds: &mut Feeds, ending: &CancellationToken) -> Result<(), Problem> {
        self.births += 1;
        let mut link = Link::open(&self.link_options());
        let result = self.live(&mut link, feeds, ending).await;
        self.window.disconnected(self.now());
        self.state.change(|report| report.connected = false);
        result
    }

    async fn live(
        &mut self,
        link: &mut Link<ItemKey>,
        feeds: &mut Feeds,
        ending: &CancellationToken,
    ) -> Result<(), Problem> {
        tokio::select! {
            connected = connected(link) => connected?,
            () = ending.cancelled() => return Ok(()),
        }
        self.greet(link)?;
        feeds.reported.mark_changed();
        loop {
            self.fill().await?;
            self.send(link).await?;
            self.give_up_when_silent()?;
            let outbox = self.outbox.clone();
            tokio::select! {
                event = link.next() => self.handle(link, event?).await?,
                () = outbox.stored() => self.hungry = true,
                () = changed(&mut feeds.health) => self.publish_latest(link, &feeds.health, &self.topic_of_health(), Delivery::Expiring(HEALTH_EXPIRY_S))?,
                () = changed(&mut feeds.reported) => self.publish_latest(link, &feeds.reported, &Topic::ConfigReported(self.options.device.clone()), Delivery::Retained)?,
                () = changed(&mut feeds.phases) => self.publish_latest(link, &feeds.phases, &Topic::Signal(self.options.site.clone()), Delivery::Acknowledged)?,
                () = tokio::time::sleep(self.until_due()) => self.hungry = true,
                () = ending.cancelled() => return self.drain(link).await,
            }
        }
    }

    fn topic_of_health(&self) -> Topic {
        Topic::Health(self.options.device.clone())
    }

    fn greet(&mut self, link: &mut Link<ItemKey>) -> Result<(), Problem> {
        for filter in filters(&self.options.device) {
            link.subscribe(&filter).map_err(|_| busy())?;
        }
        self.publish_state(link, Presence::Online)?;
        tracing::info!(broker = %format!("{}:{}", self.options.host, self.options.port), "connected to the broker");
        self.state.change(|report| {
            report.connected = true;
            report.problem = None;
            report.connects += 1;
        });
        Ok(())
    }

    fn publish_state(&self, link: &mut Link<ItemKey>, presence: Presence) -> Result<(), Problem> {
        let topic = Topic::State(self.options.device.clone()).to_string();
        let payload = self.presence(presence);
        link.publish(Message { topic, payload, jws: None, delivery: Delivery::Retained }, None).map_err(|_| busy())
    }

    fn presence(&self, state: Presence) -> Vec<u8> {
        let state = DeviceState {
            v: V1,
            state,
            boot: self.options.boot.clone(),
            software: self.options.software.clone(),
            bd: self.births,
            unknown: Unknown::new(),
        };
        serde_json::to_vec(&state).unwrap_or_default()
    }

    fn link_options(&self) -> LinkOptions {
        LinkOptions {
            host: self.options.host.clone(),
            port: self.options.port,
            user: self.options.device.to_string(),
            password: self.options.password.clone(),
            will: (Topic::State(self.options.device.clone()).to_string(), self.presence(Presence::Offline)),
        }
    }

    /// Takes as much from the outbox into the window as there is room for: fresh incidents first.
    async fn fill(&mut self) -> Result<(), Problem> {
        if !std::mem::take(&mut self.hungry) {
            return Ok(());
        }
        let (fresh_room, room) = (self.window.room(Lane::Fresh).min(PAGE), self.window.room(Lane::Backlog).min(PAGE));
        let (events, facts) = (self.read_events, self.read_facts);
        let since = clock::now().plus_seconds(-FRESH_S);
        let found = self
            .outbox
            .ask(move |outbox| {
                let fresh = outbox.fresh(since, fresh_room)?;
                let waiting = outbox.waiting_events(events, room)?;
                let facts = outbox.waiting_facts(facts, room.saturating_sub(waiting.len()))?;
                Ok::<_, OutboxError>((fresh, waiting, facts))
            })
            .await;
        let (fresh, events, facts) = found.map_err(|error| outbox_fault(&error))?;
        // More than fitted may wait.
        self.hungry = events.len() + facts.len() == room && room > 0;
        for key in fresh {
            self.window.offer(key, Lane::Fresh);
        }
        for key in events.into_iter().chain(facts) {
            if !self.window.offer(key, Lane::Backlog) {
                continue;
            }
            match key {
                ItemKey::Event { epoch, seq } => self.read_events = (epoch, seq),
                ItemKey::Fact { fseq } => self.read_facts = fseq,
            }
        }
        Ok(())
    }

    async fn send(&mut self, link: &mut Link<ItemKey>) -> Result<(), Problem> {
        let now = self.now();
        let keys: Vec<ItemKey> = std::iter::from_fn(|| self.window.next(now)).collect();
        if keys.is_empty() {
            return Ok(());
        }
        let wanted = keys.clone();
        let items = self.outbox.ask(move |outbox| outbox.load(&wanted)).await.map_err(|error| outbox_fault(&error))?;
        // What is no longer waiting got its receipt meanwhile.
        for key in keys.iter().filter(|key| !items.iter().any(|item| item.key == **key)) {
            self.window.acknowledged(*key, now);
            self.window.done(*key);
        }
        for item in items {
            crash::point("uplink.before_send");
            let message = Message {
                topic: item.topic.to_string(),
                payload: item.bytes,
                jws: Some(item.jws),
                delivery: Delivery::Acknowledged,
            };
            link.publish(message, Some(item.key)).map_err(|_| busy())?;
        }
        let resent = self.window.resent();
        self.state.change(|report| report.resent = resent);
        Ok(())
    }

    fn publish_latest(
        &self,
        link: &mut Link<ItemKey>,
        feed: &watch::Receiver<Option<Latest>>,
        topic: &Topic,
        delivery: Delivery,
    ) -> Result<(), Problem> {
        let Some(latest) = feed.borrow().clone() else { return Ok(()) };
        let message = Message { topic: topic.to_string(), payload: latest.bytes, jws: latest.jws, delivery };
        link.publish(message, None).map_err(|_| busy())
    }

    async fn handle(&mut self, link: &mut Link<ItemKey>, event: LinkEvent<ItemKey>) -> Result<(), Problem> {
        match event {
            LinkEvent::Connected => {}
            LinkEvent::Sent(_) => crash::point("uplink.after_send"),
            LinkEvent::Acknowledged(key) => self.window.acknowledged(key, self.now()),
            LinkEvent::Refused(key, reason) => {
                tracing::warn!(?key, reason, "the broker refuses a message: may the box write to its own topics?");
                self.window.acknowledged(key, self.now());
                self.state.change(|report| report.refused_by_broker += 1);
            }
            LinkEvent::Received { topic, payload, jws } => match topic.parse() {
                Ok(Topic::Ack(dev)) if dev == self.options.device => self.receipt(payload, jws).await,
                Ok(Topic::Command(dev, name)) if dev == self.options.device => {
                    self.command(link, &name, payload, jws).await?;
                }
                _ => tracing::warn!(topic, "a message on a topic that the box did not ask for"),
            },
        }
        Ok(())
    }

    async fn receipt(&mut self, payload: Vec<u8>, jws: Option<String>) {
        let centre = self.options.centre;
        let taken = self
            .outbox
            .ask::<_, ReceiptError, _>(move |outbox| outbox.receive(&payload, jws.as_deref(), &centre, clock::now()))
            .await;
        match taken {
            Ok(outcome) => {
                self.hungry = true;
                for key in &outcome.done {
                    self.window.done(*key);
                }
                for (key, code) in &outcome.refused {
                    tracing::error!(?key, code = code.as_str(), "the centre refuses an item: it is kept in quarantine");
                }
                if outcome.foreign > 0 || outcome.upto_beyond {
                    tracing::error!(
                        items = outcome.foreign,
                        "the centre has items under this box's numbers that the box never made: is its key used elsewhere?"
                    );
                }
                self.state.change(|report| {
                    report.receipted += outcome.newly as u64;
                    report.foreign_items += outcome.foreign as u64;
                    report.refused_by_centre += outcome.refused.len() as u64;
                });
                self.state.receipts.notify_one();
            }
            Err(error) => {
                tracing::error!(error = &error as &dyn std::error::Error, "a receipt is not taken");
                self.state.change(|report| report.bad_receipts += 1);
            }
        }
    }

    async fn command(
        &mut self,
        link: &mut Link<ItemKey>,
        name: &str,
        payload: Vec<u8>,
        jws: Option<String>,
    ) -> Result<(), Problem> {
        let obeyed = commands::obey(&self.outbox, &self.options, name, &payload, jws.as_deref(), clock::now()).await;
        let Some(obeyed) = obeyed else { return Ok(()) };
        if obeyed.read_again {
            self.hungry = true;
            self.read_events = (0, 0);
            self.read_facts = 0;
        }
        let topic = Topic::CommandResult(self.options.device.clone(), obeyed.result.id.clone()).to_string();
        let payload = serde_json::to_vec(&obeyed.result).unwrap_or_default();
        link.publish(Message { topic, payload, jws: None, delivery: Delivery::Acknowledged }, None).map_err(|_| busy())
    }

    /// Waits for what is in flight, then says that the box is off.
    async fn drain(&mut self, link: &mut Link<ItemKey>) -> Result<(), Problem> {
        let deadline = tokio::time::Instant::now() + DRAIN;
        self.hungry = true;
        self.fill().await?;
        self.send(link).await?;
        while self.window.unreceipted() > 0 {
            let Ok(event) = tokio::time::timeout_at(deadline, link.next()).await else { break };
            self.handle(link, event?).await?;
            self.send(link).await?;
        }
        self.publish_state(link, Presence::Offline)?;
        link.goodbye();
        // Until the broker closes the connection, or a moment.
        let closing = async { while link.next().await.is_ok() {} };
        let _closed = tokio::time::timeout(Duration::from_secs(1), closing).await;
        Ok(())
    }

    fn give_up_when_silent(&self) -> Result<(), Problem> {
        let limit = u64::try_from(UNACKNOWLEDGED.as_millis()).unwrap_or(u64::MAX);
        match self.window.oldest_in_flight() {
            Some(since) if self.now().saturating_sub(since) > limit => {
                Err(Problem::Lost("the broker acknowledged nothing for 60 s".into()))
            }
            _ => Ok(()),
        }
    }

    fn until_due(&self) -> Duration {
        let due = self.window.next_due().map_or(5000, |due| due.saturating_sub(self.now()));
        Duration::from_millis(due.clamp(10, 5000))
    }

    fn now(&self) -> u64 {
        u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

async fn connected(link: &mut Link<ItemKey>) -> Result<(), Problem> {
    loop {
        if matches!(link.next().await?, LinkEvent::Connected) {
            return Ok(());
        }
    }
}

/// Waits for a new message of a feed; for ever when nobody feeds it any more.
async fn changed(feed: &mut watch::Receiver<Option<Latest>>) {
    if feed.changed().await.is_err() {
        std::future::pending::<()>().await;
    }
}

fn busy() -> Problem {
    Problem::Lost("the connection takes nothing any more".into())
}

fn outbox_fault(error: &OutboxError) -> Problem {
    tracing::error!(error = error as &dyn std::error::Error, "the outbox does not answer");
    Problem::Lost("the outbox does not answer".into())
}
