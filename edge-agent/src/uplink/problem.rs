//! What can be wrong with the connection, in words that say what to do.

use kerege_contract::DeviceId;

/// Why a connection ended or never came about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// Nobody answers, or the network broke.
    Unreachable {
        /// Host and port.
        place: String,
        /// What the system says.
        why: String,
    },
    /// Wrong user name or password.
    Credentials,
    /// Another client took our client id.
    TakenOver,
    /// The broker refuses for another reason.
    Refused(String),
    /// The connection broke.
    Lost(String),
}

impl Problem {
    /// For the log and for people.
    #[must_use]
    pub fn told(&self, device: &DeviceId) -> String {
        let kept = "events are kept and sent later";
        match self {
            Self::Unreachable { place, why } => {
                format!(
                    "cannot reach the broker at {place} ({why}): is it running, and are broker.host and broker.port right? {kept}"
                )
            }
            Self::Credentials => format!(
                "the broker refuses user '{device}': put the password that `kerege-control broker-files` made for it into broker.password_file; {kept}"
            ),
            Self::TakenOver => {
                format!("another client has connected as '{device}': two boxes must not share a name; {kept}")
            }
            Self::Refused(why) => format!("the broker refuses the connection ({why}): see the broker's log; {kept}"),
            Self::Lost(why) => format!("the connection to the broker broke ({why}); {kept}"),
        }
    }
}

/// How the uplink stands, for health and for people.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct UplinkReport {
    /// Whether the broker answers.
    pub connected: bool,
    /// What was wrong last; none once connected.
    pub problem: Option<String>,
    /// Connections since the start.
    pub connects: u64,
    /// Connections that ended or never came about.
    pub disconnects: u64,
    /// Messages that the broker refused.
    pub refused_by_broker: u64,
    /// Receipts that were not the centre's word to this box.
    pub bad_receipts: u64,
    /// Items in receipts that were not ours as named.
    pub foreign_items: u64,
    /// Items that the centre refused since the start.
    pub refused_by_centre: u64,
    /// Items that got their receipt since the start.
    pub receipted: u64,
    /// Items that were sent again.
    pub resent: u64,
}
