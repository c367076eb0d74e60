//! A child process whose output goes to a log file and which ends with its owner.

use anyhow::Context as _;
use rustix::process::{Pid, Signal, kill_process};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::time::Duration;

/// A running child.
#[derive(Debug)]
pub struct Process {
    name: String,
    child: Child,
    log: PathBuf,
}

impl Process {
    /// Starts a command; output and errors are added to `<folder>/<name>.log`.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn start(name: &str, command: &mut Command, folder: &Path) -> anyhow::Result<Self> {
        let log = folder.join(format!("{name}.log"));
        let file = File::options().create(true).append(true).open(&log)?;
        let child = command
            .stdin(Stdio::piped())
            .stdout(file.try_clone()?)
            .stderr(file)
            .spawn()
            .with_context(|| format!("starting {name}: {command:?}"))?;
        Ok(Self { name: name.to_owned(), child, log })
    }

    /// Its process id.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Its standard input.
    pub fn input(&mut self) -> Option<&mut ChildStdin> {
        self.child.stdin.as_mut()
    }

    /// Everything it has written.
    #[must_use]
    pub fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// Sends a signal.
    ///
    /// # Errors
    /// When the process is gone.
    pub fn signal(&self, signal: Signal) -> anyhow::Result<()> {
        let pid = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw).context("no process id")?;
        kill_process(pid, signal).with_context(|| format!("{} is gone", self.name))
    }

    /// Kills it at once and waits until it is gone.
    ///
    /// # Errors
    /// When waiting fails.
    pub fn kill(&mut self) -> anyhow::Result<()> {
        // It may have killed itself already.
        drop(self.child.kill());
        self.child.wait()?;
        Ok(())
    }

    /// Whether it has ended, and how.
    ///
    /// # Errors
    /// When asking fails.
    pub fn ended(&mut self) -> anyhow::Result<Option<ExitStatus>> {
        Ok(self.child.try_wait()?)
    }

    /// Asks it to end and waits.
    ///
    /// # Errors
    /// When it does not end within the limit; it is killed then.
    pub fn end(&mut self, limit: Duration) -> anyhow::Result<ExitStatus> {
        self.signal(Signal::TERM)?;
        let ended = crate::eventually::eventually(&format!("the end of {}", self.name), limit, || self.ended());
        if ended.is_err() {
            self.kill()?;
        }
        ended.with_context(|| self.tail())
    }

    /// The last lines of its log, for a failed assertion.
    #[must_use]
    pub fn tail(&self) -> String {
        let log = self.log();
        let lines: Vec<&str> = log.lines().collect();
        let last = lines.split_at(lines.len().saturating_sub(40)).1;
        format!("--- the last of {}'s log\n{}", self.name, last.join("\n"))
    }

    /// Resident memory in bytes, now and at its peak.
    ///
    /// # Errors
    /// When the process is gone.
    pub fn memory(&self) -> anyhow::Result<(u64, u64)> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let bytes = |key: &str| -> anyhow::Result<u64> {
            let line = status.lines().find(|line| line.starts_with(key)).with_context(|| format!("no {key}"))?;
            let number = line.split_whitespace().nth(1).context("no number")?;
            Ok(number.parse::<u64>()? * 1024)
        };
        Ok((bytes("VmRSS:")?, bytes("VmHWM:")?))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        drop(self.kill());
    }
}
