//! A real Mosquitto with the configuration that the centre generates.

use crate::process::Process;
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// A running broker.
#[derive(Debug)]
pub struct Broker {
    process: Process,
    configuration: PathBuf,
    folder: PathBuf,
    port: u16,
}

impl Broker {
    /// Starts Mosquitto with a generated configuration, and waits until it listens.
    ///
    /// # Errors
    /// When it is not installed or does not listen.
    pub fn start(configuration: &Path, port: u16, folder: &Path) -> anyhow::Result<Self> {
        let process = Self::spawn(configuration, folder)?;
        let broker = Self { process, configuration: configuration.to_owned(), folder: folder.to_owned(), port };
        broker.listening()?;
        Ok(broker)
    }

    fn spawn(configuration: &Path, folder: &Path) -> anyhow::Result<Process> {
        // Debian keeps it in sbin, which is not on everybody's path.
        let program = ["/usr/sbin/mosquitto", "mosquitto"].into_iter().find(|path| Path::new(path).exists());
        let mut command = Command::new(program.unwrap_or("mosquitto"));
        command.arg("-c").arg(configuration).current_dir(folder);
        Process::start("mosquitto", &mut command, folder)
    }

    fn listening(&self) -> anyhow::Result<()> {
        crate::eventually::eventually("the broker", Duration::from_secs(10), || {
            TcpStream::connect(("127.0.0.1", self.port))?;
            Ok(Some(()))
        })
    }

    /// The process.
    #[must_use]
    pub const fn process(&self) -> &Process {
        &self.process
    }

    /// Kills it at once.
    ///
    /// # Errors
    /// When waiting for its end fails.
    pub fn kill(&mut self) -> anyhow::Result<()> {
        self.process.kill()
    }

    /// Starts it again with what it kept on disk.
    ///
    /// # Errors
    /// When it does not listen.
    pub fn restart(&mut self) -> anyhow::Result<()> {
        self.process = Self::spawn(&self.configuration, &self.folder)?;
        self.listening()
    }

    /// Removes everything that it kept on disk: queues, sessions and retained messages.
    ///
    /// # Errors
    /// When a file cannot be removed.
    pub fn forget(&self) -> anyhow::Result<usize> {
        let mut removed = 0;
        let mut folders = vec![self.folder.clone()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder)? {
                let path = entry?.path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("mosquitto.db")) {
                    std::fs::remove_file(path)?;
                    removed += 1;
                }
            }
        }
        Ok(removed)
    }
}
