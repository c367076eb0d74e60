//! The uplink against a real Mosquitto: refusals, restarts, lost queues, forged words.

mod broker;
mod centre;
mod way;

use super::*;
use crate::outbox::{Moment, OutboxThread, Settings};
use broker::Broker;
use ed25519_dalek::SigningKey;
use kerege_contract::event::{Clock, ClockSource, ClockState};
use tempfile::TempDir;
use tokio::task::JoinHandle;

/// A box of which only outbox and uplink exist.
pub(super) struct Box_ {
    pub(super) outbox: OutboxHandle,
    pub(super) state: Arc<UplinkState>,
    pub(super) health: watch::Sender<Option<Latest>>,
    pub(super) reported: watch::Sender<Option<Latest>>,
    pub(super) ending: CancellationToken,
    pub(super) task: JoinHandle<()>,
    _phases: watch::Sender<Option<Latest>>,
    _thread: OutboxThread,
    _folder: TempDir,
}

pub(super) fn centre_key() -> SigningKey {
    SigningKey::from_bytes(&[99; 32])
}

pub(super) fn start(broker: &Broker, password: &str) -> Box_ {
    let folder = tempfile::tempdir().unwrap();
    let device: DeviceId = "bsk-017".parse().unwrap();
    let settings =
        Settings { data_dir: folder.path().to_owned(), device: device.clone(), site: "BSK-017".parse().unwrap() };
    let key = SigningKey::from_bytes(&[7; 32]);
    let moments = Box::new(|| Moment {
        now: crate::clock::now(),
        clock: Clock { src: ClockSource::None, state: ClockState::Unsynced, off_ms: 0.0, err_ms: None },
        nonce: "AAAAAAAAAAAAAAAAAAAAAA==".into(),
        random: [1; 10],
    });
    let (thread, outbox, _) = OutboxThread::start(&settings, &key, moments).unwrap();
    let (health, health_feed) = watch::channel(None);
    let (reported, reported_feed) = watch::channel(Some(Latest { bytes: b"{\"reported\":1}".to_vec(), jws: None }));
    let (phases, phases_feed) = watch::channel(None);
    let options = UplinkOptions {
        host: "127.0.0.1".into(),
        port: broker.port,
        device,
        site: settings.site.clone(),
        password: Secret(password.into()),
        centre: PublicKey::of(&centre_key()),
        boot: BootId("boot".into()),
        software: "0".into(),
    };
    let state = Arc::new(UplinkState::default());
    let ending = CancellationToken::new();
    let feeds = Feeds { health: health_feed, reported: reported_feed, phases: phases_feed };
    let random = Random::from_seed(kerege_contract::Sha256Hash::of(b"test"));
    let task = tokio::spawn(run(options, outbox.clone(), feeds, Arc::clone(&state), ending.clone(), random));
    Box_ { outbox, state, health, reported, ending, task, _phases: phases, _thread: thread, _folder: folder }
}

/// Waits for a condition, looking often.
pub(super) async fn until(what: &str, mut done: impl FnMut() -> bool) {
    for _ in 0..1500 {
        if done() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("{what} did not happen within 30 s");
}
