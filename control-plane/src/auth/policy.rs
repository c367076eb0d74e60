//! The one table of who may do what. A route that is not in it is denied, and a test fails.

use crate::api::types::Role;
use crate::live::Subject;

/// What can be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Action {
    ReadOwnSession,
    EndOwnSession,
    ListSites,
    ListCameras,
    SeePicture,
    SeeScene,
    FitCalibration,
    SeeIncidents,
    SeeStill,
    SeeCounts,
    SeeBoxes,
    SeeAlarms,
    Listen,
    ReadInterface,
}

/// Who may use a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Policy {
    /// Anybody.
    Public,
    /// A box, by its signature; the handler checks it over the body.
    Device,
    /// A person whose role may do this.
    May(Action),
}

/// Every route of the API and who may use it.
pub const ROUTES: &[(&str, &str, Policy)] = &[
    ("POST", "/api/v1/session", Policy::Public),
    ("GET", "/api/v1/session", Policy::May(Action::ReadOwnSession)),
    ("DELETE", "/api/v1/session", Policy::May(Action::EndOwnSession)),
    ("GET", "/api/v1/sites", Policy::May(Action::ListSites)),
    ("GET", "/api/v1/cameras", Policy::May(Action::ListCameras)),
    ("GET", "/api/v1/cameras/{dev}/{cam}", Policy::May(Action::ListCameras)),
    ("GET", "/api/v1/cameras/{dev}/{cam}/scene", Policy::May(Action::SeeScene)),
    ("GET", "/api/v1/cameras/{dev}/{cam}/picture", Policy::May(Action::SeePicture)),
    ("POST", "/api/v1/calibration/fit", Policy::May(Action::FitCalibration)),
    ("GET", "/api/v1/incidents", Policy::May(Action::SeeIncidents)),
    ("GET", "/api/v1/incidents/{id}", Policy::May(Action::SeeIncidents)),
    ("GET", "/api/v1/statistics/counts", Policy::May(Action::SeeCounts)),
    ("GET", "/api/v1/boxes", Policy::May(Action::SeeBoxes)),
    ("GET", "/api/v1/boxes/{dev}", Policy::May(Action::SeeBoxes)),
    ("GET", "/api/v1/alarms", Policy::May(Action::SeeAlarms)),
    ("GET", "/api/v1/blobs/{sha256}", Policy::May(Action::SeeStill)),
    ("PUT", "/api/v1/blobs/{sha256}", Policy::Device),
    ("PUT", "/api/v1/devices/{dev}/cameras/{cam}/picture", Policy::Device),
    ("GET", "/api/v1/live", Policy::May(Action::Listen)),
    ("GET", "/api/v1/openapi.json", Policy::May(Action::ReadInterface)),
];

/// Who may use a route; none for a route that is not in the table.
#[must_use]
pub fn of_route(method: &str, path: &str) -> Option<Policy> {
    let method = if method == "HEAD" { "GET" } else { method };
    ROUTES.iter().find(|(known, pattern, _)| *known == method && *pattern == path).map(|(_, _, policy)| *policy)
}

/// Whether a role may do something.
#[must_use]
pub const fn may(role: Role, action: Action) -> bool {
    use Action as A;
    match action {
        A::ReadOwnSession | A::EndOwnSession | A::ListSites | A::Listen | A::ReadInterface => true,
        A::ListCameras => matches!(role, Role::Officer | Role::Operator | Role::Planner),
        A::SeePicture | A::SeeScene | A::SeeIncidents | A::SeeStill => matches!(role, Role::Officer | Role::Operator),
        A::SeeCounts => matches!(role, Role::Operator | Role::Planner),
        A::FitCalibration => matches!(role, Role::Operator),
        A::SeeBoxes | A::SeeAlarms => matches!(role, Role::Operator | Role::Admin),
    }
}

/// Whether a role may hear of changes to something.
#[must_use]
pub const fn may_hear(role: Role, subject: Subject) -> bool {
    let action = match subject {
        Subject::Incident => Action::SeeIncidents,
        Subject::Camera => Action::ListCameras,
        Subject::Box => Action::SeeBoxes,
        Subject::Counts => Action::SeeCounts,
        Subject::Alarm => Action::SeeAlarms,
    };
    may(role, action)
}
