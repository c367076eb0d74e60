//! The interface through its router, without sockets: who may do what, uploads, pages, live.

mod access;
mod reading;
mod uploads;

use super::*;
use crate::auth::{password, session};
use crate::blobs::BlobFiles;
use crate::centre::in_transaction;
use crate::clock::Clock;
use crate::config::Config;
use crate::ingest::accept::{Incoming, accept};
use crate::ingest::{Outcome, apply};
use crate::store::{SessionRow, SqliteStore, UserRow};
use crate::testing;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use axum::response::Response;
use kerege_contract::event::Event;
use kerege_contract::jws::ContentType;
use kerege_contract::{Sha256Hash, UtcTime};
use std::path::Path;
use std::sync::atomic::{AtomicI64, Ordering};
use tower::ServiceExt as _;
use types::Role;

pub(super) const DEV: &str = "bsk-017";
pub(super) const NOW: i64 = 1_780_000_000_000;

/// A centre in a temporary folder, whose clock the test sets.
pub(super) struct Bench {
    pub(super) centre: Arc<Centre>,
    pub(super) clock: Arc<AtomicI64>,
    _folder: tempfile::TempDir,
}

impl Bench {
    pub(super) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let text = format!(
            "data_dir = \"d\"\n[broker]\ningest = {{ user = \"ingest\", password_file = \"i\" }}\n\
             fleet = {{ user = \"fleet\", password_file = \"f\" }}\n[[site]]\nid = \"A\"\nname = \"a\"\n\
             [[device]]\nid = \"{DEV}\"\nsite = \"A\"\npublic_key = \"{}\"\n\
             [[device]]\nid = \"bsk-018\"\nsite = \"A\"\npublic_key = \"{}\"\n",
            testing::public(DEV),
            testing::public("bsk-018")
        );
        let config = Config::parse(&text, "c", Path::new("/")).unwrap();
        let store = Arc::new(SqliteStore::open(&folder.path().join("s.db")).unwrap());
        let files = BlobFiles::open(folder.path()).unwrap();
        let clock = Arc::new(AtomicI64::new(NOW));
        let told = Arc::clone(&clock);
        let tell = Clock::from_fn(move || UtcTime::from_millis(told.load(Ordering::SeqCst)));
        Self { centre: Arc::new(Centre::new(config, store, files, tell)), clock, _folder: folder }
    }

    pub(super) fn router(&self) -> Router {
        crate::web::app(&self.centre)
    }

    pub(super) async fn send(&self, request: Request<Body>) -> Response {
        self.router().oneshot(request).await.unwrap()
    }

    /// A session of a person with a role; the value of its cookie header.
    pub(super) fn sign_in_as(&self, role: Role) -> String {
        let name = format!("{}-{}", role.as_str(), session::new_token().unwrap());
        let now = self.centre.clock.now();
        let user = UserRow { name: name.clone(), role, password: "none".into(), created: now };
        let token = session::new_token().unwrap();
        let row = SessionRow { token: session::fingerprint(&token), user: name, began: now, seen: now };
        in_transaction(&*self.centre.store, |tx| {
            tx.put_user(&user)?;
            tx.put_session(&row)
        })
        .unwrap();
        format!("kerege_session={token}")
    }

    pub(super) fn add_user(&self, name: &str, secret: &str, role: Role) {
        let password = password::hash(secret).unwrap();
        let user = UserRow { name: name.into(), role, password, created: self.centre.clock.now() };
        in_transaction(&*self.centre.store, |tx| tx.put_user(&user)).unwrap();
    }

    /// Takes an event as if it had come from the broker.
    pub(super) fn take(&self, event: &Event) {
        let bytes = event.to_bytes();
        let topic = format!("kerege/v1/up/{}/evt/{}", event.dev, event.class.as_str());
        let jws = testing::sign(event.dev.as_str(), ContentType::Event, &bytes);
        self.take_message(&topic, &bytes, &jws);
    }

    pub(super) fn take_message(&self, topic: &str, bytes: &[u8], jws: &str) {
        let message = Incoming { topic, payload: bytes, jws: Some(jws) };
        let verdict = accept(message, &self.centre.config);
        let mut outcome = Outcome::default();
        let now = self.centre.clock.now();
        let work = |tx: &dyn crate::store::Tx| apply(tx, &self.centre.config, message, &verdict, now, &mut outcome);
        in_transaction(&*self.centre.store, work).unwrap();
        outcome.told.iter().for_each(|told| self.centre.live.tell(told));
    }

    pub(super) async fn get(&self, path: &str, cookie: &str) -> (StatusCode, serde_json::Value) {
        let response = self.send(request("GET", path, Some(cookie), Body::empty())).await;
        let status = response.status();
        (status, json(response).await)
    }
}

pub(super) fn request(method: &str, path: &str, cookie: Option<&str>, body: Body) -> Request<Body> {
    let mut builder = Request::builder().method(method).uri(path).header("sec-fetch-site", "same-origin");
    if let Some(cookie) = cookie {
        builder = builder.header("cookie", cookie);
    }
    builder.header("content-type", "application/json").body(body).unwrap()
}

pub(super) async fn bytes(response: Response) -> Vec<u8> {
    axum::body::to_bytes(response.into_body(), 10_000_000).await.unwrap().to_vec()
}

pub(super) async fn json(response: Response) -> serde_json::Value {
    serde_json::from_slice(&bytes(response).await).unwrap_or_default()
}

/// A request that a box signs.
pub(super) fn signed(
    dev: &str,
    path: &str,
    body: &[u8],
    range: Option<&str>,
    captured: Option<UtcTime>,
    date: UtcTime,
) -> Request<Body> {
    let device = kerege_contract::DeviceId::new(dev).unwrap();
    let text = kerege_contract::request::signing_text("PUT", path, &device, date, range, captured, body);
    let jws = testing::sign(dev, ContentType::Request, text.as_bytes());
    let mut builder = Request::builder()
        .method("PUT")
        .uri(path)
        .header("kerege-device", dev)
        .header("kerege-date", date.to_string())
        .header("kerege-signature", jws);
    if let Some(range) = range {
        builder = builder.header("content-range", range);
    }
    if let Some(captured) = captured {
        builder = builder.header("kerege-captured", captured.to_string());
    }
    builder.body(Body::from(body.to_vec())).unwrap()
}

#[test]
fn the_committed_document_is_this_one() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../dashboard/openapi.json");
    let wanted = openapi_text();
    if std::env::var_os("KEREGE_UPDATE").is_some() {
        std::fs::write(&file, &wanted).unwrap();
    }
    let committed = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(committed == wanted, "run: KEREGE_UPDATE=1 cargo test -p kerege-control committed_document");
    assert!(wanted.contains("\"openapi\": \"3.1.0\""), "the client's generator does not read 3.2");
    assert!(!wanted.contains("\"null\""), "what is unknown is left out, never null");
}

/// A token's fingerprint and a still's hash are the same kind of thing but never the same value.
#[test]
fn a_session_is_not_stored_as_it_is() {
    assert_ne!(session::fingerprint("token").to_string(), "token");
    assert_eq!(session::fingerprint("token"), Sha256Hash::of(b"token"));
}
