//! What every store must do. A second backend is tried by one more line in [`each_backend`].

use super::*;
use crate::api::types::{IncidentState, Role};
use crate::centre::in_transaction;
use crate::testing;
use kerege_contract::event::{EventType, Severity};
use kerege_contract::receipt::RefusalCode;

fn each_backend(trial: impl Fn(&dyn Store)) {
    let folder = tempfile::tempdir().unwrap();
    trial(&SqliteStore::open(&folder.path().join("store.db")).unwrap());
}

fn write<T>(store: &dyn Store, work: impl FnMut(&dyn Tx) -> Stored<T>) -> T {
    in_transaction(store, work).unwrap()
}

fn at(millis: i64) -> UtcTime {
    UtcTime::from_millis(1_770_000_000_000 + millis)
}

fn dev(name: &str) -> DeviceId {
    DeviceId::new(name).unwrap()
}

fn row(name: &str, seq: u64) -> EventRow {
    let event = testing::event(name, seq, EventType::StoppedVehicle);
    let bytes = event.to_bytes();
    EventRow {
        dev: event.dev.clone(),
        epoch: 1,
        seq,
        hash: Sha256Hash::of(&bytes),
        prev: event.prev,
        class: event.class,
        incident: Some(testing::incident_id(1)),
        at: event.ts.event,
        received: at(0),
        bytes,
        jws: "a..b".into(),
    }
}

fn incident(n: u8, started: i64, ended: Option<i64>) -> IncidentRow {
    let event = testing::event("a", u64::from(n), EventType::WrongWay);
    IncidentRow {
        id: testing::incident_id(n),
        dev: dev("a"),
        site: event.site,
        cam: event.cam,
        lane: None,
        kind: event.kind,
        class: event.class,
        severity: if n.is_multiple_of(2) { Severity::High } else { Severity::Low },
        started: at(started),
        ended: ended.map(at),
        updated: at(0),
        time_err_ms: 1.5,
        reason: None,
        still: Some(testing::still(b"picture")),
        objects: Vec::new(),
    }
}

#[test]
fn events_come_back_byte_for_byte_and_a_place_is_taken_once() {
    each_backend(|store| {
        let (second, first) = (row("a", 2), row("a", 1));
        write(store, |tx| tx.insert_event(&second));
        write(store, |tx| tx.insert_event(&first));
        assert!(in_transaction(store, |tx| tx.insert_event(&first)).is_err());
        assert_eq!(store.events_of(&dev("a"), testing::incident_id(1)).unwrap(), [first.clone(), second]);
        assert_eq!(store.events_of(&dev("b"), testing::incident_id(1)).unwrap(), []);
        let link = write(store, |tx| tx.link(&dev("a"), 1, 1)).unwrap();
        assert_eq!((link.hash, link.prev), (first.hash, first.prev));
        assert_eq!(write(store, |tx| tx.event_hash(&dev("a"), 1, 3)), None);
    });
}

#[test]
fn what_fails_leaves_nothing_behind() {
    each_backend(|store| {
        let failed = in_transaction(store, |tx| {
            tx.insert_event(&row("a", 1))?;
            tx.insert_event(&row("a", 1))
        });
        assert!(failed.is_err());
        assert_eq!(write(store, |tx| tx.event_hash(&dev("a"), 1, 1)), None);
    });
}

#[test]
fn chains_are_kept_by_epoch() {
    each_backend(|store| {
        let chain = |epoch, gap_since| ChainRow {
            dev: dev("a"),
            epoch,
            upto: 3,
            upto_hash: Sha256Hash::of(b"x"),
            known: 9,
            broken: Some(2),
            forked: None,
            gap_since,
        };
        for row in [chain(2, Some(at(0))), chain(1, None), chain(10, Some(at(5000)))] {
            write(store, |tx| tx.put_chain(&row));
        }
        assert_eq!(store.chains(&dev("a")).unwrap().iter().map(|row| row.epoch).collect::<Vec<_>>(), [1, 2, 10]);
        assert_eq!(write(store, |tx| tx.newest_chain(&dev("a"))), Some(chain(10, Some(at(5000)))));
        assert_eq!(write(store, |tx| tx.chains_with_gap(at(5000))), [chain(2, Some(at(0)))]);
    });
}

#[test]
fn incidents_are_paged_newest_first_and_filtered() {
    each_backend(|store| {
        for n in 0..10u8 {
            // Pairs begin at the same time: the id decides then.
            let row = incident(n, i64::from(n / 2) * 1000, (n < 4).then_some(9000));
            write(store, |tx| tx.put_incident(&row));
        }
        let ids = |rows: Vec<IncidentRow>| rows.iter().map(|row| row.id).collect::<Vec<_>>();
        let wanted: Vec<_> = (0..10).rev().map(testing::incident_id).collect();
        let mut paged = Vec::new();
        let mut before = None;
        loop {
            let page = store.incidents(&IncidentFilter::default(), before.as_ref(), 3).unwrap();
            let Some(last) = page.last() else { break };
            before = Some(Cursor { started: last.started, id: last.id });
            paged.extend(ids(page));
        }
        assert_eq!(paged, wanted);
        let count = |filter: IncidentFilter| store.incidents(&filter, None, 100).unwrap().len();
        let all = IncidentFilter::default;
        assert_eq!(count(IncidentFilter { state: IncidentState::Open, ..all() }), 6);
        assert_eq!(count(IncidentFilter { state: IncidentState::Ended, ..all() }), 4);
        assert_eq!(count(IncidentFilter { severity: Some(Severity::High), ..all() }), 5);
        assert_eq!(count(IncidentFilter { kind: Some(EventType::Crowd), ..all() }), 0);
        assert_eq!(count(IncidentFilter { from: Some(at(1000)), to: Some(at(3000)), ..all() }), 4);
        assert_eq!(count(IncidentFilter { cam: CameraId::new("c1").ok(), ..all() }), 10);
    });
}

