//! The running centre: one supervisor that starts its parts in order and ends them in order.
//!
//! Ending: nothing new is accepted, live streams end, open requests get a few seconds; receiving
//! ends, the writer stores what it has, receipts get a moment to leave. The first signal does this,
//! a second one leaves at once.

use crate::blobs::{BlobError, BlobFiles};
use crate::centre::Centre;
use crate::clock::Clock;
use crate::config::Config;
use crate::ingest::{self, Login, NoPassword, Writer};
use crate::keys::{CentreKey, KeyError};
use crate::ready::Latch;
use crate::store::{SqliteStore, StoreError};
use crate::{sweeps, web};
use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::{Notify, mpsc};
use tokio::task::JoinSet;

/// Receipts that may wait for the fleet connection.
const RECEIPTS: usize = 8192;
/// Open requests get this long at the end.
const DRAIN: Duration = Duration::from_secs(5);

/// Why the centre cannot run.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The store.
    #[error("the store cannot be opened")]
    Store(#[from] StoreError),
    /// The key.
    #[error("the centre's key cannot be used")]
    Key(#[from] KeyError),
    /// Stills.
    #[error("the folder of stills cannot be used")]
    Blobs(#[from] BlobError),
    /// A broker account.
    #[error("a broker account cannot be used")]
    Login(#[from] NoPassword),
    /// The web server.
    #[error("cannot listen on {address} (http.listen): is something else there?")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why.
        source: io::Error,
    },
    /// The system.
    #[error("the system refused a thread or a signal")]
    System(#[from] io::Error),
}

/// The store's file within a data folder.
#[must_use]
pub fn store_file(data_dir: &Path) -> std::path::PathBuf {
    data_dir.join("kerege.db")
}

/// Opens the store of a data folder, making both when they are absent.
///
/// # Errors
/// When the folder or the file cannot be used.
pub fn open_store(data_dir: &Path) -> Result<SqliteStore, StoreError> {
    let made = std::fs::create_dir_all(data_dir);
    made.map_err(|source| StoreError::Open { path: data_dir.to_owned(), source: source.into() })?;
    SqliteStore::open(&store_file(data_dir))
}

/// Runs the centre until a signal ends it.
///
/// # Errors
/// When a part cannot start.
pub async fn run(config: Config) -> Result<(), RunError> {
    let store = Arc::new(open_store(&config.data_dir)?);
    let key = CentreKey::load_or_create(&config.data_dir)?;
    let blobs = BlobFiles::open(&config.data_dir)?;
    let ingest_login = Login::read(&config.broker, &config.broker.ingest)?;
    let fleet_login = Login::read(&config.broker, &config.broker.fleet)?;
    let address = config.http.listen;
    let centre = Arc::new(Centre::new(config, store, blobs, Clock::system()));
    centre.ready.release(Latch::StoreOpen);
    let listener = TcpListener::bind(address).await.map_err(|source| RunError::Listen { address, source })?;
    let bound = listener.local_addr()?;
    centre.ready.release(Latch::HttpBound);
    tracing::info!(%bound, key = %key.public(), devices = centre.config.devices.len(), "the centre runs");

    let (jobs, jobs_taken) = mpsc::channel(ingest::JOBS);
    let (receipts, receipts_taken) = mpsc::channel(RECEIPTS);
    let failed = Arc::new(Notify::new());
    let writer = Writer::start(Arc::clone(&centre), jobs_taken, receipts, Arc::clone(&failed))?;
    let mut tasks = JoinSet::new();
    tasks.spawn(ingest::run_uplink(Arc::clone(&centre), ingest_login, jobs, failed));
    tasks.spawn(ingest::run_fleet(Arc::clone(&centre), fleet_login, key, receipts_taken));
    tasks.spawn(sweeps::run(Arc::clone(&centre)));
    tasks.spawn(serve(Arc::clone(&centre), listener));
    let ended_early = wait_for_end(&centre, &mut tasks).await?;
    centre.shutdown.cancel();
    tokio::select! {
        () = async { while tasks.join_next().await.is_some() {} } => {}
        () = tokio::time::sleep(DRAIN * 2) => tracing::warn!("some parts did not end in time"),
    }
    let _joined = tokio::task::spawn_blocking(move || writer.join()).await;
    tracing::info!("the centre has ended");
    ended_early
}

/// Waits for a signal, or for a part that ends although nobody asked it to.
async fn wait_for_end(centre: &Centre, tasks: &mut JoinSet<()>) -> Result<Result<(), RunError>, RunError> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let outcome = tokio::select! {
        _ = terminate.recv() => Ok(()),
        _ = interrupt.recv() => Ok(()),
        () = centre.shutdown.cancelled() => Ok(()),
        ended = tasks.join_next() => {
            tracing::error!(?ended, "a part ended by itself; the centre ends");
            Err(RunError::System(io::Error::other("a part ended by itself")))
        }
    };
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::warn!("a second signal: leaving at once");
        std::process::exit(130);
    });
    Ok(outcome)
}

async fn serve(centre: Arc<Centre>, listener: TcpListener) {
    let app = web::app(&centre).into_make_service_with_connect_info::<SocketAddr>();
    let ending = centre.shutdown.clone();
    let server = axum::serve(listener, app).with_graceful_shutdown(ending.cancelled_owned());
    let drained = async {
        centre.shutdown.cancelled().await;
        tokio::time::sleep(DRAIN).await;
    };
    tokio::select! {
        served = server.into_future() => {
            if let Err(error) = served {
                tracing::error!(%error, "the web server ended");
            }
        }
        () = drained => tracing::warn!("requests were still open and were cut off"),
    }
}
