//! The live fan-out: lossy by design. The last thousand changes are kept, so that a browser that
//! was away for a moment catches up by `Last-Event-ID`; one that was away longer, or is slower than
//! the changes come, is told to resynchronise.

use crate::api::types::{LiveAlarm, LiveBox, LiveCamera, LiveCounts, LiveIncident};
use crate::clock::Clock;
use crate::ingest::Told;
use crate::store::AlarmRow;
use serde::Serialize;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::broadcast;

/// Changes kept for those who come back.
const KEPT: usize = 1024;
/// Changes that a slow reader may lag behind before it must resynchronise.
const LAG: usize = 256;

/// What kind of thing changed; also decides who may hear of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Subject {
    /// An incident.
    Incident,
    /// A camera.
    Camera,
    /// A box.
    Box,
    /// Counts.
    Counts,
    /// An alarm.
    Alarm,
}

impl Subject {
    /// The name of the server-sent event.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Incident => "incident",
            Self::Camera => "camera",
            Self::Box => "box",
            Self::Counts => "counts",
            Self::Alarm => "alarm",
        }
    }
}

/// One change.
#[derive(Debug, Clone)]
pub struct Change {
    /// Increases over the centre's restarts too, as it begins with the time of the start.
    pub id: u64,
    /// What changed.
    pub subject: Subject,
    /// Its data as JSON.
    pub data: Arc<str>,
}

/// What somebody who comes back has missed.
#[derive(Debug, Clone)]
pub enum Missed {
    /// These.
    Changes(Vec<Change>),
    /// More than is kept.
    Unknown,
}

/// The fan-out.
#[derive(Debug)]
pub struct LiveBus {
    kept: Mutex<Kept>,
    sender: broadcast::Sender<Change>,
}

#[derive(Debug)]
struct Kept {
    next: u64,
    changes: VecDeque<Change>,
}

impl LiveBus {
    /// A fan-out whose ids begin above those of any earlier start.
    #[must_use]
    pub fn new(clock: &Clock) -> Self {
        let start = u64::try_from(clock.now().millis()).unwrap_or(0) * 1000;
        let kept = Kept { next: start + 1, changes: VecDeque::with_capacity(KEPT) };
        Self { kept: Mutex::new(kept), sender: broadcast::Sender::new(LAG) }
    }

    fn send(&self, subject: Subject, data: &impl Serialize) {
        let data: Arc<str> = serde_json::to_string(data).unwrap_or_default().into();
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let change = Change { id: kept.next, subject, data };
        kept.next += 1;
        if kept.changes.len() == KEPT {
            kept.changes.pop_front();
        }
        kept.changes.push_back(change.clone());
        // Nobody listening is no failure. Sent under the lock, so that ids arrive in order.
        let _listeners = self.sender.send(change);
    }

    /// Tells that an incident changed.
    pub fn incident(&self, data: &LiveIncident) {
        self.send(Subject::Incident, data);
    }

    /// Tells that a camera changed.
    pub fn camera(&self, data: &LiveCamera) {
        self.send(Subject::Camera, data);
    }

    /// Tells that a box changed.
    pub fn box_status(&self, data: &LiveBox) {
        self.send(Subject::Box, data);
    }

    /// Tells that counts changed.
    pub fn counts(&self, data: &LiveCounts) {
        self.send(Subject::Counts, data);
    }

    /// Tells that an alarm was raised, met again or cleared.
    pub fn alarm(&self, row: &AlarmRow) {
        let data = LiveAlarm { id: row.id.to_string(), kind: row.kind, open: row.cleared.is_none() };
        self.send(Subject::Alarm, &data);
    }

    /// Tells a change that a commit brought.
    pub fn tell(&self, told: &Told) {
        match told {
            Told::Incident(data) => self.incident(data),
            Told::Camera(data) => self.camera(data),
            Told::Box(data) => self.box_status(data),
            Told::Counts(data) => self.counts(data),
            Told::Alarm(row) => self.alarm(row),
        }
    }

    /// Listens from now on; with the id last seen, also tells what was missed since.
    #[must_use]
    pub fn listen(&self, last: Option<u64>) -> (Missed, u64, broadcast::Receiver<Change>) {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let receiver = self.sender.subscribe();
        let newest = kept.next - 1;
        let oldest = kept.changes.front().map_or(kept.next, |change| change.id);
        let missed = match last {
            None => Missed::Changes(Vec::new()),
            Some(last) if last > newest || last + 1 < oldest => Missed::Unknown,
            Some(last) => Missed::Changes(kept.changes.iter().filter(|change| change.id > last).cloned().collect()),
        };
        (missed, newest, receiver)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bus() -> LiveBus {
        LiveBus::new(&Clock::from_fn(|| kerege_contract::UtcTime::from_millis(1000)))
    }

    fn tell(bus: &LiveBus, times: usize) {
        for _ in 0..times {
            bus.box_status(&LiveBox { dev: kerege_contract::DeviceId::new("a").unwrap() });
        }
    }

    #[test]
    fn who_comes_back_gets_what_was_missed() {
        let bus = bus();
        tell(&bus, 5);
        let (_, newest, _) = bus.listen(None);
        let Missed::Changes(missed) = bus.listen(Some(newest - 2)).0 else { panic!("kept") };
        assert_eq!(missed.iter().map(|change| change.id).collect::<Vec<_>>(), [newest - 1, newest]);
        assert!(matches!(bus.listen(Some(newest)).0, Missed::Changes(none) if none.is_empty()));
    }

    #[test]
    fn who_was_away_too_long_must_resynchronise() {
        let bus = bus();
        tell(&bus, KEPT + 1);
        let (_, newest, _) = bus.listen(None);
        assert!(matches!(bus.listen(Some(newest - KEPT as u64 - 1)).0, Missed::Unknown));
        assert!(matches!(bus.listen(Some(newest - KEPT as u64)).0, Missed::Changes(all) if all.len() == KEPT));
        assert!(matches!(bus.listen(Some(newest + 1)).0, Missed::Unknown), "an id of another life");
    }
}
