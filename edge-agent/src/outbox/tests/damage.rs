//! Damaged, missing and put-back databases: what can be read is kept, the gap is stated.

use super::*;
use kerege_contract::event::EpochReason;
use proptest::prelude::*;
use std::fs;

/// A box with events 1 to `1 + events` and as many facts; checkpointed into the file when `settled`.
fn history(events: u64, settled: bool) -> (Rig, Vec<(u32, u64, Sha256Hash, Event)>) {
    let mut rig = Rig::new();
    let (mut outbox, _) = rig.open();
    for number in 0..events {
        let now = rig.now();
        outbox.append(incident(number, Phase::Start, now), now).unwrap();
        outbox.append_fact(fact(now), now).unwrap();
    }
    let before = journal(&outbox);
    if settled {
        outbox.conn.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
    } else {
        // As a power cut leaves it: the log beside the file.
        for name in ["outbox.db", "outbox.db-wal"] {
            fs::copy(rig.path().join(name), rig.path().join(format!("{name}.copy"))).unwrap();
        }
        drop(outbox);
        for name in ["outbox.db", "outbox.db-wal"] {
            fs::rename(rig.path().join(format!("{name}.copy")), rig.path().join(name)).unwrap();
        }
    }
    (rig, before)
}

fn check_after(rig: &mut Rig, before: &[(u32, u64, Sha256Hash, Event)]) -> u64 {
    let (outbox, beginning) = rig.open();
    let chain = beginning.epoch.expect("a new epoch");
    let after = journal(&outbox);
    let kept = before.iter().filter(|old| after.iter().any(|new| (new.0, new.1, new.2) == (old.0, old.1, old.2)));
    let lost = before.len() - kept.count();
    let stated = chain.lost_at_most.expect("the gap is stated");
    assert!(stated >= lost as u64, "{lost} lost, {stated} stated");
    assert!(stated <= lost as u64 + 1, "{lost} lost, {stated} stated");
    let head = before.last().unwrap();
    assert_eq!(chain.last.map(|last| (last.epoch, last.seq, last.hash)), Some((head.0, head.1, head.2)));
    assert_eq!((outbox.head().epoch, outbox.head().seq), (head.0 + 1, 1));
    let last = after.last().unwrap();
    assert_eq!(last.3.prev, head.2, "the new epoch hangs on the last known event");
    drop(outbox);
    let (_, again) = rig.open();
    assert_eq!((again.epoch, again.set_aside), (None, None), "mended once");
    lost as u64
}

#[test]
fn a_missing_database_is_noticed() {
    let (mut rig, before) = history(5, true);
    fs::remove_file(rig.path().join("outbox.db")).unwrap();
    assert_eq!(check_after(&mut rig, &before), 6);
    let (mut outbox, _) = rig.open();
    let now = rig.now();
    assert!(outbox.append_fact(fact(now), now).unwrap().fseq > 5, "no fact number is used twice");
}

#[test]
fn a_copy_put_back_is_noticed() {
    let (mut rig, _) = history(3, true);
    let path = rig.path().join("outbox.db");
    let old = fs::read(&path).unwrap();
    let (mut outbox, _) = rig.open();
    let now = rig.now();
    outbox.append(incident(77, Phase::Start, now), now).unwrap();
    drop(outbox);
    fs::write(&path, old).unwrap();
    fs::remove_file(rig.path().join("outbox.db-wal")).unwrap();
    let (outbox, beginning) = rig.open();
    let chain = beginning.epoch.unwrap();
    assert_eq!((chain.reason, chain.last.unwrap().seq, outbox.head().epoch), (EpochReason::OutboxDamaged, 5, 2));
    assert_eq!(chain.lost_at_most, Some(2));
}

