//! From a document to a configuration: takes every key once and reports what is wrong with it.

use super::{BrokerConfig, CameraConfig, CentreConfig, Config, ModelConfig, Passwords};
use crate::capture::{CameraOptions, Credentials, Secret, Transport};
use kerege_contract::document::{Faults, Fields, Node};
use kerege_contract::{CameraId, Scene, Sha256Hash};
use std::collections::HashSet;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

const TRANSPORTS: &[(&str, Transport)] = &[("tcp", Transport::Tcp), ("udp", Transport::Udp)];
const MIB: i64 = 1024 * 1024;

/// Reads one configuration.
pub(super) struct Reader<'a> {
    /// Where relative paths start.
    pub(super) folder: &'a Path,
    /// Whether the files of passwords must be there.
    pub(super) passwords: Passwords,
    /// Faults of scenes, rendered: they stand in files of their own.
    pub(super) scene_faults: Vec<String>,
}

impl Reader<'_> {
    /// The configuration; none when something that must be there is not.
    pub(super) fn config(&mut self, root: &Node, faults: &Faults, text: &str) -> Option<Config> {
        let mut fields = Fields::open(root, "", faults)?;
        let device = fields.required_parsed("device");
        let site = fields.required_parsed("site");
        let name = fields.text("name");
        let data_dir = fields.required_text("data_dir").map(|path| self.folder.join(path));
        let status = status(&mut fields);
        let offset = fields.parsed::<Offset>("local_time_offset").map_or(360, |offset| offset.0);
        let outbox_max = fields.whole("outbox_max_mib", 16..=1_000_000).unwrap_or(1024);
        let log_max = fields.whole("log_max_mib", 16..=1_000_000).unwrap_or(2048);
        let fps = fields.number("fps", 0.5..=60.0).unwrap_or(10.0);
        let model = fields.table("model").map(|table| self.model(table));
        fields.required("broker");
        let broker = fields.table("broker").and_then(|table| self.broker(table));
        fields.required("centre");
        let centre = fields.table("centre").and_then(centre);
        let signals = fields.table("signals").and_then(signals);
        let cameras = self.cameras(&mut fields, fps);
        fields.finish();
        let device: kerege_contract::DeviceId = device?;
        let hash = hash(text, &cameras);
        Some(Config {
            name: name.unwrap_or_else(|| device.to_string()),
            device,
            site: site?,
            data_dir: data_dir?,
            status,
            local_time_offset_min: offset,
            outbox_max_bytes: u64::try_from(outbox_max * MIB).unwrap_or(0),
            log_max_bytes: u64::try_from(log_max * MIB).unwrap_or(0),
            model: model.unwrap_or_else(no_model),
            broker: broker?,
            centre: centre?,
            cameras,
            signals,
            hash,
        })
    }

    fn model(&self, mut fields: Fields<'_>) -> ModelConfig {
        let model = ModelConfig {
            name: fields.required_text("name"),
            runtime: fields.text("runtime").map(|path| self.folder.join(path)),
            models_dir: fields.text("models_dir").map(|path| self.folder.join(path)),
            threads: fields.whole("threads", 1..=256).and_then(|threads| usize::try_from(threads).ok()),
            provider: fields.text("provider"),
        };
        fields.finish();
        model
    }

    fn broker(&self, mut fields: Fields<'_>) -> Option<BrokerConfig> {
        let host = fields.text("host").unwrap_or_else(|| "127.0.0.1".into());
        let port = fields.whole("port", 1..=65_535).and_then(|port| u16::try_from(port).ok()).unwrap_or(1883);
        fields.required("password_file");
        let password = self.password(&mut fields);
        fields.finish();
        Some(BrokerConfig { host, port, password: password? })
    }

    /// The first line of a file that only the box should be able to read.
    fn password(&self, fields: &mut Fields<'_>) -> Option<Secret> {
        let path = self.folder.join(fields.text("password_file")?);
        if self.passwords == Passwords::NotYet {
            return Some(Secret(String::new()));
        }
        match std::fs::read_to_string(&path) {
            Ok(text) => match text.lines().next().map(str::trim).filter(|line| !line.is_empty()) {
                Some(line) => Some(Secret(line.to_owned())),
                None => {
                    fields.fault(
                        "password_file",
                        format!("{} is empty", path.display()),
                        "put the password into its first line",
                    );
                    None
                }
            },
            Err(error) => {
                let message = format!("cannot read {}: {error}", path.display());
                fields.fault("password_file", message, "put the password into the first line of that file");
                None
            }
        }
    }

    fn cameras(&mut self, fields: &mut Fields<'_>, fps: f64) -> Vec<CameraConfig> {
        let mut names: HashSet<CameraId> = HashSet::new();
        let mut cameras = Vec::new();
        for table in fields.tables("camera") {
            let duplicate = table_id(&table);
            if let Some(camera) = self.camera(table, fps) {
                if !names.insert(camera.options.id.clone()) {
                    let message = format!("there are two cameras '{}'", camera.options.id);
                    fields.faults().add(duplicate, None, message, "give each its own id");
                }
                cameras.push(camera);
            }
        }
        cameras
    }

    fn camera(&mut self, mut fields: Fields<'_>, fps: f64) -> Option<CameraConfig> {
        let id: Option<CameraId> = fields.required_parsed("id");
        let name = fields.text("name");
        let url = fields.required_text("url").and_then(|url| stream_address(&fields, url));
        let user = fields.text("user");
        let password = fields.node("password_file").is_some().then(|| self.password(&mut fields)).flatten();
        if user.is_some() && password.is_none() && fields.node("password_file").is_none() {
            fields.fault("user", "a user without a password", "add 'password_file = …'");
        }
        let transport = fields.word("transport", TRANSPORTS).unwrap_or_default();
        let jitter = fields.whole("jitter_ms", 0..=5000).and_then(|ms| u32::try_from(ms).ok()).unwrap_or(200);
        let delay = fields.number("latency_ms", 0.0..=10_000.0).unwrap_or(0.0);
        let own_fps = fields.number("fps", 0.5..=60.0).unwrap_or(fps);
        let stall = fields.number("stall_s", 1.0..=60.0).unwrap_or(3.0);
        let frozen = fields.number("frozen_s", 1.0..=600.0).unwrap_or(3.0);
        let retry_max = fields.number("retry_max_s", 0.01..=60.0).unwrap_or(4.0);
        let scene = fields.text("scene").and_then(|path| self.scene(&fields, &path));
        fields.finish();
        let id = id?;
        let credentials = user.zip(password).map(|(user, password)| Credentials { user, password });
        let options = CameraOptions {
            credentials,
            transport,
            jitter_ms: jitter,
            delay_ms: delay,
            fps: own_fps,
            stall: Duration::from_secs_f64(stall),
            frozen: Duration::from_secs_f64(frozen),
            retry_max: Duration::from_secs_f64(retry_max),
            ..CameraOptions::new(id.clone(), url?)
        };
        Some(CameraConfig { name: name.unwrap_or_else(|| id.to_string()), options, scene })
    }

    fn scene(&mut self, fields: &Fields<'_>, path: &str) -> Option<Scene> {
        let path: PathBuf = self.folder.join(path);
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) => {
                fields.fault(
                    "scene",
                    format!("cannot read {}: {error}", path.display()),
                    "draw one, or leave the key out",
                );
                return None;
            }
        };
        match Scene::from_toml(&text) {
            Ok(scene) => Some(scene),
            Err(bad) => {
                self.scene_faults.push(bad.render(&path.display().to_string(), &text));
                None
            }
        }
    }
}

