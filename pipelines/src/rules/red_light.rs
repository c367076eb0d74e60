//! `red_light`: a vehicle whose front passed its stop line while its signal was red, and that went on.
//!
//! Judged is the time from when the front was last surely before the line until it was first surely
//! beyond it: the group must have been red for all of it, for the grace before it, and for the errors of
//! the signal's and the camera's time before and after. The messages that tell of that
//! instant come later than the frame; it waits for them, and what they leave open is not held against
//! anybody. Who may turn by a second group is judged by it once it is seen where he leaves.

use super::approach::Over;
use super::at_line::{Drives, Signal};
use super::judge::Judge;
use super::watch::{Post, Watch};
use super::{About, Claim, Course, Evidence, Spot};
use crate::signals::{PATIENCE_S, Shown};
use crate::{Reason, TrackId};
use kerege_contract::PixelPoint;
use kerege_contract::event::EventObject;
use kerege_contract::scene::RedLight;

/// A speed lags behind: one that seems to go on may yet be seen to stand, seconds.
const SETTLES_S: f64 = 1.2;
/// It is beyond the line when it was seen there, surely, each time for so long and so often: a box may jump.
const BEYOND_S: f64 = 0.3;
const MIN_LOOKS: u32 = 3;
/// How long it may take from the stop line to a line that tells who turns, seconds.
const TURN_S: f64 = 15.0;

/// The judge of one rule.
#[derive(Debug)]
pub(crate) struct RedLightJudge {
    thresholds: RedLight,
    drives: Drives<Case>,
}

/// A vehicle that is over the line.
#[derive(Debug)]
struct Case {
    over: Over,
    /// As it was seen when it passed the line.
    object: EventObject,
    place: PixelPoint,
    /// Whether it stood beyond the line before it went on.
    stood: bool,
    /// Whether it was faster than a walk: nobody drives through at less.
    drives: bool,
    /// When it went on, as it seemed; and whether its rear is past the line, and surely so.
    goes_on: Option<f64>,
    cleared: bool,
    surely_cleared: bool,
    /// Since when it has been seen surely beyond the line, and how often.
    beyond: Option<(f64, u32)>,
    exit: Exit,
    closed: bool,
}

/// Where it left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Exit {
    NotSeen,
    /// By a line of those who turn.
    Turned,
    /// By another.
    Elsewhere,
}

/// What becomes of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Waits,
    Lawful,
    Red,
}

impl RedLightJudge {
    pub(crate) fn new(thresholds: &RedLight) -> Self {
        Self { thresholds: thresholds.clone(), drives: Drives::new() }
    }

    fn follow(&mut self, watch: &Watch<'_>, post: &Post<'_>) {
        self.drives.follow(watch, post, self.thresholds.dir, |user, gauge, over, case| {
            let Some(gauge) = gauge else { return };
            let case = case.get_or_insert_with(|| Case {
                over,
                object: user.object(watch.layout.frame, watch.now),
                place: user.anchor,
                stood: false,
                drives: false,
                goes_on: None,
                cleared: false,
                surely_cleared: false,
                beyond: None,
                exit: Exit::NotSeen,
                closed: false,
            });
            case.over = over;
            case.cleared |= gauge.is_clear();
            case.surely_cleared |= gauge.is_clear() && gauge.is_far_beyond();
            case.beyond = gauge.is_beyond().then(|| case.beyond.map_or((watch.now, 1), |(since, n)| (since, n + 1)));
            case.drives |= gauge.drives();
            if gauge.stands() && !case.cleared && !case.closed {
                (case.stood, case.goes_on) = (true, None);
            } else if case.goes_on.is_none() && gauge.goes_on() {
                case.goes_on = Some(watch.now);
            }
        });
    }

