//! Numbers, chain, restarts and bounds.

use super::*;
use kerege_contract::event::EpochReason;
use proptest::prelude::*;

#[test]
fn the_first_event_opens_the_epoch() {
    let mut rig = Rig::new();
    let (mut outbox, beginning) = rig.open();
    assert_eq!(beginning.epoch.unwrap().reason, EpochReason::FirstStart);
    let now = rig.now();
    let event = outbox.append(incident(1, Phase::Start, now), now).unwrap();
    assert_eq!((event.epoch, event.seq), (1, 2));
    drop(outbox);
    let (outbox, beginning) = rig.open();
    assert_eq!((beginning.epoch, beginning.set_aside), (None, None));
    assert_eq!(outbox.head().seq, 2);
    assert_chained(&outbox);
}

#[test]
fn another_box_is_refused_and_another_key_opens_an_epoch() {
    let mut rig = Rig::new();
    drop(rig.open());
    rig.key = SigningKey::from_bytes(&[8; 32]);
    let (outbox, beginning) = rig.open();
    assert_eq!(beginning.epoch.unwrap().reason, EpochReason::KeyChanged);
    assert_eq!((outbox.head().epoch, outbox.head().seq), (2, 1));
    drop(outbox);
    rig.settings.device = "bsk-018".parse().unwrap();
    let error = Outbox::open(&rig.settings, &rig.key, &moment(EPOCH_MS)).unwrap_err();
    assert!(error.to_string().contains("is the outbox of 'bsk-017', not of 'bsk-018'"), "{error}");
}

#[test]
fn a_message_that_no_broker_takes_is_refused_and_takes_no_number() {
    let mut rig = Rig::new();
    let (mut outbox, _) = rig.open();
    let now = rig.now();
    let mut event = incident(1, Phase::Start, now).event().clone();
    event.detail = Some("x".repeat(MAX_MESSAGE_BYTES));
    assert!(matches!(outbox.append(Draft::new(event), now), Err(OutboxError::TooLarge { .. })));
    assert_eq!(outbox.append(incident(2, Phase::Start, now), now).unwrap().seq, 2);
}

#[test]
fn open_incidents_and_the_running_minute_survive() {
    let mut rig = Rig::new();
    let (mut outbox, _) = rig.open();
    let now = rig.now();
    let one = outbox.append(incident(1, Phase::Start, now).with_state("one".into()), now).unwrap();
    outbox.append(incident(2, Phase::Start, now), now).unwrap();
    outbox.append(incident(2, Phase::End, now), now).unwrap();
    outbox.keep_states(&[(one.incident.unwrap(), "seen later".into())]).unwrap();
    let cells = RunningCells {
        boot: BootId("b".into()),
        cam: "c1".parse().unwrap(),
        start: now.minute_start(),
        observed_s: 12.0,
        cells: Vec::new(),
    };
    outbox.keep_cells(&cells).unwrap();
    drop(outbox);
    let (mut outbox, _) = rig.open();
    let open = outbox.open_incidents().unwrap();
    assert_eq!(open.len(), 1);
    assert_eq!((open[0].start.clone(), open[0].state.as_deref()), (one, Some("seen later")));
    assert_eq!(outbox.kept_cells().unwrap(), vec![cells]);
    let first = outbox.append_fact(fact(now), now).unwrap();
    assert!(outbox.kept_cells().unwrap().is_empty());
    let second = outbox.append_fact(fact(now), now).unwrap();
    assert_eq!((first.part, second.part, second.fseq), (0, 1, 2));
}

#[test]
fn a_command_is_noted_once() {
    let mut rig = Rig::new();
    let (mut outbox, _) = rig.open();
    let now = rig.now();
    assert!(outbox.note_command("a", now.plus_seconds(60.0), now).unwrap());
    assert!(!outbox.note_command("a", now.plus_seconds(60.0), now.plus_seconds(100.0)).unwrap());
}

#[test]
fn a_still_waits_for_its_events_receipt() {
    let mut rig = Rig::new();
    let (mut outbox, _) = rig.open();
    let now = rig.now();
    let sha256 = outbox.store_blob(b"jpeg").unwrap();
    let mut event = incident(1, Phase::Start, now).event().clone();
    event.evidence = vec![kerege_contract::event::Evidence {
        role: kerege_contract::event::EvidenceRole::Still,
        mime: "image/jpeg".into(),
        bytes: 4,
        sha256,
        masked: false,
    }];
    outbox.append(Draft::new(event), now).unwrap();
    assert_eq!(outbox.next_blob(&[]).unwrap(), None);
    outbox.conn.execute("UPDATE event SET receipted = 1", []).unwrap();
    let item = outbox.next_blob(&[]).unwrap().unwrap();
    assert_eq!(std::fs::read(&item.path).unwrap(), b"jpeg");
    assert_eq!(outbox.next_blob(&[sha256]).unwrap(), None);
    outbox.blob_done(&sha256, now).unwrap();
    assert!(!item.path.exists());
    assert_eq!((outbox.next_blob(&[]).unwrap(), outbox.health().unwrap().blobs_waiting), (None, 0));
}

