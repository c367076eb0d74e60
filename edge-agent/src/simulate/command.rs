//! `kerege-edge simulate`: JSON lines on standard output say what is served and what happens.

use super::{Ending, Notice, OnNotice, Order, PhaseOptions, SimulateError, Simulator, SimulatorOptions};
use kerege_contract::SiteId;
use serde::Serialize;
use std::io::{BufRead as _, Write as _};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// Arguments of `kerege-edge simulate`.
#[derive(Debug, Clone, clap::Args)]
pub struct SimulateArguments {
    /// Video files; the first becomes cam1, the second cam2 and so on.
    #[arg(required = true)]
    videos: Vec<PathBuf>,
    /// Port of the RTSP server; 0 takes a free one.
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// Play each file once, then end. Without it a file's end is a camera that is away for 3 s.
    #[arg(long)]
    once: bool,
    /// Read orders from standard input: freeze|thaw|still|drop CAMERA, refuse|garbage CAMERA on|off,
    /// clock CAMERA SECONDS.
    #[arg(long)]
    control: bool,
    /// Tell the signal phases of a truth file, timed by the camera that plays the clip it names. May be
    /// given more than once, for clips whose signal groups have different numbers.
    #[arg(long, value_name = "TRUTH")]
    phases: Vec<PathBuf>,
    /// TCP port on which phases are told; 0 takes a free one.
    #[arg(long, default_value_t = 0, requires = "phases")]
    phases_port: u16,
    /// The intersection that the phases name.
    #[arg(long, default_value = "SIM-001", requires = "phases")]
    phases_site: SiteId,
}

#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum Answer<'a> {
    Done(&'a str),
    Refused(String),
}

/// Serves the files until it is ended, or until all were played once.
///
/// # Errors
/// When a file cannot be played or a port is taken.
pub fn command(arguments: &SimulateArguments) -> Result<(), SimulateError> {
    let phases = (!arguments.phases.is_empty()).then(|| PhaseOptions {
        truths: arguments.phases.clone(),
        port: arguments.phases_port,
        site: arguments.phases_site.clone(),
    });
    let options = SimulatorOptions {
        videos: arguments.videos.clone(),
        port: arguments.port,
        ending: if arguments.once { Ending::Once } else { Ending::Loop },
        phases,
    };
    let notice: OnNotice = Arc::new(|notice: Notice| say(&notice));
    let simulator = Arc::new(Simulator::start(&options, &notice)?);
    say(&simulator.ready());
    if arguments.control {
        let obeying = Arc::clone(&simulator);
        let listen = move || listen(&obeying);
        std::thread::Builder::new().name("control".into()).spawn(listen).map_err(SimulateError::Thread)?;
    }
    while !simulator.is_over() {
        std::thread::sleep(Duration::from_millis(100));
    }
    Ok(())
}

/// Obeys standard input until it ends; the cameras go on.
fn listen(simulator: &Simulator) {
    for line in std::io::stdin().lock().lines().map_while(Result::ok) {
        if line.trim().is_empty() {
            continue;
        }
        let done = line.parse::<Order>().map_err(|error| error.to_string());
        match done.and_then(|order| simulator.obey(&order).map_err(|error| error.to_string())) {
            Ok(()) => say(&Answer::Done(line.trim())),
            Err(reason) => say(&Answer::Refused(reason)),
        }
    }
}

/// One JSON line; a reader that went away does not stop the cameras.
fn say(what: &impl Serialize) {
    let mut out = std::io::stdout().lock();
    let line = serde_json::to_string(what).unwrap_or_default();
    let _gone = writeln!(out, "{line}").and_then(|()| out.flush());
}
