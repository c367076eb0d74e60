//! Each way in which a message can be wrong, and that nothing makes the judge panic.

use super::*;
use crate::testing;
use kerege_contract::UtcTime;
use kerege_contract::event::EventType;
use proptest::prelude::*;
use std::path::Path;

fn config() -> Config {
    let mut text = String::from(
        "data_dir = \"d\"\n[broker]\ningest = { user = \"ingest\", password_file = \"i\" }\n\
         fleet = { user = \"fleet\", password_file = \"f\" }\n[[site]]\nid = \"A\"\nname = \"a\"\n",
    );
    for dev in ["bsk-017", "bsk-018"] {
        let key = testing::public(dev);
        text.push_str(&format!("[[device]]\nid = \"{dev}\"\nsite = \"A\"\npublic_key = \"{key}\"\n"));
    }
    Config::parse(&text, "control.toml", Path::new("/")).unwrap()
}

fn judge(topic: &str, payload: &[u8], jws: Option<&str>) -> Verdict {
    accept(Incoming { topic, payload, jws }, &config())
}

fn code(verdict: Verdict) -> Result<Item, RefusalCode> {
    match verdict {
        Verdict::Accepted(item) => Ok(item),
        Verdict::Refused(refused) => Err(refused.code),
        other => panic!("{other:?}"),
    }
}

/// An event of bsk-017 as it is sent, after a change to its JSON.
fn event(change: impl FnOnce(&mut serde_json::Value)) -> (Vec<u8>, String) {
    let mut value = serde_json::to_value(testing::event("bsk-017", 5, EventType::StoppedVehicle)).unwrap();
    change(&mut value);
    let bytes = serde_json::to_vec(&value).unwrap();
    let jws = testing::sign("bsk-017", ContentType::Event, &bytes);
    (bytes, jws)
}

const TOPIC: &str = "kerege/v1/up/bsk-017/evt/incident";

#[test]
fn a_right_event_is_accepted_with_its_exact_bytes() {
    let (bytes, jws) = event(|value| value["from_the_future"] = 1.into());
    let Ok(Item::Event(signed)) = code(judge(TOPIC, &bytes, Some(&jws))) else { panic!("refused") };
    assert_eq!((signed.bytes.as_slice(), signed.hash), (bytes.as_slice(), Sha256Hash::of(&bytes)));
}

#[test]
fn every_wrong_event_is_refused_with_its_reason() {
    use RefusalCode as R;
    let none = |_: &mut serde_json::Value| {};
    let (bytes, jws) = event(none);
    let by_other = testing::sign("bsk-018", ContentType::Event, &bytes);
    let by_stranger = testing::sign("nobody", ContentType::Event, &bytes);
    let as_receipt = testing::sign("bsk-017", ContentType::Receipt, &bytes);
    let cases: Vec<(&str, R, Verdict)> = vec![
        ("no signature", R::BadSignature, judge(TOPIC, &bytes, None)),
        ("garbage signature", R::BadSignature, judge(TOPIC, &bytes, Some("a..b"))),
        ("another configured key", R::WrongDevice, judge(TOPIC, &bytes, Some(&by_other))),
        ("an unknown key", R::BadSignature, judge(TOPIC, &bytes, Some(&by_stranger))),
        ("a signature for something else", R::BadSignature, judge(TOPIC, &bytes, Some(&as_receipt))),
        ("another device's topic", R::WrongDevice, judge("kerege/v1/up/bsk-018/evt/incident", &bytes, Some(&jws))),
        ("another class's topic", R::WrongClass, judge("kerege/v1/up/bsk-017/evt/violation", &bytes, Some(&jws))),
        ("not JSON", R::Malformed, judge(TOPIC, b"\xff{", Some(&jws))),
        ("empty", R::Malformed, judge(TOPIC, b"", Some(&jws))),
        ("10 MB", R::TooLarge, judge(TOPIC, &vec![b' '; 10_000_000], Some(&jws))),
    ];
    for (what, wanted, verdict) in cases {
        assert_eq!(code(verdict).err(), Some(wanted), "{what}");
    }
    type Change = fn(&mut serde_json::Value);
    let changes: &[(&str, R, Change)] = &[
        ("another version", R::UnknownVersion, |value| value["v"] = 2.into()),
        ("another device", R::WrongDevice, |value| value["dev"] = "bsk-018".into()),
        ("a class that does not fit", R::WrongClass, |value| value["class"] = "system".into()),
        ("number zero", R::Malformed, |value| value["seq"] = 0.into()),
        ("a number no reader keeps", R::Malformed, |value| value["seq"] = u64::MAX.into()),
        ("a missing field", R::Malformed, |value| drop(value.as_object_mut().unwrap().remove("ts"))),
    ];
    for (what, wanted, change) in changes {
        let (bytes, jws) = event(change);
        assert_eq!(code(judge(TOPIC, &bytes, Some(&jws))).err(), Some(*wanted), "{what}");
    }
}

