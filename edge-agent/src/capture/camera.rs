//! A camera's thread: connect, watch, take down, wait, connect again, for ever.

use super::backoff::Backoff;
use super::live::{Epoch, Progress, Shared};
use super::stream::Stream;
use super::{CameraOptions, CameraStats, OnChange};
use crate::infer::SlotWriter;
use kerege_contract::CameraId;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// How long a camera may take from the first call to the first packet.
const CONNECT_LIMIT: Duration = Duration::from_secs(5);

/// How long a camera may take from the first packet to the first picture: a key picture must come.
const FIRST_PICTURE_LIMIT: Duration = Duration::from_secs(12);

/// How often a stream is looked at.
const WATCH: Duration = Duration::from_millis(100);

/// An open camera; it is closed when dropped.
pub struct Camera {
    shared: Arc<Shared>,
    stop: Arc<Stop>,
    thread: Option<JoinHandle<()>>,
}

impl std::fmt::Debug for Camera {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Camera").field("id", self.id()).finish_non_exhaustive()
    }
}

impl Camera {
    /// Opens a camera: connects now and whenever the stream is lost, until it is closed. Frames go
    /// into `slot`, changes to `on_change`.
    ///
    /// # Errors
    /// When no thread can be started.
    pub fn open(options: CameraOptions, slot: SlotWriter, on_change: OnChange) -> std::io::Result<Self> {
        let name = format!("camera-{}", options.id);
        let shared = Arc::new(Shared::new(options, slot, on_change));
        let stop = Arc::new(Stop::default());
        let (running, stopping) = (Arc::clone(&shared), Arc::clone(&stop));
        let thread = std::thread::Builder::new().name(name).spawn(move || run(&running, &stopping))?;
        Ok(Self { shared, stop, thread: Some(thread) })
    }

    /// The camera's name.
    #[must_use]
    pub fn id(&self) -> &CameraId {
        &self.shared.options.id
    }

    /// Its figures.
    #[must_use]
    pub fn stats(&self) -> CameraStats {
        self.shared.stats()
    }

    /// Closes it and waits for its thread, at most some seconds.
    pub fn close(self) {
        drop(self);
    }
}

impl Drop for Camera {
    fn drop(&mut self) {
        self.stop.set();
        if let Some(thread) = self.thread.take() {
            // A thread that panicked has said so already.
            let _panicked = thread.join();
        }
    }
}

/// Tells a camera's thread to end, also while it waits.
#[derive(Debug, Default)]
struct Stop {
    set: Mutex<bool>,
    changed: Condvar,
}

impl Stop {
    fn set(&self) {
        *self.lock() = true;
        self.changed.notify_all();
    }

    fn is_set(&self) -> bool {
        *self.lock()
    }

    fn wait(&self, patience: Duration) {
        let waited = self.changed.wait_timeout_while(self.lock(), patience, |set| !*set);
        drop(waited.unwrap_or_else(PoisonError::into_inner));
    }

    fn lock(&self) -> MutexGuard<'_, bool> {
        self.set.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn run(shared: &Arc<Shared>, stop: &Stop) {
    let mut backoff = Backoff::new(shared.options.retry_max);
    let mut stream_epoch = 0;
    loop {
        let epoch = Arc::new(Epoch::new(shared, stream_epoch));
        let reason = run_once(shared, &epoch, stop);
        if stop.is_set() {
            return;
        }
        shared.down(&reason);
        if epoch.progress().first_frame.is_some() {
            stream_epoch += 1;
        }
        stop.wait(backoff.wait_after(epoch.lived(), chance()));
        if stop.is_set() {
            return;
        }
        shared.count_reconnect();
    }
}

/// One connection, until it is lost or the camera is closed; why it ended.
fn run_once(shared: &Arc<Shared>, epoch: &Arc<Epoch>, stop: &Stop) -> String {
    let camera = &shared.options.id;
    let began = Instant::now();
    let stream = match Stream::connect(epoch, &shared.options) {
        Ok(stream) => stream,
        Err(reason) => return reason,
    };
    let reason = loop {
        if stop.is_set() {
            break "closed".to_owned();
        }
        // What was found out inside explains the error that the pipeline makes of it.
        if let Some(reason) = epoch.fault() {
            break reason;
        }
        if let Some(reason) = stream.heard(WATCH) {
            break epoch.fault().unwrap_or(reason);
        }
        if let Some(reason) = stalled(began, epoch.progress(), shared.options.stall) {
            break reason;
        }
    };
    drop(stream);
    tracing::info!(%camera, reason, "camera stream ended");
    reason
}

/// Why the stream counts as stalled, if it does: a camera that hangs gives no error at all.
fn stalled(began: Instant, progress: Progress, stall: Duration) -> Option<String> {
    let Some(first_packet) = progress.first_packet else {
        return (began.elapsed() >= CONNECT_LIMIT).then(|| "the camera does not answer".to_owned());
    };
    let Some(last_frame) = progress.last_frame else {
        let packets_stopped = progress.last_packet.is_some_and(|last| last.elapsed() >= FIRST_PICTURE_LIMIT / 2);
        return if packets_stopped {
            Some("packets stopped before the first picture".to_owned())
        } else {
            (first_packet.elapsed() >= FIRST_PICTURE_LIMIT)
                .then(|| "packets arrive, but no picture can be decoded from them".to_owned())
        };
    };
    let packets_arrive = progress.last_packet.is_some_and(|last| last.elapsed() < stall / 2);
    let what = if packets_arrive { "packets arrive, but no picture for" } else { "no picture for" };
    (last_frame.elapsed() >= stall).then(|| format!("{what} {:.0} s", stall.as_secs_f64()))
}

/// A random number, 0..1.
fn chance() -> f64 {
    getrandom::u32().map_or(0.5, |random| f64::from(random) / f64::from(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ago(seconds: u64) -> Instant {
        Instant::now().checked_sub(Duration::from_secs(seconds)).unwrap()
    }

    fn judge(began: u64, packets: Option<(u64, u64)>, frame: Option<u64>) -> Option<String> {
        let progress = Progress {
            first_packet: packets.map(|(first, _)| ago(first)),
            last_packet: packets.map(|(_, last)| ago(last)),
            first_frame: frame.map(|_| ago(30)),
            last_frame: frame.map(ago),
        };
        stalled(ago(began), progress, Duration::from_secs(3))
    }

    #[test]
    fn each_way_of_hanging_is_told_apart() {
        assert_eq!(judge(4, None, None), None);
        assert_eq!(judge(6, None, None).unwrap(), "the camera does not answer");
        assert_eq!(judge(9, Some((8, 0)), None), None, "a key picture may still come");
        assert!(judge(15, Some((13, 0)), None).unwrap().contains("no picture can be decoded"));
        assert!(judge(15, Some((8, 7)), None).unwrap().contains("before the first picture"));
        assert_eq!(judge(60, Some((59, 2)), Some(2)), None);
        assert_eq!(judge(60, Some((59, 4)), Some(4)).unwrap(), "no picture for 3 s");
        assert_eq!(judge(60, Some((59, 0)), Some(4)).unwrap(), "packets arrive, but no picture for 3 s");
    }
}
