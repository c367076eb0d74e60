//! Minute facts on their way to the outbox: what is counted so far is kept at each passage, so that
//! a restart inside a minute loses nothing that was counted.

use crate::outbox::{FactDraft, RunningCells};
use kerege_contract::CameraId;
use kerege_contract::fact::BootId;
use kerege_pipelines::MinuteCells;

/// A complete minute of a camera.
#[must_use]
pub fn complete(boot: &BootId, camera: &CameraId, minute: MinuteCells) -> FactDraft {
    FactDraft {
        boot: boot.clone(),
        cam: camera.clone(),
        start: minute.start,
        observed_s: rounded(minute.observed_s),
        cells: minute.cells,
    }
}

/// A minute that is not over.
#[must_use]
pub fn running(boot: &BootId, camera: &CameraId, minute: MinuteCells) -> RunningCells {
    RunningCells {
        boot: boot.clone(),
        cam: camera.clone(),
        start: minute.start,
        observed_s: rounded(minute.observed_s),
        cells: minute.cells,
    }
}

/// The running minute of the start before: it ends with what was counted.
#[must_use]
pub fn left_behind(cells: RunningCells) -> FactDraft {
    FactDraft { boot: cells.boot, cam: cells.cam, start: cells.start, observed_s: cells.observed_s, cells: cells.cells }
}

/// Milliseconds are enough.
fn rounded(seconds: f64) -> f64 {
    (seconds * 1000.0).round() / 1000.0
}
