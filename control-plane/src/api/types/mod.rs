//! What the API says: one type per resource. Words of the contract are used as they are, so that a
//! box and a browser mean the same by them. What is not known is left out, never null.

mod alarm;
mod calibration;
mod camera;
mod fleet;
mod incident;
mod live;
mod session;
mod statistics;

pub use alarm::{Alarm, AlarmKind};
pub use calibration::CalibrationQuestion;
pub use camera::{Camera, CameraState, Site};
pub use fleet::{BoxStatus, ChainState, ChainVerdict, Presence};
pub use incident::{Evidence, Incident, IncidentDetail, IncidentEvent, IncidentPage, IncidentState};
pub use live::{LiveAlarm, LiveBox, LiveCamera, LiveCounts, LiveIncident};
pub use session::{Role, Session, SignIn};
pub use statistics::{BinLength, CountBin, CountCell, Counts, LaneCell, MovementCell, NearMissCell, SpeedFigures};
