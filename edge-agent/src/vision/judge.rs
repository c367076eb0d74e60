//! From what looks measure to whether the camera is blind or moved: everything must last, in seconds of
//! capture time, before it counts, and so must its being over. One cause is one condition: a covered
//! camera is blind and not also moved.

use super::SightChange;
use super::edges::Edges;
use super::view::Comparison;
use kerege_contract::UtcTime;
use kerege_pipelines::Sight;

/// A picture is flat whose brightness spreads less than this and that has less contrast than this in each cell.
const FLAT_SPREAD: f64 = 3.0;
const FLAT_SLOPE: f32 = 0.8;
/// The same for a dark one: its noise is a large share of its brightness, and so is what little it shows.
const FLAT_DARK_SPREAD: f64 = 1.5;
const FLAT_DARK_SLOPE: f32 = 3.0;
/// What is darker than the first and brighter than the second is black or washed out, grey levels.
const BLACK: f64 = 24.0;
const WHITE: f64 = 205.0;
/// Blind from this share of cells without edges on; not blind any more below the second.
const BLIND: f64 = 0.6;
const SEES: f64 = 0.4;
/// With at least this share of its contrast left it sees, wherever it looks.
const SEES_LEFT: f64 = 0.5;
/// Without edges but with at least this share of its spread of brightness it is out of focus.
const DEFOCUSED: f64 = 0.5;
/// A shift of more than this share of the picture is another view.
const MOVED: f64 = 0.05;
/// With fewer cells the same than the first it is another view; with more than the second the normal one.
const OTHER: f64 = 0.3;
const HOME: f64 = 0.45;
/// A longer gap between looks counts as this, seconds.
const MAX_GAP_S: f64 = 1.0;

/// How long each must last, seconds.
const FLAT_S: f64 = 3.0;
const BLIND_S: f64 = 10.0;
const SHIFTED_S: f64 = 5.0;
const OTHER_S: f64 = 30.0;
const CLEAR_S: f64 = 5.0;
/// A shift too small to matter becomes the normal view after so long.
const NUDGED_S: f64 = 60.0;
/// A kept view that nothing resembles for so long was kept of other light, and is learnt anew.
const STRANGE_S: f64 = 60.0;

/// What one look shows.
#[derive(Debug, Clone)]
pub(super) struct Look {
    pub(super) t: f64,
    pub(super) utc: UtcTime,
    pub(super) brightness: f64,
    /// Whether there is nothing to see at all.
    pub(super) flat: bool,
    /// Whether there is a normal view to compare to.
    pub(super) known: bool,
    pub(super) comparison: Comparison,
}

impl Look {
    /// Whether it shows the normal view, or none is known yet: what lies on the road can be told.
    pub(super) fn is_home(&self) -> bool {
        let Comparison { same, shift, .. } = self.comparison;
        !self.flat && (!self.known || same.is_some_and(|same| same >= HOME) && shift.is_none_or(|shift| shift <= MOVED))
    }

    /// Why there is nothing to see.
    fn blind_reason(&self) -> &'static str {
        match self.brightness {
            mean if mean < BLACK => "black",
            mean if mean > WHITE => "washed_out",
            _ if self.flat => "flat",
            _ if self.comparison.spread_left >= DEFOCUSED => "defocused",
            _ => "covered",
        }
    }
}

/// Whether a picture shows nothing at all, whatever it showed before.
pub(super) fn is_flat(edges: &Edges) -> bool {
    let dark = edges.brightness < BLACK;
    let (spread, slope) = if dark { (FLAT_DARK_SPREAD, FLAT_DARK_SLOPE) } else { (FLAT_SPREAD, FLAT_SLOPE) };
    edges.spread < spread && edges.coarse.iter().all(|cell| *cell < slope)
}

/// What is to be done with the normal view.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lesson {
    /// The look shows it.
    Learn,
    /// It may not.
    Wait,
    /// It lies beside the known one by a little.
    Follow,
    /// The known one never was.
    Forget,
}

/// How long something has been so; what is contrary takes it away twice as fast.
#[derive(Debug, Clone, Copy, Default)]
struct Lasting {
    seconds: f64,
    since: UtcTime,
}

impl Lasting {
    fn add(&mut self, is: bool, dt: f64, utc: UtcTime) {
        if self.seconds == 0.0 {
            self.since = utc;
        }
        self.seconds = if is { self.seconds + dt } else { (self.seconds - 2.0 * dt).max(0.0) };
    }
}

/// What lasts.
#[derive(Debug, Clone, Copy, Default)]
struct Clues {
    flat: Lasting,
    blind: Lasting,
    sees: Lasting,
    shifted: Lasting,
    other: Lasting,
    home: Lasting,
    nudged: Lasting,
}

/// The judge of one camera.
#[derive(Debug)]
pub(super) struct Judge {
    /// None until the first verdict.
    sight: Option<Sight>,
    /// Whether the view was kept from before, and nothing has confirmed it yet.
    doubtful: bool,
    /// Whether it was learnt anew.
    learnt: bool,
    last: Option<f64>,
    clues: Clues,
}

