//! Whether a camera's picture can be believed, and what lies on the road that no model knows.
//!
//! The box looks at its cameras' pictures twice a second of capture time, much reduced in size. OpenCV
//! computes measures of each look (`small`, `edges`, `shift` and `blobs`; nothing else here names it, the error
//! aside);
//! what they mean over time is judged without it: how the view compares to the one that is normal there
//! (`view`, `judge`), and what lies still on the road (`ground`). Where the road is and who may lie there
//! is the pipeline's to say, which is told of every [`Thing`](kerege_pipelines::Thing).

mod blobs;
mod covered;
mod edges;
mod ground;
mod judge;
mod kept;
mod lookout;
mod plane;
mod shift;
mod small;
mod view;

pub use kept::Kept;
pub use lookout::{Beginning, Glance, Lookout, Noticed};

use kerege_contract::UtcTime;
use kerege_contract::event::EventType;
use kerege_pipelines::Sight;

/// The camera's picture can be believed again, or cannot any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SightChange {
    /// What it is now: clear, blind or moved.
    pub sight: Sight,
    /// Why, as a stable word: `black`, `flat`, `washed_out`, `defocused`, `covered`, `shifted`, `other_view`;
    /// and of one that is clear `restored`, or `new_view` where the view was learnt anew.
    pub reason: &'static str,
    /// Capture time at which it began.
    pub since: UtcTime,
}

impl SightChange {
    /// The event that begins with it; none when the camera can be believed again.
    #[must_use]
    pub fn event(&self) -> Option<EventType> {
        match self.sight {
            Sight::Blind => Some(EventType::CameraBlind),
            Sight::Moved => Some(EventType::CameraMoved),
            Sight::Clear | Sight::Doubtful | Sight::Frozen => None,
        }
    }
}

/// Why a picture cannot be looked at.
#[derive(Debug, thiserror::Error)]
pub enum VisionError {
    /// The planes are not what the size promises.
    #[error("the picture cannot be looked at")]
    Picture(#[from] kerege_models::PictureError),
    /// OpenCV refused something.
    #[error("OpenCV failed: {0}")]
    OpenCv(#[from] opencv::Error),
}

#[cfg(test)]
mod tests;
