//! Signal phases from their source on site: one JSON message a line over TCP.
//!
//! The last minutes are kept for the cameras' pipelines, which judge by them, and for the box to tell
//! when its source has fallen silent.

use crate::uplink::Latest;
use ed25519_dalek::SigningKey;
use kerege_contract::jws::{self, ContentType};
use kerege_contract::phase::SignalMessage;
use kerege_contract::{SiteId, UtcTime};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// Phases older than this are not to be used, seconds.
pub const STALE_S: f64 = 2.0;
/// How much of the past is kept, seconds.
const KEPT_S: f64 = 300.0;
/// Messages kept at most; the oldest go first.
const KEPT: usize = 2048;
const LONGEST_LINE: u64 = 64 * 1024;
/// A source that is silent for so long is connected anew.
const SILENCE: Duration = Duration::from_secs(10);

/// What the lamps showed in the last minutes.
#[derive(Debug, Default)]
pub struct Timeline {
    messages: VecDeque<SignalMessage>,
    /// Messages that were taken.
    taken: u64,
    /// Messages that were not taken: unreadable, of another site, or older than the last.
    pub refused: u64,
    /// Numbers that the source gave and that never came.
    pub missed: u64,
}

/// Why a message is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadPhase {
    /// Not a message.
    #[error("cannot be read: {0}")]
    Json(String),
    /// Of another intersection.
    #[error("it is of site '{0}'")]
    Site(String),
    /// Older than the last one.
    #[error("it is older than the one before")]
    Old,
}

impl Timeline {
    /// Takes a line of the source.
    ///
    /// # Errors
    /// Why it is not taken; it is counted.
    pub fn take(&mut self, line: &str, site: &SiteId) -> Result<&SignalMessage, BadPhase> {
        let checked = self.check(line, site);
        let message = checked.inspect_err(|_| self.refused += 1)?;
        if let Some(last) = self.messages.back()
            && message.seq > last.seq
        {
            self.missed += message.seq - last.seq - 1;
        }
        self.taken += 1;
        let limit = message.ts.plus_seconds(-KEPT_S);
        self.messages.push_back(message);
        while self.messages.len() > KEPT || self.messages.front().is_some_and(|first| first.ts < limit) {
            self.messages.pop_front();
        }
        self.messages.back().ok_or(BadPhase::Old)
    }

    fn check(&self, line: &str, site: &SiteId) -> Result<SignalMessage, BadPhase> {
        let message: SignalMessage = serde_json::from_str(line).map_err(|error| BadPhase::Json(error.to_string()))?;
        if message.site != *site {
            return Err(BadPhase::Site(message.site.to_string()));
        }
        if self.messages.back().is_some_and(|last| message.ts < last.ts) {
            return Err(BadPhase::Old);
        }
        Ok(message)
    }

    /// The newest message, unless it is stale.
    #[must_use]
    pub fn current(&self, now: UtcTime) -> Option<&SignalMessage> {
        self.messages.back().filter(|last| now.seconds_since(last.ts).abs() <= STALE_S)
    }

    /// The messages that were taken after the first `known` ones, as far as they are still kept; and
    /// how many were taken by now.
    #[must_use]
    pub fn since(&self, known: u64) -> (Vec<SignalMessage>, u64) {
        let fresh = usize::try_from(self.taken.saturating_sub(known)).unwrap_or(usize::MAX);
        let old = self.messages.len().saturating_sub(fresh);
        (self.messages.iter().skip(old).cloned().collect(), self.taken)
    }
}

/// A timeline that the source's task fills and others read.
pub type SharedTimeline = Arc<Mutex<Timeline>>;

/// Where the phases come from and whose they must be.
#[derive(Debug, Clone)]
pub struct SignalOptions {
    /// `host:port` of the source.
    pub address: String,
    /// The intersection.
    pub site: SiteId,
}

