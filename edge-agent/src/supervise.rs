//! Named tasks with a written order of ending.
//!
//! Stages end in the order in which they were added: each is told to end, gets its time, and only
//! then comes the next, so that what a stage still hands on is taken by those after it. The first
//! signal begins this; the second leaves at once.

use std::time::{Duration, Instant};
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// What a stage does to end; gives when it has.
type Finish = Box<dyn FnOnce() + Send>;

struct Stage {
    name: &'static str,
    patience: Duration,
    finish: Finish,
}

/// The stages of a running box, in the order of their ending.
#[derive(Default)]
pub struct Supervisor {
    stages: Vec<Stage>,
}

impl std::fmt::Debug for Supervisor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.stages.iter().map(|stage| stage.name)).finish()
    }
}

impl Supervisor {
    /// Adds a stage that ends after those added before it. `finish` blocks until it has ended; past
    /// `patience` it is left behind.
    pub fn add(&mut self, name: &'static str, patience: Duration, finish: impl FnOnce() + Send + 'static) {
        self.stages.push(Stage { name, patience, finish: Box::new(finish) });
    }

    /// Ends every stage in order. True when each ended in its time.
    #[must_use]
    pub fn end(self) -> bool {
        let mut all = true;
        for stage in self.stages {
            let begun = Instant::now();
            let ended = within(stage.patience, stage.finish);
            let ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
            if ended {
                tracing::debug!(stage = stage.name, ms, "ended");
            } else {
                tracing::warn!(stage = stage.name, ms, "did not end in its time and is left behind");
                all = false;
            }
        }
        all
    }
}

/// Does something in a thread of its own; false when it takes longer than it may.
fn within(patience: Duration, work: Finish) -> bool {
    let (tell, done) = std::sync::mpsc::sync_channel(1);
    let thread = std::thread::Builder::new().name("ending".into()).spawn(move || {
        work();
        // Nobody listens once the patience is over.
        let _told = tell.send(());
    });
    thread.is_ok() && done.recv_timeout(patience).is_ok()
}

/// Cancels `ending` at the first SIGTERM or SIGINT; leaves the process at the second.
pub async fn watch_signals(ending: CancellationToken) {
    let (Ok(mut terminate), Ok(mut interrupt)) = (signal(SignalKind::terminate()), signal(SignalKind::interrupt()))
    else {
        tracing::error!("signals cannot be watched: the box ends only by force");
        return;
    };
    loop {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        if ending.is_cancelled() {
            tracing::warn!("second signal: leaving at once");
            std::process::exit(130);
        }
        tracing::info!("ending: cameras first, then what is counted, then what is to be sent");
        ending.cancel();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::{Arc, Mutex};

    #[test]
    fn stages_end_in_their_order_and_one_that_hangs_is_left() {
        let order = Arc::new(Mutex::new(Vec::new()));
        let mut supervisor = Supervisor::default();
        for name in ["cameras", "hangs", "outbox"] {
            let order = Arc::clone(&order);
            supervisor.add(name, Duration::from_millis(100), move || {
                if name == "hangs" {
                    std::thread::sleep(Duration::from_secs(5));
                }
                order.lock().unwrap().push(name);
            });
        }
        assert!(!supervisor.end());
        assert_eq!(*order.lock().unwrap(), ["cameras", "outbox"]);
    }
}
