//! What has to hold before the centre is ready: latches that its parts release, and hold again when
//! they are lost.

use serde::Serialize;
use std::sync::atomic::{AtomicBool, Ordering};

/// The latches.
#[derive(Debug, Default)]
pub struct Latches {
    store_open: AtomicBool,
    http_bound: AtomicBool,
    broker_subscribed: AtomicBool,
}

/// One of the latches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Latch {
    /// The store is open.
    StoreOpen,
    /// The web server listens.
    HttpBound,
    /// What boxes send arrives here.
    BrokerSubscribed,
}

/// How the latches stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Readiness {
    /// Whether all are released.
    pub ready: bool,
    /// The store is open.
    pub store_open: bool,
    /// The web server listens.
    pub http_bound: bool,
    /// What boxes send arrives here.
    pub broker_subscribed: bool,
}

impl Latches {
    const fn of(&self, latch: Latch) -> &AtomicBool {
        match latch {
            Latch::StoreOpen => &self.store_open,
            Latch::HttpBound => &self.http_bound,
            Latch::BrokerSubscribed => &self.broker_subscribed,
        }
    }

    /// It holds now.
    pub fn release(&self, latch: Latch) {
        self.of(latch).store(true, Ordering::SeqCst);
    }

    /// It holds no longer.
    pub fn hold(&self, latch: Latch) {
        self.of(latch).store(false, Ordering::SeqCst);
    }

    /// How they stand.
    #[must_use]
    pub fn look(&self) -> Readiness {
        let [store_open, http_bound, broker_subscribed] =
            [&self.store_open, &self.http_bound, &self.broker_subscribed].map(|latch| latch.load(Ordering::SeqCst));
        Readiness { ready: store_open && http_bound && broker_subscribed, store_open, http_bound, broker_subscribed }
    }
}