#[test]
fn a_destroyed_header_loses_nothing() {
    for settled in [true, false] {
        let (mut rig, before) = history(12, settled);
        let path = rig.path().join("outbox.db");
        let mut bytes = fs::read(&path).unwrap();
        bytes[..100].fill(0xa5);
        fs::write(&path, bytes).unwrap();
        if !settled {
            // The log has the header too.
            let log = rig.path().join("outbox.db-wal");
            let mut bytes = fs::read(&log).unwrap();
            bytes[..32].fill(0xa5);
            fs::write(&log, bytes).unwrap();
        }
        assert_eq!(check_after(&mut rig, &before), 0, "settled: {settled}");
        let (outbox, _) = rig.open();
        assert_eq!(outbox.waiting_facts(0, 100).unwrap().len(), 12);
        assert_eq!(outbox.open_incidents().unwrap().len(), 12, "open incidents are known from their events");
    }
}

#[test]
fn a_truncated_file_keeps_what_is_left() {
    let (mut rig, before) = history(40, true);
    let path = rig.path().join("outbox.db");
    let length = fs::metadata(&path).unwrap().len();
    fs::OpenOptions::new().write(true).open(&path).unwrap().set_len(length / 2).unwrap();
    let lost = check_after(&mut rig, &before);
    assert!(lost > 0 && lost < 41, "{lost}");
}

#[test]
fn a_flipped_bit_in_a_waiting_row_is_noticed_at_work() {
    let (rig, before) = history(3, true);
    let moments: Moments = Box::new(|| moment(EPOCH_MS + 10_000_000));
    let (thread, handle, _) = OutboxThread::start(&rig.settings, &rig.key, moments).unwrap();
    let flip = |outbox: &mut Outbox| -> Result<(), OutboxError> {
        outbox.conn.execute(
            "UPDATE event SET bytes = CAST(replace(bytes, 'candidate', 'confirmed') AS BLOB) WHERE seq = 3",
            [],
        )?;
        Ok(())
    };
    handle.call(flip).unwrap();
    let key = ItemKey::Event { epoch: 1, seq: 3 };
    let items = handle.call(move |outbox| outbox.load(&[key])).unwrap();
    // The page before the flip was still in the file: salvage found the event as it was.
    assert!(items.iter().all(|item| Sha256Hash::of(&item.bytes) == before[2].2), "what lost its hash is not sent");
    let head = handle.call(|outbox| Ok::<_, OutboxError>(outbox.head().clone())).unwrap();
    assert_eq!((head.epoch, head.seq), (2, 1), "a new epoch was opened without a restart");
    thread.close();
}

#[test]
fn a_power_cut_in_the_middle_of_mending_loses_nothing() {
    let (mut rig, before) = history(8, true);
    // The damaged file was moved aside, the new one has its tables and nothing else.
    let aside = rig.path().join("outbox.db.damaged-20300101T000000000Z");
    fs::rename(rig.path().join("outbox.db"), aside).unwrap();
    drop(super::super::schema::connect(&rig.path().join("outbox.db")).unwrap());
    assert_eq!(check_after(&mut rig, &before), 0);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    /// Any page overwritten with rubbish: never a panic, never a silent loss, never a number twice.
    #[test]
    fn any_rubbish_page_is_survived(page in 0usize..60, byte in any::<u8>(), settled in any::<bool>()) {
        let (mut rig, before) = history(20, settled);
        let name = if settled { "outbox.db" } else { "outbox.db-wal" };
        let path = rig.path().join(name);
        let mut bytes = fs::read(&path).unwrap();
        let pages = bytes.len() / 4096;
        let at = (page % pages.max(1)) * 4096;
        bytes[at..at + 4096].fill(byte);
        fs::write(&path, bytes).unwrap();
        let (mut outbox, beginning) = rig.open();
        let after = journal(&outbox);
        let kept = before.iter().filter(|old| after.iter().any(|new| (new.0, new.1, new.2) == (old.0, old.1, old.2))).count();
        let lost = before.len() - kept;
        match beginning.epoch {
            Some(chain) => prop_assert!(chain.lost_at_most.unwrap() >= lost as u64),
            None => prop_assert_eq!(lost, 0),
        }
        let now = rig.now();
        let event = outbox.append(incident(1000, Phase::Start, now), now).unwrap();
        prop_assert!(before.iter().all(|old| (old.0, old.1) != (event.epoch, event.seq)));
    }
}
