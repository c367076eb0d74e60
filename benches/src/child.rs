//! Running another program to its end and saying what it cost.

use anyhow::{Context as _, Result, bail};
use std::fs;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

/// How often a child's memory is looked at; its peak only grows, so only the last moment is missed.
const LOOK: Duration = Duration::from_millis(20);

/// What a child cost.
#[derive(Debug, Clone, PartialEq)]
pub struct Cost {
    /// User and system seconds, of it and what it waited for.
    pub cpu_s: f64,
    /// Most resident memory seen, bytes.
    pub peak_bytes: u64,
    /// What it printed to standard output.
    pub output: String,
}

/// Runs a child to its end. Children run one at a time, so what all children cost before and after
/// is what this one cost; the kernel counts in hundredths of a second.
///
/// # Errors
/// When it cannot be started or does not succeed; its error output is in the message.
pub fn run(command: &mut Command) -> Result<Cost> {
    let name = command.get_program().to_string_lossy().into_owned();
    let before = children_seconds()?;
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot start {name}"))?;
    let watched = child.id();
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let reading = [read_all(stdout), read_all(stderr)];
    let mut peak_bytes = 0;
    let status = loop {
        peak_bytes = peak_memory(watched).unwrap_or(peak_bytes);
        if let Some(status) = child.try_wait().with_context(|| format!("cannot wait for {name}"))? {
            break status;
        }
        thread::sleep(LOOK);
    };
    let cpu_s = children_seconds()? - before;
    let [output, errors] = reading.map(|reader| reader.join().unwrap_or_default());
    if !status.success() {
        bail!("{name} ended with {status}: {}", errors.trim_end());
    }
    Ok(Cost { cpu_s, peak_bytes, output })
}

fn read_all(pipe: Option<impl std::io::Read + Send + 'static>) -> thread::JoinHandle<String> {
    thread::spawn(move || {
        let mut text = Vec::new();
        if let Some(mut pipe) = pipe
            && let Err(error) = pipe.read_to_end(&mut text)
        {
            text.extend_from_slice(format!("(cut off: {error})").as_bytes());
        }
        String::from_utf8_lossy(&text).into_owned()
    })
}

/// User and system seconds of all children that ended so far.
fn children_seconds() -> Result<f64> {
    let stat = fs::read_to_string("/proc/self/stat").context("cannot read /proc/self/stat")?;
    let ticks = children_ticks(&stat).context("/proc/self/stat has another form than expected")?;
    #[expect(clippy::cast_precision_loss, reason = "ticks of some hours")]
    Ok(ticks as f64 / rustix::param::clock_ticks_per_second() as f64)
}

/// The fields `cutime` and `cstime`.
fn children_ticks(stat: &str) -> Option<u64> {
    two_ticks(stat, 13)
}

/// User and system seconds of a process itself, from its line in `/proc/PID/stat`.
#[expect(clippy::cast_precision_loss, reason = "ticks of some hours")]
pub(crate) fn own_seconds(stat: &str) -> Option<f64> {
    Some(two_ticks(stat, 11)? as f64 / rustix::param::clock_ticks_per_second() as f64)
}

/// The sum of two neighbouring fields, counted after the name in brackets, which may hold anything.
fn two_ticks(stat: &str, skipped: usize) -> Option<u64> {
    let (_, fields) = stat.rsplit_once(')')?;
    let mut fields = fields.split_whitespace().skip(skipped);
    let user: u64 = fields.next()?.parse().ok()?;
    let system: u64 = fields.next()?.parse().ok()?;
    Some(user + system)
}

/// Most resident memory of a running process so far; none once it has ended.
pub(crate) fn peak_memory(process: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: u64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kibibytes * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_found_behind_any_name() {
        let stat = "7 (a) b (c) S 1 2 3 4 5 6 7 8 9 10 11 12 130 14 15";
        assert_eq!(children_ticks(stat), Some(144));
        assert_eq!(two_ticks(stat, 11), Some(23));
        assert_eq!(children_ticks("nothing"), None);
    }

    #[test]
    fn what_a_child_costs_and_says_is_known() {
        let busy = "i=0; while [ $i -lt 60000 ]; do i=$((i+1)); done; echo done";
        let cost = run(Command::new("sh").args(["-c", busy])).unwrap();
        assert_eq!(cost.output.trim(), "done");
        assert!(cost.cpu_s > 0.0 && cost.cpu_s < 60.0, "{cost:?}");
        assert!(cost.peak_bytes > 100_000, "{cost:?}");
    }

    #[test]
    fn a_child_that_fails_says_why() {
        let error = run(Command::new("sh").args(["-c", "echo the reason >&2; exit 3"])).unwrap_err().to_string();
        assert!(error.contains("the reason") && error.contains('3'), "{error}");
        assert!(run(&mut Command::new("kerege-no-such-program")).is_err());
    }
}
