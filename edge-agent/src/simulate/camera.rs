//! One simulated camera: its timeline and its faults.
//!
//! The timeline begins when the first client asks and then runs on by itself, as a camera's does: a
//! client that comes back finds the street as it is by then. At the file's end every client is
//! dropped; after a gap the next client starts the file again.

use super::clip::{Clip, Next};
use super::feed::{Content, Feed, Picture};
use super::{Ending, Notice};
use gstreamer_app::AppSrc;
use kerege_contract::UtcTime;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How long a camera is away between two plays of its file.
const GAP: Duration = Duration::from_secs(3);

/// Whether clients are let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Door {
    #[default]
    Open,
    /// Refused by command.
    Refusing,
}

#[derive(Debug, Default)]
struct State {
    feed: Option<Feed>,
    picture: Picture,
    content: Content,
    door: Door,
    /// Between two plays, or after the last.
    away: bool,
    stopped: bool,
    started: Option<UtcTime>,
    pass: u32,
}

/// A camera that is made of a file.
#[derive(Debug)]
pub(super) struct SimulatedCamera {
    pub(super) name: String,
    pub(super) clip: Clip,
    /// What its clock is wrong by, nanoseconds.
    pub(super) clock_shift: AtomicI64,
    state: Mutex<State>,
    changed: Condvar,
}

impl SimulatedCamera {
    pub(super) fn new(name: String, clip: Clip) -> Self {
        Self { name, clip, clock_shift: AtomicI64::new(0), state: Mutex::default(), changed: Condvar::new() }
    }

    /// Whether a client that asks now is answered.
    pub(super) fn lets_in(&self) -> bool {
        let state = self.lock();
        state.door == Door::Open && !state.away && !state.stopped
    }

    /// A stream for clients was made. A frozen camera leaves it without a byte.
    pub(super) fn attach(&self, source: AppSrc) {
        let mut state = self.lock();
        let parameters: &[u8] = if state.picture == Picture::Frozen { &[] } else { &self.clip.parameters };
        state.feed = Some(Feed::begin(source, &self.clip.caps, parameters));
        drop(state);
        self.changed.notify_all();
    }

    pub(super) fn set_picture(&self, picture: Picture) {
        self.lock().picture = picture;
    }

    pub(super) fn set_content(&self, content: Content) {
        self.lock().content = content;
    }

    pub(super) fn set_door(&self, door: Door) {
        self.lock().door = door;
    }

    pub(super) fn set_clock_shift(&self, seconds: f64) {
        #[expect(clippy::cast_possible_truncation, reason = "saturates, and centuries are wrong enough")]
        self.clock_shift.store((seconds * 1e9) as i64, Ordering::Relaxed);
    }

    /// When the running play began.
    pub(super) fn started(&self) -> Option<UtcTime> {
        self.lock().started
    }

    pub(super) fn stop(&self) {
        self.lock().stopped = true;
        self.changed.notify_all();
    }

    /// Plays the file whenever a client asks, until it is stopped (or once). `drop_clients` closes
    /// their connections.
    pub(super) fn run(&self, ending: Ending, drop_clients: &dyn Fn(), notice: &dyn Fn(Notice)) {
        while self.wait_for_client() {
            let pass = self.begin_pass();
            notice(Notice::Started { camera: self.name.clone(), pass });
            let failed = self.play();
            self.end_pass();
            drop_clients();
            notice(Notice::Ended { camera: self.name.clone(), pass, failed });
            if ending == Ending::Once || !self.rest() {
                return;
            }
        }
    }

    /// Waits until a stream was made; false when stopped.
    fn wait_for_client(&self) -> bool {
        let state = self.lock();
        let waiting = |state: &mut State| state.feed.is_none() && !state.stopped;
        let state = self.changed.wait_while(state, waiting).unwrap_or_else(PoisonError::into_inner);
        !state.stopped
    }

    fn begin_pass(&self) -> u32 {
        let mut state = self.lock();
        state.started = Some(crate::clock::now());
        state.pass += 1;
        state.pass
    }

    /// Plays through the file; says why when that fails.
    fn play(&self) -> Option<String> {
        let pass = match self.clip.play() {
            Ok(pass) => pass,
            Err(error) => return Some(error.to_string()),
        };
        loop {
            match pass.next() {
                Next::Unit(sample) => {
                    let mut state = self.lock();
                    if let Some(unit) = sample.buffer() {
                        state.send(unit);
                    }
                }
                Next::Wait => {}
                Next::End => return None,
                Next::Failed(reason) => return Some(reason),
            }
            if self.lock().stopped {
                return None;
            }
        }
    }

    fn end_pass(&self) {
        let mut state = self.lock();
        state.away = true;
        state.started = None;
        if let Some(feed) = state.feed.take() {
            feed.end();
        }
    }

    /// Is away for the gap; false when stopped.
    fn rest(&self) -> bool {
        let state = self.lock();
        let (mut state, _) =
            self.changed.wait_timeout_while(state, GAP, |state| !state.stopped).unwrap_or_else(PoisonError::into_inner);
        state.away = false;
        state.feed = None;
        !state.stopped
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn send(&mut self, unit: &gstreamer::BufferRef) {
        let (picture, content) = (self.picture, self.content);
        if self.feed.as_mut().is_some_and(|feed| !feed.send(unit, picture, content)) {
            self.feed = None;
        }
    }
}
