//! What all parts of the centre share, and how asynchronous code asks the blocking store.

use crate::api::problem::Problem;
use crate::auth::limiter::Limiter;
use crate::blobs::BlobFiles;
use crate::clock::Clock;
use crate::config::Config;
use crate::live::LiveBus;
use crate::ready::Latches;
use crate::store::{Store, StoreError, Stored, Tx};
use std::sync::{Arc, Mutex};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

/// Passwords checked at once: each takes 19 MiB and a core.
const HASHING_AT_ONCE: usize = 2;
/// Live streams open at once.
const STREAMS: usize = 512;
/// Uploads taken at once: each may hold one body in memory.
const UPLOADS_AT_ONCE: usize = 16;

/// What all parts of the centre share.
#[derive(Debug)]
pub struct Centre {
    /// The configuration.
    pub config: Config,
    /// The store.
    pub store: Arc<dyn Store>,
    /// Stills and pictures on disk.
    pub blobs: BlobFiles,
    /// The live fan-out.
    pub live: LiveBus,
    /// The time.
    pub clock: Clock,
    /// Failed attempts to sign in.
    pub limiter: Mutex<Limiter>,
    /// Who may hash a password now.
    pub hashing: Semaphore,
    /// Who may listen.
    pub streams: Arc<Semaphore>,
    /// Who may upload.
    pub uploads: Semaphore,
    /// What has to hold before the centre is ready.
    pub ready: Latches,
    /// Ends everything.
    pub shutdown: CancellationToken,
}

impl Centre {
    /// Puts the parts together.
    #[must_use]
    pub fn new(config: Config, store: Arc<dyn Store>, blobs: BlobFiles, clock: Clock) -> Self {
        Self {
            live: LiveBus::new(&clock),
            config,
            store,
            blobs,
            clock,
            limiter: Mutex::default(),
            hashing: Semaphore::new(HASHING_AT_ONCE),
            streams: Arc::new(Semaphore::new(STREAMS)),
            uploads: Semaphore::new(UPLOADS_AT_ONCE),
            ready: Latches::default(),
            shutdown: CancellationToken::new(),
        }
    }

    /// Reads from the store without holding up other requests.
    ///
    /// # Errors
    /// An internal problem when the store fails.
    pub async fn read<T: Send + 'static>(
        &self,
        ask: impl FnOnce(&dyn Store) -> Stored<T> + Send + 'static,
    ) -> Result<T, Problem> {
        let store = Arc::clone(&self.store);
        blocking(move || ask(&*store)).await
    }

    /// Writes to the store in one transaction without holding up other requests.
    ///
    /// # Errors
    /// An internal problem when the store fails.
    pub async fn write<T: Send + 'static>(
        &self,
        mut work: impl FnMut(&dyn Tx) -> Stored<T> + Send + 'static,
    ) -> Result<T, Problem> {
        let store = Arc::clone(&self.store);
        blocking(move || in_transaction(&*store, &mut work)).await
    }
}

/// Runs some work in one transaction and gives back its result.
///
/// # Errors
/// When the work or the commit fails.
pub fn in_transaction<T>(store: &dyn Store, mut work: impl FnMut(&dyn Tx) -> Stored<T>) -> Stored<T> {
    let mut result = None;
    store.transaction(&mut |tx| {
        result = Some(work(tx)?);
        Ok(())
    })?;
    result.ok_or_else(|| StoreError::Backend("the transaction did not run".into()))
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Stored<T> + Send + 'static) -> Result<T, Problem> {
    match tokio::task::spawn_blocking(work).await {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => Err(Problem::internal(&error)),
        Err(error) => Err(Problem::internal(&error)),
    }
}
