//! A whole small city in a temporary folder: cameras, box, broker and centre, each the real thing.

use crate::api::Api;
use crate::broker::Broker;
use crate::camera::Cameras;
use crate::eventually::eventually;
use crate::process::Process;
use crate::{binaries, ports};
use anyhow::Context as _;
use kerege_contract::jws::PublicKey;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

/// The box's id.
pub const DEVICE: &str = "bsk-001";
/// Password of every user of the tests' city.
pub const PASSWORD: &str = "a long enough password";

/// What the city shall be like.
#[derive(Debug)]
pub struct Plan {
    /// The clips, one camera each.
    pub clips: Vec<PathBuf>,
    /// The scene that all cameras share.
    pub scene: String,
    /// Model manifest and file; none for a box that cannot see.
    pub model: Option<(String, Vec<u8>)>,
    /// Further arguments of the simulator.
    pub simulator: Vec<&'static str>,
    /// Further keys of each camera in the box's configuration.
    pub camera_keys: &'static str,
}

impl Plan {
    /// The drawn road with its own detector.
    #[must_use]
    pub fn drawn(clips: Vec<PathBuf>) -> Self {
        let model = crate::detector::colour_blobs();
        let scene = crate::scenario::SCENE.to_owned();
        Self { clips, scene, model: Some(model), simulator: Vec::new(), camera_keys: "" }
    }
}

/// The running city.
#[derive(Debug)]
pub struct City {
    /// The box.
    pub edge: Process,
    /// The centre.
    pub centre: Process,
    /// The broker.
    pub broker: Broker,
    /// The cameras.
    pub cameras: Cameras,
    /// Port on which boxes reach the broker.
    pub device_port: u16,
    /// Port on which services reach the broker.
    pub service_port: u16,
    /// The box's public key.
    pub key: PublicKey,
    http: u16,
    folder: PathBuf,
}

fn run(command: &mut Command) -> anyhow::Result<String> {
    let output = command.stdin(Stdio::null()).output().with_context(|| format!("{command:?}"))?;
    anyhow::ensure!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    Ok(String::from_utf8(output.stdout)?)
}

/// The public key that an `identity` command prints.
fn printed_key(output: &str) -> anyhow::Result<PublicKey> {
    let words = output.split(|c: char| c.is_whitespace() || c == '"');
    words.into_iter().find_map(|word| word.parse().ok()).context("no public key was printed")
}

impl City {
    /// Builds and starts everything; returns when the centre is ready.
    ///
    /// # Errors
    /// When something does not start.
    pub fn start(plan: &Plan, folder: &Path) -> anyhow::Result<Self> {
        let http = ports::free()?;
        let (device_port, service_port) = (ports::free()?, ports::free()?);
        let cameras = Cameras::serve(&plan.clips, &plan.simulator, folder)?;
        write_edge(folder, plan, &cameras, device_port, http, None)?;
        let key = printed_key(&run(edge_command("identity", folder)?.arg("--config").arg(folder.join("edge.toml")))?)?;
        write_centre(folder, http, device_port, service_port, &key)?;
        let centre_key = printed_key(&run(&mut centre_command(&["identity"], folder)?)?)?;
        run(centre_command(&["broker-files", "--out"], folder)?.arg(folder.join("broker")))?;
        write_edge(folder, plan, &cameras, device_port, http, Some(&centre_key))?;
        for role in ["officer", "operator", "planner", "admin"] {
            add_user(folder, role)?;
        }
        let broker = Broker::start(&folder.join("broker/mosquitto.conf"), service_port, folder)?;
        let centre = start_centre(folder, None)?;
        let edge = start_edge(folder, None)?;
        let city =
            Self { edge, centre, broker, cameras, device_port, service_port, key, http, folder: folder.to_owned() };
        city.ready()?;
        Ok(city)
    }

    /// Waits until the centre is ready.
    ///
    /// # Errors
    /// When it is not within 20 s.
    pub fn ready(&self) -> anyhow::Result<()> {
        let api = Api::new(self.address());
        eventually("the centre", Duration::from_secs(20), || Ok(api.ready()?.then_some(())))
            .with_context(|| self.tails())
    }

    /// The dashboard's address.
    #[must_use]
    pub fn address(&self) -> String {
        format!("http://127.0.0.1:{}", self.http)
    }

    /// The folder of everything.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Where the box keeps its data.
    #[must_use]
    pub fn box_data(&self) -> PathBuf {
        self.folder.join("edge")
    }

    /// Where the centre keeps its data.
    #[must_use]
    pub fn centre_data(&self) -> PathBuf {
        self.folder.join("centre")
    }

    /// A client signed in as the user of a role.
    ///
    /// # Errors
    /// When the centre refuses.
    pub fn sign_in(&self, role: &str) -> anyhow::Result<Api> {
        let mut api = Api::new(self.address());
        api.sign_in(role, PASSWORD)?;
        Ok(api)
    }

    /// Starts the box again, perhaps with a point at which it shall kill itself.
    ///
    /// # Errors
    /// When it does not start.
    pub fn restart_edge(&mut self, crash_at: Option<&str>) -> anyhow::Result<()> {
        self.edge = start_edge(&self.folder, crash_at)?;
        Ok(())
    }

