//! The command line of the centre.

use anyhow::{Context as _, bail};
use clap::{Parser, Subcommand};
use kerege_control::api::types::Role;
use kerege_control::auth::password;
use kerege_control::clock::Clock;
use kerege_control::config::Config;
use kerege_control::keys::CentreKey;
use kerege_control::store::UserRow;
use kerege_control::{api, broker_files, centre, run};
use std::io::{IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// The centre of Kerege: takes what boxes send, keeps it, and shows it to people.
#[derive(Parser)]
#[command(name = "kerege-control", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Runs the centre.
    Run {
        /// The configuration file.
        #[arg(long)]
        config: PathBuf,
    },
    /// Prints the centre's public key, which boxes pin; makes the key when there is none.
    Identity {
        /// The configuration file.
        #[arg(long)]
        config: PathBuf,
    },
    /// Manages the people who may sign in.
    User {
        #[command(subcommand)]
        command: UserCommand,
    },
    /// Writes Mosquitto's configuration, rules and accounts; existing passwords are kept.
    BrokerFiles {
        /// The configuration file.
        #[arg(long)]
        config: PathBuf,
        /// The folder to write into.
        #[arg(long)]
        out: PathBuf,
    },
    /// Prints the OpenAPI document.
    Openapi,
}

#[derive(Subcommand)]
enum UserCommand {
    /// Adds a person, or gives one another role and password; their sessions end.
    Add {
        /// The name to sign in with.
        name: String,
        /// What they do: officer, operator, planner or admin.
        #[arg(long, value_parser = role)]
        role: Role,
        /// The configuration file.
        #[arg(long)]
        config: PathBuf,
        /// Makes a password and prints it once, instead of reading one from standard input.
        #[arg(long)]
        generate: bool,
    },
}

fn role(word: &str) -> Result<Role, String> {
    Role::from_word(word).ok_or_else(|| "use officer, operator, planner or admin".to_owned())
}

fn main() -> ExitCode {
    match execute(Arguments::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // The terminal is where a person looks; a failure to write there cannot be told anywhere.
            let _told = writeln!(std::io::stderr(), "kerege-control: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn execute(command: Command) -> anyhow::Result<()> {
    match command {
        Command::Run { config } => serve(Config::load(&config)?),
        Command::Identity { config } => {
            let config = Config::load(&config)?;
            print(&format!("{}\n", CentreKey::load_or_create(&config.data_dir)?.public()))
        }
        Command::User { command: UserCommand::Add { name, role, config, generate } } => {
            add_user(&config, &name, role, generate)
        }
        Command::BrokerFiles { config, out } => Ok(broker_files::write(&Config::load(&config)?, &out)?),
        Command::Openapi => print(&api::openapi_text()),
    }
}

fn print(text: &str) -> anyhow::Result<()> {
    std::io::stdout().write_all(text.as_bytes()).context("cannot write to standard output")
}

fn serve(config: Config) -> anyhow::Result<()> {
    start_log();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    Ok(runtime.block_on(run::run(config))?)
}

/// Text on a terminal, JSON lines for a service.
fn start_log() {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info"));
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    if std::io::stderr().is_terminal() {
        builder.init();
    } else {
        builder.json().flatten_event(true).init();
    }
}

fn add_user(config: &Path, name: &str, role: Role, generate: bool) -> anyhow::Result<()> {
    let config = Config::load(config)?;
    // Names of people obey the rule of names, so that they are safe in logs and addresses.
    let name = name.parse::<kerege_contract::DeviceId>()?.to_string();
    let secret = if generate { password::generate()? } else { asked_password()? };
    let store = run::open_store(&config.data_dir)?;
    let row = UserRow { name, role, password: password::hash(&secret)?, created: Clock::system().now() };
    centre::in_transaction(&store, |tx| tx.put_user(&row))?;
    if generate { print(&format!("{secret}\n")) } else { Ok(()) }
}

fn asked_password() -> anyhow::Result<String> {
    if std::io::stdin().is_terminal() {
        bail!("a password typed here would be seen: pipe it in, or use --generate");
    }
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).context("cannot read the password from standard input")?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}
