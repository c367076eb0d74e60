//! Whether a chain is whole: pure steps over one epoch.

use crate::store::{ChainRow, Link};
use kerege_contract::event::{ChainStart, Event};
use kerege_contract::jws::PublicKey;
use kerege_contract::{DeviceId, Sha256Hash, UtcTime};

/// The chain of an epoch of which nothing is known yet.
pub(super) const fn fresh(dev: DeviceId, epoch: u32) -> ChainRow {
    ChainRow { dev, epoch, upto: 0, upto_hash: Sha256Hash::ZERO, known: 0, broken: None, forked: None, gap_since: None }
}

/// Follows the chain as far as events are there. Each must name the one before it; the first one's
/// `prev` is judged by [`start_fault`].
///
/// # Errors
/// Those of `link_at`.
pub(super) fn extend<E>(
    chain: &mut ChainRow,
    mut link_at: impl FnMut(u64) -> Result<Option<Link>, E>,
) -> Result<(), E> {
    while let Some(link) = link_at(chain.upto + 1)? {
        let joins = chain.upto == 0 || link.prev == chain.upto_hash;
        chain.upto += 1;
        chain.upto_hash = link.hash;
        if !joins {
            chain.broken.get_or_insert(chain.upto);
        }
    }
    chain.known = chain.known.max(chain.upto);
    Ok(())
}

/// Notes since when something is missing, or that nothing is.
pub const fn note_gap(chain: &mut ChainRow, now: UtcTime) {
    if chain.upto >= chain.known {
        chain.gap_since = None;
    } else if chain.gap_since.is_none() {
        chain.gap_since = Some(now);
    }
}

/// What is wrong with the first event of an epoch; `ours` is the hash that the centre has at the
/// place that it names as the last one known.
pub(super) fn start_fault(event: &Event, key: &PublicKey, ours: Option<Sha256Hash>) -> Option<String> {
    let Some(start) = &event.chain else {
        return Some(format!("epoch {} does not begin with chain_start", event.epoch));
    };
    if start.key != *key {
        return Some(format!("epoch {} names another key than the configured one", event.epoch));
    }
    let named = start.last.as_ref().map_or(Sha256Hash::ZERO, |last| last.hash);
    if event.prev != named {
        return Some(format!("epoch {} does not join the event that it names as the last one", event.epoch));
    }
    match (&start.last, ours) {
        (Some(last), Some(ours)) if last.hash != ours => {
            Some(format!("epoch {} names another event {}/{} than the one stored", event.epoch, last.epoch, last.seq))
        }
        _ => None,
    }
}

/// What a box says may be lost, for people; none at its first start.
pub(super) fn restart_text(epoch: u32, start: &ChainStart) -> Option<String> {
    use kerege_contract::event::EpochReason as Reason;
    let why = match start.reason {
        Reason::FirstStart if epoch == 1 => return None,
        Reason::FirstStart => "the box says that it is its first start",
        Reason::OutboxDamaged => "the box's outbox was damaged",
        Reason::OutboxMissing => "the box's outbox was gone",
        Reason::KeyChanged => "the box's key was changed",
    };
    let last = match &start.last {
        Some(last) => format!("the last event it knows is {}/{}", last.epoch, last.seq),
        None => "it knows of no earlier event".to_owned(),
    };
    let lost = match start.lost_at_most {
        Some(lost) => format!("at most {lost} events are lost"),
        None => "how many events are lost cannot be told".to_owned(),
    };
    Some(format!("{why}; epoch {epoch} begins; {last}; {lost}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;
    use std::convert::Infallible;

    fn hash(seq: u64) -> Sha256Hash {
        Sha256Hash::of(&seq.to_be_bytes())
    }

    fn link(seq: u64) -> Link {
        Link { hash: hash(seq), prev: hash(seq - 1) }
    }

    fn extended(chain: &mut ChainRow, links: &BTreeMap<u64, Link>) {
        extend(chain, |seq| Ok::<_, Infallible>(links.get(&seq).copied())).unwrap();
    }

    proptest! {
        #[test]
        fn any_order_ends_whole(order in Just((1u64..=30).collect::<Vec<_>>()).prop_shuffle()) {
            let mut chain = fresh(DeviceId::new("a").unwrap(), 1);
            let mut links = BTreeMap::new();
            for seq in order {
                links.insert(seq, link(seq));
                chain.known = chain.known.max(seq);
                extended(&mut chain, &links);
                note_gap(&mut chain, UtcTime::from_millis(5));
                prop_assert_eq!(chain.gap_since.is_some(), chain.upto < chain.known);
                prop_assert!((1..=chain.upto).all(|seq| links.contains_key(&seq)));
                prop_assert!(!links.contains_key(&(chain.upto + 1)));
            }
            prop_assert_eq!((chain.upto, chain.upto_hash, chain.broken), (30, hash(30), None));
        }

        #[test]
        fn one_wrong_link_is_named(wrong in 2u64..=10) {
            let mut chain = fresh(DeviceId::new("a").unwrap(), 1);
            let mut links: BTreeMap<u64, Link> = (1..=10).map(|seq| (seq, link(seq))).collect();
            links.get_mut(&wrong).unwrap().prev = Sha256Hash::ZERO;
            extended(&mut chain, &links);
            prop_assert_eq!((chain.upto, chain.broken), (10, Some(wrong)));
        }
    }
}
