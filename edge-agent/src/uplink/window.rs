//! The sending window: what goes next, what is on its way, what must go again. Pure: time comes in
//! as milliseconds of any monotonic clock.
//!
//! At most 32 messages are unacknowledged by the broker. An acknowledgement only frees a place in
//! the window: until the centre's receipt the item is sent again after 30 s, then after twice as
//! long each time up to a quarter of an hour, for ever. Fresh incidents overtake a backlog. How
//! much is remembered is bounded; what does not fit waits in the outbox.

use crate::outbox::ItemKey;
use std::collections::{BTreeSet, HashMap, HashSet, VecDeque};

/// How urgent an item is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lane {
    /// An incident that has just happened.
    Fresh,
    /// Everything else, in order.
    Backlog,
}

/// Bounds and times of a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WindowLimits {
    /// Messages that the broker has not acknowledged.
    pub in_flight: usize,
    /// Items that wait for sending or for a receipt; fresh ones may be half as many more.
    pub tracked: usize,
    /// First time without a receipt after which an item is sent again, milliseconds.
    pub resend_ms: u64,
    /// Longest such time, milliseconds.
    pub resend_max_ms: u64,
}

impl Default for WindowLimits {
    fn default() -> Self {
        Self { in_flight: 32, tracked: 1024, resend_ms: 30_000, resend_max_ms: 900_000 }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// Not sent over this connection yet.
    Queued(Lane),
    /// Sent; the broker has not acknowledged it.
    InFlight,
    /// The broker had it, or refused it; to be sent again when due.
    Waiting { due: u64 },
}

#[derive(Debug, Clone, Copy)]
struct Item {
    stage: Stage,
    attempts: u32,
}

/// What is on its way.
#[derive(Debug, Default)]
pub struct Window {
    limits: WindowLimits,
    items: HashMap<ItemKey, Item>,
    fresh: VecDeque<ItemKey>,
    backlog: VecDeque<ItemKey>,
    due: BTreeSet<(u64, ItemKey)>,
    /// Since when each is unacknowledged; kept past a receipt that overtakes the acknowledgement.
    in_flight: HashMap<ItemKey, u64>,
    resent: u64,
}

impl Window {
    /// An empty window.
    #[must_use]
    pub fn new(limits: WindowLimits) -> Self {
        Self { limits, ..Self::default() }
    }

    /// How many more items it would take.
    #[must_use]
    pub fn room(&self, lane: Lane) -> usize {
        let extra = if lane == Lane::Fresh { self.limits.tracked / 2 } else { 0 };
        (self.limits.tracked + extra).saturating_sub(self.items.len())
    }

    /// Adds an item from the outbox. One that is known only moves up when it has become fresh.
    /// False when there is no room; then the outbox's cursor must not pass it.
    pub fn offer(&mut self, key: ItemKey, lane: Lane) -> bool {
        if let Some(item) = self.items.get_mut(&key) {
            if lane == Lane::Fresh && item.stage == Stage::Queued(Lane::Backlog) {
                // Its place in the backlog is skipped when its turn comes.
                item.stage = Stage::Queued(Lane::Fresh);
                self.fresh.push_back(key);
            }
            return true;
        }
        if self.room(lane) == 0 {
            return false;
        }
        self.items.insert(key, Item { stage: Stage::Queued(lane), attempts: 0 });
        match lane {
            Lane::Fresh => self.fresh.push_back(key),
            Lane::Backlog => self.backlog.push_back(key),
        }
        true
    }

    /// Takes the item to be sent now, if there is one and the window has room.
    pub fn next(&mut self, now: u64) -> Option<ItemKey> {
        if self.in_flight.len() >= self.limits.in_flight {
            return None;
        }
        let key =
            self.take_queued(Lane::Fresh).or_else(|| self.take_due(now)).or_else(|| self.take_queued(Lane::Backlog))?;
        let item = self.items.get_mut(&key)?;
        self.resent += u64::from(item.attempts > 0);
        item.attempts = item.attempts.saturating_add(1);
        item.stage = Stage::InFlight;
        self.in_flight.insert(key, now);
        Some(key)
    }

    fn take_queued(&mut self, lane: Lane) -> Option<ItemKey> {
        loop {
            let queue = if lane == Lane::Fresh { &mut self.fresh } else { &mut self.backlog };
            let key = queue.pop_front()?;
            let waits = self.items.get(&key).is_some_and(|item| item.stage == Stage::Queued(lane));
            // Without its acknowledgement it would be in flight twice.
            if waits && !self.in_flight.contains_key(&key) {
                return Some(key);
            }
        }
    }

    fn take_due(&mut self, now: u64) -> Option<ItemKey> {
        let (due, key) = self.due.first().copied().filter(|(due, _)| *due <= now)?;
        self.due.remove(&(due, key));
        Some(key)
    }

    /// The broker acknowledged or refused an item; either way only a receipt will do.
    pub fn acknowledged(&mut self, key: ItemKey, now: u64) {
        if self.in_flight.remove(&key).is_some() {
            self.wait(key, now);
        }
    }

    fn wait(&mut self, key: ItemKey, now: u64) {
        let Some(item) = self.items.get_mut(&key) else { return };
        let doubled = self.limits.resend_ms << item.attempts.saturating_sub(1).min(16);
        let due = now + doubled.min(self.limits.resend_max_ms);
        item.stage = Stage::Waiting { due };
        self.due.insert((due, key));
    }

    /// The centre has it, or will never take it: it is done with.
    pub fn done(&mut self, key: ItemKey) {
        if let Some(Item { stage: Stage::Waiting { due }, .. }) = self.items.remove(&key) {
            self.due.remove(&(due, key));
        }
    }

    /// The connection is lost: nobody knows what the broker had, so all of it is due at once.
    pub fn disconnected(&mut self, now: u64) {
        for key in std::mem::take(&mut self.in_flight).into_keys() {
            if let Some(item) = self.items.get_mut(&key) {
                item.stage = Stage::Waiting { due: now };
                self.due.insert((now, key));
            }
        }
    }

    /// When something is next due to be sent again.
    #[must_use]
    pub fn next_due(&self) -> Option<u64> {
        self.due.first().map(|(due, _)| *due)
    }

    /// Since when the longest unacknowledged message has been on its way.
    #[must_use]
    pub fn oldest_in_flight(&self) -> Option<u64> {
        self.in_flight.values().min().copied()
    }

    /// How many messages the broker has not acknowledged.
    #[must_use]
    pub fn in_flight(&self) -> usize {
        self.in_flight.len()
    }

    /// How many items have been sent and have no receipt.
    #[must_use]
    pub fn unreceipted(&self) -> usize {
        self.items.values().filter(|item| item.attempts > 0).count()
    }

    /// How many sendings were not the first of their item.
    #[must_use]
    pub const fn resent(&self) -> u64 {
        self.resent
    }

    /// The items it remembers, for checks.
    #[must_use]
    pub fn tracked(&self) -> HashSet<ItemKey> {
        self.items.keys().copied().collect()
    }
}

#[cfg(test)]
mod tests;
