//! The latest picture of each camera: a place for one per camera, overwritten when the centre is slow.

use super::CentreClient;
use kerege_contract::{CameraId, UtcTime};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// One picture per camera that waits for its upload.
#[derive(Debug, Default)]
pub struct Pictures {
    state: Mutex<State>,
    filled: Condvar,
    overwritten: AtomicU64,
}

#[derive(Debug, Default)]
struct State {
    waiting: BTreeMap<CameraId, (UtcTime, Vec<u8>)>,
    /// The camera served last, so that all get their turn.
    last: Option<CameraId>,
    closed: bool,
}

impl Pictures {
    /// No pictures yet.
    #[must_use]
    pub fn new() -> Arc<Self> {
        Arc::default()
    }

    /// Puts in a camera's newest picture, a JPEG; one that still waits is overwritten and counted.
    pub fn put(&self, camera: &CameraId, captured: UtcTime, jpeg: Vec<u8>) {
        let old = self.lock().waiting.insert(camera.clone(), (captured, jpeg));
        self.filled.notify_one();
        if old.is_some() {
            self.overwritten.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Ends whoever waits for pictures.
    pub fn close(&self) {
        self.lock().closed = true;
        self.filled.notify_all();
    }

    /// How many pictures were overwritten before they went.
    #[must_use]
    pub fn overwritten(&self) -> u64 {
        self.overwritten.load(Ordering::Relaxed)
    }

    /// Waits for a picture, taking the cameras in turn; none when it was closed.
    fn next(&self) -> Option<(CameraId, UtcTime, Vec<u8>)> {
        let mut state = self.lock();
        loop {
            if state.closed {
                return None;
            }
            if let Some(found) = state.take() {
                return Some(found);
            }
            state = self.filled.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn take(&mut self) -> Option<(CameraId, UtcTime, Vec<u8>)> {
        let after = self.last.as_ref().and_then(|last| self.waiting.keys().find(|camera| *camera > last));
        let camera = after.or_else(|| self.waiting.keys().next())?.clone();
        let (captured, jpeg) = self.waiting.remove(&camera)?;
        self.last = Some(camera.clone());
        Some((camera, captured, jpeg))
    }
}

/// Uploads pictures until they are closed. A picture that cannot go is dropped: a newer one comes.
pub fn run_pictures(client: &CentreClient, pictures: &Pictures) {
    let mut told = String::new();
    while let Some((camera, captured, jpeg)) = pictures.next() {
        let path = format!("/api/v1/devices/{}/cameras/{camera}/picture", client.device);
        let fault = match client.put(&path, "image/jpeg", None, Some(captured), &jpeg) {
            Ok(answer) if answer.status < 300 => String::new(),
            Ok(answer) => format!("the centre answers {} {}", answer.status, answer.code),
            Err(error) => error.to_string(),
        };
        if fault != told && !fault.is_empty() {
            tracing::warn!(
                "the latest pictures do not reach the centre ({fault}): check centre.url and the device's key there"
            );
        }
        if !fault.is_empty() {
            std::thread::sleep(Duration::from_secs(1));
        }
        told = fault;
    }
}