impl Judge {
    /// Of a camera whose view is to be learnt.
    pub(super) fn new() -> Self {
        Self { sight: None, doubtful: false, learnt: true, last: None, clues: Clues::default() }
    }

    /// Of a camera whose view was kept while it was clear, blind or moved.
    pub(super) fn with_kept_view(sight: Sight) -> Self {
        let sight = (sight == Sight::Moved).then_some(sight);
        Self { sight, doubtful: true, learnt: false, last: None, clues: Clues::default() }
    }

    /// What is believed of the camera.
    pub(super) fn sight(&self) -> Sight {
        self.sight.unwrap_or_default()
    }

    /// The same, and doubtful from the first look on that would, if it lasted, say that it is blind or moved.
    pub(super) fn belief(&self) -> Sight {
        let clues = &self.clues;
        let doubts = [clues.flat, clues.blind, clues.shifted, clues.other].iter().any(|clue| clue.seconds > 0.0);
        match self.sight() {
            Sight::Clear if doubts => Sight::Doubtful,
            sight => sight,
        }
    }

    /// A new connection: what lasts must begin anew, and what is so stays so.
    pub(super) fn interrupt(&mut self) {
        (self.last, self.clues) = (None, Clues::default());
    }

    /// Takes a look; what it changes, and what it says of the normal view.
    pub(super) fn look(&mut self, look: &Look) -> (Option<SightChange>, Lesson) {
        let dt = self.last.replace(look.t).map_or(0.0, |last| (look.t - last).clamp(0.0, MAX_GAP_S));
        let normal = self.weigh(look, dt);
        let change = self.decide(look);
        if let Some(change) = &change {
            (self.sight, self.clues) = (Some(change.sight), Clues::default());
        }
        (change, self.lesson(normal))
    }

    /// Adds a look to what lasts; whether it shows the normal view, or there is none yet.
    fn weigh(&mut self, look: &Look, dt: f64) -> bool {
        let Comparison { lost, left, same, shift, .. } = look.comparison;
        let (clues, utc) = (&mut self.clues, look.utc);
        clues.flat.add(look.flat, dt, utc);
        let (Some(lost), Some(same)) = (lost, same) else {
            clues.sees.add(!look.flat, dt, utc);
            return !look.flat && !look.known;
        };
        // What resembles nothing known and has lost half of its contrast is covered, not turned.
        let blind = look.flat || lost >= BLIND || (same < OTHER && left < SEES_LEFT);
        let far = shift.is_some_and(|shift| shift > MOVED);
        let near = shift.is_some_and(|shift| shift <= MOVED);
        clues.blind.add(blind, dt, utc);
        clues.sees.add(!blind && (lost <= SEES || left >= SEES_LEFT), dt, utc);
        clues.shifted.add(!blind && far, dt, utc);
        clues.nudged.add(!blind && near, dt, utc);
        clues.other.add(!blind && same < OTHER && !near, dt, utc);
        clues.home.add(!blind && same >= HOME && !far, dt, utc);
        self.doubtful &= clues.home.seconds < CLEAR_S;
        !blind && shift.is_none() && same >= HOME
    }

    fn decide(&self, look: &Look) -> Option<SightChange> {
        let to = |sight, reason, lasting: Lasting| Some(SightChange { sight, reason, since: lasting.since });
        let clues = &self.clues;
        match self.sight {
            Some(Sight::Blind) if clues.sees.seconds >= CLEAR_S => to(Sight::Clear, "restored", clues.sees),
            Some(Sight::Moved) if clues.home.seconds >= CLEAR_S => to(Sight::Clear, "restored", clues.home),
            Some(Sight::Blind | Sight::Moved | Sight::Frozen | Sight::Doubtful) => None,
            None | Some(Sight::Clear) => {
                if clues.flat.seconds >= FLAT_S {
                    to(Sight::Blind, look.blind_reason(), clues.flat)
                } else if clues.blind.seconds >= BLIND_S {
                    to(Sight::Blind, look.blind_reason(), clues.blind)
                } else if clues.shifted.seconds >= SHIFTED_S {
                    to(Sight::Moved, "shifted", clues.shifted)
                } else if clues.other.seconds >= OTHER_S && !self.doubtful {
                    to(Sight::Moved, "other_view", clues.other)
                } else if self.sight.is_none() && clues.home.seconds >= CLEAR_S {
                    to(Sight::Clear, if self.learnt { "new_view" } else { "restored" }, clues.home)
                } else {
                    None
                }
            }
        }
    }

    fn lesson(&mut self, normal: bool) -> Lesson {
        if self.sight() != Sight::Clear {
            Lesson::Wait
        } else if self.doubtful && self.clues.other.seconds >= STRANGE_S {
            (self.doubtful, self.learnt, self.clues) = (false, true, Clues::default());
            Lesson::Forget
        } else if self.clues.nudged.seconds >= NUDGED_S {
            self.clues.nudged = Lasting::default();
            Lesson::Follow
        } else if normal && !self.doubtful {
            Lesson::Learn
        } else {
            Lesson::Wait
        }
    }
}