#[test]
fn under_pressure_unsent_facts_are_merged_and_the_sent_stay() {
    let mut rig = Rig::new();
    let (mut outbox, _) = rig.open();
    let start = UtcTime::from_millis(EPOCH_MS - EPOCH_MS % 900_000);
    for minute in 0..30 {
        outbox.append_fact(fact(start.plus_seconds(f64::from(minute) * 60.0)), start).unwrap();
    }
    outbox.load(&[ItemKey::Fact { fseq: 1 }]).unwrap();
    let limits = Limits { max_bytes: 100_000, keep_s: 1000, merge_after_s: 3600 };
    let later = start.plus_seconds(3.0 * 3600.0);
    let tidied = outbox.tidy(limits, later).unwrap();
    assert_eq!((tidied.merged, tidied.removed), (29, 0));
    assert!(tidied.pressure >= Pressure::High);
    let waiting = outbox.waiting_facts(0, 100).unwrap();
    assert_eq!(waiting, [1, 31, 32].map(|fseq| ItemKey::Fact { fseq }));
    assert_eq!(outbox.append_fact(fact(later), later).unwrap().fseq, 33);
}

#[test]
fn receipted_items_go_after_their_time_and_numbers_never_come_back() {
    let mut rig = Rig::new();
    let (mut outbox, _) = rig.open();
    let now = rig.now();
    outbox.append(incident(1, Phase::Start, now), now).unwrap();
    outbox.append_fact(fact(now), now).unwrap();
    let update = format!("UPDATE event SET receipted = {0}; UPDATE fact SET receipted = {0}", now.millis());
    outbox.conn.execute_batch(&update).unwrap();
    let limits = Limits::default();
    assert_eq!(outbox.tidy(limits, now.plus_seconds(6.9 * 86_400.0)).unwrap().removed, 0);
    assert_eq!(outbox.tidy(limits, now.plus_seconds(7.1 * 86_400.0)).unwrap().removed, 2, "the head stays");
    drop(outbox);
    let (mut outbox, beginning) = rig.open();
    assert_eq!(beginning.epoch, None);
    assert_eq!(outbox.append_fact(fact(now), now).unwrap().fseq, 2);
    assert_eq!(outbox.append(incident(2, Phase::Start, now), now).unwrap().seq, 3);
}

#[derive(Debug, Clone)]
enum Step {
    Event(u64),
    Fact,
    Reopen,
    Receipt(u64),
    Tidy,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0u64..40).prop_map(Step::Event),
        2 => Just(Step::Fact),
        1 => Just(Step::Reopen),
        2 => (1u64..60).prop_map(Step::Receipt),
        1 => Just(Step::Tidy),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Whatever is done in whatever order: no number twice, no gap, and exactly what has no receipt
    /// waits.
    #[test]
    fn any_history_leaves_a_whole_chain(steps in proptest::collection::vec(step(), 1..40)) {
        let mut rig = Rig::new();
        let (mut outbox, _) = rig.open();
        let (mut events, mut facts, mut receipted) = (1u64, 0u64, std::collections::BTreeSet::new());
        for step in steps {
            let now = rig.now();
            match step {
                Step::Event(number) => {
                    events += 1;
                    prop_assert_eq!(outbox.append(incident(number, Phase::Start, now), now).unwrap().seq, events);
                }
                Step::Fact => {
                    facts += 1;
                    prop_assert_eq!(outbox.append_fact(fact(now), now).unwrap().fseq, facts);
                }
                Step::Reopen => {
                    drop(outbox);
                    let (again, beginning) = rig.open();
                    prop_assert_eq!(beginning.epoch, None);
                    outbox = again;
                }
                Step::Receipt(seq) => {
                    super::receipts::receipt_for(&mut outbox, seq, now);
                    if seq <= events {
                        receipted.insert(seq);
                    }
                }
                Step::Tidy => {
                    outbox.tidy(Limits::default(), now).unwrap();
                }
            }
        }
        assert_chained(&outbox);
        let waiting = outbox.waiting_events((0, 0), 1000).unwrap();
        let wanted: Vec<ItemKey> = (1..=events)
            .filter(|seq| !receipted.contains(seq))
            .map(|seq| ItemKey::Event { epoch: 1, seq })
            .collect();
        prop_assert_eq!(waiting, wanted);
        prop_assert_eq!(outbox.waiting_facts(0, 1000).unwrap().len() as u64, facts);
    }
}
