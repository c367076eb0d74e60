//! Events in any order, twice, forked, with a gap; facts; incidents; alarms: against a real store.

use super::*;
use crate::centre::in_transaction;
use crate::ingest::accept::accept;
use crate::store::{IncidentFilter, Reads as _, SqliteStore};
use crate::testing;
use kerege_contract::event::{ChainHead, EpochReason, EventType};
use kerege_contract::jws::ContentType;
use kerege_contract::state::{DeviceState, Presence};
use proptest::prelude::*;
use std::path::Path;

const DEV: &str = "bsk-017";

struct Bench {
    store: SqliteStore,
    config: Config,
    _folder: tempfile::TempDir,
}

impl Bench {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let text = format!(
            "data_dir = \"d\"\n[broker]\ningest = {{ user = \"ingest\", password_file = \"i\" }}\n\
             fleet = {{ user = \"fleet\", password_file = \"f\" }}\n[[site]]\nid = \"A\"\nname = \"a\"\n\
             [[device]]\nid = \"{DEV}\"\nsite = \"A\"\npublic_key = \"{}\"\n",
            testing::public(DEV)
        );
        let config = Config::parse(&text, "c", Path::new("/")).unwrap();
        Self { store: SqliteStore::open(&folder.path().join("s.db")).unwrap(), config, _folder: folder }
    }

    fn take(&self, topic: &str, bytes: &[u8], content: ContentType) -> Outcome {
        let jws = testing::sign(DEV, content, bytes);
        let message = Incoming { topic, payload: bytes, jws: Some(&jws) };
        let verdict = accept(message, &self.config);
        let mut outcome = Outcome::default();
        let now = UtcTime::from_millis(1_780_000_000_000);
        in_transaction(&self.store, |tx| apply(tx, &self.config, message, &verdict, now, &mut outcome)).unwrap();
        outcome
    }

    fn event(&self, event: &Event) -> Outcome {
        let topic = format!("kerege/v1/up/{DEV}/evt/{}", event.class.as_str());
        self.take(&topic, &event.to_bytes(), ContentType::Event)
    }

    fn alarms(&self) -> Vec<AlarmKind> {
        self.store.alarms(100).unwrap().iter().filter(|row| row.cleared.is_none()).map(|row| row.kind).collect()
    }

    fn chain(&self, epoch: u32) -> crate::store::ChainRow {
        let chains = self.store.chains(&DeviceId::new(DEV).unwrap()).unwrap();
        chains.into_iter().find(|chain| chain.epoch == epoch).unwrap()
    }

    fn incidents(&self) -> Vec<crate::store::IncidentRow> {
        self.store.incidents(&IncidentFilter::default(), None, 100).unwrap()
    }
}

fn upto(outcome: &Outcome) -> Option<u64> {
    outcome.receipts.last().and_then(|item| item.upto).map(|upto| upto.seq)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]
    #[test]
    fn any_order_and_any_repetition_ends_whole(order in Just((0..8usize).chain(0..8).collect::<Vec<_>>()).prop_shuffle()) {
        let bench = Bench::new();
        let chain = testing::chain(DEV, 8);
        for n in order {
            let outcome = bench.event(&chain[n]);
            prop_assert!(matches!(outcome.receipts[0].what, Receipted::Event(receipt) if receipt.seq == n as u64 + 1));
        }
        prop_assert_eq!((bench.chain(1).upto, bench.chain(1).known, bench.chain(1).gap_since), (8, 8, None));
        prop_assert_eq!(bench.alarms(), vec![]);
        prop_assert_eq!(bench.incidents().len(), 7);
    }
}

#[test]
fn what_comes_early_is_shown_at_once_and_pending() {
    let bench = Bench::new();
    let chain = testing::chain(DEV, 3);
    let outcome = bench.event(&chain[2]);
    assert!(outcome.told.iter().any(|told| matches!(told, Told::Incident(_))));
    assert_eq!((upto(&outcome), bench.chain(1).known, bench.chain(1).gap_since.is_some()), (None, 3, true));
    assert_eq!(upto(&bench.event(&chain[0])), Some(1));
    assert_eq!(upto(&bench.event(&chain[1])), Some(3));
}

#[test]
fn a_fork_keeps_both_and_is_alarmed() {
    let bench = Bench::new();
    let chain = testing::chain(DEV, 2);
    for event in &chain {
        bench.event(event);
    }
    let mut other = chain[1].clone();
    other.lane = kerege_contract::LaneId::new("other").ok();
    let outcome = bench.event(&other);
    let Receipted::Refused(Refusal::Event { epoch: 1, seq: 2, code: RefusalCode::Fork, hash }) =
        &outcome.receipts[0].what
    else {
        panic!("{outcome:?}")
    };
    assert_eq!(*hash, Sha256Hash::of(&other.to_bytes()));
    assert_eq!((bench.alarms(), bench.chain(1).forked), (vec![AlarmKind::Fork], Some(2)));
    assert_eq!(bench.incidents()[0].lane, None, "the first one stands");
    bench.event(&other);
    let alarm = &bench.store.alarms(10).unwrap()[0];
    assert_eq!(alarm.count, 2, "met again, not raised again");
}

