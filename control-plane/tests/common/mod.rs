//! A real centre and a real Mosquitto in a temporary folder on free ports, and boxes to speak to
//! them. Everything that was started is killed when it is dropped.

#[path = "../../src/testing.rs"]
#[allow(dead_code, reason = "each test uses a part of it")]
pub(crate) mod testing;

use kerege_contract::event::Event;
use kerege_contract::jws::{self, ContentType, PublicKey};
use kerege_contract::receipt::{Receipt, Refusal, RefusalCode};
use rumqttc::v5::mqttbytes::QoS;
use rumqttc::v5::mqttbytes::v5::{ConnectProperties, Packet, PublishProperties};
use rumqttc::v5::{AsyncClient, Event as Polled, MqttOptions};
use std::collections::BTreeSet;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::mpsc;

pub(crate) const PATIENCE: Duration = Duration::from_secs(60);
pub(crate) const DEV: &str = "bsk-017";
pub(crate) const OTHER: &str = "bsk-018";
const SECRET: &str = "correct horse battery";

/// A centre with its broker.
pub(crate) struct Stand {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) device_port: u16,
    http_port: u16,
    pub(crate) centre_key: PublicKey,
    broker: Option<Child>,
    centre: Option<Child>,
    cookie: String,
}

/// A port below those that the system gives to outgoing connections, handed out once.
fn free_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    loop {
        let offset = (std::process::id() as u16 % 120) * 100 + NEXT.fetch_add(1, Ordering::SeqCst) % 12_000;
        let port = 20_000 + offset % 12_000;
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}

