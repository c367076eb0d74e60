//! The pipeline: the order in which a frame's detections are looked at.

use crate::{FrameMeta, MinuteCells, OpenIncident, Options, Outputs, Sight};
use kerege_contract::{Detection, Scene, UtcTime};

/// What one camera's frames add up to. One pipeline per camera and scene.
#[derive(Debug)]
pub struct Pipeline {
    scene: Scene,
    options: Options,
    sight: Sight,
    open: Vec<OpenIncident>,
}

impl Pipeline {
    /// A pipeline for a checked scene. The geometry is laid out when the first frame tells its size.
    #[must_use]
    pub fn new(scene: &Scene, options: &Options) -> Self {
        Self { scene: scene.clone(), options: options.clone(), sight: Sight::Clear, open: Vec::new() }
    }

    /// Takes one analysed frame. A frame whose time is not after the last one's adds nothing; a new
    /// stream epoch ends all tracks, and open incidents wait to be found again.
    pub fn step(&mut self, _frame: &FrameMeta, _detections: &[Detection]) -> Outputs {
        Outputs::default()
    }

    /// Tells that time passes without frames (call it about once a second while a camera is away):
    /// completes minutes, and ends incidents that have waited too long to be found again.
    pub fn idle(&mut self, _now: UtcTime) -> Outputs {
        Outputs::default()
    }

    /// The end of a clip, or of the box: ends all tracks, completes the running minute and gives out
    /// ends that waited for their cooldown. Incidents whose cause still stands stay open, as they do
    /// in [`Self::open_incidents`]. The pipeline can go on with another stream epoch.
    pub fn finish(&mut self) -> Outputs {
        Outputs::default()
    }

    /// Tells whether the picture can be believed from now on.
    pub fn set_sight(&mut self, sight: Sight) {
        self.sight = sight;
    }

    /// The minute that is not complete yet, with what was counted in it so far; none when nothing
    /// was observed. The box commits it at each passage.
    #[must_use]
    pub fn running_minute(&self) -> Option<MinuteCells> {
        None
    }

    /// Incidents that began and have not ended, to be persisted by the box.
    #[must_use]
    pub fn open_incidents(&self) -> Vec<OpenIncident> {
        self.open.clone()
    }

    /// Takes up incidents that were open before a restart. Those whose cause is found within
    /// [`crate::RuleOptions::resume_s`] of their last sight continue (an update with the same key),
    /// the others end.
    pub fn resume(&mut self, open: Vec<OpenIncident>) {
        self.open.extend(open);
    }

    /// How many tracks were confirmed since the pipeline began.
    #[must_use]
    pub fn confirmed_tracks(&self) -> u64 {
        0
    }

    /// The scene in force.
    #[must_use]
    pub fn scene(&self) -> &Scene {
        &self.scene
    }

    /// The options in force.
    #[must_use]
    pub fn options(&self) -> &Options {
        &self.options
    }
}
