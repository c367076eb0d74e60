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
use crate::Reason;
use crate::signals::{PATIENCE_S, Shown};
use kerege_contract::RoadUserClass;
use kerege_contract::event::EventObject;
use kerege_contract::scene::RedLight;

/// A speed lags behind: one that seems to go on may yet be seen to stand, seconds.
const SETTLES_S: f64 = 1.2;
/// Who was not seen for longer than this beyond the line may have stood there, seconds.
const UNSEEN_S: f64 = 1.0;
/// A speed is measured over so long, seconds.
const DROVE_S: f64 = 1.0;
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
    /// When it was last measured.
    looked: f64,
    /// Whether it stood, or may have stood, beyond the line before it went on.
    stood: bool,
    /// Whether it was faster than a walk: nobody drives through at less.
    drives: bool,
    /// When it was last seen not to have gone on, and when it went on, as it seemed.
    goes_on: Option<(f64, f64)>,
    /// Whether its rear is past the line.
    cleared: bool,
    exit: Exit,
    closed: bool,
    /// In how many looks it was seen beyond the line, and in how many of them as a person.
    looks: u32,
    afoot: u32,
}

impl Case {
    /// Whether a person who walks before it went on under its number, as it seems.
    const fn walks(&self) -> bool {
        2 * self.afoot > self.looks
    }

    /// When it went on beyond the line; none while it did not.
    fn went_on(&self) -> Option<Over> {
        self.goes_on.map(|(from, to)| Over { at: to, from, to })
    }
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
                looked: watch.now,
                stood: false,
                drives: false,
                goes_on: None,
                cleared: false,
                exit: Exit::NotSeen,
                closed: false,
                looks: 0,
                afoot: 0,
            });
            if !case.closed {
                (case.looks, case.afoot) =
                    (case.looks + 1, case.afoot + u32::from(user.track.seen_class == RoadUserClass::Person));
            }
            case.cleared |= gauge.is_clear();
            // Who stood before the line and seems to drive as soon as he is beyond it may be another, found elsewhere.
            case.drives |= gauge.drives() && (gauge.drove || watch.now - over.to >= DROVE_S);
            case.stood |= case.goes_on.is_none() && watch.now - case.looked > UNSEEN_S;
            if gauge.stands() && !case.cleared && !case.closed {
                (case.stood, case.goes_on) = (true, None);
            } else if case.goes_on.is_none() && gauge.goes_on() {
                case.goes_on = Some((case.looked, watch.now));
            }
            case.looked = watch.now;
        });
    }

    /// Notes by which lines those left who are over a stop line.
    fn note_exits(&mut self, watch: &Watch<'_>) {
        for (id, step) in watch.crossed {
            for ((number, user), drive) in &mut self.drives.all {
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
        for ((number, id), drive) in &mut self.drives.all {
            let Some(over) = drive.over() else { continue };
            let Some(case) = drive.case.as_mut().filter(|case| !case.closed) else { continue };
            let Some(went_on) = case.went_on() else { continue };
            let verdict = verdict(thresholds, case, [&over, &went_on], watch);
            case.closed = verdict != Verdict::Waits;
            if let (Verdict::Red, Some((came, place)), true) = (verdict, drive.came, drive.is_own()) {
                let spot = Spot::line(*number, drive.lane);
                claims.push(Claim {
                    about: About::One(*id),
                    course: Course::Passes,
                    over: Reason::Moved,
                    evidence: Some(Box::new(evidence(thresholds, &over, came.object(*id), watch))),
                    ..Claim::of(post.number, spot, place, over.at)
                });
            }
        }
        self.drives.retain(|id, drive| {
            let newest = |case: &Case| case.went_on().or(drive.over()).map(|over| over.to);
            let open = drive.case.as_ref().filter(|case| !case.closed).and_then(newest);
            let open = open.is_some_and(|at| watch.now - at < TURN_S);
            open || watch.users.iter().any(|user| user.id == id)
        });
    }

    #[cfg(test)]
    fn is_idle(&self) -> bool {
        self.drives.all.is_empty()
    }
}

const fn signal(thresholds: &RedLight, group: u16) -> Signal {
    Signal { group, grace_s: thresholds.grace_s, stale_s: thresholds.stale_s }
}

/// Of one that came over the line and then went on.
fn verdict(thresholds: &RedLight, case: &Case, [over, went_on]: [&Over; 2], watch: &Watch<'_>) -> Verdict {
    let age = watch.now - went_on.to;
    if !case.cleared && age < SETTLES_S {
        return Verdict::Waits;
    }
    let by = |group, over: &Over| signal(thresholds, group).shown(over, watch);
    // Who stood beyond the line is a matter of the stop line, unless it was still red when he went on.
    let main = by(thresholds.group, over);
    let later = if case.stood { by(thresholds.group, went_on) } else { main };
    match (main, later) {
        (Shown::Other, _) | (_, Shown::Other) => return Verdict::Lawful,
        (Shown::Red, Shown::Red) if case.drives && !case.walks() => {}
        _ if age > PATIENCE_S => return Verdict::Lawful,
        _ => return Verdict::Waits,
    }
    let Some(turn) = thresholds.turn_group else { return Verdict::Red };
    match (by(turn, over), case.exit) {
        (Shown::Red, _) | (_, Exit::Elsewhere) => Verdict::Red,
        (_, Exit::Turned) => Verdict::Lawful,
        (_, Exit::NotSeen) if age > TURN_S - 1.0 => Verdict::Lawful,
        (_, Exit::NotSeen) => Verdict::Waits,
    }
}

fn evidence(thresholds: &RedLight, over: &Over, object: EventObject, watch: &Watch<'_>) -> Evidence {
    let groups: Vec<u16> = std::iter::once(thresholds.group).chain(thresholds.turn_group).collect();
    let signals = signal(thresholds, thresholds.group).told(&groups, over, over.to + 2.0, watch);
    Evidence { objects: vec![object], signals }
}
