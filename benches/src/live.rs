//! The box on live cameras: so many simulated RTSP cameras, what it analyses of them, and what that costs.
//!
//! The cameras are one clip, brought to 1280×720 and strung together so that no camera ends while it is
//! watched. Broker and centre are not there: the box lives alone, as it does when the link is down.

use crate::child;
use crate::clip::Clip;
use anyhow::{Context as _, Result, bail};
use kerege_contract::health::{CameraState, Health};
use std::ffi::OsString;
use std::fmt::Write as _;
use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// The box tells its health so often; a figure is that of one such time without a change.
const HEALTH_S: u64 = 30;
/// Whoever is not live by then never will be.
const LIVE_LIMIT: Duration = Duration::from_secs(60);
const LOOK: Duration = Duration::from_millis(250);

/// How the box is tried.
#[derive(Debug, Clone)]
pub struct Trial {
    /// The box's program, which also serves the cameras.
    pub program: PathBuf,
    /// The model's name.
    pub model: String,
    /// Frames per second to be analysed of each camera.
    pub fps: f64,
    /// What goes before its environment's own values: name and value.
    pub environment: Vec<(&'static str, OsString)>,
}

/// What a number of cameras gave.
#[derive(Debug, Clone, PartialEq)]
pub struct Seen {
    /// How many cameras.
    pub cameras: usize,
    /// Frames per second analysed of the camera that fared worst, and of all together.
    pub least_fps: f64,
    /// The same of all cameras together.
    pub all_fps: f64,
    /// Milliseconds from arrival to analysed, the median of the slowest camera.
    pub latency_ms: f64,
    /// Processor cores the box kept busy.
    pub cores: f64,
    /// Most resident memory of the box since its start, MB.
    pub peak_mb: f64,
}

/// Ends its process when it goes.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// Brings a clip to 1280×720 and plays it until at least `seconds` are full, into one file.
///
/// # Errors
/// When GStreamer cannot.
pub fn long_clip(clip: &Path, clip_s: f64, seconds: f64, folder: &Path) -> Result<PathBuf> {
    let out = folder.join("live-720p.mp4");
    let mut command = Command::new("gst-launch-1.0");
    command.args(["-q", "concat", "name=all", "!", "videoconvert", "!", "videoscale", "!"]);
    command.args(["video/x-raw,format=I420,width=1280,height=720,pixel-aspect-ratio=1/1", "!"]);
    command.args(["x264enc", "speed-preset=veryfast", "bitrate=3000", "key-int-max=50", "bframes=0", "!"]);
    command.args(["h264parse", "!", "mp4mux", "!", "filesink"]).arg(format!("location={}", out.display()));
    let mut filled = 0.0;
    while filled < seconds {
        command.arg("filesrc").arg(format!("location={}", clip.display())).args(["!", "decodebin", "!", "all."]);
        filled += clip_s;
    }
    child::run(&mut command).with_context(|| format!("cannot make a long clip of {}", clip.display()))?;
    Ok(out)
}

impl Trial {
    /// Runs the box on so many cameras and gives what its health message of a full, quiet half minute says.
    ///
    /// # Errors
    /// When a process does not start, a camera never becomes live, or one was lost meanwhile.
    pub fn run(&self, cameras: usize, clip: &Clip, folder: &Path) -> Result<Seen> {
        let folder = folder.join(format!("{cameras}-cameras"));
        fs::create_dir_all(&folder)?;
        let (rtsp, status) = (free_port()?, free_port()?);
        let mut simulate = Command::new(&self.program);
        simulate.arg("simulate").arg("--port").arg(rtsp.to_string()).args(vec![&clip.video; cameras]);
        let _simulator = self.start(&mut simulate, &folder.join("simulate.log"))?;
        self.configure(cameras, clip, rtsp, status, &folder)?;
        let mut run = Command::new(&self.program);
        run.arg("run").arg("--config").arg(folder.join("edge.toml"));
        let edge = self.start(&mut run, &folder.join("edge.log"))?;
        let watched = watch(status, cameras, edge.0.id());
        watched.with_context(|| format!("the logs lie in {}", folder.display()))
    }

    fn start(&self, command: &mut Command, log: &Path) -> Result<Running> {
        let log = fs::File::create(log)?;
        let environment = self.environment.iter().map(|(name, value)| (name, value));
        let started = command.envs(environment).stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log).spawn();
        Ok(Running(started.with_context(|| format!("cannot start {}", self.program.display()))?))
    }

