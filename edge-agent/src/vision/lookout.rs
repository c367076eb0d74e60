//! One camera's lookout: looks when it is time to, and tells what it noticed.

use super::covered;
use super::edges::Edges;
use super::ground::Ground;
use super::judge::{Judge, Lesson, Look, is_flat};
use super::kept::Kept;
use super::view::View;
use super::{SightChange, VisionError};
use kerege_contract::scene::RuleKind;
use kerege_contract::{Detection, Scene, UtcTime};
use kerege_models::Picture;
use kerege_pipelines::{Sight, Thing};

/// How often a picture is looked at, seconds of capture time.
const EVERY_S: f64 = 0.5;
/// A frame may come so much early, seconds.
const EARLY_S: f64 = 0.05;
/// How often the normal view is kept, seconds of capture time; the first time sooner.
const KEEP_EVERY_S: f64 = 600.0;
const KEEP_FIRST_S: f64 = 60.0;

/// What is known of a camera when its lookout begins.
#[derive(Debug, Default)]
pub struct Beginning {
    /// Where its view is kept, if it is.
    pub kept: Option<Kept>,
    /// What was believed of it when the box last ran.
    pub sight: Sight,
}

/// A frame to be looked at.
#[derive(Debug, Clone, Copy)]
pub struct Glance<'g> {
    /// Which connection to the camera it came over.
    pub stream_epoch: u32,
    /// Capture time, seconds within the stream epoch.
    pub t: f64,
    /// The same in UTC.
    pub utc: UtcTime,
    /// The picture.
    pub picture: &'g Picture<'g>,
    /// The road users that the model sees in it.
    pub seen: &'g [Detection],
}

/// What was noticed.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Noticed {
    /// The camera can be believed again, or cannot any more.
    pub change: Option<SightChange>,
    /// What lies still where it did not before; none when this frame was not looked at, or nobody asks.
    pub things: Option<Vec<Thing>>,
}

/// Looks at one camera's frames.
#[derive(Debug)]
pub struct Lookout {
    view: View,
    judge: Judge,
    /// Of a scene that asks what lies on the road.
    ground: Option<Ground>,
    kept: Option<Kept>,
    /// The last look, and when the view is to be kept.
    last: Option<(u32, f64)>,
    keep_in_s: f64,
}

impl Lookout {
    /// A lookout for a camera with its scene.
    ///
    /// # Errors
    /// When OpenCV does not work.
    pub fn new(scene: &Scene, beginning: Beginning) -> Result<Self, VisionError> {
        super::small::use_one_thread()?;
        let view = beginning.kept.as_ref().and_then(Kept::read).map(View::kept).transpose()?;
        let judge = if view.is_some() { Judge::with_kept_view(beginning.sight) } else { Judge::new() };
        let asks = scene.rules.iter().any(|rule| matches!(rule.kind, RuleKind::DebrisSuspected(_)));
        Ok(Self {
            view: view.unwrap_or_default(),
            judge,
            ground: asks.then(Ground::default),
            kept: beginning.kept,
            last: None,
            keep_in_s: KEEP_FIRST_S,
        })
    }

    /// What is believed of the camera, and whether the last looks make that doubtful.
    #[must_use]
    pub fn sight(&self) -> Sight {
        self.judge.belief()
    }

    /// Takes a frame; looks at it when it is time to.
    ///
    /// # Errors
    /// When the picture's planes are too short, or OpenCV fails.
    pub fn look(&mut self, glance: &Glance<'_>) -> Result<Noticed, VisionError> {
        let Some(gap) = self.due(glance) else { return Ok(Noticed::default()) };
        let small = super::small::shrink(glance.picture)?;
        let edges = Edges::of(&small)?;
        let comparison = self.view.compare(&edges, &covered::cells(glance.seen))?;
        let (t, utc, brightness, known) = (glance.t, glance.utc, edges.brightness, self.view.is_known());
        let look = Look { t, utc, brightness, flat: is_flat(&edges), known, comparison };
        let (change, lesson) = self.judge.look(&look);
        match lesson {
            Lesson::Learn => self.view.learn(t, &small, &edges)?,
            Lesson::Follow => self.view.follow(),
            Lesson::Forget => self.view.forget(),
            Lesson::Wait => {}
        }
        if lesson == Lesson::Learn && self.judge.sight() == Sight::Clear {
            self.keep(gap);
        }
        let things = match &mut self.ground {
            Some(ground) if self.judge.sight() == Sight::Moved => {
                ground.forget();
                None
            }
            Some(ground) if look.is_home() && self.judge.sight() == Sight::Clear => {
                Some(ground.look(t, &small, glance.seen)?)
            }
            _ => None,
        };
        Ok(Noticed { change, things })
    }

    /// Seconds since the last look when it is time for another.
    fn due(&mut self, glance: &Glance<'_>) -> Option<f64> {
        let gap = match self.last {
            Some((epoch, last)) if epoch == glance.stream_epoch && glance.t > last - 1.0 => glance.t - last,
            Some(_) => {
                self.judge.interrupt();
                if let Some(ground) = &mut self.ground {
                    ground.interrupt();
                }
                EVERY_S
            }
            None => EVERY_S,
        };
        (gap >= EVERY_S - EARLY_S).then(|| {
            self.last = Some((glance.stream_epoch, glance.t));
            gap
        })
    }

    /// Keeps the view now and then. A disk that refuses is told of elsewhere.
    fn keep(&mut self, gap: f64) {
        let (Some(kept), Some(picture)) = (&self.kept, self.view.picture()) else { return };
        self.keep_in_s -= gap;
        if self.keep_in_s <= 0.0 {
            self.keep_in_s = KEEP_EVERY_S;
            if let Err(error) = kept.write(picture) {
                tracing::warn!(error = &error as &dyn std::error::Error, "a camera's view cannot be kept");
            }
        }
    }
}
