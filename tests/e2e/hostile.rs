//! Strangers on the broker: another's id, forged receipts, replayed and forked events, ten megabytes.

use ed25519_dalek::SigningKey;
use kerege_contract::event::Event;
use kerege_contract::jws::{self, ContentType};
use kerege_tests::camera::drawn;
use kerege_tests::city::{City, DEVICE, Plan};
use kerege_tests::eventually::eventually;
use kerege_tests::journal::{self, Entry};
use kerege_tests::mqtt;
use kerege_tests::scenario::Scenario;
use std::time::Duration;

/// A city that has at least two events at its centre.
fn city(folder: &std::path::Path) -> anyhow::Result<(City, Vec<Entry>)> {
    let clip = drawn(&Scenario::short(), "short.mp4", folder)?;
    let city = City::start(&Plan::drawn(vec![clip]), folder)?;
    let entries = eventually("two events at the centre", Duration::from_secs(60), || {
        let entries = journal::of_centre(&city.centre_data())?;
        Ok((entries.len() >= 2).then_some(entries))
    })
    .map_err(|error| error.context(city.tails()))?;
    Ok((city, entries))
}

fn device_login(city: &City) -> anyhow::Result<mqtt::Login> {
    let password = city.broker_password(DEVICE)?;
    Ok(mqtt::Login { port: city.device_port, id: DEVICE.into(), user: DEVICE.into(), password })
}

fn alarm(city: &City, kind: &str) -> anyhow::Result<()> {
    let operator = city.sign_in("operator")?;
    eventually(&format!("an alarm '{kind}'"), Duration::from_secs(20), || {
        let alarms = operator.json("/alarms")?;
        let found = alarms.as_array().into_iter().flatten().any(|alarm| alarm["kind"] == kind);
        anyhow::ensure!(found, "{alarms}");
        Ok(Some(()))
    })
}

#[test]
fn nobody_connects_without_a_password_or_under_anothers_name() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let (city, _) = city(folder.path())?;
    let good = device_login(&city)?;
    for (what, login) in [
        ("a wrong password", mqtt::Login { password: "guess".into(), ..good.clone() }),
        ("no user", mqtt::Login { user: String::new(), password: String::new(), ..good.clone() }),
        (
            "a service's password on the box's name",
            mqtt::Login { password: city.broker_password("ingest")?, ..good.clone() },
        ),
    ] {
        anyhow::ensure!(mqtt::connect(&login).is_err(), "{what} was let in");
    }
    // Another client id with the box's own password becomes the box's id again: it can take over
    // nobody else's.
    anyhow::ensure!(mqtt::connect(&mqtt::Login { id: "other".into(), ..good }).is_ok());
    Ok(())
}

#[test]
fn a_box_writes_only_its_own_topics() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let (city, entries) = city(folder.path())?;
    let before = entries.len();
    let login = device_login(&city)?;
    for topic in ["kerege/v1/up/bsk-999/evt/incident", "kerege/v1/dn/bsk-001/ack", "kerege/v1/sig/BSK-999"] {
        let refused = mqtt::publish(&login, topic, &entries[0].bytes, Some(&entries[0].jws));
        anyhow::ensure!(refused.is_err(), "{topic} was taken");
    }
    anyhow::ensure!(journal::of_centre(&city.centre_data())?.len() >= before);
    Ok(())
}

#[test]
fn replays_change_nothing_and_forks_are_alarmed() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let (mut city, entries) = city(folder.path())?;
    city.edge.kill()?;
    let login = device_login(&city)?;
    let entry = &entries[0];
    let topic = format!("kerege/v1/up/{DEVICE}/evt/{}", entry.event.class.as_str());
    let before = journal::names(&journal::of_centre(&city.centre_data())?);
    for _ in 0..3 {
        mqtt::publish(&login, &topic, &entry.bytes, Some(&entry.jws))?;
    }
    // The same number with other bytes, signed with the box's own key: a fork.
    let key = box_key(&city)?;
    let forged = Event {
        severity: kerege_contract::event::Severity::Low,
        detail: Some("another story".into()),
        ..entry.event.clone()
    };
    let bytes = forged.to_bytes();
    mqtt::publish(&login, &topic, &bytes, Some(&jws::sign(&key, ContentType::Event, &bytes)))?;
    alarm(&city, "fork").map_err(|error| error.context(city.tails()))?;
    // Signed by a stranger, and not signed at all.
    let stranger = SigningKey::from_bytes(&[9; 32]);
    mqtt::publish(&login, &topic, &bytes, Some(&jws::sign(&stranger, ContentType::Event, &bytes)))?;
    mqtt::publish(&login, &topic, b"{\"v\":1}", None)?;
    alarm(&city, "bad_signature").map_err(|error| error.context(city.tails()))?;
    // Ten megabytes: the broker refuses them, and everybody lives.
    let huge = vec![b'x'; 10 << 20];
    drop(mqtt::publish(&login, &topic, &huge, None));
    city.ready()?;
    let after = journal::names(&journal::of_centre(&city.centre_data())?);
    anyhow::ensure!(after == before, "the centre's table changed");
    city.restart_edge(None)?;
    Ok(())
}

/// The box's signing key, as an insider with the box in hand would have it.
fn box_key(city: &City) -> anyhow::Result<SigningKey> {
    use ed25519_dalek::pkcs8::DecodePrivateKey as _;
    let mut folders = vec![city.box_data()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if let Ok(text) = std::fs::read_to_string(&path)
                && let Ok(key) = SigningKey::from_pkcs8_pem(&text)
            {
                return Ok(key);
            }
        }
    }
    anyhow::bail!("the box's key was not found under {}", city.box_data().display())
}

#[test]
fn a_forged_receipt_frees_nothing() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let (mut city, entries) = city(folder.path())?;
    // Nobody gives receipts, and somebody with the fleet's password forges them.
    city.centre.kill()?;
    eventually("an event that waits", Duration::from_secs(60), || {
        Ok((journal::of_box(&city.box_data())?.len() > entries.len() + 1).then_some(()))
    })
    .map_err(|error| error.context(city.tails()))?;
    let waiting: Vec<Entry> = journal::of_box(&city.box_data())?;
    let events: Vec<serde_json::Value> = waiting
        .iter()
        .map(|entry| serde_json::json!({"epoch": entry.event.epoch, "seq": entry.event.seq, "hash": entry.hash}))
        .collect();
    let receipt = serde_json::json!({"v": 1, "dev": DEVICE, "upto": {"epoch": 1, "seq": 1_000_000}, "events": events});
    let receipt = receipt.to_string().into_bytes();
    let stranger = SigningKey::from_bytes(&[7; 32]);
    let login = mqtt::Login {
        port: city.service_port,
        id: "forger".into(),
        user: "fleet".into(),
        password: city.broker_password("fleet")?,
    };
    mqtt::publish(
        &login,
        &format!("kerege/v1/dn/{DEVICE}/ack"),
        &receipt,
        Some(&jws::sign(&stranger, ContentType::Receipt, &receipt)),
    )?;
    mqtt::publish(&login, &format!("kerege/v1/dn/{DEVICE}/ack"), &receipt, None)?;
    std::thread::sleep(Duration::from_secs(2));
    anyhow::ensure!(journal::waiting(&city.box_data())? > 0, "a forged receipt freed events");
    city.restart_centre(None)?;
    city.ready()?;
    crate::whole_way::agree(&mut city)
}