#[test]
fn an_incident_belongs_to_the_device_that_had_it_first() {
    each_backend(|store| {
        let mine = incident(1, 0, None);
        let mut theirs = incident(1, 5, None);
        theirs.dev = dev("b");
        write(store, |tx| tx.put_incident(&mine));
        write(store, |tx| tx.put_incident(&theirs));
        assert_eq!(store.incident(mine.id).unwrap(), Some(mine));
    });
}

#[test]
fn alarms_are_counted_while_open_and_return_when_they_may() {
    each_backend(|store| {
        let report = |key: &str, recurrence| AlarmReport {
            dev: Some(dev("a")),
            kind: AlarmKind::CameraDown,
            key: key.into(),
            severity: Severity::High,
            detail: "camera c1".into(),
            recurrence,
        };
        let raise = |key, recurrence, millis| write(store, |tx| tx.raise(&report(key, recurrence), at(millis)));
        let clear = |key| write(store, |tx| tx.clear(Some(&dev("a")), AlarmKind::CameraDown, key, at(50)));
        let first = raise("c1", Recurrence::Returns, 0).unwrap();
        let again = raise("c1", Recurrence::Returns, 10).unwrap();
        assert_eq!((again.id, again.count, again.raised, again.last), (first.id, 2, at(0), at(10)));
        assert_eq!(store.open_alarms_by_device().unwrap(), [(dev("a"), 1)]);
        assert!(clear("c1").is_some() && clear("c1").is_none());
        assert_ne!(raise("c1", Recurrence::Returns, 60).unwrap().id, first.id);
        assert!(raise("once", Recurrence::Once, 0).is_some());
        clear("once");
        assert_eq!(raise("once", Recurrence::Once, 60), None);
        assert_eq!(write(store, |tx| tx.clear_quiet(&[AlarmKind::CameraDown], at(60), at(70))).len(), 0);
        assert_eq!(write(store, |tx| tx.clear_quiet(&[AlarmKind::CameraDown], at(61), at(70))).len(), 1);
        assert_eq!(write(store, |tx| tx.forget_alarms(at(70))), 2);
        assert_eq!(store.alarms(10).unwrap().len(), 1);
    });
}

#[test]
fn a_new_password_ends_the_sessions() {
    each_backend(|store| {
        let user = |role| UserRow { name: "aibek".into(), role, password: "hash".into(), created: at(0) };
        let token = Sha256Hash::of(b"token");
        let session = SessionRow { token, user: "aibek".into(), began: at(0), seen: at(0) };
        write(store, |tx| tx.put_user(&user(Role::Officer)));
        write(store, |tx| tx.put_session(&session));
        write(store, |tx| tx.touch_session(&token, at(9)));
        let (found, owner) = store.session(&token).unwrap().unwrap();
        assert_eq!((found.seen, owner.role), (at(9), Role::Officer));
        write(store, |tx| tx.put_user(&user(Role::Planner)));
        assert_eq!(store.session(&token).unwrap(), None);
        assert_eq!(store.user("aibek").unwrap().unwrap().role, Role::Planner);
        write(store, |tx| tx.put_session(&session));
        assert_eq!(write(store, |tx| tx.sweep_sessions(at(1), at(-1))), 1);
    });
}

#[test]
fn blobs_and_quarantine_are_idempotent() {
    each_backend(|store| {
        let still = testing::still(b"picture");
        let blob = BlobRow { sha256: still.sha256, bytes: 7, mime: "image/jpeg".into(), stored: at(0), evicted: None };
        for _ in 0..2 {
            write(store, |tx| tx.announce(&dev("a"), &still, Some(testing::incident_id(1)), at(0)));
            write(store, |tx| tx.blob_stored(&blob));
            write(store, |tx| {
                tx.quarantine(&Quarantined {
                    dev: dev("a"),
                    topic: "t".into(),
                    code: RefusalCode::Fork,
                    hash: still.sha256,
                    received: at(0),
                    bytes: b"x".to_vec(),
                    jws: None,
                })
            });
        }
        assert_eq!(store.announced(&still.sha256, &dev("b")).unwrap(), None);
        assert_eq!(store.announced(&still.sha256, &dev("a")).unwrap().unwrap().bytes, 7);
        assert_eq!((store.blob_bytes().unwrap(), store.oldest_blobs(9).unwrap().len()), (7, 1));
        write(store, |tx| tx.put_incident(&incident(1, 0, None)));
        let showing = |bytes: &[u8]| store.incidents_showing(&Sha256Hash::of(bytes)).unwrap().len();
        assert_eq!((showing(b"picture"), showing(b"another")), (1, 0));
        write(store, |tx| tx.blob_evicted(&still.sha256, at(5)));
        assert_eq!((store.blob_bytes().unwrap(), store.oldest_blobs(9).unwrap().len()), (0, 0));
        assert_eq!(store.blob(&still.sha256).unwrap().unwrap().evicted, Some(at(5)));
    });
}
