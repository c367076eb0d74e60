//! Receipts being gathered for each device: pure, so that batching can be tried without waiting.

use kerege_contract::receipt::{EventReceipt, FactReceipt, Receipt, Refusal, UpTo};
use kerege_contract::version::V1;
use kerege_contract::{DeviceId, UtcTime};
use std::collections::BTreeMap;

/// Items in one receipt.
const ITEMS: usize = 64;
/// How long an item waits for others, seconds.
const WAIT_S: f64 = 0.2;
/// Items that may wait for one device while the broker is away; the oldest go first, since the box
/// sends again whatever it has no receipt for.
const WAITING: usize = 4096;

/// What a receipt says of one item.
#[derive(Debug, Clone, PartialEq)]
pub enum Receipted {
    /// The event is stored.
    Event(EventReceipt),
    /// The fact is stored.
    Fact(FactReceipt),
    /// The item is refused.
    Refused(Refusal),
}

/// One item's receipt, and how far the device's newest epoch is contiguous.
#[derive(Debug, Clone, PartialEq)]
pub struct ReceiptItem {
    /// The device.
    pub dev: DeviceId,
    /// What it says.
    pub what: Receipted,
    /// How far the newest epoch is stored without a gap.
    pub upto: Option<UpTo>,
}

#[derive(Debug, Default)]
struct Waiting {
    since: Option<UtcTime>,
    upto: Option<UpTo>,
    items: std::collections::VecDeque<Receipted>,
}

/// Receipts being gathered.
#[derive(Debug, Default)]
pub(super) struct Gathering {
    devices: BTreeMap<DeviceId, Waiting>,
    /// Items dropped because too many waited.
    pub(super) dropped: u64,
}

impl Gathering {
    /// Adds an item.
    pub(super) fn add(&mut self, item: ReceiptItem, now: UtcTime) {
        let waiting = self.devices.entry(item.dev).or_default();
        waiting.since.get_or_insert(now);
        if let Some(new) = item.upto {
            let newer = waiting.upto.is_none_or(|old| (new.epoch, new.seq) > (old.epoch, old.seq));
            waiting.upto = if newer { Some(new) } else { waiting.upto };
        }
        if waiting.items.len() == WAITING {
            waiting.items.pop_front();
            self.dropped += 1;
        }
        waiting.items.push_back(item.what);
    }

    /// Takes the receipts that are full or have waited long enough.
    pub(super) fn due(&mut self, now: UtcTime) -> Vec<Receipt> {
        let mut due = Vec::new();
        for (dev, waiting) in &mut self.devices {
            let waited = waiting.since.is_some_and(|since| {
                let seconds = now.seconds_since(since);
                // A clock that went back must not hold receipts up.
                !(0.0..WAIT_S).contains(&seconds)
            });
            while waiting.items.len() >= ITEMS || (waited && !waiting.items.is_empty()) {
                let count = waiting.items.len().min(ITEMS);
                due.push(receipt(dev.clone(), waiting.upto, waiting.items.drain(..count)));
            }
            if waiting.items.is_empty() {
                waiting.since = None;
            }
        }
        self.devices.retain(|_, waiting| !waiting.items.is_empty());
        due
    }
}

fn receipt(dev: DeviceId, upto: Option<UpTo>, items: impl Iterator<Item = Receipted>) -> Receipt {
    let (mut events, mut facts, mut refused) = (Vec::new(), Vec::new(), Vec::new());
    for item in items {
        match item {
            Receipted::Event(event) => events.push(event),
            Receipted::Fact(fact) => facts.push(fact),
            Receipted::Refused(refusal) => refused.push(refusal),
        }
    }
    Receipt { v: V1, dev, upto, events, facts, refused, unknown: serde_json::Map::new() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kerege_contract::Sha256Hash;

    fn item(dev: &str, seq: u64) -> ReceiptItem {
        ReceiptItem {
            dev: DeviceId::new(dev).unwrap(),
            what: Receipted::Event(EventReceipt { epoch: 1, seq, hash: Sha256Hash::ZERO }),
            upto: Some(UpTo { epoch: 1, seq }),
        }
    }

    fn at(seconds: f64) -> UtcTime {
        UtcTime::from_millis(1_000_000).plus_seconds(seconds)
    }

    #[test]
    fn a_receipt_waits_a_little_for_others_and_says_the_furthest() {
        let mut gathering = Gathering::default();
        gathering.add(item("a", 2), at(0.0));
        gathering.add(item("a", 1), at(0.1));
        assert_eq!(gathering.due(at(0.19)), []);
        let due = gathering.due(at(0.2));
        assert_eq!(due.len(), 1);
        assert_eq!((due[0].events.len(), due[0].upto), (2, Some(UpTo { epoch: 1, seq: 2 })));
        assert_eq!(gathering.due(at(9.0)), []);
    }

    #[test]
    fn a_full_receipt_goes_at_once() {
        let mut gathering = Gathering::default();
        for seq in 1..=130 {
            gathering.add(item("a", seq), at(0.0));
        }
        gathering.add(item("b", 1), at(0.0));
        let due = gathering.due(at(0.0));
        assert_eq!(due.iter().map(|receipt| receipt.events.len()).collect::<Vec<_>>(), [64, 64]);
        assert_eq!(gathering.due(at(0.3)).iter().map(|receipt| receipt.events.len()).sum::<usize>(), 3);
    }

    #[test]
    fn waiting_is_bounded_and_counted() {
        let mut gathering = Gathering::default();
        for seq in 1..=(WAITING as u64 + 10) {
            gathering.add(item("a", seq), at(0.0));
        }
        assert_eq!(gathering.dropped, 10);
        assert_eq!(gathering.due(at(1.0)).iter().map(|receipt| receipt.events.len()).sum::<usize>(), WAITING);
    }
}