fn table_id(fields: &Fields<'_>) -> String {
    fields.path_of("id")
}

const fn no_model() -> ModelConfig {
    ModelConfig { name: None, runtime: None, models_dir: None, threads: None, provider: None }
}

fn status(fields: &mut Fields<'_>) -> Option<SocketAddr> {
    let address: SocketAddr = fields.parsed("status")?;
    if !address.ip().is_loopback() {
        fields.fault(
            "status",
            format!("{address} can be reached from outside"),
            "use a loopback address such as 127.0.0.1:8090",
        );
        return None;
    }
    Some(address)
}

fn centre(mut fields: Fields<'_>) -> Option<CentreConfig> {
    let url = fields.required_text("url").and_then(|url| {
        let trimmed = url.trim_end_matches('/').to_owned();
        let host = trimmed.strip_prefix("http://").or_else(|| trimmed.strip_prefix("https://"));
        if host.is_some_and(|host| !host.is_empty() && !host.contains('/')) {
            return Some(trimmed);
        }
        fields.fault("url", format!("'{url}' is not the address of a centre"), "write http://host:port without a path");
        None
    });
    let public_key = fields.required_parsed("public_key");
    fields.finish();
    Some(CentreConfig { url: url?, public_key: public_key? })
}

fn signals(mut fields: Fields<'_>) -> Option<String> {
    let address = fields.required_text("address").filter(|address| {
        let good = address.rsplit_once(':').is_some_and(|(host, port)| !host.is_empty() && port.parse::<u16>().is_ok());
        if !good {
            fields.fault("address", format!("'{address}' is not host:port"), "write such as 127.0.0.1:7001");
        }
        good
    });
    fields.finish();
    address
}

/// User name and password never stand in an address: addresses are shown.
fn stream_address(fields: &Fields<'_>, url: String) -> Option<String> {
    let rest = url.strip_prefix("rtsp://").or_else(|| url.strip_prefix("rtsps://"));
    let Some(host) = rest.map(|rest| rest.split('/').next().unwrap_or_default()).filter(|host| !host.is_empty()) else {
        fields.fault("url", "this is not the address of an RTSP stream", "write rtsp://host[:port]/path");
        return None;
    };
    if host.contains('@') {
        // Without its place: the line would show the password.
        fields.faults().add(
            fields.path_of("url"),
            None,
            "a user name stands in the address",
            "use the keys 'user' and 'password_file'",
        );
        return None;
    }
    Some(url)
}

/// Hash of what is in force: the text and the scenes it names.
fn hash(text: &str, cameras: &[CameraConfig]) -> Sha256Hash {
    let mut all = text.as_bytes().to_vec();
    for camera in cameras {
        all.extend_from_slice(camera.scene.as_ref().map_or(Sha256Hash::ZERO, Scene::hash).as_bytes());
    }
    Sha256Hash::of(&all)
}

/// Local time less UTC, such as `+06:00`.
struct Offset(i32);

impl std::str::FromStr for Offset {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("'{text}' is not an offset from UTC: write such as +06:00");
        let (sign, rest) = match text.split_at_checked(1) {
            Some(("+", rest)) => (1, rest),
            Some(("-", rest)) => (-1, rest),
            _ => return Err(wrong()),
        };
        let (hours, minutes) = rest.split_once(':').ok_or_else(wrong)?;
        let (hours, minutes): (i32, i32) = (hours.parse().map_err(|_| wrong())?, minutes.parse().map_err(|_| wrong())?);
        if !(0..=14).contains(&hours) || !(0..60).contains(&minutes) {
            return Err(wrong());
        }
        Ok(Self(sign * (hours * 60 + minutes)))
    }
}
