//! A lookout that looks at pictures one after another, and what it says of them.

use super::grey::Grey;
use crate::vision::{Beginning, Glance, Lookout, Noticed};
use kerege_contract::{Detection, Scene, UtcTime};
use kerege_pipelines::Sight;

/// 2026-03-05T08:00:00Z.
fn start() -> UtcTime {
    UtcTime::from_millis(1_772_697_600_000)
}

/// What changed, when it was told, why, and since when: seconds from the start.
pub(super) type Told = (Sight, f64, &'static str, f64);

/// A camera that is looked at.
pub(super) struct Camera {
    lookout: Lookout,
    pub(super) told: Vec<Told>,
}

impl Camera {
    pub(super) fn new(scene: &Scene, beginning: Beginning) -> Self {
        Self { lookout: Lookout::new(scene, beginning).unwrap(), told: Vec::new() }
    }

    pub(super) fn shows(&mut self, t: f64, picture: &Grey, seen: &[Detection]) -> Noticed {
        let utc = start().plus_seconds(t);
        let noticed =
            self.lookout.look(&Glance { stream_epoch: 0, t, utc, picture: &picture.picture(), seen }).unwrap();
        if let Some(change) = &noticed.change {
            self.told.push((change.sight, t, change.reason, change.since.seconds_since(start())));
        }
        noticed
    }

    /// What was told after the first word that all is well.
    pub(super) fn alarms(&self) -> &[Told] {
        match self.told.split_first() {
            Some((first, rest)) if first.0 == Sight::Clear => rest,
            _ => &self.told,
        }
    }
}

/// Looks at pictures twice a second.
pub(super) fn watch(seconds: f64, picture: impl Fn(f64) -> Grey) -> Camera {
    let mut camera = Camera::new(&Scene::empty(), Beginning::default());
    let mut t = 0.0;
    while t < seconds {
        camera.shows(t, &picture(t), &[]);
        t += 0.5;
    }
    camera
}