    /// Notes by which lines those left who are over a stop line.
    fn note_exits(&mut self, watch: &Watch<'_>) {
        for (id, step) in watch.crossed {
            for ((number, user), drive) in &mut self.drives.0 {
                if user == id
                    && *number != step.line
                    && let Some(case) = &mut drive.case
                {
                    let turned = watch.layout.is_one_of(step.line, &self.thresholds.turn_lines);
                    case.exit = if turned { Exit::Turned } else { Exit::Elsewhere };
                }
            }
        }
    }
}

impl Judge for RedLightJudge {
    fn judge(&mut self, watch: &Watch<'_>, post: &Post<'_>, claims: &mut Vec<Claim>) {
        self.follow(watch, post);
        self.note_exits(watch);
        let thresholds = &self.thresholds;
        for ((number, id), drive) in &mut self.drives.0 {
            let Some(case) = drive.case.as_mut().filter(|case| case.goes_on.is_some() && !case.closed) else {
                continue;
            };
            let verdict = verdict(thresholds, case, watch);
            case.closed = verdict != Verdict::Waits;
            if verdict == Verdict::Red {
                claims.push(claim(thresholds, post.number, (*number, *id), drive.lane, case, watch));
            }
        }
        self.drives.0.retain(|(_, id), drive| {
            let open = drive
                .case
                .as_ref()
                .is_some_and(|case| !case.closed && watch.now - case.goes_on.unwrap_or(case.over.to) < TURN_S);
            open || watch.users.iter().any(|user| user.id == *id)
        });
    }

    #[cfg(test)]
    fn is_idle(&self) -> bool {
        self.drives.0.is_empty()
    }
}

const fn signal(thresholds: &RedLight, group: u16) -> Signal {
    Signal { group, grace_s: thresholds.grace_s, stale_s: thresholds.stale_s }
}

fn verdict(thresholds: &RedLight, case: &Case, watch: &Watch<'_>) -> Verdict {
    let went_on = case.goes_on.unwrap_or(case.over.to);
    let age = watch.now - went_on;
    let seen_beyond = case.surely_cleared
        || case.beyond.is_some_and(|(since, looks)| watch.now - since >= BEYOND_S && looks >= MIN_LOOKS);
    if !seen_beyond || (!case.cleared && age < SETTLES_S) {
        return if age > PATIENCE_S { Verdict::Lawful } else { Verdict::Waits };
    }
    let by = |group, over: &Over| signal(thresholds, group).shown(over, watch);
    // Who stood beyond the line is a matter of the stop line, unless it was still red when he went on.
    let left = Over { at: went_on, from: went_on, to: went_on };
    let main = by(thresholds.group, &case.over);
    let later = if case.stood { by(thresholds.group, &left) } else { main };
    match (main, later) {
        (Shown::Other, _) | (_, Shown::Other) => return Verdict::Lawful,
        (Shown::Red, Shown::Red) if case.drives => {}
        _ if age > PATIENCE_S => return Verdict::Lawful,
        _ => return Verdict::Waits,
    }
    let Some(turn) = thresholds.turn_group else { return Verdict::Red };
    match (by(turn, &case.over), case.exit) {
        (Shown::Red, _) | (_, Exit::Elsewhere) => Verdict::Red,
        (_, Exit::Turned) => Verdict::Lawful,
        (_, Exit::NotSeen) if age > TURN_S - 1.0 => Verdict::Lawful,
        (_, Exit::NotSeen) => Verdict::Waits,
    }
}

fn claim(
    thresholds: &RedLight,
    rule: usize,
    (line, id): (usize, TrackId),
    lane: Option<usize>,
    case: &Case,
    watch: &Watch<'_>,
) -> Claim {
    let groups: Vec<u16> = std::iter::once(thresholds.group).chain(thresholds.turn_group).collect();
    let signals = signal(thresholds, thresholds.group).told(&groups, &case.over, case.over.to + 2.0, watch);
    Claim {
        about: About::One(id),
        course: Course::Passes,
        over: Reason::Moved,
        evidence: Some(Box::new(Evidence { objects: vec![case.object.clone()], signals })),
        ..Claim::of(rule, Spot::line(line, lane), case.place, case.over.at)
    }
}
