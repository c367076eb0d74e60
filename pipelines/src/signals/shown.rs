//! What a group showed at an instant, to the errors of all clocks involved.

use kerege_contract::UtcTime;
use kerege_contract::phase::{PhaseState, SignalMessage, SignalMode};

/// An instant with the time before and after it in which the state must hold.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Window {
    /// The instant.
    pub(crate) at: UtcTime,
    /// Seconds before and after it.
    pub(crate) before_s: f64,
    pub(crate) after_s: f64,
    /// Messages farther apart than this leave the time between them unknown, seconds.
    pub(crate) stale_s: f64,
}

impl Window {
    pub(crate) fn from(&self) -> UtcTime {
        self.at.plus_seconds(-self.before_s)
    }

    pub(crate) fn to(&self) -> UtcTime {
        self.at.plus_seconds(self.after_s)
    }

    pub(crate) fn widened(self, seconds: f64) -> Self {
        Self { before_s: self.before_s + seconds, after_s: self.after_s + seconds, ..self }
    }
}

/// What a group showed in a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shown {
    /// Red at every instant of it.
    Red,
    /// Something else at some instant of it.
    Other,
    /// Some instant of it is not known, or not yet.
    Unknown,
}

/// One stretch between two messages; no state where it is not known.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Piece {
    pub(crate) state: Option<PhaseState>,
    pub(crate) from: UtcTime,
    pub(crate) to: UtcTime,
}

/// Judges a window by the messages around it, which are in the order of time.
pub(super) fn judge(messages: &[&SignalMessage], group: u16, window: &Window) -> Shown {
    let (from, to) = (window.from(), window.to());
    let Some((first, last)) = messages.first().zip(messages.last()) else { return Shown::Unknown };
    let mut known = first.ts <= from && last.ts >= to;
    let pieces = messages.windows(2).flat_map(|pair| between(pair[0], pair[1], group, window.stale_s));
    for piece in pieces.filter(|piece| piece.to >= from && piece.from <= to) {
        match piece.state {
            Some(state) if !state.is_red() => return Shown::Other,
            Some(_) => {}
            None => known = false,
        }
    }
    if known { Shown::Red } else { Shown::Unknown }
}

/// What a group showed between two messages that follow each other in time.
pub(super) fn between(a: &SignalMessage, b: &SignalMessage, group: u16, stale_s: f64) -> Vec<Piece> {
    let piece = |state, from, to| Piece { state, from, to };
    let unknown = vec![piece(None, a.ts, b.ts)];
    let follow = b.ts.seconds_since(a.ts) <= stale_s && b.seq == a.seq.saturating_add(1) && a.site == b.site;
    if !follow || a.mode != SignalMode::Normal || b.mode != SignalMode::Normal {
        return unknown;
    }
    let state = |message: &SignalMessage| message.groups.iter().find(|known| known.g == group).cloned();
    let (Some(was), Some(is)) = (state(a), state(b)) else { return unknown };
    let known = |state: PhaseState| (state != PhaseState::Unavailable).then_some(state);
    let slack_s = a.err_ms.max(b.err_ms).max(0.0) / 1000.0;
    // What began after its message, or before the one that told of something else, cannot be.
    let began = is.since.seconds_since(a.ts);
    if is.since > b.ts.plus_seconds(slack_s) {
        return unknown;
    }
    if was.s == is.s {
        // A change there and back in between would be told by its beginning.
        return if began <= slack_s { vec![piece(known(is.s), a.ts, b.ts)] } else { unknown };
    }
    if began < -slack_s {
        return unknown;
    }
    let change = is.since.clamp(a.ts, b.ts);
    vec![piece(known(was.s), a.ts, change), piece(known(is.s), change, b.ts)]
}
