//! Stills: uploaded in parts once their event has its receipt, resumed where they were left.

use super::{Answer, BlobItem, CentreClient, NoAnswer, OutboxError, OutboxHandle, PART_BYTES, Sha256Hash};
use crate::clock;
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How the upload of stills stands, and how it is woken and ended.
#[derive(Debug, Default)]
pub struct StillsState {
    closed: AtomicBool,
    uploaded: AtomicU64,
    woken: Mutex<bool>,
    wake: Condvar,
}

impl StillsState {
    /// Looks again for stills that may go.
    pub fn wake(&self) {
        *self.woken.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.wake.notify_all();
    }

    /// Ends it after the part that is on its way.
    pub fn close(&self) {
        self.closed.store(true, Ordering::Relaxed);
        self.wake();
    }

    /// Stills uploaded since the start.
    #[must_use]
    pub fn uploaded(&self) -> u64 {
        self.uploaded.load(Ordering::Relaxed)
    }

    fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Relaxed)
    }

    fn sleep(&self, time: Duration) {
        let woken = self.woken.lock().unwrap_or_else(PoisonError::into_inner);
        let mut woken =
            self.wake.wait_timeout_while(woken, time, |woken| !*woken).unwrap_or_else(PoisonError::into_inner).0;
        *woken = false;
    }
}

/// What became of one attempt.
enum Attempt {
    Done,
    /// The centre will never take it, and why.
    Never(String),
    /// Later again, and why.
    Later(String),
}

/// Uploads stills until it is closed. One that cannot go now waits ever longer while others go.
pub fn run_stills(client: &CentreClient, outbox: &OutboxHandle, state: &StillsState) {
    let mut waiting: HashMap<Sha256Hash, (Instant, Duration)> = HashMap::new();
    let mut told = String::new();
    while !state.is_closed() {
        let now = Instant::now();
        let skip: Vec<Sha256Hash> =
            waiting.iter().filter(|(_, (until, _))| *until > now).map(|(hash, _)| *hash).collect();
        let item = match outbox.call::<_, OutboxError, _>(move |outbox| outbox.next_blob(&skip)) {
            Ok(Some(item)) => item,
            Ok(None) => {
                state.sleep(Duration::from_secs(5));
                continue;
            }
            Err(error) => {
                tracing::error!(error = &error as &dyn std::error::Error, "stills cannot be found");
                state.sleep(Duration::from_secs(30));
                continue;
            }
        };
        let sha256 = item.sha256;
        match attempt(client, &item, state) {
            Attempt::Done => {
                waiting.remove(&sha256);
                told.clear();
                state.uploaded.fetch_add(1, Ordering::Relaxed);
                note(outbox, move |outbox| outbox.blob_done(&sha256, clock::now()));
            }
            Attempt::Never(why) => {
                tracing::error!(%sha256, why, "a still is given up");
                note(outbox, move |outbox| outbox.blob_refused(&sha256, &why));
            }
            Attempt::Later(why) => {
                let wait = waiting.get(&sha256).map_or(Duration::from_secs(2), |(_, wait)| *wait * 2);
                let wait = wait.min(Duration::from_secs(300));
                waiting.insert(sha256, (Instant::now() + wait, wait));
                if why != told {
                    tracing::warn!("stills wait for their upload ({why})");
                    told = why;
                }
            }
        }
    }
}

fn note(
    outbox: &OutboxHandle,
    work: impl FnMut(&mut crate::outbox::Outbox) -> Result<(), OutboxError> + Send + 'static,
) {
    if let Err(error) = outbox.call(work) {
        tracing::error!(error = &error as &dyn std::error::Error, "the upload of a still could not be noted");
    }
}

fn attempt(client: &CentreClient, item: &BlobItem, state: &StillsState) -> Attempt {
    let bytes = match std::fs::read(&item.path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Attempt::Never("its file is gone".into());
        }
        Err(error) => return Attempt::Later(error.to_string()),
    };
    if Sha256Hash::of(&bytes) != item.sha256 {
        return Attempt::Never("its file is damaged".into());
    }
    upload(client, item, &bytes, state).unwrap_or_else(|error| Attempt::Later(error.to_string()))
}

/// Sends part after part from where the centre says it stands.
fn upload(client: &CentreClient, item: &BlobItem, bytes: &[u8], state: &StillsState) -> Result<Attempt, NoAnswer> {
    let path = format!("/api/v1/blobs/{}", item.sha256);
    let total = bytes.len();
    let mut offset = 0;
    // Each part may be sent twice when the centre had forgotten some.
    for _ in 0..2 * total.div_ceil(PART_BYTES) + 2 {
        if state.is_closed() {
            return Ok(Attempt::Later("the box ends".into()));
        }
        let end = (offset + PART_BYTES).min(total);
        let Some(part) = bytes.get(offset..end).filter(|part| !part.is_empty()) else {
            return Ok(Attempt::Later("the centre wants more than there is".into()));
        };
        let range = format!("bytes {offset}-{}/{total}", end - 1);
        let answer = client.put(&path, &item.mime, Some(&range), None, part)?;
        match answer.status {
            201 | 204 => return Ok(Attempt::Done),
            202 => offset = answer.next(end),
            409 | 416 if answer.offset.is_some() => offset = answer.next(end),
            413 => return Ok(Attempt::Never(answer.told())),
            _ => return Ok(Attempt::Later(answer.told())),
        }
    }
    Ok(Attempt::Later("the centre does not get on with it".into()))
}

impl Answer {
    /// Where to go on: where the centre says, else after what was sent.
    fn next(&self, sent: usize) -> usize {
        self.offset.and_then(|offset| usize::try_from(offset).ok()).unwrap_or(sent)
    }

    fn told(&self) -> String {
        format!("the centre answers {} {}", self.status, self.code)
    }
}
