//! The one thread that owns the outbox, and how everything else asks it.
//!
//! Requests queue in a bounded channel; who asks when it is full waits, because nothing that comes
//! this far may be lost. Damage found while working is mended here: the damaged file is set aside,
//! a new epoch begins, and the request is done again on the new database.

use super::{Beginning, Moment, Outbox, OutboxError, Settings};
use ed25519_dalek::SigningKey;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;
use tokio::sync::{Notify, oneshot};

/// Requests that may wait.
const QUEUE: usize = 256;

type Work = Box<dyn FnMut(&mut Outbox) -> Result<(), OutboxError> + Send>;

enum Job {
    Work(Work),
    Close,
}

/// Asks the outbox; cheap to clone.
#[derive(Clone)]
pub struct OutboxHandle {
    jobs: SyncSender<Job>,
    stored: Arc<Notify>,
}

impl std::fmt::Debug for OutboxHandle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OutboxHandle").finish_non_exhaustive()
    }
}

/// The thread; ends when it is closed.
#[derive(Debug)]
pub struct OutboxThread {
    jobs: SyncSender<Job>,
    thread: JoinHandle<()>,
}

/// Makes the time, clock state and randomness of a new epoch when damage is found at work.
pub type Moments = Box<dyn FnMut() -> Moment + Send>;

struct Owner {
    outbox: Option<Outbox>,
    settings: Settings,
    key: SigningKey,
    moments: Moments,
}

impl OutboxThread {
    /// Opens the outbox and gives it its thread.
    ///
    /// # Errors
    /// As [`Outbox::open`], and when no thread can be started.
    pub fn start(
        settings: &Settings,
        key: &SigningKey,
        mut moments: Moments,
    ) -> Result<(Self, OutboxHandle, Beginning), OutboxError> {
        let (outbox, beginning) = Outbox::open(settings, key, &moments())?;
        let (jobs, requests) = sync_channel(QUEUE);
        let mut owner = Owner { outbox: Some(outbox), settings: settings.clone(), key: key.clone(), moments };
        let thread = std::thread::Builder::new()
            .name("outbox".into())
            .spawn(move || owner.run(&requests))
            .map_err(|source| OutboxError::file("start the thread of", &settings.database_path(), source))?;
        let handle = OutboxHandle { jobs: jobs.clone(), stored: Arc::new(Notify::new()) };
        Ok((Self { jobs, thread }, handle, beginning))
    }

    /// Lets the requests that wait be done and ends the thread.
    pub fn close(self) {
        let _ended = self.jobs.send(Job::Close);
        if self.thread.join().is_err() {
            tracing::error!("the outbox's thread had panicked");
        }
    }
}

impl Owner {
    fn run(&mut self, requests: &Receiver<Job>) {
        while let Ok(Job::Work(mut work)) = requests.recv() {
            self.work(&mut work);
        }
    }

    fn work(&mut self, work: &mut Work) {
        let Some(outbox) = &mut self.outbox else { return };
        let Err(error) = work(outbox) else { return };
        if !error.is_damage() {
            return;
        }
        // Closed first, so that nothing writes to the file that is set aside.
        self.outbox = None;
        let mended = Outbox::replace(&self.settings, &self.key, &(self.moments)(), &error);
        match mended {
            Ok((mut outbox, beginning)) => {
                tracing::error!(?beginning, "the outbox was damaged and a new epoch has begun");
                let _told = work(&mut outbox);
                self.outbox = Some(outbox);
            }
            Err(error) => tracing::error!(
                error = &error as &dyn std::error::Error,
                "the damaged outbox could not be replaced: nothing can be stored until the box is restarted"
            ),
        }
    }
}

impl OutboxHandle {
    /// Does something with the outbox and waits for it.
    ///
    /// # Errors
    /// What the work gives, or [`OutboxError::Closed`].
    pub fn call<T, E, F>(&self, mut work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<OutboxError> + AsOutboxError + Send + 'static,
        F: FnMut(&mut Outbox) -> Result<T, E> + Send + 'static,
    {
        let (reply, answer) = sync_channel(2);
        self.submit(Box::new(move |outbox| report(work(outbox), |result| drop(reply.try_send(result)))))?;
        // Damage is mended and the work done again: the last answer counts.
        answer.into_iter().last().unwrap_or_else(|| Err(OutboxError::Closed.into()))
    }

    /// Does something with the outbox, for tasks that must not block.
    ///
    /// # Errors
    /// What the work gives, or [`OutboxError::Closed`].
    pub async fn ask<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<OutboxError> + AsOutboxError + Send + 'static,
        F: FnMut(&mut Outbox) -> Result<T, E> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let handle = self.clone();
        tokio::task::spawn_blocking(move || drop(reply.send(handle.call(work))));
        answer.await.unwrap_or_else(|_| Err(OutboxError::Closed.into()))
    }

    fn submit(&self, work: Work) -> Result<(), OutboxError> {
        self.jobs.send(Job::Work(work)).map_err(|_| OutboxError::Closed)
    }

    /// Wakes whoever sends, after something was stored.
    pub fn announce(&self) {
        self.stored.notify_one();
    }

    /// Waits until something was stored.
    pub async fn stored(&self) {
        self.stored.notified().await;
    }
}

/// Errors in which damage of the outbox can be recognised.
pub trait AsOutboxError {
    /// What the damage is, if it is damage.
    fn damage(&self) -> Option<String>;
}

impl AsOutboxError for OutboxError {
    fn damage(&self) -> Option<String> {
        if let Self::Damaged { what } = self { Some(what.clone()) } else { None }
    }
}

impl AsOutboxError for super::ReceiptError {
    fn damage(&self) -> Option<String> {
        if let Self::Outbox(error) = self { error.damage() } else { None }
    }
}

/// Gives the result to who asked, and damage also to the thread.
fn report<T, E: AsOutboxError>(result: Result<T, E>, give: impl FnOnce(Result<T, E>)) -> Result<(), OutboxError> {
    let damage = result.as_ref().err().and_then(AsOutboxError::damage);
    give(result);
    damage.map_or(Ok(()), |what| Err(OutboxError::Damaged { what }))
}
