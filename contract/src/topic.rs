//! MQTT topics, built and parsed in one place.

use crate::event::EventClass;
use crate::{CameraId, DeviceId, SiteId};
use std::fmt;
use std::str::FromStr;

/// Prefix of everything.
pub const PREFIX: &str = "kerege/v1";

/// User property that carries the detached signature.
pub const JWS_PROPERTY: &str = "jws";

/// Largest packet that boxes, broker and centre take, bytes.
pub const MAX_PACKET_BYTES: u32 = 256 * 1024;

/// One topic of the fleet.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Topic {
    /// Birth and last will.
    State(DeviceId),
    /// Health.
    Health(DeviceId),
    /// Events.
    Event(DeviceId, EventClass),
    /// Minute facts.
    Fact(DeviceId, CameraId),
    /// Boxes for a viewer, under a lease.
    Live(DeviceId, CameraId),
    /// Configuration in force.
    ConfigReported(DeviceId),
    /// Reply to a command.
    CommandResult(DeviceId, String),
    /// Configuration wanted.
    ConfigDesired(DeviceId),
    /// A command.
    Command(DeviceId, String),
    /// Receipts.
    Ack(DeviceId),
    /// Mirror of an intersection's signal phases.
    Signal(SiteId),
}

/// A topic that is not of the fleet.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is not a Kerege topic")]
pub struct BadTopic(String);

impl Topic {
    /// The device it belongs to; none for a signal mirror.
    #[must_use]
    pub const fn device(&self) -> Option<&DeviceId> {
        match self {
            Self::State(dev)
            | Self::Health(dev)
            | Self::Event(dev, _)
            | Self::Fact(dev, _)
            | Self::Live(dev, _)
            | Self::ConfigReported(dev)
            | Self::CommandResult(dev, _)
            | Self::ConfigDesired(dev)
            | Self::Command(dev, _)
            | Self::Ack(dev) => Some(dev),
            Self::Signal(_) => None,
        }
    }
}

impl fmt::Display for Topic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::State(dev) => write!(f, "{PREFIX}/up/{dev}/state"),
            Self::Health(dev) => write!(f, "{PREFIX}/up/{dev}/health"),
            Self::Event(dev, class) => write!(f, "{PREFIX}/up/{dev}/evt/{}", class.as_str()),
            Self::Fact(dev, cam) => write!(f, "{PREFIX}/up/{dev}/fact/{cam}"),
            Self::Live(dev, cam) => write!(f, "{PREFIX}/up/{dev}/live/{cam}"),
            Self::ConfigReported(dev) => write!(f, "{PREFIX}/up/{dev}/cfg/reported"),
            Self::CommandResult(dev, id) => write!(f, "{PREFIX}/up/{dev}/cmd/{id}/res"),
            Self::ConfigDesired(dev) => write!(f, "{PREFIX}/dn/{dev}/cfg/desired"),
            Self::Command(dev, name) => write!(f, "{PREFIX}/dn/{dev}/cmd/{name}"),
            Self::Ack(dev) => write!(f, "{PREFIX}/dn/{dev}/ack"),
            Self::Signal(site) => write!(f, "{PREFIX}/sig/{site}"),
        }
    }
}

impl FromStr for Topic {
    type Err = BadTopic;

    fn from_str(text: &str) -> Result<Self, BadTopic> {
        parse(text).ok_or_else(|| BadTopic(text.chars().take(120).collect()))
    }
}

fn parse(text: &str) -> Option<Topic> {
    let rest = text.strip_prefix(PREFIX)?.strip_prefix('/')?;
    let levels: Vec<&str> = rest.split('/').collect();
    let device = |name: &str| DeviceId::new(name).ok();
    let camera = |name: &str| CameraId::new(name).ok();
    // A command's id and name obey the rule of names too.
    let word = |name: &str| DeviceId::new(name).ok().map(|name| name.to_string());
    Some(match levels.as_slice() {
        ["up", dev, "state"] => Topic::State(device(dev)?),
        ["up", dev, "health"] => Topic::Health(device(dev)?),
        ["up", dev, "evt", class] => {
            let class = EventClass::ALL.into_iter().find(|known| known.as_str() == *class)?;
            Topic::Event(device(dev)?, class)
        }
        ["up", dev, "fact", cam] => Topic::Fact(device(dev)?, camera(cam)?),
        ["up", dev, "live", cam] => Topic::Live(device(dev)?, camera(cam)?),
        ["up", dev, "cfg", "reported"] => Topic::ConfigReported(device(dev)?),
        ["up", dev, "cmd", id, "res"] => Topic::CommandResult(device(dev)?, word(id)?),
        ["dn", dev, "cfg", "desired"] => Topic::ConfigDesired(device(dev)?),
        ["dn", dev, "cmd", name] => Topic::Command(device(dev)?, word(name)?),
        ["dn", dev, "ack"] => Topic::Ack(device(dev)?),
        ["sig", site] => Topic::Signal(SiteId::new(*site).ok()?),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_topic_survives_text() {
        let dev = || DeviceId::new("bsk-017").unwrap();
        let cam = || CameraId::new("c2").unwrap();
        let topics = [
            Topic::State(dev()),
            Topic::Health(dev()),
            Topic::Event(dev(), EventClass::Violation),
            Topic::Fact(dev(), cam()),
            Topic::Live(dev(), cam()),
            Topic::ConfigReported(dev()),
            Topic::CommandResult(dev(), "7".into()),
            Topic::ConfigDesired(dev()),
            Topic::Command(dev(), "still".into()),
            Topic::Ack(dev()),
            Topic::Signal(SiteId::new("BSK-017").unwrap()),
        ];
        for topic in topics {
            assert_eq!(topic.to_string().parse(), Ok(topic));
        }
    }

    #[test]
    fn strangers_are_refused() {
        for text in [
            "",
            "kerege/v1",
            "kerege/v2/up/a/state",
            "kerege/v1/up/a b/state",
            "kerege/v1/up/+/state",
            "kerege/v1/up/a/evt/gossip",
            "kerege/v1/up/a/state/more",
            "kerege/v1/up//state",
        ] {
            assert!(text.parse::<Topic>().is_err(), "{text}");
        }
    }
}
