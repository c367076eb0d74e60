//! The lower envelope of packet delays over the last minute.

use std::collections::VecDeque;

/// How far back packets are looked at, seconds of stream time.
const WINDOW_S: i64 = 60;

/// Below this many seconds of packets the least delay is not trusted fully.
const SETTLED_S: f64 = 5.0;

/// For each second of stream time the least and the mean of (arrival − stream time).
#[derive(Debug, Clone, Default)]
pub(super) struct Envelope {
    seconds: VecDeque<Second>,
}

#[derive(Debug, Clone, Copy)]
struct Second {
    at: i64,
    least: f64,
    sum: f64,
    count: f64,
}

impl Envelope {
    /// A packet of stream time `stream_s` arrived at `arrival_s`.
    pub(super) fn add(&mut self, stream_s: f64, arrival_s: f64) {
        let (at, offset) = (whole(stream_s), arrival_s - stream_s);
        match self.seconds.back_mut() {
            // Packets of pictures that are shown later come first; they belong to the newest second.
            Some(newest) if newest.at >= at => {
                newest.least = newest.least.min(offset);
                newest.sum += offset;
                newest.count += 1.0;
            }
            _ => self.seconds.push_back(Second { at, least: offset, sum: offset, count: 1.0 }),
        }
        while self.seconds.front().is_some_and(|oldest| oldest.at <= at - WINDOW_S) {
            self.seconds.pop_front();
        }
    }

    /// The least (arrival − stream time) of the minute before `stream_s`; none without packets.
    pub(super) fn least(&self, stream_s: f64) -> Option<f64> {
        let oldest = whole(stream_s) - WINDOW_S;
        self.seconds.iter().filter(|second| second.at > oldest).map(|second| second.least).reduce(f64::min)
    }

    /// How far the least delay may still be from the truth: the usual delay above it, more while
    /// there are few packets. Milliseconds.
    pub(super) fn doubt_ms(&self) -> f64 {
        let (Some(first), Some(last)) = (self.seconds.front(), self.seconds.back()) else { return 1000.0 };
        let least = self.seconds.iter().map(|second| second.least).fold(f64::INFINITY, f64::min);
        let (sum, count) =
            self.seconds.iter().fold((0.0, 0.0), |(sum, n), second| (sum + second.sum, n + second.count));
        let usual = sum / count - least;
        #[expect(clippy::cast_precision_loss, reason = "at most a minute")]
        let heard = (last.at - first.at) as f64;
        let unsettled = 1.0 - (heard / SETTLED_S).min(1.0);
        (usual + 0.1 * unsettled) * 1000.0
    }
}

#[expect(clippy::cast_possible_truncation, reason = "float to int saturates")]
fn whole(seconds: f64) -> i64 {
    seconds.floor() as i64
}