#[test]
fn a_link_that_does_not_join_is_alarmed_and_stored() {
    let bench = Bench::new();
    let mut chain = testing::chain(DEV, 3);
    chain[2].prev = Sha256Hash::ZERO;
    for event in &chain {
        assert!(matches!(bench.event(event).receipts[0].what, Receipted::Event(_)));
    }
    assert_eq!((bench.alarms(), bench.chain(1).broken), (vec![AlarmKind::ChainBroken], Some(3)));
}

#[test]
fn an_epoch_must_begin_with_its_statement() {
    let bench = Bench::new();
    bench.event(&testing::event(DEV, 1, EventType::StoppedVehicle));
    assert_eq!(bench.alarms(), [AlarmKind::ChainBroken]);
}

#[test]
fn a_new_epoch_states_its_gap() {
    let bench = Bench::new();
    let chain = testing::chain(DEV, 3);
    for event in &chain {
        bench.event(event);
    }
    let mut start = testing::chain(DEV, 1).remove(0);
    start.epoch = 2;
    let last = ChainHead { epoch: 1, seq: 2, hash: Sha256Hash::of(&chain[1].to_bytes()) };
    start.prev = last.hash;
    let statement = start.chain.as_mut().unwrap();
    (statement.reason, statement.last, statement.lost_at_most) = (EpochReason::OutboxDamaged, Some(last), Some(4));
    let outcome = bench.event(&start);
    assert_eq!(bench.alarms(), [AlarmKind::ChainRestarted]);
    assert!(bench.store.alarms(1).unwrap()[0].detail.contains("at most 4 events are lost"));
    assert_eq!(outcome.receipts[0].upto, Some(UpTo { epoch: 2, seq: 1 }));
}

#[test]
fn an_end_before_its_start_makes_one_ended_incident() {
    let bench = Bench::new();
    let mut chain = testing::chain(DEV, 3);
    let id = chain[1].incident;
    (chain[2].phase, chain[2].incident, chain[2].reason) = (Some(Phase::End), id, Some("moved".into()));
    bench.event(&chain[2]);
    assert!(bench.incidents()[0].ended.is_some());
    bench.event(&chain[1]);
    let incidents = bench.incidents();
    assert_eq!(incidents.len(), 1);
    assert_eq!((incidents[0].started, incidents[0].reason.as_deref()), (chain[1].ts.event, Some("moved")));
}

#[test]
fn a_cameras_end_may_overtake_its_start() {
    let bench = Bench::new();
    let down = |seq, phase| {
        let mut event = testing::event(DEV, seq, EventType::CameraDown);
        (event.phase, event.incident) = (Some(phase), Some(testing::incident_id(1)));
        event
    };
    bench.event(&down(3, Phase::End));
    bench.event(&down(2, Phase::Start));
    assert_eq!(bench.alarms(), []);
    let mut again = down(4, Phase::Start);
    again.incident = Some(testing::incident_id(2));
    bench.event(&again);
    assert_eq!(bench.alarms(), [AlarmKind::CameraDown]);
}

#[test]
fn facts_are_stored_once_and_a_second_one_is_a_fork() {
    let bench = Bench::new();
    let start = UtcTime::from_millis(1_770_000_000_000);
    let send = |cars| {
        let bytes = serde_json::to_vec(&testing::fact(DEV, 1, start, cars)).unwrap();
        bench.take(&format!("kerege/v1/up/{DEV}/fact/c1"), &bytes, ContentType::Fact).receipts.remove(0).what
    };
    assert!(matches!(send(3), Receipted::Fact(_)));
    assert!(matches!(send(3), Receipted::Fact(_)));
    assert!(matches!(send(4), Receipted::Refused(Refusal::Fact { code: RefusalCode::Fork, .. })));
    let (dev, cam) = (DeviceId::new(DEV).unwrap(), kerege_contract::CameraId::new("c1").unwrap());
    assert_eq!(bench.store.facts(&dev, &cam, start.minute_start(), start.plus_seconds(60.0)).unwrap().len(), 1);
}

#[test]
fn two_machines_under_one_name_are_alarmed() {
    let bench = Bench::new();
    let say = |boot: &str, state, bd| {
        let boot = kerege_contract::fact::BootId(boot.into());
        let unknown = serde_json::Map::new();
        let state = DeviceState { v: kerege_contract::version::V1, state, boot, software: "1".into(), bd, unknown };
        bench.take(&format!("kerege/v1/up/{DEV}/state"), &serde_json::to_vec(&state).unwrap(), ContentType::Event);
    };
    say("one", Presence::Online, 1);
    say("two", Presence::Online, 1);
    say("one", Presence::Offline, 1);
    let row = bench.store.boxes().unwrap().remove(0);
    assert_eq!(row.state.unwrap().state, Presence::Online, "the late will of an earlier start is nothing new");
    assert_eq!(bench.alarms(), []);
    say("one", Presence::Online, 2);
    assert_eq!(bench.alarms(), [AlarmKind::DuplicateDevice]);
    say("one", Presence::Offline, 2);
    assert!(bench.alarms().contains(&AlarmKind::BoxOffline));
}

#[test]
fn unknown_devices_never_fill_the_store() {
    let bench = Bench::new();
    for n in 0..200 {
        bench.take(&format!("kerege/v1/up/stranger-{n}/evt/incident"), b"{}", ContentType::Event);
    }
    let alarms = bench.store.alarms(500).unwrap();
    assert_eq!(alarms.len() as u64, UNKNOWN_NAMED + 1);
    assert_eq!(alarms.iter().map(|alarm| alarm.count).sum::<u64>(), 200);
}
