//! Recorded signal phases beside a file: one message of their source a line.

use super::AnalyzeError;
use kerege_contract::UtcTime;
use kerege_contract::phase::SignalMessage;
use std::collections::VecDeque;
use std::path::Path;

/// Messages are handed over so long before their time comes in the video, seconds: an instant is judged
/// by those before and after it.
const AHEAD_S: f64 = 5.0;

/// Messages that wait for their time, the oldest first.
#[derive(Debug, Default)]
pub(crate) struct Phases {
    messages: VecDeque<SignalMessage>,
}

impl Phases {
    /// Reads a recording; all of it must be of one intersection.
    pub(crate) fn read(path: &Path) -> Result<Self, AnalyzeError> {
        let text =
            std::fs::read_to_string(path).map_err(|source| AnalyzeError::Read { path: path.to_owned(), source })?;
        let bad = |line: usize, reason: String| AnalyzeError::Phases { path: path.to_owned(), line, reason };
        let mut messages: Vec<SignalMessage> = Vec::new();
        for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            let message: SignalMessage = serde_json::from_str(line).map_err(|error| {
                bad(index + 1, format!("not a message of signal phases ({error}); one JSON document a line is wanted"))
            })?;
            if let Some(first) = messages.first().filter(|first| first.site != message.site) {
                let reason = format!(
                    "it is of site '{}', those before of '{}'; give one file per site",
                    message.site, first.site
                );
                return Err(bad(index + 1, reason));
            }
            messages.push(message);
        }
        messages.sort_by_key(|message| message.ts);
        Ok(Self { messages: messages.into() })
    }

    /// Takes out the messages that a frame may be judged by.
    pub(crate) fn until(&mut self, utc: UtcTime) -> Vec<SignalMessage> {
        let due = self.messages.partition_point(|message| message.ts <= utc.plus_seconds(AHEAD_S));
        self.messages.drain(..due).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(site: &str, seq: u32, ts: &str) -> String {
        format!(
            r#"{{"v":1,"site":"{site}","seq":{seq},"ts":"{ts}","src":"simulated","err_ms":10,"mode":"normal","groups":[]}}"#
        )
    }

    fn read(text: &str) -> Result<Phases, String> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        let shown = file.path().display().to_string();
        Phases::read(file.path()).map_err(|error| error.to_string().replace(&shown, "phases.jsonl"))
    }

    #[test]
    fn messages_come_in_the_order_of_their_time_a_little_ahead() {
        let text = [(2, "2026-03-05T08:00:02Z"), (1, "2026-03-05T08:00:00Z"), (9, "2026-03-05T08:00:09Z")]
            .map(|(seq, ts)| line("S", seq, ts))
            .join("\n\n");
        let mut phases = read(&text).unwrap();
        let at = |text: &str| text.parse::<UtcTime>().unwrap();
        let seqs = |messages: Vec<SignalMessage>| messages.iter().map(|message| message.seq).collect::<Vec<_>>();
        assert_eq!(seqs(phases.until(at("2026-03-05T08:00:00Z"))), [1, 2]);
        assert_eq!(seqs(phases.until(at("2026-03-05T08:00:03Z"))), [] as [u64; 0]);
        assert_eq!(seqs(phases.until(at("2026-03-05T08:00:04Z"))), [9]);
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line() {
        let good = line("S", 1, "2026-03-05T08:00:00Z");
        let other = read(&format!("{good}\n{}", line("T", 2, "2026-03-05T08:00:01Z"))).unwrap_err();
        assert_eq!(other, "phases.jsonl:2: it is of site 'T', those before of 'S'; give one file per site");
        let broken = read(&format!("{good}\n\n{{\"v\":1}}")).unwrap_err();
        assert!(broken.starts_with("phases.jsonl:3: not a message of signal phases"), "{broken}");
    }
}
