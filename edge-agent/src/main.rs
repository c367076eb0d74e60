//! `kerege-edge`: the command line of the box. Each command only calls its module.

use clap::{Parser, Subcommand};
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
            tracing::error!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(command: Command) -> anyhow::Result<()> {
    match command {
        Command::Run { config } => Ok(kerege_edge::run::command(&config)?),
        Command::Identity { config } => Ok(kerege_edge::identity::command(&config)?),
    }
}

/// Logs go to standard error, so that what a command prints can be piped; `RUST_LOG` chooses them.
fn start_log() {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_target(false).init();
}