#[test]
fn a_refusal_names_what_can_be_named() {
    let (bytes, _) = event(|_| {});
    let Verdict::Refused(refused) = judge(TOPIC, &bytes, None) else { panic!("accepted") };
    let hash = Sha256Hash::of(&bytes);
    assert_eq!(refused.refusal, Some(Refusal::Event { epoch: 1, seq: 5, hash, code: RefusalCode::BadSignature }));
    let Verdict::Refused(refused) = judge(TOPIC, b"garbage", None) else { panic!("accepted") };
    assert_eq!(refused.refusal, None);
}

#[test]
fn facts_must_be_of_their_minute_and_camera() {
    type Change = fn(&mut MinuteFact);
    let cases: &[(&str, bool, Change)] = &[
        ("right", true, |_| {}),
        ("fifteen minutes", true, |fact| (fact.minutes, fact.observed_s) = (15, 900.0)),
        ("seven minutes", false, |fact| fact.minutes = 7),
        ("not on the minute", false, |fact| fact.start = fact.start.plus_seconds(1.0)),
        ("observed longer than a minute", false, |fact| fact.observed_s = 62.0),
        ("observed less than nothing", false, |fact| fact.observed_s = -1.0),
        ("another camera", false, |fact| fact.cam = CameraId::new("c2").unwrap()),
        ("number zero", false, |fact| fact.fseq = 0),
    ];
    for (what, right, change) in cases {
        let mut fact = testing::fact("bsk-017", 1, UtcTime::from_millis(1_770_000_000_000), 3);
        change(&mut fact);
        let bytes = serde_json::to_vec(&fact).unwrap();
        let jws = testing::sign("bsk-017", ContentType::Fact, &bytes);
        let judged = code(judge("kerege/v1/up/bsk-017/fact/c1", &bytes, Some(&jws)));
        assert_eq!(judged.is_ok(), *right, "{what}");
    }
}

#[test]
fn nobody_is_trusted_on_first_use() {
    let bytes = testing::event("bsk-999", 1, EventType::ChainStart).to_bytes();
    let jws = testing::sign("bsk-999", ContentType::Event, &bytes);
    let verdict = judge("kerege/v1/up/bsk-999/evt/system", &bytes, Some(&jws));
    assert!(matches!(verdict, Verdict::UnknownDevice(dev) if dev.as_str() == "bsk-999"));
}

proptest! {
    #[test]
    fn nothing_makes_it_panic(
        topic in "(kerege/v1/up/bsk-017/(evt/(incident|system)|fact/c1|health|state|cfg/reported))|[a-z/+#$]{0,40}",
        payload in prop::collection::vec(any::<u8>(), 0..300),
        jws in prop::option::of("[ -~]{0,100}"),
    ) {
        let verdict = judge(&topic, &payload, jws.as_deref());
        prop_assert!(!matches!(verdict, Verdict::Accepted(_)));
    }

    #[test]
    fn one_changed_byte_is_never_accepted(at in any::<prop::sample::Index>(), flip in 1u8..) {
        let (mut bytes, jws) = event(|_| {});
        let at = at.index(bytes.len());
        bytes[at] ^= flip;
        prop_assert!(code(judge(TOPIC, &bytes, Some(&jws))).is_err());
    }
}
