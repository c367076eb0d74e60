//! Which frame is looked at next: a latest-frame slot per camera, served in turn.
//!
//! A slot holds one frame. A newer one overwrites it (and is counted), because a late picture of
//! a street is worth less than a fresh one. Whoever looks takes the cameras in turn, so that a
//! camera with a high frame rate cannot starve another.

use crate::frame::Frame;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// The slots of all cameras.
#[derive(Debug, Default)]
pub struct Slots {
    state: Mutex<State>,
    filled: Condvar,
}

#[derive(Debug, Default)]
struct State {
    slots: Vec<Slot>,
    /// The slot looked at first next time.
    turn: usize,
    closed: bool,
}

#[derive(Debug)]
struct Slot {
    id: u64,
    frame: Option<Frame>,
}

/// Why no frame came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoFrame {
    /// None within the time given.
    Timeout,
    /// The slots were closed.
    Closed,
}

impl Slots {
    /// No cameras yet.
    #[must_use]
    pub fn new() -> Arc<Self> {
        Arc::default()
    }

    /// A slot for one more camera; it goes away with its writer.
    #[must_use]
    pub fn add(self: &Arc<Self>) -> SlotWriter {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let id = NEXT.fetch_add(1, Ordering::Relaxed);
        self.lock().slots.push(Slot { id, frame: None });
        SlotWriter { slots: Arc::clone(self), id, overwritten: AtomicU64::new(0) }
    }

    /// Waits for a frame, taking the cameras in turn.
    ///
    /// # Errors
    /// When there is none within `patience`, or the slots were closed.
    pub fn next(&self, patience: Duration) -> Result<Frame, NoFrame> {
        let deadline = Instant::now() + patience;
        let mut state = self.lock();
        loop {
            if state.closed {
                return Err(NoFrame::Closed);
            }
            if let Some(frame) = state.take() {
                return Ok(frame);
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(NoFrame::Timeout);
            }
            state = self.filled.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Ends it: every [`Slots::next`] returns at once from now on.
    pub fn close(&self) {
        self.lock().closed = true;
        self.filled.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn take(&mut self) -> Option<Frame> {
        let count = self.slots.len();
        let (at, frame) = (0..count).find_map(|step| {
            let at = (self.turn + step) % count;
            self.slots[at].frame.take().map(|frame| (at, frame))
        })?;
        self.turn = (at + 1) % count;
        Some(frame)
    }
}

/// One camera's slot.
#[derive(Debug)]
pub struct SlotWriter {
    slots: Arc<Slots>,
    id: u64,
    overwritten: AtomicU64,
}

impl SlotWriter {
    /// Puts in the newest frame; one that still lies there is lost and counted.
    pub fn put(&self, frame: Frame) {
        let mut state = self.slots.lock();
        let Some(slot) = state.slots.iter_mut().find(|slot| slot.id == self.id) else { return };
        let old = slot.frame.replace(frame);
        drop(state);
        self.slots.filled.notify_one();
        if old.is_some() {
            self.overwritten.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// How many frames were overwritten before anyone looked at them.
    #[must_use]
    pub fn overwritten(&self) -> u64 {
        self.overwritten.load(Ordering::Relaxed)
    }
}

impl Drop for SlotWriter {
    fn drop(&mut self) {
        let mut state = self.slots.lock();
        state.slots.retain(|slot| slot.id != self.id);
        state.turn = 0;
    }
}