/// Keeps connected to the source until `ending`, and mirrors each change signed.
pub async fn run(
    options: SignalOptions,
    timeline: SharedTimeline,
    key: SigningKey,
    mirror: watch::Sender<Option<Latest>>,
    ending: CancellationToken,
) {
    let mut told = String::new();
    loop {
        let fault = tokio::select! {
            fault = connection(&options, &timeline, &key, &mirror) => fault,
            () = ending.cancelled() => return,
        };
        if fault != told {
            tracing::warn!(address = options.address, "no signal phases ({fault}): is their source running there?");
            told = fault;
        }
        tokio::select! {
            () = tokio::time::sleep(Duration::from_secs(2)) => {}
            () = ending.cancelled() => return,
        }
    }
}

/// Reads until the source is lost; says why.
async fn connection(
    options: &SignalOptions,
    timeline: &SharedTimeline,
    key: &SigningKey,
    mirror: &watch::Sender<Option<Latest>>,
) -> String {
    let stream = match tokio::time::timeout(SILENCE, TcpStream::connect(&options.address)).await {
        Ok(Ok(stream)) => stream,
        Ok(Err(error)) => return error.to_string(),
        Err(_) => return "no answer".into(),
    };
    tracing::info!(address = options.address, "connected to the source of signal phases");
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    loop {
        line.clear();
        let mut bounded = (&mut reader).take(LONGEST_LINE);
        match tokio::time::timeout(SILENCE, bounded.read_line(&mut line)).await {
            Ok(Ok(0)) => return "it closed the connection".into(),
            Ok(Ok(_)) if !line.ends_with('\n') => return "a line without an end".into(),
            Ok(Ok(_)) => take(timeline, line.trim_end(), &options.site, key, mirror),
            Ok(Err(error)) => return error.to_string(),
            Err(_) => return "it is silent".into(),
        }
    }
}

fn take(
    timeline: &SharedTimeline,
    line: &str,
    site: &SiteId,
    key: &SigningKey,
    mirror: &watch::Sender<Option<Latest>>,
) {
    let mut timeline = timeline.lock().unwrap_or_else(PoisonError::into_inner);
    if let Err(error) = timeline.take(line, site) {
        if timeline.refused.is_power_of_two() {
            tracing::warn!(
                refused = timeline.refused,
                "a message of the source of signal phases is not taken: {error}"
            );
        }
        return;
    }
    // The mirror carries the source's own bytes.
    let jws = jws::sign(key, ContentType::Phase, line.as_bytes());
    mirror.send_replace(Some(Latest { bytes: line.as_bytes().to_vec(), jws: Some(jws) }));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(seq: u64, at: UtcTime) -> String {
        format!(
            r#"{{"v":1,"site":"S","seq":{seq},"ts":"{at}","src":"simulated","err_ms":10,"mode":"normal","groups":[{{"g":3,"s":"stop-and-remain","since":"{at}"}}]}}"#
        )
    }

    #[test]
    fn the_timeline_is_bounded_and_goes_stale() {
        let site: SiteId = "S".parse().unwrap();
        let start = UtcTime::from_millis(1_800_000_000_000);
        let mut timeline = Timeline::default();
        for second in 0..5000u32 {
            timeline.take(&line(u64::from(second), start.plus_seconds(f64::from(second))), &site).unwrap();
        }
        let last = start.plus_seconds(4999.0);
        assert_eq!(timeline.messages.len(), 301);
        assert!(timeline.current(last.plus_seconds(2.0)).is_some());
        assert!(timeline.current(last.plus_seconds(2.1)).is_none());
        let (fresh, taken) = timeline.since(4997);
        assert_eq!((fresh.len(), fresh[0].seq, taken), (3, 4997, 5000));
        assert_eq!(timeline.since(0).0.len(), 301, "what is not kept any more cannot be told");
        assert_eq!(timeline.since(5000), (Vec::new(), 5000));
        timeline.take(&line(5009, last.plus_seconds(10.0)), &site).unwrap();
        assert_eq!(timeline.missed, 9);
        assert_eq!(timeline.take(&line(5010, last), &site), Err(BadPhase::Old));
        assert!(matches!(timeline.take("{", &site), Err(BadPhase::Json(_))));
        let other: SiteId = "T".parse().unwrap();
        assert!(matches!(timeline.take(&line(5011, last.plus_seconds(11.0)), &other), Err(BadPhase::Site(_))));
        assert_eq!(timeline.refused, 3);
    }
}
