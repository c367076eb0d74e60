//! The last minutes of signal messages, in the order of their own time.

use super::shown::{self, Piece, Shown, Window};
use kerege_contract::UtcTime;
use kerege_contract::phase::{PhaseState, SignalMessage, SignalSource, SignalSpan, SignalTimeline};
use std::collections::VecDeque;

/// How much of the past is kept, seconds.
const KEPT_S: f64 = 300.0;
/// Messages kept at most; the oldest go first.
const KEPT: usize = 2048;

/// What a group did since an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cycle {
    /// It was red, let traffic go, and is red again.
    Whole,
    /// Not yet.
    NotYet,
    /// What it showed is not known all the time.
    Unknown,
}

/// Signal messages of one site.
#[derive(Debug, Clone, Default)]
pub(crate) struct SignalLog {
    messages: VecDeque<SignalMessage>,
}

impl SignalLog {
    /// Takes a message, at its place in time; one that is there already adds nothing.
    pub(crate) fn take(&mut self, message: SignalMessage) {
        let at = self.messages.partition_point(|known| (known.ts, known.seq) < (message.ts, message.seq));
        if self.messages.get(at).is_some_and(|known| (known.ts, known.seq) == (message.ts, message.seq)) {
            return;
        }
        self.messages.insert(at, message);
        if self.messages.len() > KEPT {
            self.messages.pop_front();
        }
    }

    /// How many messages are kept.
    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.messages.len()
    }

    /// Forgets what is too old at `now`.
    pub(crate) fn forget(&mut self, now: UtcTime) {
        while self.messages.front().is_some_and(|oldest| now.seconds_since(oldest.ts) > KEPT_S) {
            self.messages.pop_front();
        }
    }

    /// What a group showed in a window around an instant; the source's own error of time widens it.
    pub(crate) fn shown(&self, group: u16, window: &Window) -> Shown {
        let near = self.between(window.from(), window.to(), window.stale_s);
        let err_s = near.iter().map(|message| message.err_ms.max(0.0)).fold(0.0, f64::max) / 1000.0;
        if !err_s.is_finite() {
            return Shown::Unknown;
        }
        let wide = window.widened(err_s);
        shown::judge(&self.between(wide.from(), wide.to(), wide.stale_s), group, &wide)
    }

    /// A copy of what some groups showed from `from` to `to`, for a violation to carry; none when
    /// there is no message of that time.
    pub(crate) fn timeline(&self, groups: &[u16], from: UtcTime, to: UtcTime, stale_s: f64) -> Option<SignalTimeline> {
        let used = self.between(from, to, stale_s);
        let (first, last) = (used.first()?, used.last()?);
        let from = from.max(first.ts);
        let to = to.min(last.ts).max(from);
        let spans = groups.iter().flat_map(|group| spans(*group, &used, from, to, stale_s));
        Some(SignalTimeline {
            site: first.site.clone(),
            src: used.iter().map(|message| message.src).find(|src| *src == SignalSource::Video).unwrap_or(first.src),
            err_ms: used.iter().map(|message| message.err_ms).fold(0.0, f64::max),
            seq: [first.seq, last.seq],
            from,
            to,
            spans: spans.collect(),
        })
    }

    /// Whether a group let traffic go from `from` to `to` for as long as it ever does: from one red to the next.
    pub(crate) fn cycle(&self, group: u16, from: UtcTime, to: UtcTime, stale_s: f64) -> Cycle {
        let used = self.between(from, to, stale_s);
        let covers = used
            .first()
            .zip(used.last())
            .is_some_and(|(first, last)| first.ts <= from && to.seconds_since(last.ts) <= stale_s);
        let states = spans(group, &used, from, to, stale_s);
        let unknown = |state: PhaseState| matches!(state, PhaseState::Unavailable | PhaseState::Dark);
        let mut went = None;
        for span in &states {
            went = match (span.s, went) {
                (state, _) if unknown(state) => None,
                (PhaseState::StopAndRemain, Some(true)) => return Cycle::Whole,
                (PhaseState::StopAndRemain, _) => Some(false),
                (PhaseState::PreMovement, known) => known,
                (_, known) => known.map(|_| true),
            };
        }
        let known = covers && !states.is_empty() && !states.iter().any(|span| unknown(span.s));
        if known { Cycle::NotYet } else { Cycle::Unknown }
    }

    /// The messages that tell of a time: those within it, the last before and the first after it,
    /// unless these are farther off than `stale_s`.
    fn between(&self, from: UtcTime, to: UtcTime, stale_s: f64) -> Vec<&SignalMessage> {
        let first = self.messages.partition_point(|message| message.ts <= from).saturating_sub(1);
        let near = self.messages.iter().skip(first).filter(|message| from.seconds_since(message.ts) <= stale_s);
        let mut used = Vec::new();
        for message in near {
            if message.ts > to {
                if message.ts.seconds_since(to) <= stale_s {
                    used.push(message);
                }
                break;
            }
            used.push(message);
        }
        used
    }
}

/// What one group showed, as spans of different states; the time that messages leave open included.
fn spans(group: u16, used: &[&SignalMessage], from: UtcTime, to: UtcTime, stale_s: f64) -> Vec<SignalSpan> {
    let mut spans: Vec<SignalSpan> = Vec::new();
    let mut add = |state: PhaseState, at: UtcTime| {
        if spans.last().is_none_or(|last| last.s != state) {
            if spans.last().is_some_and(|last| last.from == at) {
                spans.pop();
            }
            if spans.last().is_none_or(|last| last.s != state) {
                spans.push(SignalSpan { g: group, s: state, from: at });
            }
        }
    };
    for pair in used.windows(2) {
        for Piece { state, from: begins, to: ends } in shown::between(pair[0], pair[1], group, stale_s) {
            if ends > from && begins < to {
                add(state.unwrap_or(PhaseState::Unavailable), begins.max(from));
            }
        }
    }
    spans
}