impl Stand {
    pub(crate) fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (http_port, port, device_port) = (free_port(), free_port(), free_port());
        std::fs::write(folder.path().join("control.toml"), config(http_port, port, device_port)).unwrap();
        let key = control(folder.path(), &["identity"], "");
        control(folder.path(), &["broker-files", "--out", "broker"], "");
        control(folder.path(), &["user", "add", "gulnara", "--role", "operator"], SECRET);
        let centre_key = key.trim().parse().unwrap();
        let mut stand =
            Self { folder, device_port, http_port, centre_key, broker: None, centre: None, cookie: String::new() };
        stand.start_broker();
        stand.start_centre(&[]);
        stand.wait_ready();
        stand.cookie = stand.sign_in();
        stand
    }

    pub(crate) fn start_broker(&mut self) {
        let conf = self.folder.path().join("broker/mosquitto.conf");
        let log =
            std::fs::File::options().create(true).append(true).open(self.folder.path().join("broker.log")).unwrap();
        let broker = Command::new("mosquitto").arg("-c").arg(conf).stderr(log).stdout(Stdio::null()).spawn();
        self.broker = Some(broker.expect("mosquitto must be installed: apt install mosquitto"));
    }

    pub(crate) fn start_centre(&mut self, environment: &[(&str, &str)]) {
        let log =
            std::fs::File::options().create(true).append(true).open(self.folder.path().join("centre.log")).unwrap();
        let centre = Command::new(env!("CARGO_BIN_EXE_kerege-control"))
            .args(["run", "--config", "control.toml"])
            .current_dir(self.folder.path())
            .envs(environment.iter().copied())
            .stderr(log)
            .spawn();
        self.centre = Some(centre.unwrap());
    }

    pub(crate) fn kill_centre(&mut self) {
        kill(self.centre.take());
    }

    pub(crate) fn kill_broker(&mut self) {
        kill(self.broker.take());
    }

    /// Asks the centre to end; how long it took, and whether it ended well.
    pub(crate) fn end_centre(&mut self) -> (Duration, bool) {
        let mut centre = self.centre.take().unwrap();
        let pid = rustix::process::Pid::from_child(&centre);
        let began = Instant::now();
        rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
        let ended = centre.wait().unwrap();
        (began.elapsed(), ended.success())
    }

    /// Waits until the centre was ended by somebody else.
    #[allow(dead_code, reason = "only with crash points")]
    pub(crate) fn wait_centre_dead(&mut self) {
        let mut centre = self.centre.take().unwrap();
        let began = Instant::now();
        while centre.try_wait().unwrap().is_none() {
            assert!(began.elapsed() < PATIENCE, "the centre did not reach its crash point\n{}", self.logs());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    pub(crate) fn wait_ready(&self) {
        self.wait("the centre to be ready", || {
            self.http("GET", "/readyz", "", "").is_some_and(|(status, _, _)| status == 200)
        });
    }

    pub(crate) fn wait(&self, what: &str, mut holds: impl FnMut() -> bool) {
        let began = Instant::now();
        while !holds() {
            assert!(began.elapsed() < PATIENCE, "waited in vain for {what}\n{}", self.logs());
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    pub(crate) fn logs(&self) -> String {
        let tail = |name: &str| {
            let text = std::fs::read_to_string(self.folder.path().join(name)).unwrap_or_default();
            let lines: Vec<&str> = text.lines().rev().take(25).collect();
            lines.into_iter().rev().collect::<Vec<_>>().join("\n")
        };
        format!("--- centre\n{}\n--- broker\n{}", tail("centre.log"), tail("broker.log"))
    }

    fn sign_in(&self) -> String {
        let body = format!("{{\"name\":\"gulnara\",\"password\":\"{SECRET}\"}}");
        let (status, head, _) = self.http("POST", "/api/v1/session", "", &body).unwrap();
        assert_eq!(status, 200, "{head}");
        let line = head.lines().find_map(|line| line.strip_prefix("set-cookie: ")).unwrap();
        line.split(';').next().unwrap().to_owned()
    }

    /// One request without a library; status, head and body.
    fn http(&self, method: &str, path: &str, cookie: &str, body: &str) -> Option<(u16, String, String)> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.http_port)).ok()?;
        stream.set_read_timeout(Some(PATIENCE)).ok()?;
        let head = format!(
            "{method} {path} HTTP/1.1\r\nhost: here\r\nconnection: close\r\ncookie: {cookie}\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        stream.write_all(format!("{head}{body}").as_bytes()).ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).ok()?;
        let (head, body) = answer.split_once("\r\n\r\n")?;
        let status = head.split(' ').nth(1)?.parse().ok()?;
        Some((status, head.to_owned(), body.to_owned()))
    }

    pub(crate) fn get(&self, path: &str) -> serde_json::Value {
        let (status, _, body) = self.http("GET", path, &self.cookie, "").unwrap();
        assert_eq!(status, 200, "{path}: {body}");
        serde_json::from_str(&body).unwrap()
    }

    /// The kinds of the open alarms, with their device.
    pub(crate) fn alarms(&self) -> BTreeSet<(String, String)> {
        let word = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
        let alarms = self.get("/api/v1/alarms");
        let open = alarms.as_array().unwrap().iter().filter(|alarm| alarm["open"] == true);
        open.map(|alarm| (word(&alarm["kind"]), word(&alarm["dev"]))).collect()
    }

    pub(crate) fn wait_alarm(&self, kind: &str, dev: &str) {
        let wanted = (kind.to_owned(), dev.to_owned());
        self.wait(&format!("alarm {kind} of '{dev}'"), || self.alarms().contains(&wanted));
    }

    /// (seq, hash) of a device's stored events, out of the file itself.
    pub(crate) fn stored(&self, dev: &str) -> Vec<(u64, String)> {
        let db = rusqlite::Connection::open(self.folder.path().join("data/kerege.db")).unwrap();
        let mut select = db.prepare("SELECT seq, hash FROM events WHERE dev = ? ORDER BY seq").unwrap();
        let rows = select.query_map([dev], |row| Ok((row.get::<_, i64>(0)? as u64, row.get(1)?))).unwrap();
        rows.map(Result::unwrap).collect()
    }
}

impl Drop for Stand {
    fn drop(&mut self) {
        kill(self.centre.take());
        kill(self.broker.take());
    }
}

fn kill(child: Option<Child>) {
    if let Some(mut child) = child {
        child.kill().unwrap();
        child.wait().unwrap();
    }
}

fn config(http: u16, port: u16, device_port: u16) -> String {
    let device = |dev| {
        let key = testing::public(dev);
        format!("[[device]]\nid = \"{dev}\"\nsite = \"A\"\npublic_key = \"{key}\"\n")
    };
    format!(
        "data_dir = \"data\"\n[http]\nlisten = \"127.0.0.1:{http}\"\n\
         [broker]\nport = {port}\ndevice_listen = \"127.0.0.1:{device_port}\"\n\
         ingest = {{ user = \"ingest\", password_file = \"broker/passwords/ingest\" }}\n\
         fleet = {{ user = \"fleet\", password_file = \"broker/passwords/fleet\" }}\n\
         [[site]]\nid = \"A\"\nname = \"a\"\n{}{}",
        device(DEV),
        device(OTHER)
    )
}

fn control(folder: &Path, arguments: &[&str], input: &str) -> String {
    let mut child = Command::new(env!("CARGO_BIN_EXE_kerege-control"))
        .args(arguments)
        .args(["--config", "control.toml"])
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{arguments:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// What arrives at a box.
#[derive(Debug)]
pub(crate) enum Arrival {
    Connected,
    Receipt(Receipt),
    Lost,
}

/// A box's connection, with nothing behind it.
pub(crate) struct Box {
    pub(crate) client: AsyncClient,
    arrivals: mpsc::Receiver<Arrival>,
    dev: String,
}

impl Box {
    /// Connects with the account of `dev` under any client id, and waits until it holds.
    pub(crate) async fn connect(stand: &Stand, dev: &str, client_id: &str) -> Self {
        let password = std::fs::read_to_string(stand.folder.path().join("broker/passwords").join(dev)).unwrap();
        let mut this = Self::try_connect(stand, dev, client_id, password.trim());
        let first = tokio::time::timeout(PATIENCE, this.arrivals.recv()).await.unwrap();
        assert!(matches!(first, Some(Arrival::Connected)), "{first:?}\n{}", stand.logs());
        this
    }

    pub(crate) fn try_connect(stand: &Stand, dev: &str, client_id: &str, password: &str) -> Self {
        let mut options = MqttOptions::new(client_id, "127.0.0.1", stand.device_port);
        options.set_credentials(dev, password);
        options.set_clean_start(false);
        let mut properties = ConnectProperties::new();
        properties.session_expiry_interval = Some(3600);
        options.set_connect_properties(properties);
        let (client, mut events) = AsyncClient::new(options, 8192);
        client.try_subscribe(format!("kerege/v1/dn/{dev}/ack"), QoS::AtLeastOnce).unwrap();
        let (sender, arrivals) = mpsc::channel(4096);
        let key = stand.centre_key;
        tokio::spawn(async move {
            loop {
                let arrival = match events.poll().await {
                    Ok(Polled::Incoming(Packet::SubAck(_))) => Arrival::Connected,
                    Ok(Polled::Incoming(Packet::Publish(publish))) => {
                        let properties = publish.properties.unwrap();
                        let (_, jws) = properties.user_properties.iter().find(|(name, _)| name == "jws").unwrap();
                        jws::verify(jws, ContentType::Receipt, &publish.payload, &key)
                            .expect("a receipt of the centre");
                        Arrival::Receipt(serde_json::from_slice(&publish.payload).unwrap())
                    }
                    Ok(_) => continue,
                    Err(_) => {
                        // The test may have ended; nobody has to hear it.
                        let _heard = sender.send(Arrival::Lost).await;
                        return;
                    }
                };
                if sender.send(arrival).await.is_err() {
                    return;
                }
            }
        });
        Self { client, arrivals, dev: dev.to_owned() }
    }

    pub(crate) fn send(&self, topic: &str, bytes: &[u8], jws: Option<&str>) {
        let user_properties = jws.map(|jws| ("jws".to_owned(), jws.to_owned())).into_iter().collect();
        let properties = PublishProperties { user_properties, ..PublishProperties::default() };
        let (qos, bytes) = (QoS::AtLeastOnce, bytes.to_vec());
        self.client.try_publish_with_properties(topic, qos, false, bytes, properties).unwrap();
    }

    pub(crate) fn send_event(&self, event: &Event) {
        let bytes = event.to_bytes();
        let jws = testing::sign(&self.dev, ContentType::Event, &bytes);
        self.send(&format!("kerege/v1/up/{}/evt/{}", self.dev, event.class.as_str()), &bytes, Some(&jws));
    }

    pub(crate) async fn arrival(&mut self) -> Arrival {
        tokio::time::timeout(PATIENCE, self.arrivals.recv()).await.expect("nothing arrived").unwrap_or(Arrival::Lost)
    }

    /// Waits until receipts name all these numbers; the furthest `upto` that they told.
    pub(crate) async fn receipted(&mut self, numbers: impl IntoIterator<Item = u64>) -> Option<u64> {
        let mut waiting: BTreeSet<u64> = numbers.into_iter().collect();
        let mut upto = None;
        while !waiting.is_empty() {
            let arrival = self.arrival().await;
            assert!(!matches!(arrival, Arrival::Lost), "the connection is lost; without receipt: {waiting:?}");
            if let Arrival::Receipt(receipt) = arrival {
                for event in receipt.events {
                    waiting.remove(&event.seq);
                }
                upto = upto.max(receipt.upto.map(|upto| upto.seq));
            }
        }
        upto
    }

    /// Sends again whatever has no receipt, as a box does, until all have one.
    pub(crate) async fn send_until_receipted(&mut self, events: &[Event]) {
        let mut waiting: BTreeSet<u64> = events.iter().map(|event| event.seq).collect();
        let began = Instant::now();
        while !waiting.is_empty() {
            assert!(began.elapsed() < PATIENCE, "without receipt: {waiting:?}");
            for event in events.iter().filter(|event| waiting.contains(&event.seq)) {
                self.send_event(event);
            }
            let pause = tokio::time::Instant::now() + Duration::from_secs(2);
            while let Ok(Some(arrival)) = tokio::time::timeout_at(pause, self.arrivals.recv()).await {
                if let Arrival::Receipt(receipt) = arrival {
                    receipt.events.iter().for_each(|event| {
                        waiting.remove(&event.seq);
                    });
                }
                if waiting.is_empty() {
                    break;
                }
            }
        }
    }

    /// Waits for a refusal; its number and why.
    pub(crate) async fn refused(&mut self) -> (u64, RefusalCode) {
        loop {
            let arrival = self.arrival().await;
            assert!(!matches!(arrival, Arrival::Lost), "the connection is lost; no refusal came");
            if let Arrival::Receipt(receipt) = arrival
                && let Some(Refusal::Event { seq, code, .. }) = receipt.refused.first()
            {
                return (*seq, *code);
            }
        }
    }
}
