//! `kerege-edge`: the command line of the box. Each command only calls its module.

use clap::{Parser, Subcommand};
use std::io::{IsTerminal as _, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

/// Kerege's box: cameras in, signed events out.
#[derive(Debug, Parser)]
#[command(name = "kerege-edge", version, about)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the box.
    Run {
        /// The box's configuration.
        #[arg(long)]
        config: PathBuf,
    },
    /// Analyse a video file and write what was found.
    Analyze(kerege_edge::analyze::AnalyzeArguments),
    /// Try rules and counting on recorded detections or tracks.
    Replay(kerege_edge::replay::ReplayArguments),
    /// Serve video files as RTSP cameras.
    Simulate(kerege_edge::simulate::SimulateArguments),
    /// Fetch or list models.
    Models(kerege_edge::models_cli::ModelsArguments),
    /// Fit points of the picture and of the road, and say how good that is.
    Calibrate(kerege_edge::calibrate::CalibrateArguments),
    /// Check scenes.
    Scene(kerege_edge::scene_cli::SceneArguments),
    /// Print the box's name and public key, making the key if there is none.
    Identity {
        /// The box's configuration.
        #[arg(long)]
        config: PathBuf,
    },
}

fn main() -> ExitCode {
    start_log();
    match dispatch(Arguments::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nobody is left to tell when this cannot be written.
            let _unheard = writeln!(std::io::stderr(), "error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(command: Command) -> anyhow::Result<()> {
    match command {
        Command::Run { config } => Ok(kerege_edge::run::command(&config)?),
        Command::Analyze(arguments) => print(&kerege_edge::analyze::command(&arguments)?),
        Command::Replay(arguments) => print(&kerege_edge::replay::command(&arguments)?),
        Command::Simulate(arguments) => Ok(kerege_edge::simulate::command(&arguments)?),
        Command::Models(arguments) => Ok(kerege_edge::models_cli::command(&arguments)?),
        Command::Calibrate(arguments) => Ok(kerege_edge::calibrate::command(&arguments)?),
        Command::Scene(arguments) => Ok(kerege_edge::scene_cli::command(&arguments)?),
        Command::Identity { config } => Ok(kerege_edge::identity::command(&config)?),
    }
}

/// The summary goes to standard output too, for whoever pipes it.
fn print(summary: &kerege_contract::files::Summary) -> anyhow::Result<()> {
    writeln!(std::io::stdout(), "{}", serde_json::to_string(summary)?)?;
    Ok(())
}

/// Logs go to standard error, so that what a command prints can be piped; `RUST_LOG` chooses them.
fn start_log() {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info"));
    let stderr = std::io::stderr;
    let coloured = stderr().is_terminal();
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(stderr).with_ansi(coloured).with_target(false).init();
}
