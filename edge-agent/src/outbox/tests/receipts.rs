//! Only the centre's word counts, only to this box, and only for our own bytes.

use super::*;
use kerege_contract::jws::{self, ContentType, PublicKey};
use kerege_contract::receipt::{EventReceipt, FactReceipt, Receipt, Refusal, RefusalCode, UpTo};

fn centre() -> SigningKey {
    SigningKey::from_bytes(&[99; 32])
}

fn receipt() -> Receipt {
    Receipt {
        v: V1,
        dev: "bsk-017".parse().unwrap(),
        upto: None,
        events: Vec::new(),
        facts: Vec::new(),
        refused: Vec::new(),
        unknown: Unknown::new(),
    }
}

fn give(outbox: &mut Outbox, receipt: &Receipt, now: UtcTime) -> Result<ReceiptOutcome, ReceiptError> {
    let bytes = serde_json::to_vec(receipt).unwrap();
    let jws = jws::sign(&centre(), ContentType::Receipt, &bytes);
    outbox.receive(&bytes, Some(&jws), &PublicKey::of(&centre()), now)
}

/// A receipt for one event of the first epoch, right when there is such an event.
pub(super) fn receipt_for(outbox: &mut Outbox, seq: u64, now: UtcTime) {
    let hash = outbox.event_hash(1, seq).unwrap().unwrap_or(Sha256Hash::ZERO);
    let receipt = Receipt { events: vec![EventReceipt { epoch: 1, seq, hash }], ..receipt() };
    give(outbox, &receipt, now).unwrap();
}

fn filled() -> (Rig, Outbox, UtcTime) {
    let mut rig = Rig::new();
    let (mut outbox, _) = rig.open();
    let now = rig.now();
    outbox.append(incident(1, Phase::Start, now), now).unwrap();
    outbox.append_fact(fact(now), now).unwrap();
    (rig, outbox, now)
}

#[test]
fn a_receipt_frees_what_it_names() {
    let (_rig, mut outbox, now) = filled();
    let hash = outbox.event_hash(1, 2).unwrap().unwrap();
    let fact = outbox.load(&[ItemKey::Fact { fseq: 1 }]).unwrap();
    let facts = vec![FactReceipt { fseq: 1, hash: Sha256Hash::of(&fact[0].bytes) }];
    let events = vec![EventReceipt { epoch: 1, seq: 2, hash }];
    let good = Receipt { events, facts, ..receipt() };
    let outcome = give(&mut outbox, &good, now).unwrap();
    assert_eq!((outcome.newly, outcome.done.len(), outcome.foreign), (2, 2, 0));
    assert_eq!(outbox.waiting_events((0, 0), 9).unwrap(), vec![ItemKey::Event { epoch: 1, seq: 1 }]);
    assert!(outbox.waiting_facts(0, 9).unwrap().is_empty());
    let again = give(&mut outbox, &good, now).unwrap();
    assert_eq!((again.newly, again.done.len()), (0, 2), "a repeated receipt changes nothing");
    assert_eq!(outbox.replay_from(Some((1, 1)), None).unwrap(), (1, 0));
    assert_eq!(outbox.waiting_events((0, 0), 9).unwrap().len(), 2);
}

#[test]
fn forged_foreign_and_misdirected_receipts_free_nothing() {
    let (_rig, mut outbox, now) = filled();
    let hash = outbox.event_hash(1, 2).unwrap().unwrap();
    let good = Receipt { events: vec![EventReceipt { epoch: 1, seq: 2, hash }], ..receipt() };
    let bytes = serde_json::to_vec(&good).unwrap();
    let pinned = PublicKey::of(&centre());
    let forged = jws::sign(&SigningKey::from_bytes(&[1; 32]), ContentType::Receipt, &bytes);
    let as_event = jws::sign(&centre(), ContentType::Event, &bytes);
    let of_other_bytes = jws::sign(&centre(), ContentType::Receipt, b"{}");
    for jws in [None, Some(""), Some(forged.as_str()), Some(as_event.as_str()), Some(of_other_bytes.as_str())] {
        assert!(outbox.receive(&bytes, jws, &pinned, now).is_err(), "{jws:?}");
    }
    let other = Receipt { dev: "bsk-018".parse().unwrap(), ..good };
    assert!(matches!(give(&mut outbox, &other, now), Err(ReceiptError::OtherDevice(_))));
    let other_hash = EventReceipt { epoch: 1, seq: 2, hash: Sha256Hash::ZERO };
    let never_given = EventReceipt { epoch: 1, seq: 77, hash };
    let beyond = Some(UpTo { epoch: 9, seq: 1 });
    let strange = Receipt { events: vec![other_hash, never_given], upto: beyond, ..receipt() };
    let outcome = give(&mut outbox, &strange, now).unwrap();
    assert_eq!((outcome.done.len(), outcome.foreign, outcome.upto_beyond), (0, 2, true));
    assert_eq!(outbox.waiting_events((0, 0), 9).unwrap().len(), 2, "nothing was freed");
}

#[test]
fn a_refused_item_is_quarantined_and_a_foreign_refusal_ignored() {
    let (_rig, mut outbox, now) = filled();
    let hash = outbox.event_hash(1, 2).unwrap().unwrap();
    let refusal = |hash| Refusal::Event { epoch: 1, seq: 2, hash, code: RefusalCode::BadSignature };
    let foreign = Receipt { refused: vec![refusal(Sha256Hash::ZERO)], ..receipt() };
    assert_eq!(give(&mut outbox, &foreign, now).unwrap().refused, vec![]);
    let outcome = give(&mut outbox, &Receipt { refused: vec![refusal(hash)], ..receipt() }, now).unwrap();
    let key = ItemKey::Event { epoch: 1, seq: 2 };
    assert_eq!(outcome.refused, vec![(key, RefusalCode::BadSignature)]);
    assert_eq!(outbox.health().unwrap().quarantined, 1);
    assert!(!outbox.waiting_events((0, 0), 9).unwrap().contains(&key));
    assert!(outbox.load(&[key]).unwrap().is_empty(), "it is not sent again by itself");
    outbox.replay_from(Some((1, 2)), None).unwrap();
    assert_eq!(outbox.load(&[key]).unwrap().len(), 1, "but on request");
}