    fn configure(&self, cameras: usize, clip: &Clip, rtsp: u16, status: u16, folder: &Path) -> Result<()> {
        let scene = fs::read_to_string(&clip.scene)?;
        fs::write(folder.join("scene.toml"), scene)?;
        fs::write(folder.join("password"), "nobody listens\n")?;
        let mut text = format!(
            "device = \"bench\"\nsite = \"BENCH\"\ndata_dir = \"data\"\nstatus = \"127.0.0.1:{status}\"\nfps = {}\n\
             [model]\nname = \"{}\"\n[broker]\nport = 9\npassword_file = \"password\"\n[centre]\n\
             url = \"http://127.0.0.1:9\"\npublic_key = \"ed25519:11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"\n",
            self.fps, self.model
        );
        for number in 1..=cameras {
            writeln!(
                text,
                "[[camera]]\nid = \"c{number}\"\nurl = \"rtsp://127.0.0.1:{rtsp}/cam{number}\"\nscene = \"scene.toml\""
            )?;
        }
        Ok(fs::write(folder.join("edge.toml"), text)?)
    }
}

/// Waits until all are live, then for the second health message after that: the first begins its time.
fn watch(status: u16, cameras: usize, process: u32) -> Result<Seen> {
    let live = |health: &Health| health.cameras.iter().filter(|camera| camera.state == CameraState::Live).count();
    let begun = wait_for(status, LIVE_LIMIT, |health| live(health) == cameras).context("not every camera is live")?;
    let patience = Duration::from_secs(2 * HEALTH_S + 5);
    let first = wait_for(status, patience, |health| health.at > begun.at)?;
    let (cpu, at) = (cpu_seconds(process)?, Instant::now());
    let last = wait_for(status, patience, |health| health.at > first.at)?;
    let cores = (cpu_seconds(process)? - cpu) / at.elapsed().as_secs_f64();
    let whole = last.at.seconds_since(first.at) > 0.9 * f64::from(u32::try_from(HEALTH_S)?);
    if live(&last) < cameras || !whole {
        bail!("a camera was lost while it was watched");
    }
    let fps = || last.cameras.iter().map(|camera| camera.fps_analysed);
    let latency = last.cameras.iter().filter_map(|camera| camera.latency_ms);
    #[expect(clippy::cast_precision_loss, reason = "megabytes with two decimals")]
    let peak_mb = child::peak_memory(process).context("the box ended")? as f64 / 1e6;
    Ok(Seen {
        cameras,
        least_fps: fps().fold(f64::INFINITY, f64::min),
        all_fps: fps().sum(),
        latency_ms: latency.fold(0.0, f64::max),
        cores,
        peak_mb,
    })
}

fn wait_for(status: u16, limit: Duration, wanted: impl Fn(&Health) -> bool) -> Result<Health> {
    let until = Instant::now() + limit;
    let mut problem = None;
    while Instant::now() < until {
        match health(status) {
            Ok(health) if wanted(&health) => return Ok(health),
            Ok(_) => {}
            Err(error) => problem = Some(error),
        }
        thread::sleep(LOOK);
    }
    match problem {
        Some(problem) => Err(problem.context(format!("waited {} s for the box's health", limit.as_secs()))),
        None => bail!("waited {} s in vain", limit.as_secs()),
    }
}

fn health(status: u16) -> Result<Health> {
    Ok(ureq::get(format!("http://127.0.0.1:{status}/health")).call()?.body_mut().read_json()?)
}

/// User and system seconds that a running process has used.
fn cpu_seconds(process: u32) -> Result<f64> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).context("the box ended")?;
    child::own_seconds(&stat).context("the process's figures have another form than expected")
}

fn free_port() -> Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

/// The figures as a table that can be kept.
#[must_use]
pub fn table(rows: &[Seen], fps: f64) -> String {
    let mut table = format!(
        "| cameras | analysed, frames/s each (asked: {fps}) | together | latency, median | cores busy | peak memory |\n\
         |---|---|---|---|---|---|\n"
    );
    for row in rows {
        // Writing to a String cannot fail.
        let _infallible = writeln!(
            table,
            "| {} | {:.1} | {:.1} | {:.0} ms | {:.2} | {:.0} MB |",
            row.cameras, row.least_fps, row.all_fps, row.latency_ms, row.cores, row.peak_mb
        );
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_has_a_row_for_each_number_of_cameras() {
        let seen = |cameras, least_fps| Seen {
            cameras,
            least_fps,
            all_fps: 19.96,
            latency_ms: 31.4,
            cores: 0.5,
            peak_mb: 180.2,
        };
        let table = table(&[seen(1, 10.0), seen(2, 9.98)], 10.0);
        assert!(table.ends_with("| 2 | 10.0 | 20.0 | 31 ms | 0.50 | 180 MB |\n"), "{table}");
        assert_eq!(table.lines().count(), 4);
    }

    #[test]
    fn a_box_that_does_not_answer_is_told() {
        let port = free_port().unwrap();
        let error = wait_for(port, Duration::from_millis(300), |_| true).unwrap_err();
        assert!(format!("{error:#}").contains("the box's health"), "{error:#}");
    }
}