    /// Starts the centre again, perhaps with a point at which it shall kill itself.
    ///
    /// # Errors
    /// When it does not start.
    pub fn restart_centre(&mut self, crash_at: Option<&str>) -> anyhow::Result<()> {
        self.centre = start_centre(&self.folder, crash_at)?;
        Ok(())
    }

    /// The password of an account of the broker.
    ///
    /// # Errors
    /// When there is none.
    pub fn broker_password(&self, account: &str) -> anyhow::Result<String> {
        Ok(fs::read_to_string(self.folder.join("broker/passwords").join(account))?.trim().to_owned())
    }

    /// The last lines of every log.
    #[must_use]
    pub fn tails(&self) -> String {
        format!("{}\n{}\n{}", self.edge.tail(), self.centre.tail(), self.broker.process().tail())
    }
}

fn edge_command(subcommand: &str, folder: &Path) -> anyhow::Result<Command> {
    let mut command = Command::new(binaries::path("kerege-edge")?);
    command.arg(subcommand).current_dir(folder).env("KEREGE_ONNXRUNTIME", crate::runtime::library());
    Ok(command)
}

fn centre_command(subcommand: &[&str], folder: &Path) -> anyhow::Result<Command> {
    let mut command = Command::new(binaries::path("kerege-control")?);
    let (first, rest) = subcommand.split_at(1);
    command.args(first).arg("--config").arg(folder.join("control.toml")).args(rest).current_dir(folder);
    Ok(command)
}

fn start_edge(folder: &Path, crash_at: Option<&str>) -> anyhow::Result<Process> {
    let mut command = edge_command("run", folder)?;
    command.arg("--config").arg(folder.join("edge.toml")).env_remove("KEREGE_CRASH_AT");
    if let Some(point) = crash_at {
        command.env("KEREGE_CRASH_AT", point);
    }
    Process::start("edge", &mut command, folder)
}

fn start_centre(folder: &Path, crash_at: Option<&str>) -> anyhow::Result<Process> {
    let mut command = centre_command(&["run"], folder)?;
    command.env_remove("KEREGE_CRASH_AT");
    if let Some(point) = crash_at {
        command.env("KEREGE_CRASH_AT", point);
    }
    Process::start("centre", &mut command, folder)
}

fn add_user(folder: &Path, role: &str) -> anyhow::Result<()> {
    let password = folder.join("password");
    fs::write(&password, format!("{PASSWORD}\n"))?;
    let mut command = Command::new(binaries::path("kerege-control")?);
    command.args(["user", "add", role, "--role", role, "--config"]).arg(folder.join("control.toml"));
    let output = command.stdin(fs::File::open(&password)?).output()?;
    anyhow::ensure!(output.status.success(), "user add {role}: {}", String::from_utf8_lossy(&output.stderr));
    Ok(())
}

fn write_centre(folder: &Path, http: u16, devices: u16, services: u16, key: &PublicKey) -> anyhow::Result<()> {
    let text = format!(
        r#"data_dir = "centre"
[http]
listen = "127.0.0.1:{http}"
[broker]
port = {services}
device_listen = "127.0.0.1:{devices}"
ingest = {{ user = "ingest", password_file = "broker/passwords/ingest" }}
fleet = {{ user = "fleet", password_file = "broker/passwords/fleet" }}
[[site]]
id = "BSK-001"
name = "Drawn crossing"
geo = [74.5698, 42.8746]
[[device]]
id = "{DEVICE}"
site = "BSK-001"
public_key = "{key}"
"#
    );
    Ok(fs::write(folder.join("control.toml"), text)?)
}

fn write_edge(
    folder: &Path,
    plan: &Plan,
    cameras: &Cameras,
    port: u16,
    http: u16,
    centre_key: Option<&PublicKey>,
) -> anyhow::Result<()> {
    // Before the centre has a key, the box needs only to be able to print its own.
    let placeholder = "ed25519:11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo".to_owned();
    let password = if centre_key.is_some() { format!("broker/passwords/{DEVICE}") } else { "no-password".into() };
    let centre_key = centre_key.map_or(placeholder, PublicKey::to_string);
    fs::write(folder.join("scene.toml"), &plan.scene)?;
    fs::write(folder.join("no-password"), "none yet\n")?;
    if let Some((manifest, file)) = &plan.model {
        fs::create_dir_all(folder.join("models"))?;
        fs::write(folder.join("models").join("colour-blobs.toml"), manifest)?;
        fs::write(folder.join("models").join("colour-blobs.onnx"), file)?;
    }
    let mut text = format!(
        r#"device = "{DEVICE}"
site = "BSK-001"
data_dir = "edge"
[model]
name = "colour-blobs"
models_dir = "models"
[broker]
host = "127.0.0.1"
port = {port}
password_file = "{password}"
[centre]
url = "http://127.0.0.1:{http}"
public_key = "{centre_key}"
"#
    );
    for (index, address) in cameras.addresses().iter().enumerate() {
        write!(
            text,
            "[[camera]]\nid = \"c{}\"\nname = \"Drawn {}\"\nurl = \"{address}\"\nscene = \"scene.toml\"\n{}\n",
            index + 1,
            index + 1,
            plan.camera_keys
        )?;
    }
    Ok(fs::write(folder.join("edge.toml"), text)?)
}
